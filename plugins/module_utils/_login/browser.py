# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Login in a browser: either opened here, with the answer received on the loopback interface, or opened elsewhere by
the user, who copies the last address of the browser.
"""

from __future__ import annotations

import os
import threading
import webbrowser
from typing import Any, Callable, Iterable, Mapping, NamedTuple, Optional
from urllib.parse import urlsplit

from .._errors import AuthenticationError, InputError
from .._http.addresses import parts_of
from .._http.transport import Transport
from .code import CALLBACK, HINT_PROVIDERS, LoginAttempt, answer_in, authorize, pick, providers_of, tokens_for
from .loopback import Loopback
from .tokens import Tokens

LONGEST = 600
"""Seconds after which the server forgets a pending login."""

_NO_CODE = "the address holds no code: copy the whole address that the browser ended at"


class PendingLogin(NamedTuple):
    """A login that waits for a person: the address for the browser, and the data to check its answer."""

    url: str
    attempt: LoginAttempt


class BrowserLogin:
    """A login at a provider that needs a person. ``browser`` is ``auto``, ``open`` or ``paste``."""

    def __init__(self, provider: str, browser: str, client_callback: str = "", timeout: int = 300) -> None:
        if not 1 <= timeout <= LONGEST:
            raise InputError("must be a number of seconds from 1 to %d" % LONGEST, "login_timeout")
        self._provider = provider
        self._timeout = timeout
        self._callback = client_callback
        self._opener = None if browser == "paste" else find_browser()
        if browser == "open" and self._opener is None:
            raise InputError("found no browser here; paste needs none", "browser")
        _check_callback(client_callback, loopback=self._opener is not None)

    @classmethod
    def of(cls, params: Mapping[str, Any], provider: str) -> Optional[BrowserLogin]:
        """Return the login that the options of ``tmi_token`` describe; None if they describe none."""
        if not params.get("browser"):
            return None
        return cls(
            provider, params["browser"], (params.get("client_callback") or "").strip(), params.get("login_timeout", 300)
        )

    @property
    def opens(self) -> bool:
        """Whether a browser is opened here; if not, the user must open the address."""
        return self._opener is not None

    def log_in(self, transport: Transport, now: Callable[[], float]) -> Tokens:
        """Open the browser and wait for its answer. Raises ``AuthenticationError`` if none comes."""
        provider = self._find_provider(transport)
        with Loopback(self._callback) as loopback:
            attempt = LoginAttempt.begin(provider["id"], loopback.address)
            target = authorize(transport, provider, attempt)
            given = answer_in(target) if attempt.is_over(target) else self._ask(loopback, attempt, target)
            return tokens_for(transport, attempt, given, now, "no code came")

    def begin(self, transport: Transport) -> PendingLogin:
        """Ask the server for the address for the browser; ``finish`` needs the result."""
        provider = self._find_provider(transport)
        attempt = LoginAttempt.begin(provider["id"], self._callback or CALLBACK)
        return PendingLogin(authorize(transport, provider, attempt), attempt)

    def _find_provider(self, transport: Transport) -> dict[str, Any]:
        known = providers_of(transport)
        if self._provider:
            return pick(known, [self._provider])
        names = for_people(known)
        if len(names) > 1:
            raise InputError("is needed, the server offers several: %s" % ", ".join(names), "login_provider")
        return pick(known, names or HINT_PROVIDERS)

    def _ask(self, loopback: Loopback, attempt: LoginAttempt, target: str) -> dict[str, str]:
        if parts_of(target).scheme not in ("http", "https"):
            raise AuthenticationError(
                "the server sends the browser to an address without http or https", "GET", "/oauth2/authorize"
            )
        loopback.expect(attempt)
        threading.Thread(target=self._open, args=(target, loopback), daemon=True).start()
        given = loopback.wait(self._timeout)
        if given is None:
            raise AuthenticationError(
                "No answer came from the browser to %s within %d s%s. Is the browser on this machine, and did the "
                "login in it succeed? browser=paste needs no browser here"
                % (loopback.address, self._timeout, "; one of another login did" if loopback.saw_other_login else ""),
                what="login",
            )
        if not given:
            raise AuthenticationError("The browser could not be opened; browser=paste needs none here", what="login")
        return given

    def _open(self, target: str, loopback: Loopback) -> None:
        """Open the browser, in a thread: some browsers block their caller until they are closed."""
        try:
            opened = self._opener is not None and self._opener.open(target)
        except (OSError, webbrowser.Error):
            opened = False
        if not opened:
            loopback.give_up()


def for_people(known: Iterable[str]) -> list[str]:
    """Return the ids of the providers at which a person can log in: providers for developers only without others."""
    return sorted(set(known) - set(HINT_PROVIDERS)) or sorted(known)


def finish(transport: Transport, attempt: LoginAttempt, callback_url: str, now: Callable[[], float]) -> Tokens:
    """Return the tokens for the last address of the user's browser, which may have line breaks of a terminal in it."""
    address = "".join(callback_url.split())
    given = answer_in(address if "?" in address or "#" in address else "?" + address)
    return tokens_for(transport, attempt, given, now, _NO_CODE)


def find_browser() -> Optional[webbrowser.BaseBrowser]:
    """Return a browser with its own window; a browser in the terminal would use the terminal of Ansible."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return None
    own_window = not isinstance(browser, webbrowser.GenericBrowser) or isinstance(browser, webbrowser.BackgroundBrowser)
    wanted = bool(os.environ.get("BROWSER", "").strip())
    return browser if own_window or wanted else None


def _check_callback(address: str, loopback: bool) -> None:
    if not address:
        return
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not host or parts.scheme not in ("http", "https") or "#" in address or "@" in parts.netloc:
        raise InputError("must be an address like http://127.0.0.1:8765/oauth2/callback", "client_callback")
    if loopback and (parts.scheme != "http" or host not in ("127.0.0.1", "localhost") or not port or parts.query):
        raise InputError(
            "must be like http://127.0.0.1:8765/oauth2/callback, for the answer is caught on this machine; "
            "browser=paste takes any address that the server allows",
            "client_callback",
        )
