# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declared styles, and what TMI's web editor (tmi-ux 1.13.2) made of them when it saved the diagram, recorded from it.

The editor writes its own defaults in its own spelling. Only a style that it really lost is written again.
"""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api.v1 import cells as v1_cells
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired import compile_diagram
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.plan import plan_cells

SIZE = {"refWidth": "100%", "refHeight": "100%", "strokeWidth": 2, "stroke": "#000000"}
ROUND = {"rx": 10, "ry": 10, "fill": "#FFFFFF", **SIZE}
NESTED = {"rx": 10, "ry": 10, "fill": "rgb(230, 240, 255)", "fillOpacity": 0.9, **SIZE}
LINE = {"stroke": "#000000", "strokeWidth": 2, "targetMarker": {"name": "classic", "size": 8}}

Members = dict[str, Any]


def differences(part: str, declared: Members, saved: Members) -> tuple[str, ...]:
    """Return the members that the next run writes, after a declared style became another one in the editor."""
    definition: dict[str, Any] = {
        "nodes": {"a": {"label": "A"}, "b": {"label": "B"}},
        "flows": {"f": {"from": "a", "to": "b", "label": "F"}},
    }
    section, key = ("flows", "f") if part == "line" else ("nodes", "a")
    definition[section][key]["raw"] = declared if part == "line" else {"attrs": {part: declared}}
    wanted = compile_diagram(definition, "m", "d")
    wires = [v1_cells.cell_to_wire(cell) for cell in plan_cells(wanted, ()).cells]
    for wire in wires:
        if {"key": "ansible_key", "value": key} in wire["data"]["_metadata"]:
            wire.pop("connector", None)
            attrs = wire.setdefault("attrs", {})
            attrs[part] = {**saved, "text": "A"} if part == "text" else saved
    changes = plan_cells(wanted, v1_cells.cells_from_wire(wires)).changes
    return tuple(name for change in changes for name in change.fields)


@pytest.mark.parametrize(
    ("declared", "saved"),
    [
        ({"fill": "#ffffff"}, ROUND),
        ({"fill": "#FFF", "stroke": "black"}, ROUND),
        ({"fill": "white", "stroke": "rgb(0,0,0)"}, ROUND),
        ({"fill": "rgb( 255, 255, 255 )", "strokeWidth": 2.0}, ROUND),
        ({"fill": "#ffffff"}, NESTED),
        ({"fillOpacity": 1}, NESTED),
        ({"fill": "#FFE0B2"}, {**ROUND, "fill": "#ffe0b2"}),
        ({"fill": "#FE0"}, {**ROUND, "fill": "#ffee00"}),
    ],
)
def test_a_style_of_a_box_in_the_editors_words_is_no_difference(declared: Members, saved: Members) -> None:
    assert differences("body", declared, saved) == ()


@pytest.mark.parametrize(
    "declared",
    [
        {"attrs": {"line": {"stroke": "#000"}}},
        {"attrs": {"line": {"stroke": "black", "strokeWidth": 2}}},
        {"connector": "smooth"},
        {"connector": {"name": "smooth"}},
    ],
)
def test_a_style_of_a_flow_in_the_editors_words_is_no_difference(declared: Members) -> None:
    assert differences("line", declared, LINE) == ()


@pytest.mark.parametrize(
    ("part", "declared", "saved"),
    [
        ("body", {"fill": "#ffe0b2"}, ROUND),
        ("body", {"fill": "#ffe0b2"}, NESTED),
        ("body", {"fillOpacity": 0.5}, NESTED),
        ("body", {"fill": "#ffffff"}, {**ROUND, "fill": "#c00000"}),
        ("body", {"stroke": "black"}, {**ROUND, "stroke": "rgb(1,0,0)"}),
        ("body", {"stroke": "black"}, {}),
        ("text", {"refX": "50%", "refY": "50%"}, {"refX": "5%", "refY": "5%", "textAnchor": "start"}),
        ("line", {"attrs": {"line": {"stroke": "#1565c0"}}}, LINE),
        ("line", {"attrs": {"line": {"targetMarker": {"name": "block", "size": 12}}}}, LINE),
        ("line", {"connector": "rounded"}, LINE),
        ("line", {"connector": "normal"}, LINE),
    ],
)
def test_a_style_that_the_editor_lost_is_written_again(part: str, declared: Members, saved: Members) -> None:
    assert differences(part, declared, saved) == (("connector",) if "connector" in declared else ("attrs",))
