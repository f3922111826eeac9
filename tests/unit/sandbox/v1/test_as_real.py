# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What comparing this server with a real one has shown: each test is a class of answers that differed."""

from __future__ import annotations

import importlib
import logging
import sqlite3
import uuid
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("aiohttp")
store = importlib.import_module("tmi_sandbox.store")

Json = Any
BODIES = {
    "threats": {"name": "X"},
    "documents": {"name": "X", "uri": "https://docs.example.com/x"},
    "repositories": {"name": "X", "uri": "https://git.example.com/x"},
    "assets": {"name": "X", "type": "data"},
    "notes": {"name": "X", "content": "c"},
}


@pytest.fixture
def model(bob: Any) -> str:
    """Return the path of a threat model of bob's."""
    made: str = bob.model()
    return made


def made(client: Any, model: str, kind: str) -> str:
    """Return the path of a new object."""
    return f"{model}/{kind}/" + client.call("POST", f"{model}/{kind}", BODIES[kind])["id"]


@pytest.mark.parametrize("path", ["/.well-known/none", "/.well-known/", "/api/server-info"])
def test_a_public_path_that_leads_nowhere_needs_no_login(server: Any, path: str) -> None:
    assert server.client().call("GET", path, expect=404)["error"] == "not_found"


@pytest.mark.parametrize(("form", "status"), [("7", 400), ("token=", 400), ("a=b", 400), ("token=x", 200)])
def test_an_introspection_needs_a_token(server: Any, form: str, status: int) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    client = server.client()
    answer = client.http.post(client.url + "/oauth2/introspect", data=form, headers=kind, timeout=10)
    assert answer.status_code == status


@pytest.mark.parametrize("kind", [kind for kind in BODIES if kind != "repositories"])  # these need no name
def test_a_missing_member_is_answered_with_the_required_ones(bob: Any, model: str, kind: str) -> None:
    body = {name: value for name, value in BODIES[kind].items() if name != "name"}
    text = bob.call("POST", f"{model}/{kind}", body, expect=400)["error_description"]
    assert text.startswith('Error at "/name": property "name" is missing Schema: {"required": ["name"')


