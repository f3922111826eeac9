# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Threat models and what is below them, as far as recordings do not show it."""

from __future__ import annotations

import importlib
import json
import uuid
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("aiohttp")
app, rest, store, users = (
    importlib.import_module(f"tmi_sandbox.{name}") for name in ("app", "web.rest", "store", "profiles.v1.people.users")
)

Json = Any
BODIES = {
    "threats": {"name": "X"},
    "documents": {"name": "X", "uri": "https://docs.example.com/x"},
    "repositories": {"name": "X", "uri": "https://git.example.com/x"},
    "assets": {"name": "X", "type": "data"},
    "notes": {"name": "X", "content": "c"},
}


def by_name(client: Any, path: str) -> list[str]:
    """Return the names in a list."""
    (found,) = (one for one in client.call("GET", path).values() if isinstance(one, list))
    return [one["name"] for one in found]


@pytest.fixture
def model(bob: Any) -> str:
    """Return the path of a threat model."""
    made: str = bob.model()
    return made


class TestAllKinds:
    """What they have in common."""

    @pytest.mark.parametrize("kind", BODIES)
    def test_aliases_are_numbered_by_kind_and_never_used_again(self, bob: Any, model: str, kind: str) -> None:
        """A deleted one keeps its number."""
        made = [bob.call("POST", f"{model}/{kind}", BODIES[kind]) for _time in range(2)]
        bob.call("DELETE", f"{model}/{kind}/{made[1]['id']}")
        last = bob.call("POST", f"{model}/{kind}", BODIES[kind])
        assert [one["alias"] for one in (*made, last)] == [1, 2, 3]
        assert bob.call("GET", f"{bob.model()}/{kind}")["total"] == 0

    @pytest.mark.parametrize("kind", BODIES)
    def test_what_the_server_sets_cannot_be_sent(self, bob: Any, model: str, kind: str) -> None:
        """The body of a GET is no body of a PUT."""
        one = f"{model}/{kind}/" + bob.call("POST", f"{model}/{kind}", BODIES[kind])["id"]
        bob.call("PUT", one, bob.call("GET", one), expect=400)
        bob.patch(one, {"op": "replace", "path": "/created_at", "value": "x"}, expect=400)

    @pytest.mark.parametrize("kind", [kind for kind in BODIES if kind not in ("repositories", "notes")])
    def test_a_stale_version_changes_nothing(self, bob: Any, model: str, kind: str) -> None:
        """Neither by PUT nor by PATCH; a patch that fails does not raise the version."""
        one = f"{model}/{kind}/" + bob.call("POST", f"{model}/{kind}", BODIES[kind])["id"]

        def write(method: str, body: Json, match: str, media: str = "application/json") -> int:
            headers = {
                "Authorization": "Bearer " + bob.tokens["access_token"],
                "If-Match": match,
                "Content-Type": media,
            }
            answer = bob.http.request(method, bob.url + one, data=json.dumps(body), headers=headers, timeout=10)
            return int(answer.status_code)

        patch = [{"op": "replace", "path": "/name", "value": "Y"}]
        wrong = [{"op": "replace", "path": "/nonsense", "value": "Y"}]
        assert write("PUT", {**BODIES[kind], "name": "Y"}, "2") == 409
        assert write("PATCH", patch, "2", "application/json-patch+json") == 409
        assert write("PATCH", wrong, "1", "application/json-patch+json") == 400
        assert bob.call("GET", one)["name"] == "X"
        assert write("PATCH", patch, "1", "application/json-patch+json") == 200
        assert write("PUT", BODIES[kind], 'W/"2"') == 200

    @pytest.mark.parametrize("kind", ["documents", "repositories", "assets"])
    def test_a_bulk_put_makes_and_changes(self, bob: Any, model: str, kind: str) -> None:
        """Twice the same is once; capitals of an identifier do not matter."""
        chosen = str(uuid.uuid4())
        body = [{**BODIES[kind], "id": chosen.upper(), "metadata": [{"key": "k", "value": "v"}]}]
        first, second = (bob.call("PUT", f"{model}/{kind}/bulk", body)[0] for _time in range(2))
        assert first["id"] == second["id"] == chosen
        assert bob.call("GET", f"{model}/{kind}")["total"] == 1
        assert bob.call("GET", f"{model}/{kind}/{chosen}/metadata") == body[0]["metadata"]

    def test_all_or_nothing_of_a_bulk_post(self, bob: Any, model: str) -> None:
        """The first is not there when the second is taken."""
        taken = bob.call("POST", f"{model}/assets", BODIES["assets"])["id"]
        bob.call("POST", f"{model}/assets/bulk", [BODIES["assets"], {**BODIES["assets"], "id": taken}], expect=409)
        assert bob.call("GET", f"{model}/assets")["total"] == 1

    def test_a_list_of_deleted_ones_is_for_owners(self, alice: Any, bob: Any, model: str) -> None:
        """The reviewers' group makes the administrator an owner here."""
        for kind, body in BODIES.items():
            bob.call("DELETE", f"{model}/{kind}/" + bob.call("POST", f"{model}/{kind}", body)["id"])
            assert bob.call("GET", f"{model}/{kind}")["total"] == 0
            assert alice.call("GET", f"{model}/{kind}?include_deleted=true")["total"] == 1
            bob.call("GET", f"{model}/{kind}?include_deleted=maybe", expect=400)


