# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The door that every answer goes through: what real servers answered fits, what a proxy makes of it does not."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any, Iterator, Tuple

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api import wire_shapes
from ansible_collections.tmi.tmi.plugins.module_utils._api.v0 import shapes as v0_shapes
from ansible_collections.tmi.tmi.plugins.module_utils._api.v1 import shapes as v1_shapes
from ansible_collections.tmi.tmi.plugins.module_utils._http.shapes import (
    ID,
    NUMBER,
    TEXT,
    WHOLE,
    Listed,
    Object,
    Shape,
    refusal,
)
from ansible_collections.tmi.tmi.plugins.module_utils._login import shapes as login_shapes

Json = Any
TRACES = Path(__file__).resolve().parents[6] / "shared" / "conformance"
MODEL = {"id": "m", "name": "M", "threats": [{"id": "t", "name": "T", "metadata": [{"key": "a", "value": "b"}]}]}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"threats": 7}, '"threats" is a number, not a list'),
        ({"threats": [None]}, '"threats[0]" is null'),
        ({"threats": [{"id": "t", "name": 3}]}, '"threats[0].name" is a number, not a text'),
        ({"threats": [{"id": 1, "name": "T"}]}, '"threats[0].id" is a number, not a text'),
        ({"threats": [{"id": "..", "name": "T"}]}, '"threats[0].id" is a text that no id can be'),
        ({"id": None}, '"id" is missing'),
        ({"metadata": {"a": "b"}}, '"metadata" is an object, not a list'),
        ({"metadata": [{"key": "a", "value": True}]}, '"metadata[0].value" is true or false, not a text'),
        ({"metadata": [["a", "b"]]}, '"metadata[0]" is a list, not an object'),
        ({"diagrams": [{"id": "d", "name": "D", "cells": "x"}]}, '"diagrams[0].cells" is a text, not a list'),
    ],
)
@pytest.mark.parametrize("shapes", [v0_shapes.SHAPES, v1_shapes.SHAPES])
def test_a_sentence_says_where_and_what(shapes: Json, change: Json, words: str) -> None:
    said = refusal(shapes["threat_model"], {**MODEL, **change})
    assert said == f"something that is no threat model: {words}; is a proxy or another service in between?"


@pytest.mark.parametrize(
    ("value", "words"),
    [([], "it is a list, not an object"), ("x", "it is a text, not an object"), (None, "it is empty")],
)
def test_the_whole_answer(value: Json, words: str) -> None:
    assert words in refusal(v1_shapes.SHAPES["threat"], value)


def test_all_metadata_of_an_object_without_any_may_be_null() -> None:
    assert refusal(wire_shapes.ALL_METADATA, None) == ""
    assert "it is empty" in refusal(wire_shapes.METADATA, None)


@pytest.mark.parametrize("value", [10**400, -(10**16), float("nan"), float("inf"), True, "7", [], {}])
def test_numbers_can_be_counted_with(value: Json) -> None:
    assert NUMBER.mismatch(value)
    assert not NUMBER.mismatch(7.5)
    assert not WHOLE.mismatch(7)
    assert WHOLE.mismatch(7.5)


@pytest.mark.parametrize("value", ["", ".", "..", "a/b", "a b", "a\n", "x" * 201, "a?b", "a#b", 7, ["a"]])
def test_ids_are_segments_of_paths(value: Json) -> None:
    assert ID.mismatch(value)
    assert not ID.mismatch("37bd7c48-a4a2-57ee-abba-5b73e0cd8a09")


def test_what_no_shape_names_may_be_anything() -> None:
    assert refusal(v0_shapes.SHAPES["threat_model"], {**MODEL, "new": [object]}) == ""


def test_answers_to_several_writes() -> None:
    item = Object("thing", {"id": ID, "name": TEXT}, ("id",))
    two = Listed("list of what was sent", item, ["a", "b"])
    assert refusal(two, [{"id": "b"}, {"id": "a"}]) == ""
    assert "has 1 entries for 2" in refusal(two, [{"id": "a"}])
    assert "other ids" in refusal(two, [{"id": "a"}, {"id": "a"}])
    assert "other ids" in refusal(two, [{"id": "a"}, {"id": "c"}])
    assert "has 3 entries for 2" in refusal(Listed("list", item, count=2), [{"id": "a"}] * 3)


