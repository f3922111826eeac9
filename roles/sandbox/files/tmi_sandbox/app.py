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
from .rest import ROLES, Answer, ApiError, Call, Route, Router, error, forbidden, invalid, not_found
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
        self.tokens = Tokens(self.store, self.clock)
        self.hub = Hub(self.clock)
        self.controls = Controls(self) if settings.test_controls else None
        self._router = Router(routes)

    def quirk(self, name: str) -> bool:
        """Return whether a bug of the real servers is switched on."""
        return name in self.settings.quirks

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request, with test controls possibly wrongly."""
        path, _mark, query = request.raw_path.partition("?")
        given = dict(reversed(parse_qsl(query, keep_blank_values=True))) if query else {}
        call = Call(self, request.method, path, given, request.headers)
        if request.body_exists:
            call.raw = await request.read()
        if self.controls is None:
            return await self._serve(call, request)
        if path.startswith("/_test/"):
            return _response(self._answered(self.controls.answer, call))
        self.controls.count(call.method, path)
        fault = self.controls.fault_for(call.method, path)
        if fault is None:
            return await self._serve(call, request)
        early = await fault.before(request)
        return await fault.after(request, await self._serve(call, request)) if early is None else early

    async def _serve(self, call: Call, request: web.BaseRequest) -> web.StreamResponse:
        """Find the operation of a request and run it."""
        methods, call.params = self._router.find([unquote(part) for part in call.path.split("/")[1:]])
        route = methods.get(call.method)
        if route is not None and route.socket is not None:
            try:
                return await route.socket(call, request)
            except ApiError as problem:
                return _response(problem.answer)
        response = _response(self._answered(lambda call: self._respond(call, methods, route), call))
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
            return invalid(str(problem)).answer
        except Exception:
            LOG.exception("%s %s failed", call.method, call.path)
            call.after.clear()
            return error(500, "server_error", "Internal server error").answer

    def _respond(self, call: Call, methods: dict[str, Route], route: Route | None) -> Answer:
        """Run the checks in the order of contract section 1, then the endpoint."""
        if call.method == "OPTIONS":
            return Answer(204)
        if not any(one.public for one in methods.values()):
            call.authenticate()
        if not methods:
            raise not_found(
                f"The endpoint '{call.method} {call.path}' is not defined in the API specification. "
                "Check the request method and path (including trailing slashes)."
            )
        if route is None:
            raise invalid("method not allowed")
        if route.check is not None:
            call.input = route.check(call)
        if route.role:
            self.require_role(call, route.role)
        if call.method == "GET":
            return route.handler(call)
        with self.store.transaction():
            return route.handler(call)

    def require_role(self, call: Call, needed: str) -> None:
        """Require that the threat model exists (404) and the user has a role on it (403)."""
        role = self.store.role(call.params["threat_model_id"], call.user.email)
        if role is None:
            raise not_found("Threat model not found")
        if ROLES.get(role, 0) < ROLES[needed]:
            raise forbidden()
        call.role = role

    def close(self) -> None:
        """Release the data file."""
        self.store.close()


def _response(answer: Answer) -> web.Response:
    headers = {"Access-Control-Allow-Origin": "*", **answer.headers}
    body = answer.payload()
    if body:
        headers["Content-Type"] = answer.content_type
    return web.Response(status=answer.status, headers=headers, body=body)
