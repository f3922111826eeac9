# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Login of a person: the browser opened here, and the address brought back by hand."""

from __future__ import annotations

import json
import socket
import stat
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._errors import AuthenticationError, InputError
from ansible_collections.tmi.tmi.plugins.module_utils._http.transport import Transport
from ansible_collections.tmi.tmi.plugins.module_utils._login import browser as login_browser
from ansible_collections.tmi.tmi.plugins.module_utils._login import cache as token_cache
from ansible_collections.tmi.tmi.plugins.module_utils._login.auth import Auth
from ansible_collections.tmi.tmi.plugins.module_utils._login.code import CALLBACK, LoginAttempt
from ansible_collections.tmi.tmi.plugins.module_utils._login.loopback import Loopback
from ansible_collections.tmi.tmi.plugins.module_utils._login.tokens import Pkce
from ansible_collections.tmi.tmi.plugins.module_utils._modules.token import manage_token
from ansible_collections.tmi.tmi.plugins.module_utils._options import Settings

CODE = "marker-code-77af"


class Issuer:
    """A server whose provider wants to see a person, and what that provider sends the person's browser back with."""

    def __init__(self, server: Any, answer: Any, jwt: Any) -> None:
        self.server, self.answer, self.jwt = server, answer, jwt
        self.accepted: set[str] = set()
        self.alive: set[str] = set()
        self.sends = {"code": CODE}
        self.providers = ["corp", "tmi"]
        server.routes.update(
            {
                "GET /oauth2/providers": lambda _seen: answer(data={"providers": [{"id": p} for p in self.providers]}),
                "GET /oauth2/authorize": self.authorize,
                "GET /idp": self.idp,
                "POST /oauth2/token": self.token,
                "POST /oauth2/refresh": self.refresh,
            }
        )
        server.otherwise = self.api

    def authorize(self, seen: Any) -> Any:
        query = {"state": seen.query["state"], "callback": seen.query["client_callback"]}
        return self.answer(302, headers={"Location": "%s/idp?%s" % (self.server.url, urlencode(query))})

    def idp(self, seen: Any) -> Any:
        query = {"state": seen.query["state"], **self.sends}
        return self.answer(302, headers={"Location": "%s?%s" % (seen.query["callback"], urlencode(query))})

    def issue(self) -> dict[str, Any]:
        number = len(self.accepted) + 1
        access, refresh = self.jwt(jti=number), "refresh-%d" % number
        self.accepted.add(access)
        self.alive.add(refresh)
        return {"access_token": access, "refresh_token": refresh, "expires_in": "3600", "token_type": "bearer"}

    def token(self, seen: Any) -> Any:
        challenge = next(s.query["code_challenge"] for s in reversed(self.server.seen) if s.path == "/oauth2/authorize")
        if seen.json["code"] != CODE or Pkce.of(seen.json["code_verifier"]).challenge != challenge:
            return self.answer(400, {"error": "invalid_grant", "error_description": "no %s" % seen.json["code"]})
        return self.answer(data=self.issue())

    def refresh(self, seen: Any) -> Any:
        if seen.json["refresh_token"] not in self.alive:
            return self.answer(400, {"error": "invalid_grant"})
        self.alive.discard(seen.json["refresh_token"])
        return self.answer(data=self.issue())

    def api(self, seen: Any) -> Any:
        if seen.token in self.accepted:
            return self.answer(data={"email": "alice@example.com"})
        return self.answer(401, {"error": "unauthorized"})

    def count(self, call: str) -> int:
        return self.server.calls().count(call)


class Browser:
    """Follows redirects and keeps the pages it saw, as (status, text)."""

    def __init__(self, also: Callable[[str], None] = lambda _callback: None) -> None:
        self.seen: list[tuple[int, str]] = []
        self.also = also
        self.loading = 0
        self.idle = threading.Condition()

    @property
    def pages(self) -> list[tuple[int, str]]:
        """The login may be over before the browser, which runs beside it, has read its last page."""
        with self.idle:
            assert self.idle.wait_for(lambda: not self.loading, timeout=10)
            return self.seen

    def visit(self, address: str) -> None:
        with self.idle:
            self.loading += 1
        try:
            with urllib.request.urlopen(address, timeout=5) as page:
                self.seen.append((page.status, page.read().decode()))
        except urllib.error.HTTPError as error:
            self.seen.append((error.code, error.read().decode()))
        finally:
            with self.idle:
                self.loading -= 1
                self.idle.notify_all()

    def open(self, address: str) -> bool:
        self.also(dict(parse_qsl(urlsplit(address).query))["callback"])
        self.visit(address)
        return True


