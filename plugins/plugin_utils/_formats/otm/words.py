# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The words of Open Threat Model 0.2.0 and of TMI: types, risk, states, mitigations. Tables and pure functions.

Members that the schema of OTM requires and a definition lacks are written with placeholders, which the attribute
``tmi_placeholder`` names. Fields that OTM lacks are written as attributes ``tmi_<field>``. So a definition is the same
after the way to OTM and back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from ansible_collections.tmi.tmi.plugins.module_utils._resources._fields import fold

VERSION = "0.2.0"
#: The collection's attributes in OTM: prefix, key of an object that was not read from OTM or whose id cannot hold it,
#: names of placeholders, metadata.
PREFIX, KEY, PLACEHOLDER, METADATA = "tmi_", "tmi_key", "tmi_placeholder", "tmi_metadata"
#: What begins the origin of an object of OTM; the attribute with an origin that is not made of the id.
ORIGIN_PREFIX, OWN_ORIGIN = "otm:", "tmi_origin"
#: Metadata of a definition: key -> name of an attribute that is no key; representations without a drawing.
NAMES, UNDRAWN = "otm_names", "otm_representations"
#: The trust zone of nodes without a boundary: OTM requires one for each component.
OUTSIDE = "tmi-outside"

#: The type of a component that is a boundary in a diagram, if its metadata has no type.
BOUNDARY = "boundary"

_STATES = {
    "exposed": "open",
    "required": "open",
    "partly_mitigated": "mitigation_in_progress",
    "partially_mitigated": "mitigation_in_progress",
    "mitigated": "resolved",
    "not_applicable": "false_positive",
}
_STATES_BACK = {
    "open": "exposed",
    "mitigation_in_progress": "partly-mitigated",
    "resolved": "mitigated",
    "false_positive": "not-applicable",
}

#: Likelihood and impact, 0 to 100: least number, word, number for the word.
_LEVELS = ((80, "very_high", 90), (60, "high", 70), (40, "medium", 50), (20, "low", 30), (0, "very_low", 10))
#: Least score (likelihood x impact, 0 to 10) of a severity: the bands of CVSS 3.
_SEVERITIES = ((9.0, "critical"), (7.0, "high"), (4.0, "medium"), (0.1, "low"), (0.0, "none"))
#: Numbers for a threat with only a severity.
NUMBERS: Mapping[str, tuple[int | None, int]] = {
    "critical": (100, 95),
    "high": (90, 85),
    "medium": (70, 70),
    "low": (40, 40),
    "none": (0, 0),
    "informational": (0, 0),
    "unknown": (None, 0),
}

IMPLEMENTED, REQUIRED = "implemented", "required"
_CONTROL = re.compile(r"- \[(?P<done>[ x])\] (?P<name>\S.*?)(?: \((?P<state>[^()]+)\))?")


class Control(NamedTuple):
    """A mitigation of one threat: a line of its check list, and a description below it."""

    name: str
    state: str = REQUIRED
    description: str = ""


def status_of(state: str) -> str:
    """Return the status of a threat for its state in OTM, which is free text there."""
    word = fold(state)
    return _STATES.get(word, word)


def state_of(status: str) -> str:
    """Return the state in OTM for a status."""
    return _STATES_BACK.get(status, status)


def word_of(level: float) -> str:
    """Return the word for a likelihood or impact of 0 to 100."""
    return next(word for least, word, _number in _LEVELS if level >= least)


def number_of(word: str) -> int | None:
    """Return the number for such a word; None for any other word."""
    return next((number for _least, known, number in _LEVELS if known == word), None)


def score_of(likelihood: float, impact: float) -> float:
    """Return the score from 0 to 10 of likelihood and impact from 0 to 100."""
    return round(likelihood * impact / 1000, 1)


def severity_of(score: float) -> str:
    """Return the severity for a score from 0 to 10."""
    return next(word for least, word in _SEVERITIES if score >= least)


def check_list(controls: list[Control]) -> str:
    """Return mitigations as the text of a threat (FORMAT-11)."""
    lines = []
    for control in controls:
        done = control.state == IMPLEMENTED
        state = "" if control.state in (IMPLEMENTED, REQUIRED) else " (%s)" % control.state
        lines.append("- [%s] %s%s" % ("x" if done else " ", control.name, state))
        if control.description:
            lines.append("  " + control.description)
    return "\n".join(lines)


def read_check_list(text: str) -> list[Control] | None:
    """Return the mitigations of such a text; None for any other text."""
    controls: list[Control] = []
    for line in text.split("\n"):
        found = _CONTROL.fullmatch(line)
        if found is not None:
            state = IMPLEMENTED if found["done"] == "x" else found["state"] or REQUIRED
            controls.append(Control(found["name"], state))
        elif line.startswith("  ") and controls and not controls[-1].description:
            controls[-1] = controls[-1]._replace(description=line[2:])
    return controls if controls and check_list(controls) == text else None
