# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many requests models as code cost, as the embedded server counts them: servers limit requests, not seconds."""

from __future__ import annotations

import copy
import json
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._modules.definition import definition_module

pytest.importorskip("aiohttp", reason="the embedded server needs aiohttp")
pytest.importorskip("requests")

SANDBOX = Path(__file__).resolve().parents[4] / "roles" / "sandbox" / "files"
PROVIDERS = {"v0": "test", "v1": "tmi"}
MODELS = 3
#: One more than fits into one bulk call, so that two are needed and a third would show.
THREATS = 21

#: What creates one model: nothing is sent twice, and what the server names is looked for once, since another run may
#: have created it at the same time.
CREATE = {
    "v0": {
        "POST /threat_models": 1,
        "GET /threat_models": 1,
        "GET /threat_models/{}/documents": 1,
        "GET /threat_models/{}/sources": 1,
        "GET /threat_models/{}/diagrams": 1,
        "GET /threat_models/{}/threats": 1,
        "POST /threat_models/{}/metadata/bulk": 1,
        "POST /threat_models/{}/sources/bulk": 1,
        "POST /threat_models/{}/documents/bulk": 1,
        "POST /threat_models/{}/diagrams": 1,
        "PUT /threat_models/{}/diagrams/{}": 1,
        "POST /threat_models/{}/threats/bulk": 2,
    },
    "v1": {
        "POST /threat_models": 1,
        "GET /threat_models": 1,
        "GET /threat_models/{}/diagrams": 1,
        "PUT /threat_models/{}/repositories/bulk": 1,
        "PUT /threat_models/{}/documents/bulk": 1,
        "POST /threat_models/{}/diagrams": 1,
        "PUT /threat_models/{}/diagrams/{}": 1,
        "POST /threat_models/{}/threats/bulk": 2,
    },
}
#: What reads one model: itself, and the lists that it does not hold.
READ = {
    "v0": {
        "GET /threat_models/{}": 1,
        "GET /threat_models/{}/documents": 1,
        "GET /threat_models/{}/sources": 1,
    },
    "v1": {
        "GET /threat_models/{}": 1,
        "GET /threat_models/{}/threats": 1,
        "GET /threat_models/{}/documents": 1,
        "GET /threat_models/{}/repositories": 1,
    },
}
#: The requests that a run makes once: a page of models; an empty one does not show the generation of every server.
LIST = {"GET /threat_models": 1}
SESSIONS = {"v0": {"GET /collaboration/sessions": 1}, "v1": {"GET /me/sessions": 1}}
EMPTY_LIST = {"v0": {**LIST, "GET /": 1}, "v1": LIST}


class Server:
    """An embedded server with nothing on it, and runs of the module against it."""

    def __init__(self, url: str, api: str) -> None:
        self.url = url
        self.api = api

    def _control(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + "/_test/" + path, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or b"null")

    def empty(self) -> None:
        """Remove all data."""
        self._control("reset", {"counters": True, "data": True})

    def run(self, definitions: list[dict[str, Any]], **options: Any) -> tuple[dict[str, Any], dict[str, int]]:
        """Return the result of a run, and the requests that arrived by path, logging in left out."""
        self._control("reset", {"counters": True, "data": False})
        module = definition_module()
        params = {name: option.get("default") for name, option in module.argument_spec.items()}
        params.update(url=self.url, login_provider=PROVIDERS[self.api], login_hint="alice", definition=definitions)
        params.update(options)
        result = module.run(params, False)
        assert not result.get("failed"), result["msg"]
        paths = self._control("stats")["by_path"]
        return result, {path: count for path, count in paths.items() if "/oauth2/" not in path}


@pytest.fixture(params=sorted(PROVIDERS))
def server(request: pytest.FixtureRequest, server_urls: dict[str, str]) -> Server:
    found = Server(server_urls[request.param], request.param)
    found.empty()
    return found


