# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make quickstart` writes into .venv/ and .cache/ alone: nothing else in the tree, nothing in the home."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("aiohttp", reason="the embedded server needs aiohttp")

ROOT = Path(__file__).resolve().parents[3]
MADE = (".venv", ".cache")
LEFT_OUT = (
    ".git",
    ".nox",
    ".ansible",
    "dist",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    "output",
    *MADE,
)


def listed(folder: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of everything in a folder, links not followed."""
    return {
        str(path.relative_to(folder)): (path.lstat().st_size, path.lstat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file() or not any(path.iterdir())
    }


def surroundings(**more: str) -> dict[str, str]:
    """Return the environment of a user's shell: without what a `make` around this test, or its caller, has set."""
    others = ("ANSIBLE_", "TMI_", "XDG_", "PIP_", "MAKE", "MFLAGS")
    return {**{name: value for name, value in os.environ.items() if not name.startswith(others)}, **more}


def environment(place: Path) -> None:
    """Make a virtual environment with all that is installed here, so that none of it has to be fetched."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True, timeout=120)
    (site,) = place.glob("lib/python*/site-packages")
    (site / "these.pth").write_text("\n".join(path for path in sys.path if "site-packages" in path))


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
@pytest.mark.skipif(not (ROOT / "Makefile").exists(), reason="the tree has no Makefile")
def test_quickstart_keeps_to_its_folders(tmp_path: Path) -> None:
    tree, home = tmp_path / "tree", tmp_path / "home"
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
    home.mkdir()
    (home / ".ansible.cfg").touch()
    environment(tree / ".venv")
    script = f"#!{tree}/.venv/bin/python\nimport sys\nfrom ansible.cli.playbook import main\nsys.exit(main())\n"
    (tree / ".venv/bin/ansible-playbook").write_text(script)
    (tree / ".venv/bin/ansible-playbook").chmod(0o755)
    (tree / ".venv/.place").write_text(str(tree))
    (tree / ".venv/.runtime").touch()  # newer than its list of requirements: all is there
    environment(tree / ".cache/state/tmi-sandbox/venv")

    before = {folder: listed(folder) for folder in (tree, home)}
    run = subprocess.run(
        ["make", "quickstart"],
        cwd=tree,
        env=surroundings(HOME=str(home)),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "changed=0, 0 writes by the server's count" in run.stdout
    for folder, listing in before.items():
        changed = {name for name, _facts in set(listed(folder).items()) ^ set(listing.items())}
        assert sorted(name for name in changed if not name.startswith(MADE)) == []


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
@pytest.mark.skipif(not (ROOT / "Makefile").exists(), reason="the tree has no Makefile")
def test_what_is_fetched_is_kept_there_too(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    asked = ["make", "--eval", "probe: ; @echo $$PIP_CACHE_DIR", "probe"]
    answer = subprocess.run(
        asked, cwd=tmp_path, env=surroundings(), capture_output=True, text=True, check=True, timeout=60
    )
    assert answer.stdout.strip() == f"{tmp_path}/.cache/pip"
