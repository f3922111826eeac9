# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Scalars as they are written in a file: ``1.10`` is a version for one field and a number for another.

The parser does not decide it, see :mod:`.scalars`. In data from a variable, another parser has already decided.
"""

from __future__ import annotations

import math
from typing import Any, Union

from ..._values import MOST_DIGITS, kind_of

#: The version of the format, under the key that marks a definition.
MARK, VERSION = "tmi_definition", 1
#: Maximum bytes of a file, and values in it: more than any threat model has.
MOST_BYTES, MOST_VALUES = 8 * 1024 * 1024, 500_000
#: The message for a template.
TEMPLATE = (
    "definitions are not templated: write the value itself, or give it with the option overlay, which Ansible templates"
)
_BOOLEANS = {**dict.fromkeys(("yes", "true", "on"), True), **dict.fromkeys(("no", "false", "off"), False)}
_BASES = {"0b": 2, "0x": 16}


class Written(str):
    """A scalar without quotes that a parser reads as a number or a boolean: the text as it is written in the file."""

    @property
    def kind(self) -> str:
        """The name of the type, for messages."""
        try:
            return kind_of(self.meant())
        except ValueError:
            return "number"

    def meant(self) -> Any:
        """Return the value in YAML 1.1 or JSON, else the text. Raises ValueError, with the reason."""
        if self.lower() in _BOOLEANS:
            return _BOOLEANS[self.lower()]
        if len(self) > MOST_DIGITS:
            raise ValueError("is a number of %d characters, which is too long" % len(self))
        try:
            value = _number(self.replace("_", "").lower())
        except ValueError:
            return str(self)
        if not math.isfinite(value):
            raise ValueError("%s is not a finite number" % self)
        return value


def _number(text: str) -> Union[int, float]:
    sign, plain = (-1 if text.startswith("-") else 1), text.lstrip("+-")
    if plain[:2] in _BASES:
        return sign * int(plain[2:], _BASES[plain[:2]])
    if ":" in plain:  # base 60
        total: Union[int, float] = 0
        for part in plain.split(":"):
            total = total * 60 + (float(part) if "." in part else int(part))
        return sign * total
    if plain.isdigit():
        is_octal = len(plain) > 1 and plain.startswith("0")
        return sign * int(plain, 8 if is_octal else 10)
    return sign * float(plain.lstrip(".") if plain in (".inf", ".nan") else plain)
