# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Boxes with places, for whole layouts and for the placement of single cells."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Iterable, Optional, Sequence

from .._cells.cell import Cell
from .._cells.editor import ICON, LABEL_BELOW, icon_place
from .._cells.geometry import Box
from .layout import BOUNDARY_SIZE, GRID, HEAD, PADDING, ROOT, Arrangement, Graph
from .search import improve
from .text_width import LINE, line_count, text_width

#: Sizes of nodes that are drawn in the web editor, and the least sizes of new ones (FORMAT-12).
SIZES = {"actor": (120, 60), "process": (140, 60), "store": (160, 80), "text-box": (100, 40)}


class Boxes:
    """The nodes and boundaries of one diagram, in order of declaration, and how they are nested and connected.

    A missing parent counts as none. Servers accept rings of parents; they are cut.
    """

    def __init__(self, cells: Sequence[Cell]) -> None:
        self.cells = {cell.id: cell for cell in cells if not cell.is_flow}
        self.parents: dict[str, Optional[str]] = {}
        for cell in self.cells.values():
            parent = cell.parent if cell.parent in self.cells else None
            self.parents[cell.id] = None if parent is None or cell.id in self.with_ancestors(parent) else parent
        self.flows = [
            (cell.source, cell.target)
            for cell in cells
            if cell.is_flow and cell.source in self.cells and cell.target in self.cells
        ]
        self.children: dict[Optional[str], list[str]] = {None: []}
        for box in self.cells:
            self.children[box] = []
        for box, parent in self.parents.items():
            self.children[parent].append(box)

    def with_ancestors(self, box: Optional[str]) -> list[str]:
        """Return a box and all boundaries around it, inner ones first."""
        boxes = []
        while box is not None:
            boxes.append(box)
            box = self.parents.get(box)
        return boxes

    def with_descendants(self, box: str) -> list[str]:
        """Return a box and all boxes in it, containers before their content."""
        boxes = [box]
        for inner in boxes:
            boxes += self.children[inner]
        return boxes

    def outer_first(self) -> list[str]:
        """Return all boxes, containers before their content."""
        boxes: list[str] = []
        for box in self.children[None]:
            boxes += self.with_descendants(box)
        return boxes

    def is_container(self, box: str) -> bool:
        """Whether a box is a boundary, or another box with children."""
        return self.cells[box].is_boundary or bool(self.children[box])

    def arrange(
        self,
        roots: Iterable[str],
        sizes: Mapping[str, tuple[float, float]],
        exact: Iterable[str],
        down: bool,
    ) -> dict[str, Box]:
        """Lay out the boxes ``roots`` and all boxes in them from the origin (FORMAT-12).

        ``sizes`` overrides the sizes of leaves and the minimum sizes of boundaries; ``exact`` boundaries do not grow.
        """
        names = [name for root in roots for name in self.with_descendants(root)]
        index = {name: number for number, name in enumerate(names)}
        graph = Graph(
            [index.get(self.parents[name] or "", ROOT) for name in names],
            [_whole(sizes.get(name) or default_size(self.cells[name])) for name in names],
            frozenset(index[name] for name in names if self.is_container(name)),
            [(index[source], index[target]) for source, target in self.flows if source in index and target in index],
            frozenset(index[name] for name in exact if name in index),
        )
        rects = improve(Arrangement(graph, down))
        return {name: Box(*rect) for name, rect in zip(names, rects)}


def default_size(cell: Cell) -> tuple[int, int]:
    """Return the width and height of a new cell in pixels: its label fits in, because the editor does not wrap it."""
    width, height = SIZES.get(cell.shape, BOUNDARY_SIZE)
    label = text_width(cell.label)
    icon = icon_place(cell)
    if cell.is_boundary:
        # The name is at the top left, at 5 percent of the width.
        width = max(width, _on_grid((label + GRID) / 0.9))
    elif icon is None:
        beside, above = (GRID // 2, GRID // 2) if cell.shape == "text-box" else (2 * GRID, GRID)
        width = max(width, _on_grid(label + 2 * beside))
        height = max(height, _on_grid(line_count(cell.label) * LINE + 2 * above))
    if icon is not None:
        least = _size_around(icon, label, line_count(cell.label) * LINE)
        width, height = max(width, least[0]), max(height, least[1])
    return width, height


def _size_around(icon: tuple[float, float], wide: int, tall: int) -> tuple[int, int]:
    """Return the size of a box whose icon has its middle at these shares, and a label of this size below it."""
    x, y = icon
    beside = 2 * GRID if x == 0.5 else GRID // 2  # in a corner each pixel makes the box much wider
    half = max(wide, ICON) / 2 + beside
    above, below = ICON / 2 + GRID // 2, LABEL_BELOW + tall + GRID
    return _on_grid(half / min(x, 1 - x)), _on_grid(max(above / y, below / (1 - y)))


def _on_grid(length: float) -> int:
    return math.ceil(length / GRID) * GRID


def boundary_around(content: Sequence[Box], least: tuple[float, float] = BOUNDARY_SIZE) -> Box:
    """Return the boundary around its content, with space for its label at the top."""
    left = min(box.x for box in content) - PADDING
    top = min(box.y for box in content) - HEAD
    right = max(box.x + box.width for box in content) + PADDING
    bottom = max(box.y + box.height for box in content) + PADDING
    return Box(left, top, max(right - left, least[0]), max(bottom - top, least[1]))


def extended(boundary: Box, content: Box) -> Box:
    """Return a boundary enlarged to the right and downwards so that the content and its padding fit in."""
    width = max(boundary.width, content.x + content.width + PADDING - boundary.x)
    height = max(boundary.height, content.y + content.height + PADDING - boundary.y)
    return Box(boundary.x, boundary.y, width, height)


def _whole(size: tuple[float, float]) -> tuple[int, int]:
    return math.ceil(size[0]), math.ceil(size[1])
