# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strict checks of request bodies, put together from small checkers."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .rest import Call, invalid

Json = Any
Checker = Callable[[Json, str], Json]
UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
ESCAPED_NUL_OR_SURROGATE = re.compile(r"\\u(0000|[dD][89a-fA-F])")


class Problem(ValueError):
    """A value breaks a rule; the text says where and which."""

    def __init__(self, at: str, text: str) -> None:
        super().__init__(f'Error at "{at}": {text}' if at else text)


# ---------------------------------------------------------------------------------------------- bodies
def json_body(call: Call, *media_types: str) -> Json:
    """Return the body of a request as JSON, else raise 400 (contract section 1)."""
    if call.media_type() not in (media_types or ("application/json",)):
        raise invalid(f'request body has an error: header Content-Type has unexpected value "{call.media_type()}"')
    return parse(call.raw)


def body(check: Checker) -> Callable[[Call], Json]:
    """Return the check of an operation whose body is JSON."""
    return lambda call: check(json_body(call), "")


def optional_json_body(call: Call) -> Json:
    """Return the body as JSON, None when there is none."""
    return parse(call.raw) if call.raw.strip() else None


def parse(raw: bytes) -> Json:
    """Return strict JSON, else raise 400: no NaN, no infinite numbers, no text that cannot be stored."""
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

    def check(value: Json, at: str) -> Json:
        if not isinstance(value, str):
            raise Problem(at, "value must be a string")
        if len(value) < least:
            raise Problem(at, f"minimum string length is {least}")
        if len(value) > most:
            raise Problem(at, f"maximum string length is {most}")
        if compiled and not compiled.fullmatch(value):
            raise Problem(at, f'string doesn\'t match the regular expression "{pattern}"')
        if not blank and not value.strip():
            raise Problem(at, "value must not be blank")
        return value
    return check


def number(least: float = -math.inf, most: float = math.inf) -> Checker:
    """Accept numbers in a range."""
    def check(value: Json, at: str) -> Json:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Problem(at, "value must be a number")
        if value < least:
            raise Problem(at, f"number must be at least {least:g}")
        if value > most:
            raise Problem(at, f"number must be at most {most:g}")
        return value
    return check


def boolean(value: Json, at: str) -> Json:
    """Accept true and false."""
    if not isinstance(value, bool):
        raise Problem(at, "value must be a boolean")
    return value


def choice(*allowed: str) -> Checker:
    """Accept one of these strings exactly."""
    def check(value: Json, at: str) -> Json:
        if not isinstance(value, str):
            raise Problem(at, "value must be a string")
        if value not in allowed:
            raise Problem(at, f"value is not one of the allowed values {json.dumps(allowed)}")
        return value
    return check


def uuid_text(value: Json, at: str) -> Json:
    """Accept a UUID in its usual form."""
    if not isinstance(value, str) or not UUID.fullmatch(value):
        raise Problem(at, "value must be a UUID")
    return value


def any_object(value: Json, at: str) -> Json:
    """Accept any object."""
    if not isinstance(value, dict):
        raise Problem(at, "value must be an object")
    return value


def list_of(check_item: Checker, least: int = 0, most: int | None = None, none: str = "") -> Checker:
    """Accept arrays whose items pass `check_item`; `none` is the text for an empty one that must not be."""
    def check(value: Json, at: str) -> Json:
        if not isinstance(value, list):
            raise Problem(at, "value must be an array")
        if len(value) < least:
            raise Problem(at, none or f"minimum number of items is {least}")
        if most is not None and len(value) > most:
            raise Problem(at, f"maximum number of items is {most}")
        return [check_item(item, f"{at}/{i}") for i, item in enumerate(value)]
    return check


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an object; null is a value only where `nullable`."""

    check: Checker
    required: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Schema:
    """Checks an object and returns its known members; those of `refused` must not be there, not even as null."""

    members: Mapping[str, Member]
    refused: tuple[str, ...] = ()
    refuse_unknown: bool = False
    _required: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_required", frozenset(n for n, m in self.members.items() if m.required))

    def __call__(self, value: Json, at: str = "") -> dict[str, Json]:
        """Return the known members of `value`, else raise a Problem."""
        if not isinstance(value, dict):
            raise Problem(at, "value must be an object")
        for name in self.refused:
            if name in value:
                raise Problem("", f"Field '{name}' is not allowed in this request. The server sets it.")
        for name in self._required:
            if name not in value:
                raise Problem(f"{at}/{name}", f'property "{name}" is missing')
        known: dict[str, Json] = {}
        for name, given in value.items():
            member = self.members.get(name)
            if member is None:
                if self.refuse_unknown:
                    raise Problem(at, f'property "{name}" is unsupported')
            elif given is not None:
                known[name] = member.check(given, f"{at}/{name}")
            elif member.nullable:
                known[name] = None
            else:
                raise Problem(f"{at}/{name}", "Value is not nullable")
        return known
