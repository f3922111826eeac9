# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever a file holds: it is read as its author meant it, or refused with file and line, at a price in proportion.

What would cost more would never come to an end here: the bombs expand to 10 to the power of 12 values.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_documents
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document, load_file
from ansible_collections.tmi.tmi.plugins.module_utils._definition.mistakes import Mistakes
from ansible_collections.tmi.tmi.plugins.module_utils._definition.parsing.as_written import MOST_BYTES, Written
from ansible_collections.tmi.tmi.plugins.module_utils._definition.sources import each_document, read_documents
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Desired
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError

HEAD = "tmi_definition: 1\nname: Shop\n"


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Desired]:
    """Return what compiles the text of a file, which begins with ``HEAD`` where it is YAML."""

    def compiled(text: str, name: str = "shop.yml") -> Desired:
        path = tmp_path / name
        path.write_text((HEAD if name.endswith("yml") else "") + text, encoding="utf-8")
        return compile_documents(read_documents({"src": [str(path)]}))[0]

    return compiled


def bomb(before: str = "") -> str:
    """Return a map of aliases of aliases, each of which expands to ten times as much as the one before."""
    lines = ["  a0: &a0 [x]"]
    lines += ["  a%d: &a%d [%s]" % (i, i, ", ".join(["*a%d" % (i - 1)] * 10)) for i in range(1, 13)]
    return before + "\n".join(lines) + "\n"


def merges() -> str:
    """Return maps that take over maps that take over maps."""
    lines = ["  m0: &m0 {k: 1}"]
    lines += ["  m%d: &m%d {<<: [%s], k%d: 1}" % (i, i, ", ".join(["*m%d" % (i - 1)] * 10), i) for i in range(1, 40)]
    return "x-m:\n" + "\n".join(lines) + "\n"


def chain() -> str:
    """Return an alias in an alias in an alias."""
    lines = ["  c0: &c0 [x]", *("  c%d: &c%d [*c%d]" % (i, i, i - 1) for i in range(1, 200))]
    return "x-c:\n" + "\n".join(lines) + "\n"


REFUSED = {
    "aliases that expand": (bomb("metadata:\n"), r":9: holds more than \d+ values, including those of its aliases"),
    "the same in an unused part": (bomb("x-b:\n"), r":9: holds more than \d+ values"),
    "merges that expand": (merges(), r":\d+: holds more than \d+ values"),
    "an alias of itself": ("notes: &n {a: *n}\n", r":3: an alias refers to something that contains it"),
    "deep nesting": ("description: %s%s\n" % ("[" * 400, "]" * 400), r":3: is nested deeper than 48 levels"),
    "deeper than the parser goes": ("description: " + "[" * 100000, r":3: is not YAML: exceeded maximum nesting depth"),
    "deep blocks": ("".join(" " * i + "a:\n" for i in range(300)), r":\d+: is nested deeper than 48 levels"),
    "depth by aliases": (chain(), r":\d+: is nested deeper than 48 levels"),
    "a set": ("metadata: !!set {a, b}\n", r":3: is not YAML: the tag !!set is not allowed in a definition"),
    "bytes": ("description: !!binary aGVsbG8=\n", r":3: is not YAML: the tag !!binary is not allowed"),
    "an ordered map": ("metadata: !!omap [a: 1]\n", r":3: is not YAML: the tag !!omap is not allowed"),
    "a number that is too long": (
        "threats: {t: {score: %s}}\n" % ("9" * 5000),
        r":3 threats\.t\.score: is a number of 5000 characters",
    ),
    "the same in a cell": (
        "diagrams:\n  d:\n    nodes:\n      n: {raw: {zIndex: %s}}\n" % ("9" * 5000),
        r":6 diagrams\.d\.nodes\.n\.raw\.zIndex: is a number of 5000 characters",
    ),
    "infinity": ("threats: {t: {score: .inf}}\n", r":3 threats\.t\.score: \.inf is not a finite number"),
    "a template": ("description: {{ foo }}\n", r":3: definitions are not templated: .* overlay"),
    "a template in quotes": ('description: "{{ foo }}"\n', r":3 description: definitions are not templated"),
    "a template in a name": ('threats: {t: {name: "A {{ b }}"}}\n', r":3 threats\.t\.name: definitions are not temp"),
    "a template for a number": (
        'threats: {t: {score: "{{ b }}"}}\n',
        r":3 threats\.t\.score: definitions are not temp",
    ),
    "a template with more": ("owner: {{ foo }}@x.example\n", r":3: definitions are not templated"),
    "a block of a template": ("{% if x %}\n", r":3: definitions are not templated"),
    "a tab that indents": ("metadata:\n\ta: b\n", r":4: is not YAML: tabs cannot be used for indentation; use blanks"),
    "a character that is none": ("description: a\x00b\n", r":3: is not YAML: control characters are not allowed"),
    "two documents": ("---\nname: x\n", r":3: is not YAML: but found another document"),
    "an empty key": ("metadata: {~: x}\n", r":3: a key must not be empty"),
    "a list as key": ("metadata: {? [a] : x}\n", r":3: a key must be a text"),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=list(REFUSED))
