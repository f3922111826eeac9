# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A job in slices, by `ansible-runner transmit | worker | process`, as AWX runs jobs on other machines."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._modules.definition_info import definition_info_module
from ansible_collections.tmi.tmi.tests.runner import awx
from ansible_collections.tmi.tmi.tests.runner.controller import BIN, Job, apply, run, surroundings, writes

Controller = Any
Server = Any
NAME = "TMI apply in slices"
SLICES = 4
MODELS = 40
TARGET = awx.DATA.parents[1] / "tests" / "integration" / "targets" / "inventory_tmi_inventory"
MAKER = TARGET / "files" / "make_models.py"


def far_away(folder: Path, playbook: str) -> subprocess.Popen[bytes]:
    """Begin a job on a worker that has nothing but what is transmitted, and process what it sends back."""
    runner = BIN / "ansible-runner"
    worker = folder.with_name(folder.name + "_worker")
    line = (
        f"set -eu; cd {folder}; {runner} transmit {folder} -p {playbook} -i 1 > sent; "
        f"{runner} worker --private-data-dir {worker} < sent > received; "
        f"{runner} -q process {folder} -i 1 < received"
    )
    return subprocess.Popen(["sh", "-c", line], env=surroundings(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def in_slices(
    controller: Controller, listed: Any, numbers: Sequence[int] = (), slices: int = SLICES, together: int = 2
) -> list[Job]:
    """Run the job template in slices, or these of them, so many workers beside one another."""
    template = controller.template(NAME)
    folders = []
    for number in numbers or range(1, slices + 1):
        inventory = awx.script(listed, number, slices)
        folder = controller.prepare(template, awx.answers(template, {}), inventory, [])
        # In a container the project is at one place for the update of the inventory and for all jobs.
        worker = str(folder.with_name(folder.name + "_worker") / "project")
        (folder / "inventory" / "hosts").write_text(inventory.replace(str(controller.project), worker), "utf-8")
        folders.append(folder)
    for first in range(0, len(folders), together):
        begun = [far_away(folder, template["playbook"]) for folder in folders[first : first + together]]
        for process in begun:
            _out, told = process.communicate(timeout=600)
            assert process.returncode == 0, told.decode()
    return [received(controller, folder) for folder in folders]


def received(controller: Controller, folder: Path) -> Job:
    """Return the job of a slice from what was processed, held to what holds for all jobs."""
    artifacts = folder / "artifacts" / "1"
    events = sorted((artifacts / "job_events").glob("*.json"), key=lambda path: int(path.name.partition("-")[0]))
    status = (artifacts / "status").read_text("utf-8")
    job = Job(folder, status, [json.loads(path.read_text("utf-8")) for path in events])
    controller.inspect(job)
    return job


def export(server: Server) -> list[Any]:
    """Return all that is on the server as code."""
    result = run(definition_info_module(), server)
    assert not result.get("failed"), result["msg"]
    return sorted((one["definition"] for one in result["definitions"]), key=lambda one: str(one["name"]))


def make_models(controller: Controller) -> Path:
    """Replace the model of the project by forty; return their folder."""
    models: Path = controller.project / "models"
    shutil.rmtree(models)
    subprocess.run([sys.executable, MAKER, models, "https://wiki.example.com"], check=True)
    return models


def test_slices_make_what_one_run_makes(controller: Controller, server: Server) -> None:
    models = make_models(controller)
    listed = controller.update_inventory("TMI definitions")
    assert len(listed["_meta"]["hostvars"]) == MODELS

    first = in_slices(controller, listed)
    assert [job.status for job in first] == ["successful"] * SLICES
    assert [sum(job.stats["changed"].values()) for job in first] == [MODELS // SLICES] * SLICES
    assert len({host for job in first for host in job.stats["processed"]}) == MODELS
    assert writes(server) > MODELS
    sliced = export(server)
    assert len(sliced) == MODELS

    second = in_slices(controller, listed, (2, 3))
    assert [(job.status, job.changed) for job in second] == [("successful", 0)] * 2
    assert writes(server) == 0

    server.clear()
    apply(server, models)
    assert export(server) == sliced


def test_an_inventory_of_models_needs_the_credential(shop: Controller, server: Server) -> None:
    listed = shop.update_inventory("TMI models")
    assert list(listed["_meta"]["hostvars"]) == ["Web-shop"]
    assert listed["team_payments"]["hosts"] == ["Web-shop"]
    assert server.tokens["access_token"] not in json.dumps(listed)
    assert writes(server) == 0
