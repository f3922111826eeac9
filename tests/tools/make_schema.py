# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the JSON Schema of definitions: docs/schema/tmi_definition-1.json.

Fields, words and limits come from where the collection has them, descriptions of fields from the modules' options.
What the schema cannot say (references, keys that stand twice, limits of a server) the module itself checks.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "docs" / "schema" / "tmi_definition-1.json"

if __name__ == "__main__":
    sys.path[:0] = [str(ROOT / ".cache" / "collections")]
sys.path[:0] = [str(Path(__file__).parent)]

from schema_fields import FILLED, NULL, SCALAR, Schema, field_schema, spelt_once, words  # noqa: E402  # path set above

from ansible_collections.tmi.tmi.plugins.module_utils._definition import load, short_forms  # noqa: E402
from ansible_collections.tmi.tmi.plugins.module_utils._definition.parsing import as_written  # noqa: E402
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared import desired, desired_cell, named_cells  # noqa: E402
from ansible_collections.tmi.tmi.plugins.module_utils._resources import _catalog  # noqa: E402
from ansible_collections.tmi.tmi.plugins.module_utils._resources._resource import OWN_PREFIX, Resource  # noqa: E402
from ansible_collections.tmi.tmi.plugins.module_utils._resources.diagram import DIAGRAM  # noqa: E402
from ansible_collections.tmi.tmi.plugins.module_utils._resources.source import SOURCE  # noqa: E402
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat import THREAT  # noqa: E402
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat_model import THREAT_MODEL  # noqa: E402

#: The format's own keys; all others are described where the modules' options are.
OWN_KEYS = {
    as_written.MARK: "Marks a definition, and is the version of the format.",
    "key": "Stable key of the model. Ids of cells depend on it. It is the default name.",
    "base": "The model that this definition extends: a shipped model, by its name, or a file, by its path.",
    "defaults": "Default fields of all objects of a kind, such as {threat: {status: open}}.",
    "id": "Id of an existing object.",
    "origin": "The object of another program that this one was made from, such as td:3f2a. It finds renamed objects.",
    "was": "Former name of a renamed object.",
    "metadata": "Keys and values. An empty value removes the key.",
    "use": "A threat of the library, by its id (web-12, web_application#web-12), or of a file (file.yml#id).",
    "at": "Place of the threat: diagram, or diagram/cell.",
    "risk": "Likelihood, impact and score.",
    "accept": "Acceptance of the risk: person, end date and reason. The default status is then accepted.",
    "controls": "Checklist below the mitigation. If all are implemented, the threat is mitigated.",
    "ref": "Branch, tag or commit of the repository.",
    "path": "Folder in the repository.",
    "nodes": "Actors, processes, stores and texts, by key.",
    "boundaries": "Trust boundaries, by key. A text instead of a map is the label.",
    "flows": "Data flows, by key, or as lines: a -> b: label.",
    "cells": "Cells in TMI's own form, instead of nodes, boundaries and flows.",
    "content": "Cells in the form of TMI's Python client: nodes and edges.",
    "layout": "Placement of new cells.",
    "in": "Key of the boundary around the cell.",
    "assets": "Keys of assets that the cell stores or transports.",
    "icon": "Icon of the web editor: a name, or a map with icon, provider, type, subcategory and placement.",
    "raw": "Members of TMI's own form that have no field in the format.",
    "bidirectional": "Whether data flows both ways.",
}
#: What the module takes for an empty map.
EMPTY: list[Any] = [[], "", False, 0]
#: A flow as one line.
ARROW: Schema = {"type": "string", "pattern": r"[^:\s][^:]*?\s*<?->\s*[^:\s]"}
#: A name or an id that refers to something.
KNOWN: Schema = {"anyOf": [{"type": "string", "pattern": r"\S"}, {"type": "integer"}, NULL]}
_MARKUP = re.compile(r"\b[OVMCPE]\(([^()]*(?:\([^()]*\))?[^()]*)\)")


def definition_schema() -> Schema:
    """Return the whole schema."""
    sections = {
        section: {**_section(resource), "description": "The %ss of the model." % resource.title}
        for section, resource in _catalog.SECTION_NAMES.items()
    }
    kinds = {r.name: {"anyOf": [{"$ref": "#/$defs/%s" % r.name}]} for r in _catalog.CHILDREN}
    own = {
        as_written.MARK: {"const": as_written.VERSION},
        "key": KNOWN,
        "base": {"type": "string", "pattern": r"\S"},
        "defaults": {"anyOf": [{"type": "object", "properties": kinds, "additionalProperties": False}, NULL]},
        **sections,
    }
    model = _object(THREAT_MODEL, own)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "TMI threat model as code, format version %d" % as_written.VERSION,
        **model,
        "patternProperties": {"^%s" % load.FREE: {"description": "Free for the author: a place for YAML anchors."}},
        "required": [as_written.MARK],
        "anyOf": [{"required": ["name"]}, {"required": ["key"]}],
        "$defs": {**{r.name: _entry(r) for r in _catalog.CHILDREN}, **_cells()},
    }


