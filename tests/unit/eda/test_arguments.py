# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The arguments of event sources and filters: as strict as options of modules, and as documented."""

from __future__ import annotations

import math
from typing import Any

import pytest
import yaml

pytest.importorskip("aiohttp", reason="event sources need aiohttp")

from ansible_collections.tmi.tmi.plugins.plugin_utils._events import webhook_settings
from ansible_collections.tmi.tmi.plugins.plugin_utils._events.arguments import Arguments
from ansible_collections.tmi.tmi.tests.harness.eda import loaded

SPEC: Any = {
    "state": {"type": "path", "required": "a folder"},
    "models": {"type": "list", "elements": "str", "default": []},
    "interval": {"type": "float", "default": 60, "above": 0},
    "most": {"type": "int", "default": 5, "least": 1, "most": 9},
    "snapshot": {"type": "bool", "default": False},
    "name": {"type": "str"},
}


def parsed(**args: Any) -> Arguments:
    return Arguments("tmi.tmi.x", {"state": "s", **args}, SPEC)


@pytest.mark.parametrize(
    ("args", "values"),
    [
        ({}, {"models": [], "interval": 60, "most": 5, "snapshot": False, "name": None}),
        ({"interval": "", "snapshot": " ", "name": None}, {"interval": 60, "snapshot": False, "name": None}),
        ({"snapshot": "no"}, {"snapshot": False}),
        ({"snapshot": "Yes"}, {"snapshot": True}),
        ({"snapshot": 1}, {"snapshot": True}),
        ({"interval": "2.5", "most": "7"}, {"interval": 2.5, "most": 7}),
        ({"models": "Pay, EU"}, {"models": ["Pay, EU"]}),
        ({"models": ("a", 1)}, {"models": ["a", "1"]}),
        ({"name": 17}, {"name": "17"}),
        ({"feedback": True, "eda_feedback_queue": object()}, {}),
    ],
)
def test_values(args: Any, values: Any) -> None:
    arguments = parsed(**args)
    assert {name: arguments[name] for name in values} == values


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"state": ""}, "state: is missing: give a folder"),
        ({"intervall": 1}, "intervall: there is no such option; did you mean interval?"),
        ({"tokn": "x"}, "tokn: there is no such option; did you mean token?"),
        ({"interval": "10s"}, "interval: must be a number, not '10s'"),
        ({"interval": True}, "interval: must be a number, not boolean"),
        ({"interval": 0}, "interval: must be above 0, and is 0"),
        ({"interval": math.nan}, "interval"),
        ({"interval": math.inf}, "interval"),
        ({"interval": "inf"}, "interval: must be a number, not 'inf'"),
        ({"most": 1.5}, "most: must be a whole number, and is 1.5"),
        ({"most": 10}, "most: must be from 1 to 9, and is 10"),
        ({"most": [1]}, "most: must be a number, not list"),
        ({"snapshot": "maybe"}, "snapshot: must be true or false, not 'maybe'"),
        ({"snapshot": 2}, "snapshot: must be true or false"),
        ({"snapshot": []}, "snapshot: must be true or false"),
        ({"models": {"a": 1}}, "models: must be a list, not map"),
        ({"models": [""]}, r"models\[0\]: must not be blank"),
        ({"models": [None]}, r"models\[0\]: must be a text, not null"),
        ({"models": [True]}, r"models\[0\]: YAML reads this as the boolean true"),
        ({"name": 1.10}, "name: YAML reads this as a number"),
        ({"name": False}, "name: YAML reads this as the boolean false"),
        ({"url": ["http://x"]}, "url: must be a text, not list"),
        ({"timeout": "10s"}, "timeout: must be a number, not '10s'"),
        ({"validate_certs": "nope"}, "validate_certs: must be true or false, not 'nope'"),
    ],
)
def test_wrong_values(args: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"^tmi.tmi.x: {message}"):
        parsed(**args)


@pytest.mark.parametrize("name", ["changes", "session", "webhook", "details"])
def test_the_documentation_has_the_same_arguments(name: str) -> None:
    plugin = loaded("event_filter" if name == "details" else "event_source", name)
    spec = webhook_settings._SPEC if name == "webhook" else plugin._SPEC
    documented = yaml.safe_load(plugin.DOCUMENTATION)["options"]
    documented.pop("url", None)  # it stands for all options of the connection
    assert sorted(documented) == sorted(spec)
    for option, entry in documented.items():
        assert entry["type"] == spec[option]["type"], option
        assert entry.get("elements") == spec[option].get("elements"), option
        assert entry.get("default") == (spec[option].get("default") or entry.get("default")), option
        assert entry.get("required", False) == ("required" in spec[option]), option
