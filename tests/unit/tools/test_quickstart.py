# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make quickstart` and `make stop`, as somebody runs them in a fresh clone."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tmi.tmi.tests.harness.clone import MADE, ROOT, Clone, listed, surroundings

pytest.importorskip("aiohttp", reason="the embedded server needs aiohttp")
pytestmark = [
    pytest.mark.skipif(shutil.which("make") is None, reason="there is no make"),
    pytest.mark.skipif(not (ROOT / "Makefile").exists(), reason="the tree has no Makefile"),
]

SEEDED = "8 models, 115 threats, 97 nodes, 33 boundaries, 95 flows, posted in 8 sessions, read back from the server"
AGAIN = "Seeded a second time: changed=0, 0 writes by the server's count"


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Clone]:
    with contextlib.closing(Clone(tmp_path)) as clone:
        yield clone


def port_in_use() -> socket.socket:
    """Return a socket that has the default port of the quickstart, unless another program has it."""
    taken = socket.socket()
    with contextlib.suppress(OSError):
        taken.bind(("127.0.0.1", 18100))
    with contextlib.suppress(OSError):
        taken.listen()
    return taken


def quickstart(clone: Clone, *settings: str) -> str:
    """Return what `make quickstart` prints."""
    run = clone.run("make", "quickstart", *settings)
    assert (run.returncode, run.stderr) == (0, ""), run.stdout + run.stderr
    lines = run.stdout.splitlines()
    assert len(lines) <= 25, run.stdout
    assert [line for line in (SEEDED, AGAIN) if line not in lines] == [], run.stdout
    assert not re.search("WARN|DEPRECAT|skipping", run.stdout), run.stdout
    return run.stdout


def server(clone: Clone) -> Any:
    """Return what the server of a clone says of itself."""
    (file,) = (clone.tree / ".cache" / "tmi-sandbox").glob("sandbox-*.json")
    return json.loads(file.read_text())


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_quickstart(clone: Clone) -> None:
    (clone.home / ".ansible.cfg").touch()
    before = {folder: listed(folder) for folder in (clone.tree, clone.home)}
    with port_in_use() as taken:
        said = quickstart(clone)
        first = server(clone)
        assert first["host"] == "127.0.0.1"
        assert first["port"] != taken.getsockname()[1]
    # Another program may have the default port, and give it back too soon.
    told = f"Another program uses port 18100, so the server listens on port {first['port']}." in said
    assert told == (first["port"] != 18100)
    for folder, listing in before.items():
        changed = {name for name, _facts in set(listed(folder).items()) ^ set(listing.items())}
        assert sorted(name for name in changed if not name.startswith(MADE)) == []

    for name in ("Report", "Log of this run"):
        told = re.search(rf"^{name}: (\S+)$", said, re.MULTILINE)
        assert told, said
        assert (clone.tree / told[1]).stat().st_size > 1000

    # The commands at the end, as they are printed.
    commands = said.partition("Go on with:\n")[2].splitlines()
    assert len(commands) == 3
    with contextlib.closing(clone.shell()) as shell:
        for command in commands:
            code, plan = shell.run(command.strip())
            assert code == 0, plan
    assert "Card payments" in plan
    assert "Cache poisoning" in plan
    assert not re.search("WARN|DEPRECAT|skipping|failed=[1-9]", plan), plan

    # The server and what is in it stay, until they are stopped; then the data do.
    stopped = clone.run("make", "stop")
    assert stopped.stdout == f"Stopped the server at {first['url']}.\n"
    assert not listens(first["port"])
    assert clone.run("make", "stop").stdout == "No server of this folder runs.\n"
    quickstart(clone)
    second = server(clone)
    assert second["pid"] != first["pid"]

    # No process stays behind that nobody knows of.
    shutil.rmtree(clone.tree)
    end = time.monotonic() + 60
    while listens(second["port"]):
        assert time.monotonic() < end, "the server outlives its folder"
        time.sleep(0.1)


