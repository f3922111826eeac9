# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Definitions go to OTM and come back the same; whatever comes in compiles and goes out valid."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired import DesiredCells
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Desired
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.read import from_otm
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.write import to_otm
from ansible_collections.tmi.tmi.tests.unit.conftest import ROOT
from ansible_collections.tmi.tmi.tests.unit.plugins.plugin_utils._formats.otm_schema import problems

MODELS = sorted((ROOT / "roles/seed/files/models").glob("*.yml"))

texts = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P"), exclude_characters="<>\"'&{}"), max_size=9
).filter(str.strip)
#: Keys that OTM can hold as ids, and such that it cannot: generated ones, numbers, with blanks.
keys = st.one_of(
    st.text("abcXY_-.", min_size=1, max_size=4),
    st.sampled_from(["a->b", "0b1a2c3d-0000-4000-8000-000000000001", "7", "two words", "on", "tmi-outside"]),
)
#: Metadata of people, and keys that stand for fields of OTM, with values that fit there and that do not.
values = st.one_of(
    texts,
    st.sampled_from(["20", "0", "20.0", "1e3", "a, b", "component", "a", "process", "100x50", "- x", "{}"]),
)
own_keys = st.sampled_from(
    [
        *("otm_id", "otm_type", "otm_kind", "otm_parent", "otm_trust_rating", "otm_size", "otm_code", "otm_comment"),
        *("otm_likelihood", "otm_impact", "otm_impact_comment", "otm_risk_reduction", "otm_owner", "tags"),
        *("otm_names", "otm_representations", "otm_confidentiality"),
        *("description", "tmi_at", "tmi_key", "tmi_placeholder"),
    ]
)
metadata = st.dictionaries(st.one_of(st.text("abc_-", min_size=1, max_size=3), own_keys), values, max_size=4)
levels = st.sampled_from(["very_low", "low", "medium", "high", "very_high", "certain"])
mitigations = st.sampled_from(
    [
        *("Rotate keys", "- [x] Rotate keys", "- [ ] Rotate keys\n  every month\n- [x] Sign", "- [ ] Sign (planned)"),
        *("- [x] Rotate keys\n", "- [ ] Sign (in progress)", "- [ ]", "\n", "- [x] Rotate keys\n- [x] Sign"),
    ]
)


#: Origins of OTM that fit the id of an object (of the same key) and that do not, and those of other programs.
origins = st.one_of(
    st.sampled_from(["otm:a", "otm:b", "otm:X", "td:3f2a", "tmt:7", "x"]),
    st.tuples(st.sampled_from(["otm:", "td:", "tc:"]), st.text("abXY_-/", min_size=1, max_size=3)).map("".join),
    texts,
)
#: Names in several scripts; few, so that many objects are namesakes.
titles = st.one_of(texts, st.sampled_from(["EC2", "商店", "Касса", "متجر", "दुकान", "Größe", "🛒"]))