def definition(number: int) -> dict[str, Any]:
    nodes = {"web": {"type": "process", "label": "Web"}, "db": {"type": "store", "label": "Database"}}
    return {
        "tmi_definition": 1,
        "key": "service-%d" % number,
        "name": "Service %d" % number,
        "framework": "STRIDE",
        "metadata": {"property-%d" % i: "value %d" % i for i in range(10)},
        "documents": {"doc-%d" % i: {"uri": "https://wiki.example.com/%d" % i} for i in range(5)},
        "sources": {"repo-%d" % i: {"uri": "https://git.example.com/%d.git" % i, "type": "git"} for i in range(5)},
        "diagrams": {"main": {"nodes": nodes, "flows": {"sql": {"from": "web", "to": "db"}}}},
        "threats": {
            "t-%d" % i: {"at": "main/web", "types": ["Tampering"], "severity": "low", "status": "open"}
            for i in range(THREATS)
        },
    }


def times(count: int, requests: dict[str, int]) -> dict[str, int]:
    return {path: number * count for path, number in requests.items()}


def test_a_run_asks_and_writes_no_more_than_it_must(server: Server) -> None:
    """Creating, running again and changing one threat."""
    api = server.api
    definitions = [definition(number) for number in range(MODELS)]

    created, requests = server.run(definitions)
    assert created["changed"]
    expected = Counter(EMPTY_LIST[api])
    expected.update(times(MODELS, CREATE[api]))
    assert requests == expected

    again, requests = server.run(definitions)
    assert not again["changed"]
    assert requests == {**LIST, **times(MODELS, READ[api])}

    changed = copy.deepcopy(definitions)
    changed[1]["threats"]["t-7"]["severity"] = "high"
    result, requests = server.run(changed)
    assert result["changed"]
    assert requests == {**LIST, **times(MODELS, READ[api]), "PUT /threat_models/{}/threats/{}": 1}
    assert result["stats"]["writes"] == 1


def test_deleting_asks_once_who_works_on_diagrams(server: Server) -> None:
    """Whole models, and diagrams that their definitions no longer have."""
    api = server.api
    definitions = [definition(number) for number in range(MODELS)]
    server.run(definitions)

    without = [{**found, "diagrams": {}, "threats": {}} for found in copy.deepcopy(definitions)]
    _result, requests = server.run(without, prune="managed", prune_limit=1000)
    assert requests["DELETE /threat_models/{}/diagrams/{}"] == MODELS
    assert SESSIONS[api].items() <= requests.items()

    result, requests = server.run(definitions, state="absent")
    assert result["changed"]
    each = {"GET /threat_models/{}": 1, "DELETE /threat_models/{}": 1}
    assert requests == {**LIST, **SESSIONS[api], **times(MODELS, each)}
    assert sum(requests.values()) == 2 * MODELS + 2


def test_restoring_costs_a_list_for_each_kind_and_a_request_for_each_object(server: Server) -> None:
    """Nothing is read a second time, and what comes back as it was is not written."""
    if server.api == "v0":
        pytest.skip("v0 keeps nothing that is deleted")
    wanted = definition(0)
    server.run([wanted])
    without = {**copy.deepcopy(wanted), "documents": {}, "sources": {}, "threats": {}}
    server.run([without], prune="managed", prune_limit=1000)

    result, requests = server.run([wanted])
    assert result["threat_models"][0]["restored"] == 5 + 5 + THREATS
    lists = ("GET /threat_models/{}/threats", "GET /threat_models/{}/documents", "GET /threat_models/{}/repositories")
    assert requests == {
        **LIST,
        **READ["v1"],
        **dict.fromkeys(lists, 2),
        "POST /threat_models/{}/documents/{}/restore": 5,
        "POST /threat_models/{}/repositories/{}/restore": 5,
        "POST /threat_models/{}/threats/{}/restore": THREATS,
        "PATCH /threat_models/{}/metadata/bulk": 1,  # the register
    }


def test_a_key_is_looked_for_once_a_run_and_only_before_a_creation(server: Server) -> None:
    """Of all models that no definition of the task means, however many are created."""
    others = [definition(number) for number in range(MODELS)]
    server.run(others)
    look = "GET /threat_models/{}/metadata"

    new = [{"tmi_definition": 1, "key": "new-%d" % number, "name": "New %d" % number} for number in range(2)]
    created, requests = server.run([*new, others[0]])
    assert requests[look] == MODELS - 1

    renamed = {**new[0], "name": "Renamed"}
    result, requests = server.run([renamed, others[0]])
    assert result["threat_models"][0]["id"] == created["threat_models"][0]["id"]
    assert requests[look] == MODELS + 1
    assert "POST /threat_models" not in requests

    again, requests = server.run([renamed, others[0]])
    assert not again["changed"]
    assert look not in requests
