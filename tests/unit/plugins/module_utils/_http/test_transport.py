# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Retries, ambiguous outcomes, redirects, secrets: Transport against a scripted server."""

from __future__ import annotations

import contextlib
import threading
import time
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._errors import (
    AmbiguousWriteError,
    ApiError,
    AuthenticationError,
    CheckModeWriteError,
    ConflictError,
    InputError,
    MissingError,
    PermissionDeniedError,
    TmiError,
)
from ansible_collections.tmi.tmi.plugins.module_utils._http import connection, retry
from ansible_collections.tmi.tmi.plugins.module_utils._http.shapes import TEXTS, Object
from ansible_collections.tmi.tmi.plugins.module_utils._http.transport import Transport
from ansible_collections.tmi.tmi.plugins.module_utils._login.auth import Auth
from ansible_collections.tmi.tmi.plugins.module_utils._options import Settings

TOKEN = "marker-token-d41d8cd98f00b204"


@pytest.fixture
def make(fake_time: Any) -> Any:
    opened = []

    def build(url: str, read_only: bool = False, token: str = TOKEN, **options: Any) -> Transport:
        settings = Settings.from_params({"url": url, "token": token, "timeout": 3, **options})
        transport = Transport(settings, Auth(settings), read_only, clock=fake_time.clock, sleep=fake_time.sleep)
        opened.append(transport)
        return transport

    yield build
    for transport in opened:
        transport.close()


# --- the table of retries ---------------------------------------------------------------------------

FAULTS: dict[str, dict[str, Any]] = {
    "reset": {"how": "reset"},
    "closed": {"how": "close"},
    "truncated": {"how": "truncated", "data": {"id": "x"}},
    "429": {"status": 429},
    "500": {"status": 500},
    "502": {"status": 502},
    "503": {"status": 503},
    "503+wait": {"status": 503, "headers": {"Retry-After": "2"}},
    "504": {"status": 504},
}
NEVER_DONE = ("429", "503+wait")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "POST"])
@pytest.mark.parametrize("fault", list(FAULTS))
def test_one_fault(fault: str, method: str, make: Any, server: Any, answer: Any) -> None:
    server.script = [answer(**FAULTS[fault]), answer(data={"n": 2})]
    transport = make(server.url)
    repeats = fault in NEVER_DONE or method == "GET" or (method in ("PUT", "DELETE") and fault != "500")
    body = {"a": 1} if method in ("PUT", "POST", "PATCH") else None
    if repeats:
        assert transport.request(method, "/x", json=body).data == {"n": 2}
        assert transport.stats.as_dict()["retries"] == 1
    else:
        with pytest.raises(AmbiguousWriteError) as raised:
            transport.request(method, "/x", json=body)
        assert len(server.seen) == 1
        assert raised.value.method == method
        assert "%s /x" % method in str(raised.value)
    writes = 0 if method == "GET" else len(server.seen)
    assert transport.stats.as_dict() == {
        "requests": len(server.seen),
        "retries": len(server.seen) - 1,
        "writes": writes,
    }


@pytest.mark.parametrize("fault", list(FAULTS))
def test_put_that_never_succeeds_is_ambiguous_unless_surely_not_done(
    fault: str, make: Any, server: Any, answer: Any, fake_time: Any
) -> None:
    server.otherwise = answer(**FAULTS[fault])
    transport = make(server.url, retry_timeout=10)
    with pytest.raises(ApiError) as raised:
        transport.request("PUT", "/x", json={})
    assert isinstance(raised.value, AmbiguousWriteError) == (fault not in NEVER_DONE)
    assert sum(fake_time.sleeps) <= 11, "retry_timeout, and the tenth by which threads differ"
    assert len(server.seen) < 12


