# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Widths of texts in the font of the web editor: Roboto Condensed, 12 pixels, regular. The editor does not wrap labels.

Other fonts, which the editor uses for characters that Roboto Condensed lacks, are estimated.
"""

from __future__ import annotations

import math
import unicodedata

from .._cells.editor import FONT_SIZE

#: Height of a line of the label of a box, and of a flow, in pixels; the labels of flows are in 14 pixels.
LINE, FLOW_LINE = 16, 18
_FLOW_SIZE = 14

#: Widths of the characters from space to tilde, in hundredths of the font size.
_ASCII = (
    *(23, 25, 32, 55, 49, 63, 54, 17, 31, 32, 43, 50, 20, 25, 26, 37, 49, 49, 49, 49, 49, 49, 49, 49, 49, 49, 23, 20),
    *(45, 48, 46, 42, 77, 58, 55, 57, 57, 50, 48, 59, 62, 25, 48, 55, 48, 76, 62, 60, 55, 60, 53, 52, 52, 56, 56, 76),
    *(55, 52, 52, 25, 37, 25, 37, 40, 31, 48, 49, 46, 50, 47, 32, 49, 48, 23, 22, 45, 23, 75, 48, 50, 49, 50, 30, 46),
    *(30, 48, 43, 65, 44, 42, 44, 31, 24, 31, 59),
)
#: Widths of other characters: wide ones (East Asian, emoji), and letters and signs of other scripts.
_WIDE, _OTHER = 100, 60


def text_width(text: str) -> int:
    """Return the width of the widest line of a text in whole pixels, rounded up."""
    return max(math.ceil(sum(map(_width, line)) * FONT_SIZE / 100) for line in text.split("\n"))


def flow_text_width(text: str) -> int:
    """Return the width of the label of a flow in pixels."""
    return math.ceil(text_width(text) * _FLOW_SIZE / FONT_SIZE)


def line_count(text: str) -> int:
    """Return the number of lines of a text."""
    return text.count("\n") + 1


def _width(character: str) -> int:
    code = ord(character)
    if 32 <= code < 127:
        return _ASCII[code - 32]
    if code < 32 or unicodedata.category(character) in ("Mn", "Me", "Cf", "Cc"):
        return 0
    if unicodedata.east_asian_width(character) in ("W", "F"):
        return _WIDE
    base = unicodedata.normalize("NFD", character)[0]
    return _ASCII[ord(base) - 32] if 32 <= ord(base) < 127 else _OTHER
