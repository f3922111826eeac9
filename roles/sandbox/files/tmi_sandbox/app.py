# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server proper: takes HTTP requests through the checks of the contract to the endpoints of a profile."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from aiohttp import web

from . import profiles
from .clock import Clock
from .controls import Controls
from .hub import Hub
from .rest import Answer, ApiError, Call, Router
from .store import Store
from .tokens import Tokens
from .validation import Problem

LOG = logging.getLogger("tmi_sandbox")


@dataclass(slots=True)
class Settings:
    """What the server was started with."""

    api: str = "v0"
    data: str = ":memory:"
    test_controls: bool = False
    quirks: frozenset[str] = field(default_factory=frozenset)


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
        self.controls = Controls(self) if settings.test_controls else None
        self._router = Router(routes)
        if self.profile.prepare is not None:
            with self.store.transaction():
                self.profile.prepare(self)

    def quirk(self, name: str) -> bool:
        """Return whether a bug of the real servers is switched on."""
        return name in self.settings.quirks

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request, with test controls possibly wrongly."""
        path, _mark, query = request.raw_path.partition("?")
        pairs = parse_qsl(query, keep_blank_values=True) if query else []
        call = Call(self, request.method, path, dict(reversed(pairs)), request.headers, pairs=pairs)
        if request.body_exists:
            call.raw = await request.read()
        if self.controls is None:
            return await self._serve(call, request)
        if path.startswith("/_test/"):
            return _response(self._answered(self.controls.answer, call))
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
                return _response(problem.answer)
        response = _response(self._answered(lambda call: self.profile.respond(call, methods, route), call))
        for action in call.after:
            action()
        return response

    def _answered(self, handler: profiles.Handler, call: Call) -> Answer:
        """Return the answer of a handler, also of one that raises."""
        try:
            return handler(call)
        except ApiError as problem:
            call.after.clear()
            return problem.answer
        except Problem as problem:
            call.after.clear()
            return self.profile.refuse(400, problem.code, str(problem)).answer
        except Exception:
            LOG.exception("%s %s failed", call.method, call.path)
            call.after.clear()
            return self.profile.refuse(500, "server_error", "Internal server error").answer

    def close(self) -> None:
        """Release the data file."""
        self.store.close()


def _response(answer: Answer) -> web.Response:
    headers = {"Access-Control-Allow-Origin": "*", **answer.headers}
    body = answer.payload()
    if body:
        headers["Content-Type"] = answer.content_type
    return web.Response(status=answer.status, headers=headers, body=body)
