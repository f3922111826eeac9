# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Allowed addresses of documents, repositories and issues (V1-ADDRESSES). Names are not resolved."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from ....web.hosts import matches
from ....web.rest import Call
from .. import errors

Json = Any
LOCAL_NAMES = ("localhost", "ip6-localhost", "ip6-loopback")
WRONG_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")
UNFIT = re.compile(r"[\x00-\x20\x7f]")


def check(call: Call, uri: str) -> None:
    """Refuse the address of a document or repository unless a real server would fetch it.

    With a list of hosts, its host must be in the list. Otherwise it must not be this machine or in a private network.
    """
    parts = _parts(uri, "uri")
    host, listed = parts.hostname or "", call.sandbox.settings.document_hosts
    if listed:
        if not matches(host, listed):
            raise errors.invalid(f'invalid uri: host "{host}" is not in allowlist')
        return
    if host in LOCAL_NAMES:
        raise errors.invalid("invalid uri: blocked: localhost is not allowed")
    try:
        address = ip_address(host)
    except ValueError:
        return
    if address.is_loopback or address.is_link_local or (address.is_private and not address.is_unspecified):
        raise errors.invalid(f"invalid uri: blocked: private address {address}")


def check_reference(uri: Json) -> None:
    """Refuse the address of an issue if it is not https. Any host is accepted, because the server does not fetch it."""
    if uri:
        _parts(uri, "issue_uri")


def _parts(uri: str, name: str) -> SplitResult:
    """Return the parts of an https address, or raise 400."""
    try:
        parts = urlsplit(uri)
        parts.port  # noqa: B018 -- raises a ValueError if it is not a number
        host = parts.hostname
    except ValueError as problem:
        raise errors.invalid(f"invalid {name}: invalid URL: {problem}") from None
    if UNFIT.search(uri) or WRONG_ESCAPE.search(parts.path):
        raise errors.invalid(f"invalid {name}: invalid URL: it has a character that must be escaped")
    if not parts.scheme or not host:
        raise errors.invalid(f"invalid {name}: invalid URL: missing scheme or host")
    if parts.scheme != "https":
        raise errors.invalid(f"invalid {name}: unsupported scheme: {parts.scheme} (allowed: https)")
    return parts
