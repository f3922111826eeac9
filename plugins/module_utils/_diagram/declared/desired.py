# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The declared cells of a diagram, with every reference resolved to the id that a cell would get.

The user names cells by keys; this module does not know the cells on the server.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Optional, Tuple

from ..._errors import InputError
from ..._mistakes import STRICT, MistakeList
from ..._resources.reference import is_id
from .desired_cell import MIN_HEIGHT, MIN_WIDTH, DesiredCell
from .inputs import choice, key_text, number
from .named_cells import read_content, read_named
from .wire_cells import read_wire

#: Sections of a diagram; only sections that the user wrote are pruned (ENGINE-9).
SECTIONS = ("boundaries", "nodes", "flows")

#: Ids of cells are uuid5 in this namespace. It must never change: check mode predicts ids, and later runs find them.
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "cells.tmi.tmi")

#: A waypoint of a flow: x and y in pixels.
Point = Tuple[float, float]

DIRECTIONS = {"right": "right", "down": "down"}
FOLLOW = "follow"
EXISTING = {"keep": "keep", "relayout": "relayout", FOLLOW: FOLLOW}


@dataclass(frozen=True)
class Position:
    """The place of a cell, in pixels from the origin of the diagram."""

    x: float
    y: float
    width: Optional[float] = None
    height: Optional[float] = None


@dataclass(frozen=True)
class LayoutPolicy:
    """How cells are placed: ``direction`` in which data flows (right, down), ``existing`` (keep, relayout, follow).

    ``positions``: key of a node or boundary -> place; ``waypoints``: key of a flow -> its points. Both are used for new
    cells, with ``follow`` also for existing ones, and not if the whole diagram is laid out again. A flow with waypoints
    gets no other ports and router than the declared ones.
    """

    direction: str = "right"
    existing: str = "keep"
    positions: Mapping[str, Position] = field(default_factory=dict)
    waypoints: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class DesiredCells:
    """All cells of one diagram that the user declared: boundaries with parents first, then nodes, then flows.

    ``sections``: the sections that the user wrote, also empty ones. If there are none, no cell is changed.
    """

    cells: tuple[DesiredCell, ...] = ()
    sections: frozenset[str] = frozenset()
    layout: LayoutPolicy = LayoutPolicy()


def cell_id(model_name: str, diagram_name: str, key: str) -> str:
    """Return the id of a new cell: the key itself if it is a UUID, else one that depends only on the names.

    ``model_name`` and ``diagram_name`` are the keys of model and diagram if they have one, else their names (FORMAT-7).
    """
    if is_id(key):
        return key.lower()
    return str(uuid.uuid5(NAMESPACE, json.dumps([model_name, diagram_name, key])))


def compile_diagram(options: Mapping[str, Any], model_name: str, diagram_name: str) -> DesiredCells:
    """Return the cells of ``nodes``, ``boundaries`` and ``flows``, or ``cells``, or ``content``, and ``layout``.

    An option that is None counts as missing; ``assets`` of a cell are ids of assets. Raises InputError with the path of
    the mistake (``flows.order.from``).
    """
    written = [name for name in SECTIONS if options.get(name) is not None]
    others = [name for name in ("cells", "content") if options.get(name) is not None]
    if len(others) + bool(written) > 1:
        raise InputError(
            "cannot be used together with %s: describe the cells in one way" % (written + others)[0], others[-1]
        )

    def id_for(key: str) -> str:
        return cell_id(model_name, diagram_name, key)

    cells: tuple[DesiredCell, ...]
    sections: frozenset[str]
    mistakes = MistakeList()
    layout = LayoutPolicy()
    with mistakes.collecting():
        layout = compile_layout(options.get("layout"), mistakes)
    cells, sections = (), frozenset()
    with mistakes.collecting():
        if others == ["cells"]:
            cells, sections = read_wire(options["cells"], id_for, mistakes), frozenset(SECTIONS)
        elif others == ["content"]:
            cells, sections = read_content(options["content"], id_for, mistakes)
        else:
            cells, sections = read_named({name: options[name] for name in written}, id_for, mistakes=mistakes)
    mistakes.raise_all()
    return DesiredCells(_in_order(cells), sections, layout)


