# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The subscription that the source ``webhook`` makes for itself and removes: by the code of the module tmi_webhook."""

from __future__ import annotations

import asyncio
import logging
import random
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._api import webhooks
from ansible_collections.tmi.tmi.plugins.module_utils._errors import TmiError
from ansible_collections.tmi.tmi.plugins.module_utils._failures import INVALID_INPUT
from ansible_collections.tmi.tmi.plugins.module_utils._http.transport import Transport
from ansible_collections.tmi.tmi.plugins.module_utils._login.auth import Auth
from ansible_collections.tmi.tmi.plugins.module_utils._modules.module import Context
from ansible_collections.tmi.tmi.plugins.module_utils._modules.webhook import WEBHOOK_SPEC, webhook_module
from ansible_collections.tmi.tmi.plugins.module_utils._options import Settings

from .arguments import Arguments

#: Seconds to the next attempt after a failure: the first, doubled each time up to the last.
FIRST_PAUSE, LAST_PAUSE = 5.0, 300.0
#: Seconds between two looks whether the subscription still exists.
CHECK_SECONDS = 600.0
#: Seconds to wait for the test delivery to a subscription that an earlier run has left.
TEST_SECONDS = 30.0
#: Seconds for the removal at the end.
REMOVE_SECONDS = 8.0
#: The events of models that the tested servers send.
DEFAULT_EVENTS = ("threat_model.created", "threat_model.updated", "threat_model.deleted")

logger = logging.getLogger("tmi.tmi.webhook")


class Ended(Exception):
    """The source ends: the thread that was in a pause gives up."""