def test_a_port_that_was_asked_for_is_in_use(clone: Clone) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = clone.run("make", "quickstart", f"PORT={port}")
    assert run.returncode == 2, run.stdout
    assert run.stdout == ""
    reason = f"port {port}: another program uses it; stop that program or choose another port"
    assert f"tmi_sandbox: cannot listen on 127.0.0.1 {reason}\n" in run.stderr
    assert len(run.stderr.splitlines()) == 3, run.stderr  # the reason, the log, make
    assert reason in (clone.tree / ".cache" / "quickstart.log").read_text()


def test_what_is_fetched_is_kept_there_too(tmp_path: Path) -> None:
    assert probe(tmp_path, "$$PIP_CACHE_DIR") == f"{tmp_path}/.cache/pip"


def probe(folder: Path, what: str, **environment: str) -> str:
    """Return what `echo` prints in a recipe of the Makefile, in a folder of its own."""
    shutil.copy(ROOT / "Makefile", folder)
    answer = subprocess.run(
        ["make", "--eval", f"probe: ; @echo {what}", "probe"],
        cwd=folder,
        env={**surroundings(), **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return answer.stdout.strip()


@pytest.mark.parametrize(
    ("environment", "is_replaced"),
    [({"LC_ALL": "C"}, True), ({"LC_ALL": "C.UTF-8"}, False), ({"LC_ALL": "", "LANG": "C"}, False)],
)
def test_a_locale_without_utf_8_is_replaced(tmp_path: Path, environment: dict[str, str], is_replaced: bool) -> None:
    found = probe(tmp_path, "$$LC_ALL '$(NEEDED)'", HOME=str(tmp_path), **environment)
    wanted = r"((?:C|en_US)\.utf-?8) LC_ALL=\1" if is_replaced else re.escape(environment["LC_ALL"])
    assert re.fullmatch(wanted, found, re.IGNORECASE), found


def test_another_home_of_ansible_is_used_if_the_home_cannot_be_written(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    assert probe(tmp_path, "'$(NEEDED)'", HOME=missing, LC_ALL="C.UTF-8") == "ANSIBLE_HOME=$PWD/.cache/ansible"
    (tmp_path / ".ansible").mkdir()
    assert probe(tmp_path, "'$(NEEDED)'", HOME=str(tmp_path), LC_ALL="C.UTF-8") == ""


def made(folder: Path, target: str, python: str, *settings: str) -> subprocess.CompletedProcess[str]:
    """Run make with a shell script in place of Python, in a process group of its own."""
    script = folder / "python"
    script.write_text(f"#!/bin/sh\n{python}\n")
    script.chmod(0o755)
    shutil.copy(ROOT / "Makefile", folder)
    return subprocess.run(
        ["make", target, *settings],
        cwd=folder,
        env=surroundings(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        start_new_session=True,
    )


@pytest.mark.parametrize(("python", "is_shown"), [("echo Traceback >&2; exit 1", True), ("", False)])
def test_an_interrupt_of_venv_shows_no_traceback(tmp_path: Path, python: str, is_shown: bool) -> None:
    interrupted = "trap 'echo Traceback >&2; exit 1' INT; kill -INT 0; sleep 1"
    run = made(tmp_path, ".venv/.place", python or interrupted, f"PYTHON={tmp_path}/python")
    assert run.returncode != 0
    assert ("Traceback" in run.stderr) is is_shown, run.stderr


def test_a_failure_of_pip_says_what_to_do_without_its_index(tmp_path: Path) -> None:
    listing = tmp_path / "tests/tools/requirements/locked/runtime.txt"
    listing.parent.mkdir(parents=True)
    listing.touch()
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/.place").write_text(f"{tmp_path}\n")
    (tmp_path / ".venv/bin/python").symlink_to(tmp_path / "python")
    run = made(tmp_path, ".venv/.runtime", "echo 'ERROR: No matching distribution found' >&2; exit 1")
    assert run.returncode == 2
    lines = run.stderr.splitlines()
    assert [line.split()[0] for line in lines] == ["ERROR:", "pip", "make:"]
    assert "set PIP_INDEX_URL to a mirror" in lines[1]
