# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Places of cells, as far as the user and the people at the web editor have not decided them (ENGINE-20).

Three cases: a diagram without any place is laid out as a whole; so is one with ``existing: relayout``, around locked
and enforced cells; otherwise only cells without a place get one, and no cell that a person has moved is moved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Optional, Sequence

from .._cells.cell import Cell
from .._cells.editor import TOP_LEFT, TOP_PERCENT
from .._cells.geometry import Box
from .._layout.boxes import SIZES, Boxes, boundary_around, default_size, extended
from .._layout.insertion import Insertion
from .._layout.layout import BOUNDARY_SIZE, GRID, HEAD
from .._layout.settling import settle
from .._layout.text_width import LINE
from .courses import Courses, near
from .declared.desired import FOLLOW, DesiredCells
from .declared.desired_cell import DesiredCell
from .match import Matching

#: From this number on, new boxes of one container are laid out together in ranks; fewer are placed one by one.
BLOCK = 3


def enforced(geometry: Box, want: DesiredCell) -> Box:
    """Return the geometry with its declared parts; differences up to half a pixel are rounding of the editor."""
    parts = {
        name: value
        for name, value in (("x", want.x), ("y", want.y), ("width", want.width), ("height", want.height))
        if value is not None and abs(value - getattr(geometry, name)) > 0.5
    }
    return geometry._replace(**parts) if parts else geometry


def following(desired: DesiredCells, matching: Matching) -> DesiredCells:
    """Return the declared cells, with ``existing: follow`` those that exist with their places under ``positions``.

    A cell that a person has locked keeps its place.
    """
    if desired.layout.existing != FOLLOW:
        return desired

    def follow(want: DesiredCell) -> DesiredCell:
        place, cell = desired.layout.positions.get(want.key), matching.cells.get(want.id)
        if place is None or cell is None or cell.is_locked:
            return want
        names = [name for name in Box._fields if getattr(want, name) is None and getattr(place, name) is not None]
        return replace(want, **{name: getattr(place, name) for name in names})

    return replace(desired, cells=tuple(map(follow, desired.cells)))


def with_visible_name(cell: Cell) -> Cell:
    """Return a new boundary with its name above its content also if it is high: ``refY`` is a percentage."""
    attrs = _members(cell.raw.get("attrs"))
    text = _members(attrs.get("text"))
    if not cell.is_boundary or cell.geometry is None or any(text.get(name) != part for name, part in TOP_LEFT.items()):
        return cell
    percent = max(1, min(TOP_PERCENT, int(100 * (HEAD - LINE) / cell.geometry.height)))
    raised = {**attrs, "text": {**text, "refY": "%d%%" % percent}}
    return replace(cell, raw={**cell.raw, "attrs": raised})


def place(cells: Sequence[Cell], desired: DesiredCells, matching: Matching) -> tuple[Cell, ...]:
    """Return the cells with places for all boxes, and with ports for flows that are new or have new ends."""
    return _Placement(cells, desired, matching).result()