class Subscription:
    """The subscription of a source. Its methods block; ``remove`` ends a pause of the others, and waits for them.

    Args:
        params: Options of the connection.
        wanted: name, target_url, events, threat_model and secret, as the module has them.
    """

    def __init__(self, params: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
        self.name: str = wanted["name"]
        self._params = dict(params)
        self._wanted = {name: entry.get("default") for name, entry in WEBHOOK_SPEC.items()}
        self._wanted.update(wanted)
        self._id = ""
        self._has_ended = threading.Event()
        self._lock = threading.Lock()

    def ensure(self, rotate: bool) -> tuple[bool, Sequence[str]]:
        """Make or replace the subscription and wait until the server has verified it.

        Return whether it was written, and warnings. ``rotate`` replaces it in any case. Raises TmiError, or Ended.
        """
        with self._lock, self._transport(self._params) as transport:
            wanted = {**self._wanted, "rotate": rotate, "wait": True}
            result = webhook_module().work({**self._params, **wanted}, Context(transport, check_mode=False))
            self._id = result["webhook"]["id"]
            return result["changed"], [*transport.warnings(), *result.get("warnings", ())]

    def test(self) -> str:
        """Let the server send a test delivery; return its id. Raises TmiError."""
        with self._lock, self._transport(self._params) as transport:
            return webhooks.send_test(transport, self._id)

    def remove(self) -> None:
        """Remove the subscription, in one attempt. Raises TmiError."""
        quick = {"timeout": REMOVE_SECONDS / 2, "connect_timeout": REMOVE_SECONDS / 4, "retry_timeout": 0}
        self._has_ended.set()
        with self._lock, self._transport({**self._params, **quick}) as transport:
            wanted = {**self._wanted, "state": "absent"}
            webhook_module().work({**self._params, **wanted}, Context(transport, check_mode=False))

    def _transport(self, params: Mapping[str, Any]) -> Transport:
        settings = Settings.from_params(params)
        return Transport(settings, Auth(settings), sleep=self._pause)

    def _pause(self, seconds: float) -> None:
        if self._has_ended.wait(seconds):
            raise Ended


def subscription_of(arguments: Arguments, secret: str) -> Subscription:
    """Return the subscription for the arguments of a rulebook. Raises ValueError, one sentence."""
    public_url = arguments["public_url"]
    if not public_url:
        raise arguments.error("public_url: is missing: give the address under which the server reaches the source")
    wanted = {
        "name": arguments["name"] or "Ansible rulebook at %s" % public_url,
        "target_url": public_url,
        "events": arguments["events"],
        "threat_model": arguments["threat_model"],
        "secret": secret,
    }
    try:
        Settings.from_params(arguments.connection)
    except TmiError as error:
        raise arguments.error(str(error)) from None
    return Subscription(arguments.connection, wanted)


async def keep_subscribed(subscription: Subscription, rotate: bool, signature_of: Callable[[str], bool | None]) -> None:
    """Make the subscription, look now and then whether it still exists, and make it again; end by cancellation.

    Args:
        subscription: The subscription.
        rotate: Whether the first attempt replaces a subscription that exists, because its secret is not known.
        signature_of: Returns whether the delivery of this id was signed with our secret; None if it has not arrived.

    Raises ValueError for a wrong option. A failure of the server is one line in the log, and is tried again.
    """
    _take_signals_back()
    try:
        await _keep(subscription, rotate, signature_of)
    except ValueError:
        raise
    except BaseException:
        await _unsubscribe(subscription)
        raise


def _take_signals_back() -> None:
    """Register the handlers of Python again: Java, which ansible-rulebook has loaded, ends the process at once."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            handler = signal.getsignal(number)
            if callable(handler):
                signal.signal(number, handler)


async def _keep(subscription: Subscription, rotate: bool, signature_of: Callable[[str], bool | None]) -> None:
    pause, is_first = FIRST_PAUSE, True
    while True:
        try:
            is_written, warnings = await asyncio.to_thread(subscription.ensure, rotate)
            rotate = False
            if is_first and not is_written:
                # A run that was killed has left it, perhaps with another secret.
                rotate = await _has_other_secret(subscription, signature_of)
                if rotate:
                    continue
        except TmiError as error:
            if is_first and error.code == INVALID_INPUT:
                # The module calls it target_url.
                raise ValueError("tmi.tmi.webhook: %s" % str(error).replace("target_url", "public_url")) from None
            reason = str(error).rstrip(".")
            logger.error("cannot subscribe as %s: %s. The next attempt is in %d s", subscription.name, reason, pause)
            await asyncio.sleep(pause * random.uniform(0.9, 1.1))
            pause = min(2 * pause, LAST_PAUSE)
            continue
        if is_first or is_written:
            logger.info("subscribed as %s; the server has verified the address", subscription.name)
            for warning in warnings:
                logger.warning("%s", warning)
        pause, is_first = FIRST_PAUSE, False
        await asyncio.sleep(CHECK_SECONDS * random.uniform(0.9, 1.1))


async def _unsubscribe(subscription: Subscription) -> None:
    """Remove the subscription; a failure is one line in the log."""
    words = "the subscription %s was not removed: %s. Remove it with the module tmi_webhook"
    try:
        await asyncio.wait_for(asyncio.to_thread(subscription.remove), REMOVE_SECONDS)
    except TmiError as error:
        logger.error(words, subscription.name, str(error).rstrip("."))
    except TimeoutError:
        logger.error(words, subscription.name, "there was no answer in %g s" % REMOVE_SECONDS)


async def _has_other_secret(subscription: Subscription, signature_of: Callable[[str], bool | None]) -> bool:
    """Return whether a test delivery comes with the signature of another secret. Raises TmiError."""
    delivery = await asyncio.to_thread(subscription.test)
    loop = asyncio.get_running_loop()
    end = loop.time() + TEST_SECONDS
    while loop.time() < end:
        is_right = signature_of(delivery)
        if is_right is not None:
            if not is_right:
                logger.info("the subscription %s has another secret and is replaced", subscription.name)
            return not is_right
        await asyncio.sleep(0.1)
    logger.warning("the server has sent no test delivery to %s in %g s", subscription.name, TEST_SECONDS)
    return False
