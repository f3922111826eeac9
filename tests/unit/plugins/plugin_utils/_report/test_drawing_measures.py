# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Drawings of the standard models and of ten large diagrams, measured, and the growth of the work on them, counted."""

from __future__ import annotations

import math
import sys
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing import drawing
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.labels import Space
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.order import Order
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.routes import Router
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.model import read_report
from ansible_collections.tmi.tmi.tests.unit.plugins.plugin_utils._report.drawing_measures import measures, table
from ansible_collections.tmi.tmi.tests.unit.plugins.plugin_utils._report.large_diagrams import LARGE, large_diagram
from ansible_collections.tmi.tmi.tests.unit.plugins.plugin_utils._report.report_models import STANDARD

#: Measures of which no drawing has any.
NEVER = ("label over box", "label over label", "flow through box", "broken words", "shortened texts")
#: Measures of which a standard model has none either.
NOT_IN_STANDARD = (
    "label over boundary line",
    "label over flow",
    "label over bend",
    "label far away",
    "flow through heading",
    "flow at another's arrowhead",
    "flow along another",
)
#: The most of all standard models, and of all large diagrams, together.
STANDARD_LIMITS = {"crossings": 12, "needless crossings": 3, "bends": 115}
LARGE_LIMITS = {
    "label over boundary line": 5,
    "label over flow": 38,
    "label over bend": 4,
    "label far away": 42,
    "flow through heading": 8,
    "flow at another's arrowhead": 8,
    "flow along another": 40,
    "crossings": 3200,
    "needless crossings": 340,
    "bends": 3100,
}
#: Most steps for a flow: places that are looked at for its way, other flows beside it, places and things for its label.
STEPS = {Router: 700, Order: 40, Space: 900}
#: Height of the smallest text, in pixels.
LEAST_TEXT = 10


def measured(definitions: dict[str, dict[str, Any]]) -> dict[str, dict[str, float]]:
    return {key: measures(drawing.draw(read_report(model).sheets[0])) for key, model in definitions.items()}


@pytest.mark.parametrize(
    ("models", "none", "limits"),
    [(STANDARD, (*NEVER, *NOT_IN_STANDARD), STANDARD_LIMITS), (LARGE, NEVER, LARGE_LIMITS)],
    ids=["standard", "large"],
)
def test_measures_of_drawings(
    models: dict[str, dict[str, Any]],
    none: tuple[str, ...],
    limits: dict[str, int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = measured(models)
    with capsys.disabled():
        sys.stdout.write("\n%s\n" % table(rows))
    for key, row in rows.items():
        assert {name: row[name] for name in none if row[name]} == {}, key
        assert row["least text"] >= LEAST_TEXT, key
    sums = {name: sum(row[name] for row in rows.values()) for name in limits}
    assert {name: number for name, number in sums.items() if number > limits[name]} == {}


@pytest.mark.parametrize("style", ["near", "hub", "pairs", "any"])
def test_the_work_grows_little_more_than_the_drawing(monkeypatch: pytest.MonkeyPatch, style: str) -> None:
    small, large = (steps_by_kind(monkeypatch, style, number) for number in (60, 240))
    for steps, flows in (small, large):
        assert set(steps) == set(STEPS)
        assert {kind: found for kind, found in steps.items() if not 0 < found <= STEPS[kind] * flows} == {}
    growth = large[1] * math.log(large[1]) / (small[1] * math.log(small[1]))
    assert sum(large[0].values()) <= growth * sum(small[0].values())


def steps_by_kind(monkeypatch: pytest.MonkeyPatch, style: str, nodes: int) -> tuple[dict[type[Any], int], int]:
    """Return the steps of everything that counts them in a drawing, and the number of its flows."""
    seen: list[Any] = []

    def noted(kind: type[Any]) -> None:
        begin = kind.__init__

        def init(self: Any, *values: Any) -> None:
            begin(self, *values)
            seen.append(self)

        patch.setattr(kind, "__init__", init)

    with monkeypatch.context() as patch:
        for kind in STEPS:
            noted(kind)
        drawn = drawing.draw(read_report(large_diagram(nodes, nodes * 3 // 2, nodes // 10, style, 3)).sheets[0])
    return {type(made): made.steps for made in seen}, len(drawn.flows)
