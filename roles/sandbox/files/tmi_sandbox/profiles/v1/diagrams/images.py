# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture of a diagram: an SVG that is received in base64 and stored as text."""

from __future__ import annotations

import base64
import re

PADDED = re.compile("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def is_base64(svg: str) -> bool:
    """Return whether a text is base64, with all its padding."""
    return PADDED.fullmatch(svg) is not None


def is_text(svg: str) -> bool:
    """Return whether base64 encodes text."""
    try:
        base64.b64decode(svg).decode()
    except UnicodeDecodeError:
        return False
    return True


def is_storable(svg: str) -> bool:
    """Return whether base64 encodes a text that the database accepts."""
    return is_text(svg) and b"\0" not in base64.b64decode(svg)


def canonical(svg: str) -> str:
    """Return base64 with its unused bits cleared."""
    return base64.b64encode(base64.b64decode(svg)).decode()
