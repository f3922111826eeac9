# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command line: start, stop, status, serve; and data that survive `kill -9`."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Json = Any
FILES = Path(__file__).resolve().parents[3] / "roles" / "sandbox" / "files"


class Command:
    """The command line with a state folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "PYTHONPATH": str(FILES), "PYTHONDONTWRITEBYTECODE": "1"}

    def line(self, *arguments: str) -> list[str]:
        """Return a command."""
        given = [] if "--port" in arguments else ["--port", "0"]
        return [sys.executable, "-m", "tmi_sandbox", *arguments, *given, "--state-dir", str(self.folder)]

    def __call__(self, *arguments: str) -> Json:
        """Run a command that must work and return what it says."""
        done = subprocess.run(
            self.line(*arguments), check=False, capture_output=True, text=True, env=self.environment, timeout=60
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return json.loads(done.stdout)

    def fails(self, *arguments: str) -> str:
        """Run a command that must fail and return its one line."""
        done = subprocess.run(
            self.line(*arguments), check=False, capture_output=True, text=True, env=self.environment, timeout=60
        )
        assert done.returncode == 1
        assert done.stdout == ""
        lines = done.stderr.splitlines()
        assert len(lines) == 1, done.stderr
        return lines[0]


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Command]:
    """Return the command line; a server that it started does not outlive the test."""
    command = Command(tmp_path / "state")
    yield command
    command("stop")


def wait_for_end(pid: int) -> None:
    """Wait until a process is gone, or at least no more than an entry that nobody has collected."""
    for _attempt in range(500):
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return
        except OSError:
            return
        time.sleep(0.01)
    raise AssertionError(f"process {pid} is still there")


def test_status_needs_no_library(command: Command) -> None:
    # The role asks before it has installed the server's libraries; -S leaves out all that is installed.
    interpreter, *line = command.line("status")
    done = subprocess.run(
        [interpreter, "-S", *line], check=True, capture_output=True, env=command.environment, timeout=60
    )
    assert json.loads(done.stdout) == {"running": False}


def test_start_and_stop_are_idempotent(command: Command) -> None:
    assert command("status") == {"running": False}
    assert command("stop") == {"running": False, "changed": False}
    started = command("start", "--data", ":memory:")
    assert started["changed"] is True
    assert started["url"] == f"http://127.0.0.1:{started['port']}"
    again = command("start", "--data", ":memory:")
    assert again == {**started, "changed": False}
    assert command("status") == {key: value for key, value in started.items() if key != "changed"}
    assert command("stop") == {"running": False, "changed": True, "pid": started["pid"]}
    wait_for_end(started["pid"])
    assert command("stop")["changed"] is False
    assert command("status") == {"running": False}


def test_the_server_is_a_daemon(command: Command) -> None:
    pid = command("start", "--data", ":memory:")["pid"]
    assert os.getsid(pid) == os.getpgid(pid) != os.getsid(0)
    opened = {os.readlink(f"/proc/{pid}/fd/{number}") for number in (0, 1, 2)}
    assert opened == {os.devnull, str(command.folder / "sandbox-0.log")}
    assert os.readlink(f"/proc/{pid}/cwd") == "/"


def test_other_settings_need_replace(command: Command) -> None:
    first = command("start", "--data", ":memory:")
    assert "--replace" in command.fails("start", "--data", ":memory:", "--test-controls")
    second = command("start", "--data", ":memory:", "--test-controls", "--replace")
    assert second["changed"] is True
    assert second["pid"] != first["pid"]
    wait_for_end(first["pid"])


def test_errors_are_one_line(command: Command, tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = str(busy.getsockname()[1])
        assert f"cannot listen on 127.0.0.1 port {port}" in command.fails("start", "--port", port)
    (tmp_path / "text").write_text("this is no database, and long enough to be sure of it " * 10)
    assert "is not a data file" in command.fails("start", "--data", str(tmp_path / "text"))
    assert "cannot use the data file" in command.fails("start", "--data", str(tmp_path))
    assert "unknown quirk" in command.fails("start", "--quirk", "nonsense")
    assert command("status") == {"running": False}


def test_the_next_port_where_one_is_in_use(command: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        started = command("start", "--port", str(port), "--next-port", "--data", ":memory:")
        try:
            assert port < started["port"] <= port + 50
            again = command("start", "--port", str(port), "--next-port", "--data", ":memory:")
            assert again == {**started, "changed": False}
        finally:
            assert command("stop", "--port", str(port))["pid"] == started["pid"]


@pytest.mark.parametrize("way", ["removed", "moved", "replaced"])
def test_a_server_without_its_pid_file_ends(command: Command, way: str) -> None:
    """The file may go with a whole folder; another server may have a new one in its place."""
    pid = command("start", "--data", ":memory:")["pid"]
    file = command.folder / "sandbox-0.json"
    if way == "moved":
        command.folder.rename(command.folder.with_name("elsewhere"))
    else:
        file.unlink()
    if way == "replaced":
        file.touch()
    wait_for_end(pid)


def test_all_servers_of_a_folder_are_stopped(command: Command) -> None:
    start = ("start", "--next-port", "--data", ":memory:", "--port")
    pids = [command(*start, port)["pid"] for port in ("0", "18999")]
    tool = Path(__file__).resolve().parents[2] / "tools" / "stop_servers.py"
    line = [sys.executable, str(tool), str(command.folder)]
    place: Any = {"env": command.environment, "text": True, "timeout": 60}
    assert subprocess.check_output(line, **place).count("Stopped the server at http://127.0.0.1:") == 2
    for pid in pids:
        wait_for_end(pid)
    assert subprocess.check_output(line, **place) == "No server of this folder runs.\n"


def test_a_data_file_has_one_server(command: Command, tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    command("start", "--data", data)
    other = Command(tmp_path / "other")
    assert "another server uses it" in other.fails("start", "--data", data)


def test_a_process_that_only_has_the_number_is_left_alone(command: Command) -> None:
    """A pid file that nobody holds, naming a living process: this one."""
    command.folder.mkdir()
    (command.folder / "sandbox-0.json").write_text(json.dumps({"pid": os.getpid(), "url": "http://127.0.0.1:1"}))
    assert command("status") == {"running": False}
    assert command("stop")["changed"] is False


def test_data_survive_kill_9_at_any_moment(command: Command, client_of: Callable[..., Any]) -> None:
    """Whatever was answered with success before the kill is there after it; so are logins."""
    started = command("start", "--api", "v0")
    alice = client_of(started["url"], "alice")
    model = alice.model(name="kept")
    answered: list[str] = []

    def write() -> None:
        try:
            while True:
                name = f"n{len(answered)}"
                alice.call("POST", model + "/metadata", {"key": name, "value": "v"})
                answered.append(name)
        except OSError:
            pass

    writer = threading.Thread(target=write)
    writer.start()
    while len(answered) < 50:
        time.sleep(0.001)
    os.kill(started["pid"], signal.SIGKILL)
    writer.join()
    wait_for_end(started["pid"])
    assert command("status") == {"running": False}
    again = command("start", "--api", "v0")
    assert again["pid"] != started["pid"]
    token, alice = alice.tokens, client_of(again["url"], "other")
    alice.tokens = token
    stored = {entry["key"] for entry in alice.call("GET", model)["metadata"]}
    assert set(answered) <= stored <= {*answered, f"n{len(answered)}"}
    alice.call("POST", "/oauth2/refresh", {"refresh_token": token["refresh_token"]})


def test_the_log_and_the_folder_keep_secrets(command: Command, client_of: Callable[..., Any]) -> None:
    started = command("start", "--api", "v0")
    alice = client_of(started["url"], "a-" + secrets.token_hex(4))
    alice.join(alice.diagram(alice.model()))
    alice.call("GET", f"/nowhere?token={alice.tokens['access_token']}", expect=404)
    log = Path(started["log"]).read_text()
    assert "serving" in log
    assert alice.tokens["access_token"][:20] not in log
    assert alice.tokens["refresh_token"] not in log
    assert {path.stat().st_mode & 0o077 for path in command.folder.iterdir()} == {0}


def test_serve_stays_in_the_foreground(command: Command) -> None:
    with subprocess.Popen(
        command.line("serve", "--data", ":memory:"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=command.environment,
    ) as process:
        assert process.stdout is not None
        about = json.loads(process.stdout.readline())
        assert about["pid"] == process.pid
        with socket.create_connection(("127.0.0.1", about["port"]), timeout=10) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            assert connection.recv(12) == b"HTTP/1.1 200"
        process.terminate()
        assert process.wait(10) == 0


def test_nobody_else_can_read_its_files(command: Command, tmp_path: Path) -> None:
    data = tmp_path / "folder" / "data.sqlite"
    command("start", "--data", str(data), "--log", str(tmp_path / "server.log"))
    found = [*data.parent.iterdir(), *command.folder.iterdir(), tmp_path / "server.log"]
    assert {path.name for path in found} >= {"data.sqlite", "data.sqlite-wal", "sandbox-0.json", "server.log"}
    assert {oct(path.stat().st_mode & 0o777) for path in found} == {"0o600"}
    assert {oct(path.stat().st_mode & 0o777) for path in (data.parent, command.folder)} == {"0o700"}


def test_what_serve_keeps_is_closed_to_others_as_well(command: Command, tmp_path: Path) -> None:
    data, log = tmp_path / "data.sqlite", tmp_path / "log"
    data.touch(0o644)
    line = command.line("serve", "--data", str(data), "--log", str(log), "--until-input-ends")
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=command.environment) as server:
        assert server.stdout is not None
        url = json.loads(server.stdout.readline())["url"]
        with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=30) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            assert connection.recv(12) == b"HTTP/1.1 200"
        found = list(tmp_path.glob("data.sqlite*")) + [log]
        assert len(found) >= 3
        assert {oct(path.stat().st_mode & 0o777) for path in found} == {"0o600"}
        assert server.stdin is not None
        server.stdin.close()


def test_a_name_that_was_allowed(command: Command) -> None:
    started = command("start", "--data", ":memory:", "--allow-host", "Sandbox.example.com")
    assert started["allowed_hosts"] == ["sandbox.example.com"]
    for host, status in (("sandbox.example.com", b"200"), ("evil.example.com", b"421")):
        with socket.create_connection(("127.0.0.1", started["port"]), timeout=30) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % host.encode())
            assert connection.recv(12)[9:] == status
    assert "other settings" in command.fails("start", "--data", ":memory:")


@pytest.mark.parametrize("path", ["/threat_models", "/oauth2/token"])
def test_what_is_not_read_takes_no_memory(command: Command, path: str) -> None:
    started = command("start", "--data", ":memory:")

    def highest() -> int:
        lines = Path(f"/proc/{started['pid']}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))

    before, piece = highest(), b"100000\r\n" + b"x" * (1 << 20) + b"\r\n"
    with socket.create_connection(("127.0.0.1", started["port"]), timeout=30) as connection:
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head.encode())
        with contextlib.suppress(OSError):  # the server hangs up
            for _time in range(200):
                connection.sendall(piece)
    assert highest() - before < 16 * 1024


class TestEnvironment:
    """What servers share outlives one of them."""

    @pytest.fixture
    def venv(self, tmp_path: Path) -> Path:
        """Return a virtual environment that sees the packages of this one."""
        place = tmp_path / "venv"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True, timeout=60)
        (site,) = place.glob("lib/python*/site-packages")
        (site / "these.pth").write_text("\n".join(path for path in sys.path if "site-packages" in path))
        return place

    def reason(self, command: Command, venv: Path, port: str = "0") -> str:
        reason: str = command("spare", "--port", port, "--venv", str(venv))["reason"]
        return reason

    def test_goes_with_the_last_server(self, command: Command, venv: Path, tmp_path: Path) -> None:
        assert self.reason(command, tmp_path / "nowhere") == ""
        assert self.reason(command, venv) == ""
        other = Command(tmp_path / "other folder")
        line = [str(venv / "bin" / "python"), *other.line("start", "--data", ":memory:")[1:]]
        try:
            subprocess.run(line, check=True, capture_output=True, env=other.environment, timeout=60)
            assert self.reason(command, venv) == "a server runs in it"
            # In check mode the server is not stopped before.
            assert self.reason(other, venv) == ""
        finally:
            other("stop")
        assert self.reason(command, venv) == ""

    def test_stays_for_a_server_of_another_port_that_is_stopped(self, command: Command, venv: Path) -> None:
        command("start", "--data", ":memory:")
        command("stop")
        assert self.reason(command, venv, "18999") == "the state folder has a server of port 0"
        assert self.reason(command, venv) == ""

    def test_that_the_role_has_not_made_stays(self, command: Command, tmp_path: Path) -> None:
        assert self.reason(command, Path(sys.executable).parents[1]) == "Ansible runs in it"
        assert self.reason(command, tmp_path) == "it is not a virtual environment"
