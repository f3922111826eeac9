# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v1: texts as the server stores them (V1-UNICODE, V1-TEXT). Pure, in linear time."""

from __future__ import annotations

import re
from typing import Any, Callable, Iterable, Iterator, List, NamedTuple

from ...._unicode import composed
from .html import EMPTY, END, GONE, RAW, START, TEXT, Token, tokens, unescape
from .markup import BARE, kept_attributes

#: Times that the server decodes entities before it removes tags, so that entities cannot hide a tag.
_LAYERS = 10

#: Elements that are removed with their content.
_WITH_CONTENT = frozenset(
    ("frame", "frameset", "iframe", "noembed", "noframes", "noscript", "nostyle", "object", "title")
)
_CODE = ("script", "style")
_ESCAPES = (("&", "&amp;"), ("'", "&#39;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&#34;"), ("\r", "&#13;"))
#: An address in angle brackets, as in Markdown; the brackets can be left out.
_LINK = re.compile(r"<((?:https?://|mailto:)[^\s<>\"']+)>", re.IGNORECASE)


class StoredText(NamedTuple):
    """A text as the server stores it, and whether it loses more than the spelling of entities.

    ``lossless_spelling``: a spelling of the text that loses nothing; "" if nothing is lost or there is none.
    """

    text: str
    is_reduced: bool = False
    lossless_spelling: str = ""


def composed_all(value: Any) -> Any:
    """Return a value with all texts in it composed, at any depth."""
    if isinstance(value, str):
        return composed(value)
    if isinstance(value, list):
        return [composed_all(member) for member in value]
    return {k: composed_all(member) for k, member in value.items()} if isinstance(value, dict) else value


def plain(text: str) -> str:
    """Return a plain text as the server stores it: composed, entities decoded, without tags, with LF as line end."""
    text = _decoded(text)
    if not text.strip():
        return text
    return _lines(text) if "<" not in text else "".join(p.written for p in _pieces(tokens(text), _plain_piece))


def markdown(text: str) -> str:
    """Return a note as the server stores it: with harmless tags only, and with entities for characters of mark-up."""
    text = composed(text)
    return text if not text.strip() else "".join(p.written for p in _pieces(tokens(text), _Note().written))


def stored_plain(text: str) -> StoredText:
    """Return the stored form of a plain text. In the lossless spelling a blank follows each ``<``."""
    if "<" not in _decoded(text):
        return StoredText(plain(text))
    pieces = list(_pieces(tokens(_decoded(text)), _plain_piece))
    kept = "".join(piece.written for piece in pieces)
    if not any(piece.is_reduced for piece in pieces):
        return StoredText(kept)
    respelled = "".join(_respelled(piece, "< ") for piece in pieces)
    return StoredText(kept, True, respelled if plain(respelled) == _lines(respelled) else "")


def stored_markdown(text: str) -> StoredText:
    """Return the stored form of a note. The lossless spelling has ``&lt;`` in place of ``<``."""
    pieces = list(_pieces(tokens(composed(text)), _Note().written))
    kept = markdown(text)
    if not any(piece.is_reduced for piece in pieces):
        return StoredText(kept)
    respelled = "".join(_respelled(piece, "&lt;") for piece in pieces)
    again = _pieces(tokens(respelled), _Note().written)
    return StoredText(kept, True, "" if any(piece.is_reduced for piece in again) else respelled)


# ---------------------------------------------------------------------------------------------------- pieces
class _Piece(NamedTuple):
    """A piece of a text: its token, the server's form of it, and whether a part of it is lost."""

    token: Token
    written: str
    is_reduced: bool


def _pieces(found: Iterable[Token], write: Callable[[Token], str]) -> Iterator[_Piece]:
    """Yield all pieces with their stored form, which is empty in elements that are removed with their content."""
    started, depth, skipped = "", 0, False
    for token in found:
        written = ""
        if token.kind in (TEXT, RAW):
            written = "" if skipped or started in _CODE else write(token)
            yield _Piece(token, written, not written)
            continue
        if token.kind == START:
            started = token.data
        elif token.kind == END and started == token.data:
            started = ""
        if token.kind != GONE and token.data in _WITH_CONTENT:
            if token.kind == START:
                skipped, depth = True, depth + 1
            elif token.kind == END:
                depth -= 1
                skipped = skipped and depth != 0
        elif token.kind != GONE and token.data not in _CODE:
            found_tag = write(token)
            written = "" if skipped else found_tag
        yield _Piece(token, written, not written or any(' %s="' % n not in written for n, _value in token.attributes))


def _plain_piece(token: Token) -> str:
    return _lines(token.data) if token.kind in (TEXT, RAW) else ""


def _respelled(piece: _Piece, sign: str) -> str:
    """Return a piece in a lossless spelling: a removed tag with ``sign`` for ``<``, an address without ``<>``."""
    source = piece.token.source
    if not piece.is_reduced:
        return source
    link = _LINK.fullmatch(source)
    return link.group(1) if link else source.replace("<", sign)


class _Note:
    """The pieces of one note, in their order: with a start tag its end tag is removed too."""

    def __init__(self) -> None:
        self._dropped: List[str] = []

    def written(self, token: Token) -> str:
        """Return a text or a tag as the server stores it; "" for a tag that it removes."""
        if token.kind in (TEXT, RAW):
            found = _lines(token.data)
            return _escaped(found if token.kind == RAW else unescape(found))
        return self._end(token) if token.kind == END else self._start(token)

    def _end(self, tag: Token) -> str:
        if self._dropped and self._dropped[-1] == tag.data:
            self._dropped.pop()
            return ""
        return "</%s>" % tag.data if kept_attributes(tag.data, ()) is not None else ""

    def _start(self, tag: Token) -> str:
        attributes = kept_attributes(tag.data, tag.attributes)
        if attributes is None:
            return ""
        if not attributes and tag.data not in BARE:
            if tag.kind == START:
                self._dropped.append(tag.data)
            return ""
        shown = "".join(' %s="%s"' % (name, _escaped(value)) for name, value in attributes)
        return "<%s%s%s>" % (tag.data, shown, "/" if tag.kind == EMPTY else "")


def _decoded(text: str) -> str:
    """Return a text, composed and without entities."""
    text = composed(text)
    for _layer in range(_LAYERS if "&" in text else 0):
        decoded = unescape(text)
        if decoded == text:
            break
        text = decoded
    return text


def _escaped(text: str) -> str:
    for sign, entity in _ESCAPES:  # several times faster than str.translate
        text = text.replace(sign, entity)
    return text


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
