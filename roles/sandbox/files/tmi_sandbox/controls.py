# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test controls under `/_test/`: counters, faults, expiry. They exist only with `--test-controls`."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from . import validation as v
from .web.rest import NO_BODY, Answer, Call, dumps, invalid, not_found

if TYPE_CHECKING:
    from .app import Sandbox

Json = Any
READING = ("GET", "HEAD", "OPTIONS")
LOOK_SECONDS = 0.005
VARIABLE = re.compile(r"(?<=/)[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|(?<=/metadata/)(?!bulk$)[^/]+")
FRAME_KINDS = ("cut", "cut_after")  # these affect frames of WebSockets, all others affect requests
KINDS = (
    "status",
    "status_after",
    "half",
    "delay",
    "reset_before",
    "reset_after",
    "truncate",
    "html",
    "late_commit",
    "expire_tokens",
    *FRAME_KINDS,
)
FAULT = v.Schema(
    {
        "kind": v.Member(v.choice(*KINDS), required=True),
        "method": v.Member(v.text(10)),
        "path": v.Member(v.text(1000)),
        "nth": v.Member(v.integer(1, 10**9)),
        "times": v.Member(v.integer(1, 10**9), nullable=True),
        "status": v.Member(v.integer(200, 599)),
        "headers": v.Member(v.any_object),
        "body": v.Member(v.anything, nullable=True),
        "seconds": v.Member(v.number(0, 3600), nullable=True),
    },
    refuse_unknown=True,
)


