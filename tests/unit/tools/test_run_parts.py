# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lines that `make test` prints of its parts."""

from __future__ import annotations

import importlib
import io
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("nox", reason="ansible-test has no nox, and a session is one of nox")

ROOT = Path(__file__).resolve().parents[3]

PYTEST = """\
nox > Running session unit
..F
=================================== FAILURES ===================================
____________________________________ test_a ____________________________________
E   assert 1 == 2
=========================== short test summary info ============================
FAILED tests/unit/test_x.py::test_a - assert 1 == 2
========================= 1 failed, 2 passed in 0.10s ==========================
nox > Session unit failed.
"""
ANSIBLE_TEST = """\
Running tmi_asset integration test role
fine
Running tmi_note integration test role
fatal: [testhost]: FAILED! => {"msg": "no note"}
Running tmi_threat integration test role
fine as well
FATAL: The 1 integration test(s) listed below (out of 3) failed. See error output above for details:
tmi_note
ansible-test integration on API v1, core 2.21: 3 targets ran, NOT all passed (exit code 1)
"""


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "tests" / "tools"))
    module = importlib.import_module("run_parts")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "LOGS", tmp_path / "logs")
    return module


def written(folder: Path, sessions: str) -> None:
    """Write a noxfile with these sessions."""
    (folder / "noxfile.py").write_text(
        "import os, time\nimport nox\nnox.options.default_venv_backend = 'none'\n\n\n" + sessions
    )


def session(name: str, *lines: str) -> str:
    """Return the text of a session."""
    body = "\n".join(f"    {line}" for line in lines)
    return f"@nox.session\ndef {name}(session):\n{body}\n\n\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("===== 5 passed, 1 skipped in 3.20s =====", "5 passed, 1 skipped in 3.20s"),
        (".........25 passed in 90.22s (0:01:30)", "25 passed in 90.22s (0:01:30)"),
        ("12 failed, 3 passed, 1 error in 0.5s", "12 failed, 3 passed, 1 error in 0.5s"),
        ("All checks passed!", "All checks passed!"),
        ("Passed: 0 failure(s), 0 warning(s) in 7 files processed of 8.", "0 warning(s) in 7 files processed"),
        ("ansible-test sanity, core 2.21: 24 tests ran, all passed", "24 tests ran, all passed"),
        ("galaxy-importer: exit code 0, 0 warnings and errors", "0 warnings and errors"),
        ("nothing to count", "no counts"),
    ],
)
def test_the_summary_is_that_of_the_tool(parts: ModuleType, log: str, said: str) -> None:
    assert said in parts.summary(["nox > Running session x", *log.splitlines(), "nox > Session x was successful."])


def test_failures_of_pytest_without_what_passed(parts: ModuleType) -> None:
    assert parts.failures(PYTEST.splitlines()) == PYTEST.splitlines()[2:]


def test_failures_of_ansible_test_without_what_passed(parts: ModuleType) -> None:
    assert parts.failures(ANSIBLE_TEST.splitlines()) == [
        *ANSIBLE_TEST.splitlines()[2:4],
        *ANSIBLE_TEST.splitlines()[6:],
    ]


def test_another_log_is_a_failure_as_a_whole(parts: ModuleType) -> None:
    assert parts.failures(["a", "Traceback", "b"]) == ["a", "Traceback", "b"]


def test_a_line_for_each_part_and_failures_in_full(
    parts: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMI_TOKEN", "secret")
    monkeypatch.setenv("MAKEFLAGS", "-j2")
    given = "sorted(name for name in os.environ if name.startswith(('TMI_', 'MAKE')))"
    written(
        tmp_path,
        session("good", "print('3 passed in 0.1s')", f"print({given})")
        + session("bad", "print('what went wrong')", "session.error('no')")
        + session("absent", "session.skip('there is no python')"),
    )
    screen = io.StringIO()
    failed = parts.run(["good", "bad", "absent"], 1, parts.Screen(screen))
    assert [part.name for part in failed] == ["bad"]
    text = re.sub(r" +\d+ s ", " N s ", screen.getvalue())
    good, *rest = text.splitlines()
    assert good == "ok     good N s  3 passed in 0.1s  logs/good.log"
    assert rest[0] == "----- bad failed"
    assert "what went wrong" in rest
    assert "FAILED bad N s  no counts  logs/bad.log" in rest
    assert "skip   absent N s  no counts  logs/absent.log" in rest
    assert rest[-1].strip() == "Session absent skipped: there is no python."
    assert "\r" not in text
    log = (tmp_path / "logs" / "good.log").read_text()
    assert "[]" in log
    assert "secret" not in log


def test_as_many_at_a_time_as_allowed(parts: ModuleType, tmp_path: Path) -> None:
    wait = ["open(session.name, 'w').close()", "end = time.monotonic() + 60"]
    wait += ["while not all(map(os.path.exists, 'ab')) and time.monotonic() < end:", "    time.sleep(0.01)"]
    written(tmp_path, session("a", *wait) + session("b", *wait) + session("c", "assert os.path.exists('a')"))
    terminal = Terminal()
    assert parts.run(["a", "b", "c"], 2, parts.Screen(terminal)) == []
    shown = terminal.getvalue().split("\r\x1b[K")
    assert any(re.match(r"0 of 3 done; running: a \d+ s, b \d+ s", line) for line in shown)
    assert not any("c " in line for line in shown if "0 of 3" in line)


def test_an_end_from_outside_ends_the_sessions(parts: ModuleType, tmp_path: Path) -> None:
    written(tmp_path, session("long", "open('pid', 'w').write(str(os.getpid()))", "time.sleep(600)"))
    script = f"import run_parts as r, pathlib; r.ROOT = r.LOGS = pathlib.Path({str(tmp_path)!r}); r.main(['long'])"
    tools = str(ROOT / "tests" / "tools")
    with subprocess.Popen([sys.executable, "-c", f"import sys; sys.path.insert(0, {tools!r}); {script}"]) as process:
        end = time.monotonic() + 120
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            assert time.monotonic() < end
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 143
    assert not Path("/proc", (tmp_path / "pid").read_text(), "stat").exists()
