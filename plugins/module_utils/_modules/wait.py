# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The module ``tmi_wait``: reads like ``tmi_info`` until a condition holds.

The condition is an expression of the playbook, so the action plugin evaluates it. If the module runs on another
machine, each run reads once, and the action plugin runs it again.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, Callable, Mapping, Optional

from .._api.client import connect
from .._engine.ports import Server
from .._errors import InputError, TmiError
from .._failures import (
    CONNECTION_LOST,
    CONNECTION_REFUSED,
    NAME_UNKNOWN,
    PROXY,
    TIMEOUT,
    TLS,
    UNREACHABLE,
    error_of,
)
from .._info.fields import names_of
from .._info.reading import known_id
from .._options import REQUIRED_BY, connection_spec
from .info import INFO_KINDS, INFO_SPEC, OFFLINE, asked, find
from .module import Context, Module, failure

if TYPE_CHECKING:
    from .module import Result

#: Failures without an answer after which the server may be available again soon.
_UNREACHED = (NAME_UNKNOWN, CONNECTION_REFUSED, UNREACHABLE, CONNECTION_LOST, TIMEOUT, TLS, PROXY)
#: Shortest interval in seconds.
SHORTEST = 1


def wait_module() -> Module:
    """Return the module that waits."""
    spec: dict[str, Any] = {
        **connection_spec(),
        "condition": {"type": "raw", "required": True},
        "wait_timeout": {"type": "int", "default": 300},
        "interval": {"type": "int", "default": 5},
        "resource": {"type": "str", "choices": names_of(INFO_KINDS), "required": True},
        **{name: dict(entry) for name, entry in INFO_SPEC.items()},
    }
    rules = {"mutually_exclusive": [("name", "id")], "required_by": REQUIRED_BY}
    return Module(spec, _work, rules)


class Patience:
    """How long to wait, and for how long between two reads; in seconds."""

    def __init__(self, params: Mapping[str, Any], clock: Callable[[], float]) -> None:
        self.timeout: float = params["wait_timeout"]
        self.interval: float = params["interval"]
        if self.timeout < 0:
            raise InputError("must be 0 or more seconds", "wait_timeout")
        if self.interval < SHORTEST:
            raise InputError("must be at least %d second" % SHORTEST, "interval")
        self._clock = clock
        self._began = clock()

    def begin(self) -> None:
        """Begin to wait: the first read is done."""
        self._began = self._clock()

    @property
    def waited(self) -> int:
        return int(self._clock() - self._began)

    def pause(self) -> Optional[float]:
        """Return the seconds to the next read, with a random part, so that many runs spread; None if time is over."""
        left = self._began + self.timeout - self._clock()
        if left <= 0:
            return None
        return min(float(left), self.interval * random.uniform(0.8, 1.2))


def _work(params: Mapping[str, Any], context: Context) -> Result:
    patience = Patience(params, context.transport.clock)
    look = _Look(params, context)
    seen = look()  # a mistake in the options fails here, and at once
    patience.begin()
    if context.holds is None:  # the action plugin is on another machine
        return {"changed": False, **seen}
    reads = 1
    trouble: Optional[TmiError] = None
    while True:
        try:
            if trouble is None and context.holds(seen):
                return _result(seen, True, patience.waited, reads)
        except InputError as error:
            return {**_result(seen, False, patience.waited, reads), **failure(error)}
        seconds = None if context.check_mode else patience.pause()
        if seconds is None:
            found = _result(seen, False, patience.waited, reads)
            return found if context.check_mode else late(found, None if trouble is None else failure(trouble))
        context.transport.sleep(seconds)
        try:
            seen, trouble = look(), None
        except TmiError as error:
            if not is_passing(error.details()):
                return {**_result(seen, False, patience.waited, reads), **failure(error)}
            trouble = error
        reads += 1


def is_passing(error: Mapping[str, Any]) -> bool:
    """Whether the server may be available again soon after a failure, by the ``error`` of its result."""
    return error["status"] == 429 or error["status"] >= 500 or (not error["status"] and error["code"] in _UNREACHED)


class _Look:
    """Reads what the task asks for, each time from the server."""

    def __init__(self, params: Mapping[str, Any], context: Context) -> None:
        self._query, self._target = asked(params)
        self._transport = context.transport
        self._server: Optional[Server] = None

    def __call__(self) -> Result:
        if self._query.kind not in OFFLINE:
            if self._server is None:
                self._server = connect(self._transport, known_id(self._query))
            else:
                self._server.forget()
        found = find(self._transport, self._query, self._target, self._server)
        return {"resources": found.objects, "count": len(found.objects), "total": found.total}


def _result(seen: Result, holds: bool, waited: int, reads: int) -> Result:
    return {"changed": False, **seen, "holds": holds, "waited": waited, "reads": reads}


def late(result: Result, trouble: Optional[Result]) -> Result:
    """Return the failed result for a condition that did not hold in time, with the last objects.

    ``trouble``: the failed result of the last read, if it failed.
    """
    number = result["count"]
    found = "1 object was found" if number == 1 else "%d objects were found" % number
    words = "condition: it did not hold within %d s (wait_timeout); %s" % (result["waited"], found)
    if trouble is not None:
        return {**result, **trouble, "msg": "%s. The last read failed: %s" % (words, trouble["msg"])}
    return {**result, "failed": True, "msg": words, "error": error_of(TIMEOUT, where="condition")}
