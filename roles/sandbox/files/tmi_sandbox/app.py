# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server itself: passes HTTP requests through the checks to the endpoints of a profile."""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from aiohttp import web

from . import profiles
from .clock import Clock
from .controls import Controls
from .hub import Hub
from .login.tokens import Tokens
from .store import Store
from .validation import Problem
from .web.door import CONTROLS, Door, is_below
from .web.rest import Answer, ApiError, Call, Route, Router

LOG = logging.getLogger("tmi_sandbox")
LARGEST_BODY = 64 * 1024 * 1024
LARGEST_ANONYMOUS_BODY = 64 * 1024


@dataclass(slots=True)
class Settings:
    """Settings of a running server."""

    api: str = "v0"
    data: str = ":memory:"
    test_controls: bool = False
    quirks: frozenset[str] = field(default_factory=frozenset)
    host: str = ""
    allowed_hosts: tuple[str, ...] = ()
    document_hosts: tuple[str, ...] = ()
    webhook_hosts: tuple[str, ...] = ()


class Sandbox:
    """One running server: its store, tokens and sessions, and the profile of its API generation."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.profile = profiles.load(settings.api)
        routes = self.profile.with_quirks(settings.quirks)
        self.clock = Clock()
        self.store = Store(settings.data, settings.api)
        self.tokens = Tokens(self.store, self.clock, self.profile.refresh_seconds)
        self.hub = Hub(self.clock, self.profile.sessions)
        self.worker = self.profile.worker(self) if self.profile.worker is not None else None
        self.controls = Controls(self) if settings.test_controls else None
        self._door = Door(settings.host, settings.allowed_hosts)
        self._router = Router(routes, self.profile.empty_parts)
        if self.profile.prepare is not None:
            with self.store.transaction():
                self.profile.prepare(self.store)

    def serves(self, method: str, path: str) -> bool:
        """Return whether a path has an operation."""
        return method in self.methods(path)

    def methods(self, path: str) -> dict[str, Route]:
        """Return the operations of a path by method."""
        return self._router.find([unquote(part) for part in path.split("/")[1:]])[0]

    def quirk(self, name: str) -> bool:
        """Return whether a bug of the real servers is switched on."""
        return name in self.settings.quirks

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request. Test controls may make the answer wrong."""
        path, _mark, query = request.raw_path.partition("?")
        turned_away = self._door.refusal(request, unquote(path))
        if turned_away is not None:
            return _closing(web.Response(status=turned_away[0], text=turned_away[1] + "\n"))
        pairs = parse_qsl(query, keep_blank_values=True) if query else []
        call = Call(self, request.method, path, dict(reversed(pairs)), request.headers, pairs=pairs)
        if request.body_exists and not await _read(request, call, self._most_bytes(call)):
            return _closing(_response(self._refusal_of_size(call).answer, path))
        if self.controls is None:
            return await self._serve(call, request)
        if path.startswith("/_test/"):
            return _response(self._answered(self.controls.answer, call), path)
        self.controls.count(call.method, path)
        fault = self.controls.fault_for(call.method, path)
        with self.controls.handling(request):
            if fault is None:
                return await self._counted(call, request)
            fault.curtail(call)
            early = await fault.before(request)
            return await fault.after(request, await self._counted(call, request)) if early is None else early

    async def _counted(self, call: Call, request: web.BaseRequest) -> web.StreamResponse:
        response = await self._serve(call, request)
        if self.controls is not None and response.status < 400:
            self.controls.count_done(call.method, call.path)
        return response

    async def _serve(self, call: Call, request: web.BaseRequest) -> web.StreamResponse:
        """Find the operation of a request and run it."""
        methods, call.params = self._router.find([unquote(part) for part in call.path.split("/")[1:]])
        route = methods.get(call.method)
        if route is not None and route.socket is not None:
            try:
                return await route.socket(call, request)
            except ApiError as problem:
                return _response(problem.answer, call.path)
        response = _response(self._answered(lambda call: self.profile.respond(call, methods, route), call), call.path)
        for action in call.after:
            action()
        return response

    def _answered(self, handler: profiles.Handler, call: Call) -> Answer:
        """Return the answer of a handler, even if the handler raises."""
        try:
            return handler(call)
        except ApiError as problem:
            call.after.clear()
            return problem.answer
        except Problem as problem:
            call.after.clear()
            return self.profile.refuse(400, problem.code, str(problem)).answer
        except sqlite3.OperationalError as problem:  # a full or broken disk
            LOG.error("%s %s: %s", call.method, call.path, problem)
            call.after.clear()
            return self.profile.refuse(503, "service_unavailable", f"the data cannot be kept: {problem}").answer
        except Exception:
            LOG.exception("%s %s failed", call.method, call.path)
            call.after.clear()
            return self.profile.refuse(500, "server_error", "Internal server error").answer

    def _most_bytes(self, call: Call) -> int:
        """Return the maximum size of a body. It is small for clients without a login."""
        return LARGEST_BODY if self._has_logged_in(call) else LARGEST_ANONYMOUS_BODY

    def _has_logged_in(self, call: Call) -> bool:
        word, _blank, token = call.headers.get("Authorization", "").partition(" ")
        try:
            return word == "Bearer" and self.tokens.verify(token) is not None
        except ApiError:
            return False

    def _refusal_of_size(self, call: Call) -> ApiError:
        if self._has_logged_in(call):
            return self.profile.refuse(413, "request_too_large", f"the body is larger than {LARGEST_BODY >> 20} MiB")
        reason = f"without a login a body may have {LARGEST_ANONYMOUS_BODY >> 10} KiB"
        public = is_below(call.path, "/oauth2") or is_below(call.path, CONTROLS)
        status, code = (413, "request_too_large") if public else (401, "unauthorized")
        return self.profile.refuse(status, code, reason)

    def close(self) -> None:
        """Release the data file."""
        self.store.close()


async def _read(request: web.BaseRequest, call: Call, most: int) -> bool:
    """Read the body into the call. Stop and return False as soon as it is known to be too large."""
    if request.content_length is not None and request.content_length > most:
        return False
    body = bytearray()
    async for part in request.content.iter_any():
        body += part
        if len(body) > most:
            return False
    call.raw = bytes(body)
    return True


def _closing(response: web.Response) -> web.Response:
    """Return the response as the last one of its connection, because an unread body may follow."""
    response.force_close()
    return response


def _response(answer: Answer, path: str) -> web.Response:
    # As on real servers, pages may use the API with an existing token. They do not get a token here.
    headers = {} if is_below(path, "/oauth2") or is_below(path, CONTROLS) else {"Access-Control-Allow-Origin": "*"}
    headers.update(answer.headers)
    body = answer.payload()
    if body:
        headers["Content-Type"] = answer.content_type
    return web.Response(status=answer.status, headers=headers, body=body)
