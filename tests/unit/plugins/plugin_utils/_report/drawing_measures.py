# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measures of a drawing: what covers what, crossings, broken words, the height of text. They compare all pairs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box, Point, crosses, hull
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.drawing import Drawing, Drawn
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.geometry import outline, shared

#: Length of the head of an arrow, and half of its width, each with a pixel of free space.
_LONG, _HALF = 10, 5
Line = tuple[Point, Point]


def measures(drawing: Drawing) -> dict[str, float]:
    """Return the measures of a drawing by name; all but the size of the drawing and of text are best at 0."""
    routes = [list(pairwise(flow.route)) for flow in drawing.flows]
    labels = [(number, flow.text.box) for number, flow in enumerate(drawing.flows) if flow.text.box.width]
    numbers = [number.box for drawn in (*drawing.nodes, *drawing.boundaries) for number in drawn.numbers]
    solid = [node.box for node in drawing.nodes if node.box]
    heads = [drawn.text.box for drawn in drawing.boundaries if drawn.text.lines]
    edges = [line for drawn in drawing.boundaries if drawn.box for line in outline(drawn.box)]
    texts = [box for _number, box in labels] + numbers
    bends = [(n, point) for n, flow in enumerate(drawing.flows) for point in flow.route[1:-1]]
    around = [hull(Box(*point, 0, 0) for point in flow.route).grown(6) for flow in drawing.flows]
    near = [(a, b) for a, b in combinations(range(len(routes)), 2) if around[a].overlaps(around[b])]
    crossings = [(a, b) for a, b in near for _crossing in _crossings(routes[a], routes[b])]
    ends = [{flow.cell.source, flow.cell.target} for flow in drawing.flows]
    every = [*drawing.boundaries, *drawing.nodes, *drawing.flows]
    return {
        "label over box": sum(text.overlaps(box) for text in texts for box in (*solid, *heads)),
        "label over label": sum(a.overlaps(b) for a, b in combinations(texts, 2)),
        "label over boundary line": sum(any(box.crossed(*edge) for edge in edges) for box in texts),
        "label over flow": sum(
            any(box.crossed(*line) for other in _near(box, around) if other != number for line in routes[other])
            for number, box in labels
        )
        + sum(any(box.crossed(*line) for other in _near(box, around) for line in routes[other]) for box in numbers),
        "label over bend": sum(
            any(box.grown(-1).overlaps(Box(*point, 0.01, 0.01)) for _n, point in bends) for box in texts
        ),
        "label far away": sum(bool(flow.leader) for flow in drawing.flows),
        "flow through box": sum(
            any(box.grown(-1).crossed(*line) for line in routes[other]) for box in solid for other in _near(box, around)
        ),
        "flow through heading": sum(any(box.crossed(*line) for line in route) for route in routes for box in heads),
        "flow at another's arrowhead": sum(
            any(head.crossed(*line) for line in routes[other])
            for number, flow in enumerate(drawing.flows)
            for head in arrowheads(flow)
            for other in _near(head, around)
            if other != number
        ),
        "flow along another": sum(
            any(shared(*a, *b, 3) > 2 for a in routes[one] for b in routes[other]) for one, other in near
        ),
        "crossings": len(crossings),
        "needless crossings": sum(len(ends[a] & ends[b]) > 0 for a, b in crossings)
        + len([pair for pair in set(crossings) if crossings.count(pair) > 1]),
        "bends": sum(max(0, len(flow.route) - 2) for flow in drawing.flows),
        "broken words": sum(_is_broken(drawn) for drawn in every),
        "shortened texts": sum(not drawn.text.is_whole for drawn in every),
        "least text": min((drawn.text.size for drawn in every if drawn.text.lines), default=0),
        "width": round(drawing.view.width),
        "height": round(drawing.view.height),
    }


def _near(box: Box, routes: list[Box]) -> list[int]:
    return [number for number, around in enumerate(routes) if around.overlaps(box)]


def arrowheads(flow: Drawn) -> Iterator[Box]:
    """Yield the places of the heads of a flow's arrows."""
    ends = [flow.route[-2:]] + ([flow.route[1::-1]] if flow.cell.bidirectional else [])
    for line in ends:
        (ax, ay), (x, y) = line
        away = max(abs(x - ax), abs(y - ay)) or 1
        dx, dy = (x - ax) / away, (y - ay) / away
        tail = (x - dx * _LONG, y - dy * _LONG)
        left, top = min(x, tail[0]) - _HALF * abs(dy), min(y, tail[1]) - _HALF * abs(dx)
        right, bottom = max(x, tail[0]) + _HALF * abs(dy), max(y, tail[1]) + _HALF * abs(dx)
        yield Box(left, top, right - left, bottom - top)


def table(rows: dict[str, dict[str, float]]) -> str:
    """Return measures of several drawings, a line each, with their sums; names are numbers explained below."""
    names = list(next(iter(rows.values())))
    total = {name: sum(row[name] for row in rows.values()) for name in names}
    total["least text"] = min(row["least text"] for row in rows.values())
    lines = ["%-24s %s" % ("", " ".join("%6s" % "(%d)" % number for number in range(1, len(names) + 1)))]
    for key, row in {**rows, "all": total}.items():
        lines.append("%-24s %s" % (key, " ".join("%*d" % (6, row[name]) for name in names)))
    return "\n".join([*lines, "; ".join("(%d) %s" % pair for pair in enumerate(names, 1))])


def _crossings(one: list[Line], other: list[Line]) -> Iterator[Any]:
    for a in one:
        for b in other:
            if crosses((*a[0], *a[1]), (*b[0], *b[1])):
                yield a, b


def _is_broken(drawn: Drawn) -> bool:
    """Whether a word is divided between two lines."""
    words = set(drawn.name.split())
    return any(word not in words and not word.endswith("…") for line in drawn.text.lines for word in line.split())