def compile_layout(options: Optional[Mapping[str, Any]], mistakes: MistakeList = STRICT) -> LayoutPolicy:
    """Return the policy of the ``layout`` option. Wrong positions are added to ``mistakes``. Raises InputError."""
    if options is None:
        return LayoutPolicy()
    if not isinstance(options, Mapping):
        raise InputError("must be a map with direction, existing, positions", "layout")
    for name in options:
        if name not in ("direction", "existing", "positions"):
            mistakes.add(InputError("unknown field", "layout.%s" % name))
    positions = options.get("positions") or {}
    if not isinstance(positions, Mapping):
        raise InputError("must map keys of cells to [x, y]", "layout.positions")
    places: dict[str, Position] = {}
    waypoints: dict[str, tuple[Point, ...]] = {}
    for given, value in positions.items():
        with mistakes.collecting():
            key = key_text(given, "layout.positions", is_key=True)
            if _is_waypoints(value):
                waypoints[key] = _waypoints(value, "layout.positions.%s" % key)
            else:
                places[key] = _position(value, key)
        if mistakes.is_full:
            break
    return LayoutPolicy(
        choice(options.get("direction"), DIRECTIONS, "layout.direction") or "right",
        choice(options.get("existing"), EXISTING, "layout.existing") or "keep",
        places,
        dict(sorted(waypoints.items())),
    )


def _is_waypoints(value: Any) -> bool:
    """Whether a position is one of a flow: a list of points, which may be empty."""
    return isinstance(value, (list, tuple)) and all(isinstance(point, (list, tuple, Mapping)) for point in value)


def _waypoints(points: Any, path: str) -> tuple[Point, ...]:
    pairs = []
    for index, point in enumerate(points):
        place = "%s[%d]" % (path, index)
        is_named = isinstance(point, Mapping) and set(point) == {"x", "y"}
        pair = [point["x"], point["y"]] if is_named else point
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise InputError("must be [x, y]", place)
        x, y = (number(part, place) for part in pair)
        if x is None or y is None:
            raise InputError("x and y are both needed", place)
        pairs.append((x, y))
    return tuple(pairs)


def _position(value: Any, key: str) -> Position:
    path = "layout.positions.%s" % key
    if isinstance(value, (list, tuple)) and len(value) in (2, 4):
        value = dict(zip(("x", "y", "width", "height"), value))
    if not isinstance(value, Mapping) or set(value) - {"x", "y", "width", "height"}:
        raise InputError("must be [x, y], or a map with x, y, width, height; of a flow a list of [x, y]", path)
    x, y = number(value.get("x"), path), number(value.get("y"), path)
    if x is None or y is None:
        raise InputError("x and y are both needed", path)
    width = number(value.get("width"), path + ".width", MIN_WIDTH)
    return Position(x, y, width, number(value.get("height"), path + ".height", MIN_HEIGHT))


def _in_order(cells: tuple[DesiredCell, ...]) -> tuple[DesiredCell, ...]:
    """Return boundaries with parents first, nodes, flows; else in declared order. Raises InputError for a ring."""
    by_id = {cell.id: cell for cell in cells}

    depths: dict[str, int] = {}
    for cell in cells:
        chain: list[DesiredCell] = []
        seen: set[str] = set()
        above: Optional[DesiredCell] = cell
        while above is not None and above.id not in depths:
            if above.id in seen:
                raise InputError("a boundary cannot lie inside itself", above.path + ".in")
            seen.add(above.id)
            chain.append(above)
            above = by_id.get(above.container or "")
        steps = depths[above.id] + 1 if above is not None else 0
        for deeper, one in enumerate(reversed(chain)):
            depths[one.id] = steps + deeper

    rank = {"boundary": 0, "node": 1, "flow": 2}
    return tuple(sorted(cells, key=lambda cell: (rank[cell.kind], depths[cell.id] if cell.kind == "boundary" else 0)))
