# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans as a comment on a merge request: the same lines as in the terminal, and never too long."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.filter.tmi_plan_markdown import tmi_plan_markdown
from ansible_collections.tmi.tmi.plugins.module_utils._engine.display import plan_text


def entry(model: str, name: str = "", **more: Any) -> dict[str, Any]:
    kind = "threat" if name else "threat_model"
    return {"action": "update", "kind": kind, "path": [model, name] if name else [model], **more}


def field(before: Any, after: Any) -> dict[str, Any]:
    return {"before": before, "after": after}


def result(*entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    names = dict.fromkeys(found["path"][0] for found in entries)
    return {"changed": True, "plan": list(entries), "threat_models": [{"name": name} for name in names], **more}


ACCESS = field([{"user": "bob@test.tmi", "role": "writer"}], [{"user": "bob@test.tmi", "role": "reader"}])
SHOP = [
    entry("Shop", fields={"description": field("a\nb", "a\nc")}),
    entry("Shop", "Replay", action="create", details=["high"], at="main/session"),
]
BANK = [entry("Bank", access=True, fields={"authorization": ACCESS})]


def test_models_are_blocks_with_changes_of_access_first() -> None:
    text = tmi_plan_markdown(result(*SHOP, *BANK))
    assert text.splitlines()[:5] == [
        "## Threat models",
        "",
        "**Plan: 1 to create, 2 to change, 0 to remove, in 2 models; access changes in 1 model**",
        "",
        "<details><summary><code>Bank</code> 1 changed (access changes)</summary>",
    ]
    assert "<details><summary><code>Shop</code> 1 created, 1 changed</summary>" in text
    for name, entries in (("Shop", SHOP), ("Bank", BANK)):
        assert "\n%s\n" % "\n".join(plan_text.tree(name, entries)) in text


def test_several_results_are_one_text_and_a_run_is_past() -> None:
    text = tmi_plan_markdown([result(*SHOP), result(*BANK)], "", True)
    assert text.startswith("**Done: 1 created, 2 changed, 0 removed, in 2 models;")


def test_what_keeps_failed_and_warns_is_there() -> None:
    given = result(*SHOP, warnings=["a *warning*"], kept=[{"threat_model": "Shop", "diagram": "M", "cell": "c"}])
    given["threat_models"] = [{"name": "Shop", "notes": ["a note"], "error": "403 forbidden"}]
    text = tmi_plan_markdown(given)
    for part in (
        '    = cell "c" of diagram "M"',
        "    # a note",
        "    ! 403 forbidden",
        "- `a *warning*`",
        "1 model failed",
    ):
        assert part in text


def test_nothing_changes() -> None:
    assert tmi_plan_markdown({"plan": []}) == "## Threat models\n\nNothing changes.\n"


def test_no_text_ends_a_block_or_names_a_person() -> None:
    name = "@team </details>\n```"
    text = tmi_plan_markdown(result(entry(name, fields={"description": field("```\n</details>", "x")})))
    assert text.count("\n</details>") == 1
    assert "<code>@team &lt;/details&gt;" in text
    assert "\n````\n" in text


def test_changes_of_access_and_failures_of_all_models_come_before_other_lines() -> None:
    access = {"authorization": field([], [{"user": "eve@test.tmi", "role": "owner"}])}
    entries = [
        found
        for model in ("One", "Two", "Three")
        for found in (
            entry(model, action="update", access=True, fields=access),
            *(entry(model, "threat %d" % number) for number in range(60)),
        )
    ]
    failed = {"name": "Three", "id": None, "changed": False, "error": "forbidden"}
    text = tmi_plan_markdown(result(*entries, threat_models=[failed]), title="", limit=2000)
    assert text.count("[access] authorization: + eve@test.tmi owner") == 3
    assert "    ! forbidden" in text
    assert "changes of access" not in text
    assert len(text) <= 2000
    many = [entry("Model %d" % number, action="update", access=True, fields=access) for number in range(60)]
    text = tmi_plan_markdown(result(*many), title="", limit=2000)
    shown = text.count("[access]")
    assert "%d of them changes of access; whole models: %d (" % (60 - shown, 60 - shown) in text


def test_a_failed_run_names_what_was_done_and_what_was_not() -> None:
    rows = [
        {"name": "One", "id": "1", "changed": True},
        {"name": "Two", "id": "2", "changed": True, "error": "forbidden", "done": ['created threat "a"']},
        {"name": "Three", "id": None, "changed": False, "skipped": True},
    ]
    text = tmi_plan_markdown(result(entry("Two", "a"), entry("Two", "b"), threat_models=rows), applied=True)
    assert "\n\nDone: `One`. Not begun: `Three`.\n\n" in text
    assert "</code> 2 to change (failed)</summary>" in text
    assert '    ! forbidden\n    ! done before it: created threat "a"\n' in text


def test_a_run_that_failed_before_its_plan_is_no_mistake_of_the_filter() -> None:
    failed = {"failed": True, "msg": "2 mistakes:\na.yml: no ``` here\nb.yml: \u202e" + "x" * 5000}
    text = tmi_plan_markdown([failed, result()], title="", limit=1000)
    assert text.startswith(
        "**Failed before there was a plan.**\n\n````\n! 2 mistakes:\n  a.yml: no ``` here\n  b.yml: \\u202e"
    )
    assert len(text) <= 1000
    assert "Nothing changes" not in text


def test_warnings_and_the_title_hide_nothing() -> None:
    text = tmi_plan_markdown(result(warnings=["held \u202e\x1b[2J\u200b"]), title="T\u202e")
    assert all(sign.isprintable() or sign == "\n" for sign in text)
    assert "- `held \\u202e\\u001b[2J\\u200b`\n" in text
    text = tmi_plan_markdown(result(warnings=["of `@eve` *b*"]))
    assert "- `` of `@eve` *b* ``\n" in text


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(1, 60), st.integers(1000, 5000))
def test_it_is_never_too_long_and_says_what_is_left_out(models: int, objects: int, limit: int) -> None:
    entries = [entry("M%d" % model, "T%d" % number) for model in range(models) for number in range(objects)]
    text = tmi_plan_markdown(result(*entries, warnings=["w" * 50] * 3), limit=limit)
    assert len(text) <= limit
    shown = sum(line.startswith("    ~ threat") for line in text.splitlines())
    assert ("Left out" in text) or shown == models * objects
    assert text.count("<details") == text.count("</details>")


@pytest.mark.parametrize(
    ("given_", "options", "words"),
    [
        (7, {}, "_input: must be a map"),
        ({}, {}, "_input: must be a result of tmi_definition"),
        (
            {"plan": [{"action": "create", "kind": [{}], "path": ["A"]}]},
            {},
            r"_input\.plan\[0\]: is no entry of a plan",
        ),
        ([{"plan": [{"action": "x"}]}], {}, r"_input\[0\]\.plan\[0\]: is no entry of a plan"),
        (result(entry("Shop", fields={"name": 1})), {}, r"plan\[0\]\.fields\.name: must be a map"),
        (result(*SHOP), {"limit": 10}, "limit: must be at least 1000"),
        (result(*SHOP), {"limit": "a"}, "limit: must be a whole number"),
    ],
)
def test_mistakes_are_failures_of_the_filter(given_: Any, options: Any, words: str) -> None:
    with pytest.raises(AnsibleFilterError, match=r"^tmi\.tmi\.tmi_plan_markdown: .*" + words):
        tmi_plan_markdown(given_, **options)
