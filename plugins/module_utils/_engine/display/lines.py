# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Lines of text as they are shown: what a reader would not see is in quotes, and a long line is in pieces."""

from __future__ import annotations

import re
from typing import Iterator

from .signs import is_clear, quoted

#: Characters of the longest line that is shown in one piece.
WIDTH = 100
#: Begins a piece that continues the line before it.
MORE = "…"
#: A long line is broken after each sentence, and a long sentence where a blank is, so that a change moves few lines.
_SENTENCE = re.compile(r".+?(?:[.!?] +|[。！？]|$)")
_PIECE = re.compile(r".{1,%d}(?: +|$)|.{1,%d}" % (WIDTH - 2, WIDTH - 2))


def shown_line(line: str) -> str:
    """Return a line of a text; in quotes if it would not be seen as it is, or looks like another form."""
    return quoted(line) if line[:1] in ('"', MORE) or line[-1:] == " " or not is_clear(line) else line


def pieces(line: str) -> list[str]:
    """Return a line in pieces of about WIDTH characters, which together are the line; a short line is one piece."""
    if len(line) <= WIDTH:
        return [line]
    return [piece for sentence in _SENTENCE.findall(line) for piece in _PIECE.findall(sentence)]


def shown_pieces(line: str) -> Iterator[str]:
    """Yield the pieces of a line as they are shown; no other line is shown in the same way.

    A break stands for the blank before it: a piece after a blank begins with ``MORE`` and a blank, else with ``MORE``.
    """
    found = pieces(line)
    mark = ""
    for number, piece in enumerate(found, 1):
        is_cut = piece[-1:] == " " and number < len(found)
        body = piece[:-1] if is_cut else piece
        yield mark + (quoted(body) if mark and body[:1] == " " else shown_line(body))
        mark = MORE + " " if is_cut else MORE
