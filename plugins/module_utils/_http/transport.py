# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Requests to a TMI server: repetitions, one gate for all threads, one token refresh, failures in the user's words.

The rules are ENGINE-4, ENGINE-5, ENGINE-10 and ENGINE-11. Nothing here depends on an API generation.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Callable, Collection, Mapping, Optional, Protocol, Sequence

from .._errors import AmbiguousWriteError, ApiError, CheckModeWriteError
from .._failures import WRONG_ANSWER
from .._journal import Journal, Write
from .._options import Settings
from .._resources._reserved_keys import ReservedKeyWarnings
from . import addresses, responses, retry, shapes
from .frames import Socket, frames
from .gate import Gate
from .request import Request, Response, Stats, encoded, origin
from .responses import Call

if TYPE_CHECKING:
    from .connection import Connection, RawResponse
    from .network_errors import Failure
    from .request_log import RequestLog
    from .shapes import Shape

_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 5
_EXPOSED = (
    "url: %s has no TLS, and the login goes to %s: anyone on the way can read and use it. Give an "
    "address that begins with https://"
)


class CannotRenew(Exception):
    """A new access token cannot be had; ``str`` is a sentence for the user: the reason, and what to do."""


class Auth(Protocol):
    """The source of access tokens for a transport. The logins are in ``_login``, which this package does not import."""

    @property
    def warnings(self) -> Sequence[str]:
        """Sentences for the user, each once."""

    def secrets(self) -> list[str]:
        """Return all tokens and passwords of this run, so that messages can leave them out."""

    def access_token(self, transport: Transport) -> str:
        """Return a token that is not about to expire. Raises AuthenticationError if there is none."""

    def renew(self, transport: Transport, refused: str) -> str:
        """Return another token after the server refused this one. Raises CannotRenew if there is none."""


