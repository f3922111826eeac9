# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What had been written when one of several writes fails: the journal has it, on every generation."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Optional

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api.v0.server import V0Server
from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.server import V1Server
from ansible_collections.tmi.tmi.plugins.module_utils._engine.apply import effect
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Change, Entity
from ansible_collections.tmi.tmi.plugins.module_utils._errors import ApiError
from ansible_collections.tmi.tmi.plugins.module_utils._journal import Journal
from ansible_collections.tmi.tmi.plugins.module_utils._resources.asset import ASSET
from ansible_collections.tmi.tmi.plugins.module_utils._resources.diagram import DIAGRAM
from ansible_collections.tmi.tmi.plugins.module_utils._resources.document import DOCUMENT
from ansible_collections.tmi.tmi.plugins.module_utils._resources.note import NOTE
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat import THREAT

MODEL = "00000000-0000-4000-8000-000000000001"


class FailsAt:
    """A transport whose ``number``-th request fails; all others are answered with what they sent."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.journal = Journal()

    def request(self, method: str, path: str, json: Any = None, **options: Any) -> Any:
        self.number -= 1
        write = self.journal.write(path)
        write.sent()
        if self.number == 0:
            write.refused()
            raise ApiError("broken")
        write.committed()
        items = json if isinstance(json, list) else [json]
        answers = [{"id": "i%d" % i, **item} for i, item in enumerate(items)]
        return SimpleNamespace(data=answers if isinstance(json, list) else answers[0])


def change(resource: Any, name: str, action: str = "create") -> Change:
    values = {"name": name, "type": "DFD-1.0.0" if resource is DIAGRAM else "data"}
    values.update({"uri": "https://example.com/" + name, "content": name, "severity": "low"})
    actual: Optional[Entity] = None
    if action == "update":
        actual = Entity(resource, "i-" + name, values, {}, {}, {}, MODEL, {"id": "i-" + name})
    known = {f.name for f in resource.fields}
    values = {n: v for n, v in values.items() if n in known}
    return Change(action, resource, ("M", name), None, actual, values, fields=("name",))


@pytest.mark.parametrize(
    ("server", "resource", "at", "reported"),
    [
        (V0Server, DIAGRAM, 1, 0),
        (V0Server, DIAGRAM, 3, 2),
        (V0Server, DOCUMENT, 2, 20),
        (V0Server, THREAT, 1, 0),
        (V1Server, DIAGRAM, 3, 2),
        (V1Server, NOTE, 2, 1),
        (V1Server, ASSET, 2, 20),
        (V1Server, THREAT, 2, 20),
    ],
)
def test_creations_before_the_one_that_fails_are_reported(server: Any, resource: Any, at: int, reported: int) -> None:
    changes = [change(resource, "n%d" % i) for i in range(25)]
    transport = FailsAt(at)
    with pytest.raises(ApiError), transport.journal.doing([effect("created", c) for c in changes]):
        server(transport).create(MODEL, changes)
    assert transport.journal.lines() == ["created %s" % c.what for c in changes[:reported]]


@pytest.mark.parametrize(
    ("server", "resource", "at", "reported"),
    [
        (V0Server, DOCUMENT, 3, 2),
        (V0Server, THREAT, 2, 20),
        (V1Server, NOTE, 3, 2),
        (V1Server, DOCUMENT, 2, 20),
    ],
)
def test_updates_before_the_one_that_fails_are_reported(server: Any, resource: Any, at: int, reported: int) -> None:
    changes = [change(resource, "n%d" % i, "update") for i in range(25)]
    transport = FailsAt(at)
    with pytest.raises(ApiError), transport.journal.doing([effect("updated", c) for c in changes]):
        server(transport).update_many(changes)
    assert transport.journal.lines() == ["updated %s" % c.what for c in changes[:reported]]
