# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Parses addresses from servers and users without an exception. Pure."""

from __future__ import annotations

from typing import Tuple
from urllib.parse import SplitResult, urljoin, urlsplit

_NONE = SplitResult("", "", "", "", "")


def parts_of(address: str) -> SplitResult:
    """Return the parts of an address; all are empty for an invalid one, such as ``http://[::1/x``."""
    try:
        parts = urlsplit(address)
        _port = parts.port  # checked only when it is read
    except ValueError:
        return _NONE
    return parts


def joined(base: str, address: str) -> Tuple[str, SplitResult]:
    """Return an address, which may be relative to ``base``, as text and in parts; empty for an invalid one."""
    try:
        target = urljoin(base, address)
    except ValueError:
        return "", _NONE
    return target, parts_of(target)
