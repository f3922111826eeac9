# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan as a file: pictures of the changed diagrams beside it, and none that an earlier plan left."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from ansible_collections.tmi.tmi.tests.harness.tasks import perform
from ansible_collections.tmi.tmi.tests.playbooks.conftest import Place

pytest.importorskip("aiohttp", reason="the embedded server needs aiohttp")
pytest.importorskip("requests")

SHOP: dict[str, Any] = {
    "tmi_definition": 1,
    "key": "shop",
    "name": "Größter Shop/1",
    "diagrams": {"main": {"nodes": {"web": {"label": "Web"}}}, "other": {"nodes": {"web": {}}}},
}


@pytest.mark.parametrize("place", ["v0", "v1"], indirect=True)
def test_pictures_lie_beside_the_plan(place: Place) -> None:
    connection = {"url": place.variables["TMI_URL"], "token": place.variables["TMI_TOKEN"]}
    assert perform("tmi_definition", {**connection, "definition": SHOP})["changed"]
    new = copy.deepcopy(SHOP)
    new["diagrams"]["main"]["nodes"]["db"] = {"type": "store", "label": "Orders"}
    (place.folder / "shop.yml").write_text(json.dumps(new), "utf-8")
    reviews = place.folder / "reviews"
    reviews.mkdir()
    (reviews / "plan.mine.svg").write_text("mine")
    given = {"tmi_apply_src": "shop.yml", "tmi_apply_plan_file": "reviews/plan.md"}

    code, said = place.run("apply", given, "--check")
    assert code == 0, said
    before, after = (reviews / f"plan.grosster-shop-1.main.{side}.svg" for side in ("before", "after"))
    written = {path.name for path in reviews.iterdir()}
    assert written == {"plan.md", "plan.mine.svg", ".tmi_files.plan", before.name, after.name}
    assert {path.stat().st_mode & 0o777 for path in (reviews / "plan.md", before, after)} == {0o600}
    assert "Orders" not in before.read_text("utf-8")
    assert "Orders: added" in after.read_text("utf-8")
    assert f"](<{after.name}>)" in (reviews / "plan.md").read_text("utf-8")

    del new["diagrams"]["main"]["nodes"]["db"]
    (place.folder / "shop.yml").write_text(json.dumps(new), "utf-8")
    code, said = place.run("apply", given, "--check")
    assert code == 0, said
    assert {path.name for path in reviews.iterdir()} == {"plan.md", "plan.mine.svg", ".tmi_files.plan"}


@pytest.mark.parametrize("place", ["v1"], indirect=True)
def test_a_failure_is_in_the_plan(place: Place) -> None:
    (place.folder / "plan.md").write_text("an earlier plan")
    wrong = {**SHOP, "threats": {"flood": {"at": "nowhere"}}}
    (place.folder / "shop.yml").write_text(json.dumps(wrong), "utf-8")
    code, said = place.run("apply", {"tmi_apply_src": "shop.yml", "tmi_apply_plan_file": "plan.md"}, "--check")
    assert code != 0
    assert "has no diagram" in said
    text = (place.folder / "plan.md").read_text("utf-8")
    assert text.startswith("## Threat models\n\n**Failed before there was a plan.**\n\n```\n! ")
    assert 'has no diagram "nowhere"' in text
