# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the collection's tarball out of the last commit, and prove that it is what users should get.

    build.py --output dist          build, check the list of files
    build.py --output dist --try    also install it, offline, into an empty folder, and run the quickstart from there,
                                    and the commands that it shows, with nothing else installed than what users are
                                    told to

Out of the commit, not the work tree: `build_ignore` is a list of what to leave out, and no such list knows what tools
may leave behind tomorrow.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
# The releases of ansible-core that are tested.
CORE = ROOT / "tests" / "tools" / "requirements" / "core.txt"

# All that a tarball may hold, by its first folder or its name.
SHIPPED = {
    "CHANGELOG.md",
    "CODE_OF_CONDUCT.md",
    "CONTRIBUTING.md",
    "COPYING",
    "FILES.json",
    "LICENSES",
    "MANIFEST.json",
    "README.md",
    "REUSE.toml",
    "SECURITY.md",
    "changelogs",
    "docs",
    "examples",
    "extensions",
    "meta",
    "playbooks",
    "plugins",
    "roles",
}
# What no collection can do without.
NEEDED = {
    "CHANGELOG.md",
    "COPYING",
    "README.md",
    "meta/ee-requirements.txt",
    "meta/runtime.yml",
    "playbooks/quickstart.yml",
}


def call(tool: str | Path, *arguments: str | Path, cwd: Path, env: dict[str, str] | None = None) -> None:
    """Run a tool of this environment, or one that is named by its path."""
    print("$", tool, *arguments, flush=True)
    subprocess.run([str(BIN / tool), *map(str, arguments)], cwd=cwd, env=env, check=True, stdin=subprocess.DEVNULL)


def build(output: Path) -> Path:
    """Return the tarball of the last commit."""
    changed = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, check=True, capture_output=True, text=True)
    if changed.stdout:
        print("The work tree differs from the last commit; the tarball is that of the commit.")
    archive = subprocess.run(["git", "archive", "--format=tar", "HEAD"], cwd=ROOT, check=True, capture_output=True)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["tar", "-x"], cwd=folder, check=True, input=archive.stdout)
        call("ansible-galaxy", "collection", "build", "--force", "--output-path", output, cwd=Path(folder))
    return max(output.glob("tmi-tmi-*.tar.gz"), key=lambda path: path.stat().st_mtime_ns)


def check_content(tarball: Path) -> None:
    """Fail if something is in the tarball that should not be, or the other way round."""
    with tarfile.open(tarball) as tar:
        names = {member.name for member in tar.getmembers() if member.isfile()}
        changelog = tar.extractfile("CHANGELOG.md") if "CHANGELOG.md" in names else None
        told = changelog.read().decode().replace("\\", "") if changelog else ""
    strangers = {name for name in names if name.split("/")[0] not in SHIPPED}
    caches = {name for name in names if "__pycache__" in name or "/." in name}
    if strangers | caches:
        raise SystemExit(f"{tarball.name} holds what it should not: {', '.join(sorted(strangers | caches))}")
    if NEEDED - names:
        raise SystemExit(f"{tarball.name} lacks {', '.join(sorted(NEEDED - names))}")
    plugins = {
        Path(name).stem
        for name in names
        if re.fullmatch(r"plugins/(modules|filter|inventory|lookup)/[a-z]\w*\.py", name)
    }
    roles = {name.split("/")[1] for name in names if name.startswith("roles/")}
    untold = {name for name in plugins | roles if f"tmi.tmi.{name} " not in told}
    if untold:
        raise SystemExit(f"CHANGELOG.md does not list {', '.join(sorted(untold))}: `make changelog`")
    print(f"{tarball.name}: {len(names)} files, {tarball.stat().st_size // 1024} KiB")


def generations(collection: Path) -> list[str]:
    """Return the generations of the API that the embedded server speaks."""
    specs = yaml.safe_load((collection / "roles" / "sandbox" / "meta" / "argument_specs.yml").read_text())
    choices: list[str] = specs["argument_specs"]["main"]["options"]["tmi_sandbox_api"]["choices"]
    return choices


def surroundings(home: Path, collections: Path, user: Path) -> dict[str, str]:
    """Return the environment variables of a user who has this home, and no settings of Ansible or TMI."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "XDG_", "TMI_"))}
    env.update(HOME=str(home), ANSIBLE_COLLECTIONS_PATH=str(collections), PATH=f"{user}{os.pathsep}{env['PATH']}")
    env["PYTHONDONTWRITEBYTECODE"] = "1"  # what Python keeps beside sources is not the collection's doing
    return env


def try_quickstart(user: Path, generation: str, empty: Path, env: dict[str, str]) -> None:
    """Run the quickstart of a generation, then the commands that it shows, and stop its server."""
    playbook: list[str | Path] = [user / "ansible-playbook", "tmi.tmi.quickstart", "-e", f"api={generation}"]
    log = empty.parent / f"quickstart-{generation}.log"
    try:
        call(*playbook, cwd=empty, env={**env, "ANSIBLE_LOG_PATH": str(log)})
        told = log.read_text("utf-8").partition("Go on with:")[2]
        commands = re.findall(r"(?:export|ansible-playbook) .*?(?=['\"]?,?$)", told, re.MULTILINE)[:2]
        if len(commands) != 2:
            raise SystemExit(f"The quickstart does not show how to go on: {told}")
        call("/bin/sh", "-e", "-c", "\n".join(commands), cwd=empty, env=env)
    finally:
        call(*playbook, "-e", "tmi_sandbox_state=absent", cwd=empty, env=env)


def try_out(tarball: Path) -> None:
    """Install it and run the quickstart as a user would who has ansible-core, what the README names, and nothing else.

    In an environment of its own: this one has what the tests need, and would hide a requirement that nobody is told of.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        empty, home, collections, venv = (place / name for name in ("empty", "home", "collections", "venv"))
        empty.mkdir()
        home.mkdir()
        user = venv / "bin"
        pip = [user / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]
        env = surroundings(home, collections, user)
        call("python", "-m", "venv", venv, cwd=empty)
        call(*pip, CORE, cwd=empty)
        galaxy = [user / "ansible-galaxy", "collection"]
        call(*galaxy, "install", tarball, "-p", collections, "--offline", cwd=empty, env=env)
        installed = collections / "ansible_collections" / "tmi" / "tmi"
        call(*pip, installed / "meta" / "ee-requirements.txt", cwd=empty)
        for generation in generations(installed):
            try_quickstart(user, generation, empty, env)
        # Nothing that ran may have written into the installed collection.
        call(*galaxy, "verify", "tmi.tmi", "-p", collections, "--offline", cwd=empty, env=env)
        leftovers = sorted(str(path.relative_to(empty)) for path in empty.rglob("*"))
        if leftovers:
            raise SystemExit(f"The quickstart left in the current folder: {', '.join(leftovers)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--output", type=Path, required=True, help="folder for the tarball")
    parser.add_argument("--try", dest="try_it", action="store_true", help="install it and run the quickstart")
    options = parser.parse_args()
    output = options.output.resolve()
    output.mkdir(parents=True, exist_ok=True)
    tarball = build(output)
    check_content(tarball)
    if options.try_it:
        try_out(tarball)


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as failure:
        sys.exit(f"Failed with exit code {failure.returncode}: {' '.join(map(str, failure.cmd))}")
