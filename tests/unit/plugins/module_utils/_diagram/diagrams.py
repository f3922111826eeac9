# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Diagrams for the tests of this folder: made by hand, at random, and as people leave them in the web editor."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import BOUNDARY, FLOW, KEY, Cell
from ansible_collections.tmi.tmi.plugins.module_utils._cells.changes import CellPlan
from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired import DesiredCells, compile_diagram
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.plan import plan_cells

SHOP: dict[str, Any] = {
    "boundaries": {"internet": "Internet", "core": {"label": "Core"}, "vault": {"label": "Vault", "in": "core"}},
    "nodes": {
        "browser": {"type": "actor", "label": "Browser", "in": "internet"},
        "web": {"type": "process", "label": "Web", "in": "core"},
        "api": {"type": "process", "label": "API", "in": "core"},
        "tokens": {"type": "store", "label": "Tokens", "in": "vault"},
    },
    "flows": {
        "order": {"from": "browser", "to": "web", "label": "Order"},
        "call": {"from": "web", "to": "api", "label": "Call"},
        "keep": {"from": "api", "to": "tokens", "label": "Card token"},
    },
}


def compiled(options: dict[str, Any]) -> DesiredCells:
    """Compile for a model and a diagram whose names do not matter."""
    return compile_diagram(options, "model", "diagram")


def plan(options: dict[str, Any], actual: Sequence[Cell] = (), prune: str = "none") -> CellPlan:
    """Compile and plan."""
    return plan_cells(compiled(options), actual, prune)


def cell_of(cells: Sequence[Cell], name: str) -> Cell:
    """The only cell with a key or label."""
    (found,) = [cell for cell in cells if name in (cell.key, cell.label)]
    return found


def changed(cells: Sequence[Cell], name: str, **fields: Any) -> tuple[Cell, ...]:
    """The cells after a person edited one of them."""
    wanted = cell_of(cells, name)
    return tuple(replace(cell, **fields) if cell is wanted else cell for cell in cells)


def foreign(label: str, shape: str = "process", parent: str | None = None, x: float = 2000, y: float = 40) -> Cell:
    """A node or boundary that a person drew."""
    size = (300, 200) if shape == BOUNDARY else (100, 60)
    return Cell(str(uuid.uuid4()), shape, label, parent, Box(x, y, *size), raw={"zIndex": 3})


def foreign_flow(source: Cell, target: Cell, label: str = "by hand") -> Cell:
    """A flow that a person drew."""
    return Cell(str(uuid.uuid4()), FLOW, label, source=source.id, target=target.id)


