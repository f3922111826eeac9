# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook watch on a terminal: a line for each change while it runs, until Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ansible_collections.tmi.tmi.tests.playbooks.conftest import PATIENCE, Place

pytest.importorskip("aiohttp", reason="the embedded server needs aiohttp")
pytest.importorskip("requests")

from ansible_collections.tmi.tmi.tests.harness.server import Server
from ansible_collections.tmi.tmi.tests.harness.tasks import connection, perform


def test_ctrl_c_ends_it(tmp_path: Path) -> None:
    with contextlib.closing(Server("v1")) as server:
        assert perform("tmi_threat_model", {**connection(server), "name": "Shop"})["changed"]
        place = Place(tmp_path, server)
        command = [sys.executable, "-m", "ansible.cli.playbook", "tmi.tmi.watch", "-e", '{"tmi_watch_interval": 1}']
        output = tmp_path / "output.txt"
        with output.open("w") as file:
            watch = subprocess.Popen(
                command,
                cwd=tmp_path,
                env={**place.variables, "TMPDIR": str(tmp_path)},
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            number, end = 0, time.monotonic() + PATIENCE
            while " note " not in output.read_text():  # the first state that it reads gives no line
                number += 1
                assert (time.monotonic() < end, watch.poll()) == (True, None), output.read_text()
                options = {"threat_model": "Shop", "name": "Log", "content": f"Entry {number}"}
                assert perform("tmi_note", {**connection(server), **options})["changed"]
                time.sleep(0.2)
            os.killpg(watch.pid, signal.SIGINT)  # as a terminal does
            watch.wait(PATIENCE)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(watch.pid, signal.SIGKILL)
            watch.wait(PATIENCE)
    last = [line for line in output.read_text().splitlines() if line.strip()][-1]
    assert (watch.returncode, last) == (99, "[ERROR]: User interrupted execution")
    assert "Traceback" not in output.read_text()
    assert not list(tmp_path.glob("tmi-*"))
