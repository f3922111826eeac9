# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declared cells in all forms that users write, and mistakes with their places."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
import yaml

from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired import (
    DesiredCells,
    Position,
    cell_id,
    compile_diagram,
)
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired_cell import DesiredCell
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._mistakes import each
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._diagram.diagrams import compiled

UUID = "6f1b0f6e-3f7c-4d7e-9c39-0a4f3c1b2d5e"
EC2 = {
    "provider": "aws",
    "type": "services",
    "subcategory": "compute",
    "icon": "amazon-ec2",
    "placement": {"vertical": "middle", "horizontal": "center"},
}


def read(text: str) -> DesiredCells:
    """Compile YAML, as Ansible's loader reads it."""
    return compiled(yaml.safe_load(text))


def of(found: DesiredCells, key: str) -> DesiredCell:
    """The cell with a key."""
    return {cell.key: cell for cell in found.cells}[key]


def test_ids_depend_on_nothing_but_the_names() -> None:
    first = compile_diagram({"nodes": {"web": {}}}, "checkout", "main").cells[0].id
    assert first == cell_id("checkout", "main", "web")
    # Written down, because an id that changes between releases would duplicate every cell.
    assert first == "3634581f-1e9e-56e8-846f-8cbd9b8fe950"
    assert len({cell_id(*names) for names in (("a", "b", "c"), ("a", "b", "d"), ("a", "c", "c"), ("ab", "", "c"))}) == 4
    assert cell_id("m", "d", UUID.upper()) == UUID


def test_maps_and_lists_say_the_same() -> None:
    as_map = read("""
        boundaries: {core: Core network}
        nodes: {web: {type: process, label: Web, in: core}, db: {type: datastore, label: DB}}
        flows: {query: {from: web, to: db, label: SQL}}
    """)
    as_list = read("""
        boundaries: [{core: Core network}]
        nodes: [{key: web, type: process, name: Web, in: core}, {id: db, type: store, label: DB}]
        flows: [{name: query, from: web, to: db, label: SQL}]
    """)
    assert as_map == as_list


@pytest.mark.parametrize(
    ("text", "key", "label", "bidirectional"),
    [
        ("flows: [a -> b: Order]", "a->b", "Order", None),
        ("flows: ['a -> b: Order: twice']", "a->b", "Order: twice", None),
        ("flows: ['a -> b']", "a->b", None, None),
        ("flows: [a->b:]", "a->b", None, None),
        ("flows: [a <-> b: Talk]", "a->b", "Talk", True),
        ("flows: {a -> b: Order}", "a->b", "Order", None),
        ("flows: {order: 'a -> b: Order'}", "order", "Order", None),
        ("flows: {'a->b': {label: Order, bidirectional: true}}", "a->b", "Order", True),
        ("flows: [{a -> b: {label: Order}}]", "a->b", "Order", None),
        ("flows: [{from: a, to: b, label: Order, key: order}]", "order", "Order", None),
        ("flows: [{source: a, target: b, label: Order}]", "a->b", "Order", None),
    ],
)
def test_flows_in_every_form(text: str, key: str, label: str | None, bidirectional: bool | None) -> None:
    found = read("nodes: {a: {}, b: {}}\n" + text)
    flow = of(found, key)
    assert (flow.source, flow.target) == (of(found, "a").id, of(found, "b").id)
    assert (flow.kind, flow.label, flow.bidirectional) == ("flow", label, bidirectional)


@pytest.mark.parametrize(
    ("word", "shape"),
    [
        ("external", "actor"),
        ("external_entity", "actor"),
        ("External Entity", "actor"),
        ("datastore", "store"),
        ("text", "text-box"),
        ("text-box", "text-box"),
        ("trust_boundary", "security-boundary"),
        ("security-boundary", "security-boundary"),
    ],
)
def test_types_that_users_know_from_elsewhere(word: str, shape: str) -> None:
    (found,) = compiled({"nodes": {"a": {"type": word}}}).cells
    assert found.shape == shape


def test_what_is_left_out_stays_open() -> None:
    (found,) = compiled({"nodes": [{"key": "a", "type": None, "label": None, "in": None, "x": None}]}).cells
    assert (found.shape, found.label, found.container, found.is_placed) == (None, None, None, False)
    assert compiled({"nodes": {"a": {"in": ""}}}).cells[0].container == ""
    assert compiled({}).sections == frozenset()
    assert compiled({"nodes": None, "flows": []}).sections == {"flows"}