def _section(resource: Resource) -> Schema:
    entry = {"$ref": "#/$defs/%s" % resource.name}
    named = {"anyOf": [{"required": [n]} for n in ("key", "name", "uri", "url", "title")]}
    listed = {"type": "array", "items": {"allOf": [entry, named]}}
    return {"anyOf": [{"type": "object", "additionalProperties": {"anyOf": [entry, NULL]}}, listed, NULL]}


def _entry(resource: Resource) -> Schema:
    own: dict[str, Schema] = {"key": SCALAR}
    limits: list[Schema] = []
    if resource is THREAT:
        own.update(_threat())
        limits = [{"not": {"required": ["at", name]}} for name in ("diagram", "cell")]
    if resource is SOURCE:
        ref: Schema = {"type": "object", "additionalProperties": False}
        ref["properties"] = dict.fromkeys(short_forms.REF, FILLED)
        own.update(ref={"anyOf": [{**ref, "minProperties": 1, "maxProperties": 1}, NULL]})
        own.update(path={"anyOf": [SCALAR, NULL]})
        limits = [{"not": {"required": ["parameters", name]}} for name in ("ref", "path")]
    if resource is DIAGRAM:
        own.update(_diagram())
    return _object(resource, own, limits)


def _threat() -> dict[str, Schema]:
    fields = {f.name: field_schema(f) for f in THREAT.fields}
    name: Schema = {"anyOf": [{"type": "string", "pattern": r"^[^\n]*\S[^\n]*$"}, {"type": "integer"}]}
    control: Schema = {"type": "object", "properties": {"name": name, "implemented": {"type": "boolean"}}}
    control["additionalProperties"] = False
    by_key = {"type": "object", "additionalProperties": {"anyOf": [control, NULL]}}
    return {
        "use": {"type": "string", "pattern": r"\S"},
        "at": {"anyOf": [{"type": "string", "pattern": r"^\s*[^\s/]"}, {"type": "integer"}, NULL]},
        "risk": _short({name: fields[own] for name, own in short_forms.RISK.items()}),
        "accept": _short({name: fields[own] for name, own in short_forms.ACCEPT.items()}),
        "controls": {"anyOf": [{"type": "array", "items": {**control, "required": ["name"]}}, by_key, NULL]},
    }


def _short(members: dict[str, Schema]) -> Schema:
    return {"anyOf": [{"type": "object", "properties": members, "additionalProperties": False}, NULL]}


def _diagram() -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    for section, kind in (("nodes", "node"), ("boundaries", "boundary"), ("flows", "flow")):
        cell: Schema = {"$ref": "#/$defs/%s" % kind}
        named = {"anyOf": [{"required": [name]} for name in ("key", "id", "name", "label")]}
        if kind == "flow":
            listed = [cell, ARROW, {"$ref": "#/$defs/line"}]
            entries = {"additionalProperties": {"anyOf": [cell, ARROW, NULL]}}
            entries["patternProperties"] = {ARROW["pattern"]: {"anyOf": [cell, {"type": "string"}, NULL]}}
        else:
            label: list[Schema] = [{"type": "string"}] if kind == "boundary" else []
            short: list[Schema] = [{"type": "string", "pattern": r"\S"}, {"$ref": "#/$defs/line"}] if label else []
            listed = [{"allOf": [cell, named]}, *short]
            entries = {"additionalProperties": {"anyOf": [cell, *label, NULL]}}
        lists: Schema = {"type": "array", "items": {"anyOf": listed}}
        found[section] = {"anyOf": [{"type": "object", **entries}, lists, NULL]}
    number: Schema = {"type": "number"}
    pixels: Schema = {"type": ["number", "null"]}
    size = {
        "width": {**pixels, "minimum": desired_cell.MIN_WIDTH},
        "height": {**pixels, "minimum": desired_cell.MIN_HEIGHT},
    }
    place: Schema = {"type": "object", "properties": {"x": number, "y": number}, "required": ["x", "y"]}
    pair: Schema = {"type": "array", "items": number, "minItems": 2, "maxItems": 2}
    box: Schema = {"type": "array", "prefixItems": [number, number, *size.values()], "minItems": 4, "maxItems": 4}
    course: Schema = {"type": "array", "items": {"anyOf": [pair, {**place, "additionalProperties": False}]}}
    sized = {**place, "properties": {**place["properties"], **size}, "additionalProperties": False}
    position = {"anyOf": [pair, box, course, sized]}
    layout = {
        "direction": words(desired.DIRECTIONS, NULL),
        "existing": words(desired.EXISTING, NULL),
        "positions": {"anyOf": [{"type": "object", "additionalProperties": position}, {"enum": EMPTY}, NULL]},
    }
    found["layout"] = {"anyOf": [{"type": "object", "properties": layout, "additionalProperties": False}, NULL]}
    found["cells"] = {"type": ["array", "null"], "items": {"type": "object", "required": ["id", "shape"]}}
    found["content"] = {"type": ["object", "null"]}
    return found


