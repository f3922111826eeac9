# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rulebooks run by ansible-rulebook, and a stub that receives what their rules send."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tmi.tmi.tests.harness.server import Server

Json = Any
#: Seconds until an expected effect must be there: far more than needed, because the machine may be busy.
WAIT_SECONDS = 900


class Stub:
    """A web server that keeps the bodies of POST requests."""

    def __init__(self) -> None:
        self.bodies: list[Json] = []
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                stub.bodies.append(json.loads(raw))
                self.send_response(201)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d/" % self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()


class Rulebook:
    """A rulebook that runs, with its own folder for states and logs: one of the collection, or the file ``name``."""

    def __init__(self, server: Server, folder: Path, name: str, variables: Json) -> None:
        self.folder = folder
        self.state = folder / "state"
        self.log = folder / "rulebook.log"
        variables = {"tmi_events_state": str(self.state), "tmi_events_interval": 1, **variables}
        (folder / "vars.json").write_text(json.dumps(variables))
        bin_folder = Path(sys.executable).parent
        environment = {
            **os.environ,
            "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
            "TMI_URL": server.url,
            "TMI_TOKEN": server.tokens["access_token"],
            "ANSIBLE_LOCALHOST_WARNING": "false",
        }
        (folder / "inventory.yml").write_text("all: {hosts: {localhost: {ansible_connection: local}}}\n")
        command = [str(bin_folder / "ansible-rulebook"), "--inventory", str(folder / "inventory.yml")]
        command += ["--rulebook", name if os.sep in name else f"tmi.tmi.{name}"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--vars", str(folder / "vars.json"), "--verbose"],
                cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def wait(self, holds: Callable[[], bool]) -> None:
        """Wait until a condition holds."""
        end = time.monotonic() + WAIT_SECONDS
        while not holds():
            assert self._process.poll() is None, self.log.read_text()[-3000:]
            assert time.monotonic() < end, self.log.read_text()[-3000:]
            time.sleep(0.1)

    def wait_until_ready(self) -> None:
        """Wait for the end of the first round."""
        self.wait((self.state / "feed.json").exists)

    def end(self) -> None:
        """End it as a controller does (SIGTERM), and wait for it."""
        self._process.terminate()
        self._process.wait(WAIT_SECONDS)

    def kill(self) -> None:
        """Kill it without warning (SIGKILL), with the processes that it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, 9)
        self._process.wait()


@pytest.fixture(scope="module", params=["v0", "v1"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with contextlib.closing(Server(request.param)) as found:
        yield found


@pytest.fixture
def stub() -> Iterator[Stub]:
    with contextlib.closing(Stub()) as found:
        yield found


@pytest.fixture
def start(server: Server, tmp_path: Path) -> Iterator[Callable[..., Rulebook]]:
    """Return the function that starts a rulebook; all of them are ended after the test."""
    started: list[Rulebook] = []

    def begin(name: str, **variables: Any) -> Rulebook:
        started.append(Rulebook(server, tmp_path, name, variables))
        return started[-1]

    yield begin
    for one in started:
        one.kill()
