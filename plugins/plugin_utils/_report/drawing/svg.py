# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""A drawing as SVG. It is built from elements, not from strings, so text cannot become mark-up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box, Point
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.drawing import (
    LEADING,
    NUMBER_SIZE,
    Drawing,
    Drawn,
    Lines,
    Number,
    draw,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.geometry import Route, around
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.icons import icon_name
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.labels import middle
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.marks import SIGNS
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.model import Sheet
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.style import DRAWING, MARKS, palette
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.text import width_of, words

#: Distance of the baseline from the top of a line of text, as a multiple of its size.
_BASELINE = 0.93
_ROUND, _ARROW = 8, (9.0, 4.0)
#: Radius of the sign of a mark.
_SIGN = 8


def to_svg(
    sheet: Sheet,
    name: str = "diagram",
    in_page: bool = False,
    drawing: Drawing | None = None,
    marked: Mapping[str, str] | None = None,
) -> str:
    """Return a diagram as an SVG element. ``name`` is the prefix of its ids; ``drawing``: its drawing, if it is known.

    ``in_page``: the colors are those of the page, numbers are links to ``#threat-N`` in the page, and all that is drawn
    is in a group ``NAME-all``, so that the page can show it in parts too. ``marked``: id of a cell -> its mark
    (``marks.py``), which is drawn as a color and a sign.
    """
    marked = marked or {}
    drawing = drawing or draw(sheet)
    view = drawing.view
    root = ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "tmi-dfd",
            "viewBox": " ".join(map(_n, view)),
            "width": _n(view.width),
            "height": _n(view.height),
            "role": "group" if in_page and sheet.threats else "img",  # links in an image are unreachable
            "aria-labelledby": "%s-title %s-desc" % (name, name),
        },
    )
    _child(root, "title", sheet.item.name, id="%s-title" % name)
    _child(root, "desc", _description(drawing, sheet) + _said(marked), id="%s-desc" % name)
    if not in_page:
        _child(root, "style", palette(".tmi-dfd") + DRAWING + (MARKS if marked else ""))
        _child(root, "rect", style="fill:var(--paper)", **_place(view))
    group = root
    if in_page:  # the class is here once more because styles of the parts do not see what is around the group
        group = _child(root, "g", **{"id": "%s-all" % name, "class": "tmi-dfd"})
    _Pen(group, in_page, marked).draw(drawing)
    return ElementTree.tostring(root, encoding="unicode")


def _description(drawing: Drawing, sheet: Sheet) -> str:
    threats = sum(len(found) for found in sheet.threats.values())
    return "%d elements in %d boundaries, %d flows between them, %d threats marked by their numbers" % (
        len(drawing.nodes),
        len(drawing.boundaries),
        len(drawing.flows),
        threats,
    )


def _said(marked: Mapping[str, str]) -> str:
    numbers = Counter(marked.values())
    return "".join("; %d %s" % (numbers[mark], mark) for mark in SIGNS if numbers[mark])


class _Pen:
    def __init__(self, root: ElementTree.Element, in_page: bool, marked: Mapping[str, str]) -> None:
        self._root, self._in_page, self._marked = root, in_page, marked

    def draw(self, drawing: Drawing) -> None:
        for boundary in drawing.boundaries:
            group = self._group(boundary)
            if boundary.box:
                _child(group, "rect", **{"class": "boundary", "rx": "8"}, **_place(boundary.box))
        for flow in drawing.flows:
            group = self._group(flow)
            _child(group, "path", **{"class": "flow", "d": _rounded(flow.route)})
            _arrow(group, flow.route[-2:])
            if flow.cell.bidirectional:
                _arrow(group, flow.route[1::-1])
            if flow.leader:
                _child(group, "path", **{"class": "leader", "d": _rounded(flow.leader)})
        for node in drawing.nodes:
            group = self._group(node)
            if node.box:
                _shape(group, node.cell.shape, node.box)
            _text(group, node.text, "middle")
            if node.badge:
                self._badge(group, node.badge, icon_name(node.cell))
        for boundary in drawing.boundaries:
            _text(self._group(boundary), boundary.text, "head bold")
        for flow in drawing.flows:
            is_inside = any(b.box and b.box.contains(around(flow.text.box.middle, 0, 0)) for b in drawing.boundaries)
            _text(self._group(flow), flow.text, "middle halo in-zone" if is_inside else "middle halo", top=3)
        for drawn in (*drawing.boundaries, *drawing.nodes, *drawing.flows):
            self._numbers(drawn.numbers)
        self._numbers(drawing.numbers)
        for drawn in (*drawing.boundaries, *drawing.nodes, *drawing.flows):
            if drawn.cell.id in self._marked:
                self._sign(drawn)
        if drawing.note:
            _text(self._root, drawing.note, "middle note")

    def _sign(self, drawn: Drawn) -> None:
        """Draw the sign of a mark: at the corner of a box, beside the label of a flow, else in its middle."""
        mark = self._marked[drawn.cell.id]
        if drawn.box:
            x, y = drawn.box.right, drawn.box.y
        elif drawn.text.lines:
            x, y = drawn.text.box.x - _SIGN, drawn.text.box.middle[1]
        else:
            x, y = middle(drawn.route)
        group = _child(self._root, "g", **{"class": "mark-%s" % mark})
        _child(group, "title", "%s: %s" % (drawn.name, mark) if drawn.name else mark)
        _child(group, "circle", **{"class": "sign", "cx": _n(x), "cy": _n(y), "r": _n(_SIGN)})
        _line(group, SIGNS[mark], x, y + NUMBER_SIZE / 3, NUMBER_SIZE, "middle bold on-sign")

    @staticmethod
    def _badge(parent: ElementTree.Element, badge: Lines, name: str) -> None:
        group = _child(parent, "g")
        _child(group, "title", "Icon in the web editor: %s" % name)
        _child(group, "rect", **{"class": "badge", "rx": "4"}, **_place(badge.box))
        _text(group, badge, "middle on-badge", top=1)

    def _group(self, drawn: Drawn) -> ElementTree.Element:
        mark = self._marked.get(drawn.cell.id)
        group = _child(self._root, "g", **({"class": "mark-%s" % mark} if mark else {}))
        if not drawn.text.is_whole:
            _child(group, "title", drawn.name)
        return group

    def _numbers(self, numbers: Sequence[Number]) -> None:
        for number in numbers:
            threat, box = number.threat, number.box
            parent = self._root
            if self._in_page:
                parent = _child(parent, "a", href="#threat-%d" % threat.number)
            group = _child(parent, "g")
            state = ", ".join(filter(None, (words(threat.severity), threat.said_status)))
            _child(group, "title", "%d %s (%s)" % (threat.number, threat.item.name, state))
            kind = "number %s%s" % (threat.severity, " done" if threat.done else "")
            _child(group, "rect", **{"class": kind, "rx": "7"}, **_place(box.grown(-0.75)))
            ink = "done" if threat.done else threat.severity
            _line(group, str(threat.number), box.middle[0], box.y + 12, NUMBER_SIZE, "middle bold on-%s" % ink)