class TestPatches:
    """JSON Patch below a threat model."""

    @pytest.mark.parametrize(
        ("kind", "path", "value", "status"),
        [
            ("threats", "/description", None, 400),
            ("threats", "/score", None, 400),
            ("threats", "/name", "  ", 400),
            ("threats", "/name", "<b></b>", 400),
            ("threats", "/severity", "x" * 51, 400),
            ("threats", "/status", "x" * 129, 400),
            ("threats", "/description", "x" * 3000, 200),
            ("documents", "/uri", "", 400),
            ("documents", "/uri", "http://docs.example.com/", 400),
            ("documents", "/name", "x" * 257, 400),
            ("repositories", "/type", "cvs", 400),
            ("repositories", "/type", "Git", 200),
            ("repositories", "/name", "<b></b>", 200),
            ("assets", "/type", "", 400),
            ("assets", "/classification", None, 400),
            ("notes", "/content", " \r\n", 400),
            ("notes", "/content", "<script>x</script>", 400),
        ],
    )
    def test_values_that_fit_or_do_not(
        self, bob: Any, model: str, kind: str, path: str, value: Json, status: int
    ) -> None:
        """Null is no text, a blank is no name, and the columns have their lengths."""
        bob.patch(made(bob, model, kind), {"op": "replace", "path": path, "value": value}, expect=status)

    def test_what_is_behind_the_end_of_a_list_is_added(self, bob: Any, model: str) -> None:
        """Whether it is to be added or to replace something."""
        entry = {"key": "k", "value": "v"}
        for path in (model, str(bob.diagram(model))):
            assert bob.patch(path, {"op": "replace", "path": "/metadata/-", "value": entry})["metadata"] == [entry]

    def test_texts_of_notes_are_stored_as_sent(self, bob: Any, model: str) -> None:
        """Only their content is sanitised."""
        note = made(bob, model, "notes")
        sent = {"name": "N", "content": "<p>x</p>", "description": "a &amp;lt; b"}
        bob.call("PUT", note, sent)
        assert bob.call("GET", note)["description"] == sent["description"]
        assert bob.patch(note, {"op": "replace", "path": "/name", "value": "<b>x</b>"})["name"] == "<b>x</b>"

    def test_types_of_threats_are_a_group(self, bob: Any, model: str) -> None:
        """One is added or removed by its text."""
        threat = made(bob, model, "threats")
        for operation, value, left in (("add", "a", ["a"]), ("add", "b", ["a", "b"]), ("remove", "a", ["b"])):
            answer = bob.patch(threat, {"op": operation, "path": "/threat_type", "value": value})
            assert answer["threat_type"] == left
        bob.patch(threat, {"op": "add", "path": "/threat_type", "value": ["c"]}, expect=400)

    def test_scores_are_rounded_when_they_are_stored(self, bob: Any, model: str) -> None:
        """The answer still shows them in single precision, as short as they can be written."""
        threat = made(bob, model, "threats")
        for given, shown, stored in ((3.14159265, 3.1415927, 3.1), (7.15, 7.15, 7.2), (9.99, 9.99, 10)):
            assert bob.patch(threat, {"op": "replace", "path": "/score", "value": given})["score"] == shown
            assert bob.call("GET", threat)["score"] == stored

    @pytest.mark.parametrize(
        ("operation", "status"),
        [
            ({"op": "add", "path": "/description"}, 200),
            ({"op": "replace", "path": "/name"}, 400),
            ({"op": "replace", "path": "/name", "value": "<b></b>"}, 400),
            ({"op": "replace", "path": "/owner"}, 404),
            ({"op": "move", "path": "/name"}, 400),
            ({"op": "add", "path": "/metadata/-", "value": {"key": "k"}}, 500),
            ({"op": "replace", "path": "/threat_model_framework", "value": "x" * 31}, 400),
        ],
    )
    def test_threat_models(self, bob: Any, model: str, operation: Json, status: int) -> None:
        """A value that is not there is null, never a traceback."""
        bob.patch(model, operation, expect=status)


class TestBlankTexts:
    """Texts that the schema lets pass and the database does not."""

    @pytest.mark.parametrize(
        ("kind", "post", "put", "bulk"),
        [
            ("threats", 201, 200, 201),
            ("documents", 500, 400, 500),
            ("repositories", 201, 200, 201),
            ("assets", 500, 200, 500),
            ("notes", 500, 400, 0),
        ],
    )
    def test_names(self, bob: Any, model: str, kind: str, post: int, put: int, bulk: int) -> None:
        """Nothing is stored where the answer is no success."""
        blank = {**BODIES[kind], "name": "  "}
        path = made(bob, model, kind)
        bob.call("POST", f"{model}/{kind}", blank, expect=post)
        bob.call("PUT", path, blank, expect=put)
        if bulk:
            bob.call("POST", f"{model}/{kind}/bulk", [blank], expect=bulk)
        stored = 1 + (post == 201) + (bulk == 201)
        assert bob.call("GET", f"{model}/{kind}")["total"] == stored

    def test_contents_of_notes(self, bob: Any, model: str) -> None:
        """They are wanted like names."""
        note = made(bob, model, "notes")
        bob.call("POST", f"{model}/notes", {"name": "N", "content": "\r\n"}, expect=500)
        bob.call("PUT", note, {"name": "N", "content": " "}, expect=400)
        assert bob.call("GET", note)["content"] == "c"


