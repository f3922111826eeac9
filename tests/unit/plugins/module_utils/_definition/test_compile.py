# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compiling definitions: the meaning of all forms of the format, and the messages for mistakes."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import Document
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Desired
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError


def compiled(**sections: Any) -> Desired:
    """Compile a definition that is called Shop unless it says otherwise."""
    return compile_definition(Document("shop.yml", {"tmi_definition": 1, "name": "Shop", **sections}))


def only(model: Desired) -> Desired:
    """Return the only child."""
    (child,) = model.children
    return child


def refusal(**sections: Any) -> str:
    """Return the message with which a definition is refused."""
    with pytest.raises(InputError) as caught:
        compiled(**sections)
    return str(caught.value)


class TestModel:
    def test_fields_in_canonical_form_under_names_and_aliases(self) -> None:
        model = compiled(framework="stride", status="In Progress", issue="https://x.example/1", owner="a@x.example")
        assert model.values == {
            "name": "Shop",
            "framework": "STRIDE",
            "status": "in_progress",
            "issue_uri": "https://x.example/1",
            "owner": "a@x.example",
        }

    def test_access_and_metadata(self) -> None:
        model = compiled(
            access=[{"user": "bob@x.example", "role": "writer"}], metadata={"tier": 1, "pci": True, "gone": None}
        )
        assert model.values["authorization"] == [{"user": "bob@x.example", "role": "writer"}]
        assert model.metadata == {"tier": "1", "pci": "true", "gone": ""}

    def test_a_missing_name_is_the_key(self) -> None:
        model = compile_definition(Document("x", {"tmi_definition": 1, "key": "shop"}))
        assert (model.values["name"], model.key, model.own_metadata) == ("shop", "shop", {"ansible_key": "shop"})

    def test_neither_name_nor_key(self) -> None:
        with pytest.raises(InputError, match=r"^x: needs a name or a key"):
            compile_definition(Document("x", {"tmi_definition": 1}))

    def test_null_clears_what_can_be_cleared_and_leaves_the_rest_alone(self) -> None:
        values = compiled(description=None, framework=None).values
        assert values["description"] is None
        assert "framework" not in values

    def test_a_section_that_is_empty_wants_nothing(self) -> None:
        assert compiled(threats=None, documents={}, diagrams=[]).children == ()


class TestSections:
    def test_a_map_and_a_list_mean_the_same(self) -> None:
        entry = {"name": "ADR 12", "uri": "https://wiki.example/12"}
        by_map = only(compiled(documents={"adr": entry}))
        by_list = only(compiled(documents=[{**entry, "key": "adr"}]))
        assert (by_map.key, by_map.values) == (by_list.key, by_list.values)

    def test_the_name_of_an_object_is_its_key_unless_it_says_otherwise(self) -> None:
        model = compiled(threats={"replay": {"severity": "high"}, "leak": {"name": "Leak"}})
        assert [c.values["name"] for c in model.children] == ["replay", "Leak"]

    def test_a_source_in_a_list_may_be_known_by_its_address_alone(self) -> None:
        source = only(compiled(repositories=[{"uri": "https://git.example/x.git"}]))
        assert source.values == {"uri": "https://git.example/x.git"}

    def test_ref_and_path_of_a_source(self) -> None:
        entry = {"uri": "https://git.example/x.git", "ref": {"branch": "main"}, "path": "src"}
        parameters = only(compiled(sources={"api": entry})).values["parameters"]
        assert parameters == {"ref_type": "branch", "ref_value": "main", "sub_path": "src"}

    def test_defaults_hold_where_an_object_says_nothing(self) -> None:
        model = compiled(
            defaults={"threat": {"status": "open", "priority": "low"}},
            threats={"a": {"priority": "high"}, "b": {}},
        )
        assert [(c.values["status"], c.values["priority"]) for c in model.children] == [
            ("open", "high"),
            ("open", "low"),
        ]

    def test_null_removes_an_entry(self) -> None:
        assert only(compiled(threats={"a": None, "b": {}})).key == "b"

    def test_places_lead_to_the_entry(self) -> None:
        assert only(compiled(threats={"a": {}})).where == "shop.yml threats.a"

    def test_a_name_of_before_and_an_id(self) -> None:
        threat = only(compiled(threats={"a": {"was": "Old", "id": "0b8e3a0e-5a2f-4a57-9f0c-0f5a4b8c6d21"}}))
        assert (threat.was, threat.id) == ("Old", "0b8e3a0e-5a2f-4a57-9f0c-0f5a4b8c6d21")


