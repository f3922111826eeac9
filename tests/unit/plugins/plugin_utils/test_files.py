# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A folder of texts: only what differs is written, in one step, and nothing else is touched."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import find_files
from ansible_collections.tmi.tmi.plugins.module_utils._files import folder as folders
from ansible_collections.tmi.tmi.plugins.modules.tmi_files import MODULE
from ansible_collections.tmi.tmi.plugins.plugin_utils._action import prepared, run_here

FILES = {"a.html": "A\n", "b.csv": "ü;1\r\n"}


def write(dest: Path | str, files: Any = None, check: bool = False, **options: Any) -> dict[str, Any]:
    """Return the result of a task, as on a local connection."""
    args = {"dest": str(dest), "files": FILES if files is None else files, **options}
    task = SimpleNamespace(check_mode=check, diff=True)
    return run_here(MODULE, "tmi.tmi.tmi_files", prepared(MODULE, args, str, shipped=False), task)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_check_mode_predicts_and_the_second_run_writes_nothing(tmp_path: Path) -> None:
    dest = tmp_path / "new" / "reports"
    predicted = write(dest, check=True)
    assert not (tmp_path / "new").exists()
    first = write(dest)
    assert predicted == first
    assert first["changed"]
    assert first["written"] == ["a.html", "b.csv"]
    assert [row["after"] for row in first["diff"]] == ["A\n", "ü;1\r\n"]
    assert {path.name: path.read_bytes() for path in dest.iterdir()} == {n: t.encode() for n, t in FILES.items()}
    stamps = {path: path.stat().st_mtime_ns for path in dest.iterdir()}
    again = write(dest)
    assert (again["changed"], again["written"], again["diff"]) == (False, [], [])
    assert {path: path.stat().st_mtime_ns for path in dest.iterdir()} == stamps


def test_only_what_differs_is_written_and_other_files_stay(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "mine.txt").write_text("mine")
    inode = (tmp_path / "b.csv").stat().st_ino
    result = write(tmp_path, {**FILES, "a.html": "B\n"})
    assert result["written"] == ["a.html"]
    assert [(row["before"], row["after"]) for row in result["diff"]] == [("A\n", "B\n")]
    assert (tmp_path / "b.csv").stat().st_ino == inode
    assert write(tmp_path, {})["changed"] is False
    assert {path.name for path in tmp_path.iterdir()} == {*FILES, "mine.txt"}


@pytest.mark.parametrize(
    ("mode", "files", "folder"),
    [("0600", 0o600, 0o700), ("640", 0o640, 0o750), (0o644, 0o644, 0o755), ("0664", 0o664, 0o775)],
)
def test_who_can_read_the_files_can_enter_a_new_folder(tmp_path: Path, mode: Any, files: int, folder: int) -> None:
    dest = tmp_path / "x" / "y"
    write(dest, mode=mode)
    assert {mode_of(path) for path in dest.iterdir()} == {files}
    assert (mode_of(dest), mode_of(dest.parent)) == (folder, folder)
    (dest / "a.html").chmod(0o604)
    result = write(dest, mode=mode)
    assert (result["written"], mode_of(dest / "a.html")) == (["a.html"], files)


def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o751)
    write(tmp_path)
    assert mode_of(tmp_path) == 0o751


def test_only_files_of_earlier_runs_are_removed_and_only_if_asked(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "mine.txt").write_text("mine")
    assert write(tmp_path, {"a.html": "A\n"}, prune=True)["removed"] == []  # nothing is known of b.csv
    write(tmp_path, prune=True)
    write(tmp_path, {**FILES, "a.html": "C\n", "c.md": "c"})  # the list stays true without the option
    assert write(tmp_path, {"b.csv": FILES["b.csv"]})["removed"] == []
    check = write(tmp_path, {"b.csv": FILES["b.csv"]}, prune=True, check=True)
    done = write(tmp_path, {"b.csv": FILES["b.csv"]}, prune=True)
    assert check == done
    assert (done["changed"], done["removed"], done["written"]) == (True, ["a.html", "c.md"], [])
    assert {path.name for path in tmp_path.iterdir()} == {"b.csv", "mine.txt", folders.REGISTER}
    assert write(tmp_path, {"b.csv": FILES["b.csv"]}, prune=True)["changed"] is False


