# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Icons of the web editor in reports: their names, in the drawing, its legend and the tables."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.drawing import draw
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.model import read_report
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.report import model_report


def shop(node: dict[str, Any], position: Any = None) -> dict[str, Any]:
    layout = {"layout": {"positions": {"web": position}}} if position else {}
    main = {"nodes": {"web": {"type": "process", **node}}, **layout}
    return {"tmi_definition": 1, "name": "Shop", "diagrams": {"main": main}}


def report(form: str, node: dict[str, Any]) -> str:
    return model_report(shop(node), form, "", "", False)


@pytest.mark.parametrize(
    ("icon", "name"),
    [
        ("amazon-ec2", "Amazon EC2"),
        ("amazon-rds", "Amazon RDS"),
        ("oci/api-gateway", "API Gateway"),
        ("azure/marketplace", "Marketplace"),
        ({"provider": "aws", "type": "x", "subcategory": "y", "icon": "<b>new_thing"}, "&lt;b&gt;new Thing"),
    ],
)
def test_the_name_is_in_drawing_and_table(icon: Any, name: str) -> None:
    html = report("html", {"icon": icon})
    assert f"Icon in the web editor: {name}</title>" in html
    assert "Names in small frames are icons" in html
    assert f"Process (icon {name})" in html
    assert "(icon " in report("markdown", {"icon": icon})
    assert 'class="badge"' in report("svg", {"icon": icon})


def test_nothing_is_said_without_an_icon() -> None:
    assert "Names in small frames" not in report("html", {})
    assert "icon" not in report("markdown", {})
    assert 'class="badge"' not in report("svg", {})


def contains(outer: Box, inner: Box) -> bool:
    return outer.x <= inner.x and outer.y <= inner.y and inner.right <= outer.right and inner.bottom <= outer.bottom


@pytest.mark.parametrize("size", [(160, 60), (80, 50), (60, 44), (40, 30), (400, 300)])
@pytest.mark.parametrize("label", ["Web", "A long label of several words that needs more than one line", "W" * 80])
def test_badge_and_label_are_in_the_box_and_apart(size: tuple[int, int], label: str) -> None:
    position = {"x": 0, "y": 0, "width": size[0], "height": size[1]}
    node = {"label": label, "icon": "amazon-simple-storage-service"}
    (sheet,) = read_report(shop(node, position)).sheets
    (drawn,) = draw(sheet).nodes
    assert drawn.box is not None
    if drawn.badge is None:
        assert min(size) < 60
        return
    assert contains(drawn.box, drawn.badge.box)
    assert drawn.text.box.bottom <= drawn.badge.box.y
    assert drawn.text.box.y >= drawn.box.y
