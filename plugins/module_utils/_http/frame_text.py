# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Messages of a session to and from text. The values that are read can be compared, written again and shown."""

from __future__ import annotations

import json
import re
from typing import Any, Dict, Iterator, Match

from .frames import TOO_BIG, ConnectionLost

#: Most values in the messages of one frame: enough for a diagram of 10,000 cells, the most that a server allows.
MOST_VALUES = 1_000_000
#: Most levels of objects and lists; a cell has five.
DEEPEST = 100

#: An escape of JSON; group 1 is the second half of a surrogate pair.
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}(\\u[dD][c-fC-F][0-9a-fA-F]{2})?|u[dD][c-fC-F][0-9a-fA-F]{2}|.)", re.DOTALL
)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def dumps(value: Any) -> str:
    """Return compact JSON."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def objects(text: str) -> Iterator[Dict[str, Any]]:
    """Yield the messages of a frame; a server may put several into one. Anything else ends the frame.

    Messages nested deeper than ``DEEPEST`` are left out. Raises ``ConnectionLost`` if there are more than
    ``MOST_VALUES`` values.
    """
    if text.count(",") + text.count("{") + text.count("[") > MOST_VALUES:
        raise ConnectionLost(TOO_BIG, "the server sent a message of more than %d values" % MOST_VALUES)
    if _SURROGATE.search(text):
        text = _ESCAPE.sub(_whole, text)
    at = 0
    while True:
        while text[at : at + 1].isspace():
            at += 1
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        if isinstance(value, dict) and not _is_deep(value):
            yield value


def _whole(escape: Match[str]) -> str:
    """Return U+FFFD for half a surrogate pair, as servers written in Go read it; other escapes as they are."""
    found = escape.group(0)
    return "\\ufffd" if _SURROGATE.match(found) and not escape.group(1) else found


def _is_deep(value: Any) -> bool:
    level = [value]
    for _depth in range(DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True


def _number(text: str) -> float:
    """Read a number. Raises ValueError, which ends the frame, for one that JSON cannot hold."""
    value = float(text)
    if value - value != 0:  # infinite, or NaN
        raise ValueError(text)
    return value


_DECODER = json.JSONDecoder(parse_float=_number, parse_constant=_number)
