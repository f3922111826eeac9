# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v1: what the server makes of text, and what it refuses (contract-1.8, sections 0.1, 5.1 and 5.2). Pure."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Iterator, Optional

#: Elements whose content goes with them.
_WITH_CONTENT = re.compile(r"<(script|style)\b[^>]*>.*?(</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
#: A tag, closed or running to the end of the text; ``a < b`` and ``->`` are none.
_TAG = re.compile(r"<(?:!--.*?(?:-->|$)|[a-zA-Z/!?][^>]*(?:>|$))", re.DOTALL)

_DANGEROUS = re.compile(r"<\s*(?:script|iframe|object|embed|applet)|javascript:|on\w+\s*=", re.IGNORECASE)
_TEMPLATE = re.compile(r"\{\{|\}\}|\$\{|<%|%>|#\{")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
#: Zero-width and bidirectional characters, byte order mark, Hangul fillers.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u115f\u1160\u3164\uffa0]")
_COMBINING = re.compile("[\u0300-\u036f]{3,}")
_EMOJI_JOINER = "\u200d"


def plain(text: str) -> str:
    """Return a plain text field as the server stores it: composed, tags stripped, entities decoded, LF as line end."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    if "<" in text:
        text = _TAG.sub("", _WITH_CONTENT.sub("", text))
    return html.unescape(text) if "&" in text else text


def markdown(text: str) -> str:
    """Return a note as the server stores it: tags stripped, the rest of the mark-up as entities, also in code."""
    bare = _TAG.sub("", _WITH_CONTENT.sub("", unicodedata.normalize("NFC", text).replace("\r\n", "\n")))
    return html.escape(html.unescape(bare)).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")


def unicode_problems(text: str) -> Iterator[str]:
    """Yield what makes the server refuse a whole request: control, invisible and piled-up characters."""
    if _CONTROL.search(text):
        yield "must not hold control characters"
    if text.isascii():
        return  # the others are all beyond ASCII
    if _INVISIBLE.search(text.replace(_EMOJI_JOINER, "")):
        yield "must not hold zero-width, bidirectional or other invisible characters"
    if _COMBINING.search(unicodedata.normalize("NFC", text)):
        yield "must not hold three combining marks in a row"


def filter_problems(text: str, limit: Optional[int] = None) -> Iterator[str]:
    """Yield why the server would refuse a text: too long, or what looks like script or a template."""
    if limit is not None and len(text) > limit:
        yield "has %d characters; this server takes %d" % (len(text), limit)
    yield from unicode_problems(text)
    found = _DANGEROUS.search(text) or _TEMPLATE.search(text)
    if found:
        yield "the server's text filter would refuse %r: reword it" % found.group(0)[:40]