def test_a_file_without_a_definition_is_one_message_with_its_line(
    read: Callable[..., Desired], text: str, message: str
) -> None:
    with pytest.raises(InputError, match=r"shop\.yml" + message) as caught:
        read(text)
    assert "mistakes" not in str(caught.value)


IN_JSON = {
    "keys that appear twice": (
        '{"tmi_definition": 1,\n"name": "x",\n"name": "y"}',
        r':3: the key "name" appears twice',
    ),
    "an object in a list": ('{"tmi_definition": 1,\n"notes": [{"name": "x",\n"name": "y"}]}', r":3: the key"),
    "half a character": ('{"tmi_definition": 1,\n"name": "\\ud800"}', r":2: holds one half of a character"),
    "deep nesting": ('{"tmi_definition": 1,\n"name": %s%s}' % ("[" * 300, "]" * 300), r":2: is nested deeper than 48"),
    "very deep nesting": ('{"tmi_definition": 1,\n"name": %s' % ("[" * 200000), r":2: (is nested|is not JSON)"),
    "no number": (
        '{"tmi_definition": 1, "name": "x",\n"threats": {"t": {"score": NaN}}}',
        r":2 threats\.t\.score: NaN",
    ),
    "a long number": (
        '{"tmi_definition": 1, "name": "x",\n"threats": {"t": {"score": %s}}}' % ("9" * 5000),
        r":2 threats\.t\.score: is a number of 5000 characters",
    ),
    "a template": ('{"tmi_definition": 1,\n"name": {{ x }}}', r":2: definitions are not templated"),
    "no JSON": ('{"tmi_definition": 1,\n"name": }', r":2: is not JSON"),
}


@pytest.mark.parametrize(("text", "message"), IN_JSON.values(), ids=list(IN_JSON))
def test_the_same_in_json(read: Callable[..., Desired], text: str, message: str) -> None:
    with pytest.raises(InputError, match=r"shop\.json" + message) as caught:
        read(text, "shop.json")
    assert "mistakes" not in str(caught.value)


def test_scalars_are_the_texts_that_they_are_where_a_text_is_meant(read: Callable[..., Desired]) -> None:
    model = read(
        "version: 1.10\nmetadata: {release: 1.20, postcode: 01234, opens: 12:30, flag: yes, hex: 0x1F, big: 1_000,"
        " day: 2026-12-31, 1_10: key, 010: eight}\n"
        "repositories: {1.0: {uri: 'https://x.example', ref: {commit: 0123456}, path: 1.10}}\n"
        "threats:\n  1.20: {name: No, score: 7.5, mitigated: yes, cwe: [1.10],\n"
        "    controls: [{name: 1.0, implemented: on}]}\n"
    )
    assert model.values["version"] == "1.10"
    assert dict(model.metadata) == {
        "release": "1.20",
        "postcode": "01234",
        "opens": "12:30",
        "flag": "yes",
        "hex": "0x1F",
        "big": "1_000",
        "day": "2026-12-31",
        "1_10": "key",
        "010": "eight",
    }
    threat, source = model.children
    assert (source.key, source.values["parameters"]["ref_value"]) == ("1.0", "0123456")
    assert source.values["parameters"]["sub_path"] == "1.10"
    assert (threat.key, threat.values["name"], threat.values["score"]) == ("1.20", "No", 7.5)
    assert (threat.values["mitigated"], threat.values["cwe"]) == (True, ["1.10"])
    assert threat.values["mitigation"] == "- [x] 1.0"