@dataclass(slots=True)
class Fault:
    """A fault of the `nth` matching request since arming, and of the next `times - 1` ones.

    For the kinds of `FRAME_KINDS` a frame of a WebSocket counts as a request with the path of its handshake and the
    method `IN` or `OUT`.
    """

    kind: str
    method: str = ""
    path: str = ""
    nth: int = 1
    times: int | None = 1
    status: int = 503
    headers: dict[str, str] = field(default_factory=dict)
    body: Json = NO_BODY
    seconds: float | None = 1.0
    seen: int = 0

    def hits(self, method: str, path: str) -> bool:
        """Count a matching request and return whether the fault affects it."""
        if (self.method and self.method != method) or not re.search(self.path, path):
            return False
        self.seen += 1
        return self.seen >= self.nth and (self.times is None or self.seen < self.nth + self.times)

    def curtail(self, call: Call) -> None:
        """Keep only the first half of a list in the request."""
        if self.kind == "half":
            body = v.optional_json_body(call)
            if isinstance(body, list):
                call.raw = dumps(body[: len(body) // 2]).encode()

    async def before(self, request: web.BaseRequest) -> web.StreamResponse | None:
        """Act before the server. If this returns a response, the server does not act."""
        if self.kind == "delay":
            await _wait(request, self.seconds)
        elif self.kind == "status":
            return self._answer()
        elif self.kind == "html":
            return web.Response(
                text="<!DOCTYPE html><html><body>Sign in to continue</body></html>", content_type="text/html"
            )
        elif self.kind == "reset_before":
            _drop(request)
            return web.Response()
        return None

    async def after(self, request: web.BaseRequest, response: web.StreamResponse) -> web.StreamResponse:
        """Act after the server has acted and committed."""
        if self.kind == "late_commit":
            await _wait(request, self.seconds)
        elif self.kind == "reset_after":
            _drop(request)
        elif self.kind in ("status_after", "half"):
            return self._answer()
        elif self.kind == "truncate" and isinstance(response, web.Response):
            return await _truncate(request, response)
        return response

    def _answer(self) -> web.Response:
        content = b"" if self.body is NO_BODY else dumps(self.body).encode()
        kind = {"Content-Type": "application/json"} if content else {}
        return web.Response(status=self.status, headers={**kind, **self.headers}, body=content)

    def view(self) -> dict[str, Json]:
        """Return the fault as `GET /_test/faults` shows it."""
        return {
            "kind": self.kind,
            "method": self.method,
            "path": self.path,
            "nth": self.nth,
            "times": self.times,
            "seen": self.seen,
        }


async def _wait(request: web.BaseRequest, seconds: float | None) -> None:
    """Wait for some seconds, or until the client has closed the connection."""
    if seconds is not None:
        await asyncio.sleep(seconds)
    while seconds is None and request.transport is not None and not request.transport.is_closing():
        await asyncio.sleep(LOOK_SECONDS)


def _drop(request: web.BaseRequest) -> None:
    if request.transport is not None:
        request.transport.abort()


async def _truncate(request: web.BaseRequest, response: web.Response) -> web.StreamResponse:
    """Announce the whole body and send half of it."""
    body = response.body if isinstance(response.body, bytes) else b""
    cut = web.StreamResponse(status=response.status, headers=response.headers)
    cut.content_length = max(len(body), 1)
    await cut.prepare(request)
    await cut.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return cut


class Controls:
    """Counters and faults of one server, and their endpoints."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._faults: list[Fault] = []
        self._busy = 0
        self._actions = {
            ("GET", "stats"): self._stats,
            ("POST", "reset"): self._reset,
            ("GET", "faults"): self._list_faults,
            ("POST", "faults"): self._arm,
            ("DELETE", "faults"): self._disarm,
            ("POST", "advance"): self._advance,
            ("POST", "expire_tokens"): self._expire_tokens,
            ("POST", "close_sockets"): self._close_sockets,
        }
        self._clear_counters()

    def _clear_counters(self) -> None:
        self._methods: Counter[str] = Counter()
        self._paths: Counter[str] = Counter()
        self._done: Counter[str] = Counter()
        self._writes = self._operations = self._cell_operations = 0

    @contextmanager
    def handling(self, request: web.BaseRequest) -> Iterator[None]:
        """Count a request as in progress. Not for WebSockets, which last as long as a session."""
        lasts = "Upgrade" in request.headers
        self._busy += not lasts
        try:
            yield
        finally:
            self._busy -= not lasts

    def count(self, method: str, path: str) -> None:
        """Count a received request, whatever its result is."""
        self._methods[method] += 1
        self._paths[f"{method} {VARIABLE.sub('{}', path)}"] += 1
        if method not in READING and not path.startswith("/oauth2/"):
            self._writes += 1

    def count_done(self, method: str, path: str) -> None:
        """Count a completed write, even if its answer is lost."""
        if method not in READING and not path.startswith("/oauth2/"):
            self._done[f"{method} {VARIABLE.sub('{}', path)}"] += 1

    def count_operation(self, cells: int) -> None:
        """Count a `diagram_operation` received over a WebSocket, which is a write."""
        self._writes += 1
        self._operations += 1
        self._cell_operations += cells

    def fault_for(self, method: str, path: str) -> Fault | None:
        """Return the fault that affects a request. Every armed fault counts the request."""
        armed = [fault for fault in self._faults if fault.kind not in FRAME_KINDS]
        struck = [fault for fault in armed if fault.hits(method, path)]
        if struck and struck[0].kind == "expire_tokens":
            self._expire_tokens(None)
        return struck[0] if struck else None

    def frame_fault(self, direction: str, path: str) -> str:
        """Return the kind of the fault that affects a frame, "" for none. Every armed fault counts the frame."""
        armed = [fault for fault in self._faults if fault.kind in FRAME_KINDS]
        struck = [fault for fault in armed if fault.hits(direction, path)]
        return struck[0].kind if struck else ""

    # ------------------------------------------------------------------------------------------ endpoints
    def answer(self, call: Call) -> Answer:
        """Answer a request under `/_test/`. Such requests need no token and are not counted."""
        action = self._actions.get((call.method, call.path.removeprefix("/_test/")))
        if action is None:
            raise not_found(f"there is no test control {call.method} {call.path}")
        return action(v.optional_json_body(call))

    def _stats(self, body: Json) -> Answer:
        return Answer(
            200,
            {
                "requests": sum(self._methods.values()),
                "busy": self._busy,
                "writes": self._writes,
                "by_method": dict(self._methods),
                "by_path": dict(self._paths),
                "done_by_path": dict(self._done),
                "diagram_operations": self._operations,
                "cell_operations": self._cell_operations,
            },
        )

    def _reset(self, body: Json) -> Answer:
        """Reset the parts that the body names, or everything without a body. Users and tokens are kept."""
        wanted = {"counters": True, "data": True, "faults": True} if body is None else v.any_object(body)
        if wanted.get("data"):
            self._sandbox.hub.end_all("Test data has been reset")
            with self._sandbox.store.transaction():
                self._sandbox.store.delete_all_models()
                if self._sandbox.profile.forget is not None:
                    self._sandbox.profile.forget(self._sandbox.store)
        if wanted.get("faults"):
            self._faults.clear()
        if wanted.get("counters"):
            self._clear_counters()
        return Answer(204)

    def _arm(self, body: Json) -> Answer:
        given = [FAULT(one) for one in (body if isinstance(body, list) else [body])]
        for one in given:
            try:
                re.compile(one.get("path", ""))
            except re.error as problem:
                raise invalid(f"path is not a regular expression: {problem}") from problem
        self._faults += [Fault(**{**one, "method": one.get("method", "").upper()}) for one in given]
        return self._list_faults(None)

    def _list_faults(self, body: Json) -> Answer:
        return Answer(200, [fault.view() for fault in self._faults])

    def _disarm(self, body: Json) -> Answer:
        self._faults.clear()
        return Answer(204)

    def _advance(self, body: Json) -> Answer:
        seconds = v.Schema({"seconds": v.Member(v.number(0), required=True)})(body)["seconds"]
        self._sandbox.clock.advance(seconds)
        self._sandbox.hub.sweep()
        return Answer(204)

    def _expire_tokens(self, body: Json) -> Answer:
        with self._sandbox.store.transaction():
            self._sandbox.tokens.expire_all()
        return Answer(204)

    def _close_sockets(self, body: Json) -> Answer:
        return Answer(200, {"closed": self._sandbox.hub.drop_connections()})
