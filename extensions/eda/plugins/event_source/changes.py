# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event source: every change of threat models, found by comparing them with their last state."""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import random
import sys
from collections.abc import Mapping
from typing import Any

DOCUMENTATION = r"""
short_description: Receive an event for every change of threat models
description:
  - Reads the chosen threat models again and again, compares each one with its last state, and gives an event for each
    model, threat, diagram, cell (node, boundary, flow), asset, document, note and source that was created, updated or
    deleted.
  - It needs no rights of an administrator and works with all servers that the collection supports, also where webhooks
    have no events of threats and diagrams.
  - The last state is kept in a folder. A source that starts again reports what has changed in the meantime. An event is
    noted as delivered after the rules have taken it.
  - An event has C(type) (such as C(threat.updated)), C(kind), C(action) (created, updated, deleted), C(id), C(name),
    C(threat_model) (id and name), C(diagram) (id and name; only for cells), C(changes) (each field that differs, with
    C(before) and C(after)), C(before) and C(after) (all fields, in the words of the modules), C(user) and C(event_id).
    The same change has the same C(event_id), also if a source that was killed reports it again.
  - C(user) is the e-mail of the person who made the change, from the audit trail of a TMI 1.x server. It is empty if
    the server does not show it, as for writes of many threats at once, edits in a session, and deleted models.
  - If several changes of an object are made between two rounds, they are one event. A model that the account can no
    longer see counts as deleted. Positions and sizes of cells are not compared.
  - A model that was chosen by its name stays chosen if it gets another name.
  - The source needs Python 3.11 or later, ansible-core, requests, and this collection in the collection path.
options:
  url:
    description:
      - Address of the server. All other connection options of the modules can be given too, such as C(token),
        C(refresh_token), C(token_cache), C(client_id), C(client_secret), C(ca_path), C(proxy) and C(api).
      - Options that are not given are taken from the environment variables of the modules, such as E(TMI_URL).
    type: str
  state:
    description: Folder for the last state. Only one source can use it at the same time. It is created with mode 0700.
    type: path
    required: true
  threat_model:
    description: Names, patterns (C(Pay*)) or ids of the models. If it is not set, all models that the account can see.
    type: list
    elements: str
  interval:
    description: Seconds between the starts of two rounds. Up to a tenth of it is added or subtracted at random.
    type: float
    default: 60
  wait_for_user:
    description:
      - Seconds for which the events of a model wait if the audit trail does not show C(user) of all of them yet. A
        server shows a change about 10 seconds after the last change of the same object.
      - Changes that the server never shows are then reported that much later.
    type: float
    default: 0
  snapshot:
    description: In the first round, report all objects that exist as created. Otherwise the first round is silent.
    type: bool
    default: false
"""

EXAMPLES = r"""
- tmi.tmi.changes:
    url: https://tmi.example.com
    client_id: "{{ tmi_client_id }}"
    client_secret: "{{ tmi_client_secret }}"
    threat_model: ["Payments*"]
    state: /var/lib/eda/tmi-payments
    interval: 120
"""

logger = logging.getLogger("tmi.tmi.changes")


def _make_collection_importable() -> None:
    """Let Python find this collection. ansible-rulebook loads a source by its path, without Ansible's own loader."""
    folder = os.path.abspath(__file__)
    for _part in ("changes.py", "event_source", "plugins", "eda", "extensions", "tmi", "tmi"):
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
from ansible_collections.tmi.tmi.plugins.plugin_utils._events.feed import Feed, Found  # noqa: E402
from ansible_collections.tmi.tmi.plugins.plugin_utils._events.running import ProblemLog, defect, deliver  # noqa: E402

_SPEC: Mapping[str, Mapping[str, Any]] = {
    "state": {"type": "path", "required": "a folder for the last state"},
    "threat_model": {"type": "list", "elements": "str", "default": []},
    "interval": {"type": "float", "default": 60, "above": 0},
    "wait_for_user": {"type": "float", "default": 0, "least": 0},
    "snapshot": {"type": "bool", "default": False},
}


def feed_of(args: Mapping[str, Any]) -> tuple[Feed, float]:
    """Return the feed and the interval in seconds for the arguments of a rulebook. Raises ValueError, one sentence."""
    arguments = Arguments("tmi.tmi.changes", args, _SPEC)
    state, models, snapshot = arguments["state"], arguments["threat_model"], arguments["snapshot"]
    try:
        feed = Feed(arguments.connection, state, models, snapshot, wait_for_user=arguments["wait_for_user"])
    except TmiError as error:
        raise arguments.error(str(error)) from None
    return feed, arguments["interval"]


class Source:
    """One running source. Requests and files are used in a thread, so that other sources are not delayed."""

    def __init__(self, feed: Feed, queue: asyncio.Queue[Any], feedback: asyncio.Queue[Any] | None) -> None:
        self._feed = feed
        self._queue = queue
        self._feedback = feedback
        self._problems = ProblemLog(logger)

    async def round(self) -> None:
        """Do one round. A problem is a line in the log; the next round tries again."""
        problem: object = ""
        try:
            for model_id in await asyncio.to_thread(self._feed.round):
                found = await asyncio.to_thread(self._feed.look, model_id)
                if found is not None:
                    problem = await self._hand_on(found) or problem
            await asyncio.to_thread(self._feed.end_round)
        except TmiError as error:
            problem = error
        except Exception as error:
            problem = defect(error)
            logger.debug("the defect", exc_info=True)
        if problem:
            self._problems.failed(problem, "The next round tries again")
        else:
            self._problems.works()
        while self._feed.warnings:
            logger.warning(self._feed.warnings.pop(0))

    async def _hand_on(self, found: Found) -> TmiError | None:
        """Give the events of a model to the rules; return the reason if that cannot be noted."""
        for event in found.events:
            await deliver(self._queue, self._feedback, dict(event))
        try:
            await asyncio.to_thread(self._feed.keep, found)
        except TmiError as error:
            return error
        return None


async def main(queue: asyncio.Queue[Any], args: dict[str, Any]) -> None:
    """Give events to the rules until the rulebook ends. Raises ValueError for wrong arguments."""
    feed, interval = await asyncio.to_thread(feed_of, args)
    source = Source(feed, queue, args.get("eda_feedback_queue"))
    loop = asyncio.get_running_loop()
    try:
        while True:
            begin = loop.time()
            await source.round()
            pause = interval * random.uniform(0.9, 1.1) - (loop.time() - begin)
            await asyncio.sleep(max(0.0, pause))
    finally:
        feed.close()
