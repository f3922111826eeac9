# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Figures of the layout on the standard models (FORMAT-12 names the ones to beat)."""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import Cell
from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import runs_through
from ansible_collections.tmi.tmi.plugins.module_utils._layout.lines import line
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._diagram.diagrams import overlaps, plan, strays

ROOT = Path(__file__).resolve().parents[5]
DATA = Path(os.environ.get("TMI_SHARED") or ROOT.parent / "shared") / "standard-models.yaml"

pytestmark = pytest.mark.skipif(not DATA.is_file(), reason="the standard models are not in %s" % DATA)


def models() -> dict[str, dict[str, Any]]:
    """The diagrams of the standard models as options."""
    found = {}
    for name, model in yaml.safe_load(DATA.read_text(encoding="utf-8")).items():
        found[name] = {
            "boundaries": {
                key: {"label": entry[0], "in": entry[1]} if isinstance(entry, list) else entry
                for key, entry in model["boundaries"].items()
            },
            "nodes": {
                key: {"type": shape, "in": zone, "label": label} for key, (shape, zone, label) in model["nodes"].items()
            },
            "flows": {
                key: {"from": source, "to": target, "label": label} for key, source, target, label in model["flows"]
            },
        }
    return found


def through(cells: tuple[Cell, ...]) -> list[str]:
    """Flows that run through a foreign node, once for each node."""
    rects = {
        cell.id: (cell.geometry.x, cell.geometry.y, cell.geometry.width, cell.geometry.height)
        for cell in cells
        if cell.geometry is not None
    }
    return [
        flow.label
        for flow in cells
        if flow.source is not None and flow.target is not None
        for node in cells
        if not node.is_flow and not node.is_boundary and node.id not in (flow.source, flow.target)
        if runs_through(line(rects[flow.source], rects[flow.target]), rects[node.id])
    ]


@pytest.mark.parametrize("direction", ["right", "down"])
def test_quality(direction: str) -> None:
    crossed = 0
    for options in models().values():
        cells = plan({**options, "layout": {"direction": direction}}).cells
        assert overlaps(cells) == []
        assert strays(cells) == []
        bad = through(cells)
        assert {flow.label for flow in cells if flow.router} == set(bad)
        crossed += len(bad)
    # 34 after the first pass of the recipe, 15 after its search: what this layout reaches must not get lost.
    assert crossed <= 3


def test_one_more_node_needs_no_new_layout() -> None:
    for options in models().values():
        before = plan(options).cells
        zone = next(iter(options["boundaries"]))
        node = next(key for key, entry in options["nodes"].items() if entry["in"] == zone)
        more = {
            **options,
            "nodes": {**options["nodes"], "added": {"type": "process", "label": "Added", "in": zone}},
            "flows": {**options["flows"], "f_added": {"from": "added", "to": node, "label": "added flow"}},
        }
        found = plan(more, before)
        assert overlaps(found.cells) == []
        assert strays(found.cells) == []
        places = {cell.id: cell.geometry for cell in found.cells}
        for cell in before:
            if not cell.is_boundary:
                assert places[cell.id] == cell.geometry


def test_time() -> None:
    """Compared with work that every machine has to do for it: to read the models as YAML takes longer."""
    text = DATA.read_text(encoding="utf-8")
    wanted = models()
    ratios = []
    for _i in range(3):
        start = time.perf_counter()
        yaml.load(text, Loader=yaml.SafeLoader)  # the slow loader, in Python as the layout is
        middle = time.perf_counter()
        for options in wanted.values():
            plan(options)
        ratios.append((time.perf_counter() - middle) / (middle - start))
    assert statistics.median(ratios) < 3