@pytest.mark.parametrize("last", ["429", "503+wait", "refused"])
def test_doubt_about_an_earlier_try_stays(last: str, make: Any, server: Any, answer: Any, fake_time: Any) -> None:
    transport = make(server.url, retry_timeout=10, timeout=0.3)
    transport.request("GET", "/x")
    sent_at = fake_time.now
    if last == "refused":
        transport.close()
        server.otherwise = lambda _seen: server.stop_listening() or answer(how="hang")
    else:
        server.script = [answer(how="hang")]
        server.otherwise = answer(**FAULTS[last])
    with pytest.raises(AmbiguousWriteError) as raised:
        transport.request("PUT", "/x", json={})
    assert raised.value.timed_out
    assert raised.value.sent_at == sent_at
    assert fake_time.now > sent_at


def test_idempotent_says_what_the_method_does_not(make: Any, server: Any, answer: Any) -> None:
    server.script = [answer(how="reset"), answer(data=1), answer(how="reset")]
    transport = make(server.url)
    assert transport.request("POST", "/collaborate", idempotent=True).data == 1
    with pytest.raises(AmbiguousWriteError):
        transport.request("PUT", "/diagram", json={}, idempotent=False)


def test_time_out_of_a_write_reports_when_it_was_sent(make: Any, server: Any, answer: Any, fake_time: Any) -> None:
    server.otherwise = answer(how="hang")
    transport = make(server.url, timeout=0.2)
    with pytest.raises(AmbiguousWriteError) as raised:
        transport.request("POST", "/x", json={})
    assert raised.value.timed_out
    assert raised.value.sent_at == fake_time.now


def test_last_time_out_counts(make: Any, server: Any, answer: Any, fake_time: Any) -> None:
    server.otherwise = answer(how="hang")
    with pytest.raises(AmbiguousWriteError) as raised:
        make(server.url, timeout=0.1, retry_timeout=2).request("PUT", "/x", json={})
    assert raised.value.sent_at == fake_time.now > 1000


@pytest.mark.parametrize("how", ["drip", "drip_head", "hang"])
def test_total_time_of_a_request(how: str, make: Any, server: Any, answer: Any) -> None:
    server.otherwise = answer(how=how, data={"slow": "x" * 100})
    start = time.monotonic()
    with pytest.raises(ApiError, match=r"within 0\.4 s \(option timeout\)"):
        make(server.url, timeout=0.4, retry_timeout=0).request("GET", "/x")
    assert time.monotonic() - start < 1.2


def test_time_left_counts_not_time_since_the_last_byte(make: Any, server: Any, answer: Any) -> None:
    server.otherwise = answer(how="stall", data={"slow": 1})  # each byte arrives in time, the answer does not
    with pytest.raises(ApiError, match=r"within 0\.7 s"):
        make(server.url, timeout=0.7, retry_timeout=0).request("GET", "/x")


def test_size_is_bounded(make: Any, server: Any, answer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "SIZE_LIMIT", 100_000)
    server.otherwise = answer(data="x" * 300_000)
    with pytest.raises(ApiError, match="larger than"):
        make(server.url).request("GET", "/x")


def test_no_server_listens(make: Any, server: Any, fake_time: Any) -> None:
    server.stop()
    transport = make(server.url)
    with pytest.raises(ApiError, match=r"POST /x failed: cannot connect to 127.0.0.1:\d+: Connection refused, after 3"):
        transport.request("POST", "/x", json={})
    assert transport.stats.as_dict() == {"requests": 3, "retries": 2, "writes": 0}
    assert sum(fake_time.sleeps) < 3


def test_server_that_was_there_is_waited_for(make: Any, server: Any, fake_time: Any) -> None:
    transport = make(server.url)
    transport.request("GET", "/x")
    transport.close()
    server.stop()
    with pytest.raises(ApiError, match="refused"):
        transport.request("GET", "/x")
    assert 60 < sum(fake_time.sleeps) <= 120


def test_unknown_name(make: Any) -> None:
    with pytest.raises(ApiError, match=r"cannot connect to nowhere.invalid: the name is unknown"):
        make("http://nowhere.invalid").request("GET", "/x")


