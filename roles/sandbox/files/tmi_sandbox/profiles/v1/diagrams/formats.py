# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The model of a diagram as YAML and as GraphML (V1-DIAGRAM-MODEL)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

from ....web.rest import dumps

Json = Any
JSON, YAML, GRAPHML = "application/json", "application/yaml", "application/graphml+xml"
NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
OF_GRAPHS = {"tm_id": "id", "tm_name": "name", "tm_desc": "description", "tm_meta": "metadata"}
KEYS = (
    *(("tm_id", "graph", "threat_model_id"), ("tm_name", "graph", "threat_model_name")),
    *(("tm_desc", "graph", "threat_model_description"), ("tm_meta", "graph", "threat_model_metadata")),
    *((name, "node", name) for name in ("shape", "parent", "children", "labels", "dataAssetId", "metadata")),
    ("securityBoundary", "node", "securityBoundary"),
    *((f"{name}_edge", "edge", name) for name in ("labels", "dataAssetId", "metadata")),
)
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
PLAIN_KEY = re.compile("[A-Za-z_][A-Za-z0-9_-]*")
WORDS = re.compile("(?i)y|n|yes|no|on|off|true|false|null")  # YAML does not read these as texts


def as_yaml(model: dict[str, Json]) -> str:
    """Return the model as YAML."""
    return "".join(f"{line}\n" for line in _lines(model))


def _lines(value: Json) -> list[str]:
    """Return the lines of a value, with the keys of objects in order. Texts are quoted as in JSON."""
    lines: list[str] = []
    if isinstance(value, dict) and value:
        for name in sorted(value):
            lines += _under(f"{_key(name)}:", value[name])
    elif isinstance(value, list) and value:
        for one in value:
            lines += _under("-", one)
    else:
        lines.append(json.dumps(value, ensure_ascii=True))
    return lines


def _key(name: str) -> str:
    return name if PLAIN_KEY.fullmatch(name) and not WORDS.fullmatch(name) else json.dumps(name)


def _under(head: str, value: Json) -> list[str]:
    lines = _lines(value)
    if isinstance(value, dict | list) and value:
        return [head, *(f"  {line}" for line in lines)]
    return [f"{head} {lines[0]}"]


def as_graphml(model: dict[str, Json]) -> str:
    """Return the model as GraphML. Flows are nodes in it, as on real servers."""
    root = ElementTree.Element(
        "graphml",
        {"xmlns": NAMESPACE, "xmlns:xsi": XSI, "xsi:schemaLocation": f"{NAMESPACE} {NAMESPACE}/1.0/graphml.xsd"},
    )
    for name, what, attribute in KEYS:
        kind = "boolean" if name == "securityBoundary" else "string"
        ElementTree.SubElement(root, "key", {"id": name, "for": what, "attr.name": attribute, "attr.type": kind})
    graph = ElementTree.SubElement(root, "graph", {"id": "G", "edgedefault": "directed"})
    for name, member in OF_GRAPHS.items():
        _data(graph, name, model[member])
    for cell in model["cells"]:
        node = ElementTree.SubElement(graph, "node", {"id": cell["id"]})
        _data(node, "shape", cell["shape"])
        for name in ("parent", "children", "labels", "data_asset_ids", "metadata"):
            if cell.get(name):
                _data(node, name, cell[name])
        _data(node, "securityBoundary", "true" if cell["shape"] == "security-boundary" else "false")
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode", short_empty_elements=False)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'


def _data(holder: ElementTree.Element, name: str, value: Json) -> None:
    ElementTree.SubElement(holder, "data", {"key": name}).text = NO_XML.sub("\ufffd", _text(value))


def _text(value: Json) -> str:
    """Return a value as the text of an element. JSON is written so that it is safe in a page."""
    if isinstance(value, str):
        return value
    ordered = dict(sorted(value.items())) if isinstance(value, dict) else value
    return dumps(ordered).replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


FORMATS: dict[str, Callable[[dict[str, Json]], Json]] = {JSON: lambda model: model, YAML: as_yaml, GRAPHML: as_graphml}
