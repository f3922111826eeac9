# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls, answers, errors and routes of endpoints."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiohttp import web

    from ..app import Sandbox

Json = Any
NO_BODY: Any = object()
ROLES = {"reader": 1, "writer": 2, "owner": 3}


def dumps(value: Json) -> str:
    """Serialise compactly."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class User:
    """The user of a token. `account` is the service account that acts for the user, if any."""

    sub: str
    email: str
    name: str
    key: str = ""  # key of the user's record; "" if that is the e-mail
    account: str = ""

    def view(self) -> dict[str, str]:
        """Return the user object of WebSocket messages (V0-MESSAGES)."""
        return {"user_id": self.sub, "name": self.name, "email": self.email}


@dataclass(slots=True)
class Answer:
    """An HTTP answer. `body` is JSON unless `content_type` is set."""

    status: int = 200
    body: Json = NO_BODY
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    def payload(self) -> bytes:
        """Return the bytes of the body."""
        if self.body is NO_BODY:
            return b""
        return (dumps(self.body) if self.content_type == "application/json" else str(self.body)).encode()


class ApiError(Exception):
    """Ends a request with an error answer. Its changes are discarded, unless `keeps` is set."""

    keeps = False

    def __init__(self, status: int, body: Json, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.answer = Answer(status, body, headers or {})


def error(status: int, code: str, text: str) -> ApiError:
    """Return an error with the standard body, which always has `details` (V0-ERRORS)."""
    return ApiError(status, {"error": code, "error_description": text, "details": None})


def invalid(text: str, code: str = "invalid_input") -> ApiError:
    """Return a 400."""
    return error(400, code, text)


def unauthorized(text: str) -> ApiError:
    """Return a 401."""
    return error(401, "unauthorized", text)


def forbidden(text: str = "You don't have sufficient permissions to perform this action") -> ApiError:
    """Return a 403."""
    return error(403, "forbidden", text)


def not_found(text: str) -> ApiError:
    """Return a 404."""
    return error(404, "not_found", text)


@dataclass(slots=True)
class Call:
    """One request, passed through the checks to its endpoint.

    `query` has the first value of each parameter, `pairs` all values. `body` is the received body, `input` the checked
    one.
    """

    sandbox: Sandbox
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    raw: bytes = b""
    params: dict[str, str] = field(default_factory=dict)
    body: Json = None
    input: Json = None
    role: str = ""
    after: list[Callable[[], None]] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)
    _user: User | None = None

    @property
    def user(self) -> User:
        """Return the authenticated user. Public routes have none."""
        if self._user is None:
            raise unauthorized("missing Authorization header")
        return self._user

    def authenticate(self) -> None:
        """Require a valid bearer token: the exact word and one space (V0-BEARER)."""
        header = self.headers.get("Authorization")
        if header is None:
            raise unauthorized("missing Authorization header")
        if not header.startswith("Bearer ") or " " in header[7:]:
            raise unauthorized("invalid Authorization header format")
        self._user = self.sandbox.tokens.verify(header[7:])

    def act_as(self, user: User) -> None:
        """Set a user that was authenticated in another way, as in WebSocket handshakes."""
        self._user = user

    def base_url(self) -> str:
        """Return the address that the client used for this server."""
        return "http://" + self.headers.get("Host", "127.0.0.1")

    def media_type(self) -> str:
        """Return the content type without its parameters."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    def number(self, name: str, default: int, least: int) -> int:
        """Return a number of the query. An invalid number means the default, not an error (V0-LISTS)."""
        try:
            value = int(self.query.get(name, default))
        except ValueError:
            return default
        return value if least <= value < 2**62 else default

    def page(self) -> tuple[int, int]:
        """Return limit and offset (V0-LISTS)."""
        return self.number("limit", 20, 1), self.number("offset", 0, 0)


Handler = Callable[[Call], Answer]
Wrapper = Callable[[Call, Handler], Answer]
Quirk = Mapping[tuple[str, str], Wrapper]  # wrappers of handlers, by method and path of their operations
Check = Callable[[Call], Json]
SocketHandler = Callable[[Call, "web.BaseRequest"], Awaitable["web.StreamResponse"]]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation, with the checks before its handler, in the order of V0-CHECKS.

    `check` validates body and query without access to data. `role` is the required role on the threat model of the
    path. `then` has the checks that a server makes only if the caller has this role. It returns the input as `check`
    does. A GET operation with `writes` gets a transaction like operations of other methods. `also` are media types of
    its answer besides JSON. `kinds` are the media types of its body; without them any type is accepted. An operation
    with a `socket` is a WebSocket handshake and makes its own checks.
    """

    method: str
    path: str
    handler: Handler
    check: Check | None = None
    role: str = ""
    then: Check | None = None
    public: bool = False
    writes: bool = False
    socket: SocketHandler | None = None
    also: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


class Router:
    """Finds the operations of a path in a tree of segments. Literal segments take precedence over parameters.

    With `empty_parts` a parameter may be empty, except at the end of a path.
    """

    def __init__(self, routes: list[Route], empty_parts: bool = False) -> None:
        self._root, self._empty_parts = _Node(), empty_parts
        for route in routes:
            node = self._root
            for part in _parts(route.path):
                if part.startswith("{"):
                    node.param = node.param or _Node()
                    node.name, node = part[1:-1], node.param
                else:
                    node = node.literals.setdefault(part, _Node())
            node.methods[route.method] = route

    def find(self, parts: list[str]) -> tuple[dict[str, Route], dict[str, str]]:
        """Return the operations of a path by method (empty for an unknown path), and its parameters."""
        node, params = self._root, {}
        for place, part in enumerate(parts):
            found = node.literals.get(part)
            if found is None:
                empty = not part and not (self._empty_parts and place < len(parts) - 1)
                if node.param is None or empty:
                    return {}, {}
                params[node.name], found = part, node.param
            node = found
        return node.methods, params


class _Node:
    __slots__ = ("literals", "methods", "name", "param")

    def __init__(self) -> None:
        self.literals: dict[str, _Node] = {}
        self.param: _Node | None = None
        self.name = ""
        self.methods: dict[str, Route] = {}


def _parts(path: str) -> list[str]:
    return path.split("/")[1:]
