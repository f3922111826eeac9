# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a person runs the playbooks of the collection: a folder, an environment, a server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import ansible_collections.tmi.tmi

#: Seconds after which a run is stuck, on a busy machine too.
PATIENCE = 300


class Place:
    """A folder in which a person runs the playbooks against a server."""

    def __init__(self, folder: Path, server: Any = None) -> None:
        self.folder = folder
        self.server = server
        package = Path(next(iter(ansible_collections.tmi.tmi.__path__)))
        self.variables = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("TMI_", "ANSIBLE_"))},
            "HOME": str(folder),
            "ANSIBLE_COLLECTIONS_PATH": str(package.parents[2]),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_NOCOLOR": "true",
            "TMI_RETRY_TIMEOUT": "0",
            "TMI_SETTLE_TIMEOUT": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        if server is not None:
            self.variables.update(TMI_URL=server.url, TMI_TOKEN=server.tokens["access_token"])

    def run(self, playbook: str, variables: dict[str, Any] | None = None, *options: str) -> tuple[int, str]:
        """Return the exit code of a playbook of the collection, and what it prints."""
        return self.ansible(f"tmi.tmi.{playbook}", variables or {}, *options)

    def ansible(self, playbook: str, variables: dict[str, Any], *options: str) -> tuple[int, str]:
        """The same for any playbook, by its file or full name."""
        command = [
            sys.executable,
            "-m",
            "ansible.cli.playbook",
            playbook,
            "-e",
            json.dumps(variables),
            *options,
        ]
        place: Any = {"cwd": self.folder, "env": self.variables, "stdin": subprocess.DEVNULL, "timeout": PATIENCE}
        ended = subprocess.run(command, **place, check=False, capture_output=True, text=True)
        return ended.returncode, ended.stdout + ended.stderr

    def writes(self) -> list[tuple[str, int]]:
        """Return every write since the last reset, as a method and its number among those of the method."""
        paths = self.server.counted()["by_path"].items()
        found: dict[str, int] = {}
        for call, number in paths:
            method, _blank, path = call.partition(" ")
            if method != "GET" and path.startswith("/threat_models"):
                found[method] = found.get(method, 0) + number
        return [(method, nth) for method, number in sorted(found.items()) for nth in range(1, number + 1)]


@pytest.fixture(scope="session")
def servers() -> Iterator[Callable[[str], Any]]:
    """Return what gives the empty server of a generation of the API; all tests have the same one."""
    from ansible_collections.tmi.tmi.tests.harness.server import Server

    made: dict[str, Any] = {}

    def get(api: str) -> Any:
        made[api] = made.get(api) or Server(api)
        made[api].clear()
        made[api].renew()
        return made[api]

    yield get
    for server in made.values():
        server.close()


@pytest.fixture
def place(request: pytest.FixtureRequest, servers: Callable[[str], Any], tmp_path: Path) -> Place:
    return Place(tmp_path, servers(getattr(request, "param", "v1")))
