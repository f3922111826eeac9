# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Members that TMI's web editor writes by itself whenever it saves a diagram (V1-EDITOR).

Styles and ports of a shape, colours by depth of nesting, places of labels. People did not choose them, so plans and
exports do not show them.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any, Callable, Optional

from .cell import BOUNDARY, Cell

FONT = "'Roboto Condensed', Arial, sans-serif"
FONT_SIZE = 12

#: Place of the label at the top left of a box, in the editor's own values. New boundaries have it: their content
#: hides a label in the middle.
TOP_PERCENT = 5
TOP_LEFT = {"refX": "5%", "refY": "5%", "textAnchor": "start", "textVerticalAnchor": "top"}
_MIDDLE = {"refX": "50%", "refY": "50%", "textAnchor": "middle", "textVerticalAnchor": "middle"}
_NO_SHIFT = {"refX2": 0, "refY2": 0}
#: Members of the style of a label that place it. They have a meaning only together.
PLACE = frozenset((*_MIDDLE, *_NO_SHIFT))

_TEXT = {"fill": "#000000", "fontFamily": FONT, "fontSize": FONT_SIZE}
_BODY = {"fill": "#ffffff", "stroke": "#000000", "strokeWidth": 2, "refWidth": "100%", "refHeight": "100%"}
_ROUND, _SQUARE = {"rx": 10, "ry": 10}, {"rx": 0, "ry": 0}
_BODIES: Mapping[str, Mapping[str, Any]] = {
    "actor": {**_BODY, **_SQUARE},
    "process": {**_BODY, **_ROUND},
    "store": {**_BODY, "lateral": 10},
    BOUNDARY: {**_BODY, **_ROUND, "strokeDasharray": "5,5"},
    "text-box": {**_BODY, "fill": "transparent", "stroke": "none", "strokeWidth": 0},
}
#: Shape -> fill and stroke of a box that the editor found without a label and without a fill.
_BARE = {
    "actor": ("#e8f4fd", "#1f77b4"),
    "process": ("#fff7e6", "#ff7f0e"),
    "store": ("#e8f5e8", "#2ca02c"),
    BOUNDARY: ("#ffeaea", "#d62728"),
    "text-box": ("transparent", "transparent"),
}
#: Fill and opacity by depth of nesting.
_DEPTHS = {"rgb(%d, %d, 255)" % (max(240 - 10 * depth, 200), 250 - 10 * depth) for depth in range(1, 7)}
_OPACITIES = (1, 0.9, 0.8, 0.7)

_LINE = {"stroke": "#000000", "strokeWidth": 2, "targetMarker": {"name": "classic", "size": 8}}
#: Style of the label of a flow that a person drew.
_FLOW_TEXT = {**_TEXT, "fill": "#333333", "textAnchor": "middle"}
_CIRCLE = {"r": 5, "magnet": "active", "stroke": "#000000", "strokeWidth": 2, "fill": "#ffffff"}
_SIDES = ("top", "right", "bottom", "left")

#: Member of ``data`` that says that a person chose a style: without it the editor paints over the fill of a box.
STYLED = "customStyles"
#: Members of ``data`` with which the editor notes its own deeds: a size that it set, and that a style was chosen.
_NOTES = ("_archAutoFit", STYLED)

#: Colours of the editor's own styles by their names.
_NAMES = {"black": "#000000", "white": "#ffffff"}
_RGB = re.compile(r"rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)", re.ASCII)
_SHORT = re.compile(r"#[0-9a-fA-F]{3}")
#: Width and height of an icon in pixels, and the distance of its label from its middle.
ICON, LABEL_BELOW = 32, 22
_ICON_X = {"left": "15%", "center": "50%", "right": "85%"}
_ICON_Y = {"top": "15%", "middle": "50%", "bottom": "85%"}


def chosen_members(cell: Cell) -> dict[str, Any]:
    """Return a copy of the raw members of a cell without those that the editor writes by itself."""
    raw = copy.deepcopy(dict(cell.raw))
    attrs = raw.get("attrs")
    if isinstance(attrs, dict):
        if cell.is_flow:
            _reduce(attrs, "line", lambda name, value: _same(value, _LINE.get(name)))
        else:
            _reduce(attrs, "body", _body_rule(cell))
            _reduce(attrs, "text", _text_rule(cell))
        if not attrs:
            del raw["attrs"]
    if cell.is_flow:
        _reduce_flow(raw)
    elif "ports" in raw and _are_plain_ports(raw["ports"]):
        del raw["ports"]
    data = raw.get("data")
    if isinstance(data, dict):
        for name in _NOTES:
            data.pop(name, None)
    return raw


def is_styled(cell: Cell) -> bool:
    """Whether a person chose the style of a box in the editor, which then keeps the fill of a box outside of all."""
    data = cell.raw.get("data")
    return isinstance(data, Mapping) and bool(data.get(STYLED))


def _reduce(members: dict[str, Any], name: str, is_own: Callable[[str, Any], bool]) -> None:
    inner = members.get(name)
    if isinstance(inner, dict):
        members[name] = {key: value for key, value in inner.items() if not is_own(key, value)}
        if not members[name]:
            del members[name]


def _body_rule(cell: Cell) -> Callable[[str, Any], bool]:
    defaults = _BODIES.get(cell.shape, _BODY)
    fill, stroke = _BARE.get(cell.shape, ("", ""))
    styled = is_styled(cell)

    def is_own(name: str, value: Any) -> bool:
        if name == "fillOpacity":
            return value in _OPACITIES
        if _same(value, defaults.get(name)):
            return True
        if styled:
            return False
        if name == "fill":
            return (isinstance(value, str) and value in _DEPTHS) or _same(value, fill)
        return _same(value, {"stroke": stroke, "strokeWidth": _BODY["strokeWidth"]}.get(name))

    return is_own


