# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v1: the members of a cell that the schema of PUT accepts (V1-CELLS).

Any other member of a cell may hold anything. A *taker* returns the accepted part of a value, or ``REFUSED``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Callable, Optional, Sequence

Taker = Callable[[Any], Any]


class _Refused:
    def __repr__(self) -> str:
        return "REFUSED"


REFUSED: Any = _Refused()

#: Words for the routing of a flow -> words of the schema; the first is X6's own word, which PUT refuses.
ROUTERS = {"oneSide": "one_side", **{w: w for w in ("normal", "orth", "one_side", "manhattan", "metro", "er")}}


def _any(value: Any) -> Any:
    return value


def _number(least: Optional[float] = None, most: Optional[float] = None) -> Taker:
    def take(value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return REFUSED
        fits = (least is None or value >= least) and (most is None or value <= most)
        return value if fits else REFUSED

    return take


def _text(pattern: str, limit: int, nullable: bool = False) -> Taker:
    whole = re.compile(pattern)

    def take(value: Any) -> Any:
        if value is None:
            return None if nullable else REFUSED
        return value if isinstance(value, str) and len(value) <= limit and whole.fullmatch(value) else REFUSED

    return take


def _word(words: Mapping[str, str]) -> Taker:
    return lambda value: words.get(value, REFUSED) if isinstance(value, str) else REFUSED


def _words(*words: str) -> Taker:
    return _word({word: word for word in words})


def _flag(value: Any) -> Any:
    return value if isinstance(value, bool) else REFUSED


def _either(*takers: Taker) -> Taker:
    return lambda value: next((kept for kept in (take(value) for take in takers) if kept is not REFUSED), REFUSED)


def _closed(known: Mapping[str, Taker], needs: Sequence[str] = ()) -> Taker:
    def take(value: Any) -> Any:
        if not isinstance(value, Mapping):
            return REFUSED
        found = {name: known[name](part) for name, part in value.items() if name in known}
        found = {name: part for name, part in found.items() if part is not REFUSED}
        return found if all(name in found for name in needs) else REFUSED

    return take


def _each(take_one: Taker) -> Taker:
    def take(value: Any) -> Any:
        if not isinstance(value, (list, tuple)):
            return REFUSED
        return [kept for kept in map(take_one, value) if kept is not REFUSED]

    return take


_COLOUR = _text(r"#[0-9a-fA-F]*|rgb\( *[0-9]+ *, *[0-9]+ *, *[0-9]+ *\)|[a-z]+", 32)
#: The schema is meant to accept decimals too, but requires a backslash before the point.
_DASHES = _text(r"|[0-9]+(,[0-9]+)*", 64, nullable=True)
_FONT = _text(r"[a-zA-Z0-9 ,'-]*", 64)
_LENGTH = _either(_number(), _text(r"\d+%", 64))
_POINT = _closed({"x": _number(), "y": _number()}, ("x", "y"))
_LINE = {"stroke": _COLOUR, "strokeWidth": _number(0), "strokeDasharray": _DASHES}
_FLAGS = ("absoluteDistance", "absoluteOffset", "ensureLegibility", "keepGradient", "reverseDistance")

_BODY = {
    **_LINE,
    "fill": _COLOUR,
    "fillOpacity": _number(0, 1),
    "lateral": _number(),
    "rx": _number(0),
    "ry": _number(0),
    "refWidth": _LENGTH,
    "refHeight": _LENGTH,
}
#: Any label is accepted here: the rules refuse a wrong one, so that no words of people are dropped.
_LABEL_TEXT = {"text": _any, "fill": _COLOUR, "fontFamily": _FONT, "fontSize": _number(1)}
_TEXT = {
    **_LABEL_TEXT,
    **dict.fromkeys(("refX", "refY", "refX2", "refY2"), _LENGTH),
    "refDx": _number(),
    "refDy": _number(),
    "textAnchor": _words("start", "middle", "end"),
    "textVerticalAnchor": _words("top", "middle", "bottom"),
}
_MARKER = _closed({"name": _words("classic", "block", "diamond", "circle"), "size": _number(1)})
_PLACE = _either(
    _number(),
    _closed(
        {
            "distance": _number(),
            "angle": _number(),
            "offset": _either(_number(), _closed({"x": _number(), "y": _number()})),
            "options": _closed(dict.fromkeys(_FLAGS, _flag)),
        },
        ("distance",),
    ),
)
_LABEL = _closed({"attrs": _closed({"text": _closed(_LABEL_TEXT)}), "position": _PLACE})
_END = _closed({"cell": _any, "port": _text(r"[^\x00-\x1f]*", 64, nullable=True)})


def _named(words: Mapping[str, str]) -> Taker:
    """Accept a word, or ``{name, args}``."""
    named = _closed({"name": _word(words), "args": lambda v: v if isinstance(v, Mapping) else REFUSED}, ("name",))
    return _either(_word(words), named)


_DATA_OWN: Mapping[str, Taker] = {"security_boundary": _flag, "_metadata": _each(_closed({"key": _any, "value": _any}))}


def _data(value: Any) -> Any:
    """Accept ``data``: only the members that the server itself knows are checked."""
    if not isinstance(value, Mapping):
        return REFUSED
    found = {name: _DATA_OWN[name](part) if name in _DATA_OWN else part for name, part in value.items()}
    return {name: part for name, part in found.items() if part is not REFUSED}


#: Kind of a cell -> its members that are checked.
MEMBERS: Mapping[str, Mapping[str, Taker]] = {
    "node": {
        "angle": _number(),
        "attrs": _closed({"body": _closed(_BODY), "text": _closed(_TEXT)}),
        "children": _each(_any),
        "data": _data,
        "parent": _any,
        "ports": _closed({"groups": _any, "items": _any}),
        "position": _POINT,
        "size": _closed({"width": _number(), "height": _number()}, ("width", "height")),
        **dict.fromkeys(("x", "y", "width", "height"), _number()),
    },
    "flow": {
        "attrs": _closed({"line": _closed({**_LINE, "sourceMarker": _MARKER, "targetMarker": _MARKER})}),
        "connector": _named({word: word for word in ("normal", "rounded", "smooth", "jumpover")}),
        "data": _data,
        "defaultLabel": _LABEL,
        "labels": _each(_LABEL),
        "router": _named(ROUTERS),
        "source": _END,
        "target": _END,
        "vertices": _each(_POINT),
    },
}