class TestOrderOfChecks:
    """What a server looks at first."""

    @pytest.mark.parametrize("kind", BODIES)
    def test_rights_and_existence_before_empty_lists(self, bob: Any, user: Any, model: str, kind: str) -> None:
        """Somebody else learns nothing of what would be wrong, nor does one who names what is not there."""
        patch = {"kind": "application/json-patch+json"}
        path, carol = made(bob, model, kind), user("carol")
        carol.call("PATCH", path, [], expect=403, **patch)
        bob.call("PATCH", f"{model}/{kind}/{uuid.uuid4()}", [], expect=404, **patch)
        bob.call("PATCH", path, [], expect=400, **patch)
        bob.call("PATCH", f"{model}/{kind}/{uuid.uuid4()}/metadata/bulk", [], expect=404)
        carol.call("POST", f"{model}/{kind}", {**BODIES[kind], "id": "x", "name": "onload=x"}, expect=403)

    def test_the_type_of_a_body_before_the_login(self, bob: Any, server: Any, model: str) -> None:
        """Whoever asks."""
        assert server.client().send("PATCH", made(bob, model, "notes"), []).status_code == 415

    @pytest.mark.parametrize(
        "query", ["limit=5&limit=6", "include_deleted=false&include_deleted=true", "name=a&name=b"]
    )
    def test_a_parameter_that_is_given_twice(self, bob: Any, user: Any, model: str, query: str) -> None:
        """It is refused, but not before it is clear that the list may be read."""
        for path in ("/threat_models", f"{model}/threats"):
            bob.call("GET", f"{path}?{query}", expect=400)
        user("carol").call("GET", f"{model}/threats?{query}", expect=403)

    @pytest.mark.parametrize("query", ["score_lt=-1", "score_le=11", "status=", "created_after=2024-02-30T00:00:00Z"])
    def test_parameters_of_threats(self, bob: Any, model: str, query: str) -> None:
        """Scores have bounds, lists no empty values, and February no 30th."""
        bob.call("GET", f"{model}/threats?{query}", expect=400)


WRITERS = {"principal_type": "group", "provider": "*", "provider_id": "everyone", "role": "writer"}


class TestPaths:
    """Ways to write a path."""

    @pytest.mark.parametrize(("method", "status"), [("GET", 301), ("POST", 307)])
    def test_a_slash_at_the_end(self, bob: Any, model: str, method: str, status: int) -> None:
        """Writes are sent on with what they bring; where nothing is, nobody is sent."""
        answer = bob.send(method, f"{model}/threats/", {"name": "T"} if method == "POST" else None)
        assert (answer.status_code, answer.headers["Location"]) == (status, f"{model}/threats")
        assert bob.send(method, f"{model}/nothing/").status_code == 404

    @pytest.mark.parametrize(
        ("path", "status"),
        [("//threat_models", 405), ("/threat_models//threats", 400), ("/me//sessions", 404)],
    )
    def test_empty_parts(self, bob: Any, path: str, status: int) -> None:
        """A name that is empty is refused, a second slash at the beginning is another path."""
        assert bob.http.get(bob.url + path, headers=bearer(bob), allow_redirects=False).status_code == status

    def test_a_slash_that_is_escaped(self, bob: Any, user: Any, model: str) -> None:
        """It leads nowhere, without a word, but not for those who may not go there."""
        path = f"{model}/metadata/a%2Fb"
        for method, body in (("GET", None), ("PUT", {"value": "x"}), ("DELETE", None)):
            assert bob.send(method, path, body).content == b""
        bob.call("PUT", path, {"value": 1}, expect=400)
        user("carol").call("GET", path, expect=403)

    def test_behind_a_slash_that_is_escaped_writers_remove_nothing(self, bob: Any, user: Any) -> None:
        path = bob.model(authorization=[WRITERS]) + "/metadata/a%2Fb"
        carol = user("carol")
        assert carol.send("GET", path, None).content == b""
        carol.call("DELETE", path, expect=403)

    @pytest.mark.parametrize(("key", "status"), [("a%25b", 400), ("a%25", 400), ("a%25zz", 400), ("a%2520b", 404)])
    def test_an_escape_that_is_half_one_when_it_is_undone_again(
        self, bob: Any, model: str, key: str, status: int
    ) -> None:
        for method in ("GET", "DELETE"):
            bob.call(method, f"{model}/metadata/{key}", expect=status)

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "{model}/audit_trail/7e57ab1e-0000-4000-8000-000000000000/rollback"),
            ("GET", "/teams"),
            ("DELETE", "/me"),
            ("GET", "{model}/chat/sessions"),
        ],
    )
    def test_what_is_not_offered(self, bob: Any, model: str, method: str, path: str) -> None:
        """The answer says so; nobody takes it for the absence of an object."""
        answer = bob.call(method, path.format(model=model), expect=501)
        assert answer["error_description"] == "This operation of TMI is not offered by this sandbox"


