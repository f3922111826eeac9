# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v1: splits a text into tags, entities and plain text as the server does. Pure, in linear time.

The server uses the tokenizer of Go, which follows the HTML standard: a tag begins with ``<`` and a letter, ``/``, ``!``
or ``?``, with any name, and extends to the end of the text if nothing closes it. ``a < b`` and ``->`` are no tags.
"""

from __future__ import annotations

import re
from html.entities import html5
from typing import Dict, Iterator, NamedTuple, Pattern, Tuple

#: Kinds of tokens: ``RAW`` is text without entities; ``EMPTY`` a tag that ends in ``/>``; ``GONE`` everything else:
#: comments and the like, and a tag that nothing closes.
TEXT, RAW, START, END, EMPTY, GONE = "text", "raw", "start", "end", "empty", "gone"

#: Elements with only text up to their end tag.
_RAW = ("iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "textarea", "title", "xmp")

#: Those of them in which entities are decoded.
_DECODED = ("textarea", "title")

_OPENING = re.compile(r"<[a-zA-Z/!?]")
_BLANKS = re.compile(r"[ \n\r\t\f]*")
_NAME = re.compile(r"[^ \n\r\t\f/>]*")
_ATTRIBUTE = re.compile(r"=?[^ \n\r\t\f/>=]*")
_UNQUOTED = re.compile(r"[^ \n\r\t\f>]*")
_COMMENT_END = re.compile(r"--!?>")
_UPPER = {ord(letter): ord(letter.lower()) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}

_ENTITY = re.compile(r"&(?:#([xX][0-9a-fA-F]+|[0-9]+);?|([a-zA-Z0-9]+;?))")
_LONGEST = 6  #: letters of the longest entity that needs no semicolon
_WINDOWS = bytes(range(0x80, 0xA0)).decode("cp1252", "replace")


class Token(NamedTuple):
    """A piece of a text, ``source``. ``data``: the same; for a tag, its name in lower case."""

    kind: str
    data: str
    source: str
    attributes: Tuple[Tuple[str, str], ...] = ()


def unescape(text: str, attribute: bool = False) -> str:
    """Return a text with its entities decoded once; in an ``attribute``, ``&copy=1`` is not an entity."""
    if "&" not in text:
        return text

    def decoded(found: re.Match[str]) -> str:
        number, name = found.group(1), found.group(2)
        if number:
            return _character(number)
        if attribute and not name.endswith(";") and found.string[found.end() : found.end() + 1] == "=":
            return found.group(0)
        if name in html5:
            return html5[name]
        for length in () if attribute else range(min(len(name) - 1, _LONGEST), 1, -1):
            if name[:length] in html5:
                return html5[name[:length]] + name[length:]
        return found.group(0)

    return _ENTITY.sub(decoded, text)


def _character(number: str) -> str:
    digits, base = (number[1:], 16) if number[0] in "xX" else (number, 10)
    digits = digits.lstrip("0")
    code = int(digits or "0", base) if len(digits) <= 8 else 0x110000
    if 0x80 <= code <= 0x9F:
        found = _WINDOWS[code - 0x80]
        return chr(code) if found == "\ufffd" else found
    return "\ufffd" if code == 0 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF else chr(code)


def tokens(text: str) -> Iterator[Token]:
    """Yield all pieces of a text in their order."""
    at, start = 0, 0
    while True:
        found = _OPENING.search(text, at)
        if found is None or (text[found.end() - 1] == "/" and found.end() == len(text)):
            break
        if start < found.start():
            yield _piece(TEXT, text[start : found.start()])
        letter = text[found.end() - 1]
        if letter in "!?" or (letter == "/" and not _is_letter(text[found.end()])):
            start = at = _after_comment(text, found.start())
            yield _piece(GONE, text[found.start() : start])
            continue
        tag, start = _tag(text, found.start())
        yield tag
        if tag.kind in (START, EMPTY) and tag.data in _RAW:
            end = _raw_end(text, start, tag.data)
            if end > start:
                yield _piece(TEXT if tag.data in _DECODED else RAW, text[start:end])
            start = end
        at = start
    if start < len(text):
        yield _piece(TEXT, text[start:])


def _piece(kind: str, source: str) -> Token:
    return Token(kind, source, source)


def _is_letter(character: str) -> bool:
    return "a" <= character <= "z" or "A" <= character <= "Z"


def _after_comment(text: str, at: int) -> int:
    """Return the end of the comment, declaration or instruction that begins at ``at``."""
    if text.startswith("<!--", at):
        if text.startswith(("<!-->", "<!--->"), at):
            return text.index(">", at) + 1
        found = _COMMENT_END.search(text, at + 4)
        return found.end() if found else len(text)
    end = text.find(">", at)
    return end + 1 if end >= 0 else len(text)


def _tag(text: str, at: int) -> Tuple[Token, int]:
    """Return the tag that begins at ``at``, and its end; the whole rest if nothing closes it."""
    begin = at
    closing = text[at + 1] == "/"
    at += 2 if closing else 1
    end = _end(_NAME, text, at)
    name, at = text[at:end].translate(_UPPER), _end(_BLANKS, text, end)
    found: Dict[str, str] = {}
    last = -1
    while at < len(text) and text[at] != ">":
        end = _end(_ATTRIBUTE, text, at)
        key = text[at:end].translate(_UPPER)
        value, at, until = _value(text, end)
        if at > len(text):
            break
        if key and key not in found:
            found[key] = unescape(value.replace("\r\n", "\n").replace("\r", "\n"), True)
            last = until
        at = _end(_BLANKS, text, at)
    if at >= len(text):
        return _piece(GONE, text[begin:]), len(text)
    kind = END if closing else EMPTY if text[at - 1] == "/" and last != at else START
    return Token(kind, name, text[begin : at + 1], () if closing else tuple(found.items())), at + 1


def _value(text: str, at: int) -> Tuple[str, int, int]:
    """Return the value of an attribute with a name that ends at ``at``, where to continue, and its end."""
    nothing = at
    at = _end(_BLANKS, text, at)
    if text.startswith("/", at):
        return "", at + 1, nothing
    if not text.startswith("=", at):
        return "", at, nothing
    at = _end(_BLANKS, text, at + 1)
    quote = text[at : at + 1]
    if quote in ("'", '"'):
        end = text.find(quote, at + 1)
        return (text[at + 1 : end], end + 1, end) if end >= 0 else ("", len(text) + 1, nothing)
    if quote == ">":
        return "", at, nothing
    end = _end(_UNQUOTED, text, at)
    return text[at:end], end, end


def _end(pattern: Pattern[str], text: str, at: int) -> int:
    """Return the end of the match at ``at``; ``at`` if there is none."""
    found = pattern.match(text, at)
    return found.end() if found else at


# ------------------------------------------------------------------------------------------ elements of text
def _raw_end(text: str, at: int, name: str) -> int:
    """Return the end of the content of an element with only text: the beginning of its end tag."""
    if name == "plaintext":
        return len(text)
    if name == "script":
        return _script_end(text, at)
    found = re.compile("</%s[ \n\r\t\f/>]" % name, re.IGNORECASE | re.ASCII).search(text, at)
    return found.start() if found else len(text)


_SCRIPT = re.compile(r"<!--|--+>|</?script(?=[ \n\r\t\f/>])|<(?![a-zA-Z/])", re.IGNORECASE | re.ASCII)


def _script_end(text: str, at: int) -> int:
    """Return the end of a script; in a comment a further ``<script>`` hides one end tag."""
    depth = 0  # 1 in a comment, 2 in a script in it
    while True:
        found = _SCRIPT.search(text, at)
        if found is None:
            return len(text)
        word = found.group(0).lower()
        at = found.end()
        if word == "<!--" and depth == 0:
            depth, at = 1, at - 2
        elif word.endswith("->"):
            depth = 0
        elif word == "</script":
            if depth < 2:
                return found.start()
            depth = 1
        elif word == "<script":
            depth = 2 if depth else 0
        elif depth == 1:  # the server ends the comment here
            depth = 0