@pytest.fixture
def issuer(server: Any, answer: Any, jwt: Any) -> Issuer:
    return Issuer(server, answer, jwt)


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    found = Browser()
    monkeypatch.setattr(login_browser, "find_browser", lambda: found)
    return found


@pytest.fixture
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login_browser, "find_browser", lambda: None)


def manage(url: str, check_mode: bool = False, **params: Any) -> dict[str, Any]:
    params = {"url": url, "state": "present", "login_timeout": 10, **params}
    settings = Settings.from_params(params)
    with Transport(settings, Auth(settings), read_only=check_mode) as transport:
        return manage_token(transport, params, check_mode)


def where_it_ends(begun: dict[str, Any]) -> str:
    """Return the address that a browser, opened at the address that was returned, ends at."""
    opener = urllib.request.build_opener(_Stop())
    try:
        opener.open(begun["authorization_url"], timeout=5)
    except urllib.error.HTTPError as error:
        return str(error.headers["Location"])
    raise AssertionError("no redirect")


class _Stop(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_details: Any) -> None:
        return None


# --- opened here ------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["open", "auto"])
def test_browser_is_opened_and_its_answer_caught(how: str, server: Any, issuer: Issuer, browser: Browser) -> None:
    result = manage(server.url, browser=how, login_provider="corp")
    assert result["changed"]
    assert result["user"]["email"] == "alice@example.com"
    assert result["refresh_token"] == "refresh-1"
    assert "authorization_url" not in result
    token = next(seen for seen in server.seen if seen.path == "/oauth2/token")
    assert token.query == {"idp": "corp"}
    callback = token.json["redirect_uri"]
    assert urlsplit(callback).hostname == "127.0.0.1"
    assert urlsplit(callback).path == "/oauth2/callback"
    [(status, text)] = browser.pages
    assert (status, "The answer has arrived" in text) == (200, True)
    assert CODE not in text
    # It listens no more.
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(callback, timeout=2)


def test_one_person_is_asked_once_for_all_tasks(server: Any, issuer: Issuer, browser: Browser, tmp_path: Path) -> None:
    options = {"login_provider": "corp", "token_cache": str(tmp_path / "cache")}
    assert manage(server.url, browser="open", **options)["changed"]
    assert not manage(server.url, browser="open", **options)["changed"]
    settings = Settings.from_params({"url": server.url, **options})
    Transport(settings, Auth(settings)).request("GET", "/threat_models")
    assert manage(server.url, browser="open", renew=True, **options)["changed"]
    assert len(browser.pages) == 1
    assert issuer.count("POST /oauth2/refresh") == 1
    # When nothing can be renewed, and only then, a person is asked again. Other tasks say what to do.
    issuer.accepted.clear()
    issuer.alive.clear()
    with pytest.raises(AuthenticationError, match="log in again"):
        manage(server.url, **options)
    assert manage(server.url, browser="open", **options)["changed"]
    assert len(browser.pages) == 2
    with pytest.raises(AuthenticationError, match=r"No way to log in: .*tmi_token"):
        manage(server.url, login_provider="other", token_cache=options["token_cache"])


def test_provider_may_be_left_out_where_there_is_one(server: Any, issuer: Issuer, browser: Browser) -> None:
    manage(server.url, browser="open")
    assert next(seen.query["idp"] for seen in server.seen if seen.path == "/oauth2/authorize") == "corp"
    issuer.providers = ["corp", "google", "tmi"]
    with pytest.raises(InputError, match=r"login_provider: is needed, the server offers several: corp, google$"):
        manage(server.url, browser="open")
    issuer.providers = []
    with pytest.raises(InputError, match="it has: none"):
        manage(server.url, browser="open")
    with pytest.raises(InputError, match="no provider nope"):
        manage(server.url, browser="open", login_provider="nope")


def test_provider_that_needs_no_person(server: Any, issuer: Issuer, browser: Browser, answer: Any) -> None:
    server.routes["GET /oauth2/authorize"] = lambda seen: answer(
        302,
        headers={"Location": "%s?code=%s&state=%s" % (seen.query["client_callback"], CODE, seen.query["state"])},
    )
    assert manage(server.url, browser="open")["changed"]
    assert browser.pages == []


