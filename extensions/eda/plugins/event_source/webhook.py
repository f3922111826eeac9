# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event source: receives the deliveries of TMI's webhooks (V1-WEBHOOKS)."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import importlib
import logging
import os
import re
import sys
import time
from collections import OrderedDict
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

DOCUMENTATION = r"""
short_description: Receive events from the webhooks of a TMI server
description:
  - Listens for the deliveries of a webhook subscription of TMI 1.x, checks the signature of each one, and gives each
    event to the rules once.
  - A 1.8 server sends events of threat models, surveys, teams, projects and add-ons. It sends none of threats, diagrams
    and other objects inside a model; use P(tmi.tmi.changes#event_source) for these.
  - The source answers the challenge with which the server verifies a new subscription.
  - The source needs Python 3.11 or later, aiohttp, which decision environments have, and this collection in the
    collection path.
  - An event is confirmed only after the rules have taken it. If they do not take it within C(queue_seconds), the answer
    is 503 and the server delivers it again later.
options:
  host:
    description: Address to listen on. The default accepts connections of this machine only.
    type: str
    default: 127.0.0.1
  port:
    description: TCP port to listen on.
    type: int
    required: true
  path:
    description: Path of the address that the subscription names.
    type: str
    default: /
  secret:
    description:
      - Secret of the subscription. A delivery without a valid signature is answered with 401.
      - If it is not set, the environment variable E(TMI_WEBHOOK_SECRET) is used.
      - With O(subscribe) and without a secret, the source makes one at random at each start and replaces the
        subscription. Deliveries of the old one that the server has still to repeat are lost.
      - Required, except with O(subscribe).
    type: str
  subscribe:
    description:
      - Whether the source makes its subscription itself, removes it when the rulebook ends, and makes it again if it
        was removed on the server.
      - A subscription of the same name, which a rulebook that was killed has left, is adopted. If it differs, it is
        replaced.
      - The account must be an administrator, and the owner of the models whose events are expected. All connection
        options of the modules can be given, such as C(url), C(token), C(client_id), C(client_secret), C(ca_path) and
        C(proxy). Options that are not given are taken from the environment variables of the modules.
      - If the server refuses the subscription or is not available, the source writes a line to the log, listens on, and
        tries again after 5 seconds, later after up to 5 minutes.
    type: bool
    default: false
  public_url:
    description: Address under which the server reaches the source. Required with O(subscribe).
    type: str
  name:
    description: Name of the subscription, which identifies it. By default it is made from O(public_url).
    type: str
  events:
    description: Names of events, with O(subscribe). The default are the events of threat models. C(*) means all.
    type: list
    elements: str
    default: [threat_model.created, threat_model.updated, threat_model.deleted]
  threat_model:
    description: Name or id of the only model whose events are sent, with O(subscribe).
    type: str
  certfile:
    description:
      - File with the certificate and its chain (PEM). With it the source serves HTTPS.
      - A renewed certificate is used within ten minutes. One that has expired is reported in the log.
    type: path
  keyfile:
    description: File with the key of O(certfile), if that file does not have it. The key must not be encrypted.
    type: path
  queue_seconds:
    description: Seconds to wait until the rules take an event. TMI waits 5 seconds for the answer.
    type: float
    default: 0.8
  max_waiting:
    description: Number of deliveries that can wait for the rules at the same time. More are answered with 503.
    type: int
    default: 500
  max_body:
    description: Largest body of a delivery, in bytes. A larger one is answered with 413.
    type: int
    default: 1048576
  max_age:
    description:
      - A delivery whose event is older, in seconds, is not given to the rules, because it can be a recorded delivery
        that is sent again. The log has a line about it. 0 accepts every age.
      - TMI repeats a delivery for up to 51 minutes.
    type: int
    default: 86400
  remember:
    description: Number of events that are recognised if they are delivered again.
    type: int
    default: 10000
"""

