# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of texts: enumerations in snake case, mark-up taken out, dangerous content refused (sections 0.1 and 5).

Mark-up is found as HTML tokenizers find it, by where a tag begins: `a < b` is text, `a <b` is a tag to the end.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

from .errors import invalid

Json = Any
ENUMERATIONS = frozenset(
    (
        *("change_type", "default_theme", "event_type", "grant_type", "object_type", "op", "permissions", "position"),
        *("principal_type", "refType", "role", "shape", "status", "subject_type", "token_type", "token_type_hint"),
        *("severity", "jump", "textAnchor", "textVerticalAnchor"),
    )
)
DANGEROUS = re.compile(
    r"<(?:script|iframe|object|embed|applet)|javascript:|on\w+\s*=|\{\{|\}\}|\$\{|<%|%>|#\{", re.IGNORECASE
)
TEMPLATE = re.compile(r"\{\{|\}\}|\$\{|<%|%>|#\{")

TAG = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<[!?][^>]*(?:>|\Z)"
    r"|<(/?)([A-Za-z][^\s/>]*)((?:[^>\"']|\"[^\"]*\"|'[^']*')*)(?:>|\Z)"
    r"|</?[A-Za-z].*\Z",
    re.DOTALL,
)
ATTRIBUTE = re.compile(r"([A-Za-z][\w:-]*)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+))?")
WITHOUT_CONTENT = frozenset(
    ("script", "style", "frame", "frameset", "iframe", "noembed", "noframes", "noscript", "object", "title")
)
SHAPES = frozenset(("svg", "path", "g", "rect", "circle", "line", "polygon", "text", "tspan"))
KEPT = SHAPES | frozenset(
    (
        *("h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "span", "div", "strong", "em", "del", "code", "pre"),
        *("ul", "ol", "li", "blockquote", "table", "caption", "colgroup", "col", "thead", "tbody", "tr", "th", "td"),
    )
)
KEPT_IF_ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "a": ("href", "target", "rel"),
    "img": ("src", "alt", "width", "height"),
    "input": ("type", "checked", "disabled"),
    **dict.fromkeys(SHAPES - {"svg"}, ()),
}
ANYWHERE = ("class", "id", "title", "style", "data-line", "data-sourcepos")
ON_SHAPES = (
    *("fill", "stroke", "stroke-width", "transform", "viewbox", "xmlns", "width", "height", "d", "x", "y"),
    *("cx", "cy", "r", "x1", "y1", "x2", "y2", "points"),
)
ADDRESS = re.compile(r"(?:https?:|mailto:)\S*\Z|[^:\s]+\Z|[^:\s]*[/?#]\S*\Z", re.IGNORECASE)


# ---------------------------------------------------------------------------------------------- enumerations
def snake(value: str) -> str:
    """Return an enumeration's value in snake case: "In Progress" is "in_progress", "oneSide" is "one_side"."""
    if value.islower() and value.split() == [value]:
        return value
    value = "_".join(value.split())
    return re.sub(r"(?<=[^_])(?:(?<=[a-z])[A-Z]|[A-Z](?=[a-z]))", r"_\g<0>", value).lower()


def normalised(value: Json) -> Json:
    """Put the values of enumerations in snake case, at any depth of a body, and return it."""
    if isinstance(value, dict):
        for name, one in value.items():
            if not isinstance(one, str):
                normalised(one)
            elif name in ENUMERATIONS:
                value[name] = snake(one)
    elif isinstance(value, list):
        for one in value:
            normalised(one)
    return value


# ---------------------------------------------------------------------------------------------- refusing
def refuse_dangerous(body: dict[str, Json]) -> dict[str, Json]:
    """Refuse a body with scripts, event handlers or template expressions in one of its texts (section 5.2)."""
    for name, value in body.items():
        if isinstance(value, str) and DANGEROUS.search(value):
            raise invalid(f"Field '{name}' contains potentially dangerous content")
    return body


def refuse_dangerous_value(value: str) -> str:
    """Refuse the same in a metadata value."""
    if DANGEROUS.search(value):
        token = TEMPLATE.search(value)
        kind = f"unsafe template expression pattern ({token[0]})" if token else "unsafe content"
        raise invalid(f"Field 'value' contains potentially {kind}")
    return value


# ---------------------------------------------------------------------------------------------- sanitising
def plain(value: str) -> str:
    """Return a plain text: entities decoded, then all mark-up taken out (section 5.1)."""
    if "&" in value:
        for _round in range(10):
            decoded = html.unescape(value)
            if decoded == value:
                break
            value = decoded
    if "<" in value:
        value = _without_tags(value, lambda text: text, lambda _closing, _name, _attributes: "")
    return value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value


def markdown(value: str) -> str:
    """Return the content of a note: harmless mark-up stays, other goes, and characters of mark-up are encoded."""
    return _without_tags(value, _encoded, _kept).replace("\r\n", "\n").replace("\r", "\n")


def _without_tags(value: str, text: Callable[[str], str], tag: Callable[[str, str, str], str]) -> str:
    """Rewrite texts and tags; elements like scripts go with what is in them, and an end tag with its start tag."""
    parts: list[str] = []
    gone: list[str] = []
    at, inside = 0, ""
    for found in TAG.finditer(value):
        if not inside:
            parts.append(text(value[at : found.start()]))
        at, name = found.end(), (found[2] or "").lower()
        if inside:
            inside = "" if found[1] and name == inside else inside
        elif name in WITHOUT_CONTENT:
            inside = "" if found[1] else name
        elif found[1] and gone[-1:] == [name]:
            gone.pop()
        elif name:
            parts.append(tag(found[1], name, found[3]))
            if not parts[-1] and not found[1] and name in KEPT_IF_ATTRIBUTES and not found[3].endswith("/"):
                gone.append(name)
    return "".join(parts) + ("" if inside else text(value[at:]))


def _encoded(value: str) -> str:
    value = html.unescape(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return value.replace("'", "&#39;").replace('"', "&#34;")


def _kept(closing: str, name: str, attributes: str) -> str:
    """Return a tag of a note with the attributes that are harmless, "" for one that goes."""
    if name not in KEPT and name not in KEPT_IF_ATTRIBUTES:
        return ""
    if closing:
        return f"</{name}>"
    allowed = ANYWHERE + KEPT_IF_ATTRIBUTES.get(name, ()) + (ON_SHAPES if name in SHAPES else ())
    given = {key.lower(): raw for key, raw in reversed(ATTRIBUTE.findall(attributes))}
    kept = {key: _encoded(raw.strip("\"'")) for key, raw in reversed(given.items()) if key in allowed}
    kept = {key: one for key, one in kept.items() if key not in ("href", "src") or ADDRESS.match(one)}
    if name in KEPT_IF_ATTRIBUTES and not kept:
        return ""
    if name == "a" and "href" in kept:
        words = ["nofollow", *(["noopener"] if kept.get("target") == "_blank" else [])]
        kept["rel"] = " ".join(dict.fromkeys([*kept.get("rel", "").split(), *words]))
    end = "/" if attributes.endswith("/") else ""
    return f"<{name}" + "".join(f' {key}="{one}"' for key, one in kept.items()) + f"{end}>"
