# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts, finds and stops servers in the background.

Only modules that import quickly are imported here, because the parent does not need the web framework.
"""

from __future__ import annotations

import errno
import importlib.util
import json
import logging
import os
import signal
import socket
import sys
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from . import environment
from .pid_file import POLL_SECONDS, PidFile, SandboxError

DEFAULT_PORT = 18100
START_SECONDS = 20.0
STOP_SECONDS = 10.0
#: How often a server looks for its pid file.
WATCH_SECONDS = 0.5
#: How many ports after the wanted one are tried.
NEXT_PORTS = 50


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a command. `port` is the requested port and, with the state folder, identifies the server."""

    port: int
    state_dir: Path
    next_port: bool = False
    api: str = ""
    host: str = ""
    data: str = ""
    test_controls: bool = False
    quirks: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    document_hosts: tuple[str, ...] = ()
    webhook_hosts: tuple[str, ...] = ()
    log: str = ""

    @property
    def pid_file(self) -> Path:
        """Return the file with the process id of the server."""
        return self.state_dir / f"sandbox-{self.port}.json"

    @property
    def log_file(self) -> Path:
        """Return the log file of the server."""
        return Path(self.log) if self.log else self.state_dir / f"sandbox-{self.port}.log"

    def settings(self) -> dict[str, Any]:
        """Return the settings that make two servers the same."""
        return {
            "api": self.api,
            "host": self.host,
            "data": self.data,
            "test_controls": self.test_controls,
            "quirks": list(self.quirks),
            "allowed_hosts": list(self.allowed_hosts),
            "document_hosts": list(self.document_hosts),
            "webhook_hosts": list(self.webhook_hosts),
        }


# ---------------------------------------------------------------------------------------------- commands
def start(wanted: Options, *, replace: bool = False) -> dict[str, Any]:
    """Start a server in the background and return when it answers. A server that runs with these settings is kept."""
    running = PidFile(wanted.pid_file).read()
    if running is not None:
        if all(running.get(name) == value for name, value in wanted.settings().items()):
            return {"running": True, **running, "changed": False}
        if not replace:
            other = {name: running.get(name) for name, value in wanted.settings().items() if running.get(name) != value}
            raise SandboxError(
                f"a sandbox with other settings {json.dumps(other)} runs at {running['url']} "
                f"(pid {running['pid']}); stop it first, or start with --replace"
            )
        stop(wanted)
    if importlib.util.find_spec("aiohttp") is None:
        raise SandboxError(f"the Python package aiohttp is missing; install it for {sys.executable}")
    lock = PidFile(wanted.pid_file)
    lock.lock()
    try:
        with closing(_listen_for(wanted)) as listener:
            about = _about(wanted, listener)
            _fork(wanted, lock, listener, about)
    finally:
        lock.leave()
    _await_answer(wanted, about)
    return {"running": True, **(PidFile(wanted.pid_file).read() or {}), "changed": True}


def stop(wanted: Options) -> dict[str, Any]:
    """Stop the server that `start` started. Do nothing if it does not run."""
    lock = PidFile(wanted.pid_file)
    running = lock.read()
    if running is None:
        return {"running": False, "changed": False}
    for number in (signal.SIGTERM, signal.SIGKILL):
        os.kill(running["pid"], number)
        end = time.monotonic() + STOP_SECONDS
        while time.monotonic() < end:
            if not lock.held():
                return {"running": False, "changed": True, "pid": running["pid"]}
            time.sleep(POLL_SECONDS)
    raise SandboxError(f"process {running['pid']} does not end")


def stop_all(state_dir: Path) -> list[str]:
    """Stop every server of a state folder; return their addresses."""
    stopped = []
    for path in sorted(state_dir.glob("sandbox-*.json")):
        running = PidFile(path).read()
        if running is not None:
            stop(Options(port=int(path.stem.partition("-")[2]), state_dir=state_dir))
            stopped.append(str(running["url"]))
    return stopped


def status(wanted: Options) -> dict[str, Any]:
    """Return whether the server runs, and its address."""
    running = PidFile(wanted.pid_file).read()
    return {"running": running is not None, **(running or {})}


def serve(wanted: Options, *, until_input_ends: bool = False) -> None:
    """Serve in the foreground until interrupted, or until the other end of standard input is closed."""
    if importlib.util.find_spec("aiohttp") is None:
        raise SandboxError(f"the Python package aiohttp is missing; install it for {sys.executable}")
    with closing(_listen_for(wanted)) as listener:
        print(json.dumps(_about(wanted, listener)), flush=True)
        _configure_log(str(wanted.log_file) if wanted.log else "")
        if until_input_ends:
            threading.Thread(target=_stop_at_end_of_input, daemon=True).start()
        _run(wanted, listener)


# ---------------------------------------------------------------------------------------------- parts
def _stop_at_end_of_input() -> None:
    with suppress(OSError):  # the terminal was closed
        while os.read(0, 65536):
            pass
    os.kill(os.getpid(), signal.SIGTERM)


