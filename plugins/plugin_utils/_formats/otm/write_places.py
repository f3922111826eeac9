# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Places of cells in OTM, which counts from the container; TMI counts from the corner of the diagram."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired_cell import DesiredCell
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import number

GEOMETRY = ("x", "y", "width", "height")
#: Space between a container and its content, at the left, top, right and bottom; the size of a cell without one.
_PADDING, _SIZE = (40, 50, 40, 40), (140, 80)


class Places:
    """The places of the cells of one diagram, from ``layout``, else from the cells.

    A container without a place gets one around its content, because other programs add up the places of containers.
    ``container``: returns the cell that contains a cell in OTM.
    """

    def __init__(
        self, cells: Iterable[DesiredCell], layout: Any, container: Callable[[DesiredCell], DesiredCell | None]
    ) -> None:
        self._layout = layout
        boxes = [cell for cell in cells if cell.kind != "flow"]
        self._above = {cell.id: container(cell) for cell in boxes}
        self._of = {
            cell.id: place for cell in boxes for place in [self._declared(cell)] if "x" in place and "y" in place
        }
        content: dict[str, list[dict[str, float]]] = {}
        for cell in sorted(boxes, key=self._depth, reverse=True):
            if cell.id not in self._of and cell.id in content:
                self._of[cell.id] = _around(content[cell.id])
            above = self._above[cell.id]
            if above is not None and cell.id in self._of:
                content.setdefault(above.id, []).append(self._of[cell.id])

    def _declared(self, cell: DesiredCell) -> dict[str, float]:
        found = self._layout.positions.get(cell.key)
        source: Any = found if found is not None else cell
        return {name: getattr(source, name) for name in GEOMETRY if getattr(source, name) is not None}

    def _depth(self, cell: DesiredCell) -> int:
        depth, above = 0, self._above[cell.id]
        while above is not None:
            depth, above = depth + 1, self._above[above.id]
        return depth

    def drawing(self, cell: DesiredCell) -> dict[str, Any]:
        """Return position and size of a cell for a representation; an empty map if it has no place."""
        place = self._of.get(cell.id)
        if place is None:
            return {}
        above = self._above[cell.id]
        while above is not None and above.id not in self._of:
            above = self._above[above.id]
        origin = {"x": 0, "y": 0} if above is None else self._of[above.id]
        drawn: dict[str, Any] = {"position": {name: number(place[name] - origin[name]) for name in ("x", "y")}}
        if "width" in place and "height" in place:
            drawn["size"] = {"width": place["width"], "height": place["height"]}
        return drawn


def _around(boxes: list[dict[str, float]]) -> dict[str, float]:
    left, top = (min(box[name] for box in boxes) - _PADDING[n] for n, name in enumerate(("x", "y")))
    right = max(box["x"] + box.get("width", _SIZE[0]) for box in boxes) + _PADDING[2]
    bottom = max(box["y"] + box.get("height", _SIZE[1]) for box in boxes) + _PADDING[3]
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}
