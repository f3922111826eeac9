# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tests start ends with them, however they end."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
import time

import pytest

pytest.importorskip("aiohttp", reason="the embedded server needs aiohttp")

#: Starts two servers, and a process that waits for an answer of one that never comes. Programs that run in the
#: background (nohup, &) begin with signals ignored, and so would this one.
TESTS = """
import json, signal, time, urllib.request
from ansible_collections.tmi.tmi.tests.harness.process import Process, fork
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
servers = [Process(api, "--test-controls") for api in ("v0", "v1")]
body = json.dumps({"kind": "delay", "seconds": None, "times": None}).encode()
headers = {"Content-Type": "application/json"}
urllib.request.urlopen(urllib.request.Request(servers[0].url + "/_test/faults", body, headers)).close()
fork(lambda: urllib.request.urlopen(servers[0].url, timeout=600))
while not json.load(urllib.request.urlopen(servers[0].url + "/_test/stats"))["busy"]:
    pass
print(json.dumps([server.about["port"] for server in servers]), flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_nothing_is_left_of_tests_that_were_ended(number: signal.Signals) -> None:
    paths = f"import sys; sys.path[:0] = {sys.path!r}\n"
    command = [sys.executable, "-c", paths + TESTS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as tests:
        assert tests.stdout is not None
        ports = json.loads(tests.stdout.readline())
        tests.send_signal(number)
        tests.wait()
        assert tests.stdout.read() == "", "ends when the last process does that had it open, the fork too"
    wait_until_closed(ports)


def wait_until_closed(ports: list[int]) -> None:
    """Wait until nobody listens on these ports."""
    end = time.monotonic() + 300
    for port in ports:
        with contextlib.suppress(ConnectionRefusedError):
            while time.monotonic() < end:
                socket.create_connection(("127.0.0.1", port)).close()
                time.sleep(0.05)
            pytest.fail(f"a server listens on port {port}")


def test_a_server_that_cannot_start_is_told() -> None:
    from ansible_collections.tmi.tmi.tests.harness.process import Process

    with pytest.raises(RuntimeError, match="ended with 2"):
        Process("v7")
