# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Login with PKCE, refresh, renewal for many threads, and the token cache shared by processes."""

from __future__ import annotations

import json
import multiprocessing
import os
import stat
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._errors import ApiError, AuthenticationError, InputError
from ansible_collections.tmi.tmi.plugins.module_utils._http.transport import Transport
from ansible_collections.tmi.tmi.plugins.module_utils._login import tokens as tokens_module
from ansible_collections.tmi.tmi.plugins.module_utils._login.auth import Auth
from ansible_collections.tmi.tmi.plugins.module_utils._login.cache import TokenCache
from ansible_collections.tmi.tmi.plugins.module_utils._login.code import CALLBACK
from ansible_collections.tmi.tmi.plugins.module_utils._login.tokens import Pkce, Tokens, jwt_claims
from ansible_collections.tmi.tmi.plugins.module_utils._modules.token import manage_token
from ansible_collections.tmi.tmi.plugins.module_utils._options import Settings
from ansible_collections.tmi.tmi.tests.harness.process import serving

REFRESH = "marker-refresh-0000-5a3c"


class Issuer:
    """The OAuth part of a server: hands out numbered tokens, knows which refresh tokens are alive."""

    def __init__(self, server: Any, answer: Any, jwt: Any) -> None:
        self.answer, self.jwt, self.server = answer, jwt, server
        self.lock = threading.Lock()
        self.number = 0
        self.lifetime = 3600.0
        self.alive = {REFRESH}
        self.accepted: set[str] = set()
        self.token_faults: list[Any] = []
        self.providers = [
            {"id": "google", "auth_url": server.url + "/oauth2/authorize?idp=google"},
            {"id": "test", "auth_url": "http://inner:8080/oauth2/authorize?idp=test"},
        ]
        server.routes.update(
            {
                "GET /oauth2/providers": lambda _seen: answer(data={"providers": self.providers}),
                "GET /oauth2/authorize": self.authorize,
                "POST /oauth2/token": self.token,
                "POST /oauth2/refresh": self.refresh,
            }
        )
        server.otherwise = self.api

    def issue(self) -> Any:
        with self.lock:
            self.number += 1
            access, refresh = self.jwt(self.lifetime, jti=self.number), "refresh-%d" % self.number
            self.accepted.add(access)
            self.alive.add(refresh)
        data = {"access_token": access, "refresh_token": refresh, "expires_in": self.lifetime, "token_type": "Bearer"}
        return self.answer(data=data)

    def authorize(self, seen: Any) -> Any:
        target = "%s?code=code-%s&state=%s" % (CALLBACK, seen.query["login_hint"], seen.query["state"])
        return self.answer(302, headers={"Location": target})

    def token(self, _seen: Any) -> Any:
        return self.token_faults.pop(0) if self.token_faults else self.issue()

    def refresh(self, seen: Any) -> Any:
        with self.lock:
            if seen.json["refresh_token"] not in self.alive:
                return self.answer(400, {"error": "Failed to refresh token: %s" % seen.json["refresh_token"]})
            self.alive.discard(seen.json["refresh_token"])
        return self.issue()

    def api(self, seen: Any) -> Any:
        if seen.token in self.accepted:
            return self.answer(data={"email": "alice@test.tmi", "path": seen.path})
        return self.answer(401, {"error": "unauthorized", "error_description": "invalid or expired token"})

    def count(self, call: str) -> int:
        return self.server.calls().count(call)


@pytest.fixture
def issuer(server: Any, answer: Any, jwt: Any) -> Issuer:
    return Issuer(server, answer, jwt)


def connect(url: str, **options: Any) -> Transport:
    settings = Settings.from_params({"url": url, "timeout": 5, **options})
    return Transport(settings, Auth(settings, sleep=lambda _seconds: None))


# --- pure -------------------------------------------------------------------------------------------


def test_pkce_of_rfc_7636_appendix_b() -> None:
    pair = Pkce.of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert pair.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_pkce_is_new_each_time() -> None:
    pairs = [Pkce.new() for _i in range(20)]
    assert len({pair.verifier for pair in pairs}) == 20
    for pair in pairs:
        assert len(pair.verifier) == 43
        assert set(pair.verifier + pair.challenge) <= set(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        )


