# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the measurements share: a server to measure against, commands that are timed, ratios that are shown."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from plain import PROVIDERS

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BIN = Path(sys.executable).parent

Json = Any


class Server:
    """The embedded server, for as long as a measurement takes."""

    def __init__(self, url: str, api: str) -> None:
        self.url = url
        self.api = api

    def _ask(self, path: str, body: Json = None) -> Json:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + "/_test/" + path, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or b"null")

    def empty(self) -> None:
        """Forget all data and counts."""
        self._ask("reset", {"counters": True, "data": True})

    def forget_counts(self) -> None:
        """Count from nothing again; the data stay."""
        self._ask("reset", {"counters": True, "data": False})

    def stats(self) -> dict[str, Json]:
        """Return what was counted since."""
        found: dict[str, Json] = self._ask("stats")
        return found


@contextmanager
def serving(folder: Path, api: str) -> Iterator[Server]:
    """Start a server with its data in memory, and stop it."""
    command = [sys.executable, "-B", "-m", "tmi_sandbox", "serve", "--until-input-ends", f"--api={api}"]
    with (
        (folder / f"server-{api}.log").open("w") as log,
        subprocess.Popen(
            [*command, "--port=0", "--data=:memory:", "--test-controls"],
            cwd=ROOT / "roles" / "sandbox" / "files",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        try:
            yield Server(json.loads(process.stdout.readline())["url"], api)
        finally:
            process.terminate()


class Spent(NamedTuple):
    """What a command took: seconds, MiB of memory at the peak of its largest process, and seconds of all its CPUs."""

    seconds: float
    memory: float
    cpu: float


class Bench:
    """Times commands in surroundings that nothing of this machine's settings gets into."""

    def __init__(self, folder: Path, server: Server, rounds: int) -> None:
        self.folder = folder
        self.server = server
        self.rounds = rounds
        (folder / "ansible.cfg").touch()
        dropped = ("ANSIBLE_", "TMI_", "PYTHONDONTWRITEBYTECODE")
        self.surroundings = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
        self.surroundings.update(
            PATH=os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)]),
            ANSIBLE_COLLECTIONS_PATH=os.environ.get("ANSIBLE_COLLECTIONS_PATH", str(ROOT / ".cache" / "collections")),
            ANSIBLE_CONFIG=str(folder / "ansible.cfg"),
            ANSIBLE_HOME=str(folder / "ansible"),
            ANSIBLE_LOCALHOST_WARNING="false",
            ANSIBLE_INVENTORY_UNPARSED_WARNING="false",
            ANSIBLE_CONNECTION_PLUGINS=str(HERE / "connection_plugins"),
            TMI_URL=server.url,
            TMI_LOGIN_PROVIDER=PROVIDERS[server.api],
            TMI_LOGIN_HINT="alice",
        )

    def spent(self, *command: str | Path, **more: str) -> Spent:
        """Run a command, with ``more`` in its environment. Ends the measurement if it fails."""
        words = [str(part) for part in command]
        output = self.folder / "output.log"
        with output.open("w", encoding="utf-8") as log:
            begin = time.perf_counter()
            process = subprocess.Popen(
                words,
                cwd=self.folder,
                env={**self.surroundings, **more},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            _pid, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(words)} failed:\n{output.read_text(encoding='utf-8')}")
        return Spent(seconds, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime)

    def seconds(self, *command: str | Path) -> float:
        """Return how long a command takes. Ends the measurement if it fails."""
        return self.spent(*command).seconds

    def playbook(self, name: str, tasks: list[Json], **play: Json) -> Callable[[], Spent]:
        """Return a call that runs a playbook of these tasks."""
        path = self.folder / f"{name}.yml"
        content = {"name": name, "hosts": "localhost", "gather_facts": False, **play, "tasks": tasks}
        path.write_text(yaml.safe_dump([content], sort_keys=False), encoding="utf-8")
        return lambda: self.spent(BIN / "ansible-playbook", path)


def show(title: str, values: Sequence[float], aim: float, least: bool = False) -> bool:
    """Print the median of what was measured, with its spread; return whether the aim is met."""
    middle = statistics.median(values)
    met = middle >= aim if least else middle <= aim
    spread = f" (from {min(values):.2f} to {max(values):.2f})" if len(values) > 1 else ""
    word, verdict = "at least" if least else "at most", "met" if met else "MISSED"
    print(f"  {title}: {middle:.2f}{spread}; aim: {word} {aim:g}, {verdict}")
    return met


def by_path(stats: dict[str, Json]) -> str:
    """Return the requests of a run by path, the most frequent first."""
    return ", ".join(f"{count} {path}" for path, count in sorted(stats["by_path"].items(), key=lambda one: -one[1]))
