# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The work of ``tmi_watch``: shows a line for each event, while the task runs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import ExitStack, closing
from typing import Any, Protocol

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError, TmiError
from ansible_collections.tmi.tmi.plugins.module_utils._http.transport import Transport
from ansible_collections.tmi.tmi.plugins.module_utils._modules.module import Context

from .feed import Feed
from .lines import line_of
from .session_feed import SessionFeed

#: Most events in the result; all of them are shown and counted.
MOST_EVENTS = 1000
#: Most seconds of one step.
_STEP = 1.0


def watch(params: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Show events until there are ``count`` of them, ``wait_timeout`` seconds are over, or the user ends the run.

    A failure of the first read is raised; later ones are shown, and the next read tries again.
    """
    _check(params)
    if context.check_mode:
        return {"changed": False, "events": [], "count": 0, "timed_out": False}
    clock, show = context.transport.clock, context.show_line or (lambda _line: None)
    limit = params["wait_timeout"]
    end = None if limit is None else clock() + limit
    events: list[dict[str, Any]] = []
    number = 0
    problem = ""
    is_first = True
    with ExitStack() as stack:
        steps = _steps(params, context.transport, stack)
        while True:
            left = _STEP if end is None else min(_STEP, max(0.0, end - clock()))
            found: list[dict[str, Any]] = []
            try:
                found = steps.step(left)
                failure = steps.trouble
            except TmiError as error:
                if is_first:
                    raise
                failure = str(error)
            if failure and failure != problem:
                show("%s  %s. Trying again" % (_now(), failure.rstrip(".")))
            problem = failure or ("" if steps.works else problem)
            is_first = is_first and not steps.works
            for event in found:
                show(line_of(event, _now()))
                number += 1
                if len(events) < MOST_EVENTS:
                    events.append(event)
                if number == params["count"]:
                    return {"changed": False, "events": events, "count": number, "timed_out": False}
            if end is not None and clock() >= end:
                return {"changed": False, "events": events, "count": number, "timed_out": True}


def _check(params: Mapping[str, Any]) -> None:
    for name, least in (("count", 1), ("wait_timeout", 0), ("interval", 1), ("cursor", 0)):
        if params[name] is not None and params[name] < least:
            raise InputError("must be %d or more" % least, name)
    if params["diagram"] is not None and len(params["threat_model"] or ()) != 1:
        raise InputError("must name the model of the diagram, and no other one", "threat_model")


def _now() -> str:
    return time.strftime("%H:%M:%S")


class _Steps(Protocol):
    @property
    def works(self) -> bool:
        """Whether the last read did not fail."""

    @property
    def trouble(self) -> str:
        """The reason for the lack of events although the server answers; "" if there is none.

        A session cannot be joined although the diagram can be read, or there is no such model yet.
        """

    def step(self, seconds: float) -> list[dict[str, Any]]:
        """Return events, after some seconds at most if there are none."""


def _steps(params: Mapping[str, Any], transport: Transport, stack: ExitStack) -> _Steps:
    if params["diagram"] is not None:
        [model] = params["threat_model"]
        options = params["diagram"], params["interval"], params["cursor"]
        return stack.enter_context(closing(SessionFeed(params, model, *options, transport=transport)))
    feed = Feed(params, "", params["threat_model"] or [], snapshot=False, transport=transport)
    return _Rounds(stack.enter_context(closing(feed)), params["interval"], transport)


class _Rounds:
    """Rounds of the feed of changes, with an interval in seconds between their starts."""

    def __init__(self, feed: Feed, interval: float, transport: Transport) -> None:
        self._feed, self._interval, self._transport = feed, interval, transport
        self._next = transport.clock()
        self._found: list[dict[str, Any]] = []
        self.works = False
        self.trouble = ""

    def step(self, seconds: float) -> list[dict[str, Any]]:
        """Do a round if it is time, otherwise wait."""
        rest = self._next - self._transport.clock()
        if rest > 0:
            self._transport.sleep(min(rest, seconds))
        else:
            self._next = self._transport.clock() + self._interval
            self.works = False
            self._round()
            self.works = True
            absent = self._feed.unmatched()
            self.trouble = "threat_model: no model has the name or id %s" % ", ".join(absent) if absent else ""
        found, self._found = self._found, []  # also those of a round that failed later
        return found

    def _round(self) -> None:
        for model_id in self._feed.round():
            found = self._feed.look(model_id)
            if found is not None:
                self._found += map(dict, found.events)
                self._feed.keep(found)
        self._feed.end_round()
