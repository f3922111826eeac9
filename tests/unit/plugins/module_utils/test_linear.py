# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Four times as much input takes about four times as long, whatever it is made of.

The time that is looked at is the processor's, the best of several, and eight times as long is still taken: what these
tests are for took sixteen or sixty-four times as long.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api.v0.rules import V0Rules
from ansible_collections.tmi.tmi.plugins.module_utils._api.v1 import cells as v1_cells
from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.rules import V1Rules
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.entries import flow_line
from ansible_collections.tmi.tmi.plugins.module_utils._http import responses
from ansible_collections.tmi.tmi.plugins.module_utils._resources.note import NOTE
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat import THREAT
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils.linear import LONG, check_grows_with

#: What texts are made of that made trouble somewhere, or might: a short piece, repeated.
PIECES = [
    *("a", " ", "<a", "<script", "<script>", "</script>", "<embed", "<embed>", "<!--", "&", "&amp", "on", "on =", "x="),
    *("eyJ", "eyJhbGciOi.", "Bearer ", "token=", "a->", "- [x] a (", "`", "\\", "[a](", '<a href="', "1", "1.", "{{"),
    *("ab ", "a\n", " \n", "\u6f22", "e\u0301", "\u0301", "\u200d", "http://a.", "a@", "git@a:", "/", ":", "%"),
]


def rules(kind: Any, resource: Any, *fields: str) -> Callable[[str], Any]:
    return lambda text: list(kind.check(resource, dict.fromkeys(fields, text)))


TEXTS: dict[str, Callable[[str], Any]] = {
    "what v0 refuses": rules(V0Rules(), THREAT, "name", "description", "issue_uri"),
    "what v1 refuses": rules(V1Rules(), THREAT, "name", "description", "issue_uri"),
    "what v1 refuses in notes": rules(V1Rules(), NOTE, "name", "content"),
    "what v1 keeps": lambda text: V1Rules().stored(THREAT, {"name": text, "description": text}),
    "what v1 keeps of notes": lambda text: V1Rules().stored(NOTE, {"content": text}),
    "what v1 refuses in cells": lambda text: list(v1_cells._value_problems(text)),
    "secrets taken out": responses.censor,
    "a flow in one line": flow_line,
}


class Work:
    """Calls that take a known time, and a clock of that time alone: no machine is too quick or too slow for it."""

    def __init__(self, power: int, size_of_a_second: int) -> None:
        self.now, self.power, self.size_of_a_second = 0.0, power, size_of_a_second

    def __call__(self, size: int) -> None:
        self.now += (size / self.size_of_a_second) ** self.power

    def clock(self) -> float:
        return self.now


def test_a_quadratic_call_is_found() -> None:
    work = Work(power=2, size_of_a_second=LONG)
    with pytest.raises(AssertionError, match="four times as much"):
        check_grows_with(work, lambda size: size, work.clock)


@pytest.mark.parametrize("work", [Work(power=1, size_of_a_second=LONG), Work(power=2, size_of_a_second=LONG * 5)])
def test_a_linear_call_and_a_blink_are_not(work: Work) -> None:
    check_grows_with(work, lambda size: size, work.clock)


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("name", list(TEXTS))
def test_texts(name: str, piece: str) -> None:
    check_grows_with(TEXTS[name], lambda size: "a" + piece * (size // len(piece)) + "!")