def _cells() -> dict[str, Schema]:
    """Return the schemas of what stands in a diagram."""
    text: Schema = {"type": ["string", "number", "null"]}
    number: Schema = {"type": ["number", "null"]}
    coordinate: Schema = {"anyOf": [number, {"const": ""}]}
    key: Schema = {"anyOf": [FILLED, NULL]}
    metadata = _metadata({"pattern": "^%s" % OWN_PREFIX})
    pairs = {"type": "array", "items": {"type": "object", "required": ["key"]}}
    size = {"width": desired_cell.MIN_WIDTH, "height": desired_cell.MIN_HEIGHT}
    kinds: dict[str, Schema] = {
        **dict.fromkeys(("label", "name"), text),
        **dict.fromkeys(("key", "id", "from", "to", "source", "target"), key),
        **dict.fromkeys(("in", "parent"), text),
        **dict.fromkeys(("x", "y"), coordinate),
        **{name: {"anyOf": [{**number, "minimum": least}, {"const": ""}]} for name, least in size.items()},
        **dict.fromkeys(("from_port", "to_port", "source_port", "target_port"), words(desired_cell.PORTS, NULL)),
        **dict.fromkeys(("type", "shape"), words(desired_cell.TYPES, NULL)),
        "router": words(desired_cell.ROUTERS, NULL),
        "metadata": {"anyOf": [*metadata["anyOf"], pairs]},
        "assets": {"type": ["array", "null"], "items": FILLED},
        "raw": {"type": ["object", "null"]},
        "icon": {"type": ["string", "number", "object", "null"]},
        "bidirectional": {"anyOf": [{"type": ["boolean", "null"]}, words(("true", "false", "yes", "no", "on", "off"))]},
    }
    fields = {
        "node": named_cells.BOX_FIELDS,
        "boundary": named_cells.BOX_FIELDS,
        "flow": named_cells.FLOW_FIELDS,
    }
    found: dict[str, Schema] = {}
    for kind, names in fields.items():
        properties = {name: _described(kinds[name], OWN_KEYS.get(name, "")) for name in names}
        found[kind] = {"type": "object", "properties": properties, "additionalProperties": False}
    line: Schema = {"type": "object", "minProperties": 1, "maxProperties": 1}
    line["additionalProperties"] = {"type": ["string", "object", "null"]}
    line["propertyNames"] = {"not": {"enum": ["key", "id", "name", "label", *named_cells.FLOW_FIELDS]}}
    found["line"] = line
    return found


def _metadata(*refused: Schema) -> Schema:
    value = {"type": ["string", "number", "boolean", "null"]}
    names = {"propertyNames": {"not": {"anyOf": list(refused)}}}
    return {"anyOf": [{"type": "object", "additionalProperties": value, **names}, NULL]}


def _object(resource: Resource, own: dict[str, Schema], limits: list[Schema] | None = None) -> Schema:
    """Return the schema of one object: its fields under all of their names, and what the format adds."""
    texts = _documentation(resource)
    common: dict[str, Schema] = {
        **dict.fromkeys(("id", "origin", "was"), KNOWN),
        "metadata": _metadata({"pattern": "^%s" % OWN_PREFIX}, {"enum": sorted(resource.reserved_keys)}),
    }
    properties: dict[str, Schema] = {}
    for name, schema in {**common, **own}.items():
        properties[name] = _described(schema, OWN_KEYS.get(name, ""))
    for found in resource.fields:
        for name in (found.name, *found.aliases):
            if name not in properties:
                properties[name] = _described(field_schema(found), texts.get(found.name, ""))
    forbidden = [*spelt_once(resource.fields), *(limits or [])]
    return {
        "type": "object",
        "properties": dict(sorted(properties.items())),
        "additionalProperties": False,
        **({"allOf": forbidden} if forbidden else {}),
    }


def _described(schema: Schema, text: str) -> Schema:
    return {"description": text, **schema} if text else schema


def _documentation(resource: Resource) -> dict[str, str]:
    """Return the first sentences of the options' documentation, without its mark-up."""
    module = importlib.import_module("ansible_collections.tmi.tmi.plugins.modules.tmi_%s" % resource.name)
    options: dict[str, Any] = yaml.safe_load(module.DOCUMENTATION)["options"]
    return {name: _MARKUP.sub(r"\1", option["description"][0]) for name, option in options.items()}


def rendered() -> str:
    """Return the text of the file."""
    return json.dumps(definition_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMA.parent.mkdir(parents=True, exist_ok=True)
    SCHEMA.write_text(rendered(), encoding="utf-8")
