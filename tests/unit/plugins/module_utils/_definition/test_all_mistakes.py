# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No mistake of a file hides another one: all are reported at once, each with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_one
from ansible_collections.tmi.tmi.plugins.module_utils._definition.library import _keys_of_threats
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import load_file
from ansible_collections.tmi.tmi.plugins.module_utils._definition.mistakes import Mistakes
from ansible_collections.tmi.tmi.plugins.module_utils._definition.sources import each_document
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._mistakes import each

HEAD = "tmi_definition: 1\nname: Shop\n"


def reported(folder: Path, text: str) -> list[str]:
    """Return the mistakes of a file, as a task reports them, without the folder."""
    path = folder / "m.yml"
    path.write_text(text, encoding="utf-8")
    mistakes = Mistakes()
    for document in each_document({"src": [str(path)]}, mistakes):
        compile_one(document, mistakes)
    try:
        mistakes.raise_all()
    except InputError as error:
        return [str(one).replace("%s/" % folder, "") for one in each(error)]
    return []


def holds(found: list[str], *beginnings: str) -> bool:
    """Whether each mistake begins as expected, in any order, and there is no other one."""
    return len(found) == len(beginnings) and all(any(one.startswith(b) for one in found) for b in beginnings)


class TestBaseAndUse:
    @pytest.mark.parametrize("base", ["./none.yml", "no_such_model", "[a]", "m.yml"])
    def test_a_base_that_cannot_be_read_hides_nothing(self, tmp_path: Path, base: str) -> None:
        text = HEAD + "base: %s\nfoo: 1\nthreats:\n  a: {severity: hh}\n  b: {use: nothing, controls: 5}\n" % base
        found = reported(tmp_path, text)
        expected = ["m.yml:3 base: ", "m.yml:4 foo: unknown", "m.yml:6 threats.a.severity", "m.yml:7 threats.b.use"]
        assert holds(found, *expected), found

    def test_a_use_that_names_nothing_hides_nothing(self, tmp_path: Path) -> None:
        found = reported(
            tmp_path, HEAD + "foo: 1\nthreats:\n  a: {use: nothing, severity: hh}\n  b: {use: ./no.yml#x}\n"
        )
        expected = ["m.yml:3 foo", "m.yml:5 threats.a.use", "m.yml:5 threats.a.severity", "m.yml:6 threats.b.use"]
        assert holds(found, *expected), found

    @pytest.mark.parametrize("name", ["mitigations", "severit", "developr", "mains"])
    def test_only_threats_are_near_a_use(self, tmp_path: Path, name: str) -> None:
        (found,) = reported(tmp_path, HEAD + "threats:\n  a: {use: %s}\n" % name)
        assert found == 'm.yml:4 threats.a.use: the library has no threat "%s"' % name

    def test_the_keys_of_threats_are_those_of_the_section(self) -> None:
        text = "a:\n  x: 1\nthreats:\n  one:\n    name: A\n\n  # two\n  two: {name: B}\nnotes:\n  three: {}\n"
        assert _keys_of_threats(text) == ["one", "two"]


class TestVersion:
    @pytest.mark.parametrize(
        ("version", "said"),
        [
            ("2", "not the number 2"),
            ('"1"', "remove the quotes"),
            ("true", "not the boolean true"),
            ("null", "not null"),
            ("[1]", "not a list"),
        ],
    )
    def test_a_wrong_one_is_named_with_its_line_and_hides_nothing(
        self, tmp_path: Path, version: str, said: str
    ) -> None:
        found = reported(tmp_path, "name: Shop\ntmi_definition: %s\nfoo: 1\n" % version)
        assert holds(found, "m.yml:2 tmi_definition: needs tmi_definition: 1", "m.yml:3 foo"), found
        assert said in found[0]

    def test_one_that_lacks_hides_nothing(self, tmp_path: Path) -> None:
        assert holds(reported(tmp_path, "name: Shop\nfoo: 1\n"), "m.yml:1: needs tmi_definition: 1", "m.yml:2 foo")

    @pytest.mark.parametrize(("text", "said"), [("", "is empty"), ("[1]", "is a list"), ("5", "is a ")])
    def test_what_is_no_map_is_named(self, tmp_path: Path, text: str, said: str) -> None:
        (found,) = reported(tmp_path, text)
        assert found.startswith("m.yml:1: is not a definition")
        assert said in found

    def test_neither_a_name_nor_a_key_has_a_line(self, tmp_path: Path) -> None:
        assert holds(reported(tmp_path, "tmi_definition: 1\nfoo: 1\n"), "m.yml:1: needs a name or a key", "m.yml:2 foo")


