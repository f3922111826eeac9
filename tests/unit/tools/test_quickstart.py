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
    shutil.copy(ROOT / "Makefile", tmp_path)
    asked = ["make", "--eval", "probe: ; @echo $$PIP_CACHE_DIR", "probe"]
    answer = subprocess.run(
        asked, cwd=tmp_path, env=surroundings(), capture_output=True, text=True, check=True, timeout=60
    )
    assert answer.stdout.strip() == f"{tmp_path}/.cache/pip"