def _stop_without(lock: PidFile) -> None:
    """Stop when the pid file is gone: without it no command finds this server, and its port would stay taken."""
    while not lock.lost():
        time.sleep(WATCH_SECONDS)
    logging.getLogger("tmi_sandbox").info("the pid file is gone")
    os.kill(os.getpid(), signal.SIGTERM)


def _listen_for(wanted: Options) -> socket.socket:
    """Return a listening socket on the wanted port or, with `next_port`, on the first free one from there on."""
    last = min(wanted.port + NEXT_PORTS, 65535) if wanted.next_port and wanted.port else wanted.port
    for port in range(wanted.port, last):
        try:
            return listen(wanted.host, port)
        except SandboxError as problem:
            if not isinstance(problem.__cause__, OSError) or problem.__cause__.errno != errno.EADDRINUSE:
                raise
    return listen(wanted.host, last)


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket. Clients can connect from then on."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(512)
        except OSError:
            listener.close()
            raise
    except OSError as problem:
        reason = problem.strerror or str(problem)
        if problem.errno == errno.EADDRINUSE:
            reason = "another program uses it; stop that program or choose another port"
        raise SandboxError(f"cannot listen on {host} port {port}: {reason}") from problem
    return listener


def _about(wanted: Options, listener: socket.socket) -> dict[str, Any]:
    port = listener.getsockname()[1]
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(
        wanted.host, f"[{wanted.host}]" if ":" in wanted.host else wanted.host
    )
    return {
        "url": f"http://{host}:{port}",
        "pid": os.getpid(),
        "port": port,
        **wanted.settings(),
        "log": str(wanted.log_file),
    }


def _fork(wanted: Options, lock: PidFile, listener: socket.socket, about: dict[str, Any]) -> None:
    """Make a grandchild process in its own session the server. It has no terminal, and no process waits for it."""
    wanted.log_file.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    _become_server(wanted, lock, listener, about)


def _become_server(wanted: Options, lock: PidFile, listener: socket.socket, about: dict[str, Any]) -> NoReturn:
    code = 1
    try:
        _detach(wanted.log_file, {lock.descriptor, listener.fileno()})
        lock.write({**about, "pid": os.getpid()})
        _configure_log("")
        threading.Thread(target=_stop_without, args=(lock,), daemon=True).start()
        _run(wanted, listener)
        code = 0
    except SandboxError as problem:
        print(f"tmi_sandbox: {problem}", file=sys.stderr)
    except BaseException:
        logging.getLogger("tmi_sandbox").exception("the server failed")
    finally:
        sys.stderr.flush()
        os._exit(code)


def _detach(log_file: Path, kept: set[int]) -> None:
    """Close everything inherited from the parent except the socket and the lock. Output goes to the log."""
    sys.path[:] = [os.path.abspath(path) for path in sys.path]
    os.chdir("/")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    log = os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.fchmod(log, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    low = 3
    for descriptor in (*sorted(kept), os.sysconf("SC_OPEN_MAX")):
        os.closerange(low, descriptor)
        low = descriptor + 1


def _configure_log(path: str) -> None:
    """Log events and failures, but not requests, because their addresses and headers may hold tokens."""
    logging.basicConfig(filename=path or None, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")


def _run(wanted: Options, listener: socket.socket) -> None:
    environment.hold()
    # Imported late: the web framework takes most of the start time, and only the server needs it.
    from .app import Settings
    from .store import StoreError
    from .web.server import run

    if wanted.data != ":memory:":
        Path(wanted.data).parent.mkdir(parents=True, exist_ok=True)
    settings = Settings(
        api=wanted.api,
        data=wanted.data,
        test_controls=wanted.test_controls,
        quirks=frozenset(wanted.quirks),
        host=wanted.host,
        allowed_hosts=wanted.allowed_hosts,
        document_hosts=wanted.document_hosts,
        webhook_hosts=wanted.webhook_hosts,
    )
    try:
        run(listener, settings)
    except (StoreError, ValueError) as problem:
        raise SandboxError(str(problem)) from problem


def _await_answer(wanted: Options, about: dict[str, Any]) -> None:
    """Wait for the first answer. One request is enough, because the socket already listens."""
    host, port = about["url"].removeprefix("http://").strip("[]").rpartition(":")[0].strip("[]"), about["port"]
    try:
        with socket.create_connection((host, port), timeout=START_SECONDS) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            if connection.recv(12).startswith(b"HTTP/1.1 200"):
                return
            reason = "it did not answer"
    except OSError as problem:
        reason = problem.strerror or str(problem)
    raise SandboxError(f"the server did not start ({reason}): {_last_line(wanted.log_file)}")


def _last_line(log_file: Path) -> str:
    try:
        lines = log_file.read_text("utf-8", "replace").strip().splitlines()
        return lines[-1].removeprefix("tmi_sandbox: ") if lines else "its log is empty"
    except OSError as problem:
        return str(problem)
