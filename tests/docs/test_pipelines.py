# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pipelines of docs/ci: their commands run in a clean folder, as the event that starts them would run them.

Replaced are the installation of packages and collections, which are there, and GitHub's program `gh`.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
import yaml

from ansible_collections.tmi.tmi.tests.docs import console
from ansible_collections.tmi.tmi.tests.docs.workplace import BIN, ROOT, Workplace
from ansible_collections.tmi.tmi.tests.harness.tasks import perform
from ansible_collections.tmi.tmi.tests.runner.login_page import login_page, visit

Json = Any
CI = ROOT / "docs" / "ci"
MODELS = ROOT / "docs" / "awx" / "project" / "models"
PICTURE = "plan.web-shop.main.after.svg"
#: The most characters of a comment on GitHub.
COMMENT = 65_536
VENV = "python3 -m venv .venv"
PIP = "python -m pip install ansible-core requests websocket-client"
COLLECTION = "ansible-galaxy collection install -r requirements.yml"
INSTEAD = {VENV: f"{VENV} --without-pip", PIP: "true", COLLECTION: "test -f requirements.yml"}
#: Records its arguments, and the file that is the comment.
GH = '#!/bin/sh\nprintf "%s\\n" "$@" > "$HOME/gh.txt"\ncp plan.md "$HOME/comment.md"\ntest -n "$GH_TOKEN"\n'


