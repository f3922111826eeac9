# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Events as lines for a terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

#: Most fields in a line, and most characters of a value.
_FIELDS, _LONGEST = 6, 40


def line_of(event: Mapping[str, Any], now: str) -> str:
    """Return one line about an event. Control characters are replaced; ``now`` is the time to show."""
    place = [event["threat_model"]["name"]]
    if "diagram" in event:
        place.append(event["diagram"]["name"])
    line = "%s  %s: %s" % (now, " / ".join(place), _sentence(event))
    return "".join(char if char.isprintable() else "?" for char in line)


def _sentence(event: Mapping[str, Any]) -> str:
    kind, action, after = event["kind"], event["action"], event["after"] or {}
    if kind == "session" and action == "opened":
        people = ", ".join(after["participants"]) or "no one else"
        return "session of %s, with %s" % (after["host"], people)
    if kind == "session":
        return "the session has ended"
    if kind == "participant":
        return "%s has %s" % (event["user"], action)
    if kind == "presenter":
        return "%s presents" % (event["id"] or "no one")
    if kind == "cursor":
        return "%s points at %g, %g" % (event["user"], after["x"], after["y"])
    words = '%s "%s" %s' % (kind.replace("_", " "), event["name"], action)
    if event.get("user"):
        words += " by %s" % event["user"]
    changes = event["changes"] if action == "updated" else {}
    shown = ["%s %s -> %s" % (name, _value(c["before"]), _value(c["after"])) for name, c in changes.items()]
    more = ["%d more" % (len(shown) - _FIELDS)] if len(shown) > _FIELDS else []
    return words + (": " + ", ".join(shown[:_FIELDS] + more) if shown else "")


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = "(empty)" if value in (None, "", [], {}) else text
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
