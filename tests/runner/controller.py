# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for AWX: runs the job templates of docs/awx by ansible-runner, from what AWX would lay out for it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ansible_runner

from ansible_collections.tmi.tmi.plugins.module_utils._modules.definition import definition_module
from ansible_collections.tmi.tmi.tests.runner import awx

BIN = Path(sys.executable).parent
SETTINGS = {"job_timeout": 600, "suppress_ansible_output": True, "pexpect_timeout": 5}
HERE = {"all": {"hosts": ["localhost"]}}
Json = Any


@dataclass
class Job:
    """What came of one job."""

    folder: Path
    status: str
    events: list[Json] = field(repr=False)

    def results(self, task: str) -> list[Json]:
        """Return the results of a task, an item of a loop each."""
        wanted = ("runner_on_ok", "runner_on_failed", "runner_item_on_ok", "runner_item_on_failed")
        found = [event for event in self.events if event["event"] in wanted]
        return [event["event_data"]["res"] for event in found if event["event_data"].get("task") == task]

    def result(self, task: str) -> Json:
        """Return the only result of a task."""
        (one,) = self.results(task)
        return one

    @property
    def failure(self) -> str:
        """The message of the task that has failed."""
        failed = [event for event in self.events if event["event"] == "runner_on_failed"]
        return " ".join(str(event["event_data"]["res"].get("msg", "")) for event in failed)

    @property
    def stats(self) -> Json:
        """What is told at the end: changed, failures … by host, and ``artifact_data``."""
        return next(event["event_data"] for event in self.events if event["event"] == "playbook_on_stats")

    @property
    def changed(self) -> int:
        """How many tasks have changed something."""
        return sum(self.stats["changed"].values())

    @property
    def artifacts(self) -> Json:
        """What the job hands on to the next one of a workflow."""
        return self.stats.get("artifact_data", {})

    @property
    def output(self) -> str:
        """What a reader of the job sees."""
        return "\n".join(event["stdout"] for event in self.events)


