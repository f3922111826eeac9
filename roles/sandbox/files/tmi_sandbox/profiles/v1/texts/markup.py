# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parses mark-up as HTML tokenizers do, and keeps only harmless mark-up (V1-TEXT).

A tag is found by its beginning: `a < b` is text, but `a <b` is a tag that never ends and includes everything after it.
"""

from __future__ import annotations

import html
import html.entities
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

BLANK = " \n\r\t\f"
OPENING = re.compile("<(?=[A-Za-z/!?])")
COMMENT = re.compile(r"-?>|.*?--!?>", re.DOTALL)
TAG_NAME = re.compile(rf"[^{BLANK}/>]*")
KEY = re.compile(rf"=?[^{BLANK}/>=]*")
BARE_VALUE = re.compile(rf"[^{BLANK}>]*")
SPACE = re.compile(rf"[{BLANK}]*")
ENTITY = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|([A-Za-z0-9]+;?)(=?))")
#: The content of these is text up to their end tag, whatever it looks like.
RAW = frozenset(
    ("iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "textarea", "title", "xmp")
)
RAW_WITH_ENTITIES = ("textarea", "title")
WITHOUT_CONTENT = frozenset(
    ("frame", "frameset", "iframe", "noembed", "noframes", "noscript", "nostyle", "object", "title")
)
NEVER = ("script", "style")

# ---------------------------------------------------------------------------------------------- elements of notes
_SHAPES = ("svg", "path", "g", "rect", "circle", "line", "polygon", "text", "tspan")
_PERCENT, _WHOLE = re.compile(r"[0-9]+%?"), re.compile("[0-9]+")
_WORDS, _SENTENCE = re.compile(r"[\s\w-]+"), re.compile(r"[\s\w',\[\]!./\\()-]*")
_CELL, _UPRIGHT = re.compile("(?i)center|justify|left|right|char"), re.compile("(?i)baseline|bottom|middle|top")
_IMAGE = re.compile("(?i)left|right|top|texttop|middle|absmiddle|baseline|bottom|absbottom")
_ALL = re.compile(r"[\s\S]*")
_SIZE = dict.fromkeys(("height", "width"), _PERCENT)
_ALIGNED = {"align": _CELL, "valign": _UPRIGHT}
_COLUMN = {**_SIZE, **_ALIGNED, "span": _WHOLE}
_TABLE_CELL = {
    **_SIZE,
    **_ALIGNED,
    **dict.fromkeys(("colspan", "rowspan"), _WHOLE),
    "abbr": _SENTENCE,
    "headers": _WORDS,
    "scope": re.compile(r"(?i)[\s\S]*(?:row|col)[\s\S]*"),
    "nowrap": _ALL,
}
_LOOKS = dict.fromkeys(("fill", "stroke", "stroke-width", "transform"), _ALL)
_OF_SHAPES = {
    "svg": ("viewbox", "xmlns", "width", "height"),
    "path": ("d",),
    "rect": ("x", "y", "width", "height"),
    "circle": ("cx", "cy", "r"),
    "line": ("x1", "y1", "x2", "y2"),
    "polygon": ("points",),
    **dict.fromkeys(("text", "tspan"), ("x", "y")),
}
ANYWHERE = dict.fromkeys(("class", "id", "title", "style", "data-line", "data-sourcepos"), _ALL)
Rules = dict[str, re.Pattern[str]]
#: Allowed elements of a note, each with its own attributes.
KEPT: dict[str, Rules] = {
    **{
        name: {}
        for name in (
            *("h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "span", "div", "strong", "em", "del", "code", "pre"),
            *("ul", "ol", "li", "blockquote", "caption"),
        )
    },
    "a": {
        "href": _ALL,
        "target": re.compile("_(blank|self|parent|top)"),
        "rel": re.compile(r"[a-zA-Z\s-]+"),
    },
    "img": {**dict.fromkeys(("src", "alt", "title", "width", "height"), _ALL), "align": _IMAGE},
    "input": {"type": re.compile("checkbox"), "checked": _ALL, "disabled": _ALL},
    "table": {**_SIZE, "summary": _SENTENCE},
    **dict.fromkeys(("col", "colgroup"), _COLUMN),
    **dict.fromkeys(("thead", "tr", "tbody", "tfoot"), _ALIGNED),
    **dict.fromkeys(("td", "th"), _TABLE_CELL),
    **{name: {**_LOOKS, **dict.fromkeys(_OF_SHAPES.get(name, ()), _ALL)} for name in _SHAPES},
}
#: These are removed with their end tags if they have no attributes left.
ONLY_WITH_ATTRIBUTES = frozenset(("a", "img", "input", *_SHAPES)) - {"svg"}
LINKS = {"a": "href", "img": "src", "input": "", "blockquote": "cite", "del": "cite"}
SCHEMES = ("mailto", "http", "https")
UNFIT_ADDRESS = re.compile(r"[\x00-\x20\x7f]|%(?![0-9a-fA-F]{2})")
SAFE = "/!$&'()*+,;=:@[]%-._~"
SCHEME = re.compile("([A-Za-z][A-Za-z0-9+.-]*):")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of mark-up: `kind` is `text`, `start`, `end` or `alone` (an element without content, like `<br/>`)."""

    kind: str
    data: str
    attributes: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """Return the piece in written form."""
        if self.kind == "text":
            return escaped(self.data)
        if self.kind == "end":
            return f"</{self.data}>"
        given = "".join(f' {name}="{escaped(value)}"' for name, value in self.attributes)
        return f"<{self.data}{given}{'/' if self.kind == 'alone' else ''}>"


