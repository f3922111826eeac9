# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A person at work in a diagram: opens its session and stays in the background until told to leave.

person.py v0|v1 PATH FILE       with URL and TOKEN in the environment; leaves when FILE is gone, or after a minute

It says when it is in, by one line. A session that nobody is in would be there for a random while only.
"""

from __future__ import annotations

import json
import os
import ssl
import sys
import time
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import websocket

URL, TOKEN = os.environ["URL"].rstrip("/"), os.environ["TOKEN"]
SECONDS = 60


def context() -> ssl.SSLContext:
    """Return the trust that the modules have."""
    made = ssl.create_default_context(cafile=os.environ.get("TMI_CA_PATH") or None)
    if os.environ.get("TMI_VALIDATE_CERTS", "").lower() in ("no", "off", "0", "false", "f", "n"):
        made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    return made


def call(method: str, path: str) -> dict:
    """Return the answer to one request."""
    request = Request(URL + path, method=method, headers={"Authorization": f"Bearer {TOKEN}"})
    with urlopen(request, timeout=30, context=context() if URL.startswith("https:") else None) as answer:
        return json.load(answer)


def enter(api: str, path: str) -> websocket.WebSocket:
    """Open the session and connect to it; until somebody is in, it may vanish at any moment."""
    for attempt in range(3):
        try:
            query = {"token": TOKEN}
            session = call("POST", path + "/collaborate")["session_id"]
            if api != "v0":
                ticket = call("GET", "/ws/ticket?" + urlencode({"session_id": session}))["ticket"]
                query = {"session_id": session, "ticket": ticket}
            address = f"ws{URL.removeprefix('http')}{path}/ws?{urlencode(query)}"
            found = websocket.create_connection(address, timeout=10, sslopt={"context": context()})
            found.recv()  # what is drawn, or who is there: so we are
        except (OSError, websocket.WebSocketException) as error:
            if attempt == 2:
                # The address in the message of some errors holds the token.
                sys.exit(f"cannot enter the session: {type(error).__name__}")
        else:
            return found
    raise AssertionError


def stay(connection: websocket.WebSocket, file: Path) -> None:
    """Read along, answering pings, until the file is gone."""
    connection.settimeout(0.2)
    end = time.monotonic() + SECONDS
    while file.exists() and time.monotonic() < end:
        try:
            connection.recv()
        except websocket.WebSocketTimeoutException:
            continue
    connection.close()


def main() -> None:
    """Enter in the foreground, stay in the background."""
    api, path, file = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    file.write_text("")
    connection = enter(api, path)
    sys.stdout.write("in\n")
    sys.stdout.flush()
    if os.fork() == 0:
        os.setsid()
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        stay(connection, file)
        os._exit(0)


if __name__ == "__main__":
    main()