def test_boundaries_come_with_parents_first() -> None:
    found = read("boundaries: {c: {in: b}, b: {in: a}, a: A}\nnodes: {n: {in: c}}")
    assert [cell.key for cell in found.cells] == ["a", "b", "c", "n"]


def test_a_boundary_may_be_written_among_the_nodes() -> None:
    found = read("nodes: {n: {in: z}, z: {type: boundary}}")
    assert [(cell.key, cell.kind) for cell in found.cells] == [("z", "boundary"), ("n", "node")]
    assert found.sections == {"nodes", "boundaries"}


def test_numbers_dates_and_booleans_become_metadata() -> None:
    entries = {"port": 443, "pci": True, "until": datetime.date(2026, 12, 31), "gone": None}
    (found,) = compiled({"nodes": {"a": {"metadata": entries}}}).cells
    assert found.metadata == {"port": "443", "pci": "true", "until": "2026-12-31", "gone": ""}
    (found,) = compiled({"nodes": {"a": {"metadata": [{"key": "port", "value": "443"}]}}}).cells
    assert found.metadata == {"port": "443"}


def test_ids_of_assets_and_icons_go_where_the_editor_keeps_them() -> None:
    (found,) = compiled({"nodes": {"a": {"assets": [UUID], "icon": "amazon-ec2"}}}).cells
    assert found.raw_members == {"data": {"data_assets": [UUID], "_arch": EC2}}


def test_a_key_that_is_a_uuid_is_the_id() -> None:
    found = read("nodes: {%s: {}, web: {id: %s}}" % (UUID, UUID.replace("6f", "7f")))
    assert [cell.id for cell in found.cells] == [UUID, UUID.replace("6f", "7f")]


def test_cells_that_only_the_server_knows_are_referred_to_by_id() -> None:
    found = read("nodes: {a: {in: %s}}\nflows: [a -> %s: x]" % (UUID, UUID))
    assert of(found, "a").container == UUID
    assert found.cells[-1].target == UUID


def test_the_form_of_the_sdk() -> None:
    content = {
        "nodes": [
            {"id": "user", "type": "external_entity", "name": "User"},
            {"id": "web", "type": "process", "name": "Web App"},
            {"type": "datastore", "name": "db"},
        ],
        "edges": [
            {"from": "user", "to": "web", "label": "HTTPS"},
            {"from": "web", "to": "db", "label": "read"},
            {"from": "web", "to": "db", "label": "write"},
        ],
    }
    found = compiled({"content": content})
    assert [(cell.key, cell.shape, cell.label) for cell in found.cells] == [
        ("user", "actor", "User"),
        ("web", "process", "Web App"),
        ("db", "store", "db"),
        ("user->web", "flow", "HTTPS"),
        ("web->db: read", "flow", "read"),
        ("web->db: write", "flow", "write"),
    ]
    assert found.sections == {"nodes", "boundaries", "flows"}


def test_layout() -> None:
    found = compiled(
        {
            "layout": {
                "direction": "down",
                "existing": "relayout",
                "positions": {
                    "a": [1, 2.5],
                    "b": [1, 2, 300, 200],
                    "c": {"x": 1, "y": 2},
                    "straight": [],
                    "bent": [[1, 2], {"x": 3, "y": 4.5}],
                },
            }
        }
    ).layout
    assert (found.direction, found.existing) == ("down", "relayout")
    assert found.positions == {"a": Position(1, 2.5), "b": Position(1, 2, 300, 200), "c": Position(1, 2)}
    assert found.waypoints == {"straight": (), "bent": ((1, 2), (3, 4.5))}


def test_raw_members_are_merged_with_fields() -> None:
    (node,) = compiled(
        {"nodes": {"a": {"icon": "amazon-ec2", "raw": {"zIndex": 3, "data": {"_layoutLocked": True}}}}}
    ).cells
    assert node.raw_members == {"zIndex": 3, "data": {"_layoutLocked": True, "_arch": EC2}}


NODES = "nodes: {web: {}, db: {}}\n"


