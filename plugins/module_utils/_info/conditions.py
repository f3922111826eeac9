# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Conditions on objects and their order. Pure.

A field can have several values (``threat_type``, ``threats.severity``): a condition holds if one of them fits, its
negation if none does. Words are compared in the spelling of the collection, so ``In Progress`` finds ``in_progress``.
"""

from __future__ import annotations

import math
import re
import warnings
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Callable, Mapping, NamedTuple, Optional, Sequence, Tuple

from .._errors import InputError, shortened
from .._resources._fields import Choice, Field, Flag, Group, Names, Rows
from .._unicode import composed
from .._values import kind_of
from .computed_fields import Instant, instant
from .fields import MANAGED, MODEL, UNSET, Kind, parse_path, reach

Test = Callable[[Sequence[Any]], bool]
#: A value for comparison: (group, number or text …); filters only compare values of one group.
Rank = Tuple[Any, ...]

#: Members of a condition that is a dict.
FORMS = ("regex", "not", "min", "max")
_WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class TextComparison(NamedTuple):
    """The functions that texts pass before they are compared: the wanted text, a pattern, and an existing text."""

    wanted: Callable[[str], str] = composed
    pattern: Callable[[str], str] = composed
    there: Callable[[str], str] = composed


#: For objects without a known server: texts that look the same are equal.
LOOSE = TextComparison()


#: Most characters of a text in a message.
_SHOWN = 80


@dataclass(frozen=True)
class Condition:
    """One condition on the values of a path.

    ``parse`` makes its test for a way to compare texts. ``wanted``: the condition as written, for filters of servers.
    """

    path: tuple[str, ...]
    test: Test
    wanted: Any = None
    parse: Optional[Callable[[TextComparison], Test]] = None

    @classmethod
    def of(cls, path: tuple[str, ...], parse: Callable[[TextComparison], Test], wanted: Any = None) -> Condition:
        """Return the condition with a loose comparison of texts."""
        return cls(path, parse(LOOSE), wanted, parse)

    def with_comparison(self, comparison: TextComparison) -> Condition:
        """Return the condition with this comparison of texts."""
        if self.parse is None:
            return self
        wanted = comparison.wanted(self.wanted) if isinstance(self.wanted, str) else self.wanted
        return replace(self, test=self.parse(comparison), wanted=wanted)

    def holds(self, shown: Mapping[str, Any]) -> bool:
        """Whether the condition holds for an object."""
        return self.test(reach(shown, self.path))


def parse_filters(kind: Kind, filters: Optional[Mapping[str, Any]]) -> tuple[Condition, ...]:
    """Return the conditions of the option ``filters``. Raises InputError with the field and the place."""
    found = []
    for name, wanted in _flattened(filters or {}):
        where = "filters.%s" % name
        path, field = parse_path(kind, name, where)
        _refuse_compound(kind, path, field, wanted, where)
        found.append(Condition.of(path, partial(parse_test, field, wanted, where), wanted))
    return tuple(found)


def _flattened(filters: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return (field, condition) pairs; ``metadata: {team: x}`` is another way to write ``metadata.team: x``."""
    pairs: list[tuple[str, Any]] = []
    for name, wanted in filters.items():
        if name == "metadata" and isinstance(wanted, Mapping) and dict(wanted) != {"not": None}:
            pairs += [("metadata.%s" % key, value) for key, value in wanted.items()]
        else:
            pairs.append((str(name), wanted))
    return pairs


def _refuse_compound(kind: Kind, path: tuple[str, ...], field: Optional[Field], wanted: Any, where: str) -> None:
    """Raise InputError for a comparison with a dict or a list of dicts: a condition can only check that it exists."""
    section = kind is MODEL and any(path == (child.plural,) for child in MANAGED)
    if not (section or isinstance(field, (Group, Rows)) or path[-1:] == ("metadata",)):
        return
    asked = wanted.get("not") if isinstance(wanted, Mapping) and set(wanted) == {"not"} else wanted
    if asked is not None and asked != "":
        raise InputError("holds more than one value: name a member, like %s.%s" % (path[-1], _example(field)), where)


def _example(field: Optional[Field]) -> str:
    return field.members[0].name if isinstance(field, (Group, Rows)) else "name"