# --- Retry-After ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 1),
        ("1", 1),
        ("59", 59),
        (" 7 ", 7),
        ("garbage", None),
        ("", None),
        (None, None),
        ("-5", None),
        ("1.5", None),
    ],
)
def test_retry_after(value: Any, seconds: Any) -> None:
    assert retry.retry_after(value, 0.0) == seconds


def test_retry_after_date() -> None:
    assert retry.retry_after(formatdate(1_000_060, usegmt=True), 1_000_000.0) == 60
    assert retry.retry_after(formatdate(1_000_000, usegmt=True), 2_000_000.0) == 1


def test_wait_is_honoured(make: Any, server: Any, answer: Any, fake_time: Any) -> None:
    server.script = [answer(429, headers={"Retry-After": value}) for value in ("0", "59", "garbage")] + [answer(data=1)]
    assert make(server.url).request("POST", "/x", json={}).data == 1
    first, second, third = fake_time.sleeps
    assert 1 <= first <= 1.1
    assert 59 <= second <= 64
    assert third >= 1


def test_wait_beyond_the_budget_fails_at_once(make: Any, server: Any, answer: Any, fake_time: Any) -> None:
    server.otherwise = answer(429, {"code": "rate_limit_exceeded", "message": "Slow down"}, {"Retry-After": "3600"})
    with pytest.raises(ApiError, match=r"429: Slow down\. .*wait of 3600 s, retry_timeout is 120 s") as raised:
        make(server.url).request("POST", "/x", json={})
    assert not isinstance(raised.value, AmbiguousWriteError)
    assert (raised.value.code, raised.value.server_code) == ("rate_limited", "rate_limit_exceeded")
    assert fake_time.sleeps == []


def test_all_threads_pause_together(make: Any, server: Any) -> None:
    settings = make(server.url).settings
    transport = Transport(settings, Auth(settings))  # real time
    arrivals: list[float] = []
    transport._gate.pause(0.3)
    start = time.monotonic()

    def work() -> None:
        transport.request("GET", "/x")
        arrivals.append(time.monotonic() - start)

    threads = [threading.Thread(target=work) for _i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    transport.close()
    assert len(arrivals) == 8
    assert min(arrivals) >= 0.3


def test_each_thread_keeps_its_connection(make: Any, server: Any) -> None:
    transport = make(server.url)
    for _i in range(5):
        transport.request("GET", "/x")
    assert server.connections == 1


# --- what the failures say --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, ApiError), (404, MissingError), (409, ConflictError), (422, ApiError), (428, ConflictError)],
)
def test_refusals(status: int, kind: Any, make: Any, server: Any, answer: Any) -> None:
    data = {"error": "some_code", "error_description": "Because so", "details": {"field": "name"}}
    server.otherwise = answer(status, data, {"X-Request-Id": "r-17"})
    with pytest.raises(kind) as raised:
        make(server.url).request("POST", "/threats", json={}, what='threat "SQLi"')
    error = raised.value
    assert error.__class__ is kind
    assert str(error).startswith('threat "SQLi": POST /threats answered %d: Because so' % status)
    assert ("(the whole address is %s/threats)" % server.url in str(error)) is (status == 404)
    assert error.details() == {
        "code": {404: "wrong_answer", 409: "conflict", 428: "conflict"}.get(status, "rejected"),
        "where": "",
        "url": server.url + "/threats",
        "status": status,
        "server_code": "some_code",
        "message": "Because so",
        "details": {"field": "name"},
        "request_id": "r-17",
        "method": "POST",
        "path": "/threats",
    }
    assert len(server.seen) == 1


LIST = Object("list of threat models", {"threat_models": TEXTS}, ("threat_models",))


