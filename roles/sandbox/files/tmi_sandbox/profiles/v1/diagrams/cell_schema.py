# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The schema for cells of a PUT (V1-CELLS).

A check returns nothing and raises a Problem. The error code of a real server depends on the schema in its text. If that
contains "pattern" or "format" and not "required", the code is `invalid_id` (V1-CODES).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .... import validation as v

Json = Any
Check = Callable[[Json], None]
OTHER, FORMAT = "invalid_input", "invalid_id"
NODES = ("actor", "process", "store", "security-boundary", "text-box")
EDGE = "flow"
UNCONTROLLED = r"[^\x00-\x1F]*"
COLOUR = r"#[0-9a-fA-F]*|rgb\( *[0-9]+ *, *[0-9]+ *, *[0-9]+ *\)|[a-z]+"
ROUTERS = ("normal", "orth", "one_side", "manhattan", "metro", "er")
CONNECTORS = ("normal", "rounded", "smooth", "jumpover")


# ---------------------------------------------------------------------------------------------- kinds of checks
def _wrong(value: Json, text: str, code: str) -> v.Problem:
    return v.Problem("Value is not nullable" if value is None else text, code=code)


def text(most: int, pattern: str = "", least: int = 0, nullable: bool = False) -> Check:
    """Accept strings."""
    match = re.compile(pattern, re.DOTALL).fullmatch if pattern else None
    code = FORMAT if pattern else OTHER

    def check(value: Json) -> None:
        if not isinstance(value, str):
            if value is None and nullable:
                return
            raise _wrong(value, "value must be a string", code)
        if not least <= len(value) <= most:
            bound = f"minimum string length is {least}" if len(value) < least else f"maximum string length is {most}"
            raise v.Problem(bound, code=code)
        if match is not None and not match(value):
            raise v.Problem(f'string doesn\'t match the regular expression "{pattern}"', code=code)

    return check


def choice(*allowed: str, code: str = OTHER) -> Check:
    """Accept one of these strings."""

    def check(value: Json) -> None:
        if not isinstance(value, str):
            raise _wrong(value, "value must be a string", code)
        if value not in allowed:
            raise v.Problem(f"value is not one of the allowed values {list(allowed)}", code=code)

    return check


def number(least: float | None = None, most: float | None = None, code: str = OTHER) -> Check:
    """Accept numbers."""

    def check(value: Json) -> None:
        if type(value) not in (int, float):
            raise _wrong(value, "value must be a number", code)
        if least is not None and value < least:
            raise v.Problem(f"number must be at least {least:g}", code=code)
        if most is not None and value > most:
            raise v.Problem(f"number must be at most {most:g}", code=code)

    return check


def boolean(value: Json) -> None:
    """Accept true and false."""
    if not isinstance(value, bool):
        raise _wrong(value, "value must be a boolean", OTHER)


def many(item: Check, most: int, least: int = 0, unique: bool = False, code: str = OTHER) -> Check:
    """Accept arrays."""

    def check(value: Json) -> None:
        if not isinstance(value, list):
            raise _wrong(value, "value must be an array", code)
        if not least <= len(value) <= most:
            bound = (
                f"minimum number of items is {least}" if len(value) < least else f"maximum number of items is {most}"
            )
            raise v.Problem(bound, code=code)
        for place, one in enumerate(value):
            try:
                item(one)
            except v.Problem as problem:
                raise problem.within(place) from None
        if unique and len(set(value)) < len(value):
            raise v.Problem("duplicate items found", code=code)

    return check


def record(members: dict[str, Check], required: tuple[str, ...] = (), closed: bool = True, code: str = OTHER) -> Check:
    """Accept objects. `required` members determine the code of all problems of the object itself."""
    code = OTHER if required else code

    def check(value: Json) -> None:
        if not isinstance(value, dict):
            raise _wrong(value, "value must be an object", code)
        for name, one in value.items():
            known = members.get(name)
            if known is None:
                if closed:
                    raise v.Problem(f'property "{name}" is unsupported', code=code)
                continue
            try:
                known(one)
            except v.Problem as problem:
                raise problem.within(name) from None
        for name in required:
            if name not in value:
                raise v.Problem(f'property "{name}" is missing', name, code=code)

    return check


def either(simple: Check, kind: type | tuple[type, ...], other: Check, code: str = OTHER) -> Check:
    """Accept a value that one of two schemas accepts. The first schema is for values of some types."""

    def check(value: Json) -> None:
        try:
            (simple if isinstance(value, kind) and not isinstance(value, bool) else other)(value)
        except v.Problem as problem:
            problem.code = code
            raise

    return check


def defaulted(check: Check) -> Check:
    """Accept null too, which the server replaces by the default (V1-DEFAULTS)."""
    return lambda value: None if value is None else check(value)


# ---------------------------------------------------------------------------------------------- the schema
NUMBER = number()
UUID = text(36, v.UUID.pattern)
PLACE = number(code=FORMAT)
PERCENT = either(NUMBER, (int, float), text(1000, r"\d+%"), FORMAT)
DASHES = text(64, r"|[0-9]+(\\.[0-9]+)?(,[0-9]+(\\.[0-9]+)?)*", nullable=True)
FILL = text(32, COLOUR)
LABEL = text(256, UNCONTROLLED)
FONT = text(64, "[a-zA-Z0-9 ,'-]*")
POINT = record({"x": NUMBER, "y": NUMBER}, ("x", "y"))
SIZE = record({"width": number(40), "height": number(30)}, ("width", "height"))
SIDE = choice("top", "right", "bottom", "left")
ENTRY = record({"key": text(256, "[a-zA-Z0-9_./:-]+", 1), "value": text(1024, least=1)}, ("key", "value"))

