# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test controls: counters, faults, resets; and that they are not there unless asked for."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import websocket

Json = Any
REFUSED = requests.exceptions.ConnectionError


@pytest.fixture
def own(new_server: Callable[..., Any]) -> Any:
    """Return a server whose counters nobody else moves."""
    return new_server(test_controls=True)


def test_without_the_flag_there_are_no_controls(new_server: Callable[..., Any]) -> None:
    alice = new_server().client("alice")
    for name in ("stats", "reset", "faults", "expire_tokens", "close_sockets", "advance"):
        for method in ("GET", "POST", "DELETE"):
            alice.call(method, f"/_test/{name}", expect=404)


def test_counters(own: Any) -> None:
    alice = own.client("alice")
    diagram = alice.diagram(alice.model())
    own.control("reset", {"counters": True})
    alice.call("GET", diagram)
    alice.call("POST", diagram.rpartition("/")[0], {}, expect=400)
    alice.call("DELETE", diagram + "/metadata/x", expect=404)
    alice.call("POST", "/oauth2/refresh", {}, expect=400)
    socket = alice.join(diagram)
    socket.operate(*({"id": name, "operation": "add", "data": {"shape": "actor"}} for name in "ab"))
    socket.nothing()
    assert own.control("stats", method="GET") == {
        "requests": 5,
        "writes": 3,
        "busy": 0,
        "diagram_operations": 1,
        "cell_operations": 2,
        "by_method": {"GET": 2, "POST": 2, "DELETE": 1},
        "by_path": {
            "GET /threat_models/{}/diagrams/{}": 1,
            "POST /threat_models/{}/diagrams": 1,
            "DELETE /threat_models/{}/diagrams/{}/metadata/{}": 1,
            "POST /oauth2/refresh": 1,
            "GET /threat_models/{}/diagrams/{}/ws": 1,
        },
        "done_by_path": {},
    }


def test_reset_takes_what_it_is_told(own: Any) -> None:
    alice = own.client("alice")
    socket = alice.join(alice.diagram(alice.model()))
    own.control("faults", [{"kind": "html", "times": None, "path": "^/nowhere$"}])
    own.control("reset", {"counters": True})
    assert own.control("stats", method="GET")["requests"] == 0
    assert len(alice.call("GET", "/threat_models")) == len(own.control("faults", method="GET")) == 1
    own.control("reset", {"data": True, "faults": True})
    assert socket.take()["error"] == "session_terminated"
    assert alice.call("GET", "/threat_models") == own.control("faults", method="GET") == []
    assert own.control("stats", method="GET")["requests"] > 0
    alice.model()
    own.control("reset")
    assert alice.call("GET", "/threat_models") == []


# ---------------------------------------------------------------------------------------------- faults
def test_a_status_with_headers_and_body_at_the_nth_request(own: Any) -> None:
    alice = own.client("alice")
    own.control(
        "faults",
        [
            {
                "kind": "status",
                "method": "post",
                "path": "^/threat_models$",
                "nth": 2,
                "times": 2,
                "status": 429,
                "headers": {"Retry-After": "1"},
                "body": {"code": "rate_limit_exceeded"},
            }
        ],
    )
    answers = [alice.send("POST", "/threat_models", {"name": str(i)}) for i in range(4)]
    assert [answer.status_code for answer in answers] == [201, 429, 429, 201]
    assert answers[1].headers["Retry-After"] == "1"
    assert answers[1].json() == {"code": "rate_limit_exceeded"}
    assert [one["name"] for one in alice.call("GET", "/threat_models")] == ["3", "0"]
    assert own.control("faults", method="GET")[0]["seen"] == 4


@pytest.mark.parametrize(("kind", "done"), [("reset_before", False), ("reset_after", True), ("truncate", True)])
def test_connections_that_break(own: Any, kind: str, done: bool) -> None:
    alice = own.client("alice")
    own.control("faults", [{"kind": kind, "method": "POST"}])
    with pytest.raises((REFUSED, requests.exceptions.ChunkedEncodingError)):
        alice.call("POST", "/threat_models", {"name": "M"})
    assert len(alice.call("GET", "/threat_models")) == done


