# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Box, the layered layout and its search."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import crosses, runs_through
from ansible_collections.tmi.tmi.plugins.module_utils._layout.layout import ROOT, Arrangement, Graph
from ansible_collections.tmi.tmi.plugins.module_utils._layout.lines import line, ports
from ansible_collections.tmi.tmi.plugins.module_utils._layout.search import Score, improve
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._diagram.diagrams import (
    cell_of,
    overlaps,
    plan,
    strays,
)

NODE = (140, 60)


@pytest.mark.parametrize(
    ("x", "y", "sides", "segment"),
    [
        (300, 0, ("right", "left"), (100, 25, 300, 25)),
        (-300, 0, ("left", "right"), (0, 25, -200, 25)),
        (10, 300, ("bottom", "top"), (50, 50, 60, 300)),
        (10, -300, ("top", "bottom"), (50, 0, 60, -250)),
    ],
)
def test_flows_leave_by_the_side_that_faces_the_target(
    x: int, y: int, sides: tuple[str, str], segment: tuple[int, ...]
) -> None:
    source, target = (0, 0, 100, 50), (x, y, 100, 50)
    assert ports(source, target) == sides
    assert line(source, target) == segment


@pytest.mark.parametrize(
    ("segment", "through"),
    [
        ((0, 15, 30, 15), True),
        ((0, 0, 30, 30), True),
        ((12, 12, 18, 18), True),
        ((0, 10, 30, 10), False),
        ((10, 0, 10, 30), False),
        ((0, 9, 30, 9), False),
        ((0, 0, 9, 9), False),
        ((0, 15, 9, 15), False),
        ((0, 20, 20, 0), False),
        ((0, 21, 21, 0), True),
        ((0, 20, 10, 30), False),
        ((0, 21, 21, 42), False),
    ],
)
def test_lines_through_a_rectangle(segment: tuple[float, float, float, float], through: bool) -> None:
    assert runs_through(segment, (10, 10, 10, 10)) is through
    x1, y1, x2, y2 = segment
    assert runs_through((x2, y2, x1, y1), (10, 10, 10, 10)) is through


def test_crossings() -> None:
    assert crosses((0, 0, 10, 10), (0, 10, 10, 0))
    assert not crosses((0, 0, 10, 10), (0, 10, 4, 6))
    assert not crosses((0, 0, 10, 10), (0, 0, 10, 0))
    assert not crosses((0, 0, 10, 10), (1, 0, 11, 10))


def test_ranks_follow_the_flow_and_cut_rings_in_declared_order() -> None:
    chain = Graph([ROOT] * 4, [NODE] * 4, frozenset(), [(2, 1), (1, 0), (0, 3), (3, 2)])
    assert Arrangement(chain, False).ranks[ROOT] == [[0], [3], [2], [1]]
    split = Graph([ROOT] * 4, [NODE] * 4, frozenset(), [(0, 1), (1, 2), (0, 2), (2, 2)])
    assert Arrangement(split, False).ranks[ROOT] == [[0, 3], [1], [2]]
    longest = Graph([ROOT] * 4, [NODE] * 4, frozenset(), [(1, 2), (2, 3), (0, 3)])
    assert Arrangement(longest, False).ranks[ROOT] == [[0, 1], [2], [3]]


def test_flows_between_what_containers_hold_rank_the_containers() -> None:
    graph = Graph([ROOT, ROOT, 0, 1], [(200, 150)] * 2 + [NODE] * 2, frozenset([0, 1]), [(3, 2)])
    arrangement = Arrangement(graph, False)
    assert arrangement.ranks[ROOT] == [[1], [0]]
    rects = arrangement.measure()
    assert rects[1] == (40, 40, 220, 150)
    assert rects[3] == (80, 90, 140, 60)
    assert rects[0][0] == 40 + 220 + 120
    down = Arrangement(graph, True).measure()
    assert down[1][:2] == (40, 40)
    assert down[0][1] == 40 + 150 + 120