def escaped(value: str) -> str:
    """Return a text with its characters of mark-up encoded."""
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return value.replace("'", "&#39;").replace('"', "&#34;")


# ---------------------------------------------------------------------------------------------- parsing
def tokens(value: str) -> Iterator[Token]:
    """Yield the pieces of a text, without comments. A tag that never ends is not a piece, and nothing follows it."""
    at = start = 0
    while (found := OPENING.search(value, at)) is not None:
        at = found.start()
        end, token = _markup(value, at)
        if end is None:
            at += 2
            continue
        yield from _text(value[start:at])
        if token is not None:
            yield token
        at = start = end
        if token is not None and token.kind != "end" and token.data in RAW:
            at = start = _end_of_raw(value, end, token.data)
            if start > end:
                raw = value[end:start]
                yield Token("text", html.unescape(raw) if token.data in RAW_WITH_ENTITIES else raw)
    yield from _text(value[start:])


def _text(value: str) -> Iterator[Token]:
    if value:
        yield Token("text", html.unescape(value))


def _end_of_raw(value: str, at: int, name: str) -> int:
    if name == "plaintext":
        return len(value)
    found = re.compile(rf"</{name}(?=[{BLANK}/>])", re.IGNORECASE).search(value, at)
    return found.start() if found else len(value)


def _markup(value: str, at: int) -> tuple[int | None, Token | None]:
    """Return the end of a tag, comment or declaration, and its token. The end is None if it is only text."""
    kind = value[at + 1]
    if kind == "/":
        following = value[at + 2 : at + 3]
        if not following:
            return None, None
        if following.isascii() and following.isalpha():
            end, token = _tag(value, at + 2, "end")
            return end, token
        return _after(value, ">", at + 2), None
    if kind == "!" and value.startswith("--", at + 2):
        found = COMMENT.match(value, at + 4)
        return (found.end() if found else len(value)), None
    if kind in "!?":
        return _after(value, ">", at + 2), None
    return _tag(value, at + 1, "start")


def _after(value: str, mark: str, at: int) -> int:
    found = value.find(mark, at)
    return len(value) if found < 0 else found + 1


def _tag(value: str, at: int, kind: str) -> tuple[int, Token | None]:
    """Return the end of a tag and its token, or None if it does not end. The first of equal attributes counts."""
    name = TAG_NAME.match(value, at)
    assert name is not None
    attributes: dict[str, str] = {}
    last_value_end = -1
    at = _skip(value, name.end())
    while at < len(value) and value[at] != ">":
        key = KEY.match(value, at)
        assert key is not None
        at, given, value_end = _value(value, key.end())
        if key[0] and key[0].lower() not in attributes:
            attributes[key[0].lower()] = given
            last_value_end = value_end
        at = _skip(value, at)
    if at >= len(value):
        return len(value), None
    if kind == "start" and value[at - 1] == "/" and last_value_end != at:
        kind = "alone"
    pairs = tuple((key, _attribute_text(one)) for key, one in attributes.items()) if kind != "end" else ()
    return at + 1, Token(kind, name[0].lower(), pairs)


def _skip(value: str, at: int) -> int:
    found = SPACE.match(value, at)
    assert found is not None
    return found.end()


