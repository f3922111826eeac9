# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Objects as lines of text for people, much like YAML: what ``--diff`` compares line by line.

A text of several lines has each of its lines on one, and a long line is broken, so that a diff shows where it changed.
Letters of all languages stay as they are.
"""

from __future__ import annotations

import re
from typing import Any, Iterator, Mapping

from .lines import WIDTH, shown_pieces
from .signs import compact, is_clear, quoted

_INDENT = "  "
#: Texts that look like nothing else without quotes.
_PLAIN = re.compile(r"\w(?:(?:[\w.,;/()@+ -]|:(?=\S))*[\w./)])?")
_NUMBER = re.compile(r"[\d.eE+-]+")
#: Words that would be read as something else than a text.
NOT_PLAIN = frozenset(("true", "false", "null", "yes", "no", "on", "off", "none", "nan", "infinity"))


def as_text(shown: Mapping[str, Any]) -> str:
    """Return an object as lines, its members in the order of their names; nothing for an empty one."""
    return "".join(line + "\n" for line in _mapping(shown))


def _mapping(value: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(value, key=str):
        yield from _member("%s:" % _scalar(str(name)), value[name])


def _member(head: str, value: Any) -> Iterator[str]:
    """Yield ``head`` with a value, on its line if the value needs one line only."""
    if isinstance(value, Mapping) and value:
        yield head
        yield from _indented(_mapping(value))
    elif isinstance(value, (list, tuple)) and value:
        yield head
        for entry in value:
            yield from _indented(_entry(entry))
    elif isinstance(value, str) and ("\n" in value or len(value) > WIDTH):
        yield "%s %s" % (head, "|" if value.endswith("\n") else "|-")
        yield from _indented(_block(value))
    else:
        yield "%s %s" % (head, _scalar(value))


def _entry(value: Any) -> Iterator[str]:
    """Yield a member of a list; one that is a mapping begins on the line of its dash."""
    if not isinstance(value, Mapping) or not value:
        yield from _member("-", value)
        return
    for number, line in enumerate(_mapping(value)):
        yield (_INDENT if number else "- ") + line


def _block(text: str) -> Iterator[str]:
    lines = text.split("\n")
    for line in lines if lines[-1] else lines[:-1]:
        yield from shown_pieces(line)


def _indented(lines: Iterator[str]) -> Iterator[str]:
    return (_INDENT + line if line else line for line in lines)


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and not _NUMBER.fullmatch(value) and value.lower() not in NOT_PLAIN
        return value if plain and is_clear(value) else quoted(value)
    return compact(value)