def test_a_long_chain_needs_no_recursion() -> None:
    count = 3000
    graph = Graph([ROOT] * count, [NODE] * count, frozenset(), [(n, n + 1) for n in range(count - 1)])
    assert len(Arrangement(graph, False).ranks[ROOT]) == count


def test_the_score_counts_misleading_flows() -> None:
    flows = [(0, 2)]
    straight = [(0, 0, *NODE), (300, 0, *NODE), (600, 0, *NODE)]
    aside = [(0, 0, *NODE), (300, 200, *NODE), (600, 0, *NODE)]
    score = Score([0, 1, 2], flows)
    assert score.of(straight) - score.of(aside) == 10000
    assert score.of(straight, limit=5) >= 5
    assert Score([0, 1, 2], [(2, 0)]).of(aside) - score.of(aside) == 2500
    assert Score([0, 1, 2], [(2, 0)], axis=1).of(aside) == score.of(aside)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Some boxes in a few containers."""
    containers = draw(st.integers(0, 3))
    parents = [draw(st.integers(-1, number - 1)) for number in range(containers)]
    count = draw(st.integers(1, 7))
    parents += [draw(st.integers(-1, containers - 1)) for _i in range(count)]
    box = st.integers(containers, containers + count - 1)
    flows = draw(st.lists(st.tuples(box, box), max_size=9))
    return Graph(parents, [(200, 150)] * containers + [NODE] * count, frozenset(range(containers)), flows)


@given(graphs(), st.booleans())
@settings(max_examples=50)
def test_the_search_never_makes_it_worse_and_is_the_same_each_time(graph: Graph, down: bool) -> None:
    leaves = [box for box in range(len(graph.sizes)) if box not in graph.containers]
    score = Score(leaves, graph.flows, int(down))
    arrangement = Arrangement(graph, down)
    first = score.of(arrangement.measure())
    rects = improve(arrangement)
    assert score.of(rects) <= first
    assert arrangement.measure() == rects, "steps that were taken back left something behind"
    assert improve(Arrangement(graph, down)) == rects
    boxes = [box for ranks in arrangement.ranks.values() for rank in ranks for box in rank]
    assert sorted(boxes) == list(range(len(graph.sizes)))
    assert arrangement.down[ROOT] == down


def test_labels_of_boundaries_stay_free() -> None:
    found = plan({"boundaries": {"a": {}, "b": {"in": "a"}}, "nodes": {"n": {"in": "b"}}}).cells
    for inner, outer in (("n", "b"), ("b", "a")):
        inside, around = cell_of(found, inner).geometry, cell_of(found, outer).geometry
        assert inside is not None
        assert around is not None
        assert inside.y - around.y >= 50


def test_a_flow_that_must_cross_a_node_gets_a_router() -> None:
    nodes = {key: {"x": 200 * number, "y": 0} for number, key in enumerate("abc")}
    bent = {"from": "a", "to": "c", "key": "bent", "router": "orth"}
    found = plan({"nodes": nodes, "flows": ["a -> c: x", "a -> b: y", bent]}).cells
    assert cell_of(found, "bent").router == "orth"
    assert cell_of(found, "a->c").router == "manhattan"
    assert cell_of(found, "a->b").router is None
    assert (cell_of(found, "a->b").source_port, cell_of(found, "a->b").target_port) == ("right", "left")


def test_a_hundred_nodes_are_laid_out_too() -> None:
    zones: dict[str, dict[str, str]] = {"z%d" % number: {} for number in range(10)}
    nodes = {"n%d" % number: {"in": "z%d" % (number % 10)} for number in range(100)}
    flows = ["n%d -> n%d: x" % (number, (number * 7 + 3) % 100) for number in range(100)]
    found = plan({"boundaries": zones, "nodes": nodes, "flows": flows}).cells
    assert overlaps(found) == []
    assert strays(found) == []