def test_cells_have_numbers_where_numbers_are_meant(read: Callable[..., Desired]) -> None:
    diagram = read(
        "diagrams:\n  d:\n    layout: {positions: {n: [010, 0x20]}}\n"
        "    nodes: {n: {label: 1.10, raw: {zIndex: 3, visible: no}, width: 100}, m: {label: yes, in: 2.0}}\n"
        "    boundaries: {2.0: 3.10}\n    flows: {f: {from: n, to: m, bidirectional: yes}}\n"
    ).children[0]
    assert diagram.cells is not None
    boundary, n, m, flow = diagram.cells.cells
    assert (boundary.key, boundary.label, m.container) == ("2.0", "3.10", boundary.id)
    assert (n.label, m.label, n.width, flow.bidirectional) == ("1.10", "yes", 100, True)
    assert n.raw_members == {"zIndex": 3, "visible": False}
    place = diagram.cells.layout.positions["n"]
    assert (place.x, place.y) == (8, 32)


def test_json_is_read_the_same_way_with_a_byte_order_mark_too(read: Callable[..., Desired]) -> None:
    text = '\ufeff{"tmi_definition": 1, "name": "x", "version": 1.10, "metadata": {"a": 1e5, "b": true},'
    text += '"key": "\\ud83d\\ude00"}'
    model = read(text, "shop.json")
    assert (model.values["version"], dict(model.metadata)) == ("1.10", {"a": "1e5", "b": "true"})
    assert model.key == "\U0001f600"


@pytest.mark.parametrize(
    "text",
    ["0", "-7", "+7", "010", "-0b101", "0x1F", "1_000", "12:30", "190:20:30.15", "1.5", ".5", "1.5e+3", "6.85_230e+3"],
)
def test_numbers_are_what_yaml_1_1_reads(text: str) -> None:
    assert Written(text).meant() == yaml.safe_load(text)


@pytest.mark.parametrize("text", ["yes", "No", "TRUE", "false", "on", "Off"])
def test_booleans_are_what_yaml_1_1_reads(text: str) -> None:
    assert Written(text).meant() is yaml.safe_load(text)


def test_a_key_that_is_free_is_a_place_for_anchors(read: Callable[..., Desired]) -> None:
    model = read("x-usual: &u {severity: high, status: open}\nthreats: {t: {<<: *u, severity: low}}\n")
    assert model.children[0].values["status"] == "open"
    assert model.children[0].values["severity"] == "low"
    assert compile_documents([document({"tmi_definition": 1, "key": "a", "x-any": [{}]}, "d")])[0].key == "a"


def test_the_target_of_an_alias_is_read_for_its_place(read: Callable[..., Desired]) -> None:
    model = read("x-n: &n 1.10\nversion: *n\nthreats: {t: {score: *n}}\n")
    assert (model.values["version"], model.children[0].values["score"]) == ("1.10", 1.1)


ALL = """\
thraets: {}
framework: FOO
notes: 5
diagrams:
  d:
    layout: {positions: {a: [1]}}
    nodes:
      a: {type: proces}
      b: {type: store, in: zz}
      c: {x: q}
    flows:
      f: {from: a, to: zz}
      g: {from: b}
threats:
  t: {severity: huge, scor: 1, metadata: {cwe: x, ansible_x: y}}
"""