def bearer(client: Any) -> dict[str, str]:
    """Return the header with a client's token."""
    return {"Authorization": f"Bearer {client.tokens['access_token']}"}


class TestLists:
    """Their order."""

    def test_what_came_at_once_is_ordered_by_id(self, bob: Any, model: str) -> None:
        """A bulk request creates at one moment."""
        sent = [{**BODIES["assets"], "id": str(uuid.uuid4())} for _number in range(5)]
        bob.call("POST", f"{model}/assets/bulk", sent)
        found = bob.call("GET", f"{model}/assets")["assets"]
        assert [one["id"] for one in found] == sorted(one["id"] for one in sent)
        assert len({one["created_at"] for one in found}) == 1

    @pytest.mark.parametrize("direction", ["asc", "desc"])
    def test_ties_of_sorted_threats(self, bob: Any, model: str, direction: str) -> None:
        """They are ordered by id, in both directions; states have ranks."""
        for status in ("closed", "open", "open", "nonsense"):
            bob.call("POST", f"{model}/threats", {"name": "T", "status": status})
        found = bob.call("GET", f"{model}/threats?sort=status:{direction}")["threats"]
        wanted = ["nonsense", "open", "open", "closed"]
        assert [one["status"] for one in found] == (wanted if direction == "asc" else wanted[::-1])
        ids = [one["id"] for one in found if one["status"] == "open"]
        assert ids == sorted(ids)

    def test_deleted_diagrams_are_asked_for_by_owners_alone(self, bob: Any, user: Any, model: str) -> None:
        """Though they are never shown."""
        carol = user("carol")
        row = {"principal_type": "user", "provider": "tmi", "provider_id": "carol", "role": "reader"}
        bob.patch(model, {"op": "add", "path": "/authorization/-", "value": row})
        carol.call("GET", f"{model}/diagrams?include_deleted=true", expect=403)
        bob.call("GET", f"{model}/diagrams?include_deleted=true")


def test_identifiers_stay_taken_after_their_threat_model(bob: Any, model: str) -> None:
    """What was below a deleted threat model is deleted, not gone."""
    asset = made(bob, model, "assets").rpartition("/")[2]
    bob.call("DELETE", model)
    bob.call("PUT", f"{bob.model()}/assets/bulk", [{**BODIES["assets"], "id": asset}], expect=409)


def test_rows_of_groups_are_not_replaced(bob: Any) -> None:
    """A group that everybody's models get keeps the role it is given."""
    row = {"principal_type": "group", "provider": "tmi", "provider_id": "security-reviewers", "role": "writer"}
    rows = bob.call("GET", bob.model(authorization=[row]))["authorization"]
    assert [one["role"] for one in rows if one["provider_id"] == "security-reviewers"] == ["writer"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"expires_at": "2020-01-01T00:00:00Z"}, 400),
        ({"expires_at": "tomorrow"}, 400),
        ({"expires_at": None}, 400),
        ({"name": "  "}, 400),
        ({"description": "onload=x"}, 400),
        ({"unknown": 1}, 400),
        ({"expires_at": "2099-01-01T00:00:00Z"}, 201),
    ],
)
def test_service_accounts(alice: Any, body: Json, status: int) -> None:
    """Their end lies ahead, and their texts are harmless."""
    alice.call("POST", "/me/client_credentials", {"name": "a", **body}, expect=status)


