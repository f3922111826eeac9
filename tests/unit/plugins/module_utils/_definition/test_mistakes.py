# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mistakes have lines, in YAML and JSON, from the file and from the plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api.v0.rules import V0Rules
from ansible_collections.tmi.tmi.plugins.module_utils._definition import mistakes
from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition, compile_documents
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import Document, document, load_file
from ansible_collections.tmi.tmi.plugins.module_utils._definition.mistakes import locate
from ansible_collections.tmi.tmi.plugins.module_utils._engine.plan import plan
from ansible_collections.tmi.tmi.plugins.module_utils._engine.policy import Policy
from ansible_collections.tmi.tmi.plugins.module_utils._errors import (
    LONGEST,
    InputError,
    NotFoundError,
    UnsupportedError,
)
from ansible_collections.tmi.tmi.plugins.module_utils._mistakes import SeveralMistakes

SHOP = """\
tmi_definition: 1
name: Shop
access:
  - {user: a@x.example, role: reader}
  - user: b@x.example
    role: writer
documents:
  - name: ADR
    uri: https://x.example/1
  - name: Plan
    uri: https://x.example/2
repositories:
  api.v1:
    uri: https://x.example/3
    ref:
      branch: main
diagrams:
  main:
    nodes:
      web:
        type: process
        label: Web
      db: {type: store}
    flows:
      - web -> db: SQL
      - from: db
        to: web
        label: Rows
threats:
  a.b:
    title: A
    at: main/web
    risk:
      likelihood: low
      impact: low
    controls:
      - name: One
        implemented: true
"""


@pytest.fixture
def shop(tmp_path: Path) -> Document:
    path = tmp_path / "shop.yml"
    path.write_text(SHOP, encoding="utf-8")
    return load_file(str(path))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (".name", 2),
        (".authorization[1]", 5),
        (".access[1].role", 6),
        (" documents.Plan", 10),
        (" documents.Plan.uri", 11),
        (" documents[0].uri", 9),
        (" sources.api.v1.uri", 14),
        (" repositories.api.v1.parameters.ref_value", 15),
        (" diagrams.main.nodes.web.type", 21),
        (" diagrams.main.web.label", 22),
        (" diagrams.main.flows.web->db.from", 25),
        (" diagrams.main.flows.db->web.label", 28),
        (" threats.a.b", 30),
        (" threats.a.b.name", 31),
        (" threats.a.b.cell", 32),
        (" threats.a.b.impact", 35),
        (" threats.a.b.mitigation", 36),
        (" threats.a.b.controls[0].name", 37),
        (" threats.a.b.not.there", 30),
    ],
)
def test_the_line_of_what_a_path_means(shop: Document, path: str, line: int) -> None:
    error = locate(NotFoundError("wrong", shop.where + path), [shop])
    assert isinstance(error, NotFoundError)
    assert str(error) == "%s:%d %s: wrong" % (shop.where, line, path[1:])


@pytest.mark.parametrize("path", ["", " ", "other.yml threats.a", "shop.yml", "url"])
def test_what_has_no_place_stays_as_it_is(shop: Document, path: str) -> None:
    error = InputError("wrong", path)
    assert str(locate(error, [shop])) == str(error)
    assert str(locate(InputError("wrong", shop.where), [shop])) == "%s: wrong" % shop.where


def test_json_has_lines_too(tmp_path: Path) -> None:
    path = tmp_path / "shop.json"
    path.write_text(
        '{"tmi_definition": 1,\n "name": "x",\n "threats": {"a": {\n  "severity": "huge"}}}', encoding="utf-8"
    )
    with pytest.raises(InputError, match=r"shop\.json:4 threats\.a\.severity: 'huge' is not one of"):
        compile_definition(load_file(str(path)))


def test_a_definition_that_is_no_file_has_none() -> None:
    with pytest.raises(InputError, match=r"^definition threats\.a\.severity: "):
        compile_definition(
            document({"tmi_definition": 1, "key": "x", "threats": {"a": {"severity": "huge"}}}, "definition")
        )


def test_a_mistake_of_the_plan_gets_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "shop.yml"
    text = "tmi_definition: 1\nkey: x\nthreats:\n  a:\n    controls:\n      - {name: %s}\n" % ("long" * 300)
    path.write_text(text, encoding="utf-8")
    read: list[str] = []
    compose = mistakes.compose
    monkeypatch.setattr(mistakes, "compose", lambda name: (read.append(name), compose(name))[1])
    found = load_file(str(path))
    model = compile_definition(found)
    assert read == [], "lines are looked up only if there is a mistake"
    with pytest.raises(InputError) as caught:
        plan(model, None, V0Rules(), Policy())
    assert str(locate(caught.value, [found])).startswith("%s:5 threats.a.mitigation: has 1206 characters" % path)
    assert read == [str(path)]


def test_the_kind_of_a_failure_stays(shop: Document) -> None:
    assert isinstance(locate(UnsupportedError("x", shop.where + ".name"), [shop]), UnsupportedError)


def wrong(count: int) -> dict[str, Any]:
    return {"t%02d" % i: {"severity": "huge"} for i in range(count)}


def test_all_mistakes_of_all_files_are_reported_at_once_up_to_ten() -> None:
    documents = [
        document({"tmi_definition": 1, "key": name, "threats": wrong(6), "documents": {"d": {"uir": "x"}}}, name)
        for name in ("one", "two")
    ]
    with pytest.raises(InputError) as caught:
        compile_documents(documents)
    lines = str(caught.value).splitlines()
    assert lines[0] == "14 mistakes:"
    assert lines[1].startswith("one documents.d.uir: unknown field; did you mean ur")
    assert [line.split(":")[0] for line in lines[2:8]] == ["one threats.t%02d.severity" % i for i in range(6)]
    assert lines[8].startswith("two documents.d.uir: ")
    assert lines[-1] == "and 4 more"
    assert len(lines) == 12


def test_one_mistake_speaks_for_itself() -> None:
    with pytest.raises(InputError, match=r"^x threats\.t00\.severity: "):
        compile_definition(document({"tmi_definition": 1, "key": "x", "threats": wrong(1)}, "x"))


def test_many_long_places_are_all_reported_within_the_length_of_a_message() -> None:
    folder = "/%s/" % "/".join("a folder with a long name" for _level in range(12))
    says = "unknown field; known are " + "these, " * 30
    found = [InputError(says, "%sx%02d.yml:7 a.b" % (folder, i)) for i in range(12)]
    lines = str(SeveralMistakes(found)).splitlines()
    assert lines[0].startswith("12 mistakes below /a folder")
    assert [line.split(":")[0] for line in lines[1:-1]] == ["x%02d.yml" % i for i in range(10)]
    assert lines[-1] == "and 2 more"
    assert len("\n".join(lines)) <= LONGEST
