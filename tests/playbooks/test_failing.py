# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No playbook, and no role in it, ends well if one of its writes has failed: on the server, or into a file."""

from __future__ import annotations

import contextlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tmi.tmi.tests.playbooks.conftest import Place

pytest.importorskip("aiohttp", reason="the embedded server needs aiohttp")
pytest.importorskip("requests")

ROOT = Path(__file__).resolve().parents[2]
SHOP = {
    "tmi_definition": 1,
    "name": "Shop",
    "documents": {"record": {"uri": "https://wiki.example.com/1"}},
    "diagrams": {"main": {"nodes": {"web": {}}}},
    "threats": {"flood": {"at": "main/web"}},
}
#: Variables of the playbooks that write to a server, for one small model.
WRITERS: dict[str, dict[str, Any]] = {
    "apply": {"tmi_apply_src": "shop.yml"},
    "seed": {"tmi_seed_models": ["mobile_app"], "tmi_seed_via": "rest"},
    "bootstrap": {"tmi_environments": [{"name": "test", "models": ["mobile_app"], "via": "rest"}]},
    "migrate": {"tmi_migrate_apply": True},
}
#: Those that write files, with what stands in the way.
FILES = {
    "export": ({"tmi_export_dest": "out"}, ("out/shop.yml",)),
    "report": ({"tmi_report_dest": "out"}, ("out/shop.html", "out/index.html")),
}


def keep_shop(place: Place) -> None:
    (place.folder / "shop.yml").write_text(json.dumps(SHOP), "utf-8")


@contextlib.contextmanager
def source_of(place: Place) -> Iterator[None]:
    """Have another server with a model on it, to migrate from."""
    from ansible_collections.tmi.tmi.tests.harness.server import Server

    keep_shop(place)
    with contextlib.closing(Server(place.server.api)) as source:
        target = {name: place.variables[name] for name in ("TMI_URL", "TMI_TOKEN")}
        place.variables.update(TMI_URL=source.url, TMI_TOKEN=source.tokens["access_token"])
        assert place.run("apply", WRITERS["apply"])[0] == 0
        place.variables.update(TMI_SOURCE_URL=source.url, TMI_SOURCE_TOKEN=source.tokens["access_token"], **target)
        yield


@pytest.mark.parametrize(
    ("place", "playbook"), [("v1", name) for name in WRITERS] + [("v0", "apply")], indirect=["place"]
)
def test_a_write_that_the_server_refuses_fails_the_run(place: Place, playbook: str) -> None:
    given = WRITERS[playbook]
    keep_shop(place)
    with source_of(place) if playbook == "migrate" else contextlib.nullcontext():
        place.server.clear()
        code, said = place.run(playbook, given)
        assert code == 0, said
        assert len(place.writes()) > 2
        # The role that it imports is that of the playbook `seed`, which has met all of them.
        for method, nth in place.writes()[-1:] if playbook == "bootstrap" else place.writes():
            place.server.clear()
            refusal = {"error": "invalid_input", "error_description": "Not today"}
            fault = {"kind": "status", "status": 400, "body": refusal, "method": method, "path": "^/threat_models"}
            place.server.arm({**fault, "nth": nth, "times": None})
            code, said = place.run(playbook, given)
            assert code == 2, f"{method} {nth}: {said}"
            assert "Not today" in said


def tasks_of(entries: Any) -> Iterator[dict[str, Any]]:
    """Yield all tasks below a list of tasks or plays."""
    for entry in entries or []:
        yield entry
        for part in ("tasks", "block", "rescue", "always"):
            yield from tasks_of(entry.get(part))


