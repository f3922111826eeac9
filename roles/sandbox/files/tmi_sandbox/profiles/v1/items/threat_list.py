# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters and order of the list of threats (V1-THREAT-LIST)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....store import Item
from ....validation import UUID
from ....web.rest import Call
from .. import errors
from ..models.model_list import like
from ..texts import text
from . import items

Json = Any
CONTAINING = ("name", "description")
ANY_OF = ("severity", "priority", "status", "threat_type")
SAME = ("diagram_id", "cell_id")
SCORES: dict[str, Callable[[float, float], bool]] = {
    "score_gt": lambda one, other: one > other,
    "score_ge": lambda one, other: one >= other,
    "score_lt": lambda one, other: one < other,
    "score_le": lambda one, other: one <= other,
    "score_eq": lambda one, other: one == other,
}
TIMES = ("created_after", "created_before", "modified_after", "modified_before")
PARAMETERS = frozenset((*CONTAINING, *ANY_OF, *SAME, *SCORES, *TIMES, "mitigated", "sort"))
SINGLE = tuple(PARAMETERS - {*ANY_OF})
then = items.once(*SINGLE, moments=TIMES)
SEVERITIES = ("unknown", "informational", "low", "medium", "high", "critical")
RANKS = {
    "severity": {"unknown": 0, "none": 1, "informational": 1, "low": 2, "medium": 3, "high": 4, "critical": 5},
    "priority": {"deferred": 0, "low": 1, "medium": 2, "high": 3, "immediate": 4, "critical": 4},
    "status": {
        "open": 0,
        "identified": 0,
        "confirmed": 1,
        "investigating": 1,
        "deferred": 2,
        "mitigation_planned": 3,
        "mitigation_in_progress": 4,
        "in_progress": 4,
        "verification_pending": 5,
        "mitigated": 6,
        "resolved": 7,
        "accepted": 8,
        "closed": 9,
        "false_positive": 10,
    },
}
SORTED = ("name", "created_at", "modified_at", "severity", "priority", "status", "score")


def check(call: Call) -> None:
    """Check the parameters of the query."""
    items.check_list(call)
    items.boolean(call, "mitigated")
    items.some_values(call, *ANY_OF)
    for name in SAME:
        if name in call.query and not UUID.fullmatch(call.query[name]):
            raise errors.invalid(f'parameter "{name}" in query has an error: it is not a UUID')
    for name in SCORES:
        bound = _number(call, name)
        if bound is not None and not 0 <= bound <= 10:
            raise errors.invalid(f'parameter "{name}" in query has an error: number must be from 0 to 10')
    for name in TIMES:
        if name in call.query and not items.DATE_TIME.fullmatch(call.query[name]):
            reason = f'parameter "{name}" in query has an error: string doesn\'t match the format "date-time"'
            raise errors.invalid(reason, "invalid_id")
    for value in _all(call, "severity"):
        if text.snake(value) not in SEVERITIES:
            reason = 'parameter "severity" in query has an error: Error at "/0": value is not one of the allowed values'
            raise errors.invalid(reason, "invalid_id")


def _all(call: Call, name: str) -> list[str]:
    return [value for key, value in call.pairs if key == name]


def _number(call: Call, name: str) -> float | None:
    given = call.query.get(name)
    try:
        return None if given is None else float(given)
    except ValueError:
        reason = f'parameter "{name}" in query has an error: value {given}: an invalid number: invalid syntax'
        raise errors.invalid(reason) from None


def select(call: Call, found: list[Item]) -> list[Item]:
    """Apply filters and order to threats, which are sorted from the newest."""
    for condition in _conditions(call):
        found = [item for item in found if condition(item)]
    column, _mark, direction = call.query.get("sort", "").partition(":")
    if column in SORTED and _mark and ":" not in direction:
        found = sorted(found, key=lambda item: item.id)
        found.sort(key=lambda item: _key(item, column), reverse=direction.lower() != "asc")
    return found


def _key(item: Item, column: str) -> tuple[bool, Json]:
    """Return the sort key of threats. A missing value is the largest, except for ranks, where it is the smallest."""
    value = item.created_at if column == "created_at" else item.body.get(column)
    ranks = RANKS.get(column)
    if ranks is not None:
        return (False, ranks.get(str(value).lower(), -1))
    return (value is None, "" if value is None else value)


def _conditions(call: Call) -> list[Callable[[Item], bool]]:
    """Return the conditions for a threat."""
    query = call.query
    wanted: list[Callable[[Item], bool]] = []
    wanted += [_contains(name, query[name]) for name in CONTAINING if query.get(name)]
    for name in ANY_OF:
        values = _all(call, name)
        if values:
            wanted.append(_one_of(name, [text.snake(value) for value in values] if name == "severity" else values))
    wanted += [_one_of(name, [query[name].lower()]) for name in SAME if name in query]
    if "mitigated" in query:
        mitigated = query["mitigated"] == "true"
        wanted.append(lambda item: bool(item.body.get("mitigated")) == mitigated)
    for name, compare in SCORES.items():
        bound = _number(call, name)
        if bound is not None:
            wanted.append(_scored(compare, bound))
    wanted += [_timed(name, query[name]) for name in TIMES if name in query]
    return wanted


def _contains(name: str, part: str) -> Callable[[Item], bool]:
    pattern = like(part)
    return lambda item: bool(pattern.search(item.body.get(name) or ""))


def _one_of(name: str, values: list[str]) -> Callable[[Item], bool]:
    def fits(item: Item) -> bool:
        value = item.body.get(name)
        return any(one in values for one in (value if isinstance(value, list) else [value]))

    return fits


def _scored(compare: Callable[[float, float], bool], bound: float) -> Callable[[Item], bool]:
    return lambda item: item.body.get("score") is not None and compare(item.body["score"], bound)


def _timed(name: str, given: str) -> Callable[[Item], bool]:
    column, _mark, side = name.partition("_")
    bound = items.moment(given)

    def fits(item: Item) -> bool:
        value = items.moment(item.created_at if column == "created" else item.body["modified_at"])
        return value >= bound if side == "after" else value <= bound

    return fits
