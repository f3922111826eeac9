# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event source: what people do in the collaboration session of a diagram."""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import sys
from collections.abc import Mapping
from typing import Any

DOCUMENTATION = r"""
short_description: Receive the events of the collaboration session of a diagram
description:
  - Joins the collaboration session of a diagram as a participant that only reads, and gives an event when someone joins
    or leaves, when the presenter changes, and for each node, boundary and flow that someone creates, updates or
    deletes, within a second.
  - The source never opens a session, because it would then be the host, and the session would end with the source.
    While there is no session it waits for one, and reports changes of the diagram that were written otherwise.
  - After an interruption of the session, the connection or the server it joins again, compares the diagram with its
    last state, and reports each change once, without C(user). The last state is in memory. Use
    P(tmi.tmi.changes#event_source) in addition if changes must be reported that are made while the rulebook is not
    running.
  - Other participants see the account of the source in the session. On TMI 1.x this must not be the account that opened
    the session, because the server ends a session when any connection of its host ends. An account that can read the
    model is enough.
  - An event has the members of P(tmi.tmi.changes#event_source) and C(user), the e-mail address of the person, empty if
    it is unknown. Types are C(node.created), C(boundary.updated), C(flow.deleted) and so on, C(session.opened) and
    C(session.closed), C(participant.joined) and C(participant.left), C(presenter.changed), and C(cursor.moved).
    C(after) of C(session.opened) has C(host), C(presenter) and C(participants). Positions and sizes of cells are not
    compared.
  - The source needs Python 3.11 or later, ansible-core, requests, websocket-client, and this collection in the
    collection path.
options:
  url:
    description:
      - Address of the server. All other connection options of the modules can be given too, such as C(token),
        C(refresh_token), C(token_cache), C(client_id), C(client_secret), C(ca_path), C(proxy) and C(api).
      - Options that are not given are taken from the environment variables of the modules, such as E(TMI_URL).
    type: str
  threat_model:
    description: Name or id of the model.
    type: str
    required: true
  diagram:
    description: Name or id of the diagram.
    type: str
    required: true
  interval:
    description:
      - Seconds between two looks for a session while there is none, and the longest wait before a new connection. Up to
        half of it is subtracted at random.
    type: float
    default: 10
  cursor:
    description: Least number of seconds between two events C(cursor.moved). With 0 there are no such events.
    type: float
    default: 0
  keep_alive:
    description:
      - Keep the server from ending a session in which nobody joins or leaves for five minutes. It ends when its host
        leaves.
      - On TMI 1.x the source leaves and joins again every four minutes. The others can see this.
    type: bool
    default: false
"""

EXAMPLES = r"""
- tmi.tmi.session:
    url: https://tmi.example.com
    client_id: "{{ tmi_client_id }}"
    client_secret: "{{ tmi_client_secret }}"
    threat_model: Payments
    diagram: Main
"""

logger = logging.getLogger("tmi.tmi.session")


def _make_collection_importable() -> None:
    """Let Python find this collection. ansible-rulebook loads a source by its path, without Ansible's own loader."""
    folder = os.path.abspath(__file__)
    for _part in ("session.py", "event_source", "plugins", "eda", "extensions", "tmi", "tmi"):
        folder = os.path.dirname(folder)
    if os.path.basename(folder) != "ansible_collections":
        return  # a checkout that is not in a collection path
    try:
        package = importlib.import_module("ansible_collections")
    except ImportError:
        sys.path.append(os.path.dirname(folder))
        package = importlib.import_module("ansible_collections")
    if folder not in package.__path__:
        package.__path__.append(folder)


_make_collection_importable()

from ansible_collections.tmi.tmi.plugins.module_utils._errors import TmiError  # noqa: E402
from ansible_collections.tmi.tmi.plugins.plugin_utils._events.arguments import Arguments  # noqa: E402
from ansible_collections.tmi.tmi.plugins.plugin_utils._events.running import ProblemLog, defect, deliver  # noqa: E402
from ansible_collections.tmi.tmi.plugins.plugin_utils._events.session_feed import SessionFeed  # noqa: E402

_SPEC: Mapping[str, Mapping[str, Any]] = {
    "threat_model": {"type": "str", "required": "the name or id of a model"},
    "diagram": {"type": "str", "required": "the name or id of a diagram"},
    "interval": {"type": "float", "default": 10, "above": 0},
    "cursor": {"type": "float", "default": 0, "least": 0},
    "keep_alive": {"type": "bool", "default": False},
}
#: Most seconds of one step without events, and most seconds that the end of the source waits for a step.
STEP, END = 1.0, 5.0


def feed_of(args: Mapping[str, Any]) -> SessionFeed:
    """Return the feed for the arguments of a rulebook. Raises ValueError, one sentence."""
    arguments = Arguments("tmi.tmi.session", args, _SPEC)
    try:
        return SessionFeed(
            arguments.connection,
            arguments["threat_model"],
            arguments["diagram"],
            interval=arguments["interval"],
            cursor=arguments["cursor"],
            keep_alive=arguments["keep_alive"],
        )
    except TmiError as error:
        raise arguments.error(str(error)) from None


async def main(queue: asyncio.Queue[Any], args: dict[str, Any]) -> None:
    """Give events to the rules until the rulebook ends. Raises ValueError for wrong arguments."""
    feed = await asyncio.to_thread(feed_of, args)
    problems, feedback = ProblemLog(logger), args.get("eda_feedback_queue")
    step: asyncio.Future[list[dict[str, Any]]] | None = None
    try:
        while True:
            step = asyncio.ensure_future(asyncio.to_thread(feed.step, STEP))
            try:
                events = await asyncio.shield(step)
            except TmiError as error:
                problems.failed(error, "The source tries again")
                continue
            except Exception as error:
                problems.failed(defect(error), "The source tries again")
                logger.debug("the defect", exc_info=True)
                await asyncio.sleep(STEP)
                continue
            if feed.trouble:
                problems.failed(feed.trouble, "The source joins again")
            elif feed.works:
                problems.works()
            for event in events:
                await deliver(queue, feedback, event)
    finally:
        feed.stop()
        if step is not None:  # a cancelled source: the thread still uses the connection
            await asyncio.wait([step], timeout=END)
            if step.done() and not step.cancelled():
                step.exception()
        feed.close()
