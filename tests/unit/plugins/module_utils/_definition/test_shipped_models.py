# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The models that the role `seed` ships: they compile, are complete, and obey the rules of their craft."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tmi.tmi.plugins.module_utils._api.v0.rules import V0Rules
from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import Document, find_files, load_file
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Desired
from ansible_collections.tmi.tmi.plugins.module_utils._options import OPTIONS

ROLE = Path(__file__).resolve().parents[5] / "roles" / "seed"
FILES = find_files([str(ROLE / "files" / "models")])

#: What STRIDE can mean for each kind of cell.
APPLICABLE = {
    "actor": {"Spoofing", "Repudiation"},
    "process": {
        "Spoofing",
        "Tampering",
        "Repudiation",
        "Information Disclosure",
        "Denial of Service",
        "Elevation of Privilege",
    },
    "store": {"Tampering", "Repudiation", "Information Disclosure", "Denial of Service"},
    "flow": {"Tampering", "Information Disclosure", "Denial of Service"},
}
NAME = re.compile(r"""[^<>"'&]{1,255}""")
#: What filters of either generation refuse in names and descriptions.
FILTERED = re.compile(r"on\w+\s*=|javascript:|<|>|\{\{|\$\{|<%|#\{", re.IGNORECASE)
REF = re.compile(
    r"A\d\d:2025|API\d+:2023|M\d+:2024|LLM\d\d:2025|K\d\d:(2022|2025)|CICD-SEC-\d+|I\d+:2018|CAPEC-\d+|"
    r"T\d{4}(\.\d{3})?|AML\.T\d{4}(\.\d{3})?|LINDDUN:[a-z-]+",
    re.IGNORECASE,
)


@pytest.fixture(params=FILES, ids=lambda path: Path(path).stem)
def found(request: pytest.FixtureRequest) -> Document:
    """Each model in turn."""
    return load_file(request.param)


@pytest.fixture
def data(found: Document) -> dict[str, Any]:
    """The definition as written."""
    return dict(found.data)


@pytest.fixture
def model(found: Document) -> Desired:
    """The wanted model."""
    return compile_definition(found)


@pytest.fixture
def main(data: dict[str, Any]) -> dict[str, Any]:
    """The only diagram."""
    assert list(data["diagrams"]) == ["main"]
    diagram: dict[str, Any] = data["diagrams"]["main"]
    return diagram


def test_all_of_them_together() -> None:
    diagrams = [yaml.safe_load(Path(path).read_text(encoding="utf-8")) for path in FILES]
    total = {name: sum(len(d["diagrams"]["main"][name]) for d in diagrams) for name in ("nodes", "boundaries", "flows")}
    total["threats"] = sum(len(d["threats"]) for d in diagrams)
    assert len(FILES) == 8
    assert total == {"nodes": 97, "boundaries": 33, "flows": 95, "threats": 115}


def test_the_role_offers_every_one_of_them() -> None:
    names = [Path(path).stem for path in FILES]
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text(encoding="utf-8"))
    specs = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    option = specs["argument_specs"]["main"]["options"]["tmi_seed_models"]
    assert defaults["tmi_seed_models"] == option["default"] == option["choices"] == names


def test_the_role_documents_every_option_of_the_connection() -> None:
    specs = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    documented = specs["argument_specs"]["main"]["options"]
    assert [option.var for option in OPTIONS if option.var not in documented] == []
    assert [o.name for o in OPTIONS if o.secret and not documented[o.var].get("no_log")] == []


def test_the_readme_counts_right() -> None:
    readme = (ROLE / "README.md").read_text(encoding="utf-8")
    for path in FILES:
        model = load_file(path).data
        main = model["diagrams"]["main"]
        counts = [len(main[name]) for name in ("nodes", "boundaries", "flows")] + [len(model["threats"])]
        assert "| `%s` | %s | %s |" % (Path(path).stem, model["name"], " | ".join(map(str, counts))) in readme


