# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rulebook with the source webhook that makes its own subscription: also if it is killed, and ended."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tmi.tmi.tests.harness.server import Server
from ansible_collections.tmi.tmi.tests.harness.tasks import connection, perform

SECRET = "0123456789abcdef"


@pytest.fixture(scope="module", params=["v1"])  # v0 has no webhooks
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with contextlib.closing(Server(request.param, "--webhook-hosts", "127.0.0.1")) as found:
        yield found


def rulebook(folder: Path, stub_url: str) -> str:
    """Return the file of a rulebook that sends the name of each new model to the stub."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    arguments = {"port": port, "subscribe": True, "public_url": f"http://127.0.0.1:{port}/", "secret": SECRET}
    send = {"url": stub_url, "method": "POST", "body_format": "json", "body": {"name": "{{ event.data.name }}"}}
    action = {"run_module": {"name": "ansible.builtin.uri", "module_args": {**send, "status_code": 201}}}
    rules = {
        "name": "Models",
        "hosts": "localhost",
        "sources": [{"name": "tmi", "tmi.tmi.webhook": arguments}],
        "rules": [{"name": "New", "condition": 'event.type == "threat_model.created"', "actions": [action]}],
    }
    path = folder / "models.yml"
    path.write_text(yaml.safe_dump([rules]))
    return str(path)


def test_a_rulebook_subscribes_itself(server: Server, stub: Any, start: Any, tmp_path: Path) -> None:
    server.clear()
    file = rulebook(tmp_path, stub.url)

    def subscriptions() -> Any:
        return server.get("/admin/webhooks/subscriptions")["subscriptions"]

    def is_active() -> bool:
        server.control("advance", {"seconds": 1})
        return [one["status"] for one in subscriptions()] == ["active"]

    def create(name: str) -> None:
        assert perform("tmi_threat_model", {**connection(server), "name": name})["changed"]

    def has(*names: str) -> bool:
        server.control("advance", {"seconds": 1})
        return sorted(body["name"] for body in stub.bodies) == sorted(names)

    running = start(file)
    running.wait(is_active)
    (first,) = subscriptions()
    create("One")
    running.wait(lambda: has("One"))

    running.kill()
    create("Two")  # its delivery fails, and is repeated
    running = start(file)
    running.wait(lambda: has("One", "Two"))
    create("Three")
    running.wait(lambda: has("One", "Two", "Three"))
    assert [one["id"] for one in subscriptions()] == [first["id"]]

    running.end()
    assert subscriptions() == []
    assert SECRET not in running.log.read_text()