def test_tokens_in_the_address(server: Any, issuer: Issuer, browser: Browser) -> None:
    """Real providers of API v0 send no code."""
    issuer.sends = issuer.issue()
    result = manage(server.url, browser="open")
    assert result["access_token"] == issuer.sends["access_token"]
    assert result["refresh_token"] == "refresh-1"
    assert issuer.count("POST /oauth2/token") == 0
    assert result["access_token"] not in str(browser.pages)


def test_answers_of_others_do_not_count(server: Any, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    def disturb(callback: str) -> None:
        for query in ("?code=evil&state=evil", "?code=evil", "", "?error=evil&state=evil"):
            browser.visit(callback + query)
        browser.visit(callback.replace("/oauth2/callback", "/favicon.ico"))

    browser = Browser(disturb)
    monkeypatch.setattr(login_browser, "find_browser", lambda: browser)
    assert manage(server.url, browser="open")["changed"]
    assert [status for status, _text in browser.pages] == [400, 400, 400, 400, 404, 200]
    assert "evil" not in str(browser.pages)


def test_refusal_of_the_provider(server: Any, issuer: Issuer, browser: Browser) -> None:
    issuer.sends = {"error": "access_denied", "error_description": "Not you"}
    with pytest.raises(AuthenticationError, match="login: the provider refused: Not you"):
        manage(server.url, browser="open")
    assert "The login has failed" in browser.pages[0][1]


def test_failure_without_a_state_ends_the_waiting(server: Any, issuer: Issuer, browser: Browser) -> None:
    issuer.sends = {"state": "", "error": "Failed to store"}
    with pytest.raises(AuthenticationError, match="refused: Failed to store"):
        manage(server.url, browser="open", login_timeout=30)


def test_code_that_is_refused_is_not_shown(server: Any, issuer: Issuer, browser: Browser) -> None:
    issuer.sends = {"code": "marker-other"}
    with pytest.raises(AuthenticationError, match="answered 400") as raised:
        manage(server.url, browser="open")
    assert "marker-other" not in "%s %r" % (raised.value, raised.value.details())


def test_waiting_is_bounded(server: Any, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Browser(lambda callback: Browser().visit(callback + "?code=x&state=x"))
    monkeypatch.setattr(browser, "visit", lambda _address: None)
    monkeypatch.setattr(login_browser, "find_browser", lambda: browser)
    began = time.monotonic()
    with pytest.raises(
        AuthenticationError, match=r"No answer came from the browser to http://127.0.0.1:.* within 1 s; one of another"
    ):
        manage(server.url, browser="open", login_timeout=1)
    assert 0.9 < time.monotonic() - began < 5


def test_browser_that_cannot_be_opened(server: Any, issuer: Issuer, browser: Browser) -> None:
    def fail(_address: str) -> bool:
        raise OSError

    for how in (lambda _address: False, fail):
        browser.open = how  # type: ignore[method-assign]
        with pytest.raises(AuthenticationError, match="could not be opened; browser=paste"):
            manage(server.url, browser="open", login_timeout=30)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"client_callback": "https://tmi.example.com/cb"}, "client_callback: must be like http://127.0.0.1:8765"),
        ({"client_callback": "http://127.0.0.1/cb"}, "client_callback: must be like"),
        ({"client_callback": "http://127.0.0.1:x/cb"}, "client_callback: must be an address like"),
        ({"client_callback": "http://u@127.0.0.1:8765/cb"}, "client_callback: must be an address like"),
        ({"client_callback": "cb"}, "client_callback: must be an address like"),
        ({"login_timeout": 0}, "login_timeout: must be a number of seconds from 1 to 600"),
        ({"login_timeout": 601}, "login_timeout: must be"),
        ({"token": "abc"}, "browser or callback_url cannot be combined with token"),
    ],
)
def test_options_are_checked_first(options: Any, words: str, server: Any, browser: Browser) -> None:
    with pytest.raises(InputError, match=words):
        manage(server.url, browser="open", **options)
    assert server.seen == []


def test_address_that_is_given(server: Any, issuer: Issuer, browser: Browser) -> None:
    with Loopback() as other:
        port = urlsplit(other.address).port
        with pytest.raises(InputError, match="client_callback: cannot listen on port %d" % port):
            manage(server.url, browser="open", client_callback="http://127.0.0.1:%d/cb" % port)
    address = "http://127.0.0.1:%d/some/where" % port
    assert manage(server.url, browser="open", client_callback=address)["changed"]
    assert next(seen.json["redirect_uri"] for seen in server.seen if seen.path == "/oauth2/token") == address