def test_a_page_where_json_was_expected(own: Any) -> None:
    alice = own.client("alice")
    own.control("faults", {"kind": "html", "path": "threat_models"})
    answer = alice.send("POST", "/threat_models", {"name": "M"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert alice.call("GET", "/threat_models") == []


@pytest.mark.parametrize(("kind", "done"), [("delay", False), ("late_commit", True)])
def test_answers_that_come_late(own: Any, kind: str, done: bool) -> None:
    """A client that has given up finds that its request has been acted on already, or not yet."""
    alice, other = own.client("alice"), own.client("alice")
    own.control("faults", [{"kind": kind, "method": "POST", "path": "^/threat_models$", "seconds": 0.4}])
    begin = time.monotonic()
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.post(
            alice.url + "/threat_models",
            json={"name": "M"},
            timeout=0.2,
            headers={"Authorization": "Bearer " + alice.tokens["access_token"]},
        )
    assert len(other.call("GET", "/threat_models")) == done
    time.sleep(max(0.0, 0.6 - (time.monotonic() - begin)))
    assert len(other.call("GET", "/threat_models")) == 1


@pytest.mark.parametrize(("kind", "early"), [("delay", 0), ("late_commit", 1)])
def test_a_request_is_held_until_the_client_gives_up(own: Any, kind: str, early: int) -> None:
    """What is under way is counted, so that nobody has to guess when the server has acted."""
    alice, other = own.client("alice"), own.client("alice")
    own.control("faults", [{"kind": kind, "method": "POST", "path": "^/threat_models$", "seconds": None}])
    address = urlsplit(alice.url)
    lines = ["POST /threat_models HTTP/1.1", "Host: localhost", "Content-Type: application/json", "Content-Length: 12"]
    lines.append("Authorization: Bearer " + alice.tokens["access_token"])
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall("\r\n".join([*lines, "", '{"name":"M"}']).encode())
        while not own.control("stats", method="GET")["busy"]:
            pass
        assert len(other.call("GET", "/threat_models")) == early
        assert own.control("stats", method="GET")["busy"] == 1
    while own.control("stats", method="GET")["busy"]:
        pass
    assert len(other.call("GET", "/threat_models")) == 1


def test_a_status_that_hides_what_was_done(own: Any) -> None:
    alice = own.client("alice")
    own.control("faults", {"kind": "status_after", "method": "POST", "status": 502, "headers": {"X-Way": "lost"}})
    answer = alice.send("POST", "/threat_models", {"name": "M"})
    assert (answer.status_code, answer.headers["X-Way"], answer.content) == (502, "lost", b"")
    assert [one["name"] for one in alice.call("GET", "/threat_models")] == ["M"]


def test_a_list_of_which_half_is_done(own: Any) -> None:
    alice = own.client("alice")
    model = alice.model()
    own.control("faults", {"kind": "half", "method": "POST", "path": "/bulk$", "status": 500})
    documents = [{"name": name, "url": "https://example.com/" + name} for name in "abcd"]
    assert alice.send("POST", model + "/documents/bulk", documents).status_code == 500
    assert {one["name"] for one in alice.call("GET", model + "/documents")} == {"a", "b"}


def test_tokens_that_expire_at_a_request(own: Any) -> None:
    alice, bob = own.client("alice"), own.client("bob")
    own.control("faults", {"kind": "expire_tokens", "path": "^/threat_models$", "nth": 2})
    assert alice.call("GET", "/threat_models") == []
    assert alice.send("GET", "/threat_models").status_code == 401
    assert bob.send("GET", "/threat_models").status_code == 401
    alice.log_in("alice")
    assert alice.call("GET", "/threat_models") == []


@pytest.mark.parametrize(("kind", "done"), [("cut", 0), ("cut_after", 1)])
def test_sockets_that_break_at_a_frame(own: Any, kind: str, done: int) -> None:
    alice = own.client("alice")
    diagram = alice.diagram(alice.model())
    own.control("faults", {"kind": kind, "method": "IN", "path": "/ws$", "nth": 2})
    socket = alice.join(diagram)
    for name in "ab":
        socket.operate({"id": name, "operation": "add", "data": {"shape": "actor"}})
    with pytest.raises((OSError, websocket.WebSocketConnectionClosedException)):
        list(iter(socket.take, None))
    assert len(alice.call("GET", diagram)["cells"]) == 1 + done


def test_sockets_that_break_before_the_server_speaks(own: Any) -> None:
    alice = own.client("alice")
    diagram = alice.diagram(alice.model())
    own.control("faults", {"kind": "cut", "method": "OUT", "nth": 2})
    with pytest.raises((OSError, websocket.WebSocketConnectionClosedException)):
        alice.join(diagram).take()
    assert own.control("faults", method="GET")[0]["seen"] == 2


def test_disarmed_faults_strike_nobody(own: Any) -> None:
    alice = own.client("alice")
    own.control("faults", [{"kind": "status", "times": None}])
    assert alice.send("GET", "/").status_code == 503
    own.control("faults", method="DELETE")
    alice.call("GET", "/")


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"kind": "nope"},
        {"kind": "html", "path": "("},
        {"kind": "html", "other": 1},
        {"kind": "status", "status": 99},
        {"kind": "status", "status": 503.5},
        {"kind": "html", "nth": 0},
        "html",
    ],
)
def test_bad_faults_are_refused(own: Any, fault: Json) -> None:
    answer = requests.post(own.url + "/_test/faults", json=[fault], timeout=5)
    assert answer.status_code == 400
    assert own.control("faults", method="GET") == []


def test_sockets_break_without_a_word(own: Any) -> None:
    alice = own.client("alice")
    socket = alice.join(alice.diagram(alice.model()))
    assert own.control("close_sockets") == {"closed": 1}
    with pytest.raises((OSError, websocket.WebSocketConnectionClosedException)):
        socket.take()
