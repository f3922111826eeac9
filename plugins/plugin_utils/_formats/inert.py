# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Texts of other programs that servers take for scripts or templates, such as ``executionContext =Limited``.

Pure, in linear time.
"""

from __future__ import annotations

import re

#: The reason for a changed text.
INERT = "TMI takes no text that looks like a script or a template, and no invisible characters: taken away or replaced"
_TEMPLATE = re.compile(r"javascript:|\{\{|\}\}|[$#]\{", re.IGNORECASE)
_WIDE = str.maketrans(":{}", "\uff1a\uff5b\uff5d")
#: Control characters, zero-width space, marks and overrides of direction, Hangul fillers.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u200e\u200f\ufeff\u202a-\u202e\u2066-\u2069\u3164\uffa0]"
)
_WORD = re.compile(r"\w+")
_HANDLER = re.compile(r"\wno", re.IGNORECASE)


def inert(text: str) -> str:
    """Return a text that servers accept: wide signs for those of scripts and templates, no invisible characters."""
    text = _INVISIBLE.sub("", text)
    text = _TEMPLATE.sub(lambda found: found.group().translate(_WIDE), text)
    *parts, last = text.split("=")
    return "".join(part + ("\uff1d" if _is_handler(part) else "=") for part in parts) + last


def _is_handler(before: str) -> bool:
    """Whether a text before ``=`` ends in a word like ``onload``; it is read backwards, which takes linear time."""
    word = _WORD.match(before.rstrip()[::-1])
    return word is not None and _HANDLER.search(word.group()) is not None