class TestThreats:
    """What only threats have."""

    @pytest.mark.parametrize(
        "body",
        [
            {"cvss": [{"vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]},
            {"ssvc": {"vector": "V", "decision": "immediate", "methodology": "M"}},
            {"threat_type": ["a", 1]},
            {"score": 10.1},
            {"mitigated": None},
            {"cell_id": "x"},
            {"metadata": [{"key": "k"}]},
        ],
    )
    def test_refused_values(self, bob: Any, model: str, body: Json) -> None:
        """The schema is strict about what is inside, too."""
        bob.call("POST", model + "/threats", {"name": "T", **body}, expect=400)

    def test_a_diagram_of_a_threat_may_be_anywhere(self, bob: Any, model: str) -> None:
        """It must only exist, not even in the same threat model."""
        other = bob.model()
        diagram = bob.call("POST", other + "/diagrams", {"name": "D", "type": "DFD-1.0.0"})["id"]
        made = bob.call("POST", model + "/threats", {"name": "T", "diagram_id": diagram})["id"]
        asset = bob.call("POST", model + "/assets", BODIES["assets"])["id"]
        bob.call("PUT", f"{model}/threats/{made}", {"name": "T", "asset_id": diagram}, expect=400)
        assert bob.call("PUT", f"{model}/threats/{made}", {"name": "T", "asset_id": asset})["asset_id"] == asset

    def test_order_and_filters(self, bob: Any, model: str) -> None:
        """Ranks are by meaning, unknown words come first; `%` and `_` are wildcards."""
        for name, severity in (("a%b", "low"), ("acb", "critical"), ("a_b", "unheard of"), ("none", None)):
            bob.call("POST", model + "/threats", {"name": name, "severity": severity})
        assert by_name(bob, model + "/threats?sort=severity:desc")[:2] == ["acb", "a%b"]
        assert set(by_name(bob, model + "/threats?name=A_B")) == {"a%b", "acb", "a_b"}
        assert by_name(bob, model + "/threats?severity=Low&severity=Critical&sort=name:desc") == ["acb", "a%b"]
        assert by_name(bob, model + "/threats?created_after=2999-01-01T00:00:00Z") == []

    def test_a_bulk_patch_keeps_what_came_before_a_failure(self, bob: Any, model: str) -> None:
        """Each threat is changed by itself."""
        first, second = (bob.call("POST", model + "/threats", {"name": name})["id"] for name in "ab")
        patches = [
            {"id": first, "operations": [{"op": "replace", "path": "/name", "value": "A"}]},
            {"id": second, "operations": [{"op": "replace", "path": "/nonsense", "value": "B"}]},
        ]
        bob.call("PATCH", model + "/threats/bulk", {"patches": patches}, expect=400)
        assert by_name(bob, model + "/threats") == ["b", "A"]


class TestThreatModels:
    """What only they have."""

    def test_pages_have_the_newest_first(self, bob: Any) -> None:
        """And tell how many there are, with and without filters."""
        for number in range(5):
            bob.call("POST", "/threat_models", {"name": f"M{number}"})
        assert by_name(bob, "/threat_models?limit=2&offset=1") == ["M3", "M2"]
        assert by_name(bob, "/threat_models?name=m&limit=2&offset=4") == ["M0"]
        assert bob.call("GET", "/threat_models?offset=4")["total"] == 5
        assert bob.call("GET", "/threat_models?name=m&limit=1")["total"] == 5
        assert by_name(bob, "/threat_models?owner=BOB&security_reviewer=is:notnull") == []

    def test_a_failed_patch_leaves_all_as_it_was(self, bob: Any, model: str) -> None:
        """Metadata with a key that cannot be stored come last."""
        entry = {"key": "a.b", "value": "v"}
        before = bob.call("GET", model)
        bob.patch(
            model,
            {"op": "replace", "path": "/name", "value": "New"},
            {"op": "add", "path": "/metadata/-", "value": entry},
            expect=500,
        )
        assert bob.call("GET", model) == before

    def test_what_a_restart_leaves(self, tmp_path: Path) -> None:
        """Everything; and a file of one generation is not read by the other."""
        settings = app.Settings(api="v1", data=str(tmp_path / "data.sqlite"))
        first = app.Sandbox(settings)
        with first.store.transaction():
            key, body = users.record(first.store, "bob")
            token = first.tokens.issue(rest.User("bob", body["email"], body["name"], key), "")["access_token"]
        first.close()
        again = app.Sandbox(settings)
        assert again.tokens.verify(token).key == users.record(again.store, "bob")[0] == key
        again.close()
        with pytest.raises(store.StoreError, match="v1, not v0"):
            app.Sandbox(app.Settings(api="v0", data=settings.data))


def test_ids_are_random_but_for_threats(bob: Any, model: str) -> None:
    """The version of a UUID is seen by clients; those of threats grow with time."""
    versions = {
        kind: uuid.UUID(bob.call("POST", f"{model}/{kind}", body)["id"]).version for kind, body in BODIES.items()
    }
    assert versions == {**dict.fromkeys(BODIES, 4), "threats": 7}
    assert uuid.UUID(model.rpartition("/")[2]).version == 4


def test_names_of_people_are_made_of_their_hints(user: Any) -> None:
    """Each word of a hint begins with a capital."""
    assert user("mary-ann").call("GET", "/me")["display_name"] == "Mary Ann (TMI User)"
