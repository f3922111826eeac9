# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal reports what was written, not what was refused, and marks what is not known."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._journal import Effect, Journal, Write

A, B = Effect("a", "created A", "about A"), Effect("b", "created B", "about B")


def write(journal: Journal, *fate: Callable[[Write], None]) -> Write:
    record = journal.write("POST /x")
    for step in (Write.sent, *fate):
        step(record)
    return record


@pytest.mark.parametrize(
    ("fate", "reported"),
    [
        ([], ["perhaps created A"]),
        ([Write.committed], ["created A"]),
        ([Write.refused], []),
        ([Write.doubted, Write.refused], ["perhaps created A"]),
        ([Write.doubted, Write.sent, Write.committed], ["created A"]),
        ([Write.refused, Write.sent, Write.committed], ["created A"]),
        ([Write.refused, Write.sent], ["perhaps created A"]),
    ],
)
def test_the_fate_of_a_write(fate: list[Callable[[Write], None]], reported: list[str]) -> None:
    journal = Journal()
    with journal.doing([A]):
        write(journal, *fate)
    assert journal.lines() == reported


def test_a_write_without_an_effect_is_reported_by_its_call() -> None:
    journal = Journal()
    write(journal, Write.committed)
    assert journal.lines() == ["sent POST /x"]


def test_what_is_not_sent_is_not_reported() -> None:
    journal = Journal()
    journal.write("POST /x")
    assert journal.lines() == []


def test_several_writes_of_one_deed_are_one_line_and_what_is_sure_stays_sure() -> None:
    journal = Journal()
    with journal.doing([A]):
        write(journal, Write.committed)
        write(journal)
        write(journal, Write.refused)
    assert journal.lines() == ["created A"]


def test_a_part_of_what_is_done_is_reported_as_that_part() -> None:
    journal = Journal()
    with journal.doing([A, B]):
        with journal.part(0, 1, 2):
            write(journal, Write.committed)
        with journal.part(1, 2, 2):
            write(journal, Write.refused)
    assert journal.lines() == ["created A"]


def test_doubts_are_settled_for_one_owner_by_what_the_deed_is_about() -> None:
    journal = Journal()
    mine, other = object(), object()
    with journal.of(mine), journal.doing([A, B]):
        write(journal)
    with journal.of(other), journal.doing([A]):
        write(journal)
    journal.settle(mine, lambda about: about == "about A")
    assert journal.lines(mine) == ["created A"]
    assert journal.lines(other) == ["perhaps created A"]
    assert journal.lines() == ["created A", "perhaps created A"]


def test_threads_do_not_mix_what_they_do() -> None:
    journal = Journal()
    turn = threading.Barrier(2, timeout=30)

    def work(effect: Effect) -> None:
        with journal.of(effect), journal.doing([effect]):
            turn.wait()
            write(journal, Write.committed)
            turn.wait()

    threads = [threading.Thread(target=work, args=(effect,)) for effect in (A, B)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert journal.lines(A) == ["created A"]
    assert journal.lines(B) == ["created B"]
