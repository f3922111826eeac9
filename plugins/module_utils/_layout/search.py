# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Scores of layouts, and a bounded search for better ones, without random numbers and clocks."""

from __future__ import annotations

import itertools
from typing import Callable, Iterator, Sequence, Tuple

from .._cells.geometry import crosses, runs_through
from .layout import ROOT, Arrangement, Rect
from .lines import line

#: Costs of a flow through a node that it does not connect, of a crossing, and of a flow against the direction of the
#: diagram, in pixels of length: the total length of flows decides between layouts that are equal in these.
THROUGH_COST, CROSSING_COST, BACK_COST = 10000, 1500, 2500

#: Limits of the search: layouts tried, and pairs of flow and node or flow and flow compared. The second one limits the
#: time for a hundred nodes to about a tenth of a second; searches for a dozen nodes end before either limit.
MAX_TRIES, MAX_PAIRS = 600, 600000


class Score:
    """Scores layouts of one graph: ``leaves`` are the boxes that flows of other boxes should not cross.

    ``axis``: 0 if data flows to the right, 1 if it flows down.
    """

    def __init__(self, leaves: Sequence[int], flows: Sequence[tuple[int, int]], axis: int = 0) -> None:
        self.axis = axis
        self.leaves = leaves
        self.flows = [flow for flow in dict.fromkeys(flows) if flow[0] != flow[1]]
        #: For every flow the leaves that it should not cross.
        self.foreign = [[leaf for leaf in leaves if leaf not in flow] for flow in self.flows]
        # Flows with a common node meet there, which is no crossing.
        self.pairs = [(i, j) for i, one in enumerate(self.flows) for j in range(i) if not set(one) & set(self.flows[j])]

    @property
    def size(self) -> int:
        """The number of pairs that one call of :meth:`of` compares."""
        return len(self.flows) * len(self.leaves) + len(self.pairs)

    def of(self, rects: Sequence[Rect], limit: float = float("inf")) -> float:
        """Return the cost of a layout; if it is above ``limit``, any number above it."""
        lines = []
        cost = 0.0
        for source, target in self.flows:
            x1, y1, x2, y2 = segment = line(rects[source], rects[target])
            # Comparing the boxes around lines excludes most pairs quickly.
            left, right = (x1, x2) if x1 < x2 else (x2, x1)
            top, bottom = (y1, y2) if y1 < y2 else (y2, y1)
            lines.append((segment, left, right, top, bottom))
            cost += right - left + bottom - top
            if rects[target][self.axis] < rects[source][self.axis]:
                cost += BACK_COST
            if cost >= limit:
                return cost
        for foreign, (segment, left, right, top, bottom) in zip(self.foreign, lines):
            if cost >= limit:
                return cost
            for leaf in foreign:
                x, y, width, height = rects[leaf]
                if x < right and y < bottom and x + width > left and y + height > top:
                    cost += THROUGH_COST * runs_through(segment, rects[leaf])
        for i, j in self.pairs:
            one, left, right, top, bottom = lines[i]
            other, start, end, head, foot = lines[j]
            if start <= right and left <= end and head <= bottom and top <= foot:
                cost += CROSSING_COST * crosses(one, other)
        return cost


def improve(arrangement: Arrangement) -> list[Rect]:
    """Change the arrangement in steps as long as its cost decreases; return the rectangles of the best layout."""
    graph = arrangement.graph
    leaves = [box for box in range(len(graph.sizes)) if box not in graph.containers]
    if len(graph.flows) * max(len(leaves), len(graph.flows) // 8) > MAX_PAIRS:
        return arrangement.measure()  # even listing the pairs would take too long
    score = Score(leaves, graph.flows, 1 if arrangement.down[ROOT] else 0)
    tries = min(MAX_TRIES, MAX_PAIRS // (score.size + 1)) if score.flows else 0
    rects = arrangement.measure()
    if not tries:
        return rects
    best = score.of(rects)
    steps, failed_steps = _steps(arrangement), 0
    while failed_steps < steps and tries > 0:
        for container, undo in itertools.chain(_flips(arrangement), _swaps(arrangement), _shifts(arrangement)):
            places = arrangement.places(container)
            measured = arrangement.measure(places)
            cost = score.of(measured, best)
            if cost < best:
                best, rects, arrangement.accepted = cost, measured, places
                steps, failed_steps = _steps(arrangement), 0
            else:
                undo()
                failed_steps += 1
            tries -= 1
            if failed_steps >= steps or tries <= 0:
                break
    return rects


def _steps(arrangement: Arrangement) -> int:
    """Return the number of steps from an arrangement: if all of them have failed, the search ends."""
    count = 0
    for container, ranks in arrangement.ranks.items():
        boxes = len(arrangement.children[container])
        flips = 1 if container != ROOT and boxes > 1 else 0
        count += flips + boxes * (boxes - 1) // 2 + 2 * boxes * (len(ranks) - 1)
    return count


#: Undoes a step.
Undo = Callable[[], None]
#: A step that was made: the container that it arranged again, and the function that undoes it.
Step = Tuple[int, Undo]


def _flips(arrangement: Arrangement) -> Iterator[Step]:
    """Change the direction of a container, except that of the diagram, which the user chooses."""
    for container in arrangement.ranks:
        if container != ROOT and len(arrangement.children[container]) > 1:
            yield container, _flip(arrangement, container)


def _flip(arrangement: Arrangement, container: int) -> Undo:
    def turn() -> None:
        arrangement.down[container] = not arrangement.down[container]

    turn()
    return turn


def _swaps(arrangement: Arrangement) -> Iterator[Step]:
    """Swap two boxes of one container."""
    for container, ranks in arrangement.ranks.items():
        places = [(i, j) for i, rank in enumerate(ranks) for j in range(len(rank))]
        for number, one in enumerate(places):
            for other in places[:number]:
                yield container, _swap(ranks, one, other)


def _swap(ranks: list[list[int]], one: tuple[int, int], other: tuple[int, int]) -> Undo:
    (i, j), (k, m) = one, other

    def swap() -> None:
        ranks[i][j], ranks[k][m] = ranks[k][m], ranks[i][j]

    swap()
    return swap


def _shifts(arrangement: Arrangement) -> Iterator[Step]:
    """Move a box to the beginning or the end of another rank of its container."""
    for container, ranks in arrangement.ranks.items():
        for box in arrangement.children[container]:
            # Accepted steps have moved boxes and removed ranks, so each step checks them again.
            for target in range(len(ranks)):
                for first in (True, False):
                    if target < len(ranks) and box not in ranks[target]:
                        yield container, _shift(ranks, box, target, first)


def _shift(ranks: list[list[int]], box: int, target: int, first: bool) -> Undo:
    before = [list(rank) for rank in ranks]

    def restore() -> None:
        ranks[:] = before

    for rank in ranks:
        if box in rank:
            rank.remove(box)
    ranks[target].insert(0 if first else len(ranks[target]), box)
    ranks[:] = [rank for rank in ranks if rank]
    return restore
