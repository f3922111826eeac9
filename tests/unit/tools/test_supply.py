# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Locks, advisories, and what a release is refused for."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]
TOOLS = ROOT / "tests" / "tools"


@pytest.fixture(autouse=True)
def _tools(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(TOOLS))


def tool(name: str) -> ModuleType:
    return importlib.import_module(name)


# --- locks ------------------------------------------------------------------------------------------


def test_the_locks_are_those_of_the_requirements() -> None:
    assert list(tool("locks").complaints()) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ("# nothing\n", "is behind what it is made from: `make lock`"),
        ("{text}--index-url https://x.example.com/simple\n", "says where packages come from"),
        ("{text}a @ https://x.example.com/a.whl\n", "says where packages come from"),
    ],
)
def test_a_lock_that_is_not_right(change: str, complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locks = tool("locks")
    requirements = tmp_path / "requirements"
    (requirements / "locked").mkdir(parents=True)
    (requirements / "one.txt").write_text("a>=1\n")
    for name, value in {"ROOT": tmp_path, "REQUIREMENTS": requirements, "LOCKED": requirements / "locked"}.items():
        monkeypatch.setattr(locks, name, value)
    monkeypatch.setattr(locks, "cores", dict)
    monkeypatch.setattr(locks, "SHIPPED", requirements / "locked" / "one.txt")
    text = f"{locks.LICENCE}\n{locks.MADE_FROM}{locks.digest('one', ['a>=1'])}\na==1 \\\n    --hash=sha256:00\n"
    lock = requirements / "locked" / "one.txt"
    lock.write_text(text)
    (requirements / "locked" / "sandbox.txt").write_text(text)
    assert [line.split(" is ")[1] for line in locks.complaints()] == ["the lock of nothing"]
    lock.write_text(change.format(text=text))
    assert any(complaint in line for line in locks.complaints())


def test_packages_of_a_lock(tmp_path: Path) -> None:
    lock = tmp_path / "x.txt"
    lock.write_text(
        "# x\na-b==1.2.post1 \\\n    --hash=sha256:00\nc==2 ; python_full_version < '3.12' \\\n    --hash=sha256:11\n"
    )
    assert tool("locks").pins(lock) == [("a-b", "1.2.post1", ""), ("c", "2", "python_full_version < '3.12'")]


# --- advisories -------------------------------------------------------------------------------------

FAKE = """#!{python}
import json, pathlib, sys
given = dict(zip(sys.argv, sys.argv[1:]))
pins = [line.split("==") for line in pathlib.Path(given["--requirement"]).read_text().split()]
assert len(dict(pins)) == len(pins)
told = json.loads(pathlib.Path({answers!r}).read_text()).get(given["--vulnerability-service"])
if told is None:
    sys.exit("cannot resolve the name")
known = [dict(name=name, version=version, **told.get(name, dict(vulns=[]))) for name, version in pins]
pathlib.Path(given["--output"]).write_text(json.dumps(dict(dependencies=known)))
"""
BAD = {"vulns": [{"id": "CVE-1", "fix_versions": ["9"]}]}
SKIPPED = {"skip_reason": "not found"}


@pytest.mark.parametrize(
    ("answers", "code", "words"),
    [
        ({"pypi": {}}, 0, "no known advisories"),
        ({"pypi": {"requests": BAD}}, 1, "requests 2.32.4: CVE-1, mended in 9"),
        ({}, 3, "cannot be reached"),
        ({"pypi": {"requests": SKIPPED}}, 3, "pypi: not found"),
        ({"pypi": {"requests": SKIPPED}, "osv": {}}, 0, "no known advisories"),
        ({"osv": {"requests": BAD}}, 1, "CVE-1"),
        ({"pypi": {"requests": BAD, "urllib3": SKIPPED}}, 1, "NOT KNOWN for"),
    ],
)
def test_advisories(answers: dict[str, object], code: int, words: str, tmp_path: Path) -> None:
    (tmp_path / "answers").write_text(json.dumps(answers))
    fake = tmp_path / "pip-audit"
    fake.write_text(FAKE.format(python=sys.executable, answers=str(tmp_path / "answers")))
    fake.chmod(0o755)
    ran = subprocess.run(
        [sys.executable, TOOLS / "audit.py", "--pip-audit", fake], check=False, capture_output=True, text=True
    )
    assert ran.returncode == code, ran.stdout + ran.stderr
    assert words in ran.stdout


# --- releases ---------------------------------------------------------------------------------------

GALAXY = {"repository": "https://git.tmi.dev/tmi/collection", "issues": "https://git.tmi.dev/tmi/collection/issues"}


def project(folder: Path, galaxy: dict[str, str], security: str = "Write to the private channel.") -> Path:
    (folder / "galaxy.yml").write_text(json.dumps(galaxy))
    (folder / "SECURITY.md").write_text(security)
    (folder / "changelogs" / "fragments").mkdir(parents=True)
    return folder


def test_a_release_that_lacks_nothing(tmp_path: Path) -> None:
    check = tool("check_release")
    folder = project(tmp_path, GALAXY)
    assert [*check.addresses(folder), *check.changes(folder)] == []


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://tmi-collection.example/tmi.tmi",
        "https://example.com/x",
        "https://git.example.org/x",
        "https://localhost/x",
        "https://git.test./x",
        "http://git.tmi.dev/x",
        "git@git.tmi.dev:x",
        "https://[/x",
        "TODO",
    ],
)
@pytest.mark.parametrize("name", ["repository", "issues"])
def test_a_placeholder_is_no_address(name: str, address: str, tmp_path: Path) -> None:
    (complaint,) = tool("check_release").addresses(project(tmp_path, {**GALAXY, name: address}))
    assert complaint.startswith(f"galaxy.yml: {name} ")
    assert "Set it to the address" in complaint


def test_what_is_written_but_not_done(tmp_path: Path) -> None:
    check = tool("check_release")
    folder = project(tmp_path, GALAXY, "No public repository exists yet.")
    (folder / "changelogs" / "fragments" / "x.yml").write_text("---\n")
    assert [line.split(":")[0] for line in check.addresses(folder)] == ["SECURITY.md"]
    assert ["x.yml" in line for line in check.changes(folder)] == [True]


def test_this_tree_says_how_to_set_what_is_missing() -> None:
    missing = list(tool("check_release").addresses(ROOT))
    if missing:
        assert "`make release` refuses a release until" in " ".join((ROOT / "SECURITY.md").read_text().split())
        assert "`make release` refuses a release until" in (ROOT / "galaxy.yml").read_text()