class TestValues:
    def test_a_template_hides_nothing_and_is_reported_once(self, tmp_path: Path) -> None:
        text = HEAD + "threats:\n  a: {severity: '{{ x }}'}\n  b: {severity: hh}\n"
        found = reported(tmp_path, text)
        assert holds(found, "m.yml:4 threats.a.severity: definitions are not", "m.yml:5 threats.b.severity"), found

    def test_a_key_that_appears_twice_or_is_a_boolean_hides_nothing(self, tmp_path: Path) -> None:
        text = HEAD + "name: Shop\nthreats:\n  no: {severity: hh}\n"
        assert holds(
            reported(tmp_path, text), "m.yml:3: is not YAML", "m.yml:5: no: YAML", "m.yml:5 threats.no.severity"
        )

    @pytest.mark.parametrize("key", ["a:b", "a b", "é", "a.b", "k" * 129])
    def test_a_metadata_key_that_no_server_stores_is_reported_with_the_rest(self, tmp_path: Path, key: str) -> None:
        text = HEAD + "threats:\n  a: {metadata: {'%s': c}, severity: hh}\n" % key
        found = reported(tmp_path, text)
        assert len(found) == 2
        assert sum("a key is 1 to 128 of the characters A-Z a-z 0-9 _ -" in one for one in found) == 1

    @pytest.mark.parametrize(
        ("value", "kind"),
        [("5", "number"), ("true", "boolean"), ("shop", "text"), ("[1]", "list"), ("9" * 400, "number")],
    )
    def test_what_is_no_map_is_called_by_its_kind(self, tmp_path: Path, value: str, kind: str) -> None:
        text = HEAD + "threats:\n  a: %s\ndiagrams:\n  d:\n    nodes:\n      n: %s\n" % (value, value)
        places = ["m.yml:4 threats.a", "m.yml:8 diagrams.d.nodes.n"]
        assert sorted(reported(tmp_path, text)) == sorted("%s: must be a map, not %s" % (p, kind) for p in places)

    @pytest.mark.parametrize("label", ["2024", "12:30", "true"])
    def test_a_boundary_may_be_its_label_alone(self, tmp_path: Path, label: str) -> None:
        text = HEAD + "diagrams:\n  d:\n    boundaries: {out: %s}\n" % label
        path = tmp_path / "m.yml"
        path.write_text(text, encoding="utf-8")
        mistakes = Mistakes()
        (found,) = [compile_one(document, mistakes) for document in each_document({"src": [str(path)]}, mistakes)]
        assert found is not None
        assert [cell.label for cell in found.children[0].cells.cells] == [label]


CELLS = HEAD + "diagrams:\n  d:\n"


