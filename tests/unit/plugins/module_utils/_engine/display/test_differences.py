# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two values as lines: nothing that differs is hidden, and of long texts little else is shown."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._engine.display.differences import WIDTH, lines_of
from ansible_collections.tmi.tmi.plugins.module_utils._resources._fields import EMPTY

PROSE = "The proxy of zone %d lets nothing through. " * 20 % tuple(range(20))
ROWS = ("user", "group")


def lines(before: Any, after: Any, identity: Any = None) -> list[str]:
    return list(lines_of("x", before, after, identity))


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("low", "high", "x: low -> high"),
        (None, "a b", 'x: (none) -> "a b"'),
        ("", "false", 'x: "" -> "false"'),
        (False, True, "x: false -> true"),
        (7.25, None, "x: 7.25 -> (none)"),
        ("1", "(none)", 'x: "1" -> "(none)"'),
        ("evil\u202etxt", "bob@example.com", 'x: "evil\\u202etxt" -> bob@example.com'),
    ],
)
def test_short_values_are_shown_whole(before: Any, after: Any, shown: str) -> None:
    assert lines(before, after) == [shown]


@pytest.mark.parametrize("at", [0, 30, 100, 700, len(PROSE)])
def test_of_a_long_line_the_part_that_differs_is_shown(at: int) -> None:
    (line,) = lines(PROSE, PROSE[:at] + "ÄNDERUNG" + PROSE[at:])
    one, other = line[len("x: ") :].split(" -> ")
    assert "ÄNDERUNG" in other
    assert "ÄNDERUNG" not in one
    assert len(line) <= 2 * WIDTH
    assert one.startswith("…") is other.startswith("…") is (at >= 100)


def test_a_change_at_the_end_of_a_long_line_is_seen() -> None:
    start = "Which hosts may connect is a list in the repository of the network team. " * 3
    (line,) = lines(start + "Default deny.", start + "Default allow.")
    assert line.endswith('network team. Default deny." -> ' + line.split(" -> ")[1])
    assert line.endswith('Default allow."')
    assert "…" in line


def test_a_text_of_several_lines_is_a_small_diff() -> None:
    text = "# Title\n\n- for A\n- for B\n- for C\n- for D\n"
    assert lines(text, text.replace("- for C", "- for X\n- for Y")) == [
        "x:",
        "  @@ line 4 @@",
        "    - for B",
        "  - - for C",
        "  + - for X",
        "  + - for Y",
        "    - for D",
    ]


def test_long_lines_of_such_a_text_are_shortened_too() -> None:
    before = "# Title\n%s\n" % PROSE
    found = lines(before, before.replace("zone 17 lets", "zone 17 let"))
    assert len(found) == 6
    assert found == [line.rstrip() for line in found]
    assert max(map(len, found)) <= WIDTH + 8


def test_sets_are_shown_entry_by_entry() -> None:
    assert lines(["Spoofing", "Tampering"], ["Repudiation", "Spoofing"], ()) == ["x: + Repudiation", "x: - Tampering"]
    assert lines(None, ["A b"], ()) == ['x: + "A b"']


def test_rows_are_shown_one_by_one() -> None:
    before = [{"user": "ana@test.tmi", "role": "owner"}, {"user": "bob@test.tmi", "role": "writer"}]
    after = [before[0], {"user": "bob@test.tmi", "role": "reader"}, {"group": "everyone", "role": "reader"}]
    assert lines(before, after, ROWS) == ["x: bob@test.tmi writer -> reader", "x: + group everyone reader"]
    assert lines(after, before[:1], ROWS) == ["x: - bob@test.tmi reader", "x: - group everyone reader"]


def test_maps_are_shown_member_by_member() -> None:
    before = {"ref_type": "branch", "ref_value": "main"}
    assert lines(before, {**before, "ref_value": "dev", "sub path": "a"}) == [
        "x.ref_value: main -> dev",
        'x."sub path": (none) -> a',
    ]


def test_two_long_texts_that_have_nothing_in_common_come_to_an_end() -> None:
    found = lines("\n".join(map(str, range(3000))), "\n".join(map(str, range(5000, 8000))))
    assert len(found) == 6002


FAR = "First. %s" + PROSE + "%s Last."


