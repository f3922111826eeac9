# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of plugins that come from variables, and how many requests a look-up costs."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api.v0.rules import V0Rules
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Entity
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._options import Settings
from ansible_collections.tmi.tmi.plugins.module_utils._resources.document import DOCUMENT
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat import THREAT
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat_model import THREAT_MODEL
from ansible_collections.tmi.tmi.plugins.plugin_utils._connection import direct_options
from ansible_collections.tmi.tmi.plugins.plugin_utils._inventory import reader

MODEL_ID = "00000000-0000-4000-8000-000000000001"


def render(value: Any) -> Any:
    return {"{{ no }}": False, "{{ t }}": 5, "{{ empty }}": ""}.get(value, value)


def test_variables_are_templated_before_anything_converts_them() -> None:
    variables = {
        "tmi_validate_certs": "{{ no }}",
        "tmi_timeout": "{{ t }}",
        "tmi_url": "https://x",
        "other": "{{ no }}",
    }
    assert direct_options({}, variables, render) == {"validate_certs": False, "timeout": 5, "url": "https://x"}


def test_what_is_given_wins_and_is_not_templated() -> None:
    assert direct_options({"url": "{{ no }}"}, {"tmi_url": "https://x"}, render) == {"url": "{{ no }}"}


def test_blank_variables_are_not_set() -> None:
    assert direct_options({}, {"tmi_api": None}, render) == {}
    # What is handed on keeps core from taking the template itself for the value.
    blank = direct_options({}, {"tmi_token": "{{ empty }}", "tmi_timeout": "{{ empty }}"}, render)
    assert blank["token"] == ""
    assert Settings.from_params({"url": "https://x", **blank}) == Settings.from_params({"url": "https://x"})
    assert direct_options({}, None, render) == {}


def test_empty_variables_of_the_environment_are_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    # Core would make False of it, and no certificate would be checked.
    monkeypatch.setenv("TMI_VALIDATE_CERTS", "")
    monkeypatch.setenv("TMI_TOKEN", " ")
    assert direct_options({}, None, render) == {"validate_certs": True, "token": ""}
    assert direct_options({"validate_certs": False}, None, render) == {"validate_certs": False, "token": ""}
    assert direct_options({}, {"tmi_validate_certs": "{{ no }}"}, render) == {"validate_certs": False, "token": ""}
    monkeypatch.setenv("TMI_VALIDATE_CERTS", "false")
    assert direct_options({"token": "t"}, None, render) == {"token": "t"}


class Server:
    """One model with a threat and a document."""

    listed_fields = frozenset(("id", "name"))
    rules = V0Rules()

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def models(self) -> Any:
        self.asked.append("list")
        return [Entity(THREAT_MODEL, MODEL_ID, {"name": "Alpha"})]

    def models_where(self, wanted: Mapping[str, Any]) -> Any:
        return self.models()

    def counts(self, listed: Any) -> Any:
        return {}

    def model(self, model_id: str, sections: Any) -> Any:
        self.asked.append(sorted(sections))
        children = {
            "threats": [Entity(THREAT, "t", {"name": "{{ 6 * 7 }}", "severity": "high"}, parent_id=model_id)],
            "documents": [Entity(DOCUMENT, "d", {"name": "ADR"}, parent_id=model_id)],
        }
        return Entity(THREAT_MODEL, model_id, {"name": "Alpha", "status": "open"}, {"team": "x"}, children=children)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    found = Server()
    monkeypatch.setattr(reader, "open_transport", lambda options, read_only, log: nullcontext(read_only))
    monkeypatch.setattr(reader, "show_warnings", lambda transport: None)
    monkeypatch.setattr(reader, "connect", lambda transport, known: found if transport is True else None)
    return found


def test_without_terms_models_are_listed_with_one_request(server: Server) -> None:
    assert reader.fetch([], {}) == [{"id": MODEL_ID, "name": "Alpha"}]
    assert server.asked == ["list"]


def test_several_terms_read_a_model_once(server: Server) -> None:
    found = reader.fetch(["threats", "document"], {"threat_model": MODEL_ID, "fields": ["name"]})
    assert found == [{"name": "{{ 6 * 7 }}"}, {"name": "ADR"}]
    assert server.asked == [["diagrams", "documents", "threats"]]


def test_groups_by_default_cost_no_reading(server: Server) -> None:
    made = reader.fetch(["threat_models"], {"as": "inventory"})[0]
    assert server.asked == ["list"]
    assert made["all"]["children"] == ["ungrouped", "threat_models"]


def test_groups_that_are_asked_for_are_read(server: Server) -> None:
    made = reader.fetch(["threat_models"], {"as": "inventory", "group_by": ["status"], "fields": ["name"]})[0]
    assert server.asked == ["list", []]
    assert made["status_open"]["hosts"] == ["Alpha"]
    assert made["_meta"]["hostvars"]["Alpha"] == {
        "tmi_name": "Alpha",
        "tmi_resource": "threat_model",
        "ansible_connection": "local",
    }


@pytest.mark.parametrize(
    ("terms", "options", "message"),
    [
        (["modles"], {}, 'there is nothing called "modles"; known are threat_models'),
        (["server"], {}, "there is nothing called"),
        (["threats"], {}, "threat_model: is needed for threats"),
        (["threat_models"], {"as": "inventory", "group_by": ["colour"]}, "group_by: there is no colour"),
    ],
)
def test_wrong_questions_are_refused_before_anything_is_sent(
    server: Server, terms: Any, options: Any, message: str
) -> None:
    with pytest.raises(InputError) as caught:
        reader.fetch(terms, options)
    assert message in str(caught.value)
    assert server.asked == []
