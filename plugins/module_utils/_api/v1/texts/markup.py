# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v1: the tags and attributes that the server keeps in notes, and its form of links. Pure."""

from __future__ import annotations

import re
from typing import Dict, List, Mapping, Optional, Pattern, Sequence, Tuple
from urllib.parse import quote, unquote_to_bytes

Attributes = Sequence[Tuple[str, str]]

_ANY = re.compile("", re.DOTALL)
_WHOLE = re.compile(r"[0-9]+\Z")
_SIZE = re.compile(r"[0-9]+%?\Z")
_WORDS = re.compile(r"[\s\w-]+\Z")
_PHRASE = re.compile(r"[\w\s\-',\[\]!./\\()]*\Z")
_ALIGN = re.compile(r"(?:center|justify|left|right|char)\Z", re.IGNORECASE)
_VERTICAL = re.compile(r"(?:baseline|bottom|middle|top)\Z", re.IGNORECASE)
_IMAGE = re.compile(r"(?:left|right|top|texttop|middle|absmiddle|baseline|bottom|absbottom)\Z", re.IGNORECASE)
_SCOPE = re.compile(r".*?(?:row|col)(?:group)?", re.IGNORECASE | re.DOTALL)

#: Elements that are also kept without an attribute.
BARE = frozenset(
    (
        *("h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "div", "strong", "em", "del", "code", "pre"),
        *("ul", "ol", "li", "blockquote", "span", "svg"),
        *("table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"),
    )
)
_ANYWHERE = frozenset(("class", "id", "title", "style", "data-line", "data-sourcepos"))
_DRAWN = dict.fromkeys(("fill", "stroke", "stroke-width", "transform"), _ANY)
_COLUMN = {"align": _ALIGN, "height": _SIZE, "width": _SIZE, "span": _WHOLE, "valign": _VERTICAL}
_ROW = {"align": _ALIGN, "valign": _VERTICAL}
_CELL = {
    **_ROW,
    "abbr": _PHRASE,
    "colspan": _WHOLE,
    "rowspan": _WHOLE,
    "headers": _WORDS,
    "height": _SIZE,
    "width": _SIZE,
    "scope": _SCOPE,
    "nowrap": _ANY,
}


def _free(*names: str) -> Dict[str, Pattern[str]]:
    return dict.fromkeys(names, _ANY)


#: Element -> its own attributes, each with the pattern of its value.
_ELEMENTS: Mapping[str, Mapping[str, Pattern[str]]] = {
    **{name: {} for name in BARE},
    "a": {**_free("href"), "target": re.compile(r"_(?:blank|self|parent|top)\Z"), "rel": re.compile(r"[a-zA-Z\s-]+\Z")},
    "img": {**_free("src", "alt", "title", "width", "height"), "align": _IMAGE},
    "input": {**_free("checked", "disabled"), "type": re.compile(r"checkbox\Z")},
    "table": {"height": _SIZE, "width": _SIZE, "summary": _PHRASE},
    **dict.fromkeys(("col", "colgroup"), _COLUMN),
    **dict.fromkeys(("thead", "tr", "tbody", "tfoot"), _ROW),
    **dict.fromkeys(("td", "th"), _CELL),
    "svg": {**_DRAWN, **_free("viewbox", "xmlns", "width", "height")},
    "path": {**_DRAWN, **_free("d")},
    "g": _DRAWN,
    "rect": {**_DRAWN, **_free("x", "y", "width", "height")},
    "circle": {**_DRAWN, **_free("cx", "cy", "r")},
    "line": {**_DRAWN, **_free("x1", "y1", "x2", "y2")},
    "polygon": {**_DRAWN, **_free("points")},
    **{name: {**_DRAWN, **_free("x", "y")} for name in ("text", "tspan")},
}


def kept_attributes(name: str, attributes: Attributes) -> Optional[List[Tuple[str, str]]]:
    """Return the attributes of an element that the server keeps; None if it removes the element."""
    own = _ELEMENTS.get(name)
    if own is None:
        return None
    kept = [(n, v) for n, v in attributes if (n in own and own[n].match(v)) or n in _ANYWHERE]
    if name in ("a", "img"):
        address = "href" if name == "a" else "src"
        links = [(n, kept_address(v) if n == address else v) for n, v in kept]
        kept = [(n, v) for n, v in links if v is not None]
    return _not_followed(kept) if name == "a" else kept


def _not_followed(kept: List[Tuple[str, str]]) -> List[Tuple[str, str]]:
    """Return the attributes of a link with the words ``nofollow`` and, for a new window, ``noopener``."""
    found = dict(kept)
    if "href" not in found:
        return kept
    words = ["nofollow"] + (["noopener"] if found.get("target") == "_blank" else [])
    found.setdefault("rel", "")
    for word in words:
        if word not in found["rel"]:
            found["rel"] = (found["rel"] + " " + word).lstrip()
    return list(found.items())


# ------------------------------------------------------------------------------------------------- addresses
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BROKEN = re.compile(r"%(?![0-9a-fA-F]{2})")
_PATH = re.compile(r"[\w!$&'()*+,./:;=@\[\]~%-]*\Z", re.ASCII)
_FRAGMENT = re.compile(r"[\w!$&'()*+,./:;=@\[\]~%?-]*\Z", re.ASCII)
_SAFE = "$&+,/:;=@~"
_HOST = re.compile(r"(?:[^\x00-\x20\"<>%\\^`{|}/?#@]|%[0-9a-fA-F]{2})*\Z")
_PORT = re.compile(r"[^:]*(?::[0-9]*)?\Z")


def kept_address(text: str) -> Optional[str]:
    """Return a link as the server writes it; None for one that it removes, such as ``javascript:``."""
    text = text.strip()
    if any(blank in text for blank in " \t\n") or _CONTROL.search(text):
        return None
    scheme = _SCHEME.match(text)
    word = scheme.group(1).lower() if scheme else ""
    if scheme and word not in ("http", "https", "mailto"):
        return None
    rest = text[scheme.end() :] if scheme else text
    if text.startswith(":") or (not scheme and ":" in re.split("[/?#]", rest, maxsplit=1)[0]):
        return None
    rest, _sign, fragment = rest.partition("#")
    rest, mark, query = rest.partition("?")
    if _BROKEN.search(fragment):
        return None
    tail = mark + query + ("#" + _quoted(fragment, _FRAGMENT, _SAFE + "?!()*") if fragment else "")
    if scheme and not rest.startswith("/"):  # an address of mail has no parts
        return "%s:%s%s" % (word, rest, tail) if rest or tail else None
    host = ""
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        rest = slash + path
        user, _at, place = host.rpartition("@")
        if not _HOST.match(user) or not _HOST.match(place) or not _PORT.match(place):
            return None
        host = "//" + host
    if _BROKEN.search(rest):
        return None
    found = (word + ":" if word else "") + host + _quoted(rest, _PATH, _SAFE) + tail
    return found or None


def _quoted(text: str, valid: Pattern[str], safe: str) -> str:
    """Return a part of an address: unchanged if all of its characters are valid, else decoded and encoded again."""
    return text if valid.match(text) else quote(unquote_to_bytes(text), safe=safe)
