# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The arguments of the event source ``webhook``, checked."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError

from .arguments import Arguments, Spec
from .subscription import DEFAULT_EVENTS, Subscription, subscription_of
from .tls import ServerCertificate

#: The path of an address (RFC 3986, section 3.3).
_PATH = re.compile(r"/[\w.~!$&'()*+,;=:@%/-]*", re.ASCII)
#: Arguments that have no effect without ``subscribe``, besides those of the connection.
_OF_SUBSCRIPTION: Spec = {
    "public_url": {"type": "str"},
    "name": {"type": "str"},
    "events": {"type": "list", "elements": "str", "default": list(DEFAULT_EVENTS)},
    "threat_model": {"type": "str"},
}
_SPEC: Spec = {
    "host": {"type": "str", "default": "127.0.0.1"},
    "port": {"type": "int", "required": "a TCP port, such as 5000", "least": 0, "most": 65535},
    "path": {"type": "str", "default": "/"},
    "secret": {"type": "str", "no_log": True},
    "subscribe": {"type": "bool", "default": False},
    "certfile": {"type": "path"},
    "keyfile": {"type": "path"},
    "queue_seconds": {"type": "float", "default": 0.8, "least": 0.01, "most": 4},
    "max_waiting": {"type": "int", "default": 500, "least": 1, "most": 100_000},
    "max_body": {"type": "int", "default": 1 << 20, "least": 1, "most": 1 << 30},
    "max_age": {"type": "int", "default": 86400, "least": 0, "most": 1 << 31},
    "remember": {"type": "int", "default": 10_000, "least": 1, "most": 10_000_000},
    **_OF_SUBSCRIPTION,
}


@dataclass(frozen=True)
class Settings:
    """The checked arguments of the source."""

    host: str
    port: int
    path: str
    secret: bytes
    certificate: ServerCertificate | None
    queue_seconds: float
    max_waiting: int
    max_body: int
    max_age: int
    remember: int
    subscription: Subscription | None = None
    is_secret_new: bool = False


def settings_of(args: Mapping[str, Any]) -> Settings:
    """Return the settings for the arguments of a rulebook. Raises ValueError with one sentence."""
    arguments = Arguments("tmi.tmi.webhook", args, _SPEC)
    subscribes = arguments["subscribe"]
    unused = sorted(name for name, value in args.items() if name in (*arguments.connection, *_OF_SUBSCRIPTION))
    if unused and not subscribes:
        raise arguments.error("%s has no effect without subscribe: true" % ", ".join(unused))
    given = arguments["secret"] or os.environ.get("TMI_WEBHOOK_SECRET", "").strip()
    if not given and not subscribes:
        raise arguments.error("secret: is missing: give the secret of the subscription")
    secret = given or secrets.token_hex(32)
    if not secret.isprintable():
        raise arguments.error("secret: must be one line, without a line break at its end")
    if not _PATH.fullmatch(arguments["path"]):
        raise arguments.error("path: must be the path of an address, such as /tmi, and is %s" % arguments["path"])
    return Settings(
        **{name: arguments[name] for name in ("host", "port", "path")},
        **{name: arguments[name] for name in ("queue_seconds", "max_waiting", "max_body", "max_age", "remember")},
        secret=secret.encode(),
        certificate=_certificate(arguments),
        subscription=subscription_of(arguments, secret) if subscribes else None,
        is_secret_new=not given,
    )


def _certificate(arguments: Arguments) -> ServerCertificate | None:
    certfile, keyfile = arguments["certfile"], arguments["keyfile"]
    if keyfile and not certfile:
        raise arguments.error("keyfile: needs certfile as well")
    try:
        return ServerCertificate(certfile, keyfile) if certfile else None
    except InputError as error:
        raise arguments.error(str(error)) from None
