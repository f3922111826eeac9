# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends challenges and deliveries, as the workers of a real server do (V1-WEBHOOKS).

It sends only to the hosts of the option `--webhook-hosts`, which real servers have as an allow-list for addresses that
are not public. All other hosts count as unreachable, so that a test never reaches the Internet.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ....web.hosts import matches
from . import records

if TYPE_CHECKING:
    from ....app import Sandbox

LOG = logging.getLogger("tmi_sandbox")
CHALLENGE_SECONDS, DELIVERY_SECONDS, CLEANUP_SECONDS = 30.0, 2.0, 3600.0
MOST_CHALLENGES, MOST_ATTEMPTS = 3, 5
#: Minutes to the next attempt after each failure.
RETRY_MINUTES = (1, 5, 15, 30)
#: Seconds to the headers, and for the whole answer.
HEADERS_SECONDS, CHALLENGE_TOTAL, DELIVERY_TOTAL = 5.0, 10.0, 30.0
LARGEST_CHALLENGE, LARGEST_ANSWER, SHOWN_BYTES = 1024, 1024 * 1024, 10 * 1024
IDLE_SECONDS, BROKEN_SECONDS, MOST_FAILURES = 90 * 86400, 7 * 86400, 10


class Failed(Exception):
    """A request without a usable answer; `str` is the reason."""