class Transport:
    """Sends requests to one server, for any number of threads; each thread has its own persistent connection.

    ``read_only`` is check mode: a write raises ``CheckModeWriteError`` before anything is sent. ``clock`` (monotonic)
    and ``sleep`` use seconds and can be replaced in tests.
    """

    def __init__(
        self,
        settings: Settings,
        auth: Optional[Auth] = None,
        read_only: bool = False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        # Imported here: the import of requests takes a tenth of a second, too long before the message about an option.
        from . import connection, network_errors, sockets

        connection.check_library()
        self._http = connection
        self._failure = network_errors.Failure
        self._sockets = sockets
        self.settings = settings
        self.auth = auth
        self.read_only = read_only
        self.stats = Stats()
        self.journal = Journal()
        #: Logs every request, if set.
        self.log: Optional[RequestLog] = None
        self.odd_metadata = ReservedKeyWarnings()
        self.clock = clock
        self.sleep = sleep
        self._gate = Gate(clock, sleep)
        self._local = threading.local()
        self._connections: list[Connection] = []
        self._lock = threading.Lock()
        self._was_answered = False
        #: Whether an answer had the shape of a TMI server's answer. Until then ``url`` may have a wrong path.
        self._was_understood = False
        self._is_exposed = connection.is_exposed(settings)
        self._has_exposed = False
        #: Further warnings about the server, a sentence each.
        self.server_warnings: list[str] = []

    def __enter__(self) -> Transport:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
        self._local = threading.local()

    def count_operation(self, call: str) -> Write:
        """Count a message of diagram operations, before it is sent over a WebSocket, as a write; return its record."""
        self.stats.add(writes=1)
        write = self.journal.write(call)
        write.sent()
        return write

    def warnings(self) -> list[str]:
        """Return warnings about the connection, its files, and odd metadata that was read."""
        there = "another machine" if self.settings.is_exposed else "a proxy on another machine"
        exposed = [_EXPOSED % (self.settings.url, there)] if self._has_exposed else []
        more = [*self.server_warnings, *(self.auth.warnings if self.auth else ())]
        return [*self.settings.warnings(), *exposed, *more, *self.odd_metadata.warnings()]

    def censor(self, value: Any) -> Any:
        """Return a text or JSON value of the server without secrets."""
        return responses.censor(value, self._secrets())

    def access_token(self) -> str:
        """Return a valid access token, after a login if needed; for a WebSocket URL of API v0."""
        return self.auth.access_token(self) if self.auth else ""

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Any = None,
        json: Any = None,
        content_type: str = "application/json",
        idempotent: Optional[bool] = None,
        authenticated: bool = True,
        expect: Collection[int] = (200,),
        what: str = "",
        role: str = "",
        recorded: bool = True,
        atomic: bool = True,
        shape: Optional[Shape] = None,
        retry_seconds: float = float("inf"),
        headers: Optional[Mapping[str, str]] = None,
        takes_text: bool = False,
    ) -> Response:
        """Send a request until the answer has one of the statuses ``expect``, within ``retry_timeout`` (``Budget``).

        Repetitions take at most ``retry_seconds`` seconds if that is less.

        ``path`` begins with ``/`` and is already quoted; ``params`` is a mapping or list of pairs for the query.
        ``json`` None sends no body; with the content type of a form it is a mapping of texts. ``headers`` are sent in
        addition. ``idempotent`` None: as in RFC 9110; True for a POST that can be repeated without harm, False for a
        write whose result must be read before it is repeated. ``what`` names the object and ``role`` the role that the
        call needs; both are for messages only. ``recorded`` False: the journal leaves the call out, because it has no
        lasting effect (joining a session). ``atomic`` False: a conflict may be reported after a part was written.
        ``shape``: the shape of the answer if its status means success; after an answer of another shape it is not known
        whether a write was carried out. ``takes_text``: the answer may be anything other than JSON and HTML.

        Raises ``ApiError`` or a subclass; ``AmbiguousWriteError`` if the server may have acted.
        """
        call = Call(method, path.partition("?")[0], what, role)
        if not path.startswith("/"):
            raise ValueError("path of %s must begin with /" % call)
        request = Request(
            call=call,
            url=self.settings.url + path,
            params=params,
            body=None if json is None else encoded(json, call, content_type),
            headers={**(headers or {}), **({} if json is None else {"Content-Type": content_type})},
            idempotent=method in retry.IDEMPOTENT if idempotent is None else idempotent,
            expect=expect,
            shape=shape,
            authenticated=authenticated and self.auth is not None,
            budget=retry.Budget(
                min(retry_seconds, self.settings.retry_timeout), self.clock, lambda: self._gate.moved_at
            ),
        )
        if self.read_only and request.is_write:
            raise CheckModeWriteError("%s was about to be sent in check mode: a defect of the collection" % call)
        if request.is_write and recorded:
            request.write = self.journal.write(str(call))
        request.atomic, request.takes_text = atomic, takes_text
        if request.authenticated:
            request.token = self.access_token()
        while True:
            answered = self._try(request)
            if answered is not None:
                return answered

    # --- one try ---------------------------------------------------------------------------------

    def _try(self, request: Request) -> Optional[Response]:
        """Send once. Return the expected answer; None, after a wait, if the request must be sent again."""
        if request.token:
            request.headers["Authorization"] = "Bearer " + request.token
        if request.token or request.token_call:
            self._has_exposed = self._has_exposed or self._is_exposed
        try:
            raw = self._exchange(request)
        except self._failure as failure:
            if self.log is not None:
                self.log.failed(request, failure, self.clock() - request.sent_at)
            self._after_failure(request, failure)
            return None
        if self.log is not None:
            self.log.answered(request, raw, self.clock() - request.sent_at)
        self._was_answered = True
        if raw.status in request.expect:
            self._gate.answered(request.number)
            request.write.committed()
            return self._read(request, raw)
        if raw.status == 401 and request.authenticated and not request.renewed and not request.token_call:
            self._renew(request, raw)
        elif raw.status in _REDIRECTS:
            self._redirect(request, raw)
        else:
            self._after_status(request, raw)
        return None

    def _exchange(self, request: Request) -> RawResponse:
        request.number = self._gate.enter()
        request.sent_at = self.clock()
        self.stats.add(requests=1, writes=request.is_write)
        request.write.sent()
        try:
            return self._connection().exchange(
                request.call.method, request.url, request.params, request.body, request.headers
            )
        except self._failure as failure:
            if failure.kind in ("unreached", "tls", "refused"):
                self.stats.add(writes=-request.is_write)  # nothing was sent
                request.write.refused()
            raise
        finally:
            self._gate.leave()

    def _connection(self) -> Connection:
        connection: Optional[Connection] = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._http.Connection(self.settings)
            with self._lock:
                self._connections.append(connection)
        return connection

    # --- what follows ----------------------------------------------------------------------------

    def _read(self, request: Request, raw: RawResponse) -> Response:
        if request.call.method == "HEAD" or raw.status in _REDIRECTS:
            return Response(raw.status, None, raw.headers)
        try:
            data = responses.parse(raw.body, raw.headers.get("Content-Type", ""))
            wrong = shapes.refusal(request.shape, data) if request.shape is not None and raw.status < 300 else ""
        except responses.Unreadable as error:
            if request.takes_text and responses.is_other(raw.body, raw.headers.get("Content-Type", "")):
                return Response(raw.status, None, raw.headers, *responses.text_or_bytes(raw.body, raw.headers))
            wrong = "%d, but %s" % (raw.status, error)
        if wrong:
            request.doubt()
            message = self._addressed("%s answered %s" % (request.call, wrong), request.call)
            raise self._error(request, message, raw.status, WRONG_ANSWER, ambiguous=request.in_doubt)
        self._was_understood = self._was_understood or request.shape is not None
        return Response(raw.status, data, raw.headers)

    def _after_failure(self, request: Request, failure: Failure) -> None:
        verdict = retry.verdict_on_failure(failure.kind, request.call.method, request.idempotent, request.token_call)
        if failure.kind not in ("unreached", "tls", "refused"):
            request.doubt(timed_out=failure.kind == "timeout")
        if failure.kind == "timeout":
            self._gate.refused(request.number)
        gave_up = ""
        if verdict == retry.REPEAT:
            hopeless = (
                failure.kind == "unreached"
                and not self._was_answered
                and request.budget.tries >= retry.TRIES_BEFORE_FIRST_ANSWER
            )
            if not hopeless and self._wait(request, retry.backoff(request.budget.tries - 1)):
                return
            gave_up = ", after %d tries" % request.budget.tries if request.budget.tries > 1 else ""
            verdict = retry.AMBIGUOUS if request.in_doubt else retry.FINAL
        message = "%s failed: %s%s" % (request.call, failure, gave_up)
        ambiguous = verdict == retry.AMBIGUOUS
        if ambiguous:
            message += ". The server may have carried it out anyway"
        raise self._error(request, message, 0, failure.code, ambiguous=ambiguous)

    def _after_status(self, request: Request, raw: RawResponse) -> None:
        wait = retry.retry_after(raw.headers.get("Retry-After"), time.time())
        collision = retry.is_collision(raw.status, raw.body)
        crowded = retry.is_crowded(raw.status, collision)
        if crowded:
            self._gate.refused(request.number)
        verdict = retry.verdict_on_status(
            raw.status, wait, request.call.method, request.idempotent, request.token_call, collision
        )
        advice = ""
        if retry.is_doubtful(verdict, raw.status, wait, request.atomic):
            request.doubt()
        elif raw.status == 404 and request.call.method == "DELETE" and request.in_doubt:
            request.write.committed()  # by the try before
        else:
            request.write.refused()
        if verdict == retry.REPEAT:
            if self._wait_as_asked(request, wait, everybody=raw.status == 429):
                return
            advice = self._given_up(request, wait)
            verdict = retry.AMBIGUOUS if request.in_doubt else retry.FINAL
        elif verdict == retry.AMBIGUOUS and crowded:
            self.sleep(retry.backoff(1))  # the caller reads the result next, and the server is busy now
        elif raw.status == 401 and request.renewed:
            advice = (
                "The token was renewed just now, so it is not expired: the account may lack access to this object, or "
                "a person in its authorization has never logged in"
            )
        if verdict == retry.AMBIGUOUS:
            doubt = {"timed_out": request.timed_out, "sent_at": request.doubted_at}
            raise self._refusal(request, raw, advice, AmbiguousWriteError, **doubt)
        raise self._refusal(request, raw, advice)

    def _given_up(self, request: Request, wait: Optional[float]) -> str:
        words = "Gave up after %d %s" % (request.budget.tries, "try" if request.budget.tries == 1 else "tries")
        if not wait:
            return words
        limit = self.settings.retry_timeout
        return "%s; the server asks for a wait of %g s, retry_timeout is %g s" % (words, wait, limit)

    def _wait_as_asked(self, request: Request, wait: Optional[float], everybody: bool) -> bool:
        """Wait before a repetition, all threads if ``everybody``; False if the time for repetitions is over."""
        seconds = wait or retry.backoff(request.budget.tries - 1)
        if everybody:
            seconds = max(1.0, seconds)
        if not request.budget.take(seconds):
            return False
        self.stats.add(retries=1, waited=seconds)
        if self.log is not None:
            self.log.waits(request, seconds, everybody)
        if everybody:
            self._gate.pause(seconds)
        else:
            self.sleep(retry.jittered(seconds))
        return True

    def _wait(self, request: Request, seconds: float) -> bool:
        """Wait before a repetition; False if the time for repetitions is over."""
        if not request.budget.take(seconds):
            return False
        self.stats.add(retries=1, waited=seconds)
        if self.log is not None:
            self.log.waits(request, seconds)
        self.sleep(seconds)
        return True

    def _renew(self, request: Request, raw: RawResponse) -> None:
        request.write.refused()
        if self.auth is None:
            raise self._refusal(request, raw, "")
        request.renewed = True
        try:
            request.token = self.auth.renew(self, request.token)
        except CannotRenew as error:
            raise self._refusal(request, raw, str(error)) from None
        self.stats.add(retries=1)
        if self.log is not None:
            self.log.renewed(request)

    def _redirect(self, request: Request, raw: RawResponse) -> None:
        """Follow a redirect of a GET to the same server; any other redirect means a mistake in ``url``."""
        target, there = addresses.joined(request.url, raw.headers.get("Location", ""))
        shown = self.censor("%s://%s%s" % there[:3]) if there.netloc and "@" not in target else "elsewhere"
        here = addresses.parts_of(self.settings.url)
        same = origin(here) == origin(there) and there.path.startswith(here.path)
        if request.reading and same and request.redirects < _MOST_REDIRECTS:
            request.redirects += 1
            request.url, request.params = target, None
            return
        why = "the option url must name the server itself"
        if raw.status == 303:  # the request is done, and its answer is at another address (RFC 9110 §15.4.4)
            request.doubt()
        request.write.refused()
        if same and not request.reading:
            why = "redirects are not followed for writes"
        message = "%s was redirected (%d) to %s: %s" % (request.call, raw.status, shown, why)
        message = self._addressed(message, request.call)
        raise self._error(request, message, raw.status, WRONG_ANSWER)

    # --- failures --------------------------------------------------------------------------------

    def mismatch(self, method: str, path: str, status: int, wrong: str, what: str) -> ApiError:
        """Return the error for an answer that was accepted without a shape and turns out to have a wrong one."""
        call = Call(method, path, what)
        details: dict[str, Any] = {"status": status, "what": what, "url": self._url_of(call), "code": WRONG_ANSWER}
        return ApiError(self._addressed("%s answered %s" % (call, wrong), call), method, path, **details)

    def _url_of(self, call: Call) -> str:
        return self.settings.url + call.path

    def _addressed(self, message: str, call: Call) -> str:
        """Return a message, with the whole address of the call as long as the mistake may be in it."""
        return message if self._was_understood else responses.with_address(message, self._url_of(call))

    def _error(self, request: Request, message: str, status: int, code: str, ambiguous: bool = False) -> ApiError:
        call = request.call
        details: dict[str, Any] = {"method": call.method, "path": call.path, "status": status, "what": call.what}
        details.update(code=code, url=self._url_of(call))
        if ambiguous:
            return AmbiguousWriteError(message, timed_out=request.timed_out, sent_at=request.doubted_at, **details)
        return ApiError(message, **details)

    def _refusal(
        self, request: Request, raw: RawResponse, advice: str, kind: Optional[type[ApiError]] = None, **more: Any
    ) -> ApiError:
        return responses.failure(
            request.call,
            raw.status,
            raw.reason,
            raw.headers,
            raw.body,
            [*self._secrets(), request.token],
            advice,
            kind,
            url=self._url_of(request.call),
            is_known=self._was_understood,
            is_public=request.reading and not request.authenticated,
            **more,
        )

    def _secrets(self) -> list[str]:
        known = self.auth.secrets() if self.auth else []
        return [text for text in (self.settings.token, self.settings.refresh_token, *known) if text]

    # --- WebSocket ----------------------------------------------------------------------------------

    def websocket(self, path: str, params: Any, seconds: float) -> Socket:
        """Return the client side of a WebSocket connection within ``seconds``; see ``sockets.open_socket``."""

        def connect() -> Socket:
            most = min(seconds, self.settings.timeout)
            return frames(self._sockets.open_socket(self.settings, path, params, most), self.settings.timeout)

        return connect() if self.log is None else self.log.connected(path, connect)
