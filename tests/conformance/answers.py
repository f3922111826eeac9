# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where two answers differ. Identifiers are equal when they stand for the same object; times, whatever they say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from sides import Answer

Json = Any
UUID = re.compile(r"\b(?!0{8}-0{4}-)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE)
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?")
SECRET = re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*|\btmi_cc_[\w-]+")
SECRETS = {"access_token", "refresh_token", "ticket", "client_secret", "client_id"}
NUMBERS = {"iat", "exp", "nbf", "auth_time"}
#: What people read; that it is there counts, not how it is put.
TEXTS = {"error_description", "message", "suggestion"}
#: Codes that a real server gives by the words of its own text: these two are one.
SAME_CODE = {"invalid_id": "invalid_input"}
#: Arrays that servers return in no defined order.
SETS = {"authorization", "participants", "threats"}
BY_PRESENCE = ("ETag", "Retry-After", "WWW-Authenticate", "Deprecation")
BY_VALUE = ("Allow", "Location")
OF_MODELS = "threat_model_framework"
ABSENT = "(absent)"


class Difference(NamedTuple):
    """One difference: where (a JSON pointer below ``/status``, ``/headers`` or ``/body``), and both values."""

    where: str
    first: Json
    second: Json


class Pairs:
    """Identifiers of two servers that stand for the same objects, as learned from their answers."""

    def __init__(self) -> None:
        self._there: dict[str, str] = {}
        self._back: dict[str, str] = {}

    def learn(self, first: str, second: str) -> bool:
        """Return whether two identifiers may stand for one object, and keep that they do."""
        first, second = first.lower(), second.lower()
        if first not in self._there and second not in self._back:
            if first == second or first[14] == second[14]:  # the version of a UUID is part of what servers promise
                self._there[first], self._back[second] = second, first
            else:
                return False
        return self._there.get(first) == second

    def known(self, first: str) -> str:
        """Return the other server's identifier, the same one where none is known."""
        return self._there.get(first.lower(), first)


def differences(first: Answer, second: Answer, pairs: Pairs, bases: tuple[str, str]) -> list[Difference]:
    """Return where two answers differ.

    :param bases: addresses of the two servers, which may stand in answers
    """
    walk = _Walk(pairs, bases)
    found = list(walk.values(first.status, second.status, "/status", ""))
    for name in (*BY_PRESENCE, *BY_VALUE, "Content-Type"):
        one, other = first.headers.get(name), second.headers.get(name)
        if name in BY_PRESENCE:
            one, other = one and "present", other and "present"
        elif name == "Content-Type":
            one, other = (value and value.partition(";")[0].strip() for value in (one, other))
        if one or other:
            found += walk.values(one or ABSENT, other or ABSENT, f"/headers/{name}", "")
    if first.status == second.status:
        found += walk.values(first.body, second.body, "/body", "")
    return found


class _Walk:
    def __init__(self, pairs: Pairs, bases: tuple[str, str]) -> None:
        self._pairs, self._bases = pairs, bases

    def values(self, first: Json, second: Json, at: str, name: str) -> Iterator[Difference]:
        """Yield the differences of two values."""
        if isinstance(first, dict) and isinstance(second, dict):
            for key in sorted(first.keys() | second.keys()):
                if key == "alias" and OF_MODELS in first and OF_MODELS in second:
                    continue  # a number of the whole server's
                if key not in first or key not in second:
                    yield Difference(f"{at}/{key}", first.get(key, ABSENT), second.get(key, ABSENT))
                else:
                    yield from self.values(first[key], second[key], f"{at}/{key}", key)
        elif isinstance(first, list) and isinstance(second, list):
            if len(first) != len(second):
                yield Difference(f"{at}/length", len(first), len(second))
                return
            others = self._in_order(first, second) if name in SETS or self._tied(first, second) else second
            for place, (one, other) in enumerate(zip(first, others, strict=True)):
                yield from self.values(one, other, f"{at}/{place}", "")
        elif not self._equal(first, second, name):
            yield Difference(at, first, second)

    def _equal(self, first: Json, second: Json, name: str) -> bool:
        if isinstance(first, str) and isinstance(second, str):
            if name in TEXTS or name in SECRETS:
                return bool(first) == bool(second)
            if name == "error":
                return SAME_CODE.get(first, first) == SAME_CODE.get(second, second)
            return self._same_text(first, second)
        if name in NUMBERS:
            return isinstance(first, int) and isinstance(second, int)
        return bool(first == second) and isinstance(first, bool) == isinstance(second, bool)

    def _same_text(self, first: str, second: str) -> bool:
        ones, others = UUID.findall(first), UUID.findall(second)
        if len(ones) != len(others):
            return False
        if not all(self._pairs.learn(one, other) for one, other in zip(ones, others, strict=True)):
            return False
        return self._bare(first, self._bases[0]) == self._bare(second, self._bases[1])

    @staticmethod
    def _bare(text: str, base: str) -> str:
        host = base.partition("://")[2]
        text = SECRET.sub("<secret>", text.replace(host, "<host>"))
        return TIME.sub("<time>", UUID.sub("<id>", text))

    def _in_order(self, first: list[Json], second: list[Json]) -> list[Json]:
        """Return the second list in the order of the first, as far as its items are known by identifier or content."""
        left, ordered = list(second), []
        for one in first:
            found = next((other for other in left if self._alike(one, other)), left[0])
            left.remove(found)
            ordered.append(found)
        return ordered

    def _tied(self, first: list[Json], second: list[Json]) -> bool:
        """Return whether two lists differ in the order of what was created at one moment, as far as they say when."""
        if not all(isinstance(one, dict) and "id" in one for one in (*first, *second)):
            return False
        ordered = self._in_order(first, second)
        return [one.get("created_at") for one in ordered] == [one.get("created_at") for one in second]

    def _alike(self, one: Json, other: Json) -> bool:
        if not isinstance(one, dict) or not isinstance(other, dict):
            return bool(one == other)
        if "id" in one and "id" in other:
            return self._pairs.known(str(one["id"])) == other["id"]
        names = ("principal_type", "provider_id", "email", "user")
        return all(json.dumps(one.get(name)) == json.dumps(other.get(name)) for name in names)


def class_of(operation: str, found: list[Difference]) -> str:
    """Return the class of a request's differences: the operation, and the first place or the two statuses."""
    first = found[0]
    if first.where == "/status":
        return f"{operation}: status {first.first} / {first.second}"
    where = re.sub(r"/\d+(?=/|$)", "/*", first.where)
    kind = "absent" if ABSENT in (first.first, first.second) else "value"
    return f"{operation}: {where} {kind}"