_DATA = record(
    {
        "_metadata": many(ENTRY, 100),
        "data_assets": many(UUID, 100, 1, unique=True, code=FORMAT),
        "security_boundary": defaulted(boolean),
    },
    closed=False,
    code=FORMAT,
)
_COMMON: dict[str, Check] = {"id": UUID, "data": defaulted(_DATA)}
_BODY = record(
    {
        **dict.fromkeys(("fill", "stroke"), FILL),
        **dict.fromkeys(("strokeWidth", "rx", "ry"), number(0)),
        **dict.fromkeys(("refWidth", "refHeight"), PERCENT),
        "strokeDasharray": DASHES,
        "lateral": NUMBER,
        "fillOpacity": number(0, 1),
    },
    code=FORMAT,
)
_LABEL_TEXT: dict[str, Check] = {"text": LABEL, "fontSize": number(1), "fill": FILL, "fontFamily": FONT}
_TEXT = record(
    {
        **_LABEL_TEXT,
        **dict.fromkeys(("refX", "refY", "refX2", "refY2"), PERCENT),
        **dict.fromkeys(("refDx", "refDy"), NUMBER),
        "textAnchor": choice("start", "middle", "end"),
        "textVerticalAnchor": choice("top", "middle", "bottom"),
    },
    code=FORMAT,
)
_ATTRS = record({}, closed=False)
_PORT = record(
    {"id": text(64, UNCONTROLLED), "group": text(32, UNCONTROLLED), "attrs": _ATTRS}, ("id", "group"), closed=False
)


def _groups(value: Json) -> None:
    group = record({"position": SIDE, "attrs": _ATTRS}, closed=False)
    record(dict.fromkeys(value, group) if isinstance(value, dict) else {})(value)


NODE = record(
    {
        **_COMMON,
        "angle": defaulted(NUMBER),
        "attrs": record({"body": _BODY, "text": _TEXT}, code=FORMAT),
        "children": many(UUID, 1000, code=FORMAT),
        "parent": text(36, "|" + v.UUID.pattern, nullable=True),
        "ports": record({"groups": _groups, "items": many(_PORT, 1000)}),
        "position": POINT,
        "size": SIZE,
        "x": PLACE,
        "y": PLACE,
        "width": number(40, code=FORMAT),
        "height": number(30, code=FORMAT),
    },
    ("id",),
    closed=False,
)

_MARKER = record({"name": choice("classic", "block", "diamond", "circle", code=FORMAT), "size": number(1)}, code=FORMAT)
_LINE = record(
    {
        "stroke": FILL,
        "strokeWidth": number(0),
        "strokeDasharray": DASHES,
        "sourceMarker": _MARKER,
        "targetMarker": _MARKER,
    },
    code=FORMAT,
)
_OFFSET = either(NUMBER, (int, float), record({"x": NUMBER, "y": NUMBER}))
_OPTIONS = ("absoluteDistance", "absoluteOffset", "ensureLegibility", "keepGradient", "reverseDistance")
_POSITION = either(
    NUMBER,
    (int, float),
    record(
        {
            "distance": NUMBER,
            "offset": _OFFSET,
            "angle": NUMBER,
            "options": record(dict.fromkeys(_OPTIONS, boolean)),
        },
        ("distance",),
    ),
)
EDGE_LABEL = record({"attrs": record({"text": record(_LABEL_TEXT, code=FORMAT)}, code=FORMAT), "position": _POSITION})
TERMINAL = record({"cell": UUID, "port": text(64, UNCONTROLLED, nullable=True)}, ("cell",))


def _way(names: tuple[str, ...], arguments: dict[str, Check]) -> Check:
    """Return the check of a router or connector, which is a name or an object with a name."""
    named = record({"name": choice(*names, code=FORMAT), "args": record(arguments, closed=False)}, ("name",))
    return either(choice(*names), str, named)


EDGE_CELL = record(
    {
        **_COMMON,
        "attrs": record({"line": _LINE}),
        "source": TERMINAL,
        "target": TERMINAL,
        "labels": many(EDGE_LABEL, 1000),
        "defaultLabel": EDGE_LABEL,
        "vertices": many(POINT, 1000),
        "router": _way(ROUTERS, {"padding": NUMBER, "step": NUMBER, "directions": many(SIDE, 1000)}),
        "connector": _way(
            CONNECTORS,
            {"jump": choice("arc", "gap", "cubic"), **dict.fromkeys(("precision", "radius", "size"), NUMBER)},
        ),
    },
    ("id", "source", "target"),
    closed=False,
)


def cell(value: Json) -> None:
    """Accept a node or an edge, depending on its shape."""
    if not isinstance(value, dict):
        raise _wrong(value, "value must be an object", OTHER)
    shape = value.get("shape")
    if shape == EDGE:
        EDGE_CELL(value)
    elif shape in NODES:
        NODE(value)
    elif "shape" in value:
        raise v.Problem('discriminator property "shape" has invalid value')
    else:
        raise v.Problem('input does not contain the discriminator property "shape"')


CELLS = many(cell, 10_000)
