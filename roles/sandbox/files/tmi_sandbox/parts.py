# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a server that collaboration sessions work on, for functions that do not need the whole server."""

from __future__ import annotations

from typing import Protocol

from .clock import Clock
from .hub import Hub
from .store import Store


class Parts(Protocol):
    """Data, time and sessions of a server. `app.Sandbox` has these parts."""

    @property
    def store(self) -> Store:
        """The database."""

    @property
    def clock(self) -> Clock:
        """The time of the server."""

    @property
    def hub(self) -> Hub:
        """The collaboration sessions."""