@pytest.mark.parametrize("token", ["", "opaque", "a.b", "a.b.c", "a.bm9qc29u.c", "a.WzFd.c", "é.é.é"])
def test_claims_of_what_is_no_jwt(token: str) -> None:
    assert jwt_claims(token) == {}
    assert Tokens.given(token).expires_at is None
    assert not Tokens.given(token).is_stale(1e12)


def test_times_of_a_token(jwt: Any) -> None:
    now = time.time()
    fresh = Tokens.answered({"access_token": jwt(3600), "expires_in": 10}, now)
    assert fresh.expires_at == pytest.approx(now + 3600, abs=5)
    assert not fresh.is_stale(now + 3530)
    assert fresh.is_stale(now + 3545)
    # A server whose clock is an hour behind: only the duration means something.
    skewed = Tokens.answered({"access_token": jwt(-10), "expires_in": 3600}, now)
    assert skewed.expires_at == pytest.approx(now + 3600)
    short = Tokens.answered({"access_token": "opaque", "expires_in": "20"}, now)
    assert [short.is_stale(now + s) for s in (5, 15)] == [False, True]
    for odd in (None, [], {}, {"access_token": ""}, {"access_token": 1}):
        with pytest.raises(ValueError, match="no access_token"):
            Tokens.answered(odd, now)
    assert "opaque" not in repr(short)
    assert tokens_module._instant(True) is None


# --- login ------------------------------------------------------------------------------------------


def test_login_without_browser(server: Any, issuer: Issuer) -> None:
    transport = connect(server.url, login_hint="alice")
    assert transport.request("GET", "/me").data["email"] == "alice@test.tmi"
    assert server.calls() == ["GET /oauth2/providers", "GET /oauth2/authorize", "POST /oauth2/token", "GET /me"]
    authorize, token = server.seen[1], server.seen[2]
    assert authorize.query["idp"] == "test"
    assert authorize.query["scope"] == "openid"
    assert authorize.query["client_callback"] == CALLBACK
    assert authorize.query["code_challenge_method"] == "S256"
    assert Pkce.of(token.json["code_verifier"]).challenge == authorize.query["code_challenge"]
    assert token.query == {"idp": "test"}
    assert token.json == {
        "grant_type": "authorization_code",
        "code": "code-alice",
        "code_verifier": token.json["code_verifier"],
        "redirect_uri": CALLBACK,
    }
    assert all(seen.token == "" for seen in server.seen[:3])


def test_prefix_of_the_url_is_kept(server: Any, issuer: Issuer) -> None:
    server.routes.update({key.replace(" /", " /tmi/"): value for key, value in server.routes.items()})
    connect(server.url + "/tmi/", login_hint="alice").request("GET", "/me")
    assert server.calls()[1:] == ["GET /tmi/oauth2/authorize", "POST /tmi/oauth2/token", "GET /tmi/me"]


def test_provider_of_api_1_is_found_too(server: Any, issuer: Issuer) -> None:
    issuer.providers[1] = {"id": "tmi", "auth_url": server.url + "/oauth2/authorize?idp=tmi"}
    connect(server.url, login_hint="alice").request("GET", "/me")
    assert server.seen[2].query == {"idp": "tmi"}


def test_provider_that_is_not_offered(server: Any, issuer: Issuer) -> None:
    with pytest.raises(InputError, match="login_provider: the server offers no provider nope; it has: google, test"):
        connect(server.url, login_provider="nope", login_hint="alice").request("GET", "/me")


@pytest.mark.parametrize("hint", ["al", "a" * 21, "al ice", "älice", "a_b_c"])
def test_hint_is_checked_first(hint: str, server: Any) -> None:
    with pytest.raises(InputError, match="login_hint"):
        connect(server.url, login_hint=hint)


@pytest.mark.parametrize(
    ("location", "words"),
    [
        (CALLBACK + "?error=access_denied&error_description=Not+you&state=%s", "the provider refused: Not you"),
        (CALLBACK + "?code=abcd&state=other", "state differs"),
        (CALLBACK + "?code=abcd", "state differs"),
        ("https://accounts.example.com/login", "needs a browser"),
    ],
)
def test_authorize_goes_wrong(location: str, words: str, server: Any, issuer: Issuer, answer: Any) -> None:
    server.routes["GET /oauth2/authorize"] = lambda seen: answer(
        302, headers={"Location": location.replace("%s", seen.query["state"])}
    )
    with pytest.raises(AuthenticationError, match="login: .*" + words):
        connect(server.url, login_hint="alice").request("GET", "/me")
    assert issuer.count("POST /oauth2/token") == 0


