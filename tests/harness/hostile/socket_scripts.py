# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What servers of collaboration sessions do wrong, as scripts for :mod:`sockets`."""

from __future__ import annotations

import json
import struct
from typing import Any

from ansible_collections.tmi.tmi.tests.harness.hostile.sockets import CLOSE, PING, PONG, Script, frame

Json = Any
MIB = 1 << 20
SHAKE = ("shake",)
HANG_UP = ("hang up",)
ID = "aaaaaaaa-1111-4111-8111-111111111111"
OTHER = "bbbbbbbb-1111-4111-8111-111111111111"
#: Names of messages by generation: the state of a session, somebody's operation.
STATES = {"v0": "diagram_state_sync", "v1": "diagram_state"}
EVENTS = {"v0": "diagram_operation", "v1": "diagram_operation_event"}
BODY = "Content-Length: %d" % (1 << 30)


def cell(**more: Json) -> Json:
    """Return a cell as the web editor makes it, with other members."""
    place = {"position": {"x": 10, "y": 10}, "size": {"width": 100, "height": 60}}
    return {"id": ID, "shape": "process", **place, "attrs": {"text": {"text": "Odd"}}, **more}


def flow(**more: Json) -> Json:
    """Return a flow from a cell to itself, with other members."""
    return {"id": OTHER, "shape": "edge", "source": {"cell": ID}, "target": {"cell": ID}, **more}


def deep(levels: int) -> str:
    """Return JSON of so many lists inside each other."""
    return "[" * levels + "]" * levels


def close(code: int, reason: bytes = b"") -> bytes:
    """Return a close frame."""
    return frame(struct.pack("!H", code) + reason, CLOSE)


def scripts(api: str) -> list[Script]:
    """Return all scripts for a generation."""
    return [*_handshakes(), *_frames(api), *_silences(api), *_texts(api), *_states(api), *_messages(api), *_rest(api)]


def _handshakes() -> list[Script]:
    line = b"HTTP/1.1 101 Switching Protocols\r\n"
    upgrade = line + b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
    found = [
        Script("no handshake", [], "no answer in time"),
        Script("handshake, a byte at a time", [("send", line), ("repeat", b"x", 0.1)], "no answer in time"),
        Script("handshake, headers without end", [("send", line), ("repeat", b"X: 1\r\n", 0.1)], "no (answer|HTTP)"),
        Script("handshake, a header of 1 MiB", [("send", line), ("flood", b"x", MIB)], "no (answer|HTTP)"),
        Script("handshake, 100 for ever", [("repeat", b"HTTP/1.1 100 Continue\r\n\r\n", 0.05)], "no answer in time"),
        Script(
            "handshake, another key",
            [("send", upgrade + b"Sec-WebSocket-Accept: eA==\r\n\r\n")],
            "does not come from a WebSocket server",
        ),
        Script("handshake, no key", [("send", upgrade + b"\r\n")], "does not come from a WebSocket server"),
        Script("handshake, no HTTP", [("send", b"SSH-2.0-OpenSSH_9.9\r\n\r\n")], "no HTTP"),
        Script("handshake, nothing but zeros", [("send", bytes(1000)), ("send", b"\r\n\r\n")], "no HTTP"),
        Script("handshake, hung up", [HANG_UP], "hung up|reset"),
        Script("handshake, reset", [("reset",)], "hung up|reset"),
        Script("handshake, hung up, then as it should be", [HANG_UP], "", later=True),
    ]
    for status in (200, 204, 301, 302, 307, 400, 401, 403, 404, 418, 429, 500, 502, 503):
        head = "HTTP/1.1 %d X\r\nLocation: http://127.0.0.1:1/\r\n%s\r\n\r\n" % (status, BODY)
        found.append(
            Script("handshake, %d and a body of 1 GiB" % status, [("send", head.encode())], "%d|refused" % status)
        )
    return found


