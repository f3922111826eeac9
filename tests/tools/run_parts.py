# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run sessions of nox beside one another, and print a line for each: its counts, its time, its log.

    run_parts.py unit "integration(v1)"

At a time run as many as there are processors, and one more, because most of them wait for a server now and then. They
begin in the given order: the longest first, so that no processor is idle at the end. Failures are printed in full; the
rest is in .cache/logs/NAME.log. On a terminal, a line that changes names the sessions that run.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import TextIO

ROOT = Path(__file__).resolve().parents[2]
LOGS = ROOT / ".cache" / "logs"
#: Variables that the sessions do not get: those of a `make` around them, and logins, which no log may hold.
WITHHELD = ("MAKE", "MFLAGS", "TMI_")

#: The last words of a tool, in which it says how it went.
SUMMARIES = [
    re.compile(r"(?:^=* |^\.*|\.)(\d+ (?:passed|failed|skipped|error).* in [\d.]+s.*?)(?: =+)?$"),  # pytest
    re.compile(r"^(ansible-test .*, core .*)$"),
    re.compile(r"^((?:Passed|Failed): \d+ failure.* processed)\b"),  # ansible-lint
    re.compile(r"^(All checks passed!|Found \d+ errors?.*|Success: no issues found.*)$"),  # ruff, mypy
    re.compile(r"^(consistency: .*|galaxy-importer: .*|Built: .*|tmi-tmi-\S+: .*)$"),
]
#: What nox says of a check that it leaves out.
LEFT_OUT = re.compile(r"^nox > (NOT CHECKED: .*|Session \S+ skipped: .*)$")
#: Where the report of failures begins: of pytest, and of a target or test of ansible-test.
REPORT = re.compile(r"^=+ (?:FAILURES|ERRORS) =+$")
TEST = re.compile(r"^Running (?:sanity test \"?([\w-]+)|(\S+) integration test)")
NOT_PASSED = re.compile(r"^(?:ERROR|FATAL): The \d+ (?:sanity|integration) test\(s\) listed below")


def summary(lines: list[str]) -> str:
    """Return the last words of every tool in a log."""
    found = [match[1] for line in lines for pattern in SUMMARIES if (match := pattern.search(line))]
    return "; ".join(found) or "no counts"


def failures(lines: list[str]) -> list[str]:
    """Return the lines that tell of failures; of a log that these tests do not know, all lines."""
    for number, line in enumerate(lines):
        if REPORT.search(line):
            return lines[number:]
    begins = [(n, match[1] or match[2]) for n, line in enumerate(lines) if (match := TEST.search(line))]
    last = next((n for n, line in enumerate(lines) if NOT_PASSED.search(line)), None)
    if last is None or not begins:
        return lines
    failed = {word for line in lines[last:] for word in re.findall(r"^([\w-]+)", line)}
    ends = [n for n, _name in begins[1:]] + [last]
    parts = [lines[n:end] for (n, name), end in zip(begins, ends, strict=True) if name in failed]
    return [line for part in parts for line in part] + lines[last:] if parts else lines


@dataclass
class Part:
    """A session and its log."""

    name: str
    process: subprocess.Popen[bytes] | None = None
    begun: float = 0.0
    took: float = 0.0
    lines: list[str] = field(default_factory=list)

    @property
    def log(self) -> Path:
        return LOGS / f"{re.sub(r'[^a-z0-9.]+', '-', self.name).strip('-')}.log"

    def begin(self, environment: dict[str, str]) -> None:
        """Start the session, with its output in the log."""
        command = [sys.executable, "-m", "nox", "--non-interactive", "--session", self.name]
        with self.log.open("wb") as log:
            place = {"cwd": ROOT, "env": environment, "start_new_session": True}
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **place)  # type: ignore[call-overload]
        self.begun = time.monotonic()

    def has_ended(self) -> bool:
        assert self.process is not None
        if self.process.poll() is None:
            return False
        self.took = time.monotonic() - self.begun
        self.lines = self.log.read_text("utf-8", errors="replace").splitlines()
        return True

    @property
    def failed(self) -> bool:
        return self.process is not None and self.process.returncode != 0

    def stop(self) -> None:
        """End the session and what it has started: first the way that lets it clean up."""
        assert self.process is not None
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
                os.killpg(self.process.pid, number)
                self.process.wait(timeout=10)
                return

    def report(self) -> Iterator[str]:
        """Yield the line of the session; above it what failed in full, below it what was not checked."""
        if self.failed:
            yield f"----- {self.name} failed"
            yield from failures(self.lines)
        left_out = [match[1] for line in self.lines if (match := LEFT_OUT.search(line))]
        skipped = any(line.startswith("Session ") for line in left_out)
        went = "FAILED" if self.failed else "skip" if skipped else "ok"
        yield f"{went:6} {self.name:18} {self.took:5.0f} s  {summary(self.lines)}  {self.log.relative_to(ROOT)}"
        yield from (f"       {line}" for line in left_out)


class Screen:
    """Lines that stay, and on a terminal one that changes."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._terminal = stream.isatty()

    def show(self, text: str) -> None:
        """Let the line that changes be this one."""
        if self._terminal:
            self._stream.write(f"\r\x1b[K{text[: shutil.get_terminal_size().columns - 1]}")
            self._stream.flush()

    def say(self, line: str) -> None:
        """Print a line that stays."""
        self.show("")
        self._stream.write(f"{line}\n")
        self._stream.flush()


def run(names: list[str], lanes: int, screen: Screen) -> list[Part]:
    """Run all sessions, at most ``lanes`` of them at a time; return those that failed."""
    LOGS.mkdir(parents=True, exist_ok=True)
    # A session uses one processor, since others run beside it.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(WITHHELD)}
    environment["PROCESSES"] = "0"
    waiting, running, failed = [Part(name) for name in names], list[Part](), list[Part]()
    try:
        while waiting or running:
            while waiting and len(running) < lanes:
                running.append(waiting.pop(0))
                running[-1].begin(environment)
            now = time.monotonic()
            done = len(names) - len(waiting) - len(running)
            at = ", ".join(f"{part.name} {now - part.begun:.0f} s" for part in running)
            screen.show(f"{done} of {len(names)} done; running: {at}")
            for part in [part for part in running if part.has_ended()]:
                running.remove(part)
                failed += [part] if part.failed else []
                for line in part.report():
                    screen.say(line)
            time.sleep(0.2)
    finally:
        for part in running:
            part.stop()
        screen.show("")
    return failed


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def end(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(143)


def main(names: list[str]) -> int:
    if not names:
        raise SystemExit(__doc__)
    signal.signal(signal.SIGTERM, end)
    begun = time.monotonic()
    screen = Screen(sys.stdout)
    failed = run(names, processors() + 1, screen)
    took = f"{time.monotonic() - begun:.0f} s"
    if failed:
        screen.say(f"{len(failed)} of {len(names)} parts failed in {took}: {', '.join(part.name for part in failed)}")
        return 1
    screen.say(f"All {len(names)} parts passed in {took}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
