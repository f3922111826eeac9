# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Go the way of the tarball into an execution environment, as far as that goes without a container engine.

    check_ee.py --tarball dist --builder …/bin/ansible-builder

ansible-builder makes the build context of the example that the tarball ships. The collection is installed out of that
context with the command that its Dockerfile has, and asked what it needs, as the build of the image would.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

BIN = Path(sys.executable).parent
EXAMPLE = "docs/execution-environment/execution-environment.yml"
REQUIREMENTS = "meta/ee-requirements.txt"


def call(*command: str | Path, cwd: Path) -> None:
    print("$", *command, flush=True)
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    subprocess.run(list(map(str, command)), cwd=cwd, check=True, stdin=subprocess.DEVNULL, env=surroundings)


def requirements(lines: Iterable[str]) -> set[str]:
    """Return the requirements in lines of such a file, without comments and blanks."""
    return {bare for line in lines if (bare := re.sub(r"\s+", "", line.partition("#")[0]))}


def read_lines(path: Path) -> list[str]:
    """Return the lines of a file that is only written if there is something to write."""
    return path.read_text("utf-8").splitlines() if path.exists() else []


def check_context(context: Path, example: dict[str, dict[str, dict[str, str]]], tarball: Path) -> Iterator[str]:
    """Yield what is wrong with the context, held against the definition that it was made from."""
    recipe = "\n".join(read_lines(context / "Dockerfile") + read_lines(context / "Containerfile"))
    wanted = [
        f'ARG EE_BASE_IMAGE="{example["images"]["base_image"]["name"]}"',
        example["dependencies"]["ansible_core"]["package_pip"],
        example["dependencies"]["ansible_runner"]["package_pip"],
        "ansible-galaxy collection install",
        "introspect.py introspect",
    ]
    for text in wanted:
        if text not in recipe:
            yield f"the recipe of the image lacks {text}"
    files = {str(path.relative_to(context)) for path in context.rglob("*") if path.is_file()}
    for path in sorted(files):
        if not re.fullmatch(r"Dockerfile|Containerfile|_build/(scripts/.*|requirements\.yml|collections/.*)", path):
            yield f"the context holds {path}: the example asks for more than the collection"
    copied = context / "_build" / "collections" / tarball.name
    if not copied.exists() or copied.read_bytes() != tarball.read_bytes():
        yield f"the context does not hold {tarball.name}"


def check_needs(collections: Path, place: Path, builder: Path) -> Iterator[str]:
    """Yield in what the needs that ansible-builder finds differ from those that the collection lists."""
    python, system = place / "python.txt", place / "system.txt"
    call(builder, "introspect", collections, "--write-pip", python, "--write-bindep", system, cwd=place)
    listed = requirements(read_lines(collections / "ansible_collections" / "tmi" / "tmi" / REQUIREMENTS))
    found = requirements(read_lines(python))
    if not listed:
        yield f"{REQUIREMENTS} is empty"
    for line in sorted(listed ^ found):
        yield f"{line} is in {REQUIREMENTS if line in listed else 'what ansible-builder found'} only"
    for line in sorted(requirements(read_lines(system))):
        yield f"the collection wants the system package {line}, and needs none"


def check(tarball: Path, builder: Path, place: Path) -> Iterator[str]:
    """Yield what is wrong, going through the stages of a build in an empty folder."""
    with tarfile.open(tarball) as tar:
        member = tar.extractfile(EXAMPLE) if EXAMPLE in tar.getnames() else None
        if member is None:
            yield f"{tarball.name} does not hold {EXAMPLE}"
            return
        text = member.read()
    # What the head of the example tells its readers to do.
    (place / "execution-environment.yml").write_bytes(text)
    (place / tarball.name).write_bytes(tarball.read_bytes())
    context, collections = place / "context", place / "collections"
    call(builder, "create", "--context", context, cwd=place)
    wrong = list(check_context(context, yaml.safe_load(text), tarball))
    yield from wrong
    if not wrong:
        install = [BIN / "ansible-galaxy", "collection", "install", "--offline", "-r", "requirements.yml"]
        call(*install, "--collections-path", collections, cwd=context / "_build")
        yield from check_needs(collections, place, builder)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tarball", type=Path, required=True, help="folder that the tarball was built into")
    parser.add_argument("--builder", type=Path, required=True, help="the program ansible-builder")
    options = parser.parse_args()
    folder = options.tarball.resolve()
    tarball = max(folder.glob("tmi-tmi-*.tar.gz"), key=lambda path: path.stat().st_mtime_ns)
    with tempfile.TemporaryDirectory() as place:
        wrong = list(check(tarball, options.builder.resolve(), Path(place)))
    for complaint in wrong:
        print(f"execution environment: {complaint}")
    print("execution environment: all in order" if not wrong else f"execution environment: {len(wrong)} to repair")
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as failure:
        sys.exit(f"Failed with exit code {failure.returncode}: {' '.join(map(str, failure.cmd))}")