class TestAddress:
    """Until a server has answered as TMI servers do, its address may be the mistake: a path is missing or wrong."""

    ELSEWHERE = (
        ("404", {"status": 404, "body": b"404 page not found", "headers": {"Content-Type": "text/plain"}}),
        ("404 of an API", {"status": 404, "data": {"detail": "Not Found"}}),
        ("405", {"status": 405, "data": {"error": "method_not_allowed"}}),
        ("page", {"status": 200, "body": b"<html>", "headers": {"Content-Type": "text/html"}}),
        ("redirect", {"status": 302, "headers": {"Location": "/login"}}),
        ("shape", {"status": 200, "data": {"hello": "world"}}),
    )

    @pytest.mark.parametrize(("name", "said"), ELSEWHERE, ids=[name for name, _said in ELSEWHERE])
    def test_is_reported_as_a_whole(self, name: str, said: Any, make: Any, server: Any, answer: Any) -> None:
        server.otherwise = answer(**said)
        with pytest.raises(ApiError) as raised:
            make(server.url + "/tmi/v9").request("GET", "/threat_models", params={"limit": 1}, shape=LIST)
        assert server.url + "/tmi/v9/threat_models)" in str(raised.value), name
        assert "limit" not in str(raised.value)
        assert raised.value.code == "wrong_answer"
        assert raised.value.url == server.url + "/tmi/v9/threat_models"

    @pytest.mark.parametrize("status", [401, 403])
    def test_a_login_is_wanted_where_none_is_needed(self, status: int, make: Any, server: Any, answer: Any) -> None:
        server.otherwise = answer(status, {"error": "unauthorized", "error_description": "Missing header"})
        with pytest.raises(ApiError) as raised:
            make(server.url + "/api/v9").request("GET", "/oauth2/providers", authenticated=False)
        assert str(raised.value) == (
            f"GET /oauth2/providers answered {status}: Missing header (the whole address is "
            f"{server.url}/api/v9/oauth2/providers). A TMI server asks for no login here: check the path of url"
        )
        assert raised.value.code == "wrong_answer"

    def test_a_wrong_secret_is_no_wrong_address(self, make: Any, server: Any, answer: Any) -> None:
        server.otherwise = answer(401, {"error": "invalid_client"})
        with pytest.raises(ApiError) as raised:
            make(server.url).request("POST", "/oauth2/token", json={}, authenticated=False)
        assert raised.value.code == "authentication_failed"

    def test_is_known_to_be_right_after_an_answer(self, make: Any, server: Any, answer: Any) -> None:
        transport = make(server.url)
        server.script = [answer(200, {"threat_models": []})]
        transport.request("GET", "/threat_models", shape=LIST)
        server.otherwise = answer(404, {"error": "not_found", "error_description": "Gone"})
        with pytest.raises(MissingError) as raised:
            transport.request("GET", "/threat_models/x")
        assert str(raised.value) == "GET /threat_models/x answered 404: Gone"
        assert raised.value.code == "not_found"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"error_description": "A", "error": "B", "message": "C", "msg": "D"}, "answered 400: A"),
        ({"error": "B", "message": "C", "msg": "D"}, "answered 400: B"),
        ({"message": "C", "msg": "D"}, "answered 400: C"),
        ({"msg": "D"}, "answered 400: D"),
        ({"error": {"deep": 1}}, "answered 400 Bad Request"),
        (None, "answered 400 Bad Request"),
        ([1], "answered 400 Bad Request"),
    ],
)
def test_server_words(data: Any, words: str, make: Any, server: Any, answer: Any) -> None:
    server.otherwise = answer(400, data)
    with pytest.raises(ApiError, match=words):
        make(server.url).request("GET", "/x")


def test_403_names_the_role(make: Any, server: Any, answer: Any) -> None:
    server.otherwise = answer(403, {"error": "forbidden", "error_description": "No"})
    with pytest.raises(PermissionDeniedError, match=r"403: No\. The account needs the role writer"):
        make(server.url).request("GET", "/x", role="writer")