def _child(parent: ElementTree.Element, tag: str, text: str = "", /, **attributes: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, tag, attributes)
    child.text = text or None
    return child


def _n(value: float) -> str:
    return "%g" % round(value, 1) if abs(value) < 1e6 else "%d" % value


def _place(box: Box) -> dict[str, str]:
    return {"x": _n(box.x), "y": _n(box.y), "width": _n(max(0, box.width)), "height": _n(max(0, box.height))}


def _shape(parent: ElementTree.Element, shape: str, box: Box) -> None:
    if shape == "text-box":
        return
    if shape == "store":  # open at its sides, as in every data-flow diagram
        _child(parent, "rect", **{"class": "store"}, **_place(box))
        x, right, y, bottom = map(_n, (box.x, box.right, box.y, box.bottom))
        _child(parent, "path", **{"class": "sides", "d": "M%s %sV%sM%s %sV%s" % (x, y, bottom, right, y, bottom)})
        _child(parent, "path", **{"class": "ends", "d": "M%s %sH%sM%s %sH%s" % (x, y, right, x, bottom, right)})
        return
    corner = {"rx": _n(min(14, box.width / 2, box.height / 2))} if shape == "process" else {}
    _child(parent, "rect", **{"class": "node %s" % shape}, **corner, **_place(box))


def _text(parent: ElementTree.Element, text: Lines, kind: str, top: float = 0) -> None:
    centered = "middle" in kind
    x = text.box.middle[0] if centered else text.box.x
    for number, line in enumerate(text.lines):
        baseline = text.box.y + top + (number * LEADING + _BASELINE) * text.size
        _line(parent, line, x, baseline, text.size, kind)


def _line(parent: ElementTree.Element, line: str, x: float, y: float, size: float, kind: str) -> None:
    """Draw a line of text with exactly its calculated width, in any typeface."""
    width = width_of(line, size, "bold" in kind)
    fit = {"textLength": _n(width), "lengthAdjust": "spacingAndGlyphs"} if width >= 1 else {}
    _child(parent, "text", line, **{"class": kind, "x": _n(x), "y": _n(y), "font-size": _n(size)}, **fit)


def _rounded(route: Route) -> str:
    """Return a path with round corners."""
    parts = ["M%s %s" % (_n(route[0][0]), _n(route[0][1]))]
    for before, corner, after in zip(route, route[1:], route[2:], strict=False):
        near, far = _towards(corner, before), _towards(corner, after)
        parts.append("L%s %sQ%s %s %s %s" % tuple(map(_n, (*near, *corner, *far))))
    parts.append("L%s %s" % (_n(route[-1][0]), _n(route[-1][1])))
    return "".join(parts)


def _towards(start: Point, end: Point) -> Point:
    """Return a point near the start, at most in the middle."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    away = (dx * dx + dy * dy) ** 0.5
    share = min(0.5, _ROUND / away) if away else 0
    return start[0] + dx * share, start[1] + dy * share


def _arrow(parent: ElementTree.Element, line: Route) -> None:
    """Draw the head of an arrow at the end of a line."""
    (ax, ay), (x, y) = line
    away = ((x - ax) ** 2 + (y - ay) ** 2) ** 0.5
    if not away:
        return
    dx, dy = (x - ax) / away, (y - ay) / away
    long, half = _ARROW
    corners = (
        (x, y),
        (x - dx * long - dy * half, y - dy * long + dx * half),
        (x - dx * long + dy * half, y - dy * long - dx * half),
    )
    _child(parent, "polygon", **{"class": "arrow", "points": " ".join("%s,%s" % (_n(a), _n(b)) for a, b in corners)})
