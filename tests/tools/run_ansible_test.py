# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run ansible-test with virtual environments, without containers and without its download of get-pip.

    run_ansible_test.py sanity
    run_ansible_test.py units tests/unit/plugins/module_utils/test_x.py
    run_ansible_test.py integration tmi_threat -v
    run_ansible_test.py --api v0 integration
    run_ansible_test.py --target-python 3.8 sanity --test import --test compile

The ansible-core is the one of the interpreter that runs this file. Arguments after the command go to ansible-test.
It works on a copy of the tree, in .cache/ansible-test/, since it wants a folder `…/ansible_collections/tmi/tmi` and
leaves much behind. The copy keeps its virtual environments: only the first run is slow. Runs on one copy wait for one
another; `--tree NAME` makes another copy.
"""

from __future__ import annotations

import argparse
import ast
import configparser
import contextlib
import fcntl
import importlib.metadata
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "ansible-test"
CORE = ".".join(importlib.metadata.version("ansible-core").split(".")[:2])

# ansible-test puts pip into its virtual environments with a get-pip script, which it takes from its cache if it is
# there. This one installs the very release it asks for from a wheel beside it. Old interpreters run it too.
GET_PIP = """\
import os
import runpy
import sys

here = os.path.dirname(os.path.abspath(__file__))
wanted = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
sys.path.insert(0, os.path.join(here, "pip-{version}-py3-none-any.whl"))
sys.argv[1:] = ["install", "--no-index", "--find-links", here] + wanted
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""


def say(text: str) -> None:
    print(text, flush=True)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the folder for this run."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Waiting for another run in {folder.relative_to(ROOT)} to end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def copy_tree(tree: Path) -> None:
    """Make `tree` hold what git would: tracked files and new ones that it does not ignore."""
    list_files = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(list_files, cwd=ROOT, check=True, capture_output=True)
    names = {Path(name) for name in os.fsdecode(listed.stdout).split("\0") if name}
    tree.mkdir(parents=True, exist_ok=True)
    # Its own repository: ansible-test would ask that of the folder above, which ignores all of .cache/.
    if not (tree / ".git").exists():
        subprocess.run(["git", "init", "--quiet", str(tree)], check=True)
    for folder, folders, files in os.walk(tree):
        here = Path(folder).relative_to(tree)
        folders[:] = [name for name in folders if here / name not in (Path(".git"), Path("tests/output"))]
        for name in files:
            if here / name not in names:
                (tree / here / name).unlink()
    for name in sorted(names):
        source, target = ROOT / name, tree / name
        if not source.exists():  # deleted, but git has not been told
            target.unlink(missing_ok=True)
            continue
        old, new = target.stat() if target.exists() else None, source.stat()
        if old is None or (old.st_size, old.st_mtime_ns, old.st_mode) != (new.st_size, new.st_mtime_ns, new.st_mode):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def provide_pip(home: Path) -> None:
    """Put a get-pip script, and the pip that it installs, where this release of ansible-test looks for one."""
    spec = importlib.util.find_spec("ansible_test._internal.python_requirements")
    if spec is None or spec.origin is None:
        raise SystemExit("This ansible-core comes without ansible-test")
    versions = set(re.findall(r"\bpip='([0-9.]+)'", Path(spec.origin).read_text()))
    if not versions:
        raise SystemExit(f"Cannot tell which pip ansible-test {CORE} wants")
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in versions:
        if not (cache / f"pip-{version}-py3-none-any.whl").exists():
            download = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
            subprocess.run([*download, "--dest", str(cache), f"pip=={version}"], check=True)
        script = cache / f"get_pip_{version.replace('.', '_')}.py"
        script.write_text(GET_PIP.replace("{version}", version))


