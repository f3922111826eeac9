# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""A layered layout of nested boxes (FORMAT-12). Boxes are numbers from 0, not cells.

Every container arranges its children in ranks along its direction; sizes are computed bottom-up, places top-down. All
numbers are whole pixels on the grid of TMI's editor. The result depends only on the input and its order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple

#: The editor's grid, the distances between ranks and within one, and a boundary's margins beside and above its content.
GRID, RANK_GAP, SIBLING_GAP, PADDING, HEAD = 10, 120, 60, 40, 50
#: The smallest x and y of a diagram.
ORIGIN = 40
#: The minimum size of a boundary.
BOUNDARY_SIZE = (200, 150)
#: The container of all boxes.
ROOT = -1

#: x, y, width, height.
Rect = Tuple[int, int, int, int]
#: The same for all boxes: a list for each of the four.
Places = Tuple[List[int], List[int], List[int], List[int]]


@dataclass(frozen=True)
class Graph:
    """The input: ``parents`` of boxes (ROOT for none), ``sizes`` of boxes, ``flows`` as (source, target).

    ``containers`` are the boxes that may contain others; their size is a minimum, or the exact size for ``exact`` ones.
    """

    parents: Sequence[int]
    sizes: Sequence[tuple[int, int]]
    containers: frozenset[int]
    flows: Sequence[tuple[int, int]]
    exact: frozenset[int] = frozenset()

    def children(self) -> dict[int, list[int]]:
        """Return container -> its boxes in declared order; also empty containers, inner ones before outer ones."""
        children: dict[int, list[int]] = {box: [] for box in self.containers}
        children[ROOT] = []
        for box, parent in enumerate(self.parents):
            children[parent].append(box)
        depth = {ROOT: 0}
        queue = [ROOT]
        while queue:
            container = queue.pop()
            for box in children[container]:
                if box in self.containers:
                    depth[box] = depth[container] + 1
                    queue.append(box)
        return {container: children[container] for container in sorted(depth, key=lambda box: (-depth[box], box))}


class Arrangement:
    """Ranks and direction of every container; :meth:`measure` computes coordinates from them.

    ``accepted``: the places (x and y within the container, width, height) of the best arrangement so far: if one
    container is arranged again, all others keep theirs.
    """

    def __init__(self, graph: Graph, down: bool) -> None:
        """Rank every container by longest path, all of them in the direction of the diagram."""
        self.graph = graph
        self.children = graph.children()
        self.down = dict.fromkeys(self.children, down)
        self.ranks = {
            container: _ranks(boxes, flows) for container, (boxes, flows) in _lifted(graph, self.children).items()
        }
        self._outer_first = [(box, c) for c in reversed(list(self.children)) for box in self.children[c]]
        nowhere = [0] * len(graph.sizes)
        self.accepted: Places = (nowhere, nowhere, [s[0] for s in graph.sizes], [s[1] for s in graph.sizes])
        for container in self.ranks:
            self.accepted = self.places(container)

    def places(self, container: int) -> Places:
        """Return the accepted places, with those of one container and of the containers around it computed again."""
        graph = self.graph
        x, y, width, height = (list(numbers) for numbers in self.accepted)
        while True:
            if self.down[container]:
                inner_height, inner_width = _pack(self.ranks[container], height, width, y, x)
            else:
                inner_width, inner_height = _pack(self.ranks[container], width, height, x, y)
            if container == ROOT or container in graph.exact:
                return x, y, width, height
            least_width, least_height = graph.sizes[container]
            size = max(least_width, inner_width + 2 * PADDING), max(least_height, inner_height + HEAD + PADDING)
            if size == (width[container], height[container]):
                return x, y, width, height
            width[container], height[container] = size
            container = graph.parents[container]

    def measure(self, places: Optional[Places] = None) -> list[Rect]:
        """Return the absolute (x, y, width, height) of all boxes; default: of the accepted places."""
        inner_x, inner_y, width, height = places or self.accepted
        x, y = list(inner_x), list(inner_y)
        for box, container in self._outer_first:
            if container == ROOT:
                x[box] += ORIGIN
                y[box] += ORIGIN
            else:
                x[box] += x[container] + PADDING
                y[box] += y[container] + HEAD
        return list(zip(x, y, width, height))


def _pack(
    ranks: Sequence[Sequence[int]], along: Sequence[int], across: Sequence[int], x: list[int], y: list[int]
) -> tuple[int, int]:
    """Set places relative to the container's content, ranks along the first axis. Returns the size of the content."""
    lengths = []
    for rank in ranks:  # plain loops, because a search calls this some thousand times
        length = SIBLING_GAP * (len(rank) - 1)
        for box in rank:
            length += across[box]
        lengths.append(length)
    longest = max(lengths, default=0)
    start = 0
    for rank, length in zip(ranks, lengths):
        thickness = max([along[box] for box in rank])
        place = (longest - length) // (2 * GRID) * GRID
        for box in rank:
            x[box] = start + (thickness - along[box]) // (2 * GRID) * GRID
            y[box] = place
            place += across[box] + SIBLING_GAP
        start += thickness + RANK_GAP
    return max(start - RANK_GAP, 0), longest


def _lifted(graph: Graph, children: dict[int, list[int]]) -> dict[int, tuple[list[int], list[tuple[int, int]]]]:
    """Return container -> (its boxes, the flows between their contents as flows between the boxes)."""
    chains = []
    for box in range(len(graph.parents)):
        chain = [box]
        while chain[-1] != ROOT:
            chain.append(graph.parents[chain[-1]])
        chains.append(chain[::-1])
    lifted: dict[int, tuple[list[int], list[tuple[int, int]]]] = {c: (boxes, []) for c, boxes in children.items()}
    for source, target in graph.flows:
        for level, (left, right) in enumerate(zip(chains[source], chains[target])):
            if left != right:
                lifted[chains[source][level - 1]][1].append((left, right))
                break
    return lifted


def _ranks(boxes: Sequence[int], flows: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Return boxes ranked by longest path; flows that close a ring (depth first, in declared order) do not count."""
    after: dict[int, dict[int, None]] = {box: {} for box in boxes}
    for source, target in flows:
        after[source][target] = None
    order: list[int] = []
    state: dict[int, int] = {}
    kept: dict[int, list[int]] = {box: [] for box in boxes}

    def visit(root: int) -> None:
        # Not recursive, because a chain of boxes may be longer than Python's recursion limit.
        state[root] = 1
        stack = [(root, iter(after[root]))]
        while stack:
            box, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                state[box] = 2
                order.append(box)
                stack.pop()
            elif state.get(following) != 1:
                kept[box].append(following)
                if following not in state:
                    state[following] = 1
                    stack.append((following, iter(after[following])))

    for box in boxes:
        if box not in state:
            visit(box)
    rank = dict.fromkeys(boxes, 0)
    for box in reversed(order):
        for following in kept[box]:
            rank[following] = max(rank[following], rank[box] + 1)
    ranks: list[list[int]] = [[] for _rank in range(max(rank.values(), default=-1) + 1)]
    for box in boxes:
        ranks[rank[box]].append(box)
    return ranks
