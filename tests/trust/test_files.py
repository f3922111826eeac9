# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The token cache: locks end, files are private; and so are exports and reports."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

PROMISE = "Token cache: locks end, files are private"
FOLDER = "ansible_collections.tmi.tmi.plugins.module_utils._files.private_folder:"
#: Seconds after which a run counts as one that does not end; far more than the slowest machine needs for one.
LONGEST = 60
#: A look into a cache, as each task does it first; prints the refusal.
LOOK = """
import sys
from ansible_collections.tmi.tmi.plugins.module_utils._login.auth import Auth
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._options import Settings
auth = Auth(Settings.from_params({"url": "http://127.0.0.1:1", "token_cache": sys.argv[1], "timeout": 0.5,
                                  "retry_timeout": 0}))
try:
    auth.cached()
except InputError as error:
    print(error)
"""
HOLD = """
import fcntl, os, sys, time
lock = os.open(sys.argv[1] + ".lock", os.O_RDWR | os.O_CREAT, 0o600)
fcntl.flock(lock, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def _generous_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def look(cache: Path) -> str:
    """Return what is refused about a cache, empty if nothing is; fails where that does not end."""
    paths = [os.environ["ANSIBLE_COLLECTIONS_PATH"], os.environ.get("PYTHONPATH", "")]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, reversed(paths)))}
    command = [sys.executable, "-c", LOOK, str(cache)]
    try:
        done = subprocess.run(command, env=env, check=False, capture_output=True, text=True, timeout=LONGEST)
    except subprocess.TimeoutExpired:
        pytest.fail(f"the cache is waited for without end: {cache}")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Return the path of a cache in a private folder."""
    (tmp_path / "private").mkdir(mode=0o700)
    return tmp_path / "private" / "tokens.json"


@pytest.mark.promise(PROMISE, sample=2, guard=FOLDER + "PrivateFolder._lock", fails="held")
@pytest.mark.parametrize("obstacle", ["held", "pipe", "pipe as lock", "killed"])
def test_locks_end(cache: Path, obstacle: str) -> None:
    if obstacle.startswith("pipe"):
        os.mkfifo(f"{cache}.lock" if "lock" in obstacle else cache, 0o600)
        assert "is no regular file" in look(cache)
        return
    with subprocess.Popen([sys.executable, "-c", HOLD, cache], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        try:
            if obstacle == "held":
                assert f"{cache}.lock is locked by" in look(cache)
        finally:
            holder.kill()
    assert look(cache) == ""


@pytest.mark.promise(PROMISE, sample=1, guard=FOLDER + "make_folders", fails="[3]")
@pytest.mark.parametrize("depth", [1, 3])
def test_folders_that_are_made_are_private(tmp_path: Path, depth: int) -> None:
    folder = tmp_path.joinpath(*"abc"[:depth])
    assert look(folder / "tokens.json") == ""
    made = [path for path in (folder, *folder.parents) if tmp_path in path.parents]
    assert [stat.S_IMODE(path.stat().st_mode) for path in made] == [0o700] * depth
    assert [stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()] == [0o600]


@pytest.mark.promise(PROMISE, sample=1, guard=FOLDER + "PrivateFolder._check")
@pytest.mark.parametrize("mode", [0o777, 0o707, 0o703])
def test_folders_that_others_can_write_are_refused(cache: Path, mode: int) -> None:
    cache.parent.chmod(mode)
    assert "others can write" in look(cache)
    assert not list(cache.parent.iterdir())


@pytest.mark.promise(PROMISE, sample=1, guard=FOLDER + "PrivateFolder._check_file")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o620])
def test_caches_that_others_can_open_are_refused(cache: Path, mode: int) -> None:
    cache.write_text("{}")
    cache.chmod(mode)
    assert "is open to other users" in look(cache)


@pytest.mark.promise(PROMISE, sample=1, guard=False)
@pytest.mark.parametrize("kind", ["export", "report"])
def test_exports_and_reports_are_private(
    server: Any, tmp_path: Path, kind: str, record_property: Callable[[str, object], None]
) -> None:
    from ansible_collections.tmi.tmi.tests.harness.estate import estate
    from ansible_collections.tmi.tmi.tests.harness.runs import run

    server.clear()
    assert not run(server, estate(server.api, "first")).get("failed")
    folder = tmp_path / "x" / "y"
    facts = {f"tmi_{kind}_dest": str(folder)}
    done = subprocess.run(
        [Path(sys.executable).with_name("ansible-playbook"), f"tmi.tmi.{kind}", "-e", json.dumps(facts)],
        env={**os.environ, "TMI_URL": server.url, "TMI_TOKEN": server.tokens["access_token"]},
        check=False,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    files = [path for path in folder.iterdir() if path.is_file()]
    record_property("cases", len(files) + 2)
    assert files
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder, folder.parent)} == {0o700}