def test_preferences(bob: Any) -> None:
    """An object for each program, of 1 KiB in all."""
    assert bob.call("GET", "/me/preferences") == {}
    bob.call("POST", "/me/preferences", {"tmi-ux": {"theme": "dark"}}, expect=201)
    bob.call("POST", "/me/preferences", {}, expect=409)
    for refused in ({"a": 1}, {"a b": {}}, {"a": {"x": "x" * 1100}}, []):
        bob.call("PUT", "/me/preferences", refused, expect=400)
    assert bob.call("GET", "/me/preferences") == {"tmi-ux": {"theme": "dark"}}
    assert bob.call("PUT", "/me/preferences", {}) == {}


def test_groups_of_providers(bob: Any) -> None:
    """The provider for tests has none, others are unknown."""
    assert bob.call("GET", "/oauth2/providers/tmi/groups") == {"idp": "tmi", "groups": []}
    bob.call("GET", "/oauth2/providers/github/groups", expect=404)


@pytest.mark.parametrize("body", [[], 1, None, "x", {"refresh_token": 1}, {"a": 1}])
def test_refresh_with_a_body_that_is_none(bob: Any, body: Json) -> None:
    """It is refused, whatever it is."""
    bob.call("POST", "/oauth2/refresh", raw=b"null" if body is None else None, body=body, expect=400)


def test_a_full_disk(alice: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """It is no fault of the program: the answer has the reason, the log one line, and the server goes on."""

    def full(*_given: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as broken, caplog.at_level(logging.ERROR):
        broken.setattr(store.Store, "add_model", full)
        answer = alice.call("POST", "/threat_models", {"name": "M"}, expect=503)
    assert answer["error_description"] == "the data cannot be kept: database or disk is full"
    assert [(one.getMessage(), one.exc_info) for one in caplog.records] == [
        ("POST /threat_models: database or disk is full", None)
    ]
    alice.model()


class TestSessions:
    """What real servers make of sessions."""

    CELL = "0b8e0000-0000-4000-8000-00000000000a"

    def operate(self, peer: Any, text: str) -> None:
        """Add a cell whose label is written as this JSON."""
        data = f'{{"id": "{self.CELL}", "shape": "process", "attrs": {{"text": {{"text": "{text}"}}}}}}'
        change = f'{{"id": "{self.CELL}", "operation": "add", "data": {data}}}'
        head = '{"message_type": "diagram_operation_request", "operation_id": "o"'
        peer.ws.send(f'{head}, "operation": {{"type": "patch", "cells": [{change}]}}}}')

    @pytest.mark.parametrize("text", [r"a\u0000b", r"a\ud800b"])
    def test_texts_that_cannot_be_stored(self, bob: Any, model: str, join: Callable[..., Any], text: str) -> None:
        """The operation is refused, not dropped; the session goes on."""
        diagram = str(bob.diagram(model))
        peer = join(bob, diagram)
        self.operate(peer, text)
        refused = peer.kinds("operation_rejected")
        assert (refused["reason"], refused["affected_cells"]) == ("save_failed", [self.CELL])
        self.operate(peer, "fine")
        peer.nothing()
        assert [one["id"] for one in bob.call("GET", diagram)["cells"]] == [self.CELL]

    def test_other_messages_with_such_texts(self, bob: Any, model: str, join: Callable[..., Any]) -> None:
        """They are read as any other."""
        peer = join(bob, str(bob.diagram(model)))
        peer.ws.send(r'{"message_type": "nonsense\u0000"}')
        assert peer.kinds("error")["message"] == "Message type 'nonsense\0' is not supported"
        peer.ws.send(r'{"message_type": "sync_status_request", "x": "\ud800"}')
        peer.kinds("sync_status_response")

    def test_who_is_listed_before_connecting(self, alice: Any, bob: Any, model: str) -> None:
        """A caller whose group may read is listed under an e-mail; in the list of sessions nobody is."""
        path = f"{bob.diagram(model)}/collaborate"
        assert bob.call("POST", path)["participants"] == []
        (listed,) = alice.call("GET", path)["participants"]
        assert listed["user"]["provider_id"] == listed["user"]["display_name"] == "alice@tmi.local"
        assert listed["permissions"] == "writer"
        assert [one["participants"] for one in alice.call("GET", "/me/sessions")] == [[]]
