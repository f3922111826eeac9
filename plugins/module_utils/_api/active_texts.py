# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Finds the active content that servers refuse in texts, in linear time.

A pattern such as ``on\\w+\\s*=`` takes quadratic time, and ``<script.*>.*</script>`` even more.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"\w+")
_HANDLER = re.compile(r"on\w", re.IGNORECASE)
_ASSIGNED = re.compile(r"\s*=")
_SCRIPT = re.compile(r"<script", re.IGNORECASE)
_SCRIPT_END = re.compile(r"</script>", re.IGNORECASE)
_TAG = re.compile(r"<(?:iframe|object|embed)", re.IGNORECASE)


def handler(text: str) -> str:
    """Return the part that looks like an event handler, such as ``onload =``; "" if there is none."""
    for word in _WORD.finditer(text) if "=" in text else ():
        found = _HANDLER.search(text, word.start(), word.end())
        sign = _ASSIGNED.match(text, word.end()) if found else None
        if found and sign:
            return text[found.start() : sign.end()]
    return ""


def element(text: str) -> str:
    """Return the part that looks like a whole script or an element with foreign content; "" if there is none."""
    begin = _SCRIPT.search(text)
    if begin is not None:  # if the first one does not end, none does
        inner = text.find(">", begin.end())
        end = _SCRIPT_END.search(text, inner + 1) if inner >= 0 else None
        if end is not None:
            return text[begin.start() : end.end()]
    tag = _TAG.search(text)
    close = text.find(">", tag.end()) if tag is not None else -1
    return text[tag.start() : close + 1] if tag is not None and close >= 0 else ""
