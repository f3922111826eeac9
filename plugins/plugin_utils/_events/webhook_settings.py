# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The arguments of the event source ``webhook``, checked."""

from __future__ import annotations

import os
import secrets
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .running import Arguments
from .subscription import Subscription, subscription_of

_NUMBERS = ("port", "queue_seconds", "max_waiting", "max_body", "max_age", "remember")
_OWN = ("host", "path", "secret", "certfile", "keyfile", "subscribe", *_NUMBERS)
_OF_SUBSCRIPTION = ("public_url", "name", "events", "threat_model")


@dataclass(frozen=True)
class Settings:
    """The checked arguments of the source."""

    host: str
    port: int
    path: str
    secret: bytes
    tls: ssl.SSLContext | None
    queue_seconds: float
    max_waiting: int
    max_body: int
    max_age: int
    remember: int
    subscription: Subscription | None = None
    is_secret_new: bool = False


def settings_of(args: Mapping[str, Any]) -> Settings:
    """Return the settings for the arguments of a rulebook. Raises ValueError with one sentence."""
    subscribes = str(args.get("subscribe", False)).lower() in ("true", "yes", "1", "on")
    _check_names(args, subscribes)
    given = str(args.get("secret") or os.environ.get("TMI_WEBHOOK_SECRET") or "")
    if not given and not subscribes:
        raise ValueError("tmi.tmi.webhook: secret is missing: give the secret of the subscription")
    secret = given or secrets.token_hex(32)
    path = str(args.get("path") or "/")
    if not path.startswith("/"):
        raise ValueError("tmi.tmi.webhook: path must begin with /, and is %s" % path)
    return Settings(
        host=str(args.get("host") or "127.0.0.1"),
        port=int(_number(args, "port", None, 0, 65535)),
        path=path,
        secret=secret.encode(),
        tls=_tls(args.get("certfile"), args.get("keyfile")),
        queue_seconds=_number(args, "queue_seconds", 0.8, 0.01, 4),
        max_waiting=int(_number(args, "max_waiting", 500, 1, 100_000)),
        max_body=int(_number(args, "max_body", 1 << 20, 1, 1 << 30)),
        max_age=int(_number(args, "max_age", 86400, 0, 1 << 31)),
        remember=int(_number(args, "remember", 10_000, 1, 10_000_000)),
        subscription=subscription_of(args, secret) if subscribes else None,
        is_secret_new=not given,
    )


def _check_names(args: Mapping[str, Any], subscribes: bool) -> None:
    arguments = Arguments("tmi.tmi.webhook", args, (*_OWN, *_OF_SUBSCRIPTION))
    unused = sorted({*arguments.connection, *(set(args) & set(_OF_SUBSCRIPTION))})
    if unused and not subscribes:
        raise arguments.error("%s has no effect without subscribe: true" % ", ".join(unused))


def _number(args: Mapping[str, Any], name: str, default: float | None, least: float, most: float) -> float:
    given = args.get(name, default)
    if given is None:
        raise ValueError("tmi.tmi.webhook: %s is missing" % name)
    try:
        value = float(given)
    except (TypeError, ValueError):
        raise ValueError("tmi.tmi.webhook: %s must be a number, and is %r" % (name, given)) from None
    if not least <= value <= most:
        raise ValueError("tmi.tmi.webhook: %s must be from %g to %g, and is %g" % (name, least, most, value))
    return value


def _tls(certfile: Any, keyfile: Any) -> ssl.SSLContext | None:
    if not certfile:
        if keyfile:
            raise ValueError("tmi.tmi.webhook: keyfile needs certfile")
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certfile, keyfile or None)
    except (OSError, ValueError) as error:
        raise ValueError("tmi.tmi.webhook: certfile %s cannot be used: %s" % (certfile, error)) from None
    return context
