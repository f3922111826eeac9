# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""A web server on the loopback interface that accepts only the answer of one login (RFC 8252 §7.3)."""

from __future__ import annotations

import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Optional
from urllib.parse import urlsplit

from .._errors import InputError
from .._http.addresses import parts_of
from .code import LoginAttempt, answer_in

_PATH = "/oauth2/callback"

# The script removes code and tokens from the address line. Failures of API 1.x come after a #, which browsers do not
# send: the script repeats the request with them in the query.
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>TMI login</title><script>
if (location.hash.length > 1) location.replace(location.pathname + "?" + location.hash.slice(1));
else history.replaceState(null, "", location.pathname);
</script></head><body style="font-family: sans-serif; margin: 4em"><h1>%s</h1><p>%s</p></body></html>
"""
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Connection": "close",
}
_ARRIVED = (200, "The answer has arrived", "Ansible continues with it. You can close this window.")
_REFUSED = (200, "The login has failed", "Ansible shows the reason. You can close this window.")
_EMPTY = (400, "No answer to a login", "There is no code in this address. Ansible is still waiting for one.")
_OTHER_LOGIN = (
    400,
    "This answer belongs to another login",
    "Ansible is still waiting for the answer to its own login.",
)
_NOT_HERE = (404, "Nothing here", "This address only takes the answer of a login.")


class Loopback:
    """Listens at ``address``, a free port of 127.0.0.1 unless one is given, while the context lasts."""

    def __init__(self, address: str = "") -> None:
        parts = urlsplit(address)
        self._path = parts.path or "/" if address else _PATH
        self._attempt: Optional[LoginAttempt] = None
        self._answers: queue.Queue[dict[str, str]] = queue.Queue()
        self.saw_other_login = False
        """Whether an answer of another login came."""
        try:
            self._httpd = _Listener(("127.0.0.1", parts.port or 0), _handler_of(self))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise InputError("cannot listen on port %d: %s" % (parts.port or 0, reason), "client_callback") from None
        self.address = address or "http://127.0.0.1:%d%s" % (self._httpd.server_address[1], _PATH)

    def __enter__(self) -> Loopback:
        threading.Thread(target=self._httpd.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._httpd.shutdown()
        self._httpd.server_close()

    def expect(self, attempt: LoginAttempt) -> None:
        """Accept the answer of this login; before this call all answers count as those of other logins."""
        self._attempt = attempt

    def wait(self, seconds: float) -> Optional[dict[str, str]]:
        """Return the answer; an empty one after ``give_up``, None if none came in time."""
        try:
            return self._answers.get(timeout=seconds)
        except queue.Empty:
            return None

    def give_up(self) -> None:
        """End the waiting without an answer."""
        self._answers.put({})

    def take(self, target: str) -> tuple[int, str, str]:
        """Check the request of a browser; return status, heading and text of the page for it."""
        if parts_of(target).path != self._path:
            return _NOT_HERE
        given = answer_in(target)
        # Anyone who can send a browser here can end the login by an error without a state, but not inject an answer.
        stateless = bool(given.get("error")) and not given.get("state")
        ours = self._attempt is not None and (stateless or self._attempt.fits(given))
        if ours and given.get("error"):
            self._answers.put(given)
            return _REFUSED
        if ours and (given.get("code") or given.get("access_token")):
            self._answers.put(given)
            return _ARRIVED
        if not given.get("state"):
            return _EMPTY
        self.saw_other_login = True
        return _OTHER_LOGIN


class _Listener(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_details: Any) -> None:
        """Ignore a browser that closes the connection: nothing may be printed."""


def _handler_of(loopback: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10.0
        server_version = "tmi.tmi"
        sys_version = ""

        def do_GET(self) -> None:
            status, heading, text = loopback.take(self.path)
            body = (_PAGE % (heading, text)).encode("utf-8")
            self.send_response(status)
            for name, value in {**_HEADERS, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_details: Any) -> None:
            """Log nothing: addresses contain codes."""

    return Handler
