# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a server says about itself: one form for the spellings of all servers, and no token anywhere."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api import info_reads
from ansible_collections.tmi.tmi.plugins.module_utils._errors import MissingError, UnsupportedError
from ansible_collections.tmi.tmi.plugins.module_utils._http.request import Response
from ansible_collections.tmi.tmi.plugins.module_utils._http.transport import Transport
from ansible_collections.tmi.tmi.plugins.module_utils._login.auth import Auth
from ansible_collections.tmi.tmi.plugins.module_utils._options import Settings


def jwt(**claims: Any) -> str:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return "%s.%s.c2ln" % (part({"alg": "HS256"}), part(claims))


class Answering(Transport):
    """A transport that answers every request with the same data and remembers what was asked."""

    def __init__(self, data: Any = None, **options: Any) -> None:
        settings = Settings(url="https://tmi.example.com", **options)
        super().__init__(settings, Auth(settings), read_only=True)
        self.reported = data
        self.asked: list[tuple[str, str, bool]] = []

    def request(self, method: str, path: str, *, authenticated: bool = True, **_more: Any) -> Response:
        self.asked.append((method, path, authenticated))
        return Response(200, self.reported, {})


def test_counts_have_one_name_for_what_servers_call_sources_and_repositories() -> None:
    model = {"source_count": 2, "threat_count": 0, "name": "x"}
    assert info_reads.counts(model) == {"source_count": 2, "threat_count": 0}
    assert info_reads.counts({"repo_count": 3}) == {"source_count": 3}


def test_the_server_is_asked_without_login() -> None:
    transport = Answering(
        {
            "api": {"version": "0.99.1"},
            "service": {"build": "0.60.0-x", "name": "TMI"},
            "operator": {"contact": "", "name": ""},
            "status": {"code": "OK"},
        }
    )
    assert info_reads.server(transport) == {
        "url": "https://tmi.example.com",
        "name": "TMI",
        "build": "0.60.0-x",
        "version": "0.99.1",
        "generation": "v0",
        "status": "ok",
        "operator": None,
        "contact": None,
    }
    assert transport.asked == [("GET", "/", False)]


def test_a_generation_given_as_option_is_not_guessed() -> None:
    assert info_reads.server(Answering({"api": {"version": "1.8.0"}}, api="v0"))["generation"] == "v0"


def test_providers_are_asked_without_login_and_keep_known_members_only() -> None:
    transport = Answering({"providers": [{"id": "test", "auth_url": "u", "client_secret": "never"}]})
    rows = info_reads.providers(transport)
    assert [row["id"] for row in rows] == ["test"]
    assert "client_secret" not in rows[0]
    assert transport.asked == [("GET", "/oauth2/providers", False)]


@pytest.mark.parametrize(
    "data",
    [
        {"id": "1", "email": "a@x", "name": "A"},
        {"sub": "1", "email": "a@x", "display_name": "A"},
    ],
)
def test_users_of_all_servers_look_alike(data: dict[str, Any]) -> None:
    assert info_reads.user(Answering(data)) == {"id": "1", "email": "a@x", "name": "A", "provider": None}


def test_a_token_is_described_and_never_shown() -> None:
    text = jwt(email="a@x", exp=int(time.time()) + 600, iat=1767225600)
    transport = Answering(token=text)
    reported = info_reads.token(transport)
    assert reported["email"] == "a@x"
    assert reported["issued_at"] == "2026-01-01T00:00:00Z"
    assert 590 <= reported["expires_in"] <= 600
    assert reported["renewable"] is False
    assert text not in json.dumps(reported)
    assert transport.asked == []


def test_a_token_that_is_no_jwt_has_no_times() -> None:
    reported = info_reads.token(Answering(token="opaque"))
    assert (reported["claims"], reported["expires_at"], reported["expires_in"]) == ({}, None, None)


@pytest.mark.parametrize(
    "participants",
    [
        [{"user_id": "a@x"}, {"user_id": "b@x"}],
        [{"user": {"user_id": "1", "email": "b@x"}}, {"user": {"email": "a@x"}}, {"user": {"email": "a@x"}}],
    ],
)
def test_sessions_name_people_by_mail_whatever_the_form(participants: list[Any]) -> None:
    found = info_reads.session({"session_id": "s", "host": {"email": "a@x"}, "participants": participants})
    assert (found["id"], found["host"], found["participants"]) == ("s", "a@x", ["a@x", "b@x"])


class Documents(Transport):
    """A transport to a server that has some paths."""

    def __init__(self, answers: dict[str, Any], **options: Any) -> None:
        settings = Settings(url="https://tmi.example.com", **options)
        super().__init__(settings, Auth(settings), read_only=True)
        self.answers = answers
        self.sent: list[tuple[str, str, Any]] = []

    def request(self, method: str, path: str, *, json: Any = None, **_more: Any) -> Response:
        self.sent.append((method, path, json))
        if path not in self.answers:
            raise MissingError("no", method, path, 404)
        return Response(200, self.answers[path], {})


@pytest.mark.parametrize("active", [True, False])
def test_the_server_is_asked_about_the_token_only_on_demand(active: bool) -> None:
    given = jwt(sub="alice", exp=time.time() + 60)
    transport = Documents({"/oauth2/introspect": {"active": active, "sub": "alice"}}, token=given)
    assert "active" not in info_reads.token(transport)
    assert transport.sent == []
    found = info_reads.token(transport, verify=True)
    assert found["active"] is active
    assert given not in str(found)
    assert transport.sent == [("POST", "/oauth2/introspect", {"token": given})]


def test_documents_that_a_server_lacks_are_left_out() -> None:
    transport = Documents({"/.well-known/jwks.json": {"keys": []}})
    assert info_reads.well_known(transport) == [
        {"name": "jwks.json", "path": "/.well-known/jwks.json", "document": {"keys": []}}
    ]


def test_groups_of_all_providers_are_one_list() -> None:
    listed = {"/oauth2/providers": {"providers": [{"id": "a/b"}, {"id": "c"}]}}
    group = {"name": "g", "display_name": "G", "used_in_authorizations": True}
    answers = {**listed, "/oauth2/providers/a%2Fb/groups": {"groups": [group]}, "/oauth2/providers/c/groups": {}}
    assert info_reads.provider_groups(Documents(answers)) == [{"provider": "a/b", **group}]
    with pytest.raises(UnsupportedError):
        info_reads.provider_groups(Documents(listed))


def test_the_audit_trail_is_in_our_words() -> None:
    actor = {"email": "alice@tmi.local", "provider": "tmi", "provider_id": "alice", "display_name": "Alice"}
    row = {"id": "e1", "threat_model_id": "m", "object_id": "o", "object_type": "repository", "change_type": "patched"}
    page = {"audit_entries": [{**row, "actor": actor, "version": 3}], "next_cursor": "", "total": 1, "limit": 100}
    assert info_reads.audit_trail(Documents({"/threat_models/m/audit_trail": page}), "m") == [
        {
            "id": "e1",
            "threat_model_id": "m",
            "object_id": "o",
            "object_type": "source",
            "change": "patched",
            "version": 3,
            "actor": "alice@tmi.local",
        }
    ]