@pytest.mark.parametrize(
    ("body", "headers", "came"),
    [
        (b"<!DOCTYPE html><p>Sign in", {"Content-Type": "text/html"}, "an HTML page"),
        (b'{"id": "x", "na', {}, "broken JSON"),
        (b'{"id": "\xff"}', {}, "not UTF-8"),
        (b"hello", {}, "no JSON"),
        (b"[" * 200_000, {}, "JSON"),
    ],
)
def test_no_json(body: bytes, headers: Any, came: str, make: Any, server: Any, answer: Any) -> None:
    server.otherwise = answer(200, body=body, headers=headers)
    with pytest.raises(ApiError, match=r"GET /x answered 200, but .*%s.*proxy" % came):
        make(server.url).request("GET", "/x")
    with pytest.raises(AmbiguousWriteError, match=came):
        make(server.url).request("POST", "/x", json={})


def test_empty_answers(make: Any, server: Any, answer: Any) -> None:
    server.script = [answer(200), answer(204)]
    transport = make(server.url)
    assert transport.request("GET", "/x").data is None
    assert transport.request("DELETE", "/x", expect=(200, 204))[:2] == (204, None)


def test_unexpected_success_is_reported(make: Any, server: Any, answer: Any) -> None:
    server.otherwise = answer(207, {"results": []})
    with pytest.raises(ApiError, match="answered 207"):
        make(server.url).request("POST", "/x", json={})


@pytest.mark.parametrize("value", [float("nan"), "\ud800", {1, 2}])
def test_data_that_is_no_json(value: Any, make: Any, server: Any) -> None:
    with pytest.raises(InputError, match="cannot be written as JSON"):
        make(server.url).request("POST", "/x", json={"a": value})
    assert server.seen == []


# --- redirects, .netrc, cookies ---------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_never_to_another_server(status: int, make: Any, server: Any, other_server: Any, answer: Any) -> None:
    server.otherwise = answer(status, headers={"Location": other_server.url + "/x?token=" + TOKEN})
    for method in ("GET", "POST", "PUT"):
        with pytest.raises(ApiError, match=r"was redirected \(%d\) to .*option url" % status) as raised:
            make(server.url).request(method, "/x")
        assert TOKEN not in str(raised.value)
    assert other_server.seen == []


def test_redirect_on_the_same_server(make: Any, server: Any, answer: Any) -> None:
    server.routes["GET /a/"] = answer(301, headers={"Location": "/a"})
    server.routes["GET /loop"] = answer(301, headers={"Location": "/loop"})
    server.routes["PUT /a/"] = answer(307, headers={"Location": "/a"})
    transport = make(server.url)
    assert transport.request("GET", "/a/", params={"n": 1}).data == {"ok": True}
    with pytest.raises(ApiError, match="redirects are not followed for writes"):
        transport.request("PUT", "/a/", json={})
    with pytest.raises(ApiError, match="redirected"):
        transport.request("GET", "/loop")
    assert len(server.seen) < 12