def test_it_compiles_to_what_is_written(data: dict[str, Any], model: Desired) -> None:
    kinds = [child.resource.name for child in model.children]
    assert kinds.count("threat") == len(data["threats"])
    (diagram,) = (child for child in model.children if child.resource.name == "diagram")
    assert diagram.cells is not None
    sizes = {kind: sum(cell.kind == kind for cell in diagram.cells.cells) for kind in ("node", "boundary", "flow")}
    main = data["diagrams"]["main"]
    assert sizes == {"node": len(main["nodes"]), "boundary": len(main["boundaries"]), "flow": len(main["flows"])}


def test_the_key_is_the_name_of_the_file(found: Document, model: Desired) -> None:
    assert model.key == Path(found.where).stem


def test_a_server_takes_all_of_it(model: Desired) -> None:
    rules = V0Rules()
    problems = [p for each in (model, *model.children) for p in rules.check(each.resource, each.values)]
    problems += [p for each in (model, *model.children) for p in rules.check_metadata(each.metadata)]
    assert problems == []


def test_names_pass_the_filters_of_both_generations(data: dict[str, Any], main: dict[str, Any]) -> None:
    entries = [
        e if isinstance(e, str) else e["label"] for s in ("nodes", "boundaries", "flows") for e in main[s].values()
    ]
    names = [data["name"], main["name"], *entries, *(threat["name"] for threat in data["threats"].values())]
    assert [name for name in names if not NAME.fullmatch(name) or FILTERED.search(name)] == []
    assert not FILTERED.search(data["description"])


def test_every_reference_resolves(data: dict[str, Any], main: dict[str, Any]) -> None:
    boundaries = main["boundaries"]
    inside = [e["in"] for s in ("nodes", "boundaries") for e in main[s].values() if isinstance(e, dict) and "in" in e]
    assert set(inside) <= set(boundaries)
    assert {flow[end] for flow in main["flows"].values() for end in ("from", "to")} <= set(main["nodes"])
    places = {threat["at"] for threat in data["threats"].values()}
    assert places <= {"main/%s" % cell for section in ("nodes", "flows") for cell in main[section]}


def test_every_boundary_holds_something(main: dict[str, Any]) -> None:
    inside = {e["in"] for s in ("nodes", "boundaries") for e in main[s].values() if isinstance(e, dict) and "in" in e}
    assert inside == set(main["boundaries"])


def test_every_node_has_a_flow_and_every_flow_a_process(main: dict[str, Any]) -> None:
    ends = {flow[end] for flow in main["flows"].values() for end in ("from", "to")}
    assert ends == set(main["nodes"])
    processes = {key for key, node in main["nodes"].items() if node["type"] == "process"}
    assert [key for key, flow in main["flows"].items() if not {flow["from"], flow["to"]} & processes] == []


def test_the_types_of_a_threat_apply_to_what_it_hangs_on(data: dict[str, Any], main: dict[str, Any]) -> None:
    for key, threat in data["threats"].items():
        cell = threat["at"].partition("/")[2]
        shape = main["nodes"][cell]["type"] if cell in main["nodes"] else "flow"
        assert set(threat["types"]) <= APPLICABLE[shape], key


def test_all_of_stride_occurs(data: dict[str, Any]) -> None:
    assert data["framework"] == "STRIDE"
    assert {t for threat in data["threats"].values() for t in threat["types"]} == APPLICABLE["process"]


def test_threats_can_be_distinguished_and_looked_up(data: dict[str, Any]) -> None:
    threats = data["threats"].values()
    assert 8 <= len(threats) <= 15
    assert len({threat["name"] for threat in threats}) == len(threats)
    for threat in threats:
        assert threat["severity"] in ("low", "medium", "high", "critical")
        assert threat["cwe"]
        assert all(re.fullmatch(r"CWE-[1-9]\d*", cwe) for cwe in threat["cwe"])
        assert [ref for ref in threat.get("refs", []) if not REF.fullmatch(ref)] == []