class TestCells:
    def test_all_that_is_wrong_in_a_flow_or_a_node(self, tmp_path: Path) -> None:
        nodes = "    nodes:\n      p: {type: process, x: far, y: far, metadata: {ansible_a: 1, b: [1]}, wdith: 3}\n"
        flows = (
            "    nodes: {p: {type: store}}\n    flows:\n"
            "      f: {from: p, to: zz, too: x, router: bad, bidirectional: maybe}\n      g: {label: [1]}\n"
        )
        node = ["m.yml:6 diagrams.d.nodes.p.%s: " % n for n in ("x", "y", "metadata", "metadata.b", "wdith")]
        flow = ["m.yml:7 diagrams.d.flows.f.%s: " % n for n in ("to", "too", "router", "bidirectional")]
        other = ["m.yml:8 diagrams.d.flows.g.%s: " % n for n in ("from", "to", "label")]
        assert holds(reported(tmp_path, CELLS + nodes), *node)
        assert holds(reported(tmp_path, CELLS + flows), *flow, *other)

    def test_all_that_is_wrong_in_cells_in_the_form_of_the_server(self, tmp_path: Path) -> None:
        text = CELLS + (
            "    cells:\n      - {id: a, databse: x}\n      - {id: b, shape: entity, visible: 5, angle: x}\n"
            "      - {id: c, shape: database}\n      - 5\n      - {id: a, shape: text}\n"
            "      - {id: e, shape: text, parent: b, x: far, width: 1}\n      - {id: f, shape: flow, source: a}\n"
        )
        found = reported(tmp_path, text)
        at = "m.yml:%d diagrams.d.cells[%d]%s: "
        places = [
            (6, 0, ".shape"),
            (7, 1, ".shape"),
            (7, 1, ".visible"),
            (7, 1, ".angle"),
            (8, 2, ".shape"),
            (9, 3, ""),
        ]
        places += [(10, 4, ".id"), (11, 5, ".x"), (11, 5, ".width"), (12, 6, ".target")]
        assert holds(found, *[at % place for place in places]), found
        assert "m.yml:6 diagrams.d.cells[0].shape: must be one of actor, process, store, text, boundary, flow" in found
        assert any("'database' (did you mean store?)" in one for one in found)

    @pytest.mark.parametrize("shape", ["text", "text-box", "boundary", "security-boundary", "edge", "flow"])
    def test_the_words_for_shapes_are_those_of_nodes(self, tmp_path: Path, shape: str) -> None:
        ends = ", source: b, target: b" if shape in ("edge", "flow") else ""
        text = CELLS + "    cells:\n      - {id: a, shape: %s%s}\n      - {id: b, shape: process}\n" % (shape, ends)
        assert reported(tmp_path, text) == []

    def test_wrong_cells_do_not_hide_references_that_are_wrong_too(self, tmp_path: Path) -> None:
        text = CELLS + (
            "    nodes: {frontend: {type: procss}, backend: {type: store, label: Back office}}\n"
            "    flows: [backend -> frontend]\nthreats:\n"
            "  f: {at: d/frontent, severity: hh}\n  g: {at: d/backend}\n  h: {at: d/Back office}\n"
            "  i: {at: d/Back ofice}\n  j: {at: d/backend->frontend}\n"
        )
        found = reported(tmp_path, text)
        expected = ["m.yml:5 diagrams.d.nodes.frontend.type", "m.yml:8 threats.f.cell", "m.yml:8 threats.f.severity"]
        assert holds(found, *expected, "m.yml:11 threats.i.cell"), found


class TestEncodingAndJson:
    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
    def test_utf_16_is_named(self, tmp_path: Path, encoding: str) -> None:
        path = tmp_path / "m.yml"
        path.write_bytes(HEAD.encode(encoding))
        with pytest.raises(InputError, match=r"m.yml:1: is UTF-16 .* Save the file as UTF-8"):
            load_file(str(path))

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ('{"a": 1\n "b": 2}', "2: is not JSON: a comma or a closing bracket is missing (column 2)"),
            ('{"a" 1}', "1: is not JSON: a colon is missing after a key (column 6)"),
            ('{"a": x}', "1: is not JSON: a value is missing, or a text lacks its double quotes (column 7)"),
            ('{"a": 1}}', "1: is not JSON: there is more text after the end (column 9)"),
            ('{"a": "b', "1: is not JSON: a text lacks its closing quote (column 7)"),
            ('{"a": "b\tc"}', "1: is not JSON: a text holds a line break, a tab or another control character"),
            ('{"a": "\\x"}', "1: is not JSON: there is a backslash where none is allowed: write two (column 8)"),
            ("{a: 1}", "1: is not JSON: a key in double quotes is missing"),
        ],
    )
    def test_json_is_refused_in_plain_words(self, tmp_path: Path, text: str, said: str) -> None:
        path = tmp_path / "m.json"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError) as caught:
            load_file(str(path))
        assert "m.json:%s" % said in str(caught.value)