def test_the_list_of_files_is_no_definition(tmp_path: Path) -> None:
    write(tmp_path, {"shop.yml": "tmi_definition: 1\nname: Shop\n"}, prune=True)
    assert (tmp_path / folders.REGISTER).exists()
    assert list(find_files([str(tmp_path)])) == [str(tmp_path / "shop.yml")]


def test_a_file_that_a_person_has_changed_is_kept(tmp_path: Path) -> None:
    write(tmp_path, prune=True)
    (tmp_path / "a.html").write_text("by hand")
    result = write(tmp_path, {}, prune=True)
    assert (result["removed"], result["kept"]) == (["b.csv"], ["a.html"])
    assert "a.html: kept" in result["warnings"][0]
    assert (tmp_path / "a.html").read_text() == "by hand"


def test_a_link_is_replaced_and_its_target_is_not_touched(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("A\n")
    dest = tmp_path / "dest"
    dest.mkdir()
    (dest / "a.html").symlink_to(target)
    assert write(dest)["written"] == ["a.html", "b.csv"]
    assert not (dest / "a.html").is_symlink()
    write(dest, {"a.html": "other"})
    assert target.read_text() == "A\n"


def test_a_write_that_fails_leaves_the_old_file_and_says_what_was_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path)
    real = os.replace

    def replace(source: str, target: str, **options: Any) -> None:
        if target.endswith("b.csv"):
            raise OSError(28, "No space left on device")
        real(source, target, **options)

    monkeypatch.setattr(folders.os, "replace", replace)
    result = write(tmp_path, {"a.html": "new", "b.csv": "new"})
    assert result["failed"]
    assert result["changed"]
    assert result["done"] == ["updated a.html"]
    assert "b.csv: No space left on device" in result["msg"]
    assert "stats" not in result
    assert (tmp_path / "b.csv").read_text("utf-8") == "ü;1\n"
    assert {path.name for path in tmp_path.iterdir()} == set(FILES), "a temporary file is left"


def test_large_files_are_not_in_the_diff(tmp_path: Path) -> None:
    (row,) = write(tmp_path, {"a": "x" * 200_000})["diff"]
    assert "after" not in row
    assert row["src_larger"] == 104_448


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"files": {"../a": "x"}}, "files: '../a' cannot be the name of a file"),
        ({"files": {".hidden": "x"}}, "cannot be the name of a file"),
        ({"files": {"": "x"}}, "cannot be the name of a file"),
        ({"files": {"a\nb": "x"}}, "cannot be the name of a file"),
        ({"files": {"a": 5}}, "files.a: must be a text, not"),
        ({"files": {"a": None}}, "files.a: must be a text, not null"),
        ({"files": {"a": "\ud800"}}, "files.a: is not text"),
        ({"files": ["a"]}, "files: must be a map"),
        ({"mode": "u=rw"}, "mode: must be a mode in octal digits, such as '0640', not 'u=rw'"),
        ({"mode": 640}, "mode: must be a mode in octal digits"),
        ({"mode": True}, "mode: must be a mode in octal digits"),
        ({"mode": "04755"}, "mode: must be a mode in octal digits"),
        ({"dest": " "}, "dest: must not be empty"),
        ({"url": "https://tmi.example.com"}, "Unsupported parameters"),
    ],
)
def test_options_that_cannot_be(tmp_path: Path, options: dict[str, Any], says: str) -> None:
    try:
        result = write(**{"dest": tmp_path / "x", **options})
    except Exception as error:  # found before the module runs
        result = {"failed": True, "msg": str(error)}
    assert result["failed"]
    assert says in result["msg"]
    assert not list(tmp_path.iterdir())


def test_what_stands_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert f"dest: {tmp_path / 'file'} is no folder" in write(tmp_path / "file")["msg"]
    assert "cannot use" in write(tmp_path / "file" / "x")["msg"]
    (tmp_path / "a.html").mkdir()
    assert "is no regular file, so it cannot be replaced" in write(tmp_path)["msg"]
    (tmp_path / "a.html").rmdir()
    for content in ("[]", '{"files": {"../x": "0"}}', '{"files": {"x": 1}}', "nonsense", "[" * 100_000):
        (tmp_path / folders.REGISTER).write_text(content)
        assert "is not the list of files that earlier runs wrote" in write(tmp_path, prune=True)["msg"], content[:20]
    assert not (tmp_path / "b.csv").exists()