def _frames(api: str) -> list[Script]:
    state = ("send", frame({"message_type": STATES[api], "cells": []}))

    def script(name: str, *data: bytes, says: str | None = None, **more: Any) -> Script:
        return Script("frame, " + name, [SHAKE, state, *(("send", one) for one in data)], says, **more)

    fragment = frame(b"x" * MIB, 0x00)
    found = [
        script("text of 1 GiB", frame(b"", length=1 << 30), says="1073741824 bytes"),
        script("text of 16 MiB and 1", frame(b"", length=16 * MIB + 1), says="16777217 bytes"),
        script("text of 2^63", frame(b"", length=(1 << 63) - 1), says="bytes or more"),
        script("text of 2^64", frame(b"", length=(1 << 64) - 1), says="bytes or more"),
        script("fragments, the last of 1 GiB", frame(b"x", 0x01), frame(b"", 0x80, 1 << 30), says="1073741825 bytes"),
        script("ping of 1 GiB", frame(b"", PING, 1 << 30), says="control frame"),
        script("pong of 126 bytes", frame(b"x" * 126, PONG), says="control frame"),
        script("close of 1 GiB", frame(b"", CLOSE, 1 << 30), says="control frame"),
        script("binary of 1 GiB", frame(b"", 0x82, 1 << 30), says="1073741824 bytes"),
        script("masked", frame(b"{}", mask=b"\1\2\3\4"), says="masked"),
        script("reserved bit 1", frame(b"{}", 0xC1), says="broke"),
        script("reserved bit 2", frame(b"{}", 0xA1), says="broke"),
        script("reserved bit 3", frame(b"{}", 0x91), says="broke"),
        *(script("opcode %d" % code, frame(b"{}", 0x80 | code), says="broke") for code in (3, 4, 7, 11, 15)),
        script("continuation of nothing", frame(b"x", 0x80), says="broke"),
        script("text inside fragments", frame(b"x", 0x01), frame(b"{}"), says="broke"),
        script("ping in fragments", frame(b"x", 0x09), says="broke"),
        script("close of one byte", frame(b"\3", CLOSE), says="broke"),
        script("close whose reason is no UTF-8", close(1001, b"\xff\xfe"), says="closed|broke"),
        script("close with a long reason", close(1001, b"x" * 120), says="code 1001"),
        script("close without a code", frame(b"", CLOSE), says="code 1006"),
        script("no UTF-8", frame(b'{"message_type": "\xff\xfe"}'), says="no UTF-8"),
        script("no UTF-8 in fragments", frame(b"\xe4", 0x01), frame(b"\xff", 0x80), says="no UTF-8"),
        script("half of UTF-16", frame(b'"\xed\xa0\x80"'), says="no UTF-8"),
        script("binary that is JSON", frame({"message_type": STATES[api], "cells": 5}, 0x82)),
        script("binary that is none", frame(b"\0\1\2", 0x82)),
        Script(
            "frame, 64 MiB in fragments",
            [SHAKE, state, ("send", frame(b"x", 0x01)), ("flood", fragment, 64 * MIB)],
            "bytes or more",
            heavy=True,
        ),
        Script(
            "frame, 1 GiB that comes",
            [SHAKE, state, ("send", frame(b"", length=1 << 30)), ("flood", b"x", 1 << 30)],
            "1073741824 bytes",
            heavy=True,
        ),
        Script("frame, 16 MiB of x", [SHAKE, ("send", frame(b"x" * 16 * MIB)), HANG_UP], "", later=True, heavy=True),
    ]
    codes = (0, 999, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015)
    for code in (*codes, 2999, 3000, 4001, 4999, 5000, 65535):
        says = {1000: "ended twice by others", 1009: "too big"}.get(code, "closed|broke")
        found.append(script("close with %d" % code, close(code), says=says))
        if code in (1000, 1001, 1012, 4001):
            found.append(Script("close with %d once" % code, [SHAKE, state, ("send", close(code))], "", later=True))
    return found


