# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A copy of this tree as a reader has it after `git clone`, with a home and a shell of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
#: Commands of ansible-core and their modules. Where ansible-test runs the tests, no folder has their scripts.
COMMANDS = {
    "ansible": "adhoc",
    "ansible-config": "config",
    "ansible-doc": "doc",
    "ansible-galaxy": "galaxy",
    "ansible-inventory": "inventory",
    "ansible-playbook": "playbook",
    "ansible-vault": "vault",
}
#: What `make` may write into.
MADE = (".venv", ".cache")
LEFT_OUT = (
    ".git",
    ".nox",
    ".ansible",
    ".hypothesis",
    "dist",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    "output",
    *MADE,
)
#: Variables of the caller, or of a `make` around the tests, that a reader does not have.
OTHERS = ("ANSIBLE_", "TMI_", "XDG_", "PIP_", "MAKE", "MFLAGS", "PORT", "VIRTUAL_ENV")
#: Seconds after which a command is stuck, on a busy machine too.
PATIENCE = 600


def surroundings(**more: str) -> dict[str, str]:
    """Return the environment of a reader's shell."""
    return {**{name: value for name, value in os.environ.items() if not name.startswith(OTHERS)}, **more}


def lend_packages(venv: Path) -> None:
    """Give a virtual environment all packages that are installed here, so that none has to be fetched."""
    (site,) = venv.glob("lib/python*/site-packages")
    (site / "these.pth").write_text("\n".join(path for path in sys.path if "site-packages" in path))


def listed(folder: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of everything in a folder, links not followed."""
    return {
        str(path.relative_to(folder)): (path.lstat().st_size, path.lstat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file() or not any(path.iterdir())
    }


class Shell:
    """A shell in which one command follows another, with the variables that those before have exported."""

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        self.popen = subprocess.Popen(
            ["bash", "--norc", "--noprofile"],
            cwd=folder,
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, command: str) -> tuple[int, str]:
        """Return the exit code of a command, and what it prints."""
        assert self.popen.stdin is not None
        assert self.popen.stdout is not None
        end = "-- ended with "
        self.popen.stdin.write(f"{{ {command}\n}} </dev/null\necho; echo '{end}'$?\n")
        self.popen.stdin.flush()
        said = []
        for line in self.popen.stdout:
            if line.startswith(end):
                return int(line.removeprefix(end)), "".join(said).removesuffix("\n")
            said.append(line)
        raise AssertionError(f"the shell ended at {command}:\n{''.join(said)}")

    def close(self) -> None:
        """End the shell."""
        self.popen.communicate()


class Clone:
    """A copy of the tree. Its virtual environment has the packages of this one, so `make` fetches nothing."""

    def __init__(self, folder: Path) -> None:
        self.tree, self.home = folder / "tmi.tmi", folder / "home"
        shutil.copytree(ROOT, self.tree, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
        self.home.mkdir()
        venv = self.tree / ".venv"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True, timeout=PATIENCE)
        lend_packages(venv)
        for name, module in COMMANDS.items():
            script = venv / "bin" / name
            code = f"import sys\nfrom ansible.cli.{module} import main\nsys.exit(main())\n"
            script.write_text(f"#!{venv}/bin/python\n{code}")
            script.chmod(0o755)
        (venv / ".place").write_text(str(self.tree))
        for stamp in (".runtime", ".sandbox", ".dev"):  # newer than the lists of packages: all are there
            (venv / stamp).touch()

    def shell(self) -> Shell:
        """Return a new shell in the tree; its `python3` is the one of the tests."""
        path = os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)])
        return Shell(self.tree, surroundings(HOME=str(self.home), PATH=path))

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the tree."""
        place: Any = {"cwd": self.tree, "env": surroundings(HOME=str(self.home)), "stdin": subprocess.DEVNULL}
        return subprocess.run(command, **place, capture_output=True, text=True, check=False, timeout=PATIENCE)

    def close(self) -> None:
        """Stop the server and remove the tree."""
        with contextlib.suppress(FileNotFoundError):
            stopped = self.run("make", "stop")
            assert stopped.returncode == 0, stopped.stderr
        shutil.rmtree(self.tree, ignore_errors=True)
