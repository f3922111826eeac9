# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tickets that let a user into one collaboration session once, kept only in memory."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from ..clock import Clock
from ..web.rest import User

TICKET_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Ticket:
    """A user and a session, which may have ended."""

    user: User
    session_id: str
    expires: float


class Tickets:
    """The unused tickets."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tickets: dict[str, Ticket] = {}

    def issue(self, user: User, session_id: str) -> str:
        """Return a new ticket."""
        now = self._clock.monotonic()
        self._tickets = {name: ticket for name, ticket in self._tickets.items() if ticket.expires > now}
        name = secrets.token_urlsafe(32)
        self._tickets[name] = Ticket(user, session_id, now + TICKET_SECONDS)
        return name

    def redeem(self, name: str) -> Ticket | None:
        """Return a ticket and remove it, or None if it does not exist or is too old."""
        ticket = self._tickets.pop(name, None)
        return ticket if ticket is not None and ticket.expires > self._clock.monotonic() else None