def entries(value: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[Any]:
    return st.dictionaries(keys, value, min_size=1, max_size=most)


threats = st.fixed_dictionaries(
    {"name": titles},
    optional={
        "origin": origins,
        "description": texts,
        "severity": st.sampled_from(["unknown", "none", "informational", "low", "medium", "high", "critical"]),
        "status": st.sampled_from(["open", "exposed", "resolved", "mitigated", "mitigation_in_progress", "weird"]),
        "priority": st.sampled_from(["low", "immediate"]),
        "likelihood": levels,
        "impact": levels,
        "score": st.sampled_from([0.0, 2.5, 4.9, 10.0]),
        "mitigated": st.booleans(),
        "mitigation": mitigations,
        "types": st.lists(texts, min_size=1, max_size=2),
        "cwe": st.lists(st.sampled_from(["CWE-79", "CWE-1", "CWE-007", "other"]), min_size=1, max_size=2),
        "cvss": st.just(["CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:H/I:H/A:N"]),
        "accept": st.just({"by": "ana", "until": "2030-01-31", "reason": "Rare"}),
        "controls": st.just([{"name": "Sign", "implemented": True}, {"name": "Rotate keys"}]),
        "refs": st.just(["web-1", "web-2"]),
        "issue": st.just("https://tracker.example.com/1"),
        "include_in_report": st.booleans(),
        "metadata": metadata,
    },
)
places = st.fixed_dictionaries(
    {"x": st.integers(-50, 500), "y": st.integers(-50, 500)},
)
waypoints = st.lists(st.lists(st.integers(-50, 500), min_size=2, max_size=2), max_size=3)
sizes = st.fixed_dictionaries({"width": st.integers(40, 200), "height": st.integers(30, 200)})


@st.composite
def diagrams(draw: st.DrawFn, assets: list[str]) -> dict[str, Any]:
    names = draw(st.lists(keys, unique=True, min_size=1, max_size=8))
    boundaries: dict[str, Any] = {}
    nodes: dict[str, Any] = {}
    flows: dict[str, Any] = {}
    for name in names:
        cell: dict[str, Any] = draw(
            st.fixed_dictionaries({}, optional={"label": titles, "metadata": metadata, "x": st.integers(0, 9)})
        )
        if draw(st.booleans()):
            cell["id"] = str(uuid.UUID(int=draw(st.integers(0, 2**119)) << 8 | names.index(name), version=4))
        ends = [*boundaries, *nodes]
        kind = draw(st.sampled_from(["boundary", "node", "flow"] if ends else ["boundary", "node"]))
        if kind == "flow":
            cell = {name: part for name, part in cell.items() if name != "x"}
            more = {"bidirectional": st.booleans(), "router": st.just("metro"), "from_port": st.just("top")}
            cell.update({"from": draw(st.sampled_from(ends)), "to": draw(st.sampled_from(ends))})
            flows[name] = {**cell, **draw(st.fixed_dictionaries({}, optional=more))}
            continue
        if boundaries and draw(st.booleans()):
            cell["in"] = draw(st.sampled_from(list(boundaries)))
        if kind == "boundary":
            boundaries[name] = cell
            continue
        cell.update(
            draw(
                st.fixed_dictionaries(
                    {"type": st.sampled_from(["actor", "process", "store", "text-box"])},
                    optional={"icon": st.just("amazon-ec2")},
                )
            )
        )
        if assets and draw(st.booleans()):
            cell["assets"] = draw(st.lists(st.sampled_from(assets), unique=True, min_size=1))
        nodes[name] = cell
    drawn = draw(st.lists(st.sampled_from([*boundaries, *nodes]), unique=True)) if boundaries or nodes else []
    layout: dict[str, Any] = {name: {**draw(places), **(draw(sizes) if draw(st.booleans()) else {})} for name in drawn}
    layout.update({name: draw(waypoints) for name in flows if draw(st.booleans())})
    sections: Mapping[str, Any] = {"boundaries": boundaries, "nodes": nodes, "flows": flows}
    found = {name: section for name, section in sections.items() if section}
    if layout:
        found["layout"] = {
            "positions": layout,
            "direction": draw(st.sampled_from(["right", "down"])),
            "existing": draw(st.sampled_from(["keep", "follow", "relayout"])),
        }
    more = {"description": texts, "metadata": metadata, "origin": origins}
    about = st.fixed_dictionaries({"name": titles}, optional=more)
    return {**draw(about), **found}


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    """A definition of what OTM holds: all but people, ids of a server and raw cells."""
    assets = draw(
        st.one_of(
            st.just({}),
            entries(
                st.fixed_dictionaries(
                    {"name": titles, "type": st.sampled_from(["data", "service"])},
                    optional={
                        "classification": st.just(["pci", "pii"]),
                        "description": texts,
                        "metadata": metadata,
                        "origin": origins,
                    },
                )
            ),
        )
    )
    model = draw(
        st.fixed_dictionaries(
            {"tmi_definition": st.just(1), "key": keys, "name": texts},
            optional={
                "description": texts,
                "framework": st.just("STRIDE"),
                "status": st.just("in_progress"),
                "version": st.just("2.1"),
                "issue": st.just("https://tracker.example.com/1"),
                "metadata": metadata,
                "origin": origins,
                "notes": entries(
                    st.fixed_dictionaries({"content": texts}, optional={"metadata": metadata, "origin": origins})
                ),
                "documents": entries(
                    st.fixed_dictionaries(
                        {"name": titles, "uri": st.just("https://a.example/1")}, optional={"origin": origins}
                    )
                ),
                "repositories": entries(
                    st.fixed_dictionaries(
                        {"uri": st.just("https://git.example.com/a.git")},
                        optional={
                            "name": titles,
                            "ref": st.just({"tag": "v1"}),
                            "type": st.just("git"),
                            "origin": origins,
                        },
                    )
                ),
            },
        )
    )
    drawn = draw(st.dictionaries(keys, diagrams(list(assets)), max_size=2))
    cells = [
        at
        for key, diagram in drawn.items()
        for at in (
            key,
            *("%s/%s" % (key, cell) for s in ("boundaries", "nodes", "flows") for cell in diagram.get(s, ())),
        )
    ]
    found = draw(st.one_of(st.just({}), entries(threats, 4)))
    for number, threat in enumerate(found.values()):
        threat["name"] = "%s %d" % (threat["name"], number)  # namesakes at one place could not be told apart
        if cells and draw(st.booleans()):
            threat["at"] = draw(st.sampled_from(cells))
    for key, source in model.get("repositories", {}).items():
        if ">" in key:  # without a name it would be called by its key, which is no name for TMI
            source.setdefault("name", "Code")
    for number, named in enumerate((*assets.values(), *drawn.values(), *model.get("repositories", {}).values())):
        if "name" in named:
            named["name"] = "%s %d" % (named["name"], number)
    sections = {"assets": assets, "diagrams": drawn, "threats": found}
    return {**model, **{name: section for name, section in sections.items() if section}}


def compiled(definition: Mapping[str, Any]) -> Desired:
    return compile_definition(document(definition, "here"))


def as_sets(value: Any) -> Any:
    """Return a wanted model in which the assets of a cell are a set; and boundaries where components are among them.

    OTM lists trust zones before components, so there the order of boundaries is lost.
    """
    if isinstance(value, DesiredCells) and any("otm_kind" in cell.metadata for cell in value.cells):
        value = replace(value, cells=tuple(sorted(value.cells, key=lambda cell: (cell.kind, cell.id))))
    if isinstance(value, Desired):
        return replace(value, cells=as_sets(value.cells), children=tuple(map(as_sets, value.children)))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: as_sets(getattr(value, f.name)) for f in fields(value)})
    if isinstance(value, dict):
        return {n: frozenset(v) if n == "data_assets" else as_sets(v) for n, v in value.items()}
    return tuple(map(as_sets, value)) if isinstance(value, tuple) else value