def test_address_that_the_server_does_not_allow(server: Any, issuer: Issuer, browser: Browser, answer: Any) -> None:
    words = "client_callback is not in the allowlist"
    server.routes["GET /oauth2/authorize"] = answer(400, {"error": "invalid_request", "error_description": words})
    with pytest.raises(
        AuthenticationError, match=r"allow http://127.0.0.1:\d+/oauth2/callback \(TMI_OAUTH_CLIENT_CALL"
    ):
        manage(server.url, browser="open")
    assert browser.pages == []


def test_connection_that_says_nothing_does_not_block(server: Any, issuer: Issuer, browser: Browser) -> None:
    """Browsers open connections ahead."""
    idle = []

    def connect_only(callback: str) -> None:
        idle.append(socket.create_connection(("127.0.0.1", urlsplit(callback).port or 0)))

    browser.also = connect_only
    assert manage(server.url, browser="open", login_timeout=5)["changed"]
    idle[0].close()


def test_which_browsers_count(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> Any:
        raise webbrowser.Error

    monkeypatch.delenv("BROWSER", raising=False)
    monkeypatch.setattr(webbrowser, "get", none)
    assert login_browser.find_browser() is None
    text = webbrowser.GenericBrowser("lynx")
    monkeypatch.setattr(webbrowser, "get", lambda: text)
    assert login_browser.find_browser() is None
    monkeypatch.setenv("BROWSER", "lynx")
    assert login_browser.find_browser() is text
    monkeypatch.delenv("BROWSER")
    window = webbrowser.BackgroundBrowser("firefox")
    monkeypatch.setattr(webbrowser, "get", lambda: window)
    assert login_browser.find_browser() is window


# --- opened elsewhere -------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_browser")
@pytest.mark.parametrize("how", ["paste", "auto"])
def test_address_is_brought_by_hand(how: str, server: Any, issuer: Issuer, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    options = {"token_cache": str(cache), "login_provider": "corp"}
    begun = manage(server.url, browser=how, **options)
    assert not begun["changed"]
    assert set(begun) == {"changed", "authorization_url", "diff"}
    assert stat.S_IMODE(cache.stat().st_mode) == 0o600
    address = where_it_ends(begun)
    assert address.startswith(CALLBACK)
    ended = manage(server.url, callback_url="\n %s \n%s" % (address[:50], address[50:]), **options)
    assert ended["changed"]
    assert ended["user"]["email"] == "alice@example.com"
    assert "verifier" not in cache.read_text()
    # The same task once more, and every other task, uses what it got.
    assert not manage(server.url, callback_url=address, **options)["changed"]
    assert not manage(server.url, **options)["changed"]
    assert issuer.count("POST /oauth2/token") == 1


@pytest.mark.usefixtures("no_browser")
def test_query_alone_is_enough(server: Any, issuer: Issuer, tmp_path: Path) -> None:
    options = {"token_cache": str(tmp_path / "cache"), "client_callback": "https://tmi.example.com/oauth2/callback"}
    address = where_it_ends(manage(server.url, browser="paste", **options))
    assert address.startswith("https://tmi.example.com/oauth2/callback?")
    assert manage(server.url, callback_url=urlsplit(address).query, **options)["changed"]


@pytest.mark.usefixtures("no_browser")
@pytest.mark.parametrize(
    ("address", "words"),
    [
        (CALLBACK, "holds no code: copy the whole address"),
        (CALLBACK + "?code=%s&state=other" % CODE, "state differs"),
        (CALLBACK + "?code=" + CODE, "state differs"),
        (CALLBACK + "#error=Failed+to+store", "the provider refused: Failed to store"),
        (CODE, "holds no code"),
    ],
)
def test_address_that_is_no_answer(address: str, words: str, server: Any, issuer: Issuer, tmp_path: Path) -> None:
    options = {"token_cache": str(tmp_path / "cache")}
    begun = manage(server.url, browser="paste", **options)
    with pytest.raises(AuthenticationError, match=words) as raised:
        manage(server.url, callback_url=address, **options)
    assert CODE not in "%s %r" % (raised.value, raised.value.details())
    # The login is still under way.
    assert manage(server.url, callback_url=where_it_ends(begun), **options)["changed"]


@pytest.mark.usefixtures("no_browser")
def test_login_under_way_is_forgotten(
    server: Any, issuer: Issuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    options = {"token_cache": str(cache)}
    address = where_it_ends(manage(server.url, browser="paste", **options))
    later = time.time() + 601
    with monkeypatch.context() as patch:
        patch.setattr(token_cache.time, "time", lambda: later)
        with pytest.raises(InputError, match=r"^callback_url: no login is under way") as raised:
            manage(server.url, callback_url=address, **options)
        assert CODE not in str(raised.value)
        manage(server.url, browser="paste", login_provider="corp", **options)
        assert len(json.loads(cache.read_text())["entries"]) == 1
    with pytest.raises(InputError, match="no login is under way"):
        manage(server.url, callback_url=address, login_provider="other", **options)


@pytest.mark.usefixtures("no_browser")
def test_only_the_login_begun_last_counts(server: Any, issuer: Issuer, tmp_path: Path) -> None:
    options = {"token_cache": str(tmp_path / "cache")}
    first, second = (where_it_ends(manage(server.url, browser="paste", **options)) for _i in range(2))
    with pytest.raises(AuthenticationError, match="state differs"):
        manage(server.url, callback_url=first, **options)
    assert manage(server.url, callback_url=second, **options)["changed"]


@pytest.mark.usefixtures("no_browser")
def test_pasting_needs_the_cache_and_opening_a_browser(server: Any, issuer: Issuer) -> None:
    with pytest.raises(InputError, match=r"^browser: needs token_cache"):
        manage(server.url, browser="auto")
    with pytest.raises(InputError, match=r"^callback_url: needs the token_cache"):
        manage(server.url, callback_url=CALLBACK)
    with pytest.raises(InputError, match=r"^browser: found no browser here"):
        manage(server.url, browser="open")
    assert server.seen == []


@pytest.mark.usefixtures("no_browser")
def test_pasting_without_a_person(server: Any, issuer: Issuer, answer: Any, tmp_path: Path) -> None:
    server.routes["GET /oauth2/authorize"] = lambda seen: answer(
        302, headers={"Location": "%s?code=%s&state=%s" % (CALLBACK, CODE, seen.query["state"])}
    )
    assert manage(server.url, browser="paste", token_cache=str(tmp_path / "cache"))["changed"]


@pytest.mark.usefixtures("no_browser")
def test_refresh_leaves_a_login_under_way(server: Any, issuer: Issuer, tmp_path: Path) -> None:
    options = {"token_cache": str(tmp_path / "cache")}
    manage(server.url, callback_url=where_it_ends(manage(server.url, browser="paste", **options)), **options)
    issuer.accepted.clear()
    alive, issuer.alive = issuer.alive, set()
    begun = manage(server.url, browser="paste", **options)
    issuer.alive = alive
    manage(server.url, **options)  # a refresh after all
    assert issuer.count("POST /oauth2/refresh") == 2
    assert manage(server.url, callback_url=where_it_ends(begun), **options)["changed"]


# --- the listener -----------------------------------------------------------------------------------


def test_listener_takes_the_first_answer_and_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with Loopback() as loopback:
        attempt = LoginAttempt.begin("corp", loopback.address)
        query = "?state=%s&code=" % attempt.state
        assert loopback.take("/oauth2/callback%s1" % query)[0] == 400  # nothing is expected yet
        loopback.expect(attempt)
        browser = Browser()
        threads = [threading.Thread(target=browser.visit, args=(loopback.address + query + str(i),)) for i in (1, 2)]
        for thread in threads:
            thread.start()
        given = loopback.wait(5)
        for thread in threads:
            thread.join()
    assert given is not None
    assert given["code"] in ("1", "2")
    assert [status for status, _text in browser.pages] == [200, 200]
    assert capfd.readouterr() == ("", "")


def test_page_takes_the_code_out_of_the_address_line() -> None:
    with Loopback() as loopback, _page(loopback.address) as page:
        text, headers = page.read().decode(), page.headers
    assert "history.replaceState" in text
    assert "location.hash" in text
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "Python" not in headers["Server"]


def _page(address: str) -> Any:
    try:
        return urllib.request.urlopen(address, timeout=5)
    except urllib.error.HTTPError as error:
        return error
