# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan as text shows where a long value begins to differ."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._engine.display.report import WIDTH, _sides

LONG = "Die Sätze sind lang. " * 40


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("low", "high", ("low", "high")),
        (None, "a b", ("(none)", '"a b"')),
        (False, True, ("false", "true")),
        (["設計"], [], ('["設計"]', "(none)")),
    ],
)
def test_short_values_are_shown_whole(before: Any, after: Any, shown: tuple[str, str]) -> None:
    assert _sides(before, after) == shown


@pytest.mark.parametrize("at", [0, 30, 100, 700, len(LONG)])
def test_of_long_values_the_part_that_differs_is_shown(at: int) -> None:
    one, other = _sides(LONG, LONG[:at] + "ÄNDERUNG" + LONG[at:])
    assert one != other
    assert "ÄNDERUNG" in other
    assert max(len(one), len(other)) <= WIDTH
    assert one.startswith("…") is (at > WIDTH)
