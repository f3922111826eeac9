# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role `sandbox`: what several servers share outlives one of them."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tmi.tmi.tests.playbooks.conftest import Place

pytest.importorskip("aiohttp", reason="the embedded server needs aiohttp")


def free_ports(number: int) -> list[int]:
    probes = [socket.socket() for _probe in range(number)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def test_the_environment_goes_with_the_last_server(tmp_path: Path) -> None:
    place = Place(tmp_path)
    venv = tmp_path / "state" / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True, timeout=60)
    (site,) = venv.glob("lib/python*/site-packages")
    (site / "these.pth").write_text("\n".join(path for path in sys.path if "site-packages" in path))
    one, two = free_ports(2)

    def role(state: str, port: int, state_dir: str = "state") -> str:
        variables = {"tmi_sandbox_state": state, "tmi_sandbox_port": port, "tmi_sandbox_data": ":memory:"}
        variables |= {"tmi_sandbox_venv": str(venv), "tmi_sandbox_state_dir": str(tmp_path / state_dir)}
        tasks = [{"name": "Sandbox", "ansible.builtin.import_role": {"name": "tmi.tmi.sandbox"}}]
        play: Any = [
            {"name": "Play", "hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}
        ]
        (tmp_path / "play.yml").write_text(json.dumps(play), "utf-8")
        code, said = place.ansible("play.yml", variables)
        assert code == 0, said
        return said

    try:
        role("started", one)
        role("started", two, "other")
        assert "a server runs in it" in role("absent", one)
        assert venv.exists()
        with urllib.request.urlopen(f"http://127.0.0.1:{two}/", timeout=60) as answer:
            assert answer.status == 200
        role("absent", two, "other")
        assert not venv.exists()
    finally:
        for state_dir, port in (("state", one), ("other", two)):
            if (tmp_path / state_dir / f"sandbox-{port}.json").exists():
                role("stopped", port, state_dir)
