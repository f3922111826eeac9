# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of the items of trust tests: rows of the table, the fixed sample, runs with a guard switched off."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOADER = ROOT / "tests" / "trust" / "loader"
HEAD = ("promise", "cases", "held", "fails without its guard")
#: Seconds after which a run without a guard counts as one that hangs, whatever the machine does besides.
LONGEST = 600


@dataclass
class Row:
    """What became of the cases of a promise."""

    cases: int = 0
    held: int = 0
    proofs: int = 0
    failing: int = 0

    def add(self, outcome: str, said: dict[str, Any]) -> None:
        """Count an item that has ended."""
        if outcome == "skipped":
            return
        count = int(said.get("cases", 1))
        if said.get("proof"):
            self.proofs += 1
            self.failing += outcome == "passed"
        else:
            self.cases += count
            self.held += count if outcome == "passed" else int(said.get("held", 0))

    def cells(self) -> tuple[str, str, str]:
        """Return the figures as text, in the order of ``HEAD``."""
        proof = ("yes" if self.proofs == self.failing else "NO") if self.proofs else "not tried"
        return str(self.cases), str(self.held), proof


def lines(rows: dict[str, Row]) -> Iterator[str]:
    """Yield the lines of the table."""
    cells = [HEAD, *((promise, *row.cells()) for promise, row in sorted(rows.items()))]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for promise, *figures, proof in cells:
        numbers = [text.rjust(width) for text, width in zip(figures, widths[1:], strict=False)]
        yield " | ".join([promise.ljust(widths[0]), *numbers, proof])
    cases, held = (sum(getattr(row, name) for row in rows.values()) for name in ("cases", "held"))
    yield f"{len(rows)} promises, {cases} cases, {held} held"


#: Guard of several promises: what says that two writers can create an object twice. With it off no run looks again for
#: what it has created, and so no run mends what a repeated creation has left.
LOOK_AGAIN = tuple(
    f"ansible_collections.tmi.tmi.plugins.module_utils._api.{name}.server_makes_id"
    for name in ("rules:BaseRules", "v1.rules:V1Rules")
)


# ------------------------------------------------------------------------------------------------------ which items
def functions(items: Sequence[pytest.Item]) -> dict[str, list[pytest.Item]]:
    """Return items with a promise, by their test function."""
    found: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("promise") is not None:
            found.setdefault(item.nodeid.partition("[")[0], []).append(item)
    return found


def sampled(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return what the fixed sample holds: of each function so many items as its mark says, spread evenly."""
    dropped: set[str] = set()
    for some in functions(items).values():
        number = min(some[0].get_closest_marker("promise").kwargs.get("sample", 1), len(some))  # type: ignore[union-attr]
        kept = {place * len(some) // number for place in range(number)}
        dropped.update(item.nodeid for place, item in enumerate(some) if place not in kept)
    return [item for item in items if item.nodeid not in dropped]


def on_live(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return the items that can run on a server that is not ours: those that take ``site`` and not ``server``."""
    names = [(item, getattr(item, "fixturenames", ())) for item in items]
    return [item for item, fixtures in names if "site" in fixtures and "server" not in fixtures]


def guards_of(item: pytest.Item) -> tuple[str, ...]:
    """Return the guards that a promise names."""
    mark = item.get_closest_marker("promise")
    assert mark is not None
    guard = mark.kwargs.get("guard", ())
    return (guard,) if isinstance(guard, str) else tuple(guard or ())


def without_guards(items: Sequence[pytest.Item]) -> Iterator[pytest.Item]:
    """Yield an item for each promise and guard: the first whose id has what the mark calls ``fails``."""
    seen = set()
    for some in functions(items).values():
        mark = some[0].get_closest_marker("promise")
        assert mark is not None
        key = mark.args[0], guards_of(some[0])
        if key in seen or mark.kwargs.get("guard") is False:
            continue
        seen.add(key)
        fitting = [item for item in some if mark.kwargs.get("fails", "") in item.nodeid]
        if not fitting:
            raise pytest.UsageError(f"{some[0].nodeid}: no item that is to run has {mark.kwargs['fails']} in its id")
        yield fitting[0]


# ------------------------------------------------------------------------------------------------ without its guard
class GuardItem(pytest.Item):
    """An item of a promise, run in a process of its own with the guard switched off; passes if that fails."""

    case: str
    guards: tuple[str, ...]

    @classmethod
    def of(cls, item: pytest.Item) -> GuardItem:
        """Return the proof of an item."""
        made: GuardItem = cls.from_parent(item.parent, name=f"{item.name}-without-guard")
        made.case, made.guards = item.nodeid, guards_of(item)
        mark = item.get_closest_marker("promise")
        assert mark is not None
        made.user_properties += [("promise", mark.args[0]), ("proof", True)]
        return made

    def runtest(self) -> None:
        """Run the case without its guard."""
        assert self.guards, f"{self.case} names no guard: without one it is not known that the test can fail"
        with tempfile.TemporaryDirectory(prefix="tmi-trust-") as folder:
            verdict, seen = Path(folder, "verdict"), Path(folder, "seen")
            paths = os.pathsep.join(filter(None, [str(LOADER), os.environ.get("PYTHONPATH")]))
            env = {**os.environ, "PYTHONPATH": paths, "TMI_TRUST_GUARDS": " ".join(self.guards)}
            env = {name: value for name, value in env.items() if not name.startswith("PYTEST_")}
            env.update(TMI_TRUST_SEEN=str(seen), TMI_TRUST_VERDICT=str(verdict))
            command = [sys.executable, "-m", "pytest", "-p", "no:xdist", "-o", f"cache_dir={folder}", self.case]
            ran = subprocess.run(
                command,
                check=False,
                cwd=ROOT,
                env=env,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=LONGEST,
            )
            said = f"{ran.stdout[-6000:]}\n{ran.stderr[-2000:]}"
            loaded = set(seen.read_text().split()) if seen.exists() else set()
            missing = [guard for guard in self.guards if guard not in loaded]
            assert not missing, f"no process loaded what should be switched off: {', '.join(missing)}\n{said}"
            assert verdict.exists(), f"{self.case} reported nothing\n{said}"
            found = json.loads(verdict.read_text())
        assert found["outcome"] != "passed", f"{self.case} holds without {', '.join(self.guards)}: it proves nothing"
        assert found["by_assertion"], f"{self.case} broke without its guard instead of failing:\n{said}"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """Return the message alone."""
        return str(excinfo.value)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where the case stands."""
        return self.path, 0, self.name


def note_verdict(report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
    """Write how an item ended, for the process that runs it without its guard."""
    verdict = os.environ.get("TMI_TRUST_VERDICT")
    if verdict and (report.when == "call" or not report.passed):
        failures = (AssertionError, pytest.fail.Exception)
        found = {
            "outcome": report.outcome,
            "by_assertion": report.when == "call" and call.excinfo is not None and call.excinfo.errisinstance(failures),
        }
        Path(verdict).write_text(json.dumps(found))