EXAMPLES = r"""
- tmi.tmi.webhook:
    host: 0.0.0.0
    port: 5000
    secret: "{{ tmi_webhook_secret }}"
    certfile: /etc/pki/tls/eda.pem

# The source makes its subscription itself. Logins are taken from TMI_CLIENT_ID and TMI_CLIENT_SECRET.
- tmi.tmi.webhook:
    host: 0.0.0.0
    port: 5000
    subscribe: true
    url: https://tmi.example.com
    public_url: https://eda.example.com/tmi
    path: /tmi
    secret: "{{ tmi_webhook_secret }}"
    certfile: /etc/pki/tls/eda.pem
"""

logger = logging.getLogger("tmi.tmi.webhook")


def _make_collection_importable() -> None:
    """Let Python find this collection. ansible-rulebook loads a source by its path, without Ansible's own loader."""
    folder = os.path.abspath(__file__)
    for _part in ("webhook.py", "event_source", "plugins", "eda", "extensions", "tmi", "tmi"):
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

from ansible_collections.tmi.tmi.plugins.plugin_utils._events.connections import Connections  # noqa: E402
from ansible_collections.tmi.tmi.plugins.plugin_utils._events.delivery import (  # noqa: E402
    Refusal,
    Seen,
    event_of,
    json_object,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._events.running import Counts, ProblemLog  # noqa: E402
from ansible_collections.tmi.tmi.plugins.plugin_utils._events.subscription import keep_subscribed  # noqa: E402
from ansible_collections.tmi.tmi.plugins.plugin_utils._events.tls import ServerCertificate  # noqa: E402
from ansible_collections.tmi.tmi.plugins.plugin_utils._events.webhook_settings import Settings, settings_of  # noqa: E402

#: Errors of the web server that are the client's.
_NOT_HTTP = (HttpProcessingError, web.RequestPayloadError)
#: Seconds from the beginning of a connection to the first whole head of a request.
HEAD_SECONDS = 10.0
#: Seconds for the body of a delivery. TMI gives up after 30 seconds.
BODY_SECONDS = 10.0
#: Seconds after which a connection without a further request is closed.
IDLE_SECONDS = 30.0
#: Most connections, in addition to those whose deliveries wait for the rules.
SPARE_CONNECTIONS = 200
#: Seconds between two looks at the files of the certificate.
CERTIFICATE_SECONDS = 600.0
#: Number of deliveries whose signature is remembered.
MOST_SIGNED = 1000
#: A challenge is a hexadecimal text. No other text is returned to the sender.
CHALLENGE = re.compile(r"[0-9a-fA-F]{1,128}")
SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}")


