# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A login that wants to see a person, before a server whose own provider lets everybody in without a page."""

from __future__ import annotations

import contextlib
import json
import re
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import requests

PAGE = "/page"
HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "content-encoding", "date", "server"}


@contextlib.contextmanager
def login_page(server: str, providers: Sequence[str] = ()) -> Iterator[str]:
    """Return an address that behaves as the server, but sends who wants to log in to a page of its own first.

    ``providers`` are other names for the server's own identity provider.
    """
    found = requests.get(f"{server}/oauth2/providers", timeout=30).json()["providers"] if providers else []
    own = found[0]["id"] if found else ""
    offered = [{**found[0], "id": name, "name": name, "auth_url": f"{server}/x?idp={name}"} for name in providers]

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_arguments: object) -> None:
            pass

        def answer(self) -> None:
            target = re.sub(r"\bidp=[^&]*", f"idp={own}", self.path) if offered else self.path
            parts = urlsplit(target)
            if parts.path == "/oauth2/authorize":
                self.send_response(302)
                self.send_header("Location", f"http://{self.headers['Host']}{PAGE}?{parts.query}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            with requests.Session() as session:
                session.trust_env = False
                told = session.request(
                    self.command, server + target, data=body, headers=headers, allow_redirects=False, timeout=30
                )
            content = told.content
            if offered and parts.path == "/oauth2/providers":
                content = json.dumps({"providers": offered}).encode()
            self.send_response(told.status_code)
            for name, value in told.headers.items():
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815 -- names that http.server looks for

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as page:
        threading.Thread(target=page.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{page.server_address[1]}"
        finally:
            page.shutdown()


def visit(address: str, server: str, person: str) -> str:
    """Log a person in on the page, as a browser does; return the address at which it ends."""
    parts = urlsplit(address)
    assert parts.path == PAGE
    query = f"{parts.query}&login_hint={person}"
    answer = requests.get(f"{server}/oauth2/authorize?{query}", allow_redirects=False, timeout=10)
    return answer.headers["Location"]