class Controller:
    """Job templates, credentials and inventories of docs/awx, for one folder that outlives jobs."""

    def __init__(self, folder: Path, collections: Path) -> None:
        self.folder = folder
        self.lasting = folder / "lasting"
        self.lasting.mkdir()
        self.data = awx.Data(tmi_awx_folder=str(self.lasting))
        self.collections = collections
        self.project = folder / "project"
        shutil.copytree(awx.DATA / "project", self.project)
        #: name of a credential -> its inputs
        self.credentials: dict[str, dict[str, Any]] = {}
        self._jobs = 0

    def template(self, name: str) -> Json:
        """Return a job template."""
        return self.data.named("controller_templates", name)

    # ----------------------------------------------------------------------------------- what a job gets
    def prepare(self, template: Json, variables: Mapping[str, Any], inventory: str, options: list[str]) -> Path:
        """Lay out the private data of a job and return their folder."""
        self._jobs += 1
        folder = self.folder / f"job_{self._jobs}"
        for name in ("env", "inventory"):
            (folder / name).mkdir(parents=True)
        shutil.copytree(self.project, folder / "project")
        (folder / "inventory" / "hosts").write_text(inventory, "utf-8")
        (folder / "inventory" / "hosts").chmod(0o700)
        (folder / "env" / "envvars").write_text(json.dumps(self.environment(template["credentials"], folder)), "utf-8")
        extra = awx.dump_extra_vars(variables, template.get("extra_vars", {}))
        (folder / "env" / "extravars").write_text(extra, "utf-8")
        (folder / "env" / "settings").write_text(json.dumps(SETTINGS), "utf-8")
        mode = ["--check"] * (template["job_type"] == "check") + ["--diff"] * template.get("diff_mode", False)
        forks = ["--forks", str(template.get("forks", 5))]
        (folder / "env" / "cmdline").write_text(" ".join([*mode, *forks, *options]), "utf-8")
        return folder

    def environment(self, credentials: list[str], folder: Path) -> dict[str, str]:
        """Return the variables of a job: those of AWX, then those of its credentials."""
        env = {
            "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
            "ANSIBLE_FORCE_COLOR": "True",
            "ANSIBLE_HOST_KEY_CHECKING": "False",
            "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True",
            "ANSIBLE_RETRY_FILES_ENABLED": "False",
            "HOME": str(self.folder),
            "JOB_ID": str(self._jobs),
        }
        for name in credentials:
            kind = self.data.named("controller_credentials", name)["credential_type"]
            kind = self.data.named("controller_credential_types", kind)
            env.update(awx.inject(kind, self.credentials[name], folder / "env"))
        return env

    def here(self) -> str:
        """Return the inventory of the host that the job runs on."""
        hosts = {host["name"]: host["variables"] for host in self.data["controller_hosts"]}
        return awx.script({**HERE, "_meta": {"hostvars": hosts}})

    def update_inventory(self, name: str) -> Json:
        """Return what the source of an inventory lists."""
        source = next(one for one in self.data["controller_inventory_sources"] if one["inventory"] == name)
        folder = self.folder / "updates" / source["name"]
        (folder / "env").mkdir(parents=True, exist_ok=True)
        given = self.environment([source["credential"]] if "credential" in source else [], folder)
        path = self.project / source["source_path"]
        told = subprocess.run(
            [BIN / "ansible-inventory", "--list", "--export", "-i", path],
            env={**surroundings(), **given, "INVENTORY_UPDATE_ID": "1"},
            cwd=self.project,
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 0, told.stderr
        assert not told.stderr, told.stderr
        return json.loads(told.stdout)

    # ---------------------------------------------------------------------------------------------- jobs
    def launch(
        self, name: str, given: Mapping[str, Any] | None = None, *, artifacts: Mapping[str, Any] | None = None
    ) -> Job:
        """Run a job template with these answers, and what a job before it has handed on."""
        template = self.template(name)
        variables = {**awx.answers(template, given or {}), **(artifacts or {})}
        folder = self.prepare(template, variables, self.here(), [])
        return self.run(folder, template["playbook"])

    def run(self, folder: Path, playbook: str) -> Job:
        """Run a playbook on private data that are laid out."""
        for name in [name for name in os.environ if name.startswith(("TMI_", "ANSIBLE_"))]:
            del os.environ[name]
        ran = ansible_runner.run(private_data_dir=str(folder), playbook=playbook, ident="1", quiet=True)
        job = Job(folder, ran.status, list(ran.events))
        self.inspect(job)
        return job

    def inspect(self, job: Job) -> None:
        """Hold every job to what holds for all: no warning, no traceback, no secret in anything that it leaves."""
        for word in ("WARNING", "DEPRECATION", "Traceback", "eyJ"):
            assert word not in job.output, job.output
        for path, text in kept(job.folder):
            for secret in self.secrets():
                assert secret not in text, path

    def secrets(self) -> Iterator[str]:
        """Return what is secret in the credentials."""
        for name, inputs in self.credentials.items():
            kind = self.data.named("controller_credentials", name)["credential_type"]
            fields = self.data.named("controller_credential_types", kind)["inputs"]["fields"]
            yield from (inputs[one["id"]] for one in fields if one.get("secret") and inputs.get(one["id"]))


def surroundings() -> dict[str, str]:
    """Return the environment without what would reach a job from here."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("TMI_", "ANSIBLE_"))}
    return {**mine, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}


def kept(folder: Path) -> Iterator[tuple[Path, str]]:
    """Return all that a job leaves, file by file; of the environment that runner records, AWX blots out secrets."""
    for path in sorted((folder / "artifacts").rglob("*")):
        if path.is_file():
            text = path.read_text("utf-8", errors="replace")
            if path.name == "command":
                text = json.dumps({**json.loads(text), "env": {}})
            yield path, text


def writes(server: Any) -> int:
    """Return how often a server was written to since the last call."""
    counted: int = server.counted()["writes"]
    server.control("reset", {"counters": True})
    return counted


def run(module: Any, server: Any, **given: Any) -> Json:
    """Run a module of the collection in this process; return its result."""
    params = {name: option.get("default") for name, option in module.argument_spec.items()}
    return module.run({**params, "url": server.url, "token": server.tokens["access_token"], **given}, False)


def apply(server: Any, folder: Path) -> None:
    """Apply the definitions of a folder in this process."""
    result = run(definition_module(), server, src=[str(path) for path in sorted(folder.iterdir())])
    assert not result.get("failed"), result["msg"]