COMPONENT_WITHOUT_TYPE = {"Y": {"metadata": {"otm_kind": "component"}}, "XX": {"in": "Y"}}


@settings(max_examples=120)
@given(definitions())
@example({"tmi_definition": 1, "key": "X", "name": "0", "diagrams": {"X": {"boundaries": COMPONENT_WITHOUT_TYPE}}})
def test_what_otm_holds_comes_back_as_it_went(definition: dict[str, Any]) -> None:
    there = to_otm(definition)
    assert there.lost == []
    assert problems(there.model) == []
    back = from_otm(json.dumps(there.model))
    assert back.lost == []
    assert as_sets(compiled(back.model)) == as_sets(compiled(definition))
    assert to_otm(back.model).model == there.model


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_the_standard_models_come_back_as_they_went(path: Any) -> None:
    definition = yaml.safe_load(path.read_text(encoding="utf-8"))
    there = to_otm(definition)
    assert problems(there.model) == []
    back = from_otm(there.model)
    assert there.lost == back.lost == []
    assert compiled(back.model) == compiled(definition)


scalars = st.one_of(st.none(), st.booleans(), st.integers(-5, 200), st.floats(-5, 200), texts, st.just("{{ 6 * 7 }}"))
ids = st.sampled_from(["a", "b", "c", "0b1a2c3d-0000-4000-8000-000000000001", "", 3])
anything = st.recursive(
    scalars, lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(keys, inner, max_size=2))
)
attributes = st.one_of(
    st.none(),
    st.dictionaries(
        st.one_of(
            keys,
            st.sampled_from(
                [
                    "tmi_key",
                    "tmi_cell",
                    "tmi_waypoints",
                    "tmi_placeholder",
                    "tmi_severity",
                    "tmi_at",
                    "cwe",
                    "ansible_x",
                ]
            ),
        ),
        anything,
        max_size=3,
    ),
)
drawing = st.fixed_dictionaries(
    {"representation": ids, "id": ids},
    optional={
        "position": st.fixed_dictionaries({"x": scalars, "y": scalars}),
        "size": st.fixed_dictionaries({"width": scalars, "height": scalars}),
        "file": scalars,
    },
)
instance = st.fixed_dictionaries(
    {"threat": ids, "state": scalars},
    optional={"mitigations": st.lists(st.fixed_dictionaries({"mitigation": ids, "state": scalars}), max_size=2)},
)
common: dict[str, st.SearchStrategy[Any]] = {"description": anything, "attributes": attributes, "tags": anything}
parent = st.one_of(st.fixed_dictionaries({"trustZone": ids}), st.fixed_dictionaries({"component": ids}))