# ----------------------------------------------------------------------------- what real servers answered
_KINDS = {"threat_models": "threat_model", "repositories": "source"}
_OTHERS = {
    "GET /": wire_shapes.SERVER,
    "GET /oauth2/providers": login_shapes.PROVIDERS,
    "GET /oauth2/userinfo": login_shapes.USER,
    "GET /ws/ticket": wire_shapes.TICKET,
    "GET /collaboration/sessions": wire_shapes.SESSIONS,
    "GET /me/sessions": wire_shapes.SESSIONS,
}


def _shape_of(call: str, body: Json, module: Any) -> Any:
    """Return the shape that the collection expects of a call; None for one that it does not make."""
    method, path = call.split("?")[0].split(" ")
    if "%s %s" % (method, path) in _OTHERS:
        return _OTHERS["%s %s" % (method, path)]
    segments = [segment for segment in path.split("/") if segment]
    if segments[0] != "threat_models":
        return None
    if segments[-1] == "collaborate" and method in ("POST", "PUT"):
        return wire_shapes.COLLABORATION if module is v0_shapes else module.COLLABORATION
    if segments[-2:] == ["metadata", "bulk"]:
        return wire_shapes.METADATA
    if "metadata" in segments or "batch" in segments or segments[-1] in ("model", "collaborate", "restore"):
        return None
    depth = 2 if len(segments) > 2 else 0
    kind = _KINDS.get(segments[depth], segments[depth].rstrip("s"))
    shape = module.SHAPES.get(kind)
    if shape is None:
        return None
    if segments[-1] == "bulk":
        return Listed("list", shape) if method in ("POST", "PUT") else None
    if len(segments) in (1, 3):
        return shape if method == "POST" else None if kind == "diagram" else module.PAGES[kind]
    return shape


def _like_the_wire(value: Json) -> Json:
    """Return a recorded body with what its placeholders mean."""
    if isinstance(value, dict):
        return {name: 1 if member == "<int>" else _like_the_wire(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_like_the_wire(item) for item in value]
    return re.sub(r"<\w+(:\w+)?>", "placeholder", value) if isinstance(value, str) else value


def _recorded(generation: str, module: Any) -> Iterator[Tuple[str, Shape, Json]]:
    for file in sorted((TRACES / generation / "traces").glob("*.json")):
        for number, step in enumerate(json.loads(file.read_text("utf-8"))["steps"]):
            want, call = step["want"], step["do"].get("call")
            if call and want.get("status") in (200, 201) and want.get("body") is not None:
                shape = _shape_of(call, want["body"], module)
                if shape is not None:
                    yield "%s, step %d: %s" % (file.stem, number, call), shape, _like_the_wire(want["body"])


@pytest.mark.skipif(not TRACES.exists(), reason="needs ../shared/conformance: what real servers answered")
@pytest.mark.parametrize(("generation", "module", "least"), [("seed", v0_shapes, 100), ("tmi-1.8", v1_shapes, 350)])
def test_nothing_that_a_real_server_answered_is_refused(generation: str, module: Any, least: int) -> None:
    tried = 0
    for where, shape, body in _recorded(generation, module):
        assert refusal(shape, body) == "", where
        tried += 1
    assert tried >= least


@pytest.mark.skipif(not TRACES.exists(), reason="needs ../shared/conformance: what real servers answered")
@pytest.mark.parametrize(("generation", "module"), [("seed", v0_shapes), ("tmi-1.8", v1_shapes)])
def test_a_recorded_answer_with_a_member_of_another_type_is_refused(generation: str, module: Any) -> None:
    """Each member that a shape names is tried, in each kind of answer."""
    tried = 0
    seen = set()
    for where, shape, body in _recorded(generation, module):
        target = shape if isinstance(shape, Object) else None
        if target is None or id(target) in seen or not isinstance(body, dict):
            continue
        for name in target.members:
            if body.get(name) is not None:
                broken = copy.deepcopy(body)
                broken[name] = 12.5 if not isinstance(body[name], (int, float)) or body[name] is True else ["x"]
                assert refusal(shape, broken), "%s: %s" % (where, name)
                tried += 1
        seen.add(id(target))
    assert tried > 30