def test_netrc_and_cookies_do_not_interfere(
    make: Any, server: Any, answer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login eve password other\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server.otherwise = answer(data=1, headers={"Set-Cookie": "tmi_access_token=evil; Path=/"})
    transport = make(server.url)
    transport.request("GET", "/x")
    transport.request("GET", "/x")
    for seen in server.seen:
        assert seen.headers["Authorization"] == "Bearer " + TOKEN
        assert seen.headers["Cookie"] is None
        assert seen.headers["Accept"] == "application/json"


def test_proxy(make: Any, server: Any, other_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = other_server
    make(server.url, proxy=proxy.url).request("GET", "/option")
    monkeypatch.setenv("http_proxy", proxy.url)
    make(server.url).request("GET", "/environment")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    make(server.url).request("GET", "/direct")
    assert [seen.path for seen in proxy.seen] == ["/option", "/environment"]
    assert [seen.path for seen in server.seen] == ["/direct"]


def test_proxy_that_is_not_there(make: Any, server: Any, other_server: Any) -> None:
    other_server.stop()
    address = other_server.url.replace("http://", "http://user:hidden-word@")
    with pytest.raises(ApiError, match=r"proxy cannot be reached") as raised:
        make(server.url, proxy=address).request("GET", "/x")
    assert "hidden-word" not in str(raised.value)


@pytest.mark.parametrize("how", ["reset", "close", "truncated"])
def test_a_write_that_a_proxy_loses_is_not_sent_again(
    how: str, make: Any, server: Any, other_server: Any, answer: Any
) -> None:
    other_server.otherwise = answer(data=1, how=how)
    with pytest.raises(AmbiguousWriteError):
        make(server.url, proxy=other_server.url).request("POST", "/threat_models", json={})
    assert other_server.calls() == ["POST /threat_models"]


def test_a_password_that_the_proxy_wants(make: Any, server: Any, other_server: Any, answer: Any) -> None:
    other_server.otherwise = answer(407)
    with pytest.raises(ApiError, match=r"answered 407 .*user:password@host"):
        make(server.url, proxy=other_server.url).request("GET", "/x")


# --- check mode -------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "LINK"])
def test_check_mode_sends_no_write(method: str, make: Any, server: Any) -> None:
    with pytest.raises(CheckModeWriteError):
        make(server.url, read_only=True).request(method, "/threat_models", json={})
    assert server.seen == []


def test_check_mode_may_read_and_log_in(make: Any, server: Any) -> None:
    transport = make(server.url, read_only=True)
    transport.request("GET", "/x")
    transport.request("POST", "/oauth2/token", json={}, authenticated=False)
    assert transport.stats.as_dict() == {"requests": 2, "retries": 0, "writes": 0}
    transport.count_operation("WebSocket /x")
    assert transport.stats.writes == 1


# --- secrets ----------------------------------------------------------------------------------------


def test_no_secret_in_any_failure(make: Any, server: Any, other_server: Any, answer: Any, jwt: Any) -> None:
    token = jwt(marker="y" * 20)
    other = jwt(marker="z" * 20)
    echo = {
        "error": "bad",
        "error_description": "token %s, Bearer %s, ws?token=%s&ticket=tttt-1234" % (token, other, token),
        "details": {"header": ["Bearer " + token], other: 1},
    }
    cases = [
        answer(400, echo),
        answer(401, echo),
        answer(500, echo),
        answer(403, echo, {"X-Request-Id": token}),
        answer(302, headers={"Location": other_server.url + "/" + token}),
        answer(how="reset"),
        answer(body=b"<html>" + token.encode()),
    ]
    for case in cases:
        server.otherwise = case
        transport = make(server.url, token=token, retry_timeout=0)
        for method in ("GET", "POST"):
            with pytest.raises(ApiError) as raised:
                transport.request(method, "/x?token=" + token, params={"token": token})
            error = raised.value
            shown = "%s %r %r %r" % (error, error, error.details(), vars(error))
            for secret in (token, other, token.split(".")[1], "tttt-1234"):
                assert secret not in shown
    assert token not in repr(transport.settings)
    assert token not in repr(transport.auth.tokens)


def test_missing_library(make: Any, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MISSING", "requests")
    with pytest.raises(TmiError, match=r"Python library requests is missing.*-m pip install requests"):
        make(server.url)


def test_401_of_a_given_token(make: Any, server: Any, answer: Any, jwt: Any) -> None:
    server.otherwise = answer(401, {"error": "unauthorized", "error_description": "Token has been revoked"})
    with pytest.raises(AuthenticationError, match=r"401: Token has been revoked \(.*/x\)\. .*still valid; give a"):
        make(server.url, token=jwt()).request("GET", "/x")
    assert len(server.seen) == 1
    with pytest.raises(AuthenticationError, match="expired 10 minutes ago"):
        make(server.url, token=jwt(-620)).request("GET", "/x")
    assert len(server.seen) == 1  # nothing was sent


# --- what was written -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "method", "options", "reported"),
    [
        ([{"status": 201}], "POST", {}, "sent POST /x"),
        ([{"status": 201, "body": b"<html>"}], "POST", {}, "sent POST /x"),
        ([{"status": 400}], "POST", {}, ""),
        ([{"status": 403}], "PUT", {}, ""),
        ([{"status": 409}], "PUT", {}, ""),
        ([{"status": 409}], "PUT", {"atomic": False}, "perhaps sent PUT /x"),
        ([{"status": 400}], "PUT", {"atomic": False}, ""),
        ([{"status": 206}], "POST", {}, "perhaps sent POST /x"),
        ([{"status": 303, "headers": {"Location": "/y"}}], "POST", {}, "perhaps sent POST /x"),
        ([{"status": 307, "headers": {"Location": "/y"}}], "POST", {}, ""),
        ([{"status": 500}], "POST", {}, "perhaps sent POST /x"),
        ([{"status": 501}], "POST", {}, ""),
        ([{"how": "reset"}], "POST", {}, "perhaps sent POST /x"),
        ([{"how": "truncated", "data": {}}], "POST", {}, "perhaps sent POST /x"),
        ([{"status": 429}, {"status": 400}], "POST", {}, ""),
        ([{"how": "reset"}, {"status": 201}], "PUT", {}, "sent PUT /x"),
        ([{"how": "reset"}, {"status": 400}], "PUT", {}, "perhaps sent PUT /x"),
        ([{"how": "reset"}, {"status": 404}], "DELETE", {}, "sent DELETE /x"),
        ([{"status": 404}], "DELETE", {}, ""),
        ([{"status": 201}], "POST", {"recorded": False}, ""),
        ([{"status": 200}], "GET", {}, ""),
        ([{"status": 500}], "GET", {}, ""),
    ],
)
def test_the_journal_has_every_write_that_was_or_may_have_been_carried_out(
    script: list[dict[str, Any]], method: str, options: Any, reported: str, make: Any, server: Any, answer: Any
) -> None:
    server.script = [answer(**one) for one in script]
    transport = make(server.url)
    with contextlib.suppress(ApiError):
        transport.request(method, "/x", json={}, expect=(200, 201), **options)
    assert transport.journal.lines() == ([reported] if reported else [])


def test_what_never_reached_the_server_is_not_in_the_journal(make: Any) -> None:
    transport = make("http://127.0.0.1:1")
    with pytest.raises(ApiError):
        transport.request("POST", "/x", json={})
    assert transport.journal.lines() == []


# --- a login that others can read -------------------------------------------------------------------


def test_a_token_without_tls_to_another_machine_is_reported_once(
    make: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = make(server.url)
    transport.request("GET", "/x")
    assert transport.warnings() == []
    monkeypatch.setattr(Settings, "is_exposed", True)  # whatever is not on this machine, tests cannot call
    public = make(server.url)
    public.request("GET", "/", authenticated=False)
    assert public.warnings() == []
    public.request("GET", "/x")
    public.request("GET", "/y")
    (reported,) = public.warnings()
    assert reported.startswith(f"url: {server.url} has no TLS, and the login goes to another machine")
    assert TOKEN not in reported


@pytest.mark.parametrize(
    ("url", "proxy", "exposed"),
    [
        ("http://127.0.0.1:1", "http://proxy.example.com:3128", True),
        ("http://localhost:1", "socks5h://u:p@10.0.0.1:1080", True),
        ("http://127.0.0.1:1", "https://proxy.example.com", True),
        ("http://127.0.0.1:1", "http://127.0.0.1:3128", False),
        ("http://127.0.0.1:1", "", False),
        ("http://10.0.0.1:1", "http://127.0.0.1:3128", True),
        ("https://127.0.0.1:1", "http://proxy.example.com:3128", False),
    ],
)
@pytest.mark.parametrize("is_option", [True, False])
def test_a_proxy_elsewhere_exposes_a_login(
    url: str, proxy: str, exposed: bool, is_option: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    if not is_option:
        monkeypatch.setenv("all_proxy", proxy)
    settings = Settings.from_params({"url": url, "proxy": proxy if is_option else ""})
    assert connection.is_exposed(settings) is exposed


def test_a_login_without_tls_is_reported_too(make: Any, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Settings, "is_exposed", True)
    transport = make(server.url)
    transport.request("POST", "/oauth2/token", json={"client_secret": "s"}, authenticated=False)
    assert len(transport.warnings()) == 1
