# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What reports and conversions look at grows with the text, and no more: counted, not measured."""

from __future__ import annotations

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import Losses, Texts
from ansible_collections.tmi.tmi.plugins.plugin_utils._report import text as _report_text
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.labels import Space, put_labels
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.routes import Flow, Router


@pytest.mark.parametrize("piece", ["a", "ab ", "漢", "e\u0301", "<a", "wide words of a label "])
@pytest.mark.parametrize("width", [-5.0, 3.0, 72.0, 116.0, 1e7, 1e308])
def test_a_label_is_looked_at_once(monkeypatch: pytest.MonkeyPatch, piece: str, width: float) -> None:
    looked: list[str] = []
    units = _report_text._units
    monkeypatch.setattr(_report_text, "_units", lambda character: (looked.append(character), units(character))[1])
    counts = []
    for size in (20_000, 40_000):
        looked.clear()
        lines = _report_text.wrap(piece * (size // len(piece)), width, 11, 4)
        counts.append(len(looked))
        assert 1 <= len(lines) <= 4
    assert counts[1] <= 2.1 * counts[0]
    assert counts[0] < 10 * 20_000


def test_what_does_not_fit_ends_with_an_ellipsis() -> None:
    lines = _report_text.wrap("x" * 20_000, 60, 11, 2)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert all(_report_text.width_of(line, 11) <= 60 for line in lines)


@pytest.mark.parametrize("blanks", [" ", "\t ", " \n ", "\u3000"])
def test_blanks_of_a_name_become_one_where_a_line_breaks(blanks: str) -> None:
    label = Texts(Losses()).label("a%sb" % (blanks * 30), "p")
    assert label == ("a b" if set("\t\n") & set(blanks) else "a%sb" % (blanks * 30))


@pytest.mark.parametrize("far", [1e6, 1e9, 1e12])
def test_boxes_of_any_size_are_tied_and_labelled(far: float) -> None:
    boxes = {"a": Box(-far, -far, far, far), "b": Box(far, far, far, far), "c": Box(0, 0, 100, 40)}
    router = Router(boxes, list(boxes), [])
    flows = [Flow("a", "b"), Flow("b", "c"), *[Flow("a", "c")] * 80]
    routes = router.route(flows)
    assert len(routes) == len(flows)
    space = Space(list(boxes.values()), routes, [])
    assert len(put_labels(routes, [[(100.0, 20.0)]] * len(routes), space)) == len(flows)