def test_code_verifier_unknown_to_the_server(server: Any, issuer: Issuer, answer: Any) -> None:
    words = 'request body has an error: doesn\'t match schema: property "code_verifier" is unsupported'
    issuer.token_faults = [answer(400, {"error": "invalid_input", "error_description": words})]
    connect(server.url, login_hint="alice").request("GET", "/me")
    first, second = (seen.json for seen in server.seen if seen.path == "/oauth2/token")
    assert "code_verifier" in first
    assert second == {key: value for key, value in first.items() if key != "code_verifier"}


def test_two_logins_in_one_second(server: Any, issuer: Issuer, answer: Any) -> None:
    issuer.token_faults = [answer(400, {"error": "invalid_grant", "error_description": "PKCE verification failed"})]
    slept: list[float] = []
    settings = Settings.from_params({"url": server.url, "login_hint": "alice"})
    Transport(settings, Auth(settings, sleep=slept.append)).request("GET", "/me")
    assert slept == [1.1]
    assert issuer.count("GET /oauth2/authorize") == 2


def test_login_refused_twice_is_final(server: Any, issuer: Issuer, answer: Any) -> None:
    issuer.token_faults = [answer(400, {"error": "invalid_grant", "error_description": "code-alice invalid"})] * 3
    with pytest.raises(AuthenticationError, match=r"login: POST /oauth2/token answered 400: \*+ invalid") as raised:
        connect(server.url, login_hint="alice").request("GET", "/me")
    assert issuer.count("POST /oauth2/token") == 2
    assert "code-alice" not in str(raised.value.details())


@pytest.mark.parametrize("fault", [{"how": "reset"}, {"status": 503}, {"status": 429}, {"how": "truncated", "data": 1}])
def test_token_call_is_never_repeated(fault: Any, server: Any, issuer: Issuer, answer: Any) -> None:
    issuer.token_faults = [answer(**fault)]
    with pytest.raises(ApiError):
        connect(server.url, login_hint="alice").request("GET", "/me")
    assert issuer.count("POST /oauth2/token") == 1


