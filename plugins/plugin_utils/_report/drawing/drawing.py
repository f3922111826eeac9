# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The drawing of a diagram: places of all boxes, lines, labels and numbers, without SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import Cell
from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box, Point
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.bundles import to_route
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.geometry import Route, is_at, leader
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.icons import icon_name
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.labels import (
    Space,
    put_labels,
    put_numbers,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.routes import Router
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.model import Sheet, Threat, title
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.text import clean, widest_word, width_of, wrap

#: Sizes of type: for nodes, of which the largest that fits is used; for flows; for headings of boundaries.
NODE_SIZES, FLOW_SIZE, HEAD_SIZE = (13, 12, 11, 10), 11, 12
#: Height of a line of text, as a multiple of its size.
LEADING = 1.2
#: Labels of flows: widths, most lines, and free space around their text.
_FLOW_WIDTHS, _FLOW_LINES, _FLOW_PADDING = (116, 72, 50, 220), 4, 3
#: Words of flows that are wider than this are divided.
_WIDEST_WORD = 220
#: Free space beside the text of a node, by its shape, and above and below it.
_BESIDE_TEXT, _ABOVE_TEXT = {"text-box": 2}, 4
#: Names of icons: size of type, space beside the text and above the frame, and the least width of a box with one.
BADGE_SIZE, _BADGE_PADDING, _BADGE_GAP, _LEAST_BADGE = 10, 5, 3, 60
_HEAD_PLACE = (10, 8)
#: Numbers of threats: height, size of type, and gap between two.
NUMBER_HEIGHT, NUMBER_SIZE, NUMBER_GAP = 16, 11, 3
_MARGIN = 16
#: The text of a diagram without elements.
EMPTY = "This diagram has no elements."


@dataclass(frozen=True)
class Lines:
    """Lines of text, centered in ``box`` or beginning at its left; ``is_whole``: the text is complete."""

    box: Box
    lines: tuple[str, ...]
    size: float
    is_whole: bool = True


@dataclass(frozen=True)
class Number:
    """The number of a threat."""

    box: Box
    threat: Threat


@dataclass(frozen=True)
class Drawn:
    """One cell: a node or boundary has a ``box``, a flow a ``route``; ``leader`` joins a distant label to it.

    ``badge``: the name of the icon of a node.
    """

    cell: Cell
    name: str
    text: Lines
    numbers: tuple[Number, ...] = ()
    box: Box | None = None
    route: Route = ()
    leader: Route = ()
    badge: Lines | None = None


@dataclass(frozen=True)
class Drawing:
    """The parts from the back to the front; ``view`` contains all of them. ``numbers``: those of the whole diagram.

    ``note`` is a text in the place of a diagram without elements.
    """

    view: Box
    boundaries: tuple[Drawn, ...]
    flows: tuple[Drawn, ...]
    nodes: tuple[Drawn, ...]
    numbers: tuple[Number, ...] = ()
    note: Lines | None = None


def draw(sheet: Sheet) -> Drawing:
    """Return the drawing of a diagram; it is always the same for the same diagram."""
    boxes = {cell.id: _box(cell) for cell in sheet.cells if not cell.is_flow}
    bounds = [cell for cell in sheet.cells if cell.is_boundary]
    bounds.sort(key=lambda cell: -boxes[cell.id].width * boxes[cell.id].height)  # outer ones behind inner ones
    nodes = [cell for cell in sheet.cells if not cell.is_flow and not cell.is_boundary]
    flows = [cell for cell in sheet.cells if cell.is_flow and cell.source in boxes and cell.target in boxes]
    boundaries = [_boundary(cell, boxes[cell.id], sheet.threats.get(cell.id, ())) for cell in bounds]
    heads = [drawn.text.box for drawn in boundaries if drawn.text.lines]
    heads += [number.box for drawn in boundaries for number in drawn.numbers]
    places = [boxes[cell.id] for cell in nodes]
    router = Router(boxes, [cell.id for cell in nodes], [head.grown(6) for head in heads])
    routes = router.route(to_route(flows, boxes, [*heads, *places]))
    space = Space([*heads, *places], routes, [boxes[cell.id] for cell in bounds])
    drawn_nodes = [_node(cell, boxes[cell.id], sheet.threats.get(cell.id, ()), space) for cell in nodes]
    drawn_flows = _flows(flows, routes, sheet, space)
    note = None if sheet.cells else fitted(EMPTY, 400, 40, (150, 20))
    found = Drawing(Box(0, 0, 0, 0), tuple(boundaries), tuple(drawn_flows), tuple(drawn_nodes), note=note)
    view = _view(found)
    whole = sheet.threats.get("", ())
    if whole:
        size = numbers_size(whole, view.width)
        place = Box(view.x, view.bottom + _MARGIN, *size)
        view = Box(view.x, view.y, max(view.width, size[0]), place.bottom - view.y)
        found = replace(found, numbers=place_numbers(place, whole))
    return replace(found, view=view.grown(_MARGIN))


def _box(cell: Cell) -> Box:
    """Return the box of a cell; planned boxes have a place."""
    place = cell.geometry or Box(0, 0, 0, 0)
    return Box(place.x, place.y, place.width, place.height)


def _view(drawing: Drawing) -> Box:
    boxes = [drawn.box for drawn in (*drawing.boundaries, *drawing.nodes) if drawn.box]
    every = (*drawing.boundaries, *drawing.nodes, *drawing.flows)
    boxes += [drawn.text.box for drawn in every] + [number.box for drawn in every for number in drawn.numbers]
    boxes += [Box(*point, 0, 0) for drawn in drawing.flows for point in drawn.route]
    if not boxes:
        return Box(0, 0, 300, 40)
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(left, top, max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top)


# ------------------------------------------------------------------------------------------------ boxes
def _node(cell: Cell, box: Box, threats: Sequence[Threat], space: Space) -> Drawn:
    name = title(cell)
    beside = _BESIDE_TEXT.get(cell.shape, 8)
    badge = _badge(icon_name(cell), box)
    free = badge.box.height + _BADGE_GAP if badge else 0
    middle_of_text = (box.middle[0], box.middle[1] - free / 2)
    text = fitted(name, box.width - 2 * beside, box.height - 2 * _ABOVE_TEXT - free, middle_of_text)
    numbers: tuple[Number, ...] = ()
    if threats:
        widths = (box.width, box.width / 2, 2 * box.width)
        sizes = list(dict.fromkeys(numbers_size(threats, max(width, 60)) for width in widths))
        numbers = place_numbers(put_numbers(box, sizes, space), threats)
    return Drawn(cell, name, text, numbers, box, badge=badge)


def _badge(name: str, box: Box) -> Lines | None:
    """Return the name of an icon in a small frame at the bottom of a box; None if there is no room for it."""
    lines = wrap(name, box.width - 2 * _BADGE_PADDING - 8, BADGE_SIZE, 1) if name else []
    tall = BADGE_SIZE * LEADING + 2
    if not lines or box.height < tall + BADGE_SIZE * LEADING + 2 * _ABOVE_TEXT + _BADGE_GAP or box.width < _LEAST_BADGE:
        return None
    wide = width_of(lines[0], BADGE_SIZE) + 2 * _BADGE_PADDING
    place = Box(box.middle[0] - wide / 2, box.bottom - _ABOVE_TEXT - tall, wide, tall)
    return Lines(place, tuple(lines), BADGE_SIZE, _is_whole(lines, name))


def fitted(name: str, width: float, height: float, middle: Point) -> Lines:
    """Return a text in the largest type that fits; shortened if none fits."""
    for size in NODE_SIZES:
        most = max(1, int(height / (size * LEADING)))
        lines = wrap(name, width, size, most)
        if " ".join(lines) == " ".join(name.split()):
            break
    whole = _is_whole(lines, name)
    wide = max((width_of(line, size) for line in lines), default=0)
    tall = len(lines) * size * LEADING
    return Lines(Box(middle[0] - wide / 2, middle[1] - tall / 2, wide, tall), tuple(lines), size, whole)


def _boundary(cell: Cell, box: Box, threats: Sequence[Threat]) -> Drawn:
    name = title(cell)
    left, top = box.x + _HEAD_PLACE[0], box.y + _HEAD_PLACE[1]
    room = box.width - 2 * _HEAD_PLACE[0]
    wide = numbers_size(threats, 1e9)[0] if threats else 0
    beside = wide <= room / 2
    lines = wrap(name, room - (wide + 8 if threats and beside else 0), HEAD_SIZE, 2, bold=True)
    text_width = max((width_of(line, HEAD_SIZE, bold=True) for line in lines), default=0)
    text = Lines(
        Box(left, top, text_width, len(lines) * HEAD_SIZE * LEADING),
        tuple(lines),
        HEAD_SIZE,
        _is_whole(lines, name),
    )
    numbers: tuple[Number, ...] = ()
    if threats:
        size = numbers_size(threats, room)
        corner = (left + room - size[0], top) if beside else (left, text.box.bottom + 3)
        numbers = place_numbers(Box(*corner, *size), threats)
    return Drawn(cell, name, text, numbers, box)


# ------------------------------------------------------------------------------------------------ flows
def _flows(cells: Sequence[Cell], routes: Sequence[Route], sheet: Sheet, space: Space) -> list[Drawn]:
    threats = [sheet.threats.get(cell.id, ()) for cell in cells]
    texts = [_wrapped(clean(cell.label)) for cell in cells]
    sizes = [
        [_label_size(lines, found) for lines in ways if lines or found]
        for ways, found in zip(texts, threats, strict=True)
    ]
    places = put_labels(routes, sizes, space)
    return [
        _drawn_flow(cell, ways[choice], route, box, found)
        for cell, ways, route, found, (box, choice) in zip(cells, texts, routes, threats, places, strict=True)
    ]


def _wrapped(label: str) -> list[list[str]]:
    """Return the possible divisions of a label into lines, the usual ones first."""
    word = min(widest_word(label, FLOW_SIZE), _WIDEST_WORD)
    ways = [wrap(label, max(width, word), FLOW_SIZE, _FLOW_LINES) for width in _FLOW_WIDTHS]
    return [way for n, way in enumerate(ways) if not n or (way not in ways[:n] and _is_whole(way, label))]


def _is_whole(lines: Sequence[str], text: str) -> bool:
    return "".join(lines).replace(" ", "") == "".join(text.split())


def _label_size(lines: Sequence[str], threats: Sequence[Threat]) -> Point:
    """Return the size of a label with the numbers of the flow's threats below it."""
    width = max((width_of(line, FLOW_SIZE) for line in lines), default=0)
    height = len(lines) * FLOW_SIZE * LEADING
    if threats:
        wide, tall = numbers_size(threats, _FLOW_WIDTHS[0])
        width, height = max(width, wide), height + tall + (2 if lines else 0)
    return width + 2 * _FLOW_PADDING, height + 2 * _FLOW_PADDING


def _drawn_flow(cell: Cell, lines: Sequence[str], route: Route, box: Box, threats: Sequence[Threat]) -> Drawn:
    tall = len(lines) * FLOW_SIZE * LEADING
    numbers: tuple[Number, ...] = ()
    if threats:
        size = numbers_size(threats, _FLOW_WIDTHS[0])
        left, top = box.middle[0] - size[0] / 2, box.y + _FLOW_PADDING + tall + (2 if lines else 0)
        numbers = place_numbers(Box(left, top, *size), threats)
    label = clean(cell.label)
    text = Lines(box, tuple(lines), FLOW_SIZE, _is_whole(lines, label))
    far = bool(box.width) and not is_at(route, box)
    return Drawn(cell, label, text, numbers, None, route, leader(route, box) if far else ())


# ------------------------------------------------------------------------------------------------ numbers
def _number_width(threat: Threat) -> float:
    return max(NUMBER_HEIGHT, width_of(str(threat.number), NUMBER_SIZE, bold=True) + 8)


def _rows(threats: Sequence[Threat], width: float) -> list[list[Threat]]:
    rows: list[list[Threat]] = []
    left = -1.0
    for threat in threats:
        wide = _number_width(threat) + NUMBER_GAP
        if not rows or left < wide:
            rows.append([])
            left = width + NUMBER_GAP
        rows[-1].append(threat)
        left -= wide
    return rows


def numbers_size(threats: Sequence[Threat], width: float) -> Point:
    """Return the size of numbers in rows of at most ``width``."""
    rows = _rows(threats, width)
    wide = max(sum(_number_width(t) + NUMBER_GAP for t in row) - NUMBER_GAP for row in rows)
    return wide, len(rows) * (NUMBER_HEIGHT + NUMBER_GAP) - NUMBER_GAP


def place_numbers(box: Box, threats: Sequence[Threat]) -> tuple[Number, ...]:
    """Return the numbers in rows, from the left of a box of ``numbers_size``."""
    found = []
    for line, row in enumerate(_rows(threats, box.width + 0.01)):
        left = box.x
        for threat in row:
            width = _number_width(threat)
            found.append(Number(Box(left, box.y + line * (NUMBER_HEIGHT + NUMBER_GAP), width, NUMBER_HEIGHT), threat))
            left += width + NUMBER_GAP
    return tuple(found)