def _text_rule(cell: Cell) -> Callable[[str, Any], bool]:
    attrs = cell.raw.get("attrs")
    text = attrs.get("text") if isinstance(attrs, Mapping) else None
    text = text if isinstance(text, Mapping) else {}
    own = _label_places(cell)
    place = {name: text[name] for name in (*_MIDDLE, *_NO_SHIFT) if name in text}
    placed = any(all(value == spot.get(name) for name, value in place.items()) for spot in own)

    def is_own(name: str, value: Any) -> bool:
        return placed if name in place else _same(value, _TEXT.get(name))

    return is_own


def _label_places(cell: Cell) -> list[dict[str, Any]]:
    """Return the places at which the editor puts the label of a box by itself."""
    middle = {**_MIDDLE, **_NO_SHIFT}
    places = [middle]
    if cell.shape == "store":
        places.append({**middle, "refY": "55%"})
    if cell.is_boundary:
        places += [{**TOP_LEFT, **_NO_SHIFT, "refY": "%d%%" % percent} for percent in range(1, TOP_PERCENT + 1)]
    data = cell.raw.get("data")
    icon = data.get("_arch") if isinstance(data, Mapping) else None
    if isinstance(icon, Mapping):
        places.append(_below(icon.get("placement")))
    return places


def _below(placement: Any) -> dict[str, Any]:
    """Return the place of a label below an icon."""
    x, y = _icon_spot(placement)
    return {"refX": x, "refY": y, "refX2": 0, "refY2": LABEL_BELOW, "textAnchor": "middle", "textVerticalAnchor": "top"}


def _icon_spot(placement: Any) -> tuple[Optional[str], Optional[str]]:
    """Return the middle of an icon in percents of its box; None for a side that the placement does not name."""
    spot = placement if isinstance(placement, Mapping) else {}
    return _ICON_X.get(str(spot.get("horizontal"))), _ICON_Y.get(str(spot.get("vertical")))


def icon_place(cell: Cell) -> Optional[tuple[float, float]]:
    """Return the middle of the icon of a box, as shares of its width and height; None without an icon.

    The editor centers the label of the box below the icon, also when it opens a diagram.
    """
    data = cell.raw.get("data")
    icon = data.get("_arch") if isinstance(data, Mapping) else None
    if not icon:
        return None
    spot = _icon_spot(icon.get("placement") if isinstance(icon, Mapping) else None)
    x, y = (int((percent or "50%").rstrip("%")) / 100 for percent in spot)
    return x, y


def _reduce_flow(raw: dict[str, Any]) -> None:
    if raw.get("connector") in ("smooth", {"name": "smooth"}):
        del raw["connector"]
    if raw.get("vertices") == []:
        del raw["vertices"]
    labels = raw.get("labels")
    for label in labels if isinstance(labels, list) else ():
        attrs = label.get("attrs") if isinstance(label, dict) else None
        if isinstance(attrs, dict):
            _reduce(attrs, "text", lambda name, value: _same(value, _FLOW_TEXT.get(name)))


def _are_plain_ports(ports: Any) -> bool:
    """Whether ports are the editor's own: at most four, without labels. Whether they are visible is no choice."""
    if not isinstance(ports, Mapping):
        return False
    groups, items = ports.get("groups"), ports.get("items")
    if not isinstance(groups or {}, Mapping) or not isinstance(items or [], list):
        return False
    return all(_is_plain_group(name, group) for name, group in (groups or {}).items()) and all(
        isinstance(item, Mapping)
        and item.get("group") in _SIDES
        and item.get("id") == item["group"]
        and not set(item) - {"group", "id", "attrs"}
        and _visible_state(item.get("attrs"))
        for item in items or []
    )


def _is_plain_group(name: str, group: Any) -> bool:
    if name not in _SIDES or not isinstance(group, Mapping) or set(group) - {"position", "attrs"}:
        return False
    attrs = group.get("attrs") or {}
    circle = attrs.get("circle") or {} if isinstance(attrs, Mapping) else None
    if not isinstance(circle, Mapping) or set(attrs) - {"circle"} or group.get("position") not in (None, name):
        return False
    defaults = {**_CIRCLE, "port-group": name}
    return all(_same(value, defaults.get(part)) for part, value in circle.items() if part != "style")


def _visible_state(attrs: Any) -> bool:
    """Whether attributes of a port hold nothing but its visibility."""
    return not attrs or (
        isinstance(attrs, Mapping)
        and set(attrs) <= {"circle", "text"}
        and all(isinstance(part, Mapping) and not set(part) - {"style"} for part in attrs.values())
    )


def _same(value: Any, default: Any) -> bool:
    """Whether a value is a default; colours in every spelling."""
    return default is not None and plain_colour(value) == plain_colour(default)


def plain_colour(value: Any) -> Any:
    """Return a colour as ``#rrggbb``, for black and white also from their names; any other value unchanged."""
    if not isinstance(value, str):
        return value
    found = _RGB.fullmatch(value)
    if found:
        return "#%02x%02x%02x" % tuple(min(int(part), 255) for part in found.groups())
    if not value.startswith("#"):
        return _NAMES.get(value.lower(), value)
    return "#" + "".join(2 * digit for digit in value[1:]).lower() if _SHORT.fullmatch(value) else value.lower()


def has_chosen_style(cell: Cell) -> bool:
    """Whether the raw members of a box hold a style of its body or label other than the editor's own."""
    attrs = chosen_members(cell).get("attrs")
    if cell.is_flow or not isinstance(attrs, Mapping):
        return False
    text = attrs.get("text")
    return bool(attrs.get("body")) or (isinstance(text, Mapping) and bool(set(text) - {"text"}))
