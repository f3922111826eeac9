# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The embedded server in a process of its own, and its test controls."""

from __future__ import annotations

import base64
import hashlib
import secrets
from urllib.parse import parse_qs, urlsplit

import requests

from ansible_collections.tmi.tmi.tests.harness.held import PATIENCE, Json, Reader
from ansible_collections.tmi.tmi.tests.harness.process import Process

CALLBACK = "http://127.0.0.1:9/callback"
#: A name of the server that only a proxy can find.
HOST = "tmi.test"
PROVIDERS = {"v0": "test", "v1": "tmi"}


#: Addresses of the servers of this process that run.
_RUNNING: set[str] = set()


def rest(url: str) -> None:
    """Wait until the embedded server of an address has done all that it was asked; of ``HOST``, all that run."""
    for address in _RUNNING if urlsplit(url).hostname == HOST else (url,):
        _rest(address)


def _rest(url: str) -> None:
    with requests.Session() as http:
        http.trust_env = False
        quiet = 0
        while quiet < 2:  # twice: what was sent just before may not have been read the first time
            answer = http.get(url + "/_test/stats", timeout=PATIENCE)
            if answer.status_code != 200:
                return  # a live server does not say
            quiet = 0 if answer.json()["busy"] else quiet + 1


class Server(Reader):
    """One embedded server with test controls; :meth:`close` ends it. ``options`` are those of its command line."""

    def __init__(self, api: str, *options: str) -> None:
        self._process = Process(api, "--test-controls", "--allow-host", HOST, *options)
        super().__init__(self._process.url, api)
        _RUNNING.add(self.url)
        for person in ("bob", "carol", "alice"):  # who is named in an authorization must have been there once
            self.tokens = self.log_in(person)

    def close(self) -> None:
        """End the process."""
        _RUNNING.discard(self.url)
        super().close()
        self._process.close()

    def kill(self) -> None:
        """End the process without warning (SIGKILL)."""
        self._process.popen.kill()
        self.close()

    def renew(self) -> None:
        """Log alice in again."""
        self.tokens = self.log_in("alice")

    def log_in(self, person: str) -> Json:
        """Return the tokens of a person."""
        verifier = secrets.token_urlsafe(32)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        provider = PROVIDERS[self.api]
        query = {"idp": provider, "scope": "openid", "client_callback": CALLBACK, "state": "s", "login_hint": person}
        query.update(code_challenge=challenge, code_challenge_method="S256")
        answer = self._http.get(self.url + "/oauth2/authorize", params=query, allow_redirects=False, timeout=PATIENCE)
        code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
        body = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": CALLBACK}
        answer = self._http.post(f"{self.url}/oauth2/token?idp={provider}", json=body, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        return answer.json()

    # ------------------------------------------------------------------------------------------- controls
    def control(self, name: str, body: Json = None, method: str = "POST") -> Json:
        """Use a test control."""
        answer = self._http.request(method, f"{self.url}/_test/{name}", json=body, timeout=PATIENCE)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def clear(self) -> None:
        """Remove all models, faults and counts."""
        self.rest()
        self.control("reset", {"counters": True, "data": True, "faults": True})

    def rest(self) -> None:
        """Wait until the server has done all that it was asked, also by those who wait no longer."""
        rest(self.url)

    def counted(self) -> Json:
        """Return what has arrived since the last reset of the counters."""
        return self.control("stats", method="GET")

    def arm(self, *faults: Json) -> None:
        """Arm faults, and nothing but these; counters begin anew."""
        self.control("reset", {"counters": True, "faults": True})
        self.control("faults", list(faults))

    def disarm(self) -> list[Json]:
        """Disarm all faults and count anew; return what had been armed, with ``seen``."""
        armed: list[Json] = self.control("faults", method="GET")
        self.control("reset", {"counters": True, "faults": True})
        return armed