def objects(required: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[Any]:
    return st.lists(
        st.fixed_dictionaries({"id": ids, "name": scalars, **required}, optional={**common, **optional}), max_size=3
    )


foreign = st.fixed_dictionaries(
    {"otmVersion": st.just("0.2.0"), "project": st.fixed_dictionaries({"id": texts, "name": scalars}, optional=common)},
    optional={
        "representations": objects(
            {"type": st.sampled_from(["diagram", "code", "x"])},
            {"size": anything.filter(lambda v: v is None or isinstance(v, dict))},
        ),
        "assets": objects({"risk": st.dictionaries(keys, scalars, max_size=2)}, {}),
        "trustZones": objects(
            {"risk": st.fixed_dictionaries({"trustRating": scalars})},
            {"parent": parent, "representations": st.lists(drawing, max_size=2)},
        ),
        "components": objects(
            {"type": scalars, "parent": parent},
            {
                "representations": st.lists(drawing, max_size=2),
                "threats": st.lists(instance, max_size=2),
                "assets": st.fixed_dictionaries({"processed": st.lists(ids), "stored": st.none()}),
            },
        ),
        "dataflows": objects(
            {"source": ids, "destination": ids}, {"threats": st.lists(instance, max_size=2), "bidirectional": scalars}
        ),
        "threats": objects(
            {"risk": st.dictionaries(st.sampled_from(["likelihood", "impact"]), scalars)},
            {"cwes": st.lists(scalars, max_size=2)},
        ),
        "mitigations": objects({"riskReduction": scalars}, {}),
        "extra": anything,
    },
)


@settings(max_examples=150)
@given(foreign)
def test_whatever_comes_in_compiles_and_goes_out_valid(otm: dict[str, Any]) -> None:
    came = from_otm(otm)
    compiled(came.model)
    assert problems(to_otm(came.model).model) == []
    assert all(entry["path"].startswith("$") and entry["reason"] for entry in came.lost)
