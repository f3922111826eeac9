# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logins, service accounts, and who may do what, as far as recordings do not show it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest

Json = Any
User = Callable[[str], Any]
NOWHERE = "/threat_models/00000000-0000-0000-0000-00000000abcd"


def by_secret(client: Any, client_id: str, secret: str) -> Any:
    """Ask for a token of a service account."""
    body = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    return client.http.post(client.url + "/oauth2/token", json=body, timeout=10)


@pytest.fixture
def account(alice: Any) -> Json:
    """Return a service account."""
    return alice.call("POST", "/me/client_credentials", {"name": "ci"}, expect=201)


class TestLogin:
    """Tokens."""

    def test_who_is_what(self, alice: Any, bob: Any) -> None:
        """One user is administrator, whoever comes first."""
        assert alice.call("GET", "/me")["is_admin"]
        assert not bob.call("GET", "/me")["is_security_reviewer"]

    def test_a_callback_elsewhere_is_refused(self, bob: Any) -> None:
        """Only this machine may be called back."""
        given = {"idp": "tmi", "login_hint": "bob", "code_challenge": "a" * 43}
        for address in ("http://127.0.0.1.example.com/", "https://127.0.0.1/", "http://localhost@example.com/"):
            assert bob.authorize(client_callback=address, **given).status_code == 400
        assert bob.authorize(client_callback="http://localhost/x?y=z", **given).headers["Location"].count("?") == 1

    def test_a_refresh_token_lives_a_week(self, server: Any, bob: Any) -> None:
        """Less than that it works, also after the access token has expired."""
        server.control("advance", {"seconds": 6 * 86400})
        assert bob.send("GET", "/me").status_code == 401
        answer = bob.call("POST", "/oauth2/refresh", {"refresh_token": bob.tokens["refresh_token"]})
        bob.tokens = answer
        assert bob.call("GET", "/me")["provider_id"] == "bob"
        server.control("advance", {"seconds": 8 * 86400})
        assert bob.send("POST", "/oauth2/refresh", {"refresh_token": answer["refresh_token"]}).status_code == 400

    def test_revoking_a_refresh_token(self, bob: Any) -> None:
        """It is dead afterwards; the access token that asked is not."""
        token = bob.tokens["refresh_token"]
        assert bob.call("POST", "/oauth2/revoke", {"token": token}) == {}
        bob.call("POST", "/oauth2/refresh", {"refresh_token": token}, expect=400)
        bob.call("GET", "/me")


class TestServiceAccounts:
    """Client credentials."""

    def test_a_locked_id_stays_locked_for_an_hour(self, server: Any, alice: Any, account: Json) -> None:
        """From the fifth wrong secret on even the right one does not help; four are forgotten by it."""
        for _try in range(4):
            assert by_secret(alice, account["client_id"], "wrong").status_code == 401
        assert by_secret(alice, account["client_id"], account["client_secret"]).status_code == 200
        answers = [by_secret(alice, account["client_id"], "wrong").status_code for _try in range(5)]
        assert answers == [401, 401, 401, 401, 429]
        assert by_secret(alice, account["client_id"], account["client_secret"]).status_code == 429
        server.control("advance", {"seconds": 3601})
        assert by_secret(alice, account["client_id"], account["client_secret"]).status_code == 200

    def test_a_list_never_shows_secrets(self, alice: Any, account: Json) -> None:
        """Secrets are shown once."""
        (shown,) = alice.call("GET", "/me/client_credentials")["credentials"]
        assert shown["client_id"] == account["client_id"]
        assert "client_secret" not in shown

    def test_ten_are_enough(self, alice: Any, account: Json) -> None:
        """There is a limit."""
        for number in range(9):
            alice.call("POST", "/me/client_credentials", {"name": f"ci {number}"}, expect=201)
        assert (
            alice.call("POST", "/me/client_credentials", {"name": "one more"}, expect=403)["error"] == "quota_exceeded"
        )

    def test_a_service_account_reads_only(self, alice: Any, account: Json) -> None:
        """It may make a threat model, but do nothing to it; an invalid body is told first."""
        model = alice.model()
        alice.tokens = by_secret(alice, account["client_id"], account["client_secret"]).json()
        alice.call("GET", model)
        alice.call("POST", model + "/notes", {"name": "N", "content": "c"}, expect=403)
        alice.call("POST", model + "/notes", {}, expect=400)