class _Placement:
    def __init__(self, cells: Sequence[Cell], desired: DesiredCells, matching: Matching) -> None:
        self.cells = cells
        self.layout = desired.layout
        self.relayout = desired.layout.existing == "relayout"
        self.down = desired.layout.direction == "down"
        self.positions = desired.layout.positions
        self.wants = {matching.final_ids[want.id]: want for want in desired.cells}
        self.before = {cell.id: cell for cell in matching.cells.values()}
        # Declared cells first, in declared order, so that the order on the server does not matter.
        order = {cell_id: number for number, cell_id in enumerate(self.wants)}
        self.boxes = Boxes(sorted(cells, key=lambda cell: order.get(cell.id, len(order))))
        self.places: dict[str, Box] = {}

    def result(self) -> tuple[Cell, ...]:
        """Return all cells, placed."""
        if self.relayout or not self._is_begun():
            self._lay_out_all()
        else:
            self._take_places()
            if len(self.places) < len(self.boxes.cells):
                self._insert()
        placed = [cell if cell.is_flow else self._box(cell) for cell in self.cells]
        places = {cell.id: cell.geometry for cell in reversed(placed) if cell.geometry is not None}
        courses = Courses(placed, self.boxes, places, self.wants, self.before, self.layout)
        return tuple(courses.course(cell) if cell.is_flow else cell for cell in placed)

    def _is_begun(self) -> bool:
        """Whether any box has a place already, on the server or under positions."""
        return any(
            cell.geometry is not None or (box in self.wants and self.wants[box].key in self.positions)
            for box, cell in self.boxes.cells.items()
        )

    def _size(self, box: str) -> tuple[float, float]:
        """Return the initial size of a box: declared, existing, or the default."""
        cell, want = self.boxes.cells[box], self.wants.get(box)
        width: float
        height: float
        width, height = default_size(cell)
        if cell.geometry is None and (box, box) in self.boxes.flows and (width, height) == SIZES.get(cell.shape):
            # The web editor takes the flow of a box to itself for its content, and fails to lay it out at this size.
            width += GRID
        position = self.positions.get(want.key) if want is not None and not self.relayout else None
        if cell.geometry is not None and not (self.relayout and self.boxes.is_container(box) and not cell.is_locked):
            width, height = cell.geometry.width, cell.geometry.height
        elif position is not None:
            width, height = position.width or width, position.height or height
        if want is not None:
            width, height = want.width or width, want.height or height
        return width, height

    def _is_exact(self, box: str) -> bool:
        """Whether the size of a box is fixed; if only one of width and height is declared, it is not."""
        want = self.wants.get(box)
        written = want is not None and want.width is not None and want.height is not None
        return written or self.boxes.cells[box].is_locked

    def _has_size(self, box: str) -> bool:
        """Whether the initial size of a new box is given, whatever lies in it."""
        want = self.wants.get(box)
        position = self.positions.get(want.key) if want is not None else None
        sized = position is not None and position.width is not None and position.height is not None
        return sized or self._is_exact(box)

    def _may_grow(self, box: str) -> bool:
        return self.boxes.cells[box].key is not None and not self._is_exact(box)

    # -- the whole diagram

    def _lay_out_all(self) -> None:
        sizes = {box: self._size(box) for box in self.boxes.cells}
        exact = [box for box in self.boxes.cells if self._is_exact(box)]
        free = self.boxes.arrange(self.boxes.children[None], sizes, exact, self.down)
        for box, geometry in free.items():
            # The layout uses whole pixels; a given size keeps its fractions.
            width, height = (geometry.width, geometry.height) if self.boxes.is_container(box) else sizes[box]
            self.places[box] = Box(geometry.x, geometry.y, width, height)
        pinned = {box: place for box in self.boxes.cells for place in [self._pin(box)] if place is not None}
        if pinned:
            settle(self.boxes, self.places, pinned, self._is_exact, self.down)

    def _pin(self, box: str) -> Optional[Box]:
        """Return the place that a whole layout must not change: locked by a person or declared by the user."""
        cell, want = self.boxes.cells[box], self.wants.get(box)
        locked = cell.geometry if cell.is_locked else None
        if want is None or (want.x is None and want.y is None):
            return locked
        return enforced(locked or self.places[box], want)

    # -- new cells among others

    def _take_places(self) -> None:
        """Collect the given places: on the server, declared for the cell, or listed under positions."""
        for box, cell in self.boxes.cells.items():
            want = self.wants.get(box)
            if cell.geometry is not None:
                self.places[box] = cell.geometry
            elif want is not None:
                position = self.positions.get(want.key)
                x = want.x if want.x is not None or position is None else position.x
                y = want.y if want.y is not None or position is None else position.y
                if x is not None and y is not None:
                    self.places[box] = Box(x, y, *self._size(box))
        for box in reversed(self.boxes.outer_first()):
            # A new boundary without a declared size gets the size of its content.
            inside = [self.places[child] for child in self.boxes.children[box] if child in self.places]
            if not inside or self.boxes.cells[box].geometry is not None or self._has_size(box):
                continue
            if box not in self.places:
                self.places[box] = boundary_around(inside, default_size(self.boxes.cells[box]))
            for content in inside:
                self.places[box] = extended(self.places[box], content)
        for box in [box for box in self.places if self._has_left(box)]:
            for name in self.boxes.with_descendants(box):
                self.places.pop(name, None)

    def _has_left(self, box: str) -> bool:
        """Whether the user moved an existing box into an existing boundary that does not contain its place."""
        cell, want, old = self.boxes.cells[box], self.wants.get(box), self.before.get(box)
        if want is None or old is None or want.container is None or cell.parent == old.parent or cell.is_locked:
            return False
        around = self.boxes.cells.get(cell.parent or "")
        if around is None or around.geometry is None or cell.geometry is None or (want.x, want.y) != (None, None):
            return False
        return not around.geometry.contains(cell.geometry)

    def _insert(self) -> None:
        """Place all boxes without a place, containers before their content."""
        insertion = Insertion(self.boxes, self.places, self._may_grow)
        for parent in [None, *self.boxes.outer_first()]:
            roots = [box for box in self.boxes.children[parent] if box not in self.places]
            # In an empty container, and outside of all containers, new boxes are placed as one block in ranks.
            block = [box for box in roots if self.boxes.cells[box].geometry is None]
            if len(block) < BLOCK or (parent is not None and len(block) < len(self.boxes.children[parent])):
                block = []
            groups = [block] if block else []
            for group in groups + [[box] for box in roots if box not in block]:
                insertion.insert(parent, self._unit(group), group)

    def _unit(self, roots: Sequence[str]) -> dict[str, Box]:
        """Return boxes and all boxes in them, with relative places: their own if they have places, else a layout."""
        names = [name for root in roots for name in self.boxes.with_descendants(root)]
        geometries = {name: self.boxes.cells[name].geometry for name in names}
        if geometries[roots[0]] is not None:
            return {name: geometry for name, geometry in geometries.items() if geometry is not None}
        sizes = {name: self._size(name) for name in names}
        return self.boxes.arrange(roots, sizes, [name for name in names if self._is_exact(name)], self.down)

    # -- results

    def _box(self, cell: Cell) -> Cell:
        geometry = self.places[cell.id]
        want = self.wants.get(cell.id)
        if want is not None and want.is_placed:
            geometry = enforced(geometry, want)
        is_free = cell.geometry is None or (self.relayout and self.boxes.is_container(cell.id))
        if is_free and self._would_be_fitted(cell, geometry):
            geometry = geometry._replace(width=geometry.width + GRID)
        if cell.geometry is not None:
            return cell if near(cell.geometry, geometry) else replace(cell, geometry=geometry)
        return with_visible_name(replace(cell, geometry=geometry))

    def _would_be_fitted(self, cell: Cell, geometry: Box) -> bool:
        """Whether the web editor would lay out the content of a box again: it does so at the size of a new one."""
        has_size_of_new = (geometry.width, geometry.height) == SIZES.get(cell.shape, BOUNDARY_SIZE)
        return has_size_of_new and bool(self.boxes.children[cell.id]) and not self._has_size(cell.id)


def _members(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
