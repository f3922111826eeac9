# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Acceptances of threats that have run out on a day, or run out within 30 days after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.model import Report, Threat

_SOON = timedelta(days=30)
RUN_OUT = "Acceptances that have run out"
RUNNING_OUT = "Acceptances that run out within 30 days"


@dataclass(frozen=True)
class Acceptance:
    """An accepted threat, with the name of its model, and the address of the report of the model."""

    model: str
    href: str
    threat: Threat

    @property
    def by(self) -> str:
        """The person who accepted the threat."""
        return dict(self.threat.item.fields).get("Accepted by", "")

    @property
    def reason(self) -> str:
        """The reason of the acceptance."""
        return dict(self.threat.item.fields).get("Accepted reason", "")


def day_of(given: Any, name: str) -> date | None:
    """Return an option that is a day, None for an empty one. Raises InputError."""
    if given in (None, ""):
        return None
    try:
        return date.fromisoformat(str(given).strip())
    except ValueError:
        raise InputError("must be a day such as 2026-12-31, not %r" % (given,), name) from None


def acceptances(reports: Iterable[tuple[str, Report]], today: date | None) -> list[tuple[str, list[Acceptance]]]:
    """Return (heading, acceptances by their last day) for pairs of address and report; nothing without a day.

    The groups do not contain ``today`` itself, so a page only changes on a day that moves an acceptance.
    """
    if today is None:
        return []
    found = [
        Acceptance(report.item.name, href, threat)
        for href, report in reports
        for threat in report.threats
        if threat.accepted_until
    ]
    found.sort(key=lambda a: (a.threat.accepted_until, a.model.casefold(), a.href, a.threat.number))
    over = [a for a in found if a.threat.accepted_until < today.isoformat()]
    last = (today + _SOON).isoformat() if today < date.max - _SOON else date.max.isoformat()
    soon = [a for a in found if today.isoformat() <= a.threat.accepted_until <= last]
    return [(heading, group) for heading, group in ((RUN_OUT, over), (RUNNING_OUT, soon)) if group]
