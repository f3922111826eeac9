# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The audit trail: what appears in it, when, and how it is read. The table was recorded from a real server."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("aiohttp")

Json = Any


@pytest.fixture
def server(new_server: Callable[..., Any]) -> Any:
    return new_server(api="v1", test_controls=True)


def model(alice: Any) -> str:
    return str(alice.send("POST", "/threat_models", {"name": "Shop"}).json()["id"])


def trail(alice: Any, model_id: str, query: str = "") -> Json:
    answer = alice.send("GET", f"/threat_models/{model_id}/audit_trail{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def short(page: Json) -> list[str]:
    return [f"{one['object_type']} {one['change_type']} {one['version']}" for one in page["audit_entries"]]


def test_changes_appear_ten_seconds_after_the_last_one(server: Any, alice: Any) -> None:
    """Changes of one object within ten seconds are one entry, of the first kind; bulk and metadata make none."""
    one = model(alice)
    base = f"/threat_models/{one}"
    threat = alice.send(
        "POST", base + "/threats", {"name": "T", "threat_type": ["Spoofing"], "severity": "high"}
    ).json()
    note = alice.send("POST", base + "/notes", {"name": "N", "content": "x"}).json()
    asset = alice.send("POST", base + "/assets", {"name": "A", "type": "data"}).json()
    alice.send("DELETE", f"{base}/assets/{asset['id']}")
    assert trail(alice, one)["total"] == 0
    server.control("advance", {"seconds": 11})
    assert short(trail(alice, one)) == [
        "asset created 1",
        "note created 1",
        "threat created 1",
        "threat_model created 1",
    ]

    path = f"{base}/threats/{threat['id']}"
    alice.patch(path, {"op": "replace", "path": "/severity", "value": "low"})
    alice.patch(f"{base}/notes/{note['id']}", {"op": "replace", "path": "/name", "value": "N"})  # changes nothing
    alice.send("POST", path + "/metadata", {"key": "k", "value": "v"})
    alice.send("POST", base + "/threats/bulk", [{"name": "B", "threat_type": ["Spoofing"]}])
    server.control("advance", {"seconds": 11})
    newest = trail(alice, one)["audit_entries"][0]
    assert (newest["change_type"], newest["change_summary"]) == ("patched", 'severity: "high" -> "low"')
    assert newest["actor"]["email"] == "alice@tmi.local"
    assert trail(alice, one)["total"] == 5

    alice.call("DELETE", f"{base}/notes/{note['id']}")
    for name in ("T2", "T3"):
        alice.call("PUT", path, {"name": name, "threat_type": ["Spoofing"], "severity": "low"})
    server.control("advance", {"seconds": 11})
    alice.call("POST", f"{base}/notes/{note['id']}/restore")
    alice.call("DELETE", path)
    server.control("advance", {"seconds": 11})
    found = trail(alice, one)["audit_entries"][:4]
    assert short({"audit_entries": found}) == [
        "threat deleted 4",
        "note restored 3",
        "threat updated 3",
        "note deleted 2",
    ]
    assert found[2]["change_summary"].startswith("[2 changes coalesced] ")
    assert alice.send("GET", path + "/audit_trail").json()["total"] == 4  # although it is deleted


def test_pages_and_filters(server: Any, alice: Any) -> None:
    one = model(alice)
    for number in range(5):
        alice.send("POST", f"/threat_models/{one}/assets", {"name": f"A{number}", "type": "data"})
    server.control("advance", {"seconds": 11})
    whole = trail(alice, one)
    assert (whole["total"], whole["limit"], "next_cursor" in whole) == (6, 50, False)
    page, found = trail(alice, one, "?limit=4"), []
    found += page["audit_entries"]
    page = trail(alice, one, f"?limit=4&cursor={page['next_cursor']}")
    assert (found + page["audit_entries"], "next_cursor" in page) == (whole["audit_entries"], False)
    assert trail(alice, one, f"?limit=4&cursor={page['prev_cursor']}")["audit_entries"] == found
    assert trail(alice, one, "?object_type=asset&limit=1")["total"] == 5
    assert trail(alice, one, "?offset=x") == whole  # there are cursors only
    # A cursor is a place in the whole trail, also for a filter that its entry does not pass.
    kinds = [entry["object_type"] for entry in whole["audit_entries"]]
    at = kinds.index("threat_model")
    for direction, found in (("b", whole["audit_entries"][:at][-1:]), ("f", whole["audit_entries"][at + 1 :][:1])):
        text = json.dumps({"t": "", "i": whole["audit_entries"][at]["id"], "d": direction})
        cursor = base64.urlsafe_b64encode(text.encode()).decode()
        assert trail(alice, one, f"?object_type=asset&limit=1&cursor={cursor}")["audit_entries"] == found
    entry = whole["audit_entries"][0]
    assert alice.send("GET", f"/threat_models/{one}/audit_trail/{entry['id']}").json() == entry
    for query, text in {
        "limit=101": "number must be at most 100",
        "limit=0": "number must be at least 1",
        "cursor=x": "Invalid pagination cursor",
        "object_type=robot": "value is not one of the allowed values",
        "actor_email=x": "string doesn't match the regular expression",
        "created_after=x": "string doesn't match the format",
        "created_after=2020-01-01": "string doesn't match the format",
        "created_before=": "string doesn't match the format",
        "limit=": "multiple values for single value parameter 'limit'",
        "object_type=threat&object_type=asset": "multiple values for single value parameter 'object_type'",
    }.items():
        answer = alice.send("GET", f"/threat_models/{one}/audit_trail?{query}")
        assert (answer.status_code, text in answer.json()["error_description"]) == (400, True), answer.text


def test_only_readers_see_it(alice: Any, bob: Any) -> None:
    one = model(alice)
    assert bob.send("GET", f"/threat_models/{one}/audit_trail").status_code == 403
