# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The door for values, and options before Ansible converts them."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils import _values
from ansible_collections.tmi.tmi.plugins.module_utils._arguments import checked, known
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._values import as_builtins
from ansible_collections.tmi.tmi.plugins.modules import tmi_definition, tmi_diagram, tmi_info, tmi_threat


def nested(levels: int) -> Any:
    found: Any = "x"
    for _level in range(levels):
        found = [found]
    return found


def ring() -> Any:
    found: Any = [1]
    found.append(found)
    return found


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ({"a": (1, {"b"}, frozenset(["c"]))}, {"a": [1, ["b"], ["c"]]}),
        (datetime.date(2026, 1, 31), "2026-01-31"),
        ({datetime.date(2026, 1, 31): 1, 7: 2, "x": None}, {"2026-01-31": 1, "7": 2, "x": None}),
        (nested(_values.MOST_LEVELS), nested(_values.MOST_LEVELS)),
        ("\u00fc\U0001f600", "\u00fc\U0001f600"),
        (-(10**299), -(10**299)),
    ],
)
def test_what_json_knows_is_taken_as_builtins(given: Any, taken: Any) -> None:
    found = as_builtins(given)
    assert found == taken
    assert type(found) is type(taken)
    if isinstance(found, dict):
        assert {type(key) for key in found} == {str}


def test_text_that_ansible_has_marked_is_taken_as_builtins() -> None:
    # ansible-test runs tests of module_utils where there is no controller.
    marking = pytest.importorskip("ansible.utils.unsafe_proxy")
    plain = {"a": ["{{ 1 }}", True, 1.5]}
    test_what_json_knows_is_taken_as_builtins(marking.wrap_var(plain), plain)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (b"x", "option: must be a text, a number, a list or a map, not bytes"),
        ({"a": [1, {"b": object()}]}, "option.a[1].b: must be a text, a number, a list or a map, not object"),
        ([0, [float("nan")]], "option[1][0]: is not a number that JSON can hold"),
        (float("-inf"), "option: is not a number that JSON can hold"),
        (10**300, "option: is a number of more than 300 digits"),
        ("a\0b", "option: holds the character NUL"),
        ({"a": "\ud800"}, "option.a: is not text: it holds half of a character"),
        ({"a": {"\udcff": 1}}, "option.a: a key is not text: it holds half of a character"),
        ({"a": {True: 1}}, "option.a: YAML reads this key as the boolean true"),
        ({None: 1}, "option: a key must be a text, not null"),
        ({("a",): 1}, "option: a key must be a text, not list"),
        ({1: 1, "1": 2}, "option: the key 1 is there twice, once as a number and once as a text"),
        (nested(_values.MOST_LEVELS + 1), "is nested deeper than 48 levels"),
        (ring(), "is nested deeper than 48 levels"),
    ],
)
def test_all_else_is_refused_with_its_place(given: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        as_builtins(given, "option")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_has_no_end_is_not_counted_to_its_end() -> None:
    wide: Any = "x"
    for _level in range(20):
        wide = [wide] * 10
    with pytest.raises(InputError, match="holds more than 1000 values"):
        as_builtins(wide, "option", most=1000)


def test_texts_of_other_programs_are_mended() -> None:
    assert as_builtins({"a\0": "b\ud800c\U0001f600"}, mends=True) == {"a\ufffd": "b\ufffdc\U0001f600"}


def refusal(module: Any, **args: Any) -> str:
    """Return why arguments are refused, "" if they are not."""
    try:
        checked(args, module.MODULE.argument_spec)
    except InputError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("module", "args", "message"),
    [
        (tmi_threat, {"name": False}, "name: YAML reads this as the boolean false (so it reads no, off, false)"),
        (tmi_threat, {"title": True}, "title: YAML reads this as the boolean true"),
        (tmi_threat, {"name": 1.1}, "name: YAML reads this as a number, and drops what a number does not need"),
        (tmi_threat, {"name": ["x"]}, "name: must be a text, not list"),
        (tmi_threat, {"severity": {}}, "severity: must be a text, not map"),
        (tmi_threat, {"state": False}, "state: YAML reads this as the boolean false"),
        (tmi_threat, {"url": True}, "url: YAML reads this as the boolean true"),
        (tmi_threat, {"ca_path": 1.5}, "ca_path: YAML reads this as a number"),
        (tmi_threat, {"refs": ["a", False]}, "refs[1]: YAML reads this as the boolean false"),
        (tmi_threat, {"refs": [None]}, "refs[0]: must be a text, not null"),
        (tmi_definition, {"src": [None]}, "src[0]: must be a text, not null"),
        (tmi_threat, {"refs": True}, "refs: must be a list, not boolean"),
        (tmi_threat, {"refs": 1.5}, "refs: YAML reads this as a number"),
        (tmi_threat, {"refs": {"a": 1}}, "refs: must be a list, not map"),
        (tmi_threat, {"score": True}, "score: must be a number, not boolean"),
        (tmi_threat, {"score": "1e400"}, "score: must be a number, not '1e400'"),
        (tmi_threat, {"timeout": [0, [1], 9]}, "timeout: must be a number, not list"),
        (tmi_threat, {"ssvc": {"vector": False}}, "ssvc.vector: YAML reads this as the boolean false"),
        (tmi_threat, {"ssvc": '{"vector": false}'}, "ssvc.vector: YAML reads this as the boolean false"),
        (tmi_threat, {"metadata": '{"a": NaN}'}, "metadata.a: is not a number that JSON can hold"),
        (tmi_threat, {"metadata": '{"a": "\\ud800"}'}, "metadata.a: is not text"),
        (tmi_threat, {"metadata": '{"a":' * 5000}, "metadata: must be a map, not a text"),
        (tmi_threat, {"metadata": {"a": 10**400}}, "metadata.a: is a number of more than 300 digits"),
        (tmi_diagram, {"cells": "x"}, "cells: must be a list, not text"),
        (tmi_diagram, {"cells": ['{"x": 1e999}']}, "cells[0].x: is not a number that JSON can hold"),
        (tmi_diagram, {"color_palette": [{"color": False}]}, "color_palette[0].color: YAML reads this as the boolean"),
        (tmi_info, {"limit": "1e9999999"}, "limit: must be a number, not '1e9999999'"),
        (tmi_info, {"filters": []}, "filters: must be a map, not list"),
        (tmi_definition, {"src": [False]}, "src[0]: YAML reads this as the boolean false"),
        (tmi_definition, {"name_prefix": False}, "name_prefix: YAML reads this as the boolean false"),
    ],
)
def test_an_option_that_would_lose_its_meaning_is_refused(module: Any, args: Any, message: str) -> None:
    found = refusal(module, **args)
    assert found.startswith(message)


