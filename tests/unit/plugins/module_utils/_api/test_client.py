# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Choosing the generation: by an answer that is needed anyway, and asked for once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils import _options
from ansible_collections.tmi.tmi.plugins.module_utils._api import client
from ansible_collections.tmi.tmi.plugins.module_utils._errors import MissingError, TmiError

ITEM = {"id": "m", "name": "M", "source_count": 0}
MODEL = {"id": "m", "name": "M", "owner": "a", "authorization": [{"subject": "a", "role": "owner"}]}
V0_ROOT = {"api": {"version": "0.99.1"}, "service": {"build": "0.60.0-x"}}


class Scripted:
    """A transport with fixed answers, which counts."""

    def __init__(self, api: str = "auto", **answers: Any) -> None:
        self.settings = SimpleNamespace(api=api, url="http://tmi.example.com")
        self.answers = {"/threat_models": [ITEM], "/threat_models/m": MODEL, "/": V0_ROOT, **answers}
        self.asked: list[str] = []

    def request(self, method: str, path: str, **_options: Any) -> Any:
        assert method == "GET"
        self.asked.append(path)
        answer = self.answers[path]
        if answer is None:
            raise MissingError("not there", status=404)
        return SimpleNamespace(data=answer)


def connect(transport: Scripted, model_id: str | None = None) -> Any:
    return client.connect(transport, model_id)  # type: ignore[arg-type]


def test_every_generation_of_the_option_has_a_server() -> None:
    assert tuple(client.SERVERS) == _options.GENERATIONS


def test_the_first_page_of_the_list_reports_and_is_not_asked_for_twice() -> None:
    transport = Scripted()
    assert [m.label for m in connect(transport).models()] == ["M"]
    assert transport.asked == ["/threat_models"]


def test_a_wrapped_list_is_that_of_v1() -> None:
    transport = Scripted(**{"/threat_models": {"threat_models": [], "total": 0, "limit": 100, "offset": 0}})
    server = connect(transport)
    assert isinstance(server, client.SERVERS["v1"])
    assert server.models() == []
    assert transport.asked == ["/threat_models"]


def test_a_model_named_by_id_reports_and_is_not_asked_for_twice() -> None:
    transport = Scripted()
    assert connect(transport, "m").model("m", ()).label == "M"
    assert transport.asked == ["/threat_models/m"]


def test_a_second_reading_asks_again() -> None:
    transport = Scripted()
    server = connect(transport, "m")
    server.model("m", ())
    server.model("m", ())
    assert transport.asked == ["/threat_models/m"] * 2


def test_a_missing_model_reports_nothing_and_an_empty_list_leaves_it_to_the_root() -> None:
    transport = Scripted(**{"/threat_models/m": None, "/threat_models": []})
    assert connect(transport, "m").models() == []
    assert transport.asked == ["/threat_models/m", "/threat_models", "/"]


def test_the_option_api_spends_no_request() -> None:
    transport = Scripted(api="v0")
    connect(transport)
    assert transport.asked == []


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"/threat_models": [{"id": "m", "repo_count": 0}]}, "between the API generations"),
        ({"/threat_models": [], "/": {"hello": "world"}}, "fit no known API generation"),
    ],
)
def test_what_the_collection_does_not_speak_is_refused(answers: dict[str, Any], message: str) -> None:
    with pytest.raises(TmiError, match=message):
        connect(Scripted(**answers))