# --- renewal ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("cached", [True, False])
def test_one_refresh_for_eight_threads(cached: bool, server: Any, issuer: Issuer, jwt: Any, tmp_path: Path) -> None:
    if cached:
        options = {"token": jwt(), "refresh_token": REFRESH, "token_cache": str(tmp_path / "cache")}
    else:
        options = {"login_hint": "alice"}
    transport = connect(server.url, **options)
    transport.access_token()
    issuer.accepted.clear()
    barrier, done = threading.Barrier(8), []

    def work() -> None:
        barrier.wait()
        done.append(transport.request("GET", "/x").status)

    threads = [threading.Thread(target=work) for _i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [200] * 8
    assert issuer.count("POST /oauth2/refresh") == 1


def test_second_401_is_final(server: Any, issuer: Issuer, answer: Any, tmp_path: Path) -> None:
    server.otherwise = answer(401, {"error_description": "no"})
    transport = connect(server.url, refresh_token=REFRESH, token_cache=str(tmp_path / "cache"))
    with pytest.raises(AuthenticationError, match="renewed just now, so it is not expired"):
        transport.request("POST", "/x", json={})
    assert server.calls() == ["POST /oauth2/refresh", "POST /x", "POST /oauth2/refresh", "POST /x"]


def test_renewal_before_the_end(server: Any, issuer: Issuer, jwt: Any, tmp_path: Path) -> None:
    soon = jwt(30, iat=time.time() - 3570)
    issuer.accepted.add(soon)
    options = {"token": soon, "refresh_token": REFRESH, "token_cache": str(tmp_path / "cache")}
    connect(server.url, **options).request("GET", "/x")
    assert server.calls() == ["POST /oauth2/refresh", "GET /x"]
    # Without a way to renew it is used as long as it lives.
    connect(server.url, token=soon).request("GET", "/x")


def test_refresh_needs_the_cache(server: Any, issuer: Issuer) -> None:
    with pytest.raises(InputError, match="refresh_token: needs token_cache"):
        connect(server.url, refresh_token=REFRESH).request("GET", "/x")
    assert server.seen == []


def test_nothing_to_log_in_with(server: Any) -> None:
    with pytest.raises(AuthenticationError, match="No way to log in: give a valid token"):
        connect(server.url).request("GET", "/x")
    assert connect(server.url).request("GET", "/public", authenticated=False).status == 200


@pytest.mark.parametrize(("kind", "variable"), [("TMI", "TMI_URL"), ("TMI source", "TMI_SOURCE_URL"), ("", "OTHER")])
def test_a_job_of_a_controller_names_the_credential(
    kind: str, variable: str, server: Any, issuer: Issuer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, jwt: Any
) -> None:
    advice = '. Look at the credential of the type "%s" of this job or inventory source' % kind
    issuer.alive.clear()
    monkeypatch.setenv(variable, server.url + "/")
    for in_job in (False, True):
        if in_job:
            monkeypatch.setenv("AWX_PRIVATE_DATA_DIR", "/runner")
        for options in ({}, {"token": jwt(-3600)}, {"refresh_token": REFRESH, "token_cache": str(tmp_path / "cache")}):
            with pytest.raises(AuthenticationError) as raised:
                connect(server.url, **options).request("GET", "/x")
            assert str(raised.value).endswith(advice) == (in_job and kind != "")
            assert REFRESH not in str(raised.value)


def test_dead_refresh_token_is_not_shown(server: Any, issuer: Issuer, tmp_path: Path) -> None:
    issuer.alive.clear()
    with pytest.raises(AuthenticationError, match="already used: log in again") as raised:
        connect(server.url, refresh_token=REFRESH, token_cache=str(tmp_path / "cache")).request("GET", "/x")
    assert REFRESH not in "%s %r" % (raised.value, raised.value.details())


def test_lost_answer_to_a_refresh(server: Any, issuer: Issuer, answer: Any, tmp_path: Path) -> None:
    server.routes["POST /oauth2/refresh"] = answer(how="reset")
    with pytest.raises(AuthenticationError, match="not repeated"):
        connect(server.url, refresh_token=REFRESH, token_cache=str(tmp_path / "cache")).request("GET", "/x")
    assert server.calls() == ["POST /oauth2/refresh"]


def test_login_when_the_refresh_fails(server: Any, issuer: Issuer) -> None:
    issuer.lifetime = 0.2
    transport = connect(server.url, login_hint="alice")
    transport.request("GET", "/x")
    time.sleep(0.15)
    issuer.alive.clear()
    transport.request("GET", "/x")
    assert (issuer.count("POST /oauth2/refresh"), issuer.count("POST /oauth2/token")) == (1, 2)


# --- the cache --------------------------------------------------------------------------------------


def test_play_logs_in_once(server: Any, issuer: Issuer, tmp_path: Path) -> None:
    cache = tmp_path / "new" / "folder" / "tokens.json"
    for _i in range(3):
        connect(server.url, login_hint="alice", token_cache=str(cache)).request("GET", "/x")
    assert issuer.count("POST /oauth2/token") == 1
    assert stat.S_IMODE(cache.stat().st_mode) == 0o600
    assert stat.S_IMODE(cache.parent.stat().st_mode) == 0o700
    assert sorted(os.listdir(cache.parent)) == ["tokens.json", "tokens.json.lock"]
    # Another user, another server: entries of their own in the same file.
    connect(server.url, login_hint="bobby", token_cache=str(cache)).request("GET", "/x")
    connect(server.url.replace("127.0.0.1", "localhost"), login_hint="alice", token_cache=str(cache)).access_token()
    assert len(json.loads(cache.read_text())["entries"]) == 3


def test_rotated_refresh_token_is_saved_before_use(server: Any, issuer: Issuer, answer: Any, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    saved = []

    def look(_seen: Any) -> Any:
        saved.append(cache.read_text())
        return answer(500)

    server.otherwise = look
    options = {"refresh_token": REFRESH, "token_cache": str(cache)}
    with pytest.raises(ApiError):
        connect(server.url, retry_timeout=0, **options).request("GET", "/x")
    assert '"refresh-1"' in saved[0]
    assert REFRESH not in saved[0]
    server.otherwise = issuer.api
    connect(server.url, **options).request("GET", "/x")
    assert issuer.count("POST /oauth2/refresh") == 1


def test_token_renewed_by_another_process_is_used(server: Any, issuer: Issuer, tmp_path: Path) -> None:
    options = {"refresh_token": REFRESH, "token_cache": str(tmp_path / "cache")}
    first, second = connect(server.url, **options), connect(server.url, **options)
    first.request("GET", "/x")
    second.request("GET", "/x")
    issuer.accepted.clear()
    first.request("GET", "/x")
    second.request("GET", "/x")
    assert issuer.count("POST /oauth2/refresh") == 2


def _in_process(url: str, cache: str, start: Any, results: Any) -> None:
    start.wait()
    try:
        results.put(connect(url, refresh_token=REFRESH, token_cache=cache).request("GET", "/x").status)
    except Exception as error:
        results.put(repr(error))


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_processes_share_one_refresh(server: Any, issuer: Issuer, tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    start, results = context.Event(), context.Queue()
    arguments = (server.url, str(tmp_path / "cache"), start, results)
    workers = [context.Process(target=_in_process, args=arguments) for _i in range(6)]
    for worker in workers:
        worker.start()
    start.set()
    assert [results.get(timeout=20) for _i in workers] == [200] * 6
    for worker in workers:
        worker.join()
    assert issuer.count("POST /oauth2/refresh") == 1


def _slice(url: str, cache: str, start: Any, results: Any) -> None:
    """Send requests as a job of its own, with tokens that end while it runs."""
    start.wait()
    try:
        clock = [time.time()]
        settings = Settings.from_params({"url": url, "refresh_token": REFRESH, "token_cache": cache, "timeout": 20})
        transport = Transport(settings, Auth(settings, now=lambda: clock[0], sleep=lambda _seconds: None))
        for _hour in range(5):
            assert transport.request("GET", "/x").status == 200
            clock[0] += 3600
        results.put("")
    except Exception as error:
        results.put(repr(error))


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_slices_use_each_refresh_token_once(server: Any, issuer: Issuer, tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    start, results = context.Event(), context.Queue()
    arguments = (server.url, str(tmp_path / "cache"), start, results)
    slices = [context.Process(target=_slice, args=arguments) for _number in range(4)]
    for one in slices:
        one.start()
    start.set()
    assert [results.get(timeout=120) for _one in slices] == [""] * 4
    for one in slices:
        one.join()
    sent = [seen.json["refresh_token"] for seen in server.seen if seen.path == "/oauth2/refresh"]
    assert len(sent) == len(set(sent)) >= 5  # a token that was sent twice would have ended the login


@pytest.mark.parametrize("content", ["", "{", "[]", '{"entries": 3}', "\ufffd", '{"entries": {"x": 1}}', "null"])
def test_broken_cache_counts_as_empty(content: str, server: Any, issuer: Issuer, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.write_text(content)
    cache.chmod(0o600)
    connect(server.url, login_hint="alice", token_cache=str(cache)).request("GET", "/x")
    assert len(json.loads(cache.read_text())["entries"]) == 1


def test_broken_entry_counts_as_none(server: Any, tmp_path: Path) -> None:
    settings = Settings.from_params(
        {"url": server.url, "refresh_token": REFRESH, "token_cache": str(tmp_path / "cache")}
    )
    cache = TokenCache.of(settings)
    for entry in (1, {}, {"access_token": ""}, {"access_token": "a", "refresh_token": 1}):
        assert cache._tokens(entry) is None
    odd = {"access_token": "a", "refresh_token": "", "expires_at": "x"}
    assert cache._tokens(odd) is None


def test_cache_that_others_can_reach(server: Any, issuer: Issuer, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.write_text("{}")
    cache.chmod(0o644)
    with pytest.raises(InputError, match=r"token_cache: .*open to other users: chmod 600"):
        connect(server.url, login_hint="alice", token_cache=str(cache)).request("GET", "/x")
    cache.chmod(0o600)
    link = tmp_path / "link"
    link.symlink_to(cache)
    with pytest.raises(InputError, match="must not be a symbolic link"):
        connect(server.url, login_hint="alice", token_cache=str(link)).request("GET", "/x")
    with pytest.raises(InputError, match="token_cache: "):
        connect(server.url, login_hint="alice", token_cache=str(tmp_path)).request("GET", "/x")
    with pytest.raises(InputError, match="token_cache: cannot use"):
        connect(server.url, login_hint="alice", token_cache="/dev/null/x").request("GET", "/x")
    assert issuer.count("POST /oauth2/token") == 0


# --- what tmi_token does ----------------------------------------------------------------------------


def manage(url: str, check_mode: bool = False, state: str = "present", renew: bool = False, **options: Any) -> Any:
    settings = Settings.from_params({"url": url, **options})
    with Transport(settings, Auth(settings), read_only=check_mode) as transport:
        return manage_token(transport, {"state": state, "renew": renew}, check_mode)


def test_token_is_returned_and_renewed(server: Any, issuer: Issuer) -> None:
    first = manage(server.url, refresh_token=REFRESH)
    assert first["changed"]
    assert first["refresh_token"] == "refresh-1"
    assert first["user"]["email"] == "alice@test.tmi"
    assert first["expires_at"].endswith("Z")
    assert first["access_token"] not in str(first["diff"])
    again = manage(server.url, token=first["access_token"])
    assert not again["changed"]
    assert again["access_token"] == first["access_token"]
    assert manage(server.url, refresh_token="refresh-1", renew=True)["changed"]
    assert issuer.count("POST /oauth2/refresh") == 2


@pytest.mark.parametrize(("given", "done"), [({"refresh_token": REFRESH}, ["renewed the login"]), ({"token": "x"}, [])])
def test_a_failure_reports_whether_the_login_was_renewed(
    given: Any, done: list[str], server: Any, issuer: Issuer, answer: Any
) -> None:
    issuer.api = lambda _seen: answer(400, {"error": "no"})  # type: ignore[method-assign]
    server.otherwise = issuer.api
    transport = connect(server.url, **given)
    with transport, pytest.raises(ApiError):
        manage_token(transport, {"state": "present"}, False)
    assert transport.journal.lines() == done


def test_logout(server: Any, issuer: Issuer, answer: Any, tmp_path: Path) -> None:
    def revoke(seen: Any) -> Any:
        known = seen.token in issuer.accepted
        issuer.accepted.discard(seen.token)
        return answer(204) if known else issuer.api(seen)

    server.routes["POST /oauth2/revoke"] = revoke
    options = {"login_hint": "alice", "token_cache": str(tmp_path / "cache")}
    assert not manage(server.url, state="absent", **options)["changed"]
    assert server.seen == []
    manage(server.url, **options)
    for check_mode, changed in ((True, True), (True, True), (False, True), (False, False), (True, False)):
        assert manage(server.url, check_mode, state="absent", **options)["changed"] == changed
    assert issuer.count("POST /oauth2/revoke") == 1
    assert issuer.count("POST /oauth2/refresh") == 0
    manage(server.url, **options)
    issuer.accepted.clear()  # dead already: there is only the cache to clear
    assert manage(server.url, True, state="absent", **options)["changed"]
    assert manage(server.url, state="absent", **options)["changed"]
    assert issuer.count("POST /oauth2/refresh") == 0
    token = manage(server.url, login_hint="alice")["access_token"]
    assert manage(server.url, state="absent", token=token)["changed"]
    assert not manage(server.url, state="absent", token=token)["changed"]
    assert not manage(server.url, True, state="absent", token=token)["changed"]


# --- the embedded server ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sandbox() -> Any:
    pytest.importorskip("aiohttp")
    pytest.importorskip("tmi_sandbox.web.server")
    with serving("v0") as process:
        yield process.url


def test_login_refresh_and_logout_at_the_sandbox(sandbox: str, tmp_path: Path) -> None:
    options = {"login_hint": "carol", "token_cache": str(tmp_path / "cache")}
    first = manage(sandbox, **options)
    assert first["user"]["email"] == "carol@test.tmi"
    assert not manage(sandbox, **options)["changed"]
    second = manage(sandbox, renew=True, **options)
    assert second["refresh_token"] != first["refresh_token"]
    assert manage(sandbox, state="absent", **options)["changed"]
    with pytest.raises(AuthenticationError, match="revoked"):
        manage(sandbox, token=second["access_token"])
    with pytest.raises(AuthenticationError, match="log in again"):
        manage(sandbox, refresh_token=first["refresh_token"])
