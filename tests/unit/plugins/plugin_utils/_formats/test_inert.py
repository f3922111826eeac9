# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts of other programs are changed so that servers accept them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._api.active_texts import handler
from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.texts.refused import filter_problems
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.inert import INERT, inert
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.read import from_threat_dragon


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("executionContext =Limited", "executionContext \uff1dLimited"),
        ("${jndi:ldap://x} and {{ user }}", "$\uff5bjndi:ldap://x} and \uff5b\uff5b user \uff5d\uff5d"),
        ("JavaScript:alert(1)", "JavaScript\uff1aalert(1)"),
        ("zero\u200bwidth\x07", "zerowidth"),
        ("a = b, x == y, two=two, {x}", "a = b, x == y, two=two, {x}"),
    ],
)
def test_what_is_written(given: str, written: str) -> None:
    assert inert(given) == written
    assert list(filter_problems(written)) == []


PARTS = st.sampled_from(["on", "load", "=", " ", "\n", "javascript", ":", "{", "}", "$", "#", "\u200b", "é", "."])


@settings(max_examples=200)
@given(st.lists(PARTS, max_size=12).map("".join))
def test_no_text_is_refused_and_a_second_time_changes_nothing(text: str) -> None:
    written = inert(text)
    assert list(filter_problems(written)) == []
    assert handler(written) == ""
    assert inert(written) == written


def test_the_time_is_linear() -> None:
    begin = time.process_time()
    inert("on" * 200_000 + " " * 200_000 + "a" * 200_000 + "onload=" * 50_000)
    assert time.process_time() - begin < 5


def test_metadata_texts_and_names_are_accepted_and_reported() -> None:
    data = {
        "type": "tm.Process",
        "name": "Job",
        "privilegeLevel": "executionContext =Limited",
        "threats": [{"title": "Uses ${jndi}", "description": "onload = x", "mitigation": "", "status": "Open"}],
    }
    cell = {"id": "p", "shape": "process", "position": {"x": 1, "y": 1}, "size": {"width": 90, "height": 60}}
    diagram = {"id": 0, "title": "Main", "cells": [{**cell, "data": data}]}
    found = from_threat_dragon({"summary": {"title": "Shop"}, "detail": {"diagrams": [diagram]}})
    (job,) = found.model["diagrams"]["main"]["nodes"].values()
    assert job["metadata"]["privilege_level"] == "executionContext \uff1dLimited"
    (threat,) = found.model["threats"].values()
    assert (threat["name"], threat["description"]) == ("Uses $\uff5bjndi}", "onload \uff1d x")
    assert [row["reason"] for row in found.lost] == [INERT] * 3
