# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Checks values from playbooks and variables and converts them to the types of JSON.

All other code relies on it: values are None, booleans, finite numbers, texts that UTF-8 can encode, lists, and maps
with texts as keys. No message repeats a value, because it may be a secret.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, List

from ._errors import InputError

#: Limits: digits of a whole number, levels of nesting, number of values.
MOST_DIGITS, MOST_LEVELS, MOST_VALUES = 300, 48, 2_000_000
_LARGEST = 10**MOST_DIGITS


def as_builtins(value: Any, where: str = "", most: int = MOST_VALUES, mends: bool = False) -> Any:
    """Return a value, with everything in it, as builtins: dates as texts, sets and tuples as lists.

    ``where`` is the name of the value in messages; ``most``: the most values in it; ``mends``: parts of a text that are
    no characters become U+FFFD. Raises InputError, with the place, for a value that JSON cannot hold.
    """
    try:
        return _Converter(most, mends).take(value, 0)
    except _Unfit as error:
        raise InputError(error.message, _path(where, error.steps)) from None


#: The message for a number with a fraction in place of a text.
LOSSY = (
    "YAML reads this as a number, and drops what a number does not need, such as the last digit of 1.10: put the text "
    "in quotes"
)


def boolean_text(value: bool) -> str:
    """Return the message for a boolean in place of a text."""
    words = "yes, on, true" if value else "no, off, false"
    return "YAML reads this as the boolean %s (so it reads %s): put the text in quotes" % (str(value).lower(), words)


def boolean_key(value: bool) -> str:
    """Return the message for a key that is a boolean."""
    return "YAML reads this key as the boolean %s (on, off, yes, no are booleans in YAML 1.1): put it in quotes" % (
        str(value).lower()
    )


def kind_of(value: Any) -> str:
    """Return the name of a value's type for people."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return getattr(value, "kind", "text")  # scalars of a file have their own kind
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, Mapping):
        return "map"
    return "list" if isinstance(value, (list, tuple)) else type(value).__name__


class _Unfit(Exception):
    """A value that is refused; ``steps`` is the path to it, the last step first."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.steps: List[str] = []


def _path(where: str, steps: List[str]) -> str:
    path = where
    for step in reversed(steps):
        path += step if step.startswith("[") or not path else "." + step
    return path


class _Converter:
    """Converts the values of one input, within the limits."""

    def __init__(self, most: int, mends: bool) -> None:
        self._most = self._left = most
        self._text = _mended if mends else _text

    def take(self, value: Any, level: int) -> Any:
        """Return a value as builtins. Raises _Unsound."""
        self._left -= 1
        if self._left < 0:
            raise _Unfit("holds more than %d values" % self._most)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, (int, float)):
            return _number(value)
        if level >= MOST_LEVELS:
            raise _Unfit("is nested deeper than %d levels" % MOST_LEVELS)
        if isinstance(value, Mapping):
            return self._map(value, level)
        if isinstance(value, (list, tuple)):
            return self._list(value, level)
        if isinstance(value, (set, frozenset)):
            return self._list(sorted(value, key=lambda one: (type(one).__name__, repr(one))), level)
        if hasattr(value, "isoformat"):
            return str(value.isoformat())
        if getattr(value, "__ENCRYPTED__", False):  # a text that Ansible decrypts on reading
            return self._text(str(value))
        raise _Unfit("must be a text, a number, a list or a map, not %s" % type(value).__name__)

    def _map(self, value: Mapping[Any, Any], level: int) -> Any:
        found = {}
        for given, member in value.items():
            key = self._key(given)
            if key in found:
                raise _Unfit("the key %s is there twice, once as a number and once as a text" % key)
            try:
                found[key] = self.take(member, level + 1)
            except _Unfit as error:
                error.steps.append(key)
                raise
        return found

    def _list(self, value: Any, level: int) -> Any:
        found: List[Any] = []
        try:
            found.extend(self.take(member, level + 1) for member in value)
        except _Unfit as error:
            error.steps.append("[%d]" % len(found))
            raise
        return found

    def _key(self, given: Any) -> str:
        if isinstance(given, bool):
            raise _Unfit(boolean_key(given))
        if isinstance(given, str):
            try:
                return self._text(given)
            except _Unfit as error:
                raise _Unfit("a key %s" % error.message) from None
        if isinstance(given, (int, float)):
            return str(_number(given))
        if hasattr(given, "isoformat"):
            return str(given.isoformat())
        raise _Unfit("a key must be a text, not %s" % kind_of(given))


def _mended(value: str) -> str:
    return "".join(value).replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _text(value: str) -> str:
    if "\0" in value:
        raise _Unfit("holds the character NUL, which no text may contain")
    if not value.isascii():
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise _Unfit("is not text: it holds half of a character, or a byte that is not UTF-8") from None
    return value if value.__class__ is str else "".join(value)


def _number(value: Any) -> Any:
    if isinstance(value, int):
        if abs(value) >= _LARGEST:
            raise _Unfit("is a number of more than %d digits; put it in quotes if it is a text" % MOST_DIGITS)
        return int(value)
    if not math.isfinite(value):
        raise _Unfit("is not a number that JSON can hold: it is infinite or NaN")
    return float(value)
