# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v1: texts that the server refuses (V1-UNICODE, V1-REFUSED). Pure, in linear time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Iterator, Optional

from ...._unicode import composed

#: Zero-width space, byte order mark, marks and overrides of direction, Hangul fillers.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\ufeff\u202a-\u202e\u2066-\u2069\u3164\uffa0]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
#: Characters that join or separate letters; accepted only between letters of Indian scripts and in emoji.
_JOINERS = re.compile("[\u200c\u200d]")
_INDIC = re.compile("[\u0900-\u097f\u0980-\u0d7f\u0d80-\u0dff\u1000-\u109f\u1780-\u17ff]")
_EMOJI = re.compile(
    "[\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f900-\U0001f9ff\U0001fa00-\U0001faff\u2600-\u27bf"
    "\ufe00-\ufe0f\U000e0020-\U000e007f]"
)
#: Three combining marks in a row, in the scripts that the server checks.
_COMBINING = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0900-\u0903\u093a-\u094f\u0951-\u0957"
    "\u0962\u0963\u0981-\u0983\u09bc\u09be-\u09cd\u0a01-\u0a03\u0a3c-\u0a4d\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03"
    "\u0b3c-\u0b4d\u0b82\u0b83\u0bbe-\u0bcd\u0c00-\u0c03\u0c3e-\u0c4d\u0c81-\u0c83\u0cbc-\u0ccd\u0d00-\u0d03"
    "\u0d3b-\u0d4d\u0d81-\u0d83\u0dca-\u0ddf\u0e31-\u0e3a\u0e47-\u0e4e]{3}"
)

_ACTIVE = re.compile(r"<(?:script|iframe|object|embed|applet)", re.IGNORECASE)
_CERTAIN = re.compile(r"</(?:script|iframe)>|javascript:|\{\{|\}\}|\$\{|<%|%>|#\{", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9_]+")
_HANDLER = re.compile("on[a-z0-9_]")
_ASSIGNED = re.compile(r"[ \t\n\f\r]*=")
#: Most characters of a refused text in a message.
_SHOWN = 40


def texts_in(value: Any) -> Iterator[str]:
    """Yield all texts in a value, at any depth, with keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, member in value.items():
            yield str(name)
            yield from texts_in(member)
    elif isinstance(value, (list, tuple)):
        for member in value:
            yield from texts_in(member)


def unicode_problems(text: str) -> Iterator[str]:
    """Yield the reasons for which the server refuses a whole request: control, invisible and piled-up characters."""
    if _CONTROL.search(text):
        yield "must not hold control characters"
    if text.isascii():
        return  # the other checks need characters beyond ASCII
    text = composed(text)
    if _INVISIBLE.search(text):
        yield "must not hold zero-width, bidirectional or other invisible characters"
    elif any(not _is_joined(text, found.start()) for found in _JOINERS.finditer(text)):
        yield (
            "must not hold a zero-width joiner or non-joiner (U+200D, U+200C) but in emoji and between letters of "
            "Indian scripts: take it out"
        )
    if _COMBINING.search(text):
        yield "must not hold three combining marks in a row"


def _is_joined(text: str, at: int) -> bool:
    """Whether the server accepts the joiner at ``at``."""
    before, after = text[max(at - 1, 0) : at], text[at + 1 : at + 2]
    if not before or not after:
        return False
    if text[at] == "\u200c":
        return bool(_INDIC.match(before) and _INDIC.match(after))
    return bool(_EMOJI.match(before) or _EMOJI.match(after))


def filter_problems(text: str, limit: Optional[int] = None) -> Iterator[str]:
    """Yield the reasons to refuse a text: length, or parts that look like script or templates."""
    if limit is not None and len(text) > limit:
        yield "has %d characters; this server takes %d" % (len(text), limit)
    yield from unicode_problems(text)
    found = _dangerous(text)
    if found:
        yield "the server's text filter would refuse %r: reword it" % found


def _dangerous(text: str) -> str:
    """Return the part of a text that the server treats as an attack; "" if there is none."""
    found = _ACTIVE.search(text)
    if found is None or ">" not in text[found.end() :]:
        found = _CERTAIN.search(text)
    if found is not None:
        return found.group(0)
    for word in _WORD.finditer(text) if "=" in text else ():
        handler = _HANDLER.search(word.group(0).lower())
        sign = _ASSIGNED.match(text, word.end()) if handler else None
        if handler and sign:
            return text[word.start() + handler.start() : sign.end()][:_SHOWN]
    return ""