@pytest.mark.parametrize("folder", ["roles", "playbooks"])
def test_whoever_goes_on_after_a_failure_asks_whether_there_was_one(folder: str) -> None:
    """Not whether a member of the result is there: what does not come from a module has none."""
    files = [path for path in sorted((ROOT / folder).rglob("*.yml")) if path.parent.name in ("tasks", "playbooks")]
    assert len(files) > 4
    for path in files:
        text = path.read_text("utf-8")
        for task in tasks_of(yaml.safe_load(text)):
            if task.get("ignore_errors") or task.get("failed_when") is False:
                name = task["register"]
                asked = rf"{name}\b[^\n]*(is failed|select\('failed'\))|{name}\.rc \| default\(1\)"
                assert re.search(asked, text), f"{path}: {task['name']}"
            assert not task.get("rescue"), f"{path}: {task['name']}"


@pytest.mark.parametrize("playbook", list(FILES))
def test_a_file_that_cannot_be_written_fails_the_run(place: Place, playbook: str) -> None:
    given, obstacles = FILES[playbook]
    keep_shop(place)
    assert place.run("apply", WRITERS["apply"])[0] == 0
    (place.folder / "out").write_text("a file where a folder should be")
    assert place.run(playbook, given)[0] == 2
    (place.folder / "out").unlink()
    for name in obstacles:
        (place.folder / name).mkdir(parents=True)
        code, said = place.run(playbook, given)
        assert code == 2, f"{name}: {said}"
        (place.folder / name).rmdir()
    assert place.run(playbook, given)[0] == 0


def test_a_report_of_a_migration_that_cannot_be_written_fails_the_run(place: Place) -> None:
    with source_of(place):
        code, said = place.run("migrate", {**WRITERS["migrate"], "tmi_migrate_report": "no/such/folder/report.json"})
    assert code == 2, said


def test_a_login_that_cannot_be_kept_fails_the_run(place: Place) -> None:
    keep_shop(place)
    del place.variables["TMI_TOKEN"]
    place.variables.update(
        TMI_LOGIN_HINT="alice", TMI_LOGIN_PROVIDER="tmi", TMI_TOKEN_CACHE=str(place.folder / "shop.yml" / "t")
    )
    code, said = place.run("login", {"tmi_login_browser": "paste"})
    assert code == 2, said


def test_a_login_for_which_nobody_brings_the_address_fails_the_run(place: Place) -> None:
    """In a job that asks nobody, a second run brings it; who was asked and gave nothing is not logged in."""
    from ansible_collections.tmi.tmi.tests.runner.login_page import login_page

    del place.variables["TMI_TOKEN"]
    with login_page(place.server.url) as address:
        place.variables.update(
            TMI_URL=address, TMI_TOKEN_CACHE=str(place.folder / "tokens.json"), TMI_LOGIN_PROVIDER="tmi"
        )
        code, said = place.run("login", {"tmi_login_browser": "paste"})
        assert code == 2, said
        assert "The login is not complete" in said
        code, said = place.run("login", {"tmi_login_browser": "paste", "tmi_login_ask": False})
        assert code == 0, said


@pytest.mark.parametrize(
    "given",
    [
        {"tmi_sandbox_state_dir": "{{ playbook_dir }}/apply.yml/state"},
        {"tmi_sandbox_venv": "/dev/null/venv", "tmi_sandbox_python": "/no/such/python"},
    ],
)
def test_a_sandbox_that_does_not_start_fails_the_run(place: Place, given: dict[str, Any]) -> None:
    venv = {"tmi_sandbox_venv": str(Path(sys.executable).parents[1])}
    code, said = place.run("quickstart", {**venv, **given})
    assert code == 2, said


def test_a_pattern_of_hosts_that_fits_none_fails_the_run(place: Place) -> None:
    keep_shop(place)
    (place.folder / "models.tmi.yml").write_text("plugin: tmi.tmi.tmi_inventory\ndefinitions: [shop.yml]\n")
    place.variables["ANSIBLE_INVENTORY"] = str(place.folder / "models.tmi.yml")
    assert place.run("apply", {"tmi_apply_hosts": "Shop"})[0] == 0
    code, said = place.run("apply", {"tmi_apply_hosts": "Shpo"})
    assert code != 0, said
    assert "tmi_apply_hosts" in said
