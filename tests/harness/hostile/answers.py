# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a bad proxy, or another service, may make of an answer; the same for the same seed."""

from __future__ import annotations

import copy
import json
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from ansible_collections.tmi.tmi.plugins.module_utils._http.connection import Connection, RawResponse

Json = Any
PAGE = b"<!DOCTYPE html><html><body>" + b"<p>Please log in</p>" * 50 + b"</body></html>"
LONG = 100_000


class _Odd:
    """Values that a member, or a whole answer, is replaced with."""

    PLAIN: tuple[Json, ...] = (
        *(None, True, False, 0, 7, -1, 1.5, 10**400, -(10**30), 1e308, "", " ", "x", "..", "../..", "a/b?c#d", "\x00"),
        *("9" * 5000, "x" * LONG, "eyJ" * (LONG // 3), "<a" * (LONG // 2), "on" * (LONG // 2), "\u202e\U0001f600"),
        *([], {}, [None], [[]], [[[]]], [1, 2], ["x"], {"a": 1}, {"id": 1}, {"id": None}, [{}], [{"id": []}]),
        *({"key": 1, "value": 2}, [{"key": "a"}], {"cell": []}, {"text": {"text": {}}}, {"name": []}),
    )
    RAW: tuple[str, ...] = ("NaN", "Infinity", "-Infinity", "1e999", '"\\ud800"', "[" * 60 + "]" * 60, "1" * 5000)


WHOLE: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "nothing": lambda body, dice: b"",
    "null": lambda body, dice: b"null",
    "an empty list": lambda body, dice: b"[]",
    "an empty object": lambda body, dice: b"{}",
    "a text": lambda body, dice: b'"text"',
    "a number": lambda body, dice: b"7",
    "a page": lambda body, dice: PAGE,
    "a list of it": lambda body, dice: b"[" + body + b"]",
    "an object of it": lambda body, dice: b'{"data": ' + (body or b"1") + b"}",
    "half of it": lambda body, dice: body[: dice.randrange(len(body) + 1)],
    "it twice": lambda body, dice: body + body,
    "bad UTF-8": lambda body, dice: body.replace(b"e", b"\xff\xfe") or b"\xff",
    "a mark of byte order": lambda body, dice: b"\xef\xbb\xbf" + body,
    "a deep list": lambda body, dice: b"[" * 5000 + b"]" * 5000,
    "a very deep list": lambda body, dice: b"[" * 500_000 + b"]" * 500_000,
    "a deep object": lambda body, dice: b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "noise": lambda body, dice: dice.randbytes(3000),
    "many items": lambda body, dice: json.dumps([{"id": str(n)} for n in range(20_000)]).encode(),
}
#: Answers by status and header, of which the body says little.
STATUS: tuple[tuple[int, dict[str, str], bytes], ...] = (
    (302, {"Location": "http://[::1/x"}, b""),
    (302, {"Location": "//[" + "x" * LONG}, b""),
    (301, {"Location": "/" + "y" * LONG}, b""),
    (307, {}, b""),
    (400, {}, json.dumps({"error": "e" * LONG, "error_description": "d" * LONG}).encode()),
    (
        403,
        {"X-Request-Id": "r" * 60_000},
        json.dumps({"message": "eyJ" * (LONG // 3), "details": [["x"] * 9000]}).encode(),
    ),
    (404, {}, PAGE),
    (409, {}, b"[" * 5000 + b"]" * 5000),
    (418, {}, b"\xff\xfe"),
    (500, {}, PAGE),
    (503, {"Retry-After": "9" * 5000}, b""),
    (503, {"Retry-After": "Wed, 21 Oct " + "9" * 4000}, b""),
    (429, {"Retry-After": "\u00b2"}, b"null"),
    (202, {}, b"{}"),
)


def hostile(raw: RawResponse, dice: random.Random) -> tuple[str, RawResponse]:
    """Return a hostile answer in place of a real one, and what was done to it."""
    way = dice.random()
    if way < 0.1:
        status, headers, body = dice.choice(STATUS)
        return f"status {status}", RawResponse(
            status, "Odd", _headers({**headers, "Content-Type": "application/json"}), body
        )
    if way < 0.3:
        name = dice.choice(sorted(WHOLE))
        return name, raw._replace(body=WHOLE[name](raw.body, dice))
    try:
        value = json.loads(raw.body)
    except ValueError:
        return "a page", raw._replace(body=PAGE)
    places = list(_places(value))
    if not places:
        return "a page", raw._replace(body=PAGE)
    # Each depth as often as the others: lists of cells would take nearly all.
    depth = dice.choice(sorted({len(place) for place in places}))
    place = dice.choice([place for place in places if len(place) == depth])
    return _changed(raw, copy.deepcopy(value), place, dice)


def _changed(raw: RawResponse, value: Json, place: tuple[Any, ...], dice: random.Random) -> tuple[str, RawResponse]:
    inner = value
    for step in place[:-1]:
        inner = inner[step]
    last, where = place[-1], ".".join(map(str, place))
    kind = dice.choice(("plain", "plain", "plain", "raw", "less", "list", "object", "copy"))
    if kind == "less":
        del inner[last]
    elif kind == "list":
        inner[last] = [inner[last]]
    elif kind == "object":
        inner[last] = {"x": inner[last]}
    elif kind == "copy" and isinstance(inner, list):
        inner.append(copy.deepcopy(inner[last]))
    elif kind == "raw":
        inner[last] = "@raw@"
        odd = dice.choice(_Odd.RAW)
        return f"{where} = {odd[:20]}", raw._replace(body=json.dumps(value).replace('"@raw@"', odd).encode())
    else:
        odd_value = dice.choice(_Odd.PLAIN)
        inner[last] = odd_value
        where += " = " + repr(odd_value)[:20]
    return f"{kind} {where}", raw._replace(body=json.dumps(value).encode())


def _places(value: Json, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every member and item."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in inner:
        yield (*before, name)
        yield from _places(member, (*before, name))


def _headers(headers: dict[str, str]) -> Any:
    from requests.structures import CaseInsensitiveDict

    return CaseInsensitiveDict(headers)


class Between:
    """Stands between the collection and the server: replaces the answer to the ``nth`` request, or to none."""

    def __init__(self, nth: int = 0, seed: int = 0, all_after: bool = False) -> None:
        self.nth = nth
        self.seen = 0
        self.done = ""
        self._all_after = all_after
        self._dice = random.Random(seed)
        self._lock = threading.Lock()

    @contextmanager
    def __call__(self) -> Iterator[Between]:
        """Stand there while the context lasts."""
        exchange = Connection.exchange

        def replaced(connection: Connection, method: str, url: str, *more: Any) -> RawResponse:
            raw = exchange(connection, method, url, *more)
            with self._lock:
                self.seen += 1
                if self.seen == self.nth or (self._all_after and self.seen > self.nth > 0):
                    what, raw = hostile(raw, self._dice)
                    self.done = self.done or f"{method} {url.partition('?')[0][-90:]}: {what}"
            return raw

        with mock.patch.object(Connection, "exchange", replaced):
            yield self