class Worker:
    """Does what is due. The times are those of the server's clock, which tests can advance."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        now = sandbox.clock.now()
        self._challenge_at, self._deliver_at = now + CHALLENGE_SECONDS, now + DELIVERY_SECONDS
        self._clean_at = now + CLEANUP_SECONDS

    async def round(self) -> None:
        """Send the challenges and deliveries that are due."""
        now = self._sandbox.clock.now()
        if now >= self._clean_at:
            self._clean_at = now + CLEANUP_SECONDS
            self._clean(now)
        if now >= self._challenge_at:
            self._challenge_at = now + CHALLENGE_SECONDS
            for one in records.load(self._sandbox.store, records.SUBSCRIPTIONS):
                if one["status"] == records.PENDING:
                    await self._challenge(one)
        if now >= self._deliver_at:
            self._deliver_at = now + DELIVERY_SECONDS
            for one in records.load(self._sandbox.store, records.DELIVERIES):
                if one["status"] == "pending" and one["due"] <= now:
                    await self._deliver(one)

    def _change(self, kind: str, record_id: str, **members: Any) -> None:
        with self._sandbox.store.transaction():
            records.change(self._sandbox.store, kind, record_id, **members)

    async def _challenge(self, one: records.Record) -> None:
        if one["challenges_sent"] >= MOST_CHALLENGES:
            self._change(records.SUBSCRIPTIONS, one["id"], status=records.PENDING_DELETE)
            return
        challenge = one["challenge"] or secrets.token_hex(32)
        body = json.dumps({"challenge": challenge, "type": "webhook.challenge"}, separators=(",", ":"))
        headers = {"X-Webhook-Event": "webhook.challenge", "X-Webhook-Subscription-Id": one["id"]}
        try:
            status, answer, _headers = await self._post(one["url"], body, headers, CHALLENGE_TOTAL)
            found = json.loads(answer[:LARGEST_CHALLENGE])
            verified = status == 200 and isinstance(found, dict) and found.get("challenge") == challenge
        except (Failed, ValueError) as reason:
            LOG.info("challenge of %s: %s", one["id"], reason)
            verified = False
        if verified:
            stamp = self._sandbox.clock.stamp()
            self._change(records.SUBSCRIPTIONS, one["id"], status=records.ACTIVE, modified_at=stamp)
        else:
            sent = one["challenges_sent"] + 1
            self._change(records.SUBSCRIPTIONS, one["id"], challenge=challenge, challenges_sent=sent)

    async def _deliver(self, one: records.Record) -> None:
        subscription = records.find(self._sandbox.store, records.SUBSCRIPTIONS, one["subscription_id"])
        if subscription is None or subscription["status"] != records.ACTIVE:
            self._end(one, "failed")
            return
        headers = {
            "X-Webhook-Event": one["event_type"],
            "X-Webhook-Delivery-Id": one["id"],
            "X-Webhook-Subscription-Id": subscription["id"],
            "X-Webhook-Signature": signature(one["payload"].encode(), subscription["secret"]),
        }
        try:
            status, answer, found = await self._post(subscription["url"], one["payload"], headers, DELIVERY_TOTAL)
            if not 200 <= status < 300:
                raise Failed(f"HTTP {status}: {answer[:SHOWN_BYTES].decode('utf-8', 'replace')}")
        except Failed as reason:
            self._failed(one, subscription, str(reason))
            return
        if found.get("X-TMI-Callback") == "async":
            self._end(one, "in_progress")
        else:
            self._end(one, "delivered", delivered_at=self._sandbox.clock.stamp())
        stamp = self._sandbox.clock.stamp()
        self._change(records.SUBSCRIPTIONS, subscription["id"], publication_failures=0, last_successful_use=stamp)

    def _end(self, one: records.Record, status: str, **members: Any) -> None:
        stamp = self._sandbox.clock.stamp()
        self._change(records.DELIVERIES, one["id"], status=status, last_activity_at=stamp, **members)

    def _failed(self, one: records.Record, subscription: records.Record, reason: str) -> None:
        attempts = one["attempts"] + 1
        if attempts >= MOST_ATTEMPTS:
            self._end(one, "failed")
            failures = subscription["publication_failures"] + 1
            self._change(records.SUBSCRIPTIONS, subscription["id"], publication_failures=failures)
            return
        clock = self._sandbox.clock
        wait = 60.0 * RETRY_MINUTES[attempts - 1]
        due = {"due": clock.now() + wait, "next_retry_at": clock.stamp_of(clock.now() + wait)}
        stamp = clock.stamp()
        more = {"attempts": attempts, "last_error": reason, "last_activity_at": stamp}
        self._change(records.DELIVERIES, one["id"], **due, **more)

    def _clean(self, now: float) -> None:
        """Remove subscriptions that were not verified, that are idle, or that fail."""
        kept = []
        for one in records.load(self._sandbox.store, records.SUBSCRIPTIONS):
            used = self._sandbox.clock.seconds_of(one.get("last_successful_use") or one["created_at"])
            broken = one["publication_failures"] >= MOST_FAILURES and now - used > BROKEN_SECONDS
            if one["status"] != records.PENDING_DELETE and now - used <= IDLE_SECONDS and not broken:
                kept.append(one)
        with self._sandbox.store.transaction():
            records.keep(self._sandbox.store, records.SUBSCRIPTIONS, kept)

    async def _post(self, url: str, body: str, headers: dict[str, str], seconds: float) -> tuple[int, bytes, Any]:
        """Return status, beginning of the body, and headers of the answer. Raises Failed."""
        from aiohttp import ClientError, ClientSession, ClientTimeout

        url = url.strip()
        if not matches((urlsplit(url).hostname or "").lower(), self._sandbox.settings.webhook_hosts):
            raise Failed("request failed: the host is not in --webhook-hosts")
        sent = {"Content-Type": "application/json", "User-Agent": "TMI-Webhook/1.0", **headers}
        limits = ClientTimeout(total=seconds, sock_read=HEADERS_SECONDS)
        try:
            async with (
                ClientSession(timeout=limits) as http,
                http.post(url, data=body.encode(), headers=sent, allow_redirects=False) as answer,
            ):
                return answer.status, await answer.content.read(LARGEST_ANSWER), answer.headers
        except (TimeoutError, ClientError, OSError, ValueError) as problem:
            raise Failed(f"request failed: {str(problem) or type(problem).__name__}") from None


def signature(body: bytes, secret: str) -> str:
    """Return the value of `X-Webhook-Signature`."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
