# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every key of a definition, and of an overlay on it."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._errors import TmiError
from ansible_collections.tmi.tmi.plugins.plugin_utils._action import prepared
from ansible_collections.tmi.tmi.tests.harness.server import Server
from ansible_collections.tmi.tmi.tests.harness.tasks import connection, module_of, ready, sentence, settled
from ansible_collections.tmi.tmi.tests.harness.values import Change, changes, places

Json = Any
ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs" / "schema" / "tmi_definition-1.json").read_text("utf-8"))

#: Something of everything.
WHOLE: dict[str, Any] = {
    "tmi_definition": 1,
    "key": "shop",
    "name": "Shop",
    "framework": "STRIDE",
    "version": "1.10",
    "metadata": {"tier": 1, "pci": True},
    "defaults": {"threat": {"priority": "low"}},
    "assets": {"cards": {"type": "data", "classification": ["pci"]}},
    "documents": [{"name": "ADR", "uri": "https://wiki.example.com/1", "include_in_report": False}],
    "repositories": {"api": {"uri": "https://git.example.com/2", "ref": {"branch": "main"}, "path": "src"}},
    "notes": {"n": {"content": "- a"}},
    "diagrams": {
        "main": {
            "layout": {"direction": "down", "positions": {"web": [10, 20], "f": [[30, 40]]}},
            "boundaries": {"dmz": "DMZ", "core": {"in": "dmz"}},
            "nodes": {
                "web": {"type": "process", "in": "dmz", "width": 100, "metadata": {"a": "b"}},
                "db": {"type": "store", "icon": "amazon-dynamodb", "raw": {"angle": 5}},
            },
            "flows": {"f": {"from": "web", "to": "db", "bidirectional": True, "router": "orth"}},
        }
    },
    "threats": {
        "t": {
            "at": "main/web",
            "types": ["Spoofing"],
            "severity": "high",
            "score": 7,
            "cwe": ["CWE-79"],
            "refs": ["RFC 8259, section 6"],
            "risk": {"likelihood": "low"},
            "accept": {"by": "ana", "until": "2026-12-31"},
            "controls": [{"name": "One", "implemented": True}],
        }
    },
}
#: Where an object of each kind of the schema stands in it.
OBJECTS: dict[str, tuple[Any, ...]] = {
    "asset": ("assets", "cards"),
    "document": ("documents", 0),
    "source": ("repositories", "api"),
    "note": ("notes", "n"),
    "diagram": ("diagrams", "main"),
    "threat": ("threats", "t"),
    "node": ("diagrams", "main", "nodes", "web"),
    "boundary": ("diagrams", "main", "boundaries", "core"),
    "flow": ("diagrams", "main", "flows", "f"),
    "line": ("diagrams", "main", "flows"),
}


def known_keys() -> Iterator[tuple[Any, ...]]:
    """Yield the place of every key that the schema knows."""
    yield from ((key,) for key in SCHEMA["properties"])
    for kind, path in OBJECTS.items():
        yield from ((*path, key) for key in SCHEMA["$defs"][kind].get("properties", ()))


def test_each_kind_of_the_schema_has_a_sample() -> None:
    assert sorted(OBJECTS) == sorted(SCHEMA["$defs"])


def sendable(args: Json) -> bool:
    """Return whether a task can go to another machine, which gets the definition as JSON."""
    try:
        json.dumps(prepared(module_of("tmi_definition"), args, str, shipped=True), allow_nan=False).encode()
    except TmiError as error:
        sentence(str(error))
        return False
    return True


@pytest.mark.parametrize("part", ["definition", "overlay"])
def test_definitions(server: Server, part: str, attempt: Callable[..., None]) -> None:
    found = [*known_keys(), *places(WHOLE)]
    args = {**connection(server), "definition": WHOLE, "on_unsupported": "warn"}
    if part == "overlay":
        args["definition"] = {"tmi_definition": 1, "key": "shop"}
        args["overlay"] = {name: value for name, value in WHOLE.items() if name not in ("tmi_definition", "key")}
        found = [path for path in found if path[0] not in ("tmi_definition", "key")]
    ready(server)
    assert settled(server, "tmi_definition", args) is False

    def trial(change: Change) -> bool:
        ready(server)
        given = {**args, part: change.on(args[part])}
        refused = settled(server, "tmi_definition", given)
        assert sendable(given) or refused
        return refused

    attempt(changes(found), trial)
