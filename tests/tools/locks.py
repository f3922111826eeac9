# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The locks of what is installed here: exact versions with hashes, one file for all Pythons, in requirements/locked/.

    locks.py --uv …/bin/uv          make them anew; `make lock` does that

What may be installed is said in requirements/*.txt, meta/ee-requirements.txt and noxfile.py. Each lock begins with a
digest of what it was made from, so that a lock that is behind is found (tests/tools/consistency/check_consistency.py).
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "tests" / "tools" / "requirements"
LOCKED = REQUIREMENTS / "locked"
#: Where the lock of the embedded server is once more, for the role that installs it on the machines of users.
SHIPPED = ROOT / "roles" / "sandbox" / "files" / "requirements.txt"
#: The oldest Python that each is installed with; one that is not named here is installed with that of `make setup`.
OLDEST = {"importer": "3.13"}
USUAL = "3.11"
LICENCE = """\
# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""
MADE_FROM = "# Made by `make lock` from "


def cores() -> dict[str, tuple[str, ...]]:
    """Return the releases of ansible-core that are tested, and the Pythons of each."""
    for node in ast.parse((ROOT / "noxfile.py").read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "CORES":
            found: dict[str, tuple[str, ...]] = ast.literal_eval(node.value)
            return found
    raise LookupError("noxfile.py assigns nothing to CORES")


def lines(path: Path) -> Iterator[str]:
    """Yield the requirements of a file and of those that it names, without comments."""
    for line in path.read_text().splitlines():
        bare = line.partition("#")[0].strip()
        if bare.startswith("-r "):
            yield from lines((path.parent / bare[3:].strip()).resolve())
        elif bare:
            yield bare


def wanted() -> dict[str, list[str]]:
    """Return what each lock is made from: its name, and requirements with ranges."""
    files = {path.stem: sorted(set(lines(path))) for path in sorted(REQUIREMENTS.glob("*.txt")) if path.stem != "core"}
    return {**files, **{f"core-{core}": [f"ansible-core~={core}.0"] for core in cores()}}


def oldest(name: str) -> str:
    """Return the oldest Python that a lock must serve."""
    core = name.removeprefix("core-")
    pythons = cores().get(core, (OLDEST.get(name, USUAL),))
    return min(pythons, key=lambda version: tuple(map(int, version.split("."))))


def digest(name: str, requirements: list[str]) -> str:
    """Return what tells that a lock was made from these requirements."""
    return hashlib.sha256("\n".join([oldest(name), *requirements]).encode()).hexdigest()[:16]


def pins(path: Path) -> list[tuple[str, str, str]]:
    """Return name, version and marker of each package in a lock."""
    pinned = re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(?: ; ([^\\\n]+?))? *\\?$", path.read_text(), re.MULTILINE)
    return [(name, version, marker.strip()) for name, version, marker in pinned]


def complaints() -> Iterator[str]:
    """Yield what is wrong with the locks that are there."""
    expected = wanted()
    for path in sorted(LOCKED.glob("*.txt")):
        if path.stem not in expected:
            yield f"{path.relative_to(ROOT)} is the lock of nothing"
    for name, requirements in expected.items():
        path = LOCKED / f"{name}.txt"
        text = path.read_text() if path.exists() else ""
        if f"{MADE_FROM}{digest(name, requirements)}\n" not in text:
            yield f"{path.relative_to(ROOT)} is behind what it is made from: `make lock`"
        if re.search(r"^ *--(?!hash=)|://", text.replace(LICENCE, ""), re.MULTILINE):
            yield f"{path.relative_to(ROOT)} says where packages come from, which is for each machine to say"
    if not SHIPPED.exists() or SHIPPED.read_text() != (LOCKED / "sandbox.txt").read_text():
        yield f"{SHIPPED.relative_to(ROOT)} is not the lock of the embedded server: `make lock`"


def make(uv: Path, name: str, requirements: list[str]) -> None:
    """Write a lock with the newest versions that fit."""
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder, "in.txt"), Path(folder, "out.txt")
        source.write_text("\n".join(requirements) + "\n")
        command = [str(uv), "pip", "compile", "--universal", "--generate-hashes", "--no-header", "--no-annotate"]
        command += ["--quiet", "--python-version", oldest(name), "--output-file", str(made), str(source)]
        # The settings of pip hold for uv too, which has other names for them.
        index = {"UV_DEFAULT_INDEX": os.environ["PIP_INDEX_URL"]} if "PIP_INDEX_URL" in os.environ else {}
        subprocess.run(command, check=True, env={"UV_SYSTEM_CERTS": "1", **os.environ, **index})
        head = f"{LICENCE}\n{MADE_FROM}{digest(name, requirements)}\n"
        (LOCKED / f"{name}.txt").write_text(head + made.read_text())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--uv", type=Path, required=True, help="the program uv")
    options = parser.parse_args()
    LOCKED.mkdir(exist_ok=True)
    for path in LOCKED.glob("*.txt"):
        path.unlink()
    for name, requirements in wanted().items():
        make(options.uv, name, requirements)
        print(f"{name}: {len(pins(LOCKED / f'{name}.txt'))} packages")
    shutil.copyfile(LOCKED / "sandbox.txt", SHIPPED)


if __name__ == "__main__":
    main()
