# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locks between runs on one machine: one run at a time, with a report of the holder, none without a private folder."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._errors import TmiError
from ansible_collections.tmi.tmi.plugins.module_utils._files.lock import held

URL = "https://tmi.example.com"
SHOP = 'threat model "Shop"'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files of this test's own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / ("tmi-locks-%d" % os.geteuid())


def now() -> float:
    """A moment that is surely after what was done before: file systems count in steps."""
    time.sleep(0.1)
    return time.time()


def test_who_is_alone_has_not_waited(folder: Path) -> None:
    with held(URL, [SHOP], now(), 5) as was_another:
        assert not was_another
    assert folder.stat().st_mode & 0o777 == 0o700
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in folder.iterdir())


def test_old_files_are_removed_at_most_once_an_hour(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To list the folder takes long if many objects were created."""
    with held(URL, [SHOP], now(), 5):
        pass
    (old,) = [file for file in folder.iterdir() if not file.name.startswith(".")]
    os.utime(old, (1, 1))
    lists = []
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: lists.append(path) or scandir(path))
    for number in range(50):
        with held(URL, [f'threat model "{number}"'], now() if number == 0 else time.time(), 5):
            pass
    assert lists == []
    os.utime(folder / ".cleaned", (1, 1))
    with held(URL, ["another place"], time.time(), 5):
        pass
    assert len(lists) == 1
    assert not old.exists()


def test_a_second_run_waits_and_is_reported() -> None:
    begun = now()
    sleeps: list[float] = []
    first = held(URL, [SHOP], begun, 5)
    first.__enter__()

    def sleep(seconds: float) -> None:
        sleeps.append(seconds)
        if len(sleeps) == 3:
            first.__exit__(None, None, None)

    with held(URL, [SHOP], now(), 60, sleep) as was_another:
        assert was_another
    assert len(sleeps) == 3


def test_a_run_that_has_ended_since_is_reported() -> None:
    """It has created what this one has not seen yet."""
    begun = now()
    with held(URL, [SHOP], begun, 5):
        pass
    with held(URL, [SHOP], begun, 5) as was_another:
        assert was_another
    with held(URL, [SHOP], now(), 5) as was_another:
        assert not was_another


def test_other_places_and_servers_are_free() -> None:
    with held(URL, [SHOP], now(), 5), held(URL, ["notes"], now(), 5) as one, held(URL + "/x", [SHOP], now(), 5) as two:
        assert not one
        assert not two


def test_the_message_names_the_run() -> None:
    another = held(URL, [SHOP], now(), 0, lambda _seconds: None)
    with held(URL, [SHOP], now(), 5), pytest.raises(TmiError) as error:
        another.__enter__()
    assert 'creates threat model "Shop": process %d' % os.getpid() in str(error.value)
    assert "option retry_timeout" in str(error.value)


def test_a_lock_ends_with_its_process() -> None:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        held(URL, [SHOP], 0, 5).__enter__()
        os.write(write, b"x")
        os._exit(9)
    os.read(read, 1)
    os.waitpid(child, 0)
    with held(URL, [SHOP], now(), 60) as was_another:
        assert not was_another


@pytest.mark.parametrize("kind", ["others may write", "a file", "a link"])
def test_without_a_private_folder_runs_go_on(folder: Path, kind: str) -> None:
    if kind == "others may write":
        folder.mkdir()
        folder.chmod(0o777)
    elif kind == "a file":
        folder.write_text("")
    else:
        (folder.parent / "elsewhere").mkdir()
        folder.symlink_to(folder.parent / "elsewhere")
    with held(URL, [SHOP], now(), 5), held(URL, [SHOP], now(), 5) as was_another:
        assert not was_another
