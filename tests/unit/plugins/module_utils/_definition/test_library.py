# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Definitions that use others: inheritance by ``base``, ``use`` and ``overlay``, and consequences of removals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.library import Library
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import Document, document
from ansible_collections.tmi.tmi.plugins.module_utils._definition.sources import localize, read_documents
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError

EXAMPLES = Path(__file__).resolve().parents[5] / "tests/integration/targets/tmi_definition_format/files/examples"
BASE: dict[str, Any] = {
    "tmi_definition": 1,
    "key": "standard",
    "name": "Standard",
    "id": "0b8e3a0e-5a2f-4a57-9f0c-0f5a4b8c6d21",
    "framework": "STRIDE",
    "metadata": {"team": "x"},
    "assets": {"cards": {"type": "data"}, "keys": {"type": "data"}},
    "diagrams": {
        "main": {
            "name": "Flow",
            "boundaries": {"out": "Outside", "inner": {"label": "Inner", "in": "out"}, "core": {"in": "inner"}},
            "nodes": [
                {"key": "web", "type": "process", "in": "core", "assets": ["cards", "keys"]},
                {"key": "db", "type": "store", "in": "inner"},
                {"key": "user", "type": "actor"},
            ],
            "flows": ["user -> web: Order", {"from": "web", "to": "db", "key": "sql"}],
        }
    },
    "threats": [
        {"key": "a", "name": "A", "at": "main/web", "severity": "low", "types": ["Spoofing"]},
        {"key": "b", "name": "B", "at": "Flow/sql", "asset": "cards"},
        {"key": "c", "name": "C", "at": "main/db"},
        {"key": "d", "name": "D", "at": "main"},
        {"key": "e", "name": "E", "id": "0b8e3a0e-5a2f-4a57-9f0c-0f5a4b8c6d22"},
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the base."""
    (tmp_path / "base.yml").write_text(yaml.safe_dump(BASE, sort_keys=False), encoding="utf-8")
    return tmp_path


def made(folder: Path, over: dict[str, Any], name: str = "own.yml") -> Document:
    """Write a definition over the base and return it resolved."""
    path = folder / name
    path.write_text(
        yaml.safe_dump({"tmi_definition": 1, "base": "./base.yml", **over}, sort_keys=False), encoding="utf-8"
    )
    (found,) = read_documents({"src": [str(path)]})
    return found


def refusal(folder: Path, over: dict[str, Any]) -> str:
    with pytest.raises(InputError) as caught:
        made(folder, over)
    return str(caught.value)


def keys(found: Document, section: str) -> list[str]:
    return sorted(found.data[section])


class TestBase:
    def test_all_members_are_inherited_except_those_of_the_model_itself(self, folder: Path) -> None:
        found = made(folder, {"key": "own"})
        model = compile_definition(found)
        assert (model.key, model.id, model.values["name"]) == ("own", None, "own")
        assert model.values["framework"] == "STRIDE"
        assert len(model.children) == 2 + 1 + 5
        assert [child.id for child in model.children if child.id] == []
        assert found.notes == ()
        assert [Path(file).name for file in found.files] == ["own.yml", "base.yml"]

    def test_origins_are_not_inherited(self, tmp_path: Path) -> None:
        base = {"tmi_definition": 1, "name": "Base", "origin": "otm:1", "threats": {"a": {"origin": "otm:2"}}}
        (tmp_path / "base.yml").write_text(yaml.safe_dump(base), encoding="utf-8")
        model = compile_definition(made(tmp_path, {"key": "own"}))
        assert [found.metadata for found in (model, *model.children)] == [{}, {}]

    def test_maps_meet_lists_and_other_names_for_fields_meet_their_own(self, folder: Path) -> None:
        over = {"key": "own", "threats": {"a": {"title": "Z", "category": ["Tampering"]}}}
        threat = made(folder, over).data["threats"]["a"]
        assert threat == {
            "name": "Z",
            "diagram": "main",
            "cell": "web",
            "severity": "low",
            "threat_type": ["Tampering"],
        }

    def test_a_label_meets_a_map_and_a_line_meets_a_key(self, folder: Path) -> None:
        cells = {
            "boundaries": {"out": {"metadata": {"zone": "0"}}},
            "flows": [{"key": "user->web", "bidirectional": True}],
        }
        with pytest.raises(InputError, match="a flow needs from and to"):
            compile_definition(document({"tmi_definition": 1, "key": "x", "diagrams": {"main": cells}}, "x"))
        main = made(folder, {"key": "own", "diagrams": {"main": cells}}).data["diagrams"]["main"]
        assert main["boundaries"]["out"] == {"label": "Outside", "metadata": {"zone": "0"}}
        assert main["flows"]["user->web"] == {"from": "user", "to": "web", "label": "Order", "bidirectional": True}

    def test_an_acceptance_replaces_the_status_of_the_base(self, folder: Path) -> None:
        first = made(folder, {"key": "one", "threats": {"a": {"status": "open"}}})
        over = {"key": "two", "base": first.where, "threats": {"a": {"accept": {"by": "x"}}}}
        assert made(folder, over, "two.yml").data["threats"]["a"]["status"] == "accepted"

    def test_a_base_of_a_base(self, folder: Path) -> None:
        made(folder, {"key": "middle", "threats": {"e": None, "f": {}}}, "middle.yml")
        found = made(folder, {"key": "own", "base": "middle.yml", "threats": {"f": None, "g": {}}})
        assert keys(found, "threats") == ["a", "b", "c", "d", "g"]
        assert [Path(file).name for file in found.files] == ["own.yml", "middle.yml", "base.yml"]

    def test_a_ring_is_refused(self, folder: Path) -> None:
        (folder / "one.yml").write_text("tmi_definition: 1\nkey: one\nbase: two.yml\n", encoding="utf-8")
        (folder / "two.yml").write_text("tmi_definition: 1\nkey: two\nbase: ./one.yml\n", encoding="utf-8")
        with pytest.raises(InputError, match=r"two\.yml:3 base: \./one\.yml is based on itself"):
            read_documents({"src": [str(folder / "one.yml")]})

    def test_the_library_is_known_by_name(self) -> None:
        found = Library().resolve(document({"tmi_definition": 1, "key": "own", "base": "web_application"}, "x"))
        assert found.data["framework"] == "STRIDE"
        assert "web-12" in found.data["threats"]

    @pytest.mark.parametrize(
        ("base", "message"),
        [
            (
                "web_aplication",
                r'own\.yml:2 base: there is no model "web_aplication" in the library; did you mean web_app',
            ),
            ("./gone.yml", r"own\.yml:2 base: there is no file .*gone\.yml"),
            (True, r"own\.yml:2 base: there is no model \"true\""),
        ],
    )
    def test_what_is_not_there(self, folder: Path, base: Any, message: str) -> None:
        with pytest.raises(InputError, match=message):
            made(folder, {"base": base, "key": "own"})

    def test_a_missing_library_is_reported(self, tmp_path: Path) -> None:
        library = Library(str(tmp_path / "gone"))
        with pytest.raises(InputError, match="run it on the controller"):
            library.resolve(document({"tmi_definition": 1, "key": "own", "base": "web_application"}, "x"))

    def test_a_mistake_in_the_base_is_reported_with_its_own_line(self, folder: Path) -> None:
        (folder / "bad.yml").write_text(
            "tmi_definition: 1\nkey: bad\nthreats:\n  a:\n    severty: low\n", encoding="utf-8"
        )
        message = refusal(folder, {"key": "own", "base": "bad.yml"})
        assert "bad.yml:5 threats.a.severty: unknown field" in message


class TestRemovals:
    def test_a_removed_node_removes_its_flows_and_threats(self, folder: Path) -> None:
        found = made(folder, {"key": "own", "diagrams": {"main": {"nodes": {"db": None}}}})
        assert keys(found, "threats") == ["a", "d", "e"]
        assert sorted(found.data["diagrams"]["main"]["flows"]) == ["user->web"]
        assert found.notes == (
            'diagram "main": flow "sql" is removed with "db"',
            'threat "b" is removed with cell "sql" of diagram "Flow"'.replace("Flow", "main"),
            'threat "c" is removed with cell "db" of diagram "main"',
        )
        compile_definition(found)

    def test_the_contents_of_a_removed_boundary_move_outwards(self, folder: Path) -> None:
        found = made(folder, {"key": "own", "diagrams": {"main": {"boundaries": {"inner": None, "core": None}}}})
        nodes = found.data["diagrams"]["main"]["nodes"]
        assert (nodes["web"]["in"], nodes["db"]["in"]) == ("out", "out")
        found = made(
            folder, {"key": "own", "diagrams": {"main": {"boundaries": dict.fromkeys(("inner", "core", "out"))}}}
        )
        assert [node.get("in") for node in found.data["diagrams"]["main"]["nodes"].values()] == [None] * 3
        compile_definition(found)

    def test_a_removed_diagram_removes_its_threats(self, folder: Path) -> None:
        found = made(folder, {"key": "own", "diagrams": {"main": None}})
        assert keys(found, "threats") == ["e"]
        assert len(found.notes) == 4

    def test_references_to_a_removed_asset_are_removed(self, folder: Path) -> None:
        found = made(folder, {"key": "own", "assets": {"cards": None}})
        assert "asset" not in found.data["threats"]["b"]
        assert found.data["diagrams"]["main"]["nodes"]["web"]["assets"] == ["keys"]
        assert found.notes == ('threat "b" has no asset any more, because "cards" is removed',)

    def test_a_node_that_moves_to_another_section_keeps_them(self, folder: Path) -> None:
        cells = {"boundaries": {"core": None}, "nodes": {"core": {"type": "process"}, "web": {"in": "inner"}}}
        found = made(folder, {"key": "own", "diagrams": {"main": cells}})
        assert found.notes == ()

    @pytest.mark.parametrize(
        ("over", "place"),
        [
            ({"threats": {"c": {"severity": "low"}}}, "own.yml:9 threats.c"),
            ({"threats": {"x": {"at": "main/db"}}}, "threats.x"),
        ],
    )
    def test_what_the_same_file_still_uses_is_a_contradiction(self, folder: Path, over: Any, place: str) -> None:
        message = refusal(folder, {"key": "own", "diagrams": {"main": {"nodes": {"db": None}}}, **over})
        assert place in message
        assert 'needs cell "db" of diagram "main", which is removed (null) here' in message

    def test_a_flow_of_the_same_file_too(self, folder: Path) -> None:
        cells = {"nodes": {"db": None}, "flows": {"sql": {"label": "SQL"}}}
        assert 'needs "db", which is removed' in refusal(folder, {"key": "own", "diagrams": {"main": cells}})

    def test_a_threat_that_moves_away_stays(self, folder: Path) -> None:
        over = {"diagrams": {"main": {"nodes": {"db": None}}}, "threats": {"c": {"at": "main/web"}}}
        assert "c" in keys(made(folder, {"key": "own", **over}), "threats")


class TestUse:
    def test_a_threat_of_the_library_without_its_place(self) -> None:
        data = {"tmi_definition": 1, "key": "own", "threats": {"leak": {"use": "web-12", "severity": "low"}}}
        found = Library().resolve(document(data, "x")).data["threats"]["leak"]
        assert found["name"] == "Sensitive data stored unencrypted"
        assert found["severity"] == "low"
        assert not {"diagram", "cell", "at", "use"} & set(found)
        assert compile_definition(document({**data, "threats": {"leak": found}}, "x")).children[0].values["cwe"]

    @pytest.mark.parametrize("use", ["web_application#web-12", "base.yml#a"])
    def test_of_a_model_or_a_file(self, folder: Path, use: str) -> None:
        found = made(folder, {"key": "own", "threats": {"x": {"use": use, "at": "main/web"}}})
        assert found.data["threats"]["x"]["cell"] == "web"
        assert found.data["threats"]["x"]["threat_type"]

    def test_null_drops_what_the_library_says(self, folder: Path) -> None:
        found = made(folder, {"key": "own", "threats": {"x": {"use": "base.yml#a", "severity": None}}})
        assert "severity" not in found.data["threats"]["x"]

    @pytest.mark.parametrize(
        ("use", "message"),
        [
            ("web-1200", r'own\.yml:6 threats\.x\.use: the library has no threat "web-1200"; did you mean'),
            ("base.yml#z", r'own\.yml:6 threats\.x\.use: .*base\.yml has no threat "z"'),
            ("own.yml#x", r"own\.yml:6 threats\.x\.use: own\.yml is based on itself"),
        ],
    )
    def test_what_is_not_there(self, folder: Path, use: str, message: str) -> None:
        assert refusal(folder, {"key": "own", "threats": {"x": {"use": use}}})
        with pytest.raises(InputError, match=message):
            made(folder, {"key": "own", "threats": {"x": {"use": use}}})


class TestSources:
    def test_removals_of_an_overlay_have_the_same_consequences(self, folder: Path) -> None:
        params = {"src": [str(folder / "base.yml")], "overlay": {"diagrams": {"main": {"nodes": {"db": None}}}}}
        (found,) = read_documents({**params, "name_prefix": "Test "})
        assert found.data["name"] == "Test Standard"
        assert keys(found, "threats") == ["a", "d", "e"]
        assert len(found.notes) == 3

    def test_an_overlay_may_use_the_library_and_has_no_base(self, folder: Path) -> None:
        params = {"src": [str(folder / "base.yml")], "overlay": {"threats": {"z": {"use": "web-12"}}}}
        assert read_documents(params)[0].data["threats"]["z"]["cwe"]
        with pytest.raises(InputError, match=r"^overlay\.base: "):
            read_documents({**params, "overlay": {"base": "x"}})

    def test_mistakes_of_an_overlay_are_reported_once_with_its_place(self, folder: Path) -> None:
        params = {"src": [str(folder / "base.yml")] * 2, "overlay": {"threats": {"a": {"severity": "huge"}}}}
        with pytest.raises(InputError, match=r"^overlay threats\.a\.severity: 'huge' is not one of"):
            read_documents(params)
        params["src"].append(str(folder / "other.yml"))
        (folder / "other.yml").write_text("tmi_definition: 1\nkey: other\n", encoding="utf-8")
        with pytest.raises(InputError, match=r"^overlay threats\.a\.severity: 'huge' is not one of"):
            read_documents(params)

    def test_equal_names_in_a_list_stay_unless_they_are_merged(self) -> None:
        data = {"tmi_definition": 1, "key": "x", "threats": [{"name": "A"}, {"name": "A", "at": "main/b"}]}
        (found,) = read_documents({"definition": data, "overlay": {"metadata": {"a": "b"}}})
        assert len(compile_definition(found).children) == 2
        with pytest.raises(InputError, match=r"threats\.A: appears twice"):
            read_documents({"definition": data, "overlay": {"threats": {"A": {}}}})

    def test_dates_of_variables_are_texts(self) -> None:
        accept = yaml.safe_load("{by: x, until: 2026-12-31}")
        data = {"tmi_definition": 1, "key": "x", "threats": {"a": {"accept": accept}}, "metadata": accept}
        (found,) = read_documents({"definition": data})
        model = compile_definition(found)
        assert model.children[0].values["accepted_until"] == "2026-12-31"
        assert model.metadata["until"] == "2026-12-31"

    def test_a_definition_for_another_machine_is_complete_and_keeps_its_place(self, folder: Path) -> None:
        made(folder, {"key": "own", "diagrams": {"main": {"nodes": {"db": None}}}})
        args = {"src": "own.yml", "overlay": {"framework": "DIE"}, "name_prefix": "Test "}
        shipped = localize(args, lambda name: str(folder / name), True)
        assert set(shipped) == {"definition", "name_prefix"}
        (found,) = read_documents(shipped)
        assert found.where == str(folder / "own.yml")
        assert found.files == ()
        assert len(found.notes) == 3
        model = compile_definition(found)
        assert (model.values["name"], model.values["framework"]) == ("Test own", "DIE")

    def test_what_stays_here_keeps_its_paths(self, folder: Path) -> None:
        args = {"definition": {"tmi_definition": 1, "key": "x", "base": "base.yml"}}
        found = localize(args, lambda name: str(folder / name), False)
        assert len(compile_definition(read_documents(found)[0]).children) == 8

    def test_several_mistakes_are_reported_together(self, folder: Path) -> None:
        for name in ("one", "two"):
            (folder / f"{name}.yml").write_text("tmi_definition: 1\nbase: nothing\n", encoding="utf-8")
        with pytest.raises(InputError, match=r"(?s)^2 mistakes:\n.*one\.yml:2 base: .*\n.*two\.yml:2 base: "):
            read_documents({"src": [str(folder / "one.yml"), str(folder / "two.yml")]})


def test_the_second_example_removes_flows_and_threats_of_a_node() -> None:
    (found,) = read_documents({"src": [str(EXAMPLES / "support_assistant.yml")]})
    assert found.notes == (
        'diagram "main": flow "f_tune" is removed with "tuning_data"',
        'threat "llm-04" is removed with cell "tuning_data" of diagram "main"',
    )
    assert "llm-09" not in found.data["threats"]
    assert found.data["diagrams"]["main"]["flows"]["helpdesk->ingest"]["label"] == "Closed tickets"
