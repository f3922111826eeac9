# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strict checks of request bodies, composed of small checkers."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .web.rest import Call, invalid

Json = Any
Checker = Callable[[Json], Json]
UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
ESCAPED_NUL_OR_SURROGATE = re.compile(r"\\u(0000|[dD][89a-fA-F])")


class Problem(ValueError):
    """A value breaks a rule. Checkers of objects and arrays add the place while the problem passes them."""

    def __init__(self, text: str, *where: str, code: str = "invalid_input") -> None:
        super().__init__(text)
        self.text, self.code = text, code
        self.where = list(where)

    def within(self, part: str | int) -> Problem:
        """Add this member or item to the place of the problem."""
        self.where.insert(0, str(part))
        return self

    def __str__(self) -> str:
        return f'Error at "/{"/".join(self.where)}": {self.text}' if self.where else self.text


# ---------------------------------------------------------------------------------------------- bodies
def json_body(call: Call, *media_types: str) -> Json:
    """Return the body of a request as JSON, or raise 400 (V0-BODIES)."""
    if call.media_type() not in (media_types or ("application/json",)):
        raise invalid(f'request body has an error: header Content-Type has unexpected value "{call.media_type()}"')
    return parse(call.raw)


def body(check: Checker) -> Callable[[Call], Json]:
    """Return the check of an operation whose body is JSON."""
    return lambda call: check(json_body(call))


def optional_json_body(call: Call) -> Json:
    """Return the body as JSON, or None if there is none."""
    return parse(call.raw) if call.raw.strip() else None


def parse(raw: bytes) -> Json:
    """Return strict JSON without NaN, infinite numbers and texts that cannot be stored, or raise 400."""
    try:
        text = raw.decode()
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
        if ESCAPED_NUL_OR_SURROGATE.search(text):
            _storable(value)
        return value
    except (ValueError, RecursionError) as problem:
        raise invalid(f"request body has an error: failed to decode request body: {problem}") from problem


def _refuse(name: str) -> float:
    raise ValueError(f"invalid number {name}")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"number {text} is out of range")
    return value


def _storable(value: Json) -> None:
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("text contains a NUL character")
        value.encode()  # raises a ValueError for half a surrogate pair
    elif isinstance(value, list):
        for one in value:
            _storable(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            _storable(key)
            _storable(one)


# ---------------------------------------------------------------------------------------------- checkers
def text(most: int, least: int = 0, pattern: str = "", blank: bool = True) -> Checker:
    """Accept strings of `least` to `most` characters that match `pattern` from end to end."""
    compiled = re.compile(pattern, re.DOTALL) if pattern else None

    def check(value: Json) -> Json:
        if not isinstance(value, str):
            raise Problem("value must be a string")
        if len(value) < least:
            raise Problem(f"minimum string length is {least}")
        if len(value) > most:
            raise Problem(f"maximum string length is {most}")
        if compiled and not compiled.fullmatch(value):
            raise Problem(f'string doesn\'t match the regular expression "{pattern}"')
        if not blank and not value.strip():
            raise Problem("value must not be blank")
        return value

    return check


def number(least: float = -math.inf, most: float = math.inf) -> Checker:
    """Accept numbers in a range."""

    def check(value: Json) -> Json:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Problem("value must be a number")
        if value < least:
            raise Problem(f"number must be at least {least:g}")
        if value > most:
            raise Problem(f"number must be at most {most:g}")
        return value

    return check


def integer(least: int, most: int) -> Checker:
    """Accept whole numbers in a range."""
    in_range = number(least, most)

    def check(value: Json) -> Json:
        if not isinstance(value, int):
            raise Problem("value must be an integer")
        return in_range(value)

    return check


def choice(*allowed: str) -> Checker:
    """Accept one of these strings exactly."""

    def check(value: Json) -> Json:
        if not isinstance(value, str):
            raise Problem("value must be a string")
        if value not in allowed:
            raise Problem(f"value is not one of the allowed values {json.dumps(allowed)}")
        return value

    return check


def boolean(value: Json) -> Json:
    """Accept true and false."""
    if not isinstance(value, bool):
        raise Problem("value must be a boolean")
    return value


def uuid_text(value: Json) -> Json:
    """Accept a UUID in its usual form."""
    if not isinstance(value, str) or not UUID.fullmatch(value):
        raise Problem("value must be a UUID")
    return value


def any_object(value: Json) -> Json:
    """Accept any object."""
    if not isinstance(value, dict):
        raise Problem("value must be an object")
    return value


def anything(value: Json) -> Json:
    """Accept any value."""
    return value


def list_of(check_item: Checker, least: int = 0, most: int | None = None, none: str = "") -> Checker:
    """Accept arrays whose items pass `check_item`. `none` is the error text if an empty array is not allowed."""

    def check(value: Json) -> Json:
        if not isinstance(value, list):
            raise Problem("value must be an array")
        if len(value) < least:
            raise Problem(none or f"minimum number of items is {least}")
        if most is not None and len(value) > most:
            raise Problem(f"maximum number of items is {most}")
        checked = []
        for item in value:
            try:
                checked.append(check_item(item))
            except Problem as problem:
                raise problem.within(len(checked)) from None
        return checked

    return check


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an object. null is accepted only if `nullable`."""

    check: Checker
    required: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Schema:
    """Checks an object and returns its known members. Members in `refused` are not allowed, even as null."""

    members: Mapping[str, Member]
    refused: tuple[str, ...] = ()
    refuse_unknown: bool = False

    def __call__(self, value: Json) -> dict[str, Json]:
        """Return the known members of `value`, or raise a Problem."""
        if not isinstance(value, dict):
            raise Problem("value must be an object")
        for name in self.refused:
            if name in value:
                raise Problem(f"Field '{name}' is not allowed in this request. The server sets it.")
        if self.refuse_unknown and not value.keys() <= self.members.keys():
            raise Problem(f'property "{min(value.keys() - self.members.keys())}" is unsupported')
        known: dict[str, Json] = {}
        for name, member in self.members.items():
            if name in value:
                known[name] = _checked(member, name, value[name])
            elif member.required:
                raise Problem(f'property "{name}" is missing Schema: {json.dumps({"required": self.required})}', name)
        return known

    @property
    def required(self) -> list[str]:
        """The names of the members that are required. A real server adds the whole schema to its error text."""
        return [name for name, member in self.members.items() if member.required]


def _checked(member: Member, name: str, value: Json) -> Json:
    if value is None:
        if member.nullable:
            return None
        raise Problem("Value is not nullable", name)
    try:
        return member.check(value)
    except Problem as problem:
        raise problem.within(name) from None
