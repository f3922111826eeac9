# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Webhooks: subscriptions, the challenge, signed deliveries and their repetitions."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

pytest.importorskip("aiohttp")

Json = Any
MANY, SENT = "/admin/webhooks/subscriptions", "/admin/webhooks/deliveries"
SECRET = "0123456789abcdef"


class Receiver:
    """A receiver of webhooks that answers as it is set."""

    def __init__(self) -> None:
        self.seen: list[tuple[Any, bytes]] = []
        self.status, self.headers, self.echo = 200, {}, True
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.seen.append((self.headers, body))
                challenge = json.loads(body).get("challenge") if receiver.echo else "x"
                answer = json.dumps({"challenge": challenge}).encode()
                self.send_response(receiver.status)
                for name, value in {**receiver.headers, "Content-Length": str(len(answer))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_args: object) -> None:
                pass

        self._httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._httpd.server_address[1]}/hook"
        threading.Thread(target=self._httpd.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self._httpd.shutdown()
        self._httpd.server_close()


@pytest.fixture
def server(new_server: Callable[..., Any]) -> Any:
    """Return a server that may send to this machine."""
    return new_server(api="v1", webhook_hosts=("127.0.0.1",), test_controls=True)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    yield found
    found.stop()


def subscription(alice: Any, url: str, **members: Json) -> Json:
    body = {"name": "Hook", "url": url, "events": ["threat_model.created"], "secret": SECRET, **members}
    answer = alice.send("POST", MANY, body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def until(holds: Callable[[], Any]) -> Any:
    """Wait until something holds."""
    for _attempt in range(1000):
        found = holds()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("it never held")


def state(alice: Any, one: Json) -> Json:
    return alice.send("GET", f"{MANY}/{one['id']}").json()


def activated(server: Any, alice: Any, receiver: Receiver, **members: Json) -> Json:
    one = subscription(alice, receiver.url, **members)
    server.control("advance", {"seconds": 30})
    until(lambda: state(alice, one)["status"] == "active")
    receiver.seen.clear()
    return one


def test_a_subscription_is_verified_by_a_challenge(server: Any, alice: Any, receiver: Receiver) -> None:
    one = subscription(alice, receiver.url)
    assert (one["status"], one["secret"], one["challenges_sent"]) == ("pending_verification", SECRET, 0)
    assert "secret" not in state(alice, one)
    server.control("advance", {"seconds": 30})
    until(lambda: state(alice, one)["status"] == "active")
    headers, body = receiver.seen[0]
    assert (headers["X-Webhook-Event"], json.loads(body)["type"]) == ("webhook.challenge", "webhook.challenge")
    assert "X-Webhook-Signature" not in headers


def test_a_wrong_answer_to_three_challenges_ends_it(
    server: Any, user: Callable[[str], Any], receiver: Receiver
) -> None:
    alice = user("alice")
    receiver.echo = False
    one = subscription(alice, receiver.url)
    for sent in (1, 2, 3):
        server.control("advance", {"seconds": 30})
        until(lambda sent=sent: state(alice, one).get("challenges_sent") == sent)
    server.control("advance", {"seconds": 30})
    until(lambda: state(alice, one)["status"] == "pending_delete")
    server.control("advance", {"seconds": 3600})
    later = user("alice")  # the login was valid for an hour
    until(lambda: later.send("GET", f"{MANY}/{one['id']}").status_code == 404)


def test_events_of_the_owner_are_delivered_and_signed(server: Any, alice: Any, receiver: Receiver) -> None:
    activated(server, alice, receiver)
    model = alice.send("POST", "/threat_models", {"name": "Shop"}).json()
    server.control("advance", {"seconds": 2})
    headers, body = until(lambda: receiver.seen)[0]
    event = json.loads(body)
    assert (event["event_type"], event["threat_model_id"], event["data"]["name"]) == (
        "threat_model.created",
        model["id"],
        "Shop",
    )
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-Webhook-Signature"] == f"sha256={digest}"
    shown = until(lambda: [one for one in listed(alice) if one["status"] == "delivered"])[0]
    assert (shown["id"], shown["payload"]) == (headers["X-Webhook-Delivery-Id"], event)


def listed(alice: Any) -> list[Json]:
    found: list[Json] = alice.send("GET", SENT).json()["deliveries"]
    return found


def test_a_failed_delivery_is_repeated_four_times(server: Any, alice: Any, receiver: Receiver) -> None:
    one = activated(server, alice, receiver)
    receiver.status = 500
    alice.send("POST", "/threat_models", {"name": "Shop"})
    for attempt, minutes in enumerate((1, 5, 15, 30), start=1):
        server.control("advance", {"seconds": 2})
        until(lambda attempt=attempt: listed(alice)[0]["attempts"] == attempt)
        assert listed(alice)[0]["last_error"].startswith("HTTP 500")
        server.control("advance", {"seconds": 60 * minutes})
    until(lambda: listed(alice)[0]["status"] == "failed")
    assert len({headers["X-Webhook-Delivery-Id"] for headers, _body in receiver.seen}) == 1
    assert (len(receiver.seen), state(alice, one)["publication_failures"]) == (5, 1)


def test_an_answer_may_end_later(server: Any, alice: Any, receiver: Receiver) -> None:
    one = activated(server, alice, receiver)
    receiver.headers = {"X-TMI-Callback": "async"}
    assert alice.send("POST", f"{MANY}/{one['id']}/test", {}).status_code == 202
    server.control("advance", {"seconds": 2})
    until(lambda: listed(alice)[0]["status"] == "in_progress")


def test_only_events_that_were_asked_for_are_delivered(server: Any, alice: Any, bob: Any, receiver: Receiver) -> None:
    model = alice.send("POST", "/threat_models", {"name": "Mine"}).json()
    activated(server, alice, receiver, events=["threat_model.updated"], threat_model_id=model["id"])
    other = alice.send("POST", "/threat_models", {"name": "Other"}).json()
    for one in (model, other):
        alice.send("PUT", f"/threat_models/{one['id']}", {"name": "New"})
    bob.send("POST", "/threat_models", {"name": "Hers"})
    assert [(one["event_type"], one["payload"]["object_id"]) for one in listed(alice)] == [
        ("threat_model.updated", model["id"])
    ]


def test_hosts_that_are_not_listed_are_never_asked(server: Any, alice: Any) -> None:
    one = subscription(alice, "https://hooks.example.com/x")
    server.control("advance", {"seconds": 30})
    until(lambda: state(alice, one).get("challenges_sent") == 1)


@pytest.mark.parametrize(
    "members",
    [
        *({"name": ""}, {"events": []}, {"events": ["x"] * 51}, {"url": "ftp://a.test/x"}, {"secret": "short"}),
        *({"unknown": 1}, {"name": None}, {"threat_model_id": "x"}),
    ],
)
def test_what_a_subscription_must_not_be(alice: Any, members: Json) -> None:
    body = {"name": "Hook", "url": "https://a.test/x", "events": ["threat_model.created"], **members}
    assert alice.send("POST", MANY, body).status_code == 400


class TestWithoutHosts:
    """A server that sends nowhere."""

    @pytest.fixture
    def server(self, new_server: Callable[..., Any]) -> Any:
        return new_server(api="v1")

    def test_http_is_refused(self, alice: Any) -> None:
        answer = alice.send("POST", MANY, {"name": "H", "url": "http://a.test/x", "events": ["threat_model.created"]})
        assert answer.status_code == 400
        assert answer.json()["error"] == "invalid webhook URL: URL must start with https:// (found: http://a)"


def test_only_administrators_have_webhooks(bob: Any) -> None:
    for method, path in (("GET", MANY), ("GET", SENT), ("GET", MANY + "/x"), ("DELETE", MANY + "/x")):
        assert bob.send(method, path).status_code == 403


def test_what_real_servers_do_not_have(alice: Any) -> None:
    """A subscription cannot be changed, and an identifier is a UUID."""
    one = subscription(alice, "https://a.test/x")
    for method in ("PUT", "PATCH"):
        answer = alice.send(method, f"{MANY}/{one['id']}", {})
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, DELETE, OPTIONS")
    for path in (MANY + "/x", SENT + "/x"):
        assert alice.send("GET", path).json()["error"] == "invalid_id"


def test_a_removed_subscription_is_gone(alice: Any) -> None:
    one = subscription(alice, "https://a.test/x")
    assert [found["id"] for found in alice.send("GET", MANY).json()["subscriptions"]] == [one["id"]]
    assert alice.send("DELETE", f"{MANY}/{one['id']}").status_code == 204
    assert alice.send("DELETE", f"{MANY}/{one['id']}").status_code == 404
