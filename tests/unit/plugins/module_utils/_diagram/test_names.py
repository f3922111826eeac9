# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""References to cells, and cells as people read them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._diagram.plan import describe, describe_plan, resolve_cell
from ansible_collections.tmi.tmi.plugins.module_utils._errors import AmbiguousNameError, NotFoundError
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._diagram.diagrams import (
    SHOP,
    cell_of,
    changed,
    foreign,
    plan,
    without_marks,
)

CELLS = plan(SHOP).cells


def test_a_reference_is_an_id_then_a_key_then_a_label() -> None:
    web = cell_of(CELLS, "web")
    assert resolve_cell(web.id, CELLS) == resolve_cell("web", CELLS) == resolve_cell("Web", CELLS) == web.id
    assert resolve_cell(web.id.upper(), CELLS) == web.id
    # A key wins over another cell's label.
    assert resolve_cell("web", changed(CELLS, "api", label="web")) == web.id


def test_an_ambiguous_reference_lists_the_keys() -> None:
    twins = changed(CELLS, "api", label="Web")
    with pytest.raises(AmbiguousNameError) as caught:
        resolve_cell("Web", twins)
    assert "web (process" in str(caught.value)
    assert "api (process" in str(caught.value)


def test_an_unknown_reference_names_the_nearest() -> None:
    with pytest.raises(NotFoundError, match="did you mean tokens"):
        resolve_cell("tokenz", CELLS)


def test_a_diagram_as_people_read_it() -> None:
    found = describe(CELLS)
    assert list(found) == ["boundaries", "nodes", "flows"]
    assert found["nodes"]["tokens"] == {
        "id": cell_of(CELLS, "tokens").id,
        "key": "tokens",
        "type": "store",
        "label": "Tokens",
        "in": "vault",
    }
    assert found["flows"]["order"]["from"] == "browser"
    assert list(found["nodes"]) == sorted(found["nodes"])
    twins = describe([foreign("Same"), replace(foreign("Same"), id="x"), replace(foreign(""), id="y")])
    assert {"Same (x)", "y"} < set(twins["nodes"])


def test_a_diff_shows_places_only_where_they_change() -> None:
    moved = {**SHOP, "nodes": {**SHOP["nodes"], "web": {**SHOP["nodes"]["web"], "x": 900}}}
    before, after = describe_plan(CELLS, plan(moved, CELLS))
    assert before["nodes"]["web"]["x"] != after["nodes"]["web"]["x"] == 900
    assert "y" not in after["nodes"]["web"]
    assert before["nodes"]["api"] == after["nodes"]["api"]
    assert "x" not in after["nodes"]["api"]


def test_an_adopted_cell_has_one_name_on_both_sides_of_a_diff() -> None:
    drawn = without_marks(CELLS)
    before, after = describe_plan(drawn, plan(SHOP, drawn))
    assert set(before["nodes"]) == set(after["nodes"]) == {"browser", "web", "api", "tokens"}
    assert "key" not in before["nodes"]["web"]
    assert after["nodes"]["web"]["key"] == "web"
