# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Text of a report: its width, its lines, and its escaped form for Markdown."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

#: Widths of the printable ASCII characters in Helvetica, and in typefaces with the same widths, in 1/1000 of the size.
_WIDTHS = (
    *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278),
    *(556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556),
    *(1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778),
    *(667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556),
    *(333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556),
    *(556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584),
)
_WIDE, _OTHER, _BOLD = 1000, 620, 1.07
#: Characters that neither XML nor HTML can contain; line breaks and tabs are allowed.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
_ELLIPSIS = "…"
#: Signs in a word after which it may be divided.
_SEPARATORS = frozenset("-_/.:,;&+=?")

_MARKDOWN = re.compile(r"([\\`*_\[\]{}#|~$!])")
_AT_START = re.compile(r"^(\s*)([-+=]|\d+(?=[.)]))")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def clean(value: object) -> str:
    """Return a value as text for documents; forbidden characters, and those for the direction of text, become �."""
    return _UNPRINTABLE.sub("\ufffd", str(value).replace("\r\n", "\n").replace("\r", "\n"))


def isolated(text: str) -> str:
    """Return a text for use within another: one with letters from right to left does not change the order around it."""
    if any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in text):
        return "\u2068%s\u2069" % text
    return text


def width_of(text: str, size: float, bold: bool = False) -> float:
    """Return the width of a line of text in pixels; it is drawn with exactly this width, in any typeface."""
    return _pixels(sum(map(_units, text)), size, bold)


def _units(character: str) -> int:
    """Return the width of a character, in 1/1000 of the size."""
    code = ord(character)
    if 32 <= code < 127:
        return _WIDTHS[code - 32]
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return _WIDE if unicodedata.east_asian_width(character) in "WF" else _OTHER


def _pixels(units: int, size: float, bold: bool) -> float:
    return units * size * (_BOLD if bold else 1) / 1000


def wrap(text: str, width: float, size: float, most: int = 3, bold: bool = False) -> list[str]:
    """Return a text in at most ``most`` lines of at most ``width`` pixels; a text that does not fit gets an ellipsis.

    Words that are too long for a line are divided, after a sign if possible. The text after the last line is not read.
    """
    lines: list[str] = []
    line: list[str] = []
    used, blank = 0, _units(" ")
    for word in text.split():
        if len(lines) > most:
            break
        wide = sum(map(_units, word))
        if line and _pixels(used + blank + wide, size, bold) <= width:
            line.append(word)
            used += blank + wide
            continue
        if line:
            lines.append(" ".join(line))
        *parts, rest = itertools.islice(_parted(word, width, size, bold), most + 2)
        lines += parts
        line, used = [rest], sum(map(_units, rest))
    lines += [" ".join(line)] if line else []
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], _shortened(" ".join(lines[most - 1 :]), width, size, bold)]


def _parted(word: str, width: float, size: float, bold: bool) -> Iterator[str]:
    """Yield the parts of a word that fit into a line each: divided after a sign or before a capital if there is one."""
    begin = used = good = used_to_good = 0
    for at, character in enumerate(word):
        wide = _units(character)
        if at and (word[at - 1] in _SEPARATORS or (word[at - 1].islower() and character.isupper())):
            good, used_to_good = at, used
        while at > begin and _pixels(used + wide, size, bold) > width:
            cut, used = (good, used - used_to_good) if good > begin else (at, 0)
            yield word[begin:cut]
            begin, used_to_good = cut, 0
        used += wide
    yield word[begin:]


def widest_word(text: str, size: float, bold: bool = False) -> float:
    """Return the width of the widest word of a text in pixels."""
    return max((width_of(word, size, bold) for word in text.split()), default=0.0)


def _shortened(text: str, width: float, size: float, bold: bool) -> str:
    """Return the beginning of a text that fits with an ellipsis."""
    used, fits = _units(_ELLIPSIS), 0
    for character in text:
        used += _units(character)
        if _pixels(used, size, bold) > width:
            break
        fits += 1
    return text[:fits].rstrip() + _ELLIPSIS


def words(value: str) -> str:
    """Return a word of TMI's vocabulary as people write it: ``in_progress`` -> ``In progress``."""
    spaced = value.replace("_", " ")
    return spaced[:1].upper() + spaced[1:]


def link(uri: str) -> str:
    """Return the address of a page for a link; "" for anything else: no report has a link to ``javascript:``."""
    try:
        parts = urlsplit(uri.strip())
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        return ""
    return quote(uri.strip(), safe="/:?#[]@!$&'*+,;=%-._~")


def moment(text: str) -> str:
    """Return a time of RFC 3339 for people, in UTC and to the minute; any other text unchanged."""
    try:
        found = datetime.fromisoformat(text)
        found = found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return text
    return found.strftime("%Y-%m-%d %H:%M UTC")


def markdown(text: str) -> str:
    """Return one line of Markdown that shows the text unchanged, also in a cell of a table."""
    line = " ".join(text.split())
    line = _MARKDOWN.sub(r"\\\1", "".join(_ENTITIES.get(character, character) for character in line))
    return _AT_START.sub(lambda match: match[1] + _escaped_start(match[2]), line)


def _escaped_start(start: str) -> str:
    """Return an entity, because a dash or number at the beginning of a line would begin a list."""
    return "".join("&#%d;" % ord(character) for character in start)


def markdown_prose(text: str) -> str:
    """Return paragraphs that show the text unchanged, with its line breaks."""
    return "\n".join(markdown(line) + ("\\" if line.strip() and more else "") for line, more in _followed(text))


def _followed(text: str) -> list[tuple[str, bool]]:
    lines = text.strip().split("\n")
    return [(line, bool(after.strip())) for line, after in zip(lines, [*lines[1:], ""], strict=True)]


def markdown_link(text: str, address: str) -> str:
    """Return a link, or only the text if the address is not valid."""
    return "[%s](<%s>)" % (markdown(text), address) if address else markdown(text)


def fenced(text: str) -> str:
    """Return a text as a block of code that the text itself cannot end."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return "%s\n%s\n%s" % (fence, text.rstrip("\n"), fence)


def markdown_code(text: str) -> str:
    """Return one line of text as code that it cannot end; no host takes a word in it for the name of a person."""
    fence = "`" * (_longest_run(text) + 1)
    return "%s %s %s" % (fence, text, fence) if len(fence) > 1 else "`%s`" % text


def _longest_run(text: str) -> int:
    """Return the length of the longest run of backticks."""
    return max((len(run) for run in re.findall("`+", text)), default=0)
