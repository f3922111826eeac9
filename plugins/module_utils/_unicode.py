# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Texts that look the same but consist of different characters."""

from __future__ import annotations

import unicodedata


def composed(text: str) -> str:
    """Return a text with letters and accents composed (NFC), as some servers store it."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)
