# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan names people who have never logged in, and asks only about people whom it adds."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._engine.policy import Policy
from ansible_collections.tmi.tmi.plugins.module_utils._engine.reconcile import reconcile
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Desired
from ansible_collections.tmi.tmi.plugins.module_utils._errors import NotFoundError
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat_model import THREAT_MODEL
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.fake_server import ALICE, FakeServer


def run(server: FakeServer, *people: str, write: bool = True, **values: Any) -> Any:
    rows = [{"user": person, "role": "reader"} for person in people]
    wanted = THREAT_MODEL.canonical({"name": "Shop", **({"authorization": rows} if people else {}), **values})
    return reconcile(server, Desired(THREAT_MODEL, wanted), Policy("fail"), write)


@pytest.mark.parametrize("write", [False, True])
def test_all_of_them_are_named_before_anything_is_written(write: bool) -> None:
    server = FakeServer()
    server.unknown_people = {"x@example.com", "y@example.com"}
    with pytest.raises(NotFoundError, match=r"authorization: .* not know x@example\.com, y@example\.com: people"):
        run(server, "x@example.com", "bob@example.com", "y@example.com", write=write)
    assert server.writes == 0


def test_people_whom_the_object_names_are_not_asked_about() -> None:
    server = FakeServer()
    run(server, "bob@example.com")
    assert server.asked == ["bob@example.com"]
    server.asked.clear()
    run(server, "bob@example.com")
    run(server, "bob@example.com", description="New")
    run(server, description="Newer")
    assert server.asked == []
    run(server, "bob@example.com", "carol@example.com")
    assert server.asked == ["carol@example.com"]


def test_the_caller_is_not_asked_about() -> None:
    server = FakeServer()
    server.unknown_people = {ALICE}
    run(server, description="Mine")
    assert server.asked == []


def test_an_owner_is_asked_about() -> None:
    server = FakeServer()
    server.unknown_people = {"x@example.com"}
    run(server, description="Mine")
    with pytest.raises(NotFoundError, match=r"owner: the server does not know x@example\.com"):
        run(server, owner="x@example.com")