class TestThreats:
    @pytest.mark.parametrize(
        ("at", "diagram", "cell"),
        [
            ("main/web", "main", "web"),
            ("main", "main", None),
            ("main/a->b", "main", "a->b"),
            ("main/a/b", "main", "a/b"),
        ],
    )
    def test_at(self, at: str, diagram: str, cell: str) -> None:
        values = only(compiled(threats={"a": {"at": at}})).values
        assert (values["diagram"], values["cell"]) == (diagram, cell)

    def test_risk(self) -> None:
        values = only(compiled(threats={"a": {"risk": {"likelihood": "High", "impact": "low", "score": 7}}})).values
        assert (values["likelihood"], values["impact"], values["score"]) == ("high", "low", 7.0)

    def test_lists_mean_sets(self) -> None:
        values = only(
            compiled(threats={"a": {"types": ["Tampering", "Spoofing", "Tampering"], "cwe": "CWE-79"}})
        ).values
        assert (values["threat_type"], values["cwe"]) == (["Spoofing", "Tampering"], ["CWE-79"])


class TestControls:
    CONTROLS = [{"name": "One", "implemented": True}, {"name": "Two"}]

    @pytest.mark.parametrize(
        ("threat", "mitigation", "mitigated"),
        [
            ({"controls": CONTROLS}, "- [x] One\n- [ ] Two", False),
            ({"controls": CONTROLS[:1]}, "- [x] One", True),
            ({"controls": CONTROLS, "mitigation": "Text."}, "Text.\n- [x] One\n- [ ] Two", False),
            ({"controls": CONTROLS, "status": "Resolved"}, "- [x] One\n- [ ] Two", True),
            ({"controls": CONTROLS, "mitigated": True}, "- [x] One\n- [ ] Two", True),
            (
                {"controls": {"One": {"implemented": True}, "x": {"name": "Two"}, "y": None}},
                "- [x] One\n- [ ] Two",
                False,
            ),
            ({"status": "resolved"}, None, True),
            ({"status": "resolved", "mitigated": False}, None, False),
            ({"status": "open"}, None, None),
            ({"controls": []}, None, None),
        ],
    )
    def test_a_check_list_and_whether_it_is_done(
        self, threat: dict[str, Any], mitigation: str | None, mitigated: bool | None
    ) -> None:
        values = only(compiled(threats={"a": threat})).values
        assert (values.get("mitigation"), values.get("mitigated")) == (mitigation, mitigated)


class TestAcceptance:
    def test_who_until_when_and_why(self) -> None:
        accept = {"by": "ana", "until": "2026-12-31", "reason": "Reconciled daily"}
        values = only(compiled(defaults={"threat": {"status": "open"}}, threats={"a": {"accept": accept}})).values
        assert values["status"] == "accepted"
        assert [values["accepted_" + name] for name in accept] == list(accept.values())

    def test_a_status_of_its_own_stays(self) -> None:
        assert only(compiled(threats={"a": {"accept": {"by": "x"}, "status": "open"}})).values["status"] == "open"

    def test_null_clears(self) -> None:
        values = only(compiled(threats={"a": {"accept": None, "risk": None}})).values
        assert [values[n] for n in ("accepted_by", "accepted_until", "accepted_reason", "likelihood")] == [None] * 4
        assert "status" not in values


class TestModelFields:
    def test_project_reviewer_and_confidential(self) -> None:
        given = {"project": "5a0c4d7e-8a0b-4f0e-9a53-0f6f1ad2a7f4", "reviewer": "rob@x.example", "confidential": True}
        assert {name: compiled(**given).values[name] for name in given} == given


class TestCells:
    DIAGRAM = {"nodes": {"web": {"type": "process"}, "db": {"type": "store"}}, "flows": ["web -> db: SQL"]}

    def test_ids_depend_on_the_keys_alone(self) -> None:
        one = only(compiled(key="shop", diagrams={"main": {"name": "Flow", **self.DIAGRAM}}))
        two = only(compiled(key="shop", name="Test Shop", diagrams={"main": {"name": "Data flow", **self.DIAGRAM}}))
        assert one.cells is not None
        assert two.cells is not None
        assert [cell.id for cell in one.cells.cells] == [cell.id for cell in two.cells.cells]

    def test_other_models_and_diagrams_get_other_ids(self) -> None:
        diagrams = {"main": self.DIAGRAM, "other": self.DIAGRAM}
        children = compiled(key="shop", diagrams=diagrams).children + compiled(key="bank", diagrams=diagrams).children
        ids = [cell.id for child in children for cell in (child.cells.cells if child.cells else ())]
        assert len(ids) == len(set(ids)) == 12

    def test_a_diagram_without_cells_leaves_them_alone(self) -> None:
        assert only(compiled(diagrams={"main": {"name": "Flow"}})).cells is None

    def test_a_mistake_in_a_cell_is_reported_with_its_whole_path(self) -> None:
        flows = {"order": {"from": "web", "to": "nowhere"}}
        message = refusal(diagrams={"main": {**self.DIAGRAM, "flows": flows}})
        assert message.startswith("shop.yml diagrams.main.flows.order.to: ")
        assert "nowhere" in message


