# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The source session: an edit of a person triggers the rule once, also if the server was killed in between."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tmi.tmi.tests.events.conftest import Rulebook
from ansible_collections.tmi.tmi.tests.harness.browser import Browser, node
from ansible_collections.tmi.tmi.tests.harness.server import Server
from ansible_collections.tmi.tmi.tests.harness.tasks import connection, perform

Json = Any
SHOP: Json = {"tmi_definition": 1, "name": "Shop", "diagrams": {"core": {"name": "Core", "nodes": {"web": {}}}}}


def rulebook(token: str) -> Json:
    """Return a rulebook that sends the type of each event, with its label and the name of the model in its details."""
    body = {
        "type": "{{ event.type }}",
        "label": "{{ (event.after or {}).label | default('') }}",
        "user": "{{ event.user or '' }}",
        "model": "{{ event.details.threat_model.name | default(event.details_error | default('')) }}",
    }
    post = {"url": "{{ tmi_message_url }}", "method": "POST", "body_format": "json", "body": body, "status_code": 201}
    source = {"threat_model": "Shop", "diagram": "Core", "interval": 1, "token": token}
    return [
        {
            "name": "Session",
            "hosts": "localhost",
            "gather_facts": False,
            "execution_strategy": "sequential",
            "sources": [{"name": "tmi", "tmi.tmi.session": source, "filters": [{"tmi.tmi.details": {"wait": 20}}]}],
            "rules": [
                {
                    "name": "An event",
                    "condition": "event.type is defined",
                    "action": {"run_module": {"name": "ansible.builtin.uri", "module_args": post}},
                }
            ],
        }
    ]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.mark.parametrize("api", ["v0", "v1"])
def test_each_edit_once_over_a_kill_of_the_server(api: str, stub: Any, tmp_path: Path) -> None:
    options = (f"--port={free_port()}", f"--data={tmp_path / 'data.db'}")
    server = Server(api, *options)
    applied = perform("tmi_definition", {**connection(server), "definition": SHOP})
    assert not applied.get("failed"), applied["msg"]
    [diagram] = perform("tmi_info", {**connection(server), "resource": "diagram", "threat_model": "Shop"})["resources"]
    path = f"/threat_models/{diagram['threat_model_id']}/diagrams/{diagram['id']}"
    reader = {"user": f"carol@{'test.tmi' if api == 'v0' else 'tmi.local'}", "role": "reader"}
    shared = perform("tmi_threat_model", {**connection(server), "name": "Shop", "authorization": [reader]})
    assert not shared.get("failed"), shared["msg"]
    (tmp_path / "session.yml").write_text(yaml.safe_dump(rulebook(server.log_in("carol")["access_token"])))

    def labels() -> list[str]:
        return [body["label"] for body in stub.bodies if body["type"] == "node.created"]

    running = Rulebook(server, tmp_path, str(tmp_path / "session.yml"), {"tmi_message_url": stub.url})

    def wait(alice: Browser, holds: Callable[[], bool]) -> None:
        """Wait with an open browser: a server drops one that answers no ping for 90 seconds, and ends its session."""

        def hears_and_holds() -> bool:
            alice.hear()
            return holds()

        running.wait(hears_and_holds)

    with contextlib.closing(server), contextlib.ExitStack() as stack:
        stack.callback(running.kill)
        alice = Browser(server, "alice", path)
        wait(alice, lambda: any(body["type"] == "session.opened" for body in stub.bodies))
        alice.edit(node("One"))
        wait(alice, lambda: labels() == ["One"])
        [body] = [body for body in stub.bodies if body["label"] == "One"]
        assert (body["user"].partition("@")[0], body["model"]) == ("alice", "Shop")

        server.kill()
        server = Server(api, *options)
        stack.callback(server.close)
        alice = Browser(server, "alice", path)
        alice.edit(node("Two"))
        wait(alice, lambda: "Two" in labels())
        alice.edit(node("Three"))
        wait(alice, lambda: "Three" in labels())
        time.sleep(3)
        assert labels() == ["One", "Two", "Three"]
