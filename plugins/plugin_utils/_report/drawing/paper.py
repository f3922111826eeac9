# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Parts of a large drawing, each of which is readable on a sheet of paper of its own."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.drawing import Drawing

#: Width and height of the space for a whole drawing on a wide sheet of A4 or Letter, in CSS pixels.
_SHEET = (979, 586)
#: The least scale of a drawing on one sheet: letters have about 5 points.
_LEAST_SCALE = 0.6
#: Size of a part in pixels of the drawing: on a sheet, letters have about 6 points. Two parts share a strip in which a
#: node is complete.
_PART, _STRIP = (1300.0, 860.0), (180.0, 100.0)


def parts(drawing: Drawing) -> list[Box]:
    """Return the parts that contain something, row by row; none for a drawing that is readable on one sheet."""
    view = drawing.view
    if min(_SHEET[0] / view.width, _SHEET[1] / view.height) >= _LEAST_SCALE:
        return []
    width, height = min(_PART[0], view.width), min(_PART[1], view.height)
    places = [
        Box(left, top, width, height)
        for top in _starts(view.y, view.height, height, _STRIP[1])
        for left in _starts(view.x, view.width, width, _STRIP[0])
    ]
    return [place for place in places if any(_shows(place, drawing))]


def _starts(first: float, whole: float, part: float, strip: float) -> list[float]:
    count = max(1, math.ceil((whole - strip) / (part - strip)))
    return [round(first + (whole - part) * number / max(1, count - 1), 1) for number in range(count)]


def _shows(place: Box, drawing: Drawing) -> Iterator[bool]:
    for drawn in (*drawing.nodes, *drawing.boundaries, *drawing.flows):
        yield place.overlaps(drawn.text.box)
        yield any(place.overlaps(number.box) for number in drawn.numbers)
        yield any(place.crossed(a, b) for a, b in pairwise(drawn.route))
    for node in drawing.nodes:
        yield bool(node.box and place.overlaps(node.box))
    yield any(place.overlaps(number.box) for number in drawing.numbers)