class Receiver:
    """Answers requests and gives events to ``queue``. ``counts``: deliveries by result."""

    def __init__(self, settings: Settings, queue: asyncio.Queue[Any]) -> None:
        self.settings = settings
        self.queue = queue
        self.counts = Counts()
        most = settings.max_waiting + SPARE_CONNECTIONS
        self.connections = Connections(most, HEAD_SECONDS, self._closed)
        self._seen = Seen(settings.remember)
        self._waiting: set[str] = set()
        self._waiting_count = 0
        #: Whether the signature was right, by the id of the delivery, of the last deliveries.
        self._signed: OrderedDict[str, bool] = OrderedDict()

    def signature_of(self, delivery_id: str) -> bool | None:
        """Return whether a delivery had the right signature; None if it has not arrived."""
        return self._signed.get(delivery_id)

    def application(self) -> web.Application:
        """Return the web application."""
        app = web.Application(client_max_size=self.settings.max_body)
        app.router.add_route("*", "/{any:.*}", self.answer)
        return app

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one request; see the documentation of the source for the status."""
        self.connections.asks(request.protocol)
        try:
            self._check_place(request)
            raw = await self._body(request)
            challenge = self._challenge(request, raw)
            if challenge is not None:
                self.counts.add("challenges")
                return web.json_response({"challenge": challenge})
            self._check_signature(request, raw)
            result = await self._deliver(request, raw)
        except Refusal as refusal:
            self.counts.add(refusal.counted_as)
            self._log(refusal, request)
            headers = {503: {"Retry-After": "5"}, 405: {"Allow": "POST"}}.get(refusal.status, {})
            return web.json_response({"error": refusal.reason}, status=refusal.status, headers=headers)
        self.counts.add(result)
        return web.json_response({"result": result})

    def _check_place(self, request: web.Request) -> None:
        if request.raw_path.partition("?")[0] != self.settings.path:
            raise Refusal(404, "the path of this source is %s" % self.settings.path, "elsewhere")
        if request.method != "POST":
            raise Refusal(405, "deliveries come with POST", "elsewhere")

    async def _body(self, request: web.Request) -> bytes:
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise Refusal(415, "the body must not be compressed", "malformed")
        try:
            return await asyncio.wait_for(request.read(), BODY_SECONDS)
        except web.HTTPRequestEntityTooLarge:
            raise Refusal(413, "the body has more than %d bytes" % self.settings.max_body, "too_large") from None
        except TimeoutError:
            raise Refusal(408, "the body was not complete within %g s" % BODY_SECONDS, "too_slow") from None
        except (*_NOT_HTTP, ConnectionError):
            raise Refusal(400, "the body is not complete, or its encoding is wrong", "malformed") from None

    def _challenge(self, request: web.Request, raw: bytes) -> str | None:
        """Return the text of a challenge, which the server sends without a signature; None for a delivery."""
        if request.headers.get("X-Webhook-Event") != "webhook.challenge":
            return None
        body = json_object(raw)
        text = body.get("challenge")
        if body.get("type") != "webhook.challenge" or not isinstance(text, str) or not CHALLENGE.fullmatch(text):
            raise Refusal(400, "this is not a challenge of TMI", "malformed")
        return text

    def _check_signature(self, request: web.Request, raw: bytes) -> None:
        given = request.headers.get("X-Webhook-Signature", "")
        expected = "sha256=" + hmac.new(self.settings.secret, raw, hashlib.sha256).hexdigest()
        is_right = bool(SIGNATURE.fullmatch(given)) and hmac.compare_digest(given, expected)
        if self.settings.subscription is not None:
            self._signed[request.headers.get("X-Webhook-Delivery-Id", "")] = is_right
            while len(self._signed) > MOST_SIGNED:
                self._signed.popitem(last=False)
        if not is_right:
            raise Refusal(401, "the signature is wrong or missing (X-Webhook-Signature)", "wrong_signature")

    async def _deliver(self, request: web.Request, raw: bytes) -> str:
        body = json_object(raw)
        if body.get("type") == "test" and "event_type" not in body:
            return "test"  # an administrator tries the subscription
        event = event_of(body, request.headers)
        keys = ("body " + hashlib.sha256(raw).hexdigest(),)
        if event["delivery_id"]:
            keys += ("id " + event["delivery_id"],)
        if keys in self._seen:
            return "repeated"
        if self._is_too_old(event["time"]):
            words = (
                "the event is older than max_age (%d s), or the clock of the server is wrong: the rules do not get it"
            )
            raise Refusal(200, words % self.settings.max_age, "too_old")
        if not self._waiting.isdisjoint(keys) or self._waiting_count >= self.settings.max_waiting:
            raise Refusal(503, "too many events are waiting for the rules", "busy")
        self._waiting.update(keys)
        self._waiting_count += 1
        try:
            with self.connections.busy(request.protocol):
                await asyncio.wait_for(self.queue.put(event), self.settings.queue_seconds)
        except TimeoutError:
            raise Refusal(503, "the rules did not take the event in time", "busy") from None
        finally:
            self._waiting.difference_update(keys)
            self._waiting_count -= 1
        self._seen.add(keys)
        return "accepted"

    def _is_too_old(self, time_of_event: str) -> bool:
        """Return whether an event is older than allowed. An event of the future is not: clocks differ."""
        if not self.settings.max_age or not time_of_event:
            return False
        try:
            moment = datetime.fromisoformat(time_of_event)
            return moment.tzinfo is not None and time.time() - moment.timestamp() > self.settings.max_age
        except (ValueError, OverflowError):
            return False

    def _log(self, refusal: Refusal, request: web.Request) -> None:
        # Programs that look whether the port is open come with other methods.
        if request.method == "POST" and self.counts.may_log(refusal.counted_as):
            sender = request.remote or "an unknown address"
            count = self.counts.by_kind[refusal.counted_as]
            logger.warning("delivery from %s answered %d: %s (%d so far)", sender, refusal.status, refusal, count)

    def _closed(self, reason: str) -> None:
        self.counts.add(reason)
        if reason == "too_many" and self.counts.may_log(reason):
            most = self.settings.max_waiting + SPARE_CONNECTIONS
            logger.warning("more than %d connections: the oldest one that is idle is closed", most)

    def filter(self, record: logging.LogRecord) -> bool:
        """Make one line of a traceback of the web server that a client has caused; a filter of its log."""
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, (*_NOT_HTTP, ConnectionError)):
            return True
        self.counts.add("not_http")
        reason = " ".join(str(error).split())[:200]
        record.msg, record.args = (
            "a client does not speak HTTP: %s (%d so far)",
            (reason, self.counts.by_kind["not_http"]),
        )
        record.exc_info = record.exc_text = None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        return self.counts.may_log("not_http")


async def _listen(receiver: Receiver, runner: web.AppRunner) -> asyncio.Server:
    """Begin to listen. Raises RuntimeError if that is not possible."""
    settings, new_handler = receiver.settings, runner.server
    assert new_handler is not None

    def accepted() -> web.RequestHandler:
        handler = new_handler()
        receiver.connections.opened(handler, new_handler.connections)
        return handler

    loop = asyncio.get_running_loop()
    try:
        tls: dict[str, Any] = {}
        if settings.certificate is not None:
            tls = {"ssl": settings.certificate.context, "ssl_handshake_timeout": HEAD_SECONDS}
        server = await loop.create_server(accepted, settings.host, settings.port, backlog=128, **tls)
    except (OSError, ValueError) as error:
        place = "%s port %d" % (settings.host, settings.port)
        reason = getattr(error, "strerror", None) or error
        raise RuntimeError("tmi.tmi.webhook: cannot listen on %s: %s" % (place, reason)) from None
    logger.info("listening on %s port %d", settings.host, settings.port)
    return server


async def _look_at_certificate(certificate: ServerCertificate) -> None:
    """Log a certificate that has expired, and use a new one as soon as its files are there."""
    problems = ProblemLog(logger)
    while True:
        problem = await asyncio.to_thread(certificate.look, datetime.now(UTC))
        if problem:
            problems.failed(problem, "New files are used within %d minutes" % (CERTIFICATE_SECONDS / 60))
        else:
            problems.works()
        await asyncio.sleep(CERTIFICATE_SECONDS)


async def main(queue: asyncio.Queue[Any], args: dict[str, Any]) -> None:
    """Listen until the rulebook ends. Raises ValueError for wrong arguments, RuntimeError if the port is in use."""
    settings = await asyncio.to_thread(settings_of, args)
    receiver = Receiver(settings, queue)
    log = logging.Logger("aiohttp.server")
    log.parent = logger
    log.addFilter(receiver.filter)
    runner = web.AppRunner(
        receiver.application(),
        access_log=None,
        logger=log,
        shutdown_timeout=5,
        keepalive_timeout=IDLE_SECONDS,
        auto_decompress=False,
    )
    await runner.setup()
    server, looking = None, None
    try:
        server = await _listen(receiver, runner)
        if settings.certificate is not None:
            looking = asyncio.create_task(_look_at_certificate(settings.certificate))
        if settings.subscription is None:
            await asyncio.Event().wait()
        else:
            await keep_subscribed(settings.subscription, settings.is_secret_new, receiver.signature_of)
    finally:
        if looking is not None:
            looking.cancel()
        if server is not None:
            server.close()
        await runner.cleanup()
        logger.info("ended; deliveries: %s", receiver.counts.by_kind)