class TestRoles:
    """Lists of who has access."""

    def test_groups_give_roles(self, alice: Any, bob: Any, user: User) -> None:
        """Everybody is in one of them; the best role counts."""
        row = {"principal_type": "group", "provider": "*", "provider_id": "everyone", "role": "reader"}
        model = bob.model(authorization=[row])
        carol = user("carol")
        carol.call("GET", model)
        carol.call("POST", model + "/metadata", {"key": "k", "value": "v"}, expect=403)
        alice.call("POST", model + "/metadata", {"key": "k", "value": "v"}, expect=201)
        assert carol.call("GET", "/threat_models?name=Model")["total"] == 1

    def test_an_unknown_group_is_a_fault_of_the_server(self, bob: Any) -> None:
        """Nothing is stored of it."""
        row = {"principal_type": "group", "provider": "tmi", "provider_id": "nobody", "role": "reader"}
        bob.call("POST", "/threat_models", {"name": "M", "authorization": [row]}, expect=500)
        model = bob.model()
        bob.call("PUT", model, {"name": "N", "authorization": [row]}, expect=500)
        assert bob.call("GET", model)["name"] == "Model"

    def test_who_is_invited_by_mail_finds_it_at_login(self, bob: Any, user: User) -> None:
        """The row has no identifier until then."""
        model, name = bob.model(), f"new-{secrets.token_hex(4)}"
        row = {"principal_type": "user", "provider": "tmi", "email": f"{name}@tmi.local", "role": "writer"}
        bob.patch(model, {"op": "add", "path": "/authorization/-", "value": row})
        shown = {one["provider_id"]: one["role"] for one in bob.call("GET", model)["authorization"]}
        assert shown[""] == "writer"
        invited = user(name)
        invited.call("PUT", model + "/metadata/bulk", [{"key": "k", "value": "v"}])
        assert name in {one["provider_id"] for one in bob.call("GET", model)["authorization"]}

    @pytest.mark.parametrize(
        "email", ["ann@example..com", "ann@.example.com", "a..nn@example.com", ".ann@example.com", "ann.@example.com"]
    )
    def test_an_email_with_an_empty_part_is_refused(self, alice: Any, user: User, email: str) -> None:
        """The schema's pattern takes it, but not the server's reader of JSON."""
        user("ann")
        row = {"principal_type": "user", "provider": "tmi", "provider_id": "ann", "role": "reader"}
        rows = {"name": "Shop", "authorization": [{**row, "email": email}]}
        alice.call("POST", "/threat_models", rows, expect=400)
        rows["authorization"][0]["email"] = "a.n-n+x@mail.ex-ample.com"
        alice.call("POST", "/threat_models", rows, expect=201)

    def test_a_writer_may_put_the_same_list(self, bob: Any, user: User) -> None:
        """In any order, but not another."""
        carol = user("carol")
        rows = [
            {"principal_type": "user", "provider": "tmi", "provider_id": name, "role": role}
            for name, role in (("bob", "owner"), ("carol", "writer"))
        ]
        model = bob.model()
        bob.call("PUT", model, {"name": "M", "authorization": rows})
        carol.call("PUT", model, {"name": "N", "authorization": rows[::-1]})
        carol.call("PUT", model, {"name": "N", "authorization": [{**rows[1], "role": "owner"}]}, expect=403)
        carol.call("PUT", model, {"name": "N", "authorization": rows[:1]}, expect=403)
        carol.call("PATCH", model, [], kind="application/json-patch+json", expect=400)

    def test_the_reviewer_must_stay_owner(self, alice: Any, bob: Any) -> None:
        """Neither PUT nor PATCH takes the role away while the reviewer is assigned."""
        model = bob.model()
        alice.patch(model, {"op": "replace", "path": "/security_reviewer", "value": {"provider_id": "alice"}})
        row = {"principal_type": "user", "provider": "tmi", "provider_id": "alice", "role": "reader"}
        bob.call("PUT", model, {"name": "M", "authorization": [row]}, expect=409)
        bob.patch(model, {"op": "replace", "path": "/authorization", "value": [row]}, expect=409)
        bob.call("PUT", model, {"name": "M", "authorization": [{**row, "role": "owner"}]})
        bob.patch(model, {"op": "replace", "path": "/status", "value": "closed"}, expect=403)
        bob.patch(model, {"op": "replace", "path": "/security_reviewer", "value": None})
        assert "security_reviewer" not in bob.call("GET", model)


class TestOrderOfChecks:
    """What is looked at first."""

    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("GET", "/threat_models/x", 400),
            ("GET", NOWHERE + "/metadata/selected", 400),
            ("GET", NOWHERE, 401),
            ("GET", "/nothing", 401),
            ("PUT", "/threat_models", 401),
            ("OPTIONS", NOWHERE, 204),
        ],
    )
    def test_without_a_login(self, server: Any, method: str, path: str, status: int) -> None:
        """The path counts before the login, all else after it."""
        client = server.client()
        assert client.send(method, path).status_code == status
        client.close()

    def test_with_one(self, bob: Any) -> None:
        """The body counts before the threat model; identifiers in capitals are those of nothing."""
        model = bob.model()
        threat = bob.call("POST", model + "/threats", {"name": "T"})["id"]
        for other in (threat.upper(), threat.replace("-", ""), f"{{{threat}}}", f"urn:uuid:{threat}"):
            bob.call("GET", f"{model}/threats/{other}", expect=404)
        bob.call("GET", f"{model}/threats/{threat}x", expect=400)
        bob.call("PUT", NOWHERE + "/metadata/k", {"key": "k"}, expect=400)
        bob.call("PUT", NOWHERE + "/metadata/k", {"value": "v"}, expect=404)
        assert bob.send("HEAD", model).content == b""
        assert bob.send("HEAD", NOWHERE).status_code == 404
        bob.call("POST", model + "/threats", raw=b"name=x", kind="text/plain", expect=415)
        bob.call("POST", NOWHERE + "/restore", expect=409)

    def test_counters_and_faults(self, server: Any, bob: Any) -> None:
        """Test controls are those of the other generation."""
        model = bob.model()
        server.control("reset", {"counters": True})
        server.control("faults", {"kind": "status", "method": "GET", "status": 503})
        bob.call("GET", model, expect=503)
        bob.call("PUT", model + "/metadata/bulk", [])
        stats = server.control("stats", method="GET")
        assert stats["by_path"] == {"GET /threat_models/{}": 1, "PUT /threat_models/{}/metadata/bulk": 1}
        assert stats["writes"] == 1


class TestAccounts:
    """What administrators see of them."""

    def test_by_a_part_of_the_address(self, alice: Any, bob: Any) -> None:
        found = alice.call("GET", "/admin/users?email=BOB@")
        assert [one["provider_user_id"] for one in found["users"]] == ["bob"]
        assert (found["total"], found["limit"]) == (1, 20)
        assert alice.call("GET", "/admin/users?email=nobody")["users"] == []
        assert len(alice.call("GET", "/admin/users?provider=tmi")["users"]) >= 2

    def test_are_not_for_others(self, bob: Any) -> None:
        bob.call("GET", "/admin/users", expect=403)