def without_marks(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """The same diagram as a person would have drawn it: other ids, and no keys of ours."""
    ids: dict[str | None, str] = {cell.id: str(uuid.uuid4()) for cell in cells}
    return tuple(
        replace(
            cell,
            id=ids[cell.id],
            parent=ids.get(cell.parent),
            source=ids.get(cell.source),
            target=ids.get(cell.target),
            metadata={key: value for key, value in cell.metadata.items() if key != KEY},
        )
        for cell in cells
    )


def overlaps(cells: Sequence[Cell]) -> list[tuple[str, str]]:
    """Pairs of boxes that overlap, other than boundaries and what they contain."""
    parents = {cell.id: cell.parent for cell in cells}

    def around(cell: Cell) -> set[str]:
        found, above = set(), cell.parent
        while above is not None:
            found.add(above)
            above = parents.get(above)
        return found

    boxes = [cell for cell in cells if cell.geometry is not None]
    return [
        (one.label, other.label)
        for number, one in enumerate(boxes)
        for other in boxes[:number]
        if one.id not in around(other) and other.id not in around(one) and _place(one).overlaps(_place(other))
    ]


def strays(cells: Sequence[Cell]) -> list[str]:
    """Labels of boxes that do not lie in their boundary."""
    places = {cell.id: cell.geometry for cell in cells}
    found = []
    for cell in cells:
        around = places.get(cell.parent or "")
        if around is not None and cell.geometry is not None and not around.contains(cell.geometry):
            found.append(cell.label)
    return found


def rings(cells: Sequence[Cell]) -> list[str]:
    """Ids of cells that lie inside themselves."""
    parents = {cell.id: cell.parent for cell in cells}
    found = []
    for cell in cells:
        above = cell.parent
        for _i in cells:
            if above == cell.id:
                found.append(cell.id)
                break
            above = parents.get(above or "")
    return found


def dangling(cells: Sequence[Cell]) -> list[str]:
    """Ids of cells that point at cells which do not exist."""
    ids = {cell.id for cell in cells}
    return [cell.id for cell in cells if {cell.parent, cell.source, cell.target} - {None} - ids]


def _moved(cell: Cell, dx: int, dy: int) -> Cell:
    return replace(cell, geometry=_place(cell).moved(dx, dy))


def _place(cell: Cell) -> Box:
    assert cell.geometry is not None
    return cell.geometry


# -- at random

KEYS = [*"abcdefgh"]
TYPES = ["actor", "process", "store", "text"]


@st.composite
def named_options(draw: st.DrawFn, least: int = 0, most: int = 7) -> dict[str, Any]:
    """Options ``boundaries``, ``nodes`` and ``flows`` that fit together."""
    zones = draw(st.lists(st.sampled_from(["z1", "z2", "z3", "z4"]), unique=True, max_size=4))
    boundaries: dict[str, Any] = {}
    for zone in zones:
        above = draw(st.sampled_from([None, *boundaries]))
        boundaries[zone] = {"label": "Zone " + zone, **({"in": above} if above else {})}
    keys = draw(st.lists(st.sampled_from(KEYS), unique=True, min_size=least, max_size=most))
    nodes: dict[str, Any] = {}
    for key in keys:
        nodes[key] = {"type": draw(st.sampled_from(TYPES)), "label": "Node " + key}
        container = draw(st.sampled_from([None, *zones]))
        if container:
            nodes[key]["in"] = container
        if draw(st.integers(0, 4)) == 0:
            nodes[key]["metadata"] = {"team": draw(st.sampled_from(["red", "blue"]))}
    flows: dict[str, Any] = {}
    if keys:
        ends = st.tuples(st.sampled_from(keys), st.sampled_from(keys))
        for source, target in draw(st.lists(ends, unique=True, max_size=8)):
            flows["%s->%s" % (source, target)] = {"from": source, "to": target, "label": "Flow"}
    return {"boundaries": boundaries, "nodes": nodes, "flows": flows}


@st.composite
def edited(draw: st.DrawFn, cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """The cells after people have worked on them in the web editor."""
    found = list(cells)
    for index, cell in enumerate(found):
        deed = draw(st.integers(0, 9))
        if deed == 0 and cell.geometry is not None:
            found[index] = _moved(cell, draw(st.integers(-300, 300)), draw(st.integers(-300, 300)))
        elif deed == 1:
            found[index] = replace(cell, label=cell.label + "!")
        elif deed == 2:
            found[index] = replace(cell, metadata={**cell.metadata, "note": "mine"})
        elif deed == 3 and cell.geometry is not None and not cell.is_boundary:
            # Copied in the editor, which copies metadata with it.
            found.append(replace(_moved(cell, 30, 30), id=str(draw(st.uuids()))))
        elif deed == 4:
            found[index] = replace(cell, raw={**cell.raw, "data": {"_layoutLocked": True}})
    boxes = [cell for cell in found if not cell.is_flow]
    for number in range(draw(st.integers(0, 3))):
        parents = [None, *(cell.id for cell in boxes if cell.is_boundary)]
        shape = draw(st.sampled_from(["process", "store", BOUNDARY]))
        place = Box(draw(st.integers(0, 40)) * 50, draw(st.integers(0, 20)) * 50, 120, 60)
        drawn = Cell(str(draw(st.uuids())), shape, "Drawn %d" % number, draw(st.sampled_from(parents)), place)
        found.append(drawn)
        boxes.append(drawn)
    if boxes:
        for number in range(draw(st.integers(0, 3))):
            source, target = draw(st.sampled_from(boxes)).id, draw(st.sampled_from(boxes)).id
            found.append(Cell(str(draw(st.uuids())), FLOW, "Line %d" % number, source=source, target=target))
    return tuple(found)


@st.composite
def situations(draw: st.DrawFn) -> tuple[dict[str, Any], tuple[Cell, ...]]:
    """What is wanted now, and a diagram that was made for something else and edited since."""
    wanted = draw(named_options())
    for section in ("boundaries", "flows"):
        if draw(st.integers(0, 5)) == 0 and not (section == "boundaries" and wanted["boundaries"]):
            del wanted[section]
    wanted["layout"] = {"existing": draw(st.sampled_from(["keep", "keep", "relayout", "follow"]))}
    if wanted["layout"]["existing"] == "follow":
        keys = [*wanted.get("boundaries", ()), *wanted["nodes"]]
        place = st.lists(st.integers(-200, 900), min_size=2, max_size=2)
        wanted["layout"]["positions"] = draw(st.dictionaries(st.sampled_from(keys), place)) if keys else {}
    return wanted, draw(edited(plan(draw(named_options())).cells))
