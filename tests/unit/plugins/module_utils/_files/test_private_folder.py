# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that no other user may read or replace, and a lock with a limited wait."""

from __future__ import annotations

import contextlib
import os
import stat
import threading
from pathlib import Path
from typing import Any, Iterator

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._files import private_folder
from ansible_collections.tmi.tmi.plugins.module_utils._files.private_folder import PrivateFolder
from ansible_collections.tmi.tmi.plugins.module_utils._login.auth import Auth
from ansible_collections.tmi.tmi.plugins.module_utils._modules.module import Module
from ansible_collections.tmi.tmi.plugins.module_utils._options import Settings


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def use(cache: Path, **more: Any) -> Auth:
    """Look into a cache, as each task does; return what did."""
    given = {"url": "http://127.0.0.1:1", "token_cache": str(cache), "timeout": 0.2, "retry_timeout": 0}
    auth = Auth(Settings.from_params({**given, **more}))
    auth.cached()
    return auth


def refusal(cache: Path) -> str:
    with pytest.raises(InputError) as raised:
        use(cache)
    message = str(raised.value)
    assert message.startswith("token_cache: ")
    return message


def private(folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    return folder


def test_all_folders_that_are_made_are_private(tmp_path: Path) -> None:
    cache = tmp_path / "a" / "b" / "c" / "tokens.json"
    use(cache)
    assert [stat.S_IMODE(path.stat().st_mode) for path in list(cache.parents)[:3]] == [0o700] * 3
    assert stat.S_IMODE((cache.parent / "tokens.json.lock").stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["tokens.json", "tokens.json.lock"])
@pytest.mark.parametrize("kind", ["pipe", "folder", "link", "link to nothing", "open", "foreign"])
def test_what_is_no_private_file_is_refused_at_once(
    kind: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = private(tmp_path / "f") / name
    other = tmp_path / "other"
    other.write_text("{}")
    other.chmod(0o600)
    if kind == "pipe":
        os.mkfifo(path, 0o600)
    elif kind == "folder":
        path.mkdir()
    elif kind.startswith("link"):
        path.symlink_to(other if kind == "link" else tmp_path / "nothing")
    else:
        path.write_text("")
        path.chmod(0o644 if kind == "open" else 0o600)
    if kind == "foreign":
        monkeypatch.setattr(private_folder, "_owner", lambda: path.stat().st_uid + 1)
    message = refusal(path.parent / "tokens.json")
    words = {"open": "chmod 600", "foreign": "belongs to another user", "pipe": "is no regular file"}
    assert words.get(kind, "must not be a symbolic link" if "link" in kind else "") in message
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize(
    ("mode", "refused"), [(0o777, True), (0o773, True), (0o1777, False), (0o755, False), (0o700, False)]
)
def test_a_folder_that_others_can_write(mode: int, refused: bool, tmp_path: Path) -> None:
    folder = private(tmp_path / "f")
    folder.chmod(mode)
    if refused:
        assert f"others can write to the folder {folder}" in refusal(folder / "tokens.json")
        assert not list(folder.iterdir())
    else:
        use(folder / "tokens.json")


def test_a_folder_that_a_group_can_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = private(tmp_path / "f")
    folder.chmod(0o770)
    use(folder / "tokens.json")  # the user's own group
    monkeypatch.setattr(os, "getegid", lambda: folder.stat().st_gid + 1)
    assert "chmod go-w" in refusal(folder / "tokens.json")


def test_a_folder_of_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = private(tmp_path / "f")
    monkeypatch.setattr(private_folder, "_trusted", lambda: {folder.stat().st_uid + 1})
    assert "belongs to another user" in refusal(folder / "tokens.json")


def test_a_folder_behind_a_link_is_looked_at_itself(tmp_path: Path) -> None:
    folder = private(tmp_path / "f")
    (tmp_path / "link").symlink_to(folder)
    use(tmp_path / "link" / "tokens.json")
    folder.chmod(0o777)
    assert "others can write" in refusal(tmp_path / "link" / "tokens.json")


def test_a_lock_that_is_held_has_an_end_and_a_holder(tmp_path: Path) -> None:
    cache = private(tmp_path / "f") / "tokens.json"
    with contextlib.closing(PrivateFolder(str(cache), "x")) as folder, folder.locked("tokens.json.lock", 1):
        message = refusal(cache)
    assert f"{cache}.lock is locked by process {os.getpid()} on {os.uname().nodename} since 20" in message
    assert "wait until that run has ended, or end it" in message
    use(cache)
    assert (cache.parent / "tokens.json.lock").read_text() == ""


def test_a_lock_is_got_as_soon_as_it_is_free(tmp_path: Path) -> None:
    cache = private(tmp_path / "f") / "tokens.json"
    free = threading.Event()
    with contextlib.closing(PrivateFolder(str(cache), "x")) as folder:
        holding = threading.Event()

        def hold() -> None:
            with folder.locked("tokens.json.lock", 1):
                holding.set()
                free.wait(60)

        holder = threading.Thread(target=hold)
        holder.start()
        assert holding.wait(60)
        threading.Timer(0.1, free.set).start()
        use(cache, retry_timeout=60)
        holder.join()


def test_a_lock_that_was_removed_meanwhile_is_made_anew(tmp_path: Path) -> None:
    cache = private(tmp_path / "f") / "tokens.json"
    with contextlib.closing(PrivateFolder(str(cache), "x")) as folder, folder.locked("tokens.json.lock", 1):
        os.unlink(f"{cache}.lock")
        use(cache)  # of another file, which is not locked


def test_what_killed_writers_left_behind_is_removed(tmp_path: Path) -> None:
    cache = private(tmp_path / "f") / "tokens.json"
    (cache.parent / "tokens.json.0011223344556677.tmp").write_text("secret")
    (cache.parent / "tokens.json.mine").write_text("")
    with contextlib.closing(PrivateFolder(str(cache), "x")) as folder:
        folder.replace("tokens.json", b"{}")
    assert sorted(os.listdir(cache.parent)) == ["tokens.json", "tokens.json.mine"]
    assert stat.S_IMODE(cache.stat().st_mode) == 0o600


@pytest.mark.parametrize(("content", "warned"), [("", False), ("{", True), ('{"entries": []}', True), ("[1]", True)])
def test_a_broken_cache_is_reported(content: str, warned: bool, tmp_path: Path) -> None:
    cache = private(tmp_path / "f") / "tokens.json"
    cache.write_text(content)
    cache.chmod(0o600)
    auth = use(cache)
    auth.cached()
    assert auth.warnings == [f"token_cache: {cache} is no token cache that can be read, and counts as empty"] * warned


# --- files that options name ------------------------------------------------------------------------


@pytest.mark.parametrize(("mode", "warned"), [(0o600, False), (0o400, False), (0o644, True), (0o604, True)])
@pytest.mark.parametrize("option", ["env_file", "client_key"])
def test_a_file_with_secrets_that_others_can_read(option: str, mode: int, warned: bool, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("TMI_TOKEN=abc\n")
    path.chmod(mode)
    given = {"url": "http://127.0.0.1:1", "token": "x", option: str(path), "client_cert": str(path)}
    expected = [f"{option}: others can read {path}: chmod 600 it"] if warned else []
    assert Settings.from_params(given).warnings() == expected
    result = Module({}, lambda params, context: {"changed": False, "warnings": ["more"]}).run(given, False)
    assert result["warnings"] == [*expected, "more"]


def test_a_file_of_variables_that_others_can_write(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("TMI_TOKEN=abc\n")
    path.chmod(0o646)
    with pytest.raises(InputError, match=f"env_file: others can write to {path}.*chmod 600 it"):
        Settings.from_params({"url": "http://127.0.0.1:1", "env_file": str(path)})


@pytest.mark.parametrize("option", ["env_file", "ca_path", "client_cert", "client_key"])
def test_a_pipe_is_not_waited_for(option: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match=f"{option}: cannot read .*no regular file"):
        Settings.from_params({"url": "http://127.0.0.1:1", option: str(tmp_path / "pipe")})
