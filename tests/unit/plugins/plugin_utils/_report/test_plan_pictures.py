# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pictures of the diagrams that a plan changes: their files, their marks, and where the plan shows them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.filter.tmi_plan_diagrams import tmi_plan_diagrams
from ansible_collections.tmi.tmi.plugins.filter.tmi_plan_markdown import tmi_plan_markdown
from ansible_collections.tmi.tmi.plugins.module_utils._files.folder import is_name

NODES = {"web": {"type": "process", "label": "Web"}}
ALL = {**NODES, "db": {"type": "store", "label": "Orders"}}


def state(model: str, key: str = "", nodes: dict[str, Any] | None = None, name: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"tmi_definition": 1, "name": model}
    if nodes is not None:
        found["diagrams"] = {key: {"name": name or key, "nodes": nodes}}
    return found


def row(model: str, key: str, before: Any = ..., after: Any = ..., name: str = "") -> dict[str, Any]:
    before, after = NODES if before is ... else before, ALL if after is ... else after
    action = "create" if before is None else "delete" if after is None else "update"
    sides = {"before": state(model, key, before, name), "after": state(model, key, after, name)}
    return {"threat_model": model, "name": name or key, "key": key, "action": action, **sides}


def result(*rows: dict[str, Any], more: int = 0) -> dict[str, Any]:
    names = dict.fromkeys(found["threat_model"] for found in rows)
    paths = [[found["threat_model"], found["name"]] for found in rows]
    plan: list[dict[str, Any]] = [
        {"action": found["action"], "kind": "diagram", "path": path, "cells": {"added": 1}}
        for found, path in zip(rows, paths, strict=True)
    ]
    plan += [{"action": "create", "kind": "diagram", "path": [next(iter(names)), f"D{n}"]} for n in range(more)]
    return {"plan": plan, "threat_models": [{"name": name} for name in names], "diagrams": list(rows)}


def test_each_state_is_a_file_with_marks() -> None:
    files = tmi_plan_diagrams(result(row("Web shop", "main")), "PLAN")
    assert list(files) == ["PLAN.web-shop.main.before.svg", "PLAN.web-shop.main.after.svg"]
    before, after = files.values()
    assert before.startswith("<svg ")
    assert "mark-" not in before
    assert "Orders: added" in after


def test_a_new_diagram_has_one_file_and_so_has_a_removed_one() -> None:
    rows = row("Shop", "new", None), row("Shop", "old", NODES, None)
    files = tmi_plan_diagrams(result(*rows))
    assert list(files) == ["plan.shop.new.after.svg", "plan.shop.old.before.svg"]
    assert "Web: added" in files["plan.shop.new.after.svg"]
    assert "Web: removed" in files["plan.shop.old.before.svg"]
    text = tmi_plan_markdown(result(*rows), diagrams="plan", diagrams_at="https://git.example.com/1/")
    assert "Diagram `new`: [after](<https://git.example.com/1/plan.shop.new.after.svg>) (new)" in text
    assert "Diagram `old`: [before](<https://git.example.com/1/plan.shop.old.before.svg>) (removed)" in text


def test_a_diagram_without_cells_is_drawn() -> None:
    files = tmi_plan_diagrams(result(row("Shop", "main", {}, NODES)))
    assert "This diagram has no elements." in files["plan.shop.main.before.svg"]


ODD = ["Größe/../../etc", "支払い", "決済", "a" * 200, "a" * 199 + "b", "Shop", "SHOP", "shop.", "..", "-", "💥 boom"]


def test_names_are_safe_and_all_different() -> None:
    rows = [row(model, key) for model in ODD for key in ("main", "Main", "a/b", "日本", "x" * 200)]
    files = tmi_plan_diagrams([result(*rows), result(*rows)], "Pläne für/morgen")
    assert len({name.lower() for name in files}) == 4 * len(rows)
    assert all(is_name(name) and re.fullmatch(r"Pl-ne-f-r-morgen(\.[a-z0-9_-]+){3}\.svg", name) for name in files)


def test_the_plan_shows_them_in_the_block_of_their_model() -> None:
    text = tmi_plan_markdown(result(row("Shop", "main", name="A | *B*"), row("Bank", "main")), diagrams="plan")
    shop = text[text.index("<code>Shop</code>") : text.index("<code>Bank</code>")]
    assert (
        "\n\n| `A \\| *B*` before | `A \\| *B*` after |\n| --- | --- |\n"
        "| [![A \\| \\*B\\* before](<plan.shop.main.before.svg>)](<plan.shop.main.before.svg>) |" in shop
    )
    assert shop.index("plan.shop") < shop.index("</details>")
    assert "plan.bank.main.after.svg" in text
    assert "svg" not in tmi_plan_markdown(result(row("Shop", "main")))


def test_files_of_a_page_are_named() -> None:
    text = tmi_plan_markdown(result(row("Shop", "main")), diagrams="plan", diagrams_at="https://git.example.com/runs/7")
    assert (
        "\n\nDiagram `main`: [files of this run](<https://git.example.com/runs/7>) "
        "(`plan.shop.main.before.svg`, `plan.shop.main.after.svg`)\n" in text
    )


def test_changed_diagrams_without_a_picture_are_counted() -> None:
    text = tmi_plan_markdown(result(row("Shop", "main"), more=3), diagrams="plan")
    assert "\n\nChanged diagrams that are not drawn: 3.\n" in text
    assert "not drawn" not in tmi_plan_markdown(result(row("Shop", "main")), diagrams="plan")


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 6), st.integers(1, 30), st.integers(1000, 5000))
def test_the_limit_holds(models: int, number: int, limit: int) -> None:
    rows = [row(f"M{model}", f"d{n}") for model in range(models) for n in range(number)]
    text = tmi_plan_markdown(result(*rows), limit=limit, diagrams="plan")
    assert len(text) <= limit
    assert text.count("<details") == text.count("</details>")
    assert "Left out" in text or text.count("before.svg") == 2 * len(rows)


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        ({"diagrams": 7}, r"_input\.diagrams: must be a list"),
        ({"diagrams": [7]}, r"_input\.diagrams\[0\]: must be a map"),
        ({"diagrams": [{**row("Shop", "main"), "after": 1}]}, r"diagrams\[0\]\.after: must be a map"),
        ({"diagrams": [{**row("Shop", "main"), "name": []}]}, r"diagrams\[0\]\.name: must be a text"),
    ],
)
def test_mistakes_are_failures_of_the_filter(given_: Any, words: str) -> None:
    with pytest.raises(AnsibleFilterError, match=r"^tmi\.tmi\.tmi_plan_diagrams: .*" + words):
        tmi_plan_diagrams({**result(row("Shop", "main")), **given_})