@pytest.mark.parametrize(
    ("module", "args"),
    [
        (tmi_threat, {"name": 2026, "refs": "a, b", "score": "7.4", "mitigated": "yes", "description": None}),
        (tmi_threat, {"refs": [1, "b"], "timeout": 5, "metadata": "a=b", "unknown": 1.5, "_ansible_check_mode": False}),
        (tmi_diagram, {"nodes": {"a": {"x": 1.5}}, "cells": [{"id": "a"}], "color_palette": [{"position": "1"}]}),
    ],
)
def test_all_else_is_left_to_ansible(module: Any, args: Any) -> None:
    assert refusal(module, **args) == ""


def test_no_message_repeats_a_secret() -> None:
    for value in (["hunter2"], {"a": "hunter2"}, "hunter2\0", "hunter2\ud800"):
        assert "hunter2" not in refusal(tmi_threat, token=value)


@pytest.mark.parametrize("name", ["username", "user", "password"])
def test_a_login_with_a_password_is_explained_without_the_value(name: str) -> None:
    words = "%s: TMI has no login with a user name and a password. A person logs in" % name
    assert refusal(tmi_info, **{name: "hunter2"}).startswith(words)
    with pytest.raises(InputError, match="^" + words):
        known([name], tmi_info.MODULE.argument_spec)
    with pytest.raises(InputError, match="there is no such option"):
        known([name], ["url"])
    assert checked({name: "x"}, {"url": {}}) == {name: "x"}
