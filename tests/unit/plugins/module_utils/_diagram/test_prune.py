# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cells that pruning removes, and cells that it keeps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import BOUNDARY, KEY
from ansible_collections.tmi.tmi.plugins.module_utils._cells.changes import CellPlan
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._diagram.diagrams import (
    SHOP,
    cell_of,
    foreign,
    foreign_flow,
    plan,
)

BEFORE = plan(SHOP).cells


def removed(found: CellPlan) -> list[str]:
    """Keys or labels of the cells that go, in order."""
    return [change.cell.key or change.cell.label for change in found.changes if change.action == "remove"]


def kept(found: CellPlan) -> dict[str, list[str]]:
    """Cells that stay -> who uses them."""
    return {entry.cell.key or entry.cell.label: [user.label for user in entry.used_by] for entry in found.kept}


def without(*keys: str) -> dict[str, Any]:
    """The shop without some of its entries."""
    return {
        section: {key: entry for key, entry in entries.items() if key not in keys} for section, entries in SHOP.items()
    }


def test_nothing_is_removed_by_default() -> None:
    assert plan(without("tokens", "keep"), BEFORE).changes == ()


@pytest.mark.parametrize("mode", ["managed", "all"])
def test_undeclared_cells_are_removed_flows_first(mode: str) -> None:
    assert removed(plan(without("tokens", "keep", "vault"), BEFORE, mode)) == ["keep", "tokens", "vault"]
    assert plan(without("call"), BEFORE, mode).removed_ids == {cell_of(BEFORE, "call").id}


def test_sections_that_are_not_written_are_left_unchanged() -> None:
    assert plan({"nodes": SHOP["nodes"], "boundaries": SHOP["boundaries"]}, BEFORE, "all").changes == ()
    assert set(removed(plan({"flows": {}}, BEFORE, "managed"))) == {"order", "call", "keep"}
    assert plan({}, BEFORE, "all").changes == ()


def test_managed_flows_of_a_removed_node_are_removed_too() -> None:
    wanted = without("tokens")
    del wanted["flows"]
    assert removed(plan(wanted, BEFORE, "managed")) == ["keep", "tokens"]


def test_cells_of_people_are_removed_only_with_all() -> None:
    drawn = foreign("By hand")
    cells = (*BEFORE, drawn, foreign_flow(drawn, drawn))
    assert plan(SHOP, cells, "managed").changes == ()
    assert removed(plan(SHOP, cells, "all")) == ["by hand", "By hand"]


def test_a_node_that_a_flow_of_others_uses_stays() -> None:
    cells = (*BEFORE, foreign_flow(cell_of(BEFORE, "web"), cell_of(BEFORE, "tokens"), "backup"))
    found = plan(without("tokens", "keep"), cells, "managed")
    assert removed(found) == ["keep"]
    assert kept(found) == {"tokens": ["backup"]}
    assert kept(plan(without("tokens", "keep"), cells, "all")) == {}


def test_a_flow_of_ours_stays_with_the_node_that_is_kept_unless_it_goes_itself() -> None:
    cells = (*BEFORE, foreign_flow(cell_of(BEFORE, "web"), cell_of(BEFORE, "tokens"), "backup"))
    wanted = without("tokens")
    del wanted["flows"]
    assert removed(plan(wanted, cells, "managed")) == []


def test_a_boundary_with_a_child_of_others_stays_and_so_does_what_contains_it_with_all() -> None:
    vault = cell_of(BEFORE, "vault")
    cells = (*BEFORE, foreign("Safe", parent=vault.id))
    found = plan(without("tokens", "keep", "vault"), cells, "managed")
    assert removed(found) == ["keep", "tokens"]
    assert kept(found) == {"vault": ["Safe"]}
    zone, inner = foreign("Zone", BOUNDARY), foreign("Inner", BOUNDARY)
    inner = replace(inner, parent=zone.id)
    node = foreign("Node", parent=inner.id)
    found = plan({"boundaries": {}}, (zone, inner, node), "all")
    assert removed(found) == []
    assert kept(found) == {"Zone": ["Inner"], "Inner": ["Node"]}


def test_children_of_a_removed_boundary_move_to_its_parent() -> None:
    wanted = without("vault")
    wanted["nodes"]["tokens"] = {"type": "store", "label": "Tokens"}
    found = plan(wanted, BEFORE, "managed")
    assert removed(found) == ["vault"]
    assert cell_of(found.cells, "tokens").parent == cell_of(found.cells, "core").id
    assert cell_of(found.cells, "tokens").geometry == cell_of(BEFORE, "tokens").geometry
    actions = [change.action for change in found.changes]
    assert actions == ["update", "remove"]


def test_a_copy_that_a_person_made_is_a_persons() -> None:
    copied = replace(cell_of(BEFORE, "web"), id="11111111-1111-4111-8111-111111111111")
    assert plan(SHOP, (*BEFORE, copied), "managed").changes == ()
    assert removed(plan(SHOP, (*BEFORE, copied), "all")) == ["web"]
    # Without the original it is but a cell with our key, and takes its place.
    rest = tuple(cell for cell in BEFORE if cell.key not in ("web", "order", "call"))
    found = plan(SHOP, (*rest, copied), "managed")
    assert found.ids["web"] == copied.id


def test_raw_cells_are_pruned_alike() -> None:
    cells = [{"id": "a", "shape": "process"}, {"id": "b", "shape": "process"}]
    before = (*plan({"cells": cells}).cells, foreign("By hand"))
    assert [cell.key for cell in before[:2]] == ["a", "b"]
    assert removed(plan({"cells": cells[:1]}, before, "managed")) == ["b"]
    assert removed(plan({"cells": []}, before, "all")) == ["a", "b", "By hand"]


def test_a_declared_flow_to_an_undeclared_node_keeps_it() -> None:
    tokens = cell_of(BEFORE, "tokens")
    wanted = without("tokens", "keep")
    wanted["flows"]["keep"] = {"from": "api", "to": tokens.id}
    found = plan(wanted, BEFORE, "managed")
    assert removed(found) == []
    assert kept(found) == {"tokens": ["Card token"]}


def test_a_key_of_another_diagram_is_ours_too() -> None:
    moved = replace(foreign("Old"), metadata={KEY: "old"})
    assert removed(plan(SHOP, (*BEFORE, moved), "managed")) == ["old"]