def hand_down_pip_settings(home: Path) -> None:
    """Write pip's settings into the private home: ansible-test passes few environment variables on to pip."""
    list_settings = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(list_settings, check=True, capture_output=True, text=True)
    settings = configparser.RawConfigParser()
    for line in listed.stdout.splitlines():
        name, value = line.split("=", 1)
        section, option = name.rsplit(".", 1)
        section = "global" if section == ":env:" else section
        if not settings.has_section(section):
            settings.add_section(section)
        settings.set(section, option, str(ast.literal_eval(value)).replace("\n", "\n\t"))
    path = home / ".config" / "pip" / "pip.conf"
    path.parent.mkdir(parents=True, exist_ok=True)
    # It may hold the password of an index.
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        settings.write(file)


def find_python(version: str) -> Path | None:
    find = ["sh", str(ROOT / "tests" / "tools" / "find_python.sh"), version]
    found = subprocess.run(find, check=False, capture_output=True, text=True)
    return Path(found.stdout.strip()) if found.returncode == 0 else None


def environment(home: Path, target: Path | None) -> dict[str, str]:
    """Return the surroundings: real interpreters first on PATH, no shims, nothing that steers Ansible."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "VIRTUAL_ENV"))}
    folders = [Path(sys.base_prefix) / "bin", Path(sys.executable).parent, *([target.parent] if target else [])]
    rest = [part for part in os.environ.get("PATH", os.defpath).split(os.pathsep) if Path(part).name != "shims"]
    kept["PATH"] = os.pathsep.join([*map(str, folders), *rest])
    kept["HOME"] = str(home)
    return kept


def run(command: list[str], tree: Path, surroundings: dict[str, str]) -> tuple[int, list[str]]:
    """Run ansible-test, show its output as it comes, and return it.

    In a session of its own, so that what tests leave behind, such as a server, can be ended with it.
    """
    lines = []
    with subprocess.Popen(
        command,
        cwd=tree,
        env=surroundings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                sys.stdout.write(line)
                sys.stdout.flush()
                lines.append(line)
            process.wait()
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
    return process.returncode, lines


def summary(command: str, code: int, lines: list[str]) -> str:
    """Say in one line how it went: sanity and integration do not count what they ran."""
    verdict = "all passed" if code == 0 else f"NOT all passed (exit code {code})"
    ran = {match[1] for line in lines if (match := re.match(r"Running (sanity test \S+|\S+ integration test)", line))}
    counted = f"{len(ran)} {'targets' if command.startswith('integration') else 'tests'} ran, " if ran else ""
    return f"ansible-test {command}, core {CORE}: {counted}{verdict}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tree", default=CORE, help="name of the copy to work on (default: the release of the core)")
    parser.add_argument("--target-python", help="run sanity on this Python version")
    parser.add_argument("--api", default="v1", help="API generation of the server that integration targets start")
    parser.add_argument("command", choices=["sanity", "units", "integration"])
    options, arguments = parser.parse_known_args()

    # Only the versions that were asked for: what else lies about on PATH differs from machine to machine.
    own = "{}.{}".format(*sys.version_info[:2])
    target = None
    if options.target_python:
        target = find_python(options.target_python)
        if target is None:
            say(f"ansible-test {options.command} on Python {options.target_python}: no such interpreter here")
            return 1
        arguments += ["--controller", f"origin:python=venv/{own}", "--target-python", options.target_python]
    else:
        arguments += ["--venv", "--python", own]

    base = CACHE / options.tree
    tree, home = base / "ansible_collections" / "tmi" / "tmi", base / "home"
    with alone(base):
        copy_tree(tree)
        provide_pip(home)
        hand_down_pip_settings(home)
        if options.command == "integration":  # variables of every target
            (tree / "tests" / "integration" / "integration_config.yml").write_text(f"tmi_api: {options.api}\n", "utf-8")
        ansible_test = [sys.executable, str(Path(sys.executable).parent / "ansible-test")]
        command = [*ansible_test, options.command, "--color", "no", *arguments]
        code, lines = run(command, tree, environment(home, target))
    say(summary(options.command + (f" on API {options.api}" if options.command == "integration" else ""), code, lines))
    return code


if __name__ == "__main__":
    sys.exit(main())