def test_every_mistake_of_every_file_is_reported_at_once(tmp_path: Path) -> None:
    texts = {"a.yml": HEAD + ALL, "b.yml": "tmi_definition: 1\nnotes: {on: {}}\n", "c.yml": HEAD + "base: [\n"}
    texts["d.yml"] = HEAD + "base: web_application\nthraets: {}\nthreats: {t: {severity: huge}, u: {use: nothing}}\n"
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    mistakes = Mistakes()
    for found in each_document({"src": [str(tmp_path)]}, mistakes):
        with mistakes.collecting():
            compile_documents([found])
    told = [str(error).replace(str(tmp_path) + os.sep, "").partition(": ")[0] for error in mistakes.found]
    places = {re.sub(r"(yml)(?::\d+)?[ .]?", r"\1 ", place).strip() for place in told}
    assert ["yml:" in place for place in told[:10]] == [True] * 10, "the line is said of those that are shown"
    assert places == {
        *("a.yml thraets", "a.yml framework", "a.yml notes", "a.yml diagrams.d.layout.positions.a"),
        *("a.yml diagrams.d.nodes.a.type", "a.yml diagrams.d.nodes.b.in", "a.yml diagrams.d.nodes.c.x"),
        *("a.yml diagrams.d.flows.f.to", "a.yml diagrams.d.flows.g.to", "a.yml threats.t.scor"),
        *("a.yml threats.t.severity", "a.yml threats.t.metadata.cwe", "a.yml threats.t.metadata.ansible_x"),
        *("b.yml", "c.yml", "d.yml thraets", "d.yml threats.t.severity", "d.yml threats.u.use"),
    }


REFERENCES = {
    "at: main/wbe": r'threats\.t\.cell: diagram "main" of the definition has no cell "wbe" \(did you mean web\?',
    "at: mian/web": r'threats\.t\.diagram: the definition has no diagram "mian" \(did you mean main\?',
    "at: main/db": r'threats\.t\.cell: diagram "main" of the definition has no cell "db" \(it is in the diagram other',
    "at: web": r'threats\.t\.diagram: the definition has no diagram "web" \(it is a cell',
    "cell: wbe": r'threats\.t\.cell: no diagram of the definition has a cell "wbe" \(did you mean web\?',
    "asset: crads": r'threats\.t\.asset: the definition has no asset "crads" \(did you mean cards\?',
}
OBJECTS = (
    "assets: {cards: {type: data}}\ndiagrams:\n  main: {nodes: {web: {label: Front}}}\n  other: {nodes: {db: {}}}\n"
)


@pytest.mark.parametrize(("reference", "message"), REFERENCES.items())
def test_references_that_the_file_shows_to_be_wrong(read: Callable[..., Desired], reference: str, message: str) -> None:
    with pytest.raises(InputError, match=r"shop\.yml:7 " + message):
        read("%sthreats: {t: {%s}}\n" % (OBJECTS, reference))


@pytest.mark.parametrize(
    "reference",
    [
        *("at: main/web", "at: main/Front", "at: main", "cell: db", "asset: cards", "at: drawn/by hand"),
        *(
            "at: main/Payment gateway",
            "at: main2/web",
            "at: main/web 2",
            "at: main/0b8e3a0e-5a2f-4a57-9f0c-0f5a4b8c6d21",
            "asset: Ledger",
        ),
    ],
)
def test_references_that_may_be_right(read: Callable[..., Desired], reference: str) -> None:
    assert read("%sthreats: {t: {%s}}\n" % (OBJECTS, reference)).key is None


def test_a_file_of_any_size_or_kind(tmp_path: Path) -> None:
    path = tmp_path / "shop.yml"
    path.write_bytes(b"#" * (MOST_BYTES + 1))
    with pytest.raises(InputError, match=r"shop\.yml: has \d+ bytes, but at most \d+ are allowed"):
        load_file(str(path))
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(InputError, match=r"shop\.yml: is not a file"):
        load_file(str(path))


def counted(monkeypatch: pytest.MonkeyPatch, count: int, tmp_path: Path) -> int:
    """Return how often names are compared for a file with ``count`` mistakes of each kind."""
    from ansible_collections.tmi.tmi.plugins.module_utils import _near

    calls = []
    found = _near.difflib.get_close_matches
    monkeypatch.setattr(_near.difflib, "get_close_matches", lambda *a, **k: (calls.append(a), found(*a, **k))[1])
    nodes = {"n%d" % i: {"type": "process"} for i in range(count)}
    flows = {"f%d" % i: {"from": "m%d" % i, "to": "n1"} for i in range(count)}
    threats = {"t%d" % i: {"severty": "high", "at": "d/m%d" % i} for i in range(count)}
    path = tmp_path / "shop.json"
    data = {"tmi_definition": 1, "key": "x", "diagrams": {"d": {"nodes": nodes, "flows": flows}}, "threats": threats}
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(InputError, match=r"\d+ mistakes"):
        compile_documents([load_file(str(path))])
    monkeypatch.undo()
    return len(calls)