def test_changes_at_both_ends_of_a_long_line_are_shown_without_all_between() -> None:
    found = lines(FAR % ("One. ", "two"), FAR % ("Eins. ", "zwei"))
    assert found == [
        "x:",
        "  @@ character 8 @@",
        "  - … One.",
        "  + … Eins.",
        "  @@ character %d @@" % (FAR % ("One. ", "two")).index("wo Last."),
        "  - … two Last.",
        "  + … zwei Last.",
    ]


def test_such_a_line_in_a_text_of_several_has_its_number() -> None:
    before, after = (FAR % sides + "\nEnd" for sides in (("One. ", "two"), ("Eins. ", "zwei")))
    found = lines("Head\n" + before, "Head\n" + after)
    assert [line for line in found if "@@" in line] == [
        "  @@ line 1 @@",
        "  @@ line 2, character 8 @@",
        "  @@ line 2, character %d @@" % before.index("wo Last."),
        "  @@ line 3 @@",
    ]


@pytest.mark.parametrize(
    ("before", "after", "identity", "shown"),
    [
        ("café", "cafe\u0301", None, ['x: caf\\u00e9 -> "cafe\\u0301"']),
        ("ape", "аре", None, ["x: ape -> \\u0430\\u0440\\u0435"]),
        ("a-b", "a‐b", None, ['x: a-b -> "a\\u2010b"']),
        ("x\u3164", "x", None, ['x: "x\\u3164" -> x']),
        ("\U000e0001", "\ue0001", None, ['x: "\\U000e0001" -> "\\ue0001"']),
        (["ape"], ["аре"], (), ["x: - ape", "x: + \\u0430\\u0440\\u0435"]),
        ("ape\nb", "аре\nb", None, ["x:", "  @@ line 1 @@", "  - ape", '  + "\\u0430\\u0440\\u0435"', "    b"]),
    ],
)
def test_sides_that_look_alike_are_shown_as_escapes(before: Any, after: Any, identity: Any, shown: list[str]) -> None:
    assert lines(before, after, identity) == shown


def test_names_of_fields_cannot_be_taken_for_values() -> None:
    assert list(lines_of("metadata.a: b -> c", "d", "e")) == ['metadata."a: b -> c": d -> e']


texts = st.one_of(
    st.builds((FAR + "\n%s").__mod__, st.tuples(*[st.sampled_from(["", "a", "é", "e\u0301 ", "…", '"', "  "])] * 3)),
    st.text('ab\n "…', max_size=6),
    st.builds("{}{}{}".format, st.just("ab " * 60), st.text("ab \n", max_size=5), st.just("ba " * 60)),
    st.text(max_size=5),
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(-3, 3), texts)
maps = st.dictionaries(
    st.sampled_from(["a", "b", "a.b"]), st.one_of(scalars, st.lists(scalars, max_size=2)), max_size=3
)
sets = st.lists(st.text("ab ", max_size=3), unique=True, max_size=4).map(sorted)
rows = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["reader", "writer"])},
        optional={"user": st.sampled_from(["a", "group b"]), "group": st.just("b"), "provider": st.just("p")},
    ),
    max_size=3,
)


def certain(before: Any, one: Any, other: Any, identity: Any) -> None:
    """Who knows the value before can tell the value after from the lines."""
    if lines(before, one, identity) == lines(before, other, identity):
        assert one == other or {repr(one), repr(other)} <= {repr(value) for value in EMPTY}


@given(texts, texts, texts)
def test_the_lines_of_a_text_are_certain(before: str, one: str, other: str) -> None:
    certain(before, one, other, None)


@given(st.one_of(scalars, maps), st.one_of(scalars, maps), st.one_of(scalars, maps))
def test_the_lines_of_a_value_are_certain(before: Any, one: Any, other: Any) -> None:
    certain(before, one, other, None)


@given(sets, sets, sets)
def test_the_lines_of_a_set_are_certain(before: Any, one: Any, other: Any) -> None:
    certain(before, one, other, ())


@given(rows, rows, rows)
def test_the_lines_of_rows_are_certain(before: Any, one: Any, other: Any) -> None:
    # The order of the members of a row means nothing, so it must not decide the order of rows.
    one, other = (sorted(found, key=lambda row: sorted(row.items())) for found in (one, other))
    certain(before, one, other, ROWS)


@given(st.text(max_size=3), st.text(max_size=3))
def test_no_line_breaks_or_turns(before: str, after: str) -> None:
    assert all(line.isprintable() for line in lines(before, after))
