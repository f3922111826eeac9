# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values of any type, and data in which one place holds another value or bears another name."""

from __future__ import annotations

import contextlib
import copy
import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ansible.utils.unsafe_proxy import wrap_var
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

Json = Any
#: A place in data: keys and indexes, the outermost first.
Path = tuple[Any, ...]


def tagged() -> list[Any]:
    """Return values as Ansible itself hands them over, in the types that this release of core has for them."""
    found = [wrap_var("{{ 1 }}"), wrap_var({"name": "{{ x }}"}), wrap_var(["a", "b"])]
    with contextlib.suppress(ImportError):
        from ansible._internal._datatag._tags import Origin

        origin = Origin(path="/play.yml", line_num=1, col_num=1)
        found += [origin.tag(value) for value in ("text", 7, 1.5, [1], {"a": 1}, datetime.date(2026, 1, 31))]
    return found


SCALARS: list[Any] = [
    *(None, True, False, 0, 1, -1, 7, 2**31, 2**53 + 1, 10**19, 10**400, -(10**400)),
    *(-0.0, 0.5, 1.1, 7.4, -3.25, 1e7 + 1, 1e308, 5e-324, float("nan"), float("inf"), float("-inf")),
    *("", " ", "x", "No", "yes", "null", "1.10", "-1", "1e400", "1e9999999", "nan", "Infinity", "a, b", ",", "[", "{"),
    *(
        '["a, b"]',
        '{"a": NaN}',
        '{"a": "\\ud800"}',
        "a=b",
        "{'a': 1}",
        '{"a":' * 2000,
        "a -> b",
        "a <-> b: c",
        "main/web",
    ),
    *(
        "{{ 1 }}",
        "<b>x</b>",
        "&amp;",
        "javascript:x",
        "a\nb",
        "\t",
        "\x1b[0m",
        "\0",
        "a\0b",
        "\ud800",
        "x\udfff",
        "\ufeff",
    ),
    *("e\u0301", "ü", "日本", "\u202e", "x" * 300, "x" * 70_000, "../../etc", "/dev/null", "*", "2026-01-31"),
    *("12:30", "[[", "(?P<x", "x{99999999999}", "(" * 3000),
    *("high", "High", "STRIDE", "process", "proces", "boundary", "reader", "owner", "git", "branch", "keep", "down"),
    *("https://x.example.com/1", "CWE-79", "#fff", "7e57ab1e-0000-4000-8000-000000000001", "ansible_key", "name"),
    *(b"", b"x", b"\xff", datetime.date(2026, 1, 31), datetime.datetime(2026, 1, 31, 12, 30), datetime.time(12, 30)),
    *(set(), {"a", "b"}, {1, "1"}, frozenset(("x",)), (), ("a", 1), *tagged()),
]
KEYS: list[Any] = [
    *("", " ", "x", "a, b", "\0", "\ud800", "ü", "x" * 300, "a.b", "a/b", "{{ 1 }}", "ansible_x", "_resolved"),
    *(None, True, False, 0, 1, -1, 1.5, float("nan"), 10**400, b"x", (), ("a",), datetime.date(2026, 1, 31)),
    *("x", "y", "width", "key", "value", "name", "id", "type", "shape", "label", "data", "_metadata", "data_assets"),
    *("attrs", "text", "line", "sourceMarker", "labels", "position", "size", "vertices", "source", "target", "cell"),
    *("port", "router", "connector", "parent", "children", "from", "to", "in", "raw", "icon", "assets", "metadata"),
    *(
        "user",
        "group",
        "role",
        "branch",
        "tag",
        "by",
        "until",
        "likelihood",
        "implemented",
        "min",
        "max",
        "regex",
        "not",
    ),
    *("positions", "direction", "existing", "nodes", "edges", "flows", "boundaries", "cells", "layout", "use", "at"),
]


def _deep(levels: int) -> Json:
    found: Json = "x"
    for level in range(levels):
        found = [found] if level % 2 else {"a": found}
    return found


def _ring() -> Json:
    found: list[Any] = [1]
    found.append(found)
    return found


scalars = st.sampled_from(SCALARS)
keys = st.sampled_from(KEYS)
values: st.SearchStrategy[Any] = st.one_of(
    scalars,
    scalars,
    st.recursive(
        scalars | st.text(max_size=8) | st.floats() | st.integers(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=10,
    ),
    st.sampled_from([_deep(30), _deep(70), _deep(600), _ring()]),
)


@dataclass(frozen=True)
class Change:
    """What is changed in one place: its value, or with ``name`` the name that it bears in its map."""

    path: Path
    value: Json = None
    name: Json = None
    renames: bool = False

    def on(self, data: Json) -> Json:
        """Return a copy of data with the change."""
        found = copy.deepcopy(data)
        at = found
        for key in self.path[:-1]:
            at = at[key]
        if self.renames and isinstance(at, dict):
            at[self.name] = at.pop(self.path[-1], self.value)
        else:
            at[self.path[-1]] = self.value
        return found


def places(data: Json, path: Path = ()) -> Iterator[Path]:
    """Yield the paths of all that data holds."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        yield (*path, key)
        yield from places(value, (*path, key))


def changes(found: list[Path]) -> st.SearchStrategy[Change]:
    """Return changes of one of some places."""
    where = st.sampled_from(found)
    put = st.builds(Change, path=where, value=values)
    return st.one_of(put, put, put, st.builds(Change, path=where, name=keys, renames=st.just(True)))


@dataclass
class Tally:
    """How many values were tried, and refused."""

    examples: int = 0
    refused: int = 0


def tried(strategy: st.SearchStrategy[Any], trial: Callable[[Any], bool], examples: int, number: int) -> Tally:
    """Try examples, the same ones for the same seed ``number``. ``trial`` returns whether a value was refused."""
    tally = Tally()

    @seed(number)
    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def one(example: Any) -> None:
        refused = trial(example)
        tally.examples += 1
        tally.refused += refused

    one()
    return tally