def parse_test(field: Optional[Field], wanted: Any, where: str, comparison: TextComparison = LOOSE) -> Test:
    """Return the test for one condition: a value, a list of alternatives, None (not set), or a dict of ``FORMS``."""
    if wanted is None or wanted == "":
        return lambda values: not values
    if isinstance(wanted, Mapping):
        return _forms(field, wanted, where, comparison)
    if isinstance(wanted, (list, tuple, set, frozenset)):
        if not wanted:
            raise InputError("names no value at all; write null for a field that is not set", where)
        tests = [parse_test(field, one, where, comparison) for one in wanted]
        return lambda values: any(test(values) for test in tests)
    expected = _canonical(field, wanted, where)
    if isinstance(field, Instant):
        edge = rank(field, expected)
        return lambda values: any(rank(field, value) == edge for value in values)
    wanted_text = comparison.wanted(text_of(expected))
    return lambda values: any(comparison.there(text_of(value)) == wanted_text for value in values)


def _forms(field: Optional[Field], wanted: Mapping[str, Any], where: str, comparison: TextComparison) -> Test:
    unknown = sorted(str(name) for name in wanted if name not in FORMS)
    if unknown or not wanted:
        raise InputError("a condition has %s, not %s" % (", ".join(FORMS), ", ".join(unknown) or "nothing"), where)
    tests: list[Test] = []
    for name, value in wanted.items():
        place = "%s.%s" % (where, name)
        if name == "regex":
            tests.append(matches(value, place, comparison))
        elif name == "not":
            tests.append(_negated(parse_test(field, value, place, comparison)))
        else:
            tests.append(_bound(field, name, value, place))
    return lambda values: all(test(values) for test in tests)


def matches(pattern: Any, where: str, comparison: TextComparison = LOOSE) -> Test:
    """Return the test that one of the values, as text, contains a match of a Python regular expression."""
    if isinstance(pattern, bool) or not isinstance(pattern, (str, int)):
        raise InputError("must be a regular expression, not %s" % kind_of(pattern), where)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # about syntax that a later Python may change
            compiled = re.compile(comparison.pattern(str(pattern)))
    except (re.error, OverflowError, RecursionError) as error:
        raise InputError("%r is no regular expression: %s" % (shortened(str(pattern), _SHOWN), error), where) from None
    return lambda values: any(compiled.search(comparison.there(text_of(value))) for value in values)


def _negated(test: Test) -> Test:
    return lambda values: not test(values)


def _bound(field: Optional[Field], name: str, limit: Any, where: str) -> Test:
    if limit in UNSET or isinstance(limit, (Mapping, list, tuple)):
        raise InputError("needs a number, a time or a word to compare with", where)
    edge = rank(field, _canonical(field, limit, where))
    if name == "min":
        return lambda values: any(_alike(r, edge) and r >= edge for r in (rank(field, v) for v in values))
    return lambda values: any(_alike(r, edge) and r <= edge for r in (rank(field, v) for v in values))


def _alike(one: Rank, other: Rank) -> bool:
    return bool(one[0] == other[0])


def _canonical(field: Optional[Field], value: Any, where: str) -> Any:
    """Return the user's value in the form of objects. Raises InputError for a value that the field cannot have."""
    if isinstance(field, Flag):
        word = value if isinstance(value, bool) else _WORDS.get(str(value).strip().lower())
        if word is None:
            raise InputError("%r is neither true nor false" % (value,), where)
        return word
    if field is None or isinstance(field, Names):
        return value
    return field.canonical(value, where)


def text_of(value: Any) -> str:
    """Return a value as text for comparison: ``true``, ``3`` (also for 3.0), else unchanged."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


# ------------------------------------------------------------------------------------------------------ order
def rank(field: Optional[Field], value: Any) -> Rank:
    """Return the sort key of a value: choices in their own order, then numbers, times, and texts without case."""
    if isinstance(field, Choice) and value in field.choices:
        return (0, field.choices.index(value))
    if isinstance(value, (bool, int, float)):
        return (1, float(value)) if math.isfinite(value) else (4, str(value), "")
    text = str(value)
    if _NUMBER.fullmatch(text):
        return (1, float(text))
    moment = instant(text)
    if moment is not None:
        return (2, moment)
    return (3, text.casefold(), text)


def ranks(field: Optional[Field], values: Sequence[Any]) -> tuple[Rank, ...]:
    """Return the sort key of all values of a field; values that cannot be compared are sorted by their text."""
    return tuple(rank(field, v) if not isinstance(v, Mapping) else (5, text_of(v.get("name", "")), "") for v in values)