class Pipeline(ABC):
    """A repository with models and a pipeline, and what its jobs print."""

    source: str
    target: str
    #: The link to the picture of the new diagram.
    pictures: str

    def __init__(self, workplace: Workplace, url: str, read: dict[str, str], write: dict[str, str]) -> None:
        self.workplace = workplace
        self.url = url
        self.read = read
        self.write = write
        self.folder = workplace.folder / "checkout"
        self.bin = workplace.folder / "bin"
        shutil.copytree(MODELS, self.folder / "models")
        for name, target in ((self.source, self.target), ("requirements.yml", "requirements.yml")):
            (self.folder / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CI / name, self.folder / target)
        self.data = yaml.safe_load((self.folder / self.target).read_text("utf-8"))
        self.bin.mkdir()
        self.path = os.pathsep.join([str(self.bin), str(BIN), os.environ.get("PATH", os.defpath)])

    @abstractmethod
    def jobs(self, event: str) -> list[str]:
        """Return the jobs that `change`, `main` or `schedule` starts."""

    @abstractmethod
    def scripts(self, job: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield each script of a job, and its variables."""

    @abstractmethod
    def comment(self) -> str:
        """Return the comment on the change."""

    def shell(self, script: str, variables: dict[str, str]) -> tuple[int, str]:
        """Return the exit code of a script, and what it prints."""
        for command, instead in INSTEAD.items():
            script = re.sub(rf"^{re.escape(command)}$", instead, script, flags=re.MULTILINE)
        home = self.workplace.folder
        collections = self.workplace.variables["ANSIBLE_COLLECTIONS_PATH"]
        basis = {"PATH": self.path, "HOME": str(home), "LANG": "C.UTF-8", "ANSIBLE_COLLECTIONS_PATH": collections}
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        place: Any = {"cwd": self.folder, "env": {**basis, **variables}, "stdin": subprocess.DEVNULL}
        ended = subprocess.run(command, **place, check=False, capture_output=True, text=True)
        said = ended.stdout + ended.stderr
        assert not re.search("WARNING|DEPRECAT", said), said
        assert not {name for name, value in self.read.items() if "SECRET" in name and value in said}
        return ended.returncode, said

    def run(self, event: str) -> tuple[int, str]:
        """Run the jobs of an event up to the first script that fails; return its exit code, and all that is printed."""
        code, printed = 0, ""
        for job in self.jobs(event):
            for script, variables in self.scripts(job):
                code, said = self.shell(script, variables)
                printed += said
                if code:
                    return code, printed
        return code, printed


class GitHub(Pipeline):
    source, target = "github-actions.yml", ".github/workflows/threat-models.yml"
    pictures = f"[files of this run](<https://github.com/o/r/actions/runs/11>) (`{PICTURE}`; new)"
    events = {"change": "pull_request", "main": "push", "schedule": "schedule"}

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        (self.bin / "gh").write_text(GH)
        (self.bin / "gh").chmod(0o755)

    def jobs(self, event: str) -> list[str]:
        name = self.events[event]
        assert name in self.data["on"]
        return [job for job, body in self.data["jobs"].items() if f"github.event_name == '{name}'" in body["if"]]

    def scripts(self, job: str) -> Iterator[tuple[str, dict[str, str]]]:
        body = self.data["jobs"][job]
        for step in body["steps"]:
            if "run" in step:
                given = {**self.data["env"], **body["env"], **step.get("env", {})}
                added = self.workplace.folder / "github-path"
                variables = {name: self.value(text) for name, text in given.items()}
                if job != "apply":  # on API v0 another login takes the place of the service account
                    variables |= self.read
                yield step["run"], {**variables, "GITHUB_PATH": str(added)}
                if added.exists():
                    self.path = os.pathsep.join([*added.read_text().split(), self.path])
                    added.unlink()

    def value(self, text: str) -> str:
        """Return a text with the values of its expressions."""
        known = {"secrets.TMI_CLIENT_ID": "", "secrets.TMI_CLIENT_SECRET": "", "vars.TMI_URL": self.url}
        known |= {f"secrets.{name}": value for name, value in self.read.items()}
        known |= {f"vars.{name}": value for name, value in self.write.items()}
        known |= {"github.server_url": "https://github.com", "github.repository": "o/r", "github.run_id": "11"}
        known |= {"github.token": "gh", "github.event.pull_request.html_url": "https://github.com/o/r/pull/7"}
        return re.sub(r"\$\{\{ (.*?) \}\}", lambda found: known[found[1]], text)

    def comment(self) -> str:
        words = (self.workplace.folder / "gh.txt").read_text().split()
        assert words[:3] == ["pr", "comment", "https://github.com/o/r/pull/7"]
        assert words[words.index("--body-file") + 1] == "plan.md"
        return (self.workplace.folder / "comment.md").read_text("utf-8")


class GitLab(Pipeline):
    source, target = "gitlab-ci.yml", ".gitlab-ci.yml"
    pictures = f"[after](<https://gitlab.example.com/o/r/-/jobs/11/artifacts/raw/{PICTURE}>) (new)"
    events = {"change": "merge_request_event", "main": "push", "schedule": "schedule"}

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.notes: list[tuple[str, str, str]] = []
        notes = self.notes

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_arguments: object) -> None:
                pass

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                notes.append((self.path, self.headers["PRIVATE-TOKEN"], parse_qs(body)["body"][0]))
                self.send_response(201)
                self.send_header("Content-Length", "0")
                self.end_headers()

        self.site = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.site.serve_forever, daemon=True).start()

    def jobs(self, event: str) -> list[str]:
        wanted = f'$CI_PIPELINE_SOURCE == "{self.events[event]}"'
        jobs = {name: body for name, body in self.data.items() if isinstance(body, dict) and "script" in body}
        return [name for name, body in jobs.items() if any(wanted in rule["if"] for rule in body["rules"])]

    def scripts(self, job: str) -> Iterator[tuple[str, dict[str, str]]]:
        lines = [*self.data["default"]["before_script"], *self.data[job]["script"]]
        forge = {
            "CI_API_V4_URL": f"http://127.0.0.1:{self.site.server_address[1]}/api/v4",
            "CI_PROJECT_ID": "3",
            "CI_MERGE_REQUEST_IID": "7",
            "CI_JOB_URL": "https://gitlab.example.com/o/r/-/jobs/11",
            "COMMENT_TOKEN": "glpat-x",
            "TMI_URL": self.url,
        }
        logins = {"tmi-read": self.read, "tmi": self.write}
        yield "\n".join(lines), {**self.data["variables"], **forge, **logins[self.data[job]["environment"]["name"]]}

    def comment(self) -> str:
        ((path, token, body),) = self.notes
        assert path == "/api/v4/projects/3/merge_requests/7/notes"
        assert token == "glpat-x"
        return body


def log_in(url: str, workplace: Workplace) -> dict[str, str]:
    """Log alice in as `tmi.tmi.login` does on the machine that applies; return the variable that names the file."""
    cache = str(workplace.folder / "tokens.json")
    options = {"url": url, "token_cache": cache}
    begun = perform("tmi_token", {**options, "browser": "paste"})
    last = visit(begun["authorization_url"], workplace.server.url, "alice")
    ended = perform("tmi_token", {**options, "callback_url": last})
    assert not ended.get("failed"), ended
    return {"TMI_TOKEN_CACHE": cache}


@pytest.fixture
def address(workplace: Workplace) -> Iterator[str]:
    """Return the address of the page's server, whose login wants to see a person."""
    with login_page(workplace.server.url) as found:
        yield found


@pytest.mark.skipif(shutil.which("bash") is None or shutil.which("curl") is None, reason="there is no bash, or no curl")
@pytest.mark.parametrize("kind", [GitHub, GitLab], ids=lambda kind: kind.__name__)
def test_review_apply_and_drift(kind: type[Pipeline], workplace: Workplace, address: str) -> None:
    server, write = workplace.server, log_in(address, workplace)
    pipeline = kind(workplace, address, workplace.service_account() if workplace.api == "v1" else write, write)

    before = server.census()
    code, said = pipeline.run("change")
    assert code == 0, said
    comment = pipeline.comment()
    assert "Web shop" in comment
    assert pipeline.pictures in comment
    assert [path.name for path in pipeline.folder.glob("plan.*.svg")] == [PICTURE]
    assert len(comment) <= COMMENT
    assert server.census() == before

    code, said = pipeline.run("main")
    assert code == 0, said
    assert {"Web shop"} == {key[0] for key in server.census()} - {key[0] for key in before}

    code, said = pipeline.run("schedule")
    assert code == 0, said

    (model,) = [yaml.safe_load(path.read_text("utf-8")) for path in MODELS.glob("*.yml")]
    assert workplace.apply(False, definition={**model, "description": "Changed by hand"})["changed"]
    after = server.census()
    code, said = pipeline.run("schedule")
    assert code != 0
    assert "1 of 1 threat models differ from the files" in said
    assert "Changed by hand" in said
    assert server.census() == after


@pytest.mark.parametrize("name", ["github-actions.yml", "gitlab-ci.yml"])
def test_what_is_replaced_is_what_readers_run(name: str) -> None:
    text = (CI / name).read_text("utf-8")
    assert all(command in text for command in INSTEAD)
    words = [word for word in shlex.split(PIP) if word != "ansible-core"]
    console.pip(words, None)  # type: ignore[arg-type]


def test_only_the_apply_jobs_write() -> None:
    """All others are in check mode; two that write never run at once."""
    github = yaml.safe_load((CI / "github-actions.yml").read_text("utf-8"))["jobs"]
    gitlab = yaml.safe_load((CI / "gitlab-ci.yml").read_text("utf-8"))
    calls = {f"GitHub {job}": [step.get("run", "") for step in body["steps"]] for job, body in github.items()}
    calls |= {f"GitLab {job}": gitlab[job]["script"] for job in ("plan", "apply", "drift")}
    for job, scripts in calls.items():
        played = [line for line in "\n".join(scripts).splitlines() if line.startswith("ansible-playbook")]
        assert played, job
        assert [line for line in played if "--check" not in line.split()] == (played[:1] if "apply" in job else []), job
    assert github["apply"]["concurrency"]
    assert gitlab["apply"]["resource_group"]


def test_the_collection_is_a_release_of_a_repository() -> None:
    (collection,) = yaml.safe_load((CI / "requirements.yml").read_text("utf-8"))["collections"]
    assert collection["type"] == "git"
    assert collection["version"] == yaml.safe_load((ROOT / "galaxy.yml").read_text("utf-8"))["version"]
