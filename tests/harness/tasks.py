# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks of any module, run as in a worker: each is refused without a trace, or taken once and for all."""

from __future__ import annotations

import importlib
from types import SimpleNamespace
from typing import Any

import requests

from ansible_collections.tmi.tmi.plugins.module_utils._errors import LONGEST, TmiError
from ansible_collections.tmi.tmi.plugins.module_utils._modules.module import failure
from ansible_collections.tmi.tmi.plugins.plugin_utils._action import prepared, run_here
from ansible_collections.tmi.tmi.tests.harness.held import PATIENCE
from ansible_collections.tmi.tmi.tests.harness.server import Server

Json = Any
TASK = SimpleNamespace(check_mode=False, diff=True)
#: What only a server can know, so that something may have been written before it says so.
OF_SERVERS = (
    "the server does not know",
    "Users must log in at least once",
    "Failed to lookup user",
    "is not in allowlist",
    "blocked:",
)


def module_of(name: str) -> Any:
    """Return a module of the collection."""
    return importlib.import_module(f"ansible_collections.tmi.tmi.plugins.modules.{name}").MODULE


def connection(server: Server) -> Json:
    """Return options of a connection that waits for nothing."""
    found = {"url": server.url, "api": server.api, "token": server.tokens["access_token"]}
    return {**found, "retry_timeout": 0, "settle_timeout": 0, "connect_timeout": 2, "timeout": 30}


def perform(name: str, args: Json) -> Json:
    """Return the result of a task that runs a module in the worker."""
    module = module_of(name)
    try:
        given = prepared(module, args, str, shipped=False)
    except TmiError as error:
        return failure(error)
    return run_here(module, f"tmi.tmi.{name}", given, TASK)


def sentence(text: str) -> None:
    """Assert that a person can read what is said."""
    assert text.strip()
    assert len(text) <= LONGEST + 200
    for word in ("Traceback", "unexpected", "defect of the collection", "object at 0x"):
        assert word not in text


def settled(server: Server, name: str, args: Json) -> bool:
    """Return whether a task was refused, which has written nothing; one that was taken changes nothing again."""
    server.control("reset", {"counters": True})
    first = perform(name, args)
    writes = server.counted()["writes"]
    assert "exception" not in first, first["exception"]
    if first.get("failed"):
        sentence(first["msg"])
        assert writes == 0 or any(words in first["msg"] for words in OF_SERVERS), first["msg"]
        return True
    server.control("reset", {"counters": True})
    again = perform(name, args)
    assert not again.get("failed"), again["msg"]
    assert (again.get("changed", False), server.counted()["writes"]) == (False, 0), again.get("diff")
    return False


def ready(server: Server) -> None:
    """Let the server hold one model, Checkout."""
    server.control("reset", {"counters": True, "data": True})
    headers = {"Authorization": "Bearer " + server.tokens["access_token"]}
    answer = requests.post(server.url + "/threat_models", json={"name": "Checkout"}, headers=headers, timeout=PATIENCE)
    assert answer.status_code == 201, answer.text
