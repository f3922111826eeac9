# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Fields that hold a day."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from .._errors import InputError
from ._fields import Text, quoted


@dataclass(frozen=True, eq=False)
class Day(Text):
    """A day, ``2026-12-31``; the canonical form is this text. YAML may have read it as a date."""

    def canonical(self, value: Any, where: str = "") -> Any:
        text = super().canonical(value.isoformat() if isinstance(value, datetime.date) else value, where)
        if text is None:
            return None
        try:
            return datetime.datetime.strptime(text.strip(), "%Y-%m-%d").date().isoformat()
        except ValueError:
            raise InputError("%s is not a day such as 2026-12-31" % quoted(text), where) from None
