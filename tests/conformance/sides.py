# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One of the two servers that are compared: who is logged in, and which identifiers stand for the objects."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import requests
from schema_values import Ref

Json = Any
CALLBACK = "http://127.0.0.1:9999/cb"
#: The provider that lets a user in by a hint, by generation of the API.
PROVIDERS = {"v0": "test", "v1": "tmi"}
FORM = "application/x-www-form-urlencoded"
PATIENCE = 60
LOGINS = 4


@dataclass(frozen=True)
class Request:
    """A request that both servers get; identifiers in it are :class:`Ref`.

    :ivar path: the path of the description, with its parameters in braces
    :ivar user: who asks; "" for nobody
    :ivar raw: a body that is no JSON, instead of ``body``
    """

    method: str
    path: str
    user: str
    params: dict[str, Json] = field(default_factory=dict)
    query: tuple[tuple[str, Json], ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    body: Json = None
    has_body: bool = False
    raw: bytes | None = None

    @property
    def operation(self) -> str:
        """Return method and path as the description has them."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Answer:
    """What a server answered; ``body`` is JSON where it is some, else text, and None where there is none."""

    status: int
    headers: Mapping[str, str]  # whose names may be written in any case
    body: Json


class Side:
    """One server.

    :param run: text that both sides share and no earlier run had; identifiers that clients choose come from it
    """

    def __init__(self, url: str, api: str, run: str) -> None:
        self.url = url.rstrip("/")
        self._provider, self._run = PROVIDERS[api], run
        self._tokens: dict[str, str] = {}
        self.ids: dict[str, list[str]] = {}
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # a login must not be anybody else's

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def log_in(self, user: str) -> None:
        """Have a token of a user, by authorization code with PKCE; a server gives one code per user and second."""
        for attempt in range(LOGINS):
            verifier = secrets.token_urlsafe(48)
            challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
            query = {"idp": self._provider, "scope": "openid", "client_callback": CALLBACK, "state": "s"}
            query |= {"login_hint": user, "code_challenge": challenge, "code_challenge_method": "S256"}
            begun = self._http.get(
                f"{self.url}/oauth2/authorize", params=query, allow_redirects=False, timeout=PATIENCE
            )
            code = parse_qs(urlsplit(begun.headers.get("Location", "")).query).get("code", [""])[0]
            body = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
            body["redirect_uri"] = CALLBACK
            where = f"{self.url}/oauth2/token?idp={self._provider}"
            answer = self._http.post(where, json=body, timeout=PATIENCE)
            if answer.status_code == 200:
                self._tokens[user] = answer.json()["access_token"]
                return
            time.sleep(1.1 * (attempt + 1))
        raise SystemExit(f"{self.url}: {user} cannot log in: {answer.status_code} {answer.text[:200]}")

    def rendered(self, value: Json) -> Json:
        """Return a value with identifiers of this server."""
        if isinstance(value, Ref):
            known = self.ids.get(value.kind, [])
            if value.number < len(known):
                return known[value.number]
            return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self._run} {value.kind} {value.number}"))
        if isinstance(value, dict):
            return {name: self.rendered(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.rendered(one) for one in value]
        return value

    def address(self, request: Request) -> str:
        """Return the path of a request on this server, with its query."""
        path = request.path
        for name, value in request.params.items():
            path = path.replace(f"{{{name}}}", quote(str(self.rendered(value)), safe=""))
        pairs = [(name, str(self.rendered(value))) for name, value in request.query]
        return path + (
            "?" + "&".join(f"{quote(name)}={quote(value, safe='')}" for name, value in pairs) if pairs else ""
        )

    def _written(self, request: Request) -> bytes:
        body = self.rendered(request.body)
        if request.headers.get("Content-Type") == FORM and isinstance(body, dict):
            return urlencode({name: str(value) for name, value in body.items()}).encode()
        return json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")

    def send(self, request: Request) -> Answer:
        """Return the answer to a request."""
        headers = dict(request.headers)
        if request.user:
            headers["Authorization"] = f"Bearer {self._tokens[request.user]}"
        data = request.raw
        if data is None and request.has_body:
            data = self._written(request)
        try:
            answer = self._http.request(
                request.method,
                self.url + self.address(request),
                headers=headers,
                data=data,
                allow_redirects=False,
                timeout=PATIENCE,
            )
        except requests.RequestException as problem:
            return Answer(0, {}, f"no answer: {type(problem).__name__}")
        text = answer.content.decode("utf-8", "replace")
        try:
            body = json.loads(text) if text.strip() else None
        except ValueError:
            body = text
        return Answer(answer.status_code, answer.headers, body)