def test_many_mistakes_cost_no_more_than_some(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert counted(monkeypatch, 400, tmp_path) == counted(monkeypatch, 200, tmp_path) < 200


class Vault:
    """Decrypts texts that are in brackets; others are of another password."""

    def __call__(self, text: str) -> str:
        """Return the text without brackets."""
        inner = text.partition("\n")[2].strip()
        if not inner.startswith("("):
            raise InputError("no password opens it")
        return inner[1:-1]


ENCRYPTED = "$ANSIBLE_VAULT;1.1;AES256\n"


def test_a_file_and_a_field_that_are_encrypted(tmp_path: Path) -> None:
    whole, field = tmp_path / "whole.yml", tmp_path / "field.yml"
    whole.write_text(ENCRYPTED + "(tmi_definition: 1\nname: Whole\nversion: 1.10)", encoding="utf-8")
    field.write_text(HEAD + "description: !vault |\n  %s  (hush 1.10)\n" % ENCRYPTED, encoding="utf-8")
    found = read_documents({"src": [str(whole), str(field)]}, Vault())
    models = compile_documents(found)
    assert [m.values.get("version") for m in models] == ["1.10", None]
    assert models[1].values["description"] == "hush 1.10"
    for path, line in ((whole, ""), (field, ":3")):
        with pytest.raises(
            InputError, match=r"%s%s: is encrypted with Ansible Vault, which only the con" % (path, line)
        ):
            load_file(str(path))
    field.write_text(HEAD + "description: !vault |\n  %s  other\n" % ENCRYPTED, encoding="utf-8")
    with pytest.raises(InputError, match=r"field\.yml:3: no password opens it"):
        load_file(str(field), Vault())


def test_no_message_repeats_what_was_encrypted(tmp_path: Path) -> None:
    path = tmp_path / "shop.yml"
    path.write_text(HEAD + "framework: !vault |\n  %s  (hush-hush)\n" % ENCRYPTED, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        compile_documents(read_documents({"src": [str(path)]}, Vault()))
    assert str(caught.value).startswith("%s:3 framework: '(encrypted)' is not one of" % path)


def test_mistakes_in_an_encrypted_file_have_lines(tmp_path: Path) -> None:
    path = tmp_path / "shop.yml"
    path.write_text(ENCRYPTED + "(tmi_definition: 1\nname: x\nthreats:\n  t: {severity: huge})", encoding="utf-8")
    with pytest.raises(InputError, match=r"shop\.yml:4 threats\.t\.severity: 'huge' is not one of"):
        compile_documents(read_documents({"src": [str(path)]}, Vault()))


def test_bases_and_libraries_are_read_the_same_way(tmp_path: Path) -> None:
    (tmp_path / "base.yml").write_text(HEAD + "version: 1.10\nthreats: {t: {severity: high}}\n", encoding="utf-8")
    own = tmp_path / "own.yml"
    own.write_text(
        "tmi_definition: 1\nkey: own\nbase: ./base.yml\nthreats: {u: {use: './base.yml#t'}}\n", encoding="utf-8"
    )
    (model,) = compile_documents(read_documents({"src": [str(own)]}))
    assert model.values["version"] == "1.10"
    assert [child.values["severity"] for child in model.children] == ["high", "high"]
    (tmp_path / "base.yml").write_text(HEAD + bomb("metadata:\n"), encoding="utf-8")
    with pytest.raises(InputError, match=r"base\.yml:9: holds more than"):
        read_documents({"src": [str(own)]})


def test_an_overlay_may_have_free_keys_and_all_its_mistakes_are_reported(tmp_path: Path) -> None:
    data: dict[str, Any] = {"tmi_definition": 1, "key": "x"}
    overlay = {"x-any": 1, "frmework": "CIA", "threats": {"t": {"severity": "huge"}, "u": {"scor": 1}}}
    with pytest.raises(
        InputError, match=r"(?s)3 mistakes:.*overlay\.frmework.*overlay threats\.u\.scor.*overlay threats\.t\.severity"
    ):
        read_documents({"definition": data, "overlay": overlay})
