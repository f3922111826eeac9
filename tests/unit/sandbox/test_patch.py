# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON Patch by itself: the standard's rules, and where the API differs."""

from __future__ import annotations

from typing import Any

import pytest

from tmi_sandbox import patch

Json = Any


@pytest.mark.parametrize(
    ("document", "operation", "expected"),
    [
        ({"a": 1}, {"op": "add", "path": "/b", "value": 2}, {"a": 1, "b": 2}),
        ({"a": [1, 3]}, {"op": "add", "path": "/a/1", "value": 2}, {"a": [1, 2, 3]}),
        ({"a": [1]}, {"op": "add", "path": "/a/1", "value": 2}, {"a": [1, 2]}),
        ({"a": [1]}, {"op": "add", "path": "/a/-", "value": 2}, {"a": [1, 2]}),
        ({"a": 1}, {"op": "add", "path": "", "value": [2]}, [2]),
        ({"a/b": 1, "c~d": 2}, {"op": "remove", "path": "/a~1b"}, {"c~d": 2}),
        ({"a/b": 1, "c~d": 2}, {"op": "remove", "path": "/c~0d"}, {"a/b": 1}),
        ({"": 1}, {"op": "replace", "path": "/", "value": 2}, {"": 2}),
        ({"a": 1}, {"op": "replace", "path": "/b", "value": 2}, {"a": 1, "b": 2}),
        ({"a": [1, 2]}, {"op": "replace", "path": "/a/0", "value": 3}, {"a": [3, 2]}),
        ({"a": {"b": 1}}, {"op": "move", "path": "/c", "from": "/a/b"}, {"a": {}, "c": 1}),
        ({"a": [1, 2]}, {"op": "move", "path": "/a/0", "from": "/a/1"}, {"a": [2, 1]}),
        ({"a": 1}, {"op": "move", "path": "/a", "from": "/a"}, {"a": 1}),
        ({"a": [1]}, {"op": "copy", "path": "/b", "from": "/a"}, {"a": [1], "b": [1]}),
        ({"a": [1, {"b": 2.0}]}, {"op": "test", "path": "/a/1", "value": {"b": 2}}, {"a": [1, {"b": 2.0}]}),
    ],
)
def test_operations(document: Json, operation: Json, expected: Json) -> None:
    assert patch.apply(document, patch.check([operation])) == expected


@pytest.mark.parametrize(
    ("document", "operation"),
    [
        ({}, {"op": "remove", "path": "/a"}),
        ({"a": [1]}, {"op": "remove", "path": "/a/1"}),
        ({"a": [1]}, {"op": "remove", "path": "/a/-"}),
        ({"a": [1]}, {"op": "replace", "path": "/a/1", "value": 2}),
        ({"a": [1]}, {"op": "add", "path": "/a/2", "value": 2}),
        ({"a": [1]}, {"op": "add", "path": "/a/01", "value": 2}),
        ({"a": [1]}, {"op": "add", "path": "/a/-1", "value": 2}),
        ({"a": None}, {"op": "add", "path": "/a/-", "value": 2}),
        ({"a": "text"}, {"op": "add", "path": "/a/0", "value": 2}),
        ({}, {"op": "add", "path": "/a/b", "value": 2}),
        ({}, {"op": "add", "path": "a", "value": 2}),
        ({"a": 1}, {"op": "test", "path": "/a", "value": True}),
        ({"a": 1}, {"op": "test", "path": "/b", "value": 1}),
        ({"a": {}}, {"op": "move", "path": "/a/b", "from": "/a"}),
        ({}, {"op": "copy", "path": "/a", "from": "/b"}),
    ],
)
def test_operations_that_do_not_apply(document: Json, operation: Json) -> None:
    with pytest.raises(patch.PatchFailed):
        patch.apply(document, patch.check([operation]))


@pytest.mark.parametrize(
    "operations",
    [
        {},
        ["x"],
        [{"op": "add"}],
        [{"path": "/a"}],
        [{"op": "zap", "path": "/a"}],
        [{"op": "add", "path": "/a"}],
        [{"op": "add", "path": "/a", "value": None}],
        [{"op": "add", "path": 1, "value": 1}],
        [{"op": [], "path": "/a"}],
        [{"op": "move", "path": "/a"}],
        [{"op": "move", "path": "/a", "from": 1}],
    ],
)
def test_what_is_no_patch(operations: Json) -> None:
    with pytest.raises(patch.NotAPatch):
        patch.check(operations)


def test_the_document_itself_stays_as_it_is() -> None:
    document = {"a": [{"b": 1}]}
    value = {"c": [1]}
    after = patch.apply(
        document,
        patch.check([{"op": "add", "path": "/a/0/b", "value": value}, {"op": "add", "path": "/a/0/b/c/-", "value": 2}]),
    )
    assert after == {"a": [{"b": {"c": [1, 2]}}]}
    assert (document, value) == ({"a": [{"b": 1}]}, {"c": [1]})


def test_merge_replaces_and_clears() -> None:
    assert patch.merge({"a": 1, "b": None, "c": 2}, {"a": [3], "c": None, "d": 4}) == {"a": [3], "b": None, "d": 4}


def test_targets_of_a_patch() -> None:
    operations = patch.check(
        [
            {"op": "add", "path": "/a~1b/c", "value": 1},
            {"op": "move", "path": "/d", "from": "/e/f"},
            {"op": "copy", "path": "/g", "from": "/h"},
        ]
    )
    assert patch.written(operations) == {"a/b", "d", "e", "g"}
