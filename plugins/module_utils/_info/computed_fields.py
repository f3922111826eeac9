# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Fields that are never written: times, counts and fields of a token, for conditions. Pure."""

from __future__ import annotations

import datetime
import math
import re
from dataclasses import dataclass
from typing import Any, Mapping, Optional

from .._errors import InputError, shortened
from .._resources._catalog import CHILDREN
from .._resources._fields import Field, Flag

_INSTANT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:([Zz])|([+-])(\d\d):?(\d\d))?)?", re.ASCII
)


def instant(text: str) -> Optional[datetime.datetime]:
    """Return a date or time of RFC 3339, None for anything else. UTC without a zone; seconds may be left out."""
    found = _INSTANT.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second, fraction, _utc, sign, off_hours, off_minutes = found.groups()
    hours, minutes = int(off_hours or 0), int(off_minutes or 0)
    if hours > 23 or minutes > 59:
        return None
    shift = datetime.timedelta(hours=hours, minutes=minutes)
    seconds = 59 if second == "60" else int(second or 0)  # a leap second
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    try:
        date = (int(year), int(month), int(day))
        moment = datetime.datetime(*date, int(hour or 0), int(minute or 0), seconds, micro, datetime.timezone.utc)
        return moment + shift if sign == "-" else moment - shift
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True, eq=False)
class Instant(Field):
    """A moment: a date or a time of RFC 3339."""

    def canonical(self, value: Any, where: str = "") -> Any:
        text = value.isoformat() if isinstance(value, datetime.date) else value
        if not isinstance(text, str) or instant(text.strip()) is None:
            words = "%s is neither a date, like 2026-05-04, nor a time of RFC 3339, like 2026-05-04T10:11:12Z"
            raise InputError(words % _shown(value), where)
        return text.strip()


@dataclass(frozen=True, eq=False)
class Amount(Field):
    """A number of things or seconds, without limits."""

    def canonical(self, value: Any, where: str = "") -> Any:
        try:
            number = math.nan if isinstance(value, bool) else float(value)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if not math.isfinite(number):
            raise InputError("%s is not a number" % _shown(value), where)
        return number


def _shown(value: Any) -> str:
    """Return a value for a message. Python cannot write integers with thousands of digits."""
    is_huge = isinstance(value, int) and abs(value) >= 10**20
    return "an integer of so many digits" if is_huge else shortened(repr(value), 60)


_TIMES = (
    *("created_at", "modified_at", "issued_at", "expires_at", "last_success_at", "next_retry_at", "delivered_at"),
    "last_activity_at",
)
_FIELDS = (
    *(Instant(name) for name in _TIMES),
    *(Amount(resource.name + "_count") for resource in CHILDREN),
    *(Amount(name) for name in ("expires_in", "challenges_sent", "failures", "attempts")),
    Flag("renewable"),
    Flag("active"),
    Flag("used_in_authorizations"),
)
#: The fields by name; a name means the same in all kinds.
COMPUTED_FIELDS: Mapping[str, Field] = {field.name: field for field in _FIELDS}