def _silences(api: str) -> list[Script]:
    state = frame({"message_type": STATES[api], "cells": []})
    half = state[: len(state) // 2]
    given_up = "gave up"
    found = [
        Script("silent after the handshake", [SHAKE], given_up),
        Script("silent after the state", [SHAKE, ("send", state)], given_up),
        Script("silent in the middle of the state", [SHAKE, ("send", half)], given_up),
        Script("silent in the middle of a header", [SHAKE, ("send", b"\x81")], given_up),
        Script("silent in the middle of a length", [SHAKE, ("send", b"\x81\x7f\0\0")], given_up),
    ]
    endless = {
        "a byte at a time": (frame(b"", length=10**6), b"x", 0.1),
        "empty texts": (b"", frame(b""), 0.01),
        "empty objects": (b"", frame(b"{}"), 0.01),
        "pings": (b"", frame(b"x", PING), 0.01),
        "pongs": (b"", frame(b"x", PONG), 0.01),
        "empty fragments": (frame(b"x", 0x01), frame(b"", 0x00), 0.01),
        "fragments of a byte": (frame(b"x", 0x01), frame(b"x", 0x00), 0.01),
        "pings inside fragments": (frame(b"x", 0x01), frame(b"x", PING), 0.01),
        "binary": (b"", frame(b"x", 0x82), 0.01),
        "cursors": (b"", frame({"message_type": "presenter_cursor"}), 0.01),
        "people": (b"", frame({"message_type": "participants_update", "participants": []}), 0.01),
        "rejections": (b"", frame({"message_type": "operation_rejected", "operation_id": "x"}), 0.01),
        "corrections": (b"", frame({"message_type": "state_correction"}), 0.01),
    }
    for name, (first, data, seconds) in endless.items():
        found.append(Script("for ever, " + name, [SHAKE, ("send", first), ("repeat", data, seconds)]))
        both = [SHAKE, ("send", state), ("send", first), ("repeat", data, seconds)]
        found.append(Script("for ever, the state and then " + name, both))
    more = ("repeat", state, 0.01)
    found += [
        Script("for ever, states", [SHAKE, more]),
        Script("for ever, as fast as it goes, pings", [SHAKE, ("flood", frame(b"x" * 100, PING), 1 << 28)]),
        Script("for ever, as fast as it goes, empty texts", [SHAKE, ("flood", frame(b""), 1 << 24)]),
        Script("written, then silent", [("relay", 1)]),
        Script("written, then hung up", [("relay", 1), HANG_UP], "", later=True),
        Script("written, then reset", [("relay", 1), ("reset",)], "", later=True),
        Script("written, then hung up each time", [("relay", 1), HANG_UP]),
        Script("written, then pings for ever", [("relay", 1), ("repeat", frame(b"x", PING), 0.01)]),
        Script("written, then states for ever", [("relay", 1), more]),
        Script("written, then 1 GiB", [("relay", 1), ("send", frame(b"", length=1 << 30))]),
        Script("written, then closed as too big", [("relay", 1), ("send", close(1009))]),
        Script(
            "written, then thrown out",
            [("relay", 1), ("send", frame({"message_type": "error", "error": "access_denied"}))],
        ),
        Script("read, then hung up", [SHAKE, ("send", state), ("read",), HANG_UP], "", later=True),
    ]
    return found


def _after(name: str, *data: bytes, says: str | None = "", **more: Any) -> Script:
    """Return a script that sends frames first, takes a frame, hangs up, and then is as it should be."""
    steps = [SHAKE, *(("send", one) for one in data), ("read",), HANG_UP]
    return Script(name, steps, says, later=True, **more)


def _texts(api: str) -> list[Script]:
    state = json.dumps({"message_type": STATES[api], "cells": []})
    texts = {
        "empty": "",
        "blank": " \n ",
        "no JSON": "hello",
        "half of JSON": state[:-5],
        "a number": "5",
        "a text": '"x"',
        "nothing": "null",
        "a list": "[%s]" % state,
        "two states": state + "\n" + state,
        "a state and rubbish": state + "}}",
        "a byte order mark": "\ufeff" + state,
        "a zero": "\0",
        "not a number": '{"message_type": "%s", "cells": [], "x": NaN}' % STATES[api],
        "infinite": '{"message_type": "%s", "cells": [], "x": 1e999}' % STATES[api],
        "5,000 digits": '{"message_type": "%s", "cells": [], "x": %s}' % (STATES[api], "9" * 5000),
        "90 levels": '{"message_type": "%s", "cells": [], "x": %s}' % (STATES[api], deep(90)),
        "5,000 levels": '{"message_type": "%s", "cells": [], "x": %s}' % (STATES[api], deep(5000)),
        "100,000 levels": deep(100_000),
        "half a character": '{"message_type": "%s", "cells": [], "x": "\\ud83d"}' % STATES[api],
        "the same key twice": '{"message_type": 5, "message_type": "%s", "cells": []}' % STATES[api],
    }
    return [_after("text, " + name, frame(text)) for name, text in texts.items()]


def _states(api: str) -> list[Script]:
    states: dict[str, Json] = {
        "null": None,
        "a number": 5,
        "a text": "x",
        "an object": {"id": ID},
        "numbers": [1, 2.5, True],
        "nulls": [None, None],
        "lists": [[], [cell()]],
        "texts": ["a", "b"],
        "empty objects": [{}, {}],
        "the same id twice": [cell(), cell(shape="store")],
        "an id that is a number": [cell(id=5)],
        "an id that is null": [cell(id=None)],
        "an id that is a list": [cell(id=[ID])],
        "an id that is an object": [cell(id={"id": ID})],
        "an empty id": [cell(id="")],
        "an id of 1 MiB": [cell(id="x" * MIB)],
        "shapes of all kinds": [cell(shape=None), cell(id=OTHER, shape=["process"])],
        "a place that is a list": [cell(position=[1, 2], size="big")],
        "a place of texts": [cell(position={"x": "1", "y": None})],
        "a place far off": [cell(position={"x": 1e300, "y": -(10**400)})],
        "a size below nothing": [cell(size={"width": -5, "height": 0})],
        "a parent that is an object": [cell(parent={"id": OTHER})],
        "a parent that is a list": [cell(parent=[OTHER])],
        "a parent that is a number": [cell(parent=7)],
        "its own parent": [cell(parent=ID, shape="security-boundary")],
        "a ring of parents": [
            cell(parent=OTHER, shape="security-boundary"),
            cell(id=OTHER, parent=ID, shape="security-boundary"),
        ],
        "a flow from a list": [cell(), flow(source=[ID], target="x")],
        "a flow from a cell that is a list": [cell(), flow(source={"cell": [ID], "port": {}}, target={"cell": 5})],
        "a flow to nowhere": [flow(source=None, target={})],
        "labels of all kinds": [cell(), flow(labels=5), flow(id=ID[::-1], labels=[None, 5, [], {"attrs": 5}])],
        "a label that is an object": [cell(attrs={"text": {"text": {"a": 1}}})],
        "attrs that are a list": [cell(attrs=[1])],
        "a text that is a number": [cell(attrs={"text": 5})],
        "data that is a list": [cell(data=[1])],
        "metadata that is an object": [cell(data={"_metadata": {"key": "a"}})],
        "metadata of all kinds": [cell(data={"_metadata": [None, 5, {}, {"key": {}}, {"key": ["a"], "value": {}}]})],
        "asset ids of all kinds": [cell(data={"data_asset_ids": [{}, [], 5], "dataAssetIds": {}})],
        "a router that is a list": [cell(), flow(router=["x"])],
        "a router whose name is a list": [cell(), flow(router={"name": ["orth"]})],
        "vertices of all kinds": [cell(), flow(vertices=[None, 5, {"x": "a"}])],
        "children of all kinds": [cell(shape="security-boundary", children=[1, {}, [], None])],
        "children that are a number": [cell(shape="security-boundary", children=5)],
        "ports of all kinds": [cell(ports=[1]), cell(id=OTHER, ports={"items": 5})],
        "an order that is a list": [cell(zIndex=[1])],
        "a label of half a character": [cell(attrs={"text": {"text": "\ud83d"}})],
        "an id of half a character": [cell(id="\udc00")],
        "a label of control characters": [cell(attrs={"text": {"text": "\0\x1b[31m\u202e"}})],
        "a cell of 5,000 levels": "DEEP",
    }
    found = []
    for name, cells in states.items():
        text = json.dumps({"message_type": STATES[api], "cells": cells})
        text = text.replace('"DEEP"', '[{"id": "%s", "shape": "process", "x": %s}]' % (ID, deep(5000)))
        found.append(_after("state, " + name, frame(text)))
    many = [cell(id="%08x-1111-4111-8111-111111111111" % n) for n in range(10_001)]
    smiles = "\U0001f600" * (3 * MIB)
    heavy = {
        "10,001 cells": ({"message_type": STATES[api], "cells": many}, "at most 10000"),
        "a million empty cells": (
            '{"message_type": "%s", "cells": [%s{}]}' % (STATES[api], "{}," * 10**6),
            "more than",
        ),
        "five million empty lists": ("[%s[]]" % ("[]," * (5 * 10**6)), "more than 1000000"),
        "a label of 12 MiB": ({"message_type": STATES[api], "cells": [cell(attrs={"text": {"text": smiles}})]}, None),
    }
    for name, (value, says) in heavy.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        found.append(_after("state, " + name, frame(text), says=says, heavy=True))
    return found


def _messages(api: str) -> list[Script]:
    state = frame({"message_type": STATES[api], "cells": []})
    event = EVENTS[api]

    def operation(*cells: Json) -> Json:
        return {"message_type": event, "operation_id": "o", "sequence_number": 1, "operation": {"cells": list(cells)}}

    people = "participants_update"
    messages: dict[str, Json] = {
        "no type": {"cells": []},
        "a type that is null": {"message_type": None},
        "a type that is a number": {"message_type": 5},
        "a type that is a list": {"message_type": [STATES[api]]},
        "a type that is an object": {"message_type": {}},
        "an unknown type": {"message_type": "self_destruct"},
        "an operation that is a number": {"message_type": event, "operation": 5, "operation_id": 5},
        "an operation that is null": {"message_type": event, "operation": None, "operation_id": None},
        "an operation whose id is a list": {**operation(), "operation_id": [1]},
        "an operation whose id is an object": {**operation(), "operation_id": {}},
        "an operation whose cells are a number": {**operation(), "operation": {"cells": 5}},
        "an operation of numbers": operation(1, None, "x", []),
        "an edit whose id is a number": operation({"id": 5, "operation": "add", "data": cell()}),
        "an edit whose id is a list": operation({"id": [5], "operation": "remove"}),
        "an edit whose data is a list": operation({"id": ID, "operation": "add", "data": [1]}),
        "an edit whose data is null": operation({"id": ID, "operation": "update", "data": None}),
        "an edit that is a list": operation({"id": ID, "operation": ["add"], "data": cell()}),
        "an edit whose data has another id": operation({"id": ID, "operation": "add", "data": cell(id={})}),
        "an edit of an odd cell": operation({"id": ID, "operation": "add", "data": cell(parent=[1], data=[2])}),
        "an edit of half a character": operation({"id": ID, "operation": "add", "data": cell(label="\ud800")}),
        "a number that is a text": {**operation(), "sequence_number": "1"},
        "a number that is true": {**operation(), "sequence_number": True},
        "a number below nothing": {**operation(), "sequence_number": -5},
        "a number of 400 digits": {**operation(), "sequence_number": 10**400},
        "a number with a half": {**operation(), "sequence_number": 0.5},
        "a rejection of numbers": {"message_type": "operation_rejected", "operation_id": 5, "reason": 5},
        "a rejection of objects": {"message_type": "operation_rejected", "operation_id": {}, "affected_cells": {}},
        "a rejection of odd cells": {"message_type": "operation_rejected", "affected_cells": [1, None, {}, []]},
        "people that are a number": {"message_type": people, "participants": 5},
        "people of all kinds": {"message_type": people, "participants": [None, 5, [], {}, {"user": 5}, {"user": []}]},
        "people whose e-mail is a list": {"message_type": people, "participants": [{"user": {"email": ["x"]}}]},
        "an error that is a number": {"message_type": "error", "error": 5},
        "an error that is a list": {"message_type": "error", "error": ["session_terminated"]},
        "an error that is unknown": {"message_type": "error", "error": "x" * 10_000},
        "a correction of all kinds": {"message_type": "state_correction", "update_vector": [{}]},
        "a history that is an object": {"message_type": "history_operation", "message": {}},
    }
    found = [_after("message, " + name, state, frame(message)) for name, message in messages.items()]
    nested = '{"user":' * 3000 + "5" + "}" * 3000
    nested = '{"message_type": "%s", "participants": [%s]}' % (people, nested)
    crowd = {"message_type": people, "participants": [{"user": {"email": "p%d@x" % n}} for n in range(100_000)]}
    denied = {"message_type": "authorization_denied", "reason": {"a": 1}}
    long = {"message_type": "authorization_denied", "reason": "x" * MIB}
    expelled = {"message_type": "error", "error": "removed_from_session"}
    return [
        *found,
        _after("message, people inside people", state, frame(nested)),
        _after("message, 100,000 people", state, frame(crowd), heavy=True),
        _after("message, a denial that is an object", state, frame(denied), says=None),
        _after("message, a denial of 1 MiB", state, frame(long), says=None),
        _after("message, thrown out", state, frame(expelled), says="removed this account"),
    ]


def _rest(api: str) -> list[Script]:
    answers: dict[str, Json] = {
        "null": None,
        "a number": 5,
        "a list": [1],
        "an empty object": {},
        "people that are a number": {"session_id": "s", "participants": 5, "host": []},
        "people of all kinds": {"session_id": "s", "participants": [None, 5, {"user": 5}], "host": 5},
        "an id that is a number": {"session_id": 5, "participants": []},
    }
    found = [
        Script("joining is answered with " + name, [("relay", 10**6)], rest={"/collaborate": answer})
        for name, answer in answers.items()
    ]
    if api == "v1":
        tickets: dict[str, Json] = {"null": None, "a list": [1], "a number": {"ticket": 5}, "an object": {"ticket": {}}}
        found += [
            Script("the ticket is " + name, [("relay", 10**6)], rest={"/ws/ticket": answer})
            for name, answer in tickets.items()
        ]
    return found