class TestRefused:
    @pytest.mark.parametrize(
        ("sections", "message"),
        [
            ({"threat": {}}, r"^shop\.yml\.threat: unknown field; did you mean threats\?$"),
            ({"zzz": 1}, r"^shop\.yml\.zzz: unknown field; known are .*threats.*$"),
            (
                {"threats": {"a": {"severty": "high"}}},
                r"^shop\.yml threats\.a\.severty: unknown field; did you mean severity",
            ),
            ({"threats": {"a": {"risk": {"impct": 1}}}}, r"^shop\.yml threats\.a\.risk\.impct: .*impact"),
            (
                {"threats": {"a": {"severity": "huge"}}},
                r"^shop\.yml threats\.a\.severity: 'huge' is not one of .*critical",
            ),
            ({"threats": {"a": {"score": 11}}}, r"^shop\.yml threats\.a\.score: 11 is not between 0 and 10"),
            ({"threats": {"a": "text"}}, r"^shop\.yml threats\.a: must be a map, not text"),
            ({"threats": "text"}, r"^shop\.yml threats: must be a map, not text"),
            ({"threats": [{"severity": "low"}]}, r"^shop\.yml threats\[0\]: .* needs a key or a name"),
            ({"threats": {True: {}}}, r"^shop\.yml threats: .*boolean.*quote"),
            ({"threats": {"a": {"metadata": {"cwe": "x"}}}}, r"^shop\.yml threats\.a\.metadata\.cwe: .*option cwe"),
            ({"threats": {"a": {"metadata": {"ansible_x": 1}}}}, r"^shop\.yml threats\.a\.metadata\.ansible_x: "),
            ({"threats": {"a": {"types": [], "threat_type": []}}}, r"^shop\.yml threats\.a\.threat_type: appears"),
            ({"metadata": {False: 1}}, r"^shop\.yml\.metadata: .*boolean.*quote"),
            ({"metadata": {"a": ["b"]}}, r"^shop\.yml\.metadata\.a: must be text, not list"),
            ({"metadata": "text"}, r"^shop\.yml\.metadata: must be a map, not text"),
            ({"framework": "STRYDE"}, r"^shop\.yml\.framework: 'STRYDE' is not one of .*STRIDE"),
            ({"access": [{"user": "a"}]}, r"^shop\.yml\.authorization\[0\]: role is missing"),
            ({"sources": {"a": {"ref": {}}}}, r"^shop\.yml sources\.a\.ref: must name one of branch, tag, commit"),
            ({"sources": {"a": {"ref": {"tag": 1, "branch": 2}}}}, r"^shop\.yml sources\.a\.ref: must name one of"),
            ({"documents": {"a": {"name": ""}}}, r"^shop\.yml documents\.a\.name: must not be empty"),
            ({"threats": {"a": {"accept": {"til": 1}}}}, r"^shop\.yml threats\.a\.accept\.til: .*until"),
            ({"threats": {"a": {"accept": {"until": "31.12."}}}}, r"accepted_until: '31\.12\.' is not a day such as"),
            ({"threats": {"a": {"controls": [{"implemented": True}]}}}, r"threats\.a\.controls\[0\]: .*needs a name"),
            ({"threats": {"a": {"controls": [{"name": "x", "done": True}]}}}, r"a\.controls\[0\]\.done: unknown"),
            ({"threats": {"a": {"controls": [{"name": "x", "implemented": "no"}]}}}, r"implemented: must be true or"),
            ({"threats": {"a": {"controls": "x"}}}, r"threats\.a\.controls: must be a list"),
            ({"threats": {"a": {"at": "m/c", "cell": "x"}}}, r"threats\.a\.at: sets cell, which is also given"),
            ({"threats": {"a": {"use": "web-1"}}}, r"threats\.a\.use: is not resolved"),
            ({"base": "x"}, r"^shop\.yml\.base: is not resolved"),
            ({"owner": "a", "access": [{"user": "a", "role": "reader"}]}, r"a is its owner and has the role owner"),
            ({"reviewer": "a", "access": [{"user": "a", "role": "writer"}]}, r"a is its reviewer and has the role"),
            ({"defaults": {"thret": {}}}, r"^shop\.yml\.defaults\.thret: unknown field; did you mean threat"),
            ({"defaults": {"threat": {"sevrity": "low"}}}, r"^shop\.yml\.defaults\.threat\.sevrity: unknown"),
            ({"threats": {"a": {"cwe": [True]}}}, r"threats\.a\.cwe: holds a boolean .*quote it"),
            ({"threats": {"a": {"score": True}}}, r"threats\.a\.score: True is not a number"),
            ({"key": True}, r"^shop\.yml\.key: must be a text"),
            ({"diagrams": {"a": {"nodes": {}, "cells": []}}}, r"^shop\.yml diagrams\.a\.cells: "),
        ],
    )
    def test_messages_have_place_and_advice(self, sections: dict[Any, Any], message: str) -> None:
        with pytest.raises(InputError, match=message):
            compiled(**sections)
