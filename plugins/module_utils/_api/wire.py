# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What the JSON of all generations has in common."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def rounded(score: float) -> float:
    """Return a score as the server stores it: one decimal, half away from zero (V0-SCORE)."""
    return float(Decimal(repr(score)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))