def _value(value: str, at: int) -> tuple[int, str, int]:
    """Return the end of an attribute's value, the value, and the end of its text."""
    start, at = at, _skip(value, at)
    mark = value[at : at + 1]
    if mark == "/":
        return at + 1, "", start
    if mark != "=":
        return at, "", start
    at = _skip(value, at + 1)
    quote = value[at : at + 1]
    if quote == ">" or not quote:
        return at, "", start
    if quote in "'\"":
        end = value.find(quote, at + 1)
        return (len(value), "", len(value)) if end < 0 else (end + 1, value[at + 1 : end], end)
    bare = BARE_VALUE.match(value, at)
    assert bare is not None
    return bare.end(), bare[0], bare.end()


def _attribute_text(value: str) -> str:
    """Return the value of an attribute with decoded entities. An entity that continues as a word is not decoded."""

    def decoded(found: re.Match[str]) -> str:
        name = found[1]
        if name is None:
            return html.unescape(found[0])
        if name not in html.entities.html5 or (found[2] and not name.endswith(";")):
            return found[0]
        return html.entities.html5[name] + found[2]

    return ENTITY.sub(decoded, value) if "&" in value else value


# ---------------------------------------------------------------------------------------------- remaining mark-up
def without(value: str) -> str:
    """Return a text without mark-up and without the content of elements such as frames."""
    return "".join(token.data for token in _shown(value, {}))


def harmless(value: str) -> str:
    """Return mark-up with allowed elements of a note only, and with encoded text."""
    return "".join(map(str, _shown(value, KEPT)))


def _shown(value: str, kept: dict[str, Rules]) -> Iterator[Token]:
    """Yield the remaining mark-up. An end tag is removed if its start tag lost all its attributes."""
    latest, quiet = "", _Silence()
    gone: list[str] = []
    for token in tokens(value):
        if token.kind == "start":
            latest = token.data
        elif token.kind == "end" and latest == token.data:
            latest = ""
        shown: Token | None = token
        if token.kind == "text":
            shown = None if latest in NEVER else token
        elif token.data in NEVER:
            shown = None
        elif token.kind == "end" and gone[-1:] == [token.data]:
            gone.pop()
            shown = None
        elif token.data not in kept:
            quiet.heed(token)
            shown = None
        elif token.kind != "end":
            shown = Token(token.kind, token.data, _attributes(token, kept[token.data]))
            if not shown.attributes and token.data in ONLY_WITH_ATTRIBUTES:
                gone += [token.data] if token.kind == "start" else []
                shown = None
        if shown is not None and not quiet.on:
            yield shown


class _Silence:
    """Whether pieces are inside an element that is removed with its content."""

    def __init__(self) -> None:
        self.on, self._depth = False, 0

    def heed(self, token: Token) -> None:
        """Process the tag of an element that is not kept."""
        if token.data not in WITHOUT_CONTENT or token.kind == "alone":
            return
        self._depth += 1 if token.kind == "start" else -1
        self.on = token.kind == "start" or (self.on and self._depth != 0)


def _attributes(token: Token, own: Rules) -> tuple[tuple[str, str], ...]:
    """Return the allowed attributes. Links get `rel` words for search engines and openers."""
    left = {
        name: value
        for name, value in token.attributes
        if name in ANYWHERE or (name in own and own[name].fullmatch(value))
    }
    link = LINKS.get(token.data)
    if link in left:
        address = _address(left[link])
        if address is None:
            del left[link]
        else:
            left[link] = address
    if token.data == "a" and "href" in left:
        words = ["nofollow"] + (["noopener"] if left.get("target") == "_blank" else [])
        for word in words:
            if word not in left.get("rel", ""):
                left["rel"] = f"{left['rel']} {word}" if "rel" in left else word
    return tuple(left.items())


def _address(value: str) -> str | None:
    """Return an address with a harmless scheme or a relative address, otherwise None."""
    value = value.strip()
    if not value or UNFIT_ADDRESS.search(value):
        return None
    scheme = SCHEME.match(value)
    if scheme is not None:
        if scheme[1].lower() not in SCHEMES:
            return None
        value = scheme[1].lower() + value[scheme.end(1) :]
    elif ":" in value.partition("/")[0].partition("?")[0].partition("#")[0]:
        return None
    return _encoded(value)


def _encoded(value: str) -> str | None:
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    return parts._replace(path=quote(parts.path, safe=SAFE), fragment=quote(parts.fragment, safe=SAFE)).geturl()
