# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Valid files of each format with wrong values at random places, or cut: one sentence, or a definition that is usable.

It is a sample of a few seconds; with more examples it takes longer and finds more.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.filter.tmi_import import tmi_import
from ansible_collections.tmi.tmi.plugins.filter.tmi_to_otm import tmi_to_otm
from ansible_collections.tmi.tmi.plugins.filter.tmi_to_threat_dragon import tmi_to_threat_dragon
from ansible_collections.tmi.tmi.tests.unit.conftest import ROOT

FILES = ROOT / "tests" / "integration" / "targets" / "filter_formats" / "files"
NAMES = ("library.otm.yml", "kiosk.json", "clinic.threagile.yml", "parking.tc.json", "bakery.tm7")
TEXTS = {name: (FILES / name).read_text(encoding="utf-8") for name in NAMES}
DATA = {name: yaml.safe_load(text) for name, text in TEXTS.items() if not name.endswith(".tm7")}

#: Values that no format expects somewhere, and such that some fields take.
VALUES: tuple[Any, ...] = (
    *(None, True, -1, 1e308, float("nan"), 10**30, "", "x", "1.5", "{{ 1 }}", "a\nb", "\x00", "\ud800", "<a>", "on"),
    *("日本", "a->b", "onload = x", "x" * 3000, [], {}, [None], [[]], [{}], {"a": 1}, {"": None}, {1: 2}, ["x"] * 30),
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield (container, key) of all members at any depth."""
    if isinstance(value, (dict, list)):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from places(value[key])


def usable(source: Any) -> None:
    """Import a file; the definition goes to both formats. A refusal is one sentence with the path of the file."""
    try:
        definition = tmi_import(source, path="old/x.json")["definition"]
    except AnsibleFilterError as error:
        said = str(error)
    else:
        tmi_to_otm(definition)
        tmi_to_threat_dragon(definition)
        return
    assert said.startswith("tmi.tmi.tmi_import: old/x.json: ")
    assert len(said.splitlines()) == 1
    assert len(said) < 600


@settings(max_examples=50)
@given(st.data())
@pytest.mark.parametrize("name", DATA)
def test_wrong_values_at_random_places(name: str, data: st.DataObject) -> None:
    file = copy.deepcopy(DATA[name])
    for _change in range(data.draw(st.integers(1, 3), "changes")):
        there = list(places(file))
        if not there:
            break
        container, key = there[data.draw(st.integers(0, len(there) - 1), "place")]
        container[key] = copy.deepcopy(data.draw(st.sampled_from(VALUES), "value"))
    usable(file)


@settings(max_examples=25)
@given(st.data())
@pytest.mark.parametrize("name", NAMES)
def test_texts_that_are_cut_or_have_foreign_parts(name: str, data: st.DataObject) -> None:
    text = TEXTS[name]
    begin = data.draw(st.integers(0, len(text)), "begin")
    end = begin + data.draw(st.sampled_from([0, 1, 40, 4000, len(text)]), "length")
    between = data.draw(st.sampled_from(["", "<", "&x;", '"', "{", "]", ":", "*a", "!!python/object:x", "\x00", "%"]))
    usable(text[:begin] + between + text[end:])


def test_the_files_are_usable() -> None:
    for text in TEXTS.values():
        usable(text)
        assert tmi_import(text)["definition"]["name"]
