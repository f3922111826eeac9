# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Parses JSON files within limits, with the line of every mistake."""

from __future__ import annotations

import json
import re
from typing import Any, Iterator

from ..._errors import InputError
from ..._mistakes import ENOUGH, raise_all
from ..._values import MOST_LEVELS
from .as_written import MOST_VALUES, TEMPLATE, Written

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:\n]')
#: Message of Python for wrong JSON -> the same in plain words.
_WORDS = {
    "Expecting ','": "a comma or a closing bracket is missing",
    "Expecting ':'": "a colon is missing after a key",
    "Expecting property name": "a key in double quotes is missing; there is no comma before a closing bracket",
    "Illegal trailing comma": "there is a comma before a closing bracket",
    "Expecting value": "a value is missing, or a text lacks its double quotes",
    "Extra data": "there is more text after the end",
    "Unterminated string": "a text lacks its closing quote",
    "Invalid control character": "a text holds a line break, a tab or another control character: write \\n or \\t",
    "Invalid \\": "there is a backslash where none is allowed: write two",
}
#: One half of a character that UTF-16 writes as two; valid only together with the other half.
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def parse_json(text: str, path: str) -> Any:
    """Return the data of a file, with numbers as they are written. Raises InputError with file and line."""
    duplicates: list[Any] = []

    def as_dict(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            duplicates.append(pairs)
        return members

    try:
        data = json.loads(
            text, object_pairs_hook=as_dict, parse_int=Written, parse_float=Written, parse_constant=Written
        )
    except json.JSONDecodeError as error:
        line_text = text.split("\n")[error.lineno - 1]
        is_template = "{{" in line_text or "{%" in line_text
        place = "%s:%d" % (path, error.lineno)
        raise InputError(TEMPLATE if is_template else _plain(error), place) from None
    except RecursionError:
        raise _too_deep(text, path) from None
    if duplicates:
        raise_all(
            InputError("the key %s appears twice" % key, "%s:%d" % (path, at)) for key, at in _duplicate_keys(text)
        )
    _check(data, text, path)
    half = _HALF.search(text)
    if half and not _is_whole(data):
        line = text.count("\n", 0, half.start()) + 1
        raise InputError("holds one half of a character: write both, or the character itself", "%s:%d" % (path, line))
    return data


def _plain(error: json.JSONDecodeError) -> str:
    """Return the mistake in plain words."""
    words = next((message for begin, message in _WORDS.items() if error.msg.startswith(begin)), error.msg)
    return "is not JSON: %s (column %d)" % (words, error.colno)


def _check(data: Any, text: str, path: str) -> None:
    """Raise InputError for data that are nested too deeply or have too many values."""
    level, values, inner = 0, 0, [data]
    while inner:
        values += len(inner)
        if level > MOST_LEVELS:
            raise _too_deep(text, path)
        if values > MOST_VALUES:
            raise InputError("holds more than %d values" % MOST_VALUES, path)
        deeper: list[Any] = []
        for value in inner:
            if isinstance(value, dict):
                deeper.extend(value.values())
            elif isinstance(value, list):
                deeper.extend(value)
        level, inner = level + 1, deeper


def _too_deep(text: str, path: str) -> InputError:
    level, line = 0, 1
    for token in _TOKEN.finditer(text):
        level += (token.group() in "[{") - (token.group() in "]}")
        line += token.group() == "\n"
        if level > MOST_LEVELS:
            break
    return InputError("is nested deeper than %d levels" % MOST_LEVELS, "%s:%d" % (path, line))


def _is_whole(data: Any) -> bool:
    """Whether all texts can be written as UTF-8."""
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _duplicate_keys(text: str) -> Iterator[tuple[str, int]]:
    """Yield (key, line) of the first few keys that appear twice."""
    line, last, count = 1, "", 0
    seen: list[set[str]] = []
    for token in _TOKEN.findall(text):
        if token == "\n":
            line += 1
            continue
        if token == ":" and seen:
            if last in seen[-1]:
                yield last, line
                count += 1
            seen[-1].add(last)
        elif token in "{[":
            seen.append(set())
        elif token in "}]" and seen:
            seen.pop()
        last = token
        if count >= ENOUGH:
            return
