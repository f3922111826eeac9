# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The courses of flows that are new or have new ends: ports, router, waypoints (ENGINE-20)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Mapping, Optional, Sequence

from .._cells.cell import Cell, with_arrows
from .._cells.geometry import Box, runs_through
from .._layout.boxes import Boxes
from .._layout.lanes import LOOP_PORTS, Segment, bend, distance_of, is_own_course, lanes, loop
from .._layout.lines import line, ports
from .._layout.text_width import flow_text_width
from .declared.desired import FOLLOW, LayoutPolicy, Point
from .declared.desired_cell import DesiredCell


def near(one: Box, other: Box) -> bool:
    """Whether two places differ by no more than the rounding of the web editor."""
    return all(abs(getattr(one, name) - getattr(other, name)) <= 0.5 for name in ("x", "y", "width", "height"))


def is_of_layout(points: Sequence[Point], source: Box, target: Box) -> bool:
    """Whether waypoints between two boxes are those of a layout, or of the web editor, and not of a person."""
    return is_own_course(points, *((box.x, box.y, box.width, box.height) for box in (source, target)))


class Courses:
    """The flows of one diagram. ``wants`` and ``before``: declared and existing cells by final id."""

    def __init__(
        self,
        cells: Sequence[Cell],
        boxes: Boxes,
        places: Mapping[str, Box],
        wants: Mapping[str, DesiredCell],
        before: Mapping[str, Cell],
        layout: LayoutPolicy,
    ) -> None:
        self.boxes = boxes
        self.places = places
        self.wants = wants
        self.before = before
        self.waypoints = layout.waypoints
        self.relayout = layout.existing == "relayout"
        self.follow = layout.existing == FOLLOW
        self._bends: dict[str, list[Point]] = {}
        groups: dict[frozenset[Optional[str]], list[Cell]] = {}
        for cell in cells:
            if cell.is_flow and cell.source in places and cell.target in places:
                groups.setdefault(frozenset((cell.source, cell.target)), []).append(cell)
        for group in groups.values():
            if len(group) > 1 or group[0].source == group[0].target:
                self._bend(group)

    def course(self, cell: Cell) -> Cell:
        """Return a flow with ports, router and waypoints if it has new ends, unless the user has chosen them."""
        want = self.wants.get(cell.id)
        is_open = self._leads_elsewhere(cell) or self.relayout or self._is_redrawn(cell)
        if not is_open or not {cell.source, cell.target} <= set(self.places):
            return cell
        given = self._given(cell)
        if given is not None:
            vertices = [{"x": x, "y": y} for x, y in given]
            return replace(cell, raw={**cell.raw, "vertices": vertices}) if vertices else cell
        source, target = self._rect(cell.source), self._rect(cell.target)
        from_port, to_port = self._ports(cell)
        changes: dict[str, Any] = {}
        if want is None or want.source_port is None:
            changes["source_port"] = from_port
        if want is None or want.target_port is None:
            changes["target_port"] = to_port
        raw = dict(cell.raw)
        if self._has_lost_waypoints(cell):
            raw.pop("vertices", None)
        if cell.id in self._bends:
            raw["vertices"] = [{"x": _number(x), "y": _number(y)} for x, y in self._bends[cell.id]]
        if raw != cell.raw:
            changes["raw"] = raw
        straight = line(source, target)
        is_loop = cell.source == cell.target
        if not cell.router and not is_loop and any(runs_through(straight, other) for other in self._others(cell)):
            changes["router"] = "manhattan"
        return replace(cell, **changes)

    def _bend(self, group: Sequence[Cell]) -> None:
        """Choose waypoints for the new ones of several flows between two boxes, or at one box."""
        fresh = [cell for cell in group if self._is_fresh(cell)]
        if not fresh:
            return
        if fresh[0].source == fresh[0].target:
            taken = len(group) - len(fresh)
            for number, cell in enumerate(fresh):
                if self._ports(cell) == LOOP_PORTS:
                    self._bends[cell.id] = loop(self._rect(cell.source), taken + number)
            return
        first = fresh[0]
        segment: Segment = line(self._rect(first.source), self._rect(first.target))
        distance = distance_of(segment, [_label_width(cell) for cell in fresh])
        others = self._others(first)
        possible = [lane * distance for lane in lanes(len(fresh), len(fresh) < len(group))]
        # Lanes through boxes come last: flows on one another are worse, because people see one of them only.
        best = sorted(possible, key=lambda offset: not _is_clear(segment, offset, others))[: len(fresh)]
        for cell, offset in zip(fresh, sorted(best)):
            if offset:
                self._bends[cell.id] = [bend(segment, offset)]

    def _others(self, flow: Cell) -> list[tuple[float, float, float, float]]:
        """Return the rectangles of nodes that a flow must not run through."""
        return [
            self._rect(box)
            for box in self.boxes.cells
            if box not in (flow.source, flow.target) and not self.boxes.is_container(box)
        ]

    def _is_fresh(self, cell: Cell) -> bool:
        """Whether the course of a flow is open: the ends are new, or a layout moved one; nothing else is declared."""
        want = self.wants.get(cell.id)
        is_open = self._leads_elsewhere(cell) or (self.relayout and self._has_moved_ends(cell))
        has_own = bool(cell.raw.get("vertices")) and not self._has_lost_waypoints(cell)
        return (
            is_open
            and not has_own
            and self._given(cell) is None
            and "vertices" not in (want.raw_members if want else ())
        )

    def _given(self, cell: Cell) -> Optional[tuple[Point, ...]]:
        want = self.wants.get(cell.id)
        if want is None or (cell.id in self.before and not self.follow) or self.relayout:
            return None
        return self.waypoints.get(want.key)

    def _is_redrawn(self, cell: Cell) -> bool:
        """Whether an existing flow is to follow other waypoints; up to half a pixel is the rounding of the editor."""
        given = self._given(cell) if self.follow else None
        if not given:
            return False
        points = [(point["x"], point["y"]) for point in cell.raw.get("vertices") or ()]
        return len(given) != len(points) or any(
            abs(x - left) > 0.5 or abs(y - top) > 0.5 for (x, y), (left, top) in zip(given, points)
        )

    def _leads_elsewhere(self, cell: Cell) -> bool:
        want, old = self.wants.get(cell.id), self.before.get(cell.id)
        if want is None or want.kind != "flow":
            return False
        return old is None or (old.source, old.target) != (cell.source, cell.target)

    def _has_lost_waypoints(self, cell: Cell) -> bool:
        """Whether existing waypoints are useless, because an end has moved."""
        want = self.wants.get(cell.id)
        if not cell.raw.get("vertices") or (want is not None and "vertices" in want.raw_members):
            return False
        return (cell.id in self.before and self._leads_elsewhere(cell)) or self._has_moved_ends(cell)

    def _has_moved_ends(self, cell: Cell) -> bool:
        return any(self._is_moved(end) for end in (cell.source, cell.target))

    def _is_moved(self, box: Optional[str]) -> bool:
        geometry = self.boxes.cells[box].geometry if box in self.boxes.cells else None
        return geometry is not None and box is not None and not near(geometry, self.places[box])

    def _ports(self, cell: Cell) -> tuple[str, str]:
        """Return the declared sides of both ends, else the sides that face one another."""
        want = self.wants.get(cell.id)
        if cell.source == cell.target:
            from_port, to_port = LOOP_PORTS
        else:
            from_port, to_port = ports(self._rect(cell.source), self._rect(cell.target))
        if want is None:
            return from_port, to_port
        return want.source_port or from_port, want.target_port or to_port

    def _rect(self, box: Optional[str]) -> tuple[float, float, float, float]:
        place = self.places[str(box)]
        return place.x, place.y, place.width, place.height


def _is_clear(segment: Segment, offset: float, others: Sequence[Sequence[float]]) -> bool:
    """Whether a flow that is bent beside its straight line runs through no box; the straight line gets a router."""
    x, y = bend(segment, offset)
    legs = ((segment[0], segment[1], x, y), (x, y, segment[2], segment[3]))
    return not offset or not any(runs_through(leg, other) for leg in legs for other in others)


def _label_width(cell: Cell) -> int:
    return flow_text_width(with_arrows(cell.label) if cell.bidirectional else cell.label)


def _number(value: float) -> Any:
    return int(value) if value == int(value) else value
