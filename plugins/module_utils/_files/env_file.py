# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The file of the option ``env_file``: lines ``KEY=VALUE`` in a common subset of shell syntax.

It is strict: everything that a shell, Docker and the libraries for such files read differently is an error. Errors have
the number of the line and never the value.
"""

from __future__ import annotations

import re
import stat
from typing import Optional

from .._errors import InputError
from . import reading

_OPTION = "env_file"
_LARGEST = 65536
_PREFIX = "TMI_"

_ASSIGNMENT = re.compile(r"(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)
_SINGLE_QUOTED = re.compile(r"'([^']*)'")
_DOUBLE_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_COMMENT = re.compile(r"\s*|\s+#.*")
_ESCAPED = re.compile(r"\\(.)")


def read(path: str) -> dict[str, str]:
    """Return the variables of the file whose names begin with ``TMI_``. Raises ``InputError``."""
    try:
        content, status = reading.read(path, _LARGEST + 1)
    except OSError as error:
        raise InputError("cannot read %s: %s" % (path, error.strerror or type(error).__name__), _OPTION) from None
    if len(content) > _LARGEST:
        raise InputError("%s is longer than %d bytes" % (path, _LARGEST), _OPTION)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("%s is not UTF-8" % path, _OPTION) from None
    if status.st_mode & stat.S_IWOTH and stat.S_ISREG(status.st_mode):
        raise InputError("others can write to %s, and could have tokens sent to them: chmod 600 it" % path, _OPTION)
    return _parse(text, path)


def _parse(text: str, path: str) -> dict[str, str]:
    found: dict[str, str] = {}
    lines: dict[str, int] = {}
    for number, line in enumerate(map(str.strip, text.split("\n")), 1):
        if not line or line.startswith("#"):
            continue
        assignment = _ASSIGNMENT.fullmatch(line)
        if not assignment:
            raise InputError("%s, line %d: is not KEY=VALUE without blanks around =" % (path, number), _OPTION)
        name, raw = assignment.group(1), assignment.group(2)
        if not name.startswith(_PREFIX):
            continue
        try:
            value = _value(raw)
        except ValueError as error:
            raise InputError("%s, line %d: the value of %s %s" % (path, number, name, error), _OPTION) from None
        if name in lines:
            raise InputError("%s, line %d: %s is set in line %d already" % (path, number, name, lines[name]), _OPTION)
        found[name], lines[name] = value, number
    return found


def _value(raw: str) -> str:
    """Return the value after ``=``; ``ValueError`` says what is wrong with it, without showing it."""
    if raw[:1] == "'":
        return _quoted(_SINGLE_QUOTED.match(raw), raw)
    if raw[:1] == '"':
        inner = _quoted(_DOUBLE_QUOTED.match(raw), raw)
        if re.search(r"(?<!\\)(?:\\\\)*[$`]", inner):
            raise ValueError("holds $ or ` in double quotes: put it in single quotes")
        if any(sign not in '\\"$`' for sign in _ESCAPED.findall(inner)):
            raise ValueError('holds an escape other than \\\\, \\", \\$ and \\`: put it in single quotes')
        return _ESCAPED.sub(r"\1", inner)
    value = re.sub(r"(?<!\s)\s+#.*", "", raw)
    if re.search(r"^#|[\s'\"\\$`;&|<>()]", value):
        raise ValueError("holds a blank, a quote or one of # \\ $ ` ; & | < > ( ): put it in single quotes")
    return value


def _quoted(match: Optional[re.Match[str]], raw: str) -> str:
    if match is None:
        raise ValueError("has no closing quote in this line")
    if not _COMMENT.fullmatch(raw[match.end() :]):
        raise ValueError("has more text after its closing quote")
    return match.group(1)