@pytest.mark.parametrize(
    ("text", "path", "words"),
    [
        ("nodes: {web: {type: server}}", "nodes.web.type", "actor, process"),
        ("nodes: {web: {type: proces}}", "nodes.web.type", "text, boundary, not 'proces' (did you mean process?)"),
        ("nodes: {web: {type: trust-boundry}}", "nodes.web.type", "(did you mean boundary?)"),
        ("nodes: {web: {type: [process]}}", "nodes.web.type", "not list"),
        ("nodes: {web: {label: 1.10}}", "nodes.web.label", "put the text in quotes"),
        ("nodes: {web: {tpye: process}}", "nodes.web.tpye", "did you mean type"),
        ("nodes: {web: {label: yes}}", "nodes.web.label", "quotes"),
        ("nodes: {on: {}}", "nodes", "quotes"),
        ("nodes: [{key: on}]", "nodes[0].key", "quotes"),
        ("nodes: [{type: process}]", "nodes[0]", "needs a key"),
        ("nodes: [web]", "nodes[0]", "a map with key"),
        ("nodes: {web: Web}", "nodes.web", "must be a map"),
        ("nodes: Web", "nodes", "a map by key or a list"),
        ("nodes: [{key: web}, {id: web}]", "nodes.web", "twice"),
        ("nodes: {web: {}}\nboundaries: {web: Web}", "nodes.web", "share one set of keys"),
        ("nodes: {a: {id: %s}, b: {id: %s}}" % (UUID, UUID), "nodes.b", "already"),
        ("nodes: {a: {id: b}}", "nodes.a.id", "UUID"),
        ("nodes: {a: {key: b}}", "nodes.a.key", "another key inside: b"),
        ("nodes: {web: {width: 39}}", "nodes.web.width", "at least 40"),
        ("nodes: {web: {height: 29}}", "nodes.web.height", "at least 30"),
        ("nodes: {web: {x: left}}", "nodes.web.x", "number"),
        ("nodes: {web: {x: 1e308}}", "nodes.web.x", "from -10000000 to 10000000"),
        ("nodes: {web: {x: 1%s}}" % ("0" * 400), "nodes.web.x", "number of pixels"),
        ("nodes: {web: {x: .nan}}", "nodes.web.x", "number"),
        ("nodes: {web: {metadata: {ansible_key: x}}}", "nodes.web.metadata", "belong to the collection"),
        ("nodes: {web: {metadata: {a: [1]}}}", "nodes.web.metadata.a", "single value"),
        ("nodes: {web: {metadata: text}}", "nodes.web.metadata", "must be a map"),
        ("nodes: {web: {assets: one}}", "nodes.web.assets", "list"),
        ("boundaries: {a: {type: process}}", "boundaries.a.type", "under nodes"),
        ("boundaries: {a: {in: a}}", "boundaries.a.in", "inside itself"),
        ("boundaries: {a: {in: b}, b: {in: a}, c: {in: a}}", "boundaries.a.in", "inside itself"),
        ("nodes: {web: {in: cor}}\nboundaries: {core: Core}", "nodes.web.in", "did you mean core"),
        ("nodes: {web: {}, db: {in: web}}", "nodes.db.in", "no boundary"),
        ("nodes: {web: {in: zone}}\nboundaries: {zone: null}", "nodes.web.in", "is removed (null)"),
        (NODES + "flows: {q: {from: wbe, to: db}}", "flows.q.from", "did you mean web"),
        (NODES + "flows: {q: {to: db}}", "flows.q.from", "needs from and to"),
        (NODES + "flows: [{to: db}]", "flows[0]", "needs from and to"),
        (NODES + "flows: {q: {from: on, to: db}}", "flows.q.from", "quotes"),
        (NODES + "flows: {q: web to db}", "flows.q", "a -> b"),
        (NODES + "flows: [web to db]", "flows[0]", "a -> b"),
        (NODES + "flows: [web -> db: a, web -> db: b]", "flows.web->db", "keys of their own"),
        (NODES + "flows: {q: {from: web, to: db}, p: {from: q, to: db}}", "flows.p.from", "is a flow"),
        (NODES + "flows: {q: {from: web, to: db, router: bendy}}", "flows.q.router", "manhattan"),
        (NODES + "flows: {q: {from: web, to: db, from_port: north}}", "flows.q.from_port", "top"),
        (NODES + "flows: {q: {from: web, to: db, bidirectional: maybe}}", "flows.q.bidirectional", "true or false"),
        ("nodes: {web: null, db: {}}\nflows: [web -> db: x]", "flows.web->db.from", "is removed (null)"),
        ("nodes: {}\ncells: []", "cells", "one way"),
        ("cells: []\ncontent: {}", "content", "one way"),
        ("content: {nodes: [], vertices: []}", "content.vertices", "unknown field"),
        ("content: {nodes: [{id: a, type: x}]}", "content.nodes.a.type", "actor"),
        ("content: {edges: [{from: a}]}", "content.edges[0]", "needs from and to"),
        ("layout: {direction: up}", "layout.direction", "down, right"),
        ("layout: {existing: yes}", "layout.existing", "keep"),
        ("layout: {spacing: 3}", "layout.spacing", "unknown field"),
        ("layout: {positions: {a: [1]}}", "layout.positions.a", "[x, y]"),
        ("layout: {positions: {a: {x: 1}}}", "layout.positions.a", "both"),
        ("layout: {positions: {f: [[1, 2], [3]]}}", "layout.positions.f[1]", "[x, y]"),
        ("layout: {positions: {f: [[1, north]]}}", "layout.positions.f[0]", "number of pixels"),
        ("nodes: {a: {raw: red}}", "nodes.a.raw", "map of members"),
        ("nodes: {a: {raw: {width: 9}}}", "nodes.a.raw.width", "field of its own"),
        ("nodes: {a: {raw: {attrs: 1}}}", "nodes.a.raw.attrs", "must be a map, not number"),
        ("nodes: {a: {raw: {attrs: {text: x}}}}", "nodes.a.raw.attrs.text", "must be a map, not text"),
        ("nodes: {a: {raw: {zIndex: -1}}}", "nodes.a.raw.zIndex", "must be from 0"),
        ("nodes: {a: {raw: {data: {n: 9007199254740993}}}}", "nodes.a.raw.data.n", "so many digits"),
        ("nodes: {a: {raw: {vertices: [{x: 1}]}}}", "nodes.a.raw.vertices[0]", "both needed"),
        ("nodes: {a: {raw: {data: 1}}}", "nodes.a.raw.data", "must be a map"),
        ("nodes: {a: {raw: {data: {_metadata: []}}}}", "nodes.a.raw.data._metadata", "write it as metadata"),
    ],
)
def test_mistakes_are_named_with_their_place(text: str, path: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        read(text)
    assert caught.value.path == path
    assert words in caught.value.message


def test_null_removes() -> None:
    assert read("nodes: {web: {}, db: null}\nflows: {q: null}").cells[0].key == "web"
    assert len(read("nodes: {web: {}, db: null}\nflows: {q: null}").cells) == 1


# -- cells in wire form


def wire(*cells: dict[str, Any]) -> DesiredCells:
    """Compile the ``cells`` option."""
    return compiled({"cells": list(cells)})


def test_both_wire_forms_are_read() -> None:
    flat = wire(
        {"id": "a", "shape": "process", "x": 1, "y": 2, "width": 100, "height": 50, "attrs": {"text": {"text": "A"}}},
        {"id": "f", "shape": "flow", "source": {"cell": "a", "port": "left"}, "target": {"cell": "a"}, "labels": []},
    )
    nested = wire(
        {
            "id": "a",
            "shape": "process",
            "position": {"x": 1, "y": 2},
            "size": {"width": 100, "height": 50},
            "label": "A",
        },
        {"id": "f", "shape": "edge", "source": {"cell": "a", "port": "left"}, "target": "a"},
    )
    node = of(flat, "a")
    assert (node.x, node.y, node.width, node.height, node.label) == (1, 2, 100, 50, "A")
    assert (of(flat, "f").source, of(flat, "f").source_port) == (node.id, "left")
    for key in "af":
        first, second = of(flat, key), of(nested, key)
        for name in ("id", "kind", "shape", "label", "x", "y", "width", "height", "source", "target", "source_port"):
            assert getattr(first, name) == getattr(second, name)


def test_ids_that_are_no_uuids_become_keys() -> None:
    found = wire(
        {"id": UUID, "shape": "security-boundary"},
        {"id": "web", "shape": "process", "parent": UUID},
        {"id": "root", "shape": "process", "parent": None},
    )
    assert of(found, UUID).id == UUID
    assert uuid.UUID(of(found, "web").id).version == 5
    assert of(found, "web").container == UUID
    assert of(found, "root").container == ""


def test_an_exported_cell_keeps_its_key() -> None:
    entries = [{"key": "ansible_key", "value": "web"}, {"key": "team", "value": "red"}]
    cell = {"id": UUID, "shape": "process", "data": {"_metadata": entries, "note": "free"}}
    (found,) = wire(cell).cells
    assert (found.key, found.id, found.metadata) == ("web", UUID, {"team": "red"})
    assert found.raw_members == {"data": {"note": "free"}}
    copy = {**cell, "id": UUID.replace("6f", "7f")}
    assert [cell.key for cell in wire(cell, copy).cells] == ["web", UUID.replace("6f", "7f")]


def test_members_without_a_canonical_place_are_kept() -> None:
    (found,) = wire({"id": "a", "shape": "store", "zIndex": 4, "attrs": {"text": {"text": "A", "fill": "red"}}}).cells
    assert found.raw_members == {"zIndex": 4, "attrs": {"text": {"fill": "red"}}}
    flow: dict[str, Any] = {"id": "f", "shape": "flow", "source": "a", "target": "a", "router": "oneSide"}
    flow["attrs"] = {"line": {"sourceMarker": {"name": "block"}}}
    both = of(wire({"id": "a", "shape": "store"}, flow), "f")
    assert (both.router, both.bidirectional) == ("one_side", True)


@pytest.mark.parametrize(
    ("cells", "path", "words"),
    [
        ([{"shape": "process"}], "cells[0].id", "a key must be"),
        ([{"id": "a", "shape": "rect"}], "cells[0].shape", "actor"),
        ([{"id": "a", "shape": "store"}, {"id": "a", "shape": "store"}], "cells[1].id", "twice"),
        ([{"id": "a", "shape": "store", "parent": "b"}], "cells[0].parent", "no cell"),
        ([{"id": "a", "shape": "store"}, {"id": "b", "shape": "store", "parent": "a"}], "cells[1].parent", "boundary"),
        ([{"id": "f", "shape": "flow", "source": "a", "target": "a"}], "cells[0].source", "no cell"),
        ([{"id": "f", "shape": "flow"}], "cells[0].source", "a key must be"),
        ([{"id": "a", "shape": "store", "size": {"width": 8, "height": 40}}], "cells[0].width", "at least 40"),
        ([{"id": "a", "shape": ["process"]}], "cells[0].shape", "not list"),
        ([{"id": "a", "shape": "proces"}], "cells[0].shape", "did you mean process?"),
        ([{"id": "a", "shape": "store", "position": "x"}], "cells[0].position", "must be a map, not text"),
        ([{"id": "a", "shape": "store", "x": 10**400}], "cells[0].x", "so many digits"),
        ([{"id": "a", "shape": "store", "data": {"_metadata": 5}}], "cells[0].data._metadata", "must be a list"),
        ([{"id": "a", "shape": "store", "data": {"_metadata": [5]}}], "cells[0].data._metadata[0]", "must be a map"),
        ([{"id": "a", "shape": "store", "data": {"data_assets": [{}]}}], "cells[0].data.data_assets[0]", "a text"),
        ([{"id": "a", "shape": "store", "labels": {"0": 1}}], "cells[0].labels", "must be a list"),
        ([{"id": "a", "shape": "store", "visible": "no"}], "cells[0].visible", "true or false"),
        ([{"id": "a", "shape": "store", "router": {"args": 1}}], "cells[0].router.name", "must be a text"),
        (["a"], "cells[0]", "map"),
        ({"a": {}}, "cells", "list"),
    ],
)
def test_mistakes_in_wire_cells(cells: Any, path: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        compiled({"cells": cells})
    first = each(caught.value)[0]
    assert first.path == path
    assert words in first.message


def test_a_boolean_value_is_not_called_a_key() -> None:
    with pytest.raises(InputError) as caught:
        compiled({"nodes": [{"name": True, "type": "process"}]})
    assert "YAML reads this as the boolean true" in str(caught.value)
    with pytest.raises(InputError) as caught:
        compiled({"nodes": {True: {"type": "process"}}})
    assert "YAML reads this key as the boolean true" in str(caught.value)
