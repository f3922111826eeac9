# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The JSON Schema of definitions: up to date, true of what is shipped, and of one mind with the module."""

from __future__ import annotations

import copy
import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document, find_files, load_file
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError

jsonschema = pytest.importorskip("jsonschema")

ROOT = Path(__file__).resolve().parents[5]
SCHEMA = ROOT / "docs" / "schema" / "tmi_definition-1.json"
EXAMPLES = ROOT / "tests" / "integration" / "targets" / "tmi_definition_format" / "files" / "examples"
FILES = find_files([str(ROOT / "roles" / "seed" / "files" / "models"), str(EXAMPLES)])
VALIDATOR = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))

#: A definition with something of everything; none of it depends on another file.
WHOLE: dict[str, Any] = {
    "tmi_definition": 1,
    "key": "shop",
    "name": "Shop",
    "framework": "STRIDE",
    "confidential": False,
    "access": [{"user": "a@x.example", "role": "writer"}],
    "metadata": {"tier": 1, "pci": True},
    "defaults": {"threat": {"priority": "low"}},
    "assets": {"cards": {"type": "data", "classification": ["pci"]}},
    "documents": [{"name": "ADR", "uri": "https://x.example/1"}],
    "repositories": {"api": {"uri": "https://x.example/2", "ref": {"branch": "main"}, "path": "src"}},
    "notes": {"n": {"content": "- a"}},
    "diagrams": {
        "main": {
            "layout": {"direction": "down", "positions": {"web": [10, 20]}},
            "boundaries": {"dmz": "DMZ", "core": {"in": "dmz"}},
            "nodes": {
                "web": {"type": "process", "in": "dmz", "width": 100},
                "db": {"type": "store", "assets": ["cards"]},
            },
            "flows": {"f": {"from": "web", "to": "db", "bidirectional": True}},
        }
    },
    "threats": {
        "t": {
            "at": "main/web",
            "types": ["Spoofing"],
            "severity": "high",
            "score": 7,
            "cwe": ["CWE-79"],
            "risk": {"likelihood": "low"},
            "accept": {"by": "a@x.example", "until": "2026-12-31"},
            "controls": [{"name": "One", "implemented": True}],
        }
    },
}
#: Values that a mutation puts in some place: of every kind, right for some places and wrong for others.
VALUES = st.sampled_from(
    [None, True, False, "", "high", "High", "stride", "STRYDE", "main", "x", 1, 7, 11, -1, 2.5, [], ["x"], [True], [[]]]
    + [{}, {"x": 1}, {"name": "x"}, {"role": "owner"}, [{"name": "x"}], [{}], "a -> b", {"branch": "x"}, "2026-12-31"]
)
#: Mistakes that only the module detects: references to other places, texts that are numbers, and numbers in place of
#: texts, which a file may have.
BEYOND = (
    *("unknown node", "unknown boundary", "is no boundary", "is a flow", "is removed", "must not be in both"),
    *("a boundary cannot lie inside itself", "shares one set of keys", "a flow needs from and to", "another cell"),
    *("which is also given", "ids must", "an id must be a UUID", "appears twice", "cannot be used together"),
    *("another key inside", "YAML reads this as a number", "so many digits", "pixels from"),
    *("of the definition has no cell", "the definition has no", "of the definition has a cell"),
    *("share one set of keys", "is not resolved", "ref_value is missing", "x and y are both needed", "must be [x, y]"),
)


def tool() -> Any:
    """Return the module that writes the schema."""
    path = ROOT / "tests" / "tools" / "make_schema.py"
    spec = importlib.util.spec_from_file_location("make_schema", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = list(sys.path)
    spec.loader.exec_module(module)
    sys.path[:] = before
    return module


def plain(data: Any) -> Any:
    """Return data as JSON has it: keys are texts."""
    return json.loads(json.dumps(data))


def refusal(data: Any) -> str:
    """Return why the module refuses a definition, "" if it takes it."""
    try:
        compile_definition(document(data, "x"))
    except InputError as error:
        return str(error)
    return ""


def test_the_file_is_what_the_tool_writes() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == tool().rendered(), "run tests/tools/make_schema.py"


def test_it_is_a_schema_and_describes_what_it_names() -> None:
    jsonschema.Draft202012Validator.check_schema(VALIDATOR.schema)
    bare = [name for name, entry in VALIDATOR.schema["properties"].items() if not entry.get("description")]
    bare += [
        name for name, entry in VALIDATOR.schema["$defs"]["threat"]["properties"].items() if "description" not in entry
    ]
    assert [name for name in bare if name != "key"] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: Path(path).stem)
def test_what_is_shipped_is_valid(path: str) -> None:
    assert list(VALIDATOR.iter_errors(plain(load_file(path).data))) == []


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of all that a definition holds."""
    inner = list(data.items()) if isinstance(data, dict) else list(enumerate(data)) if isinstance(data, list) else []
    return [p for key, value in inner for p in ((*path, key), *places(value, (*path, key)))]


def mutated(path: tuple[Any, ...], value: Any, name: str) -> dict[str, Any]:
    """Return the definition with another value in a place, or with another name for that place."""
    data = copy.deepcopy(WHOLE)
    at: Any = data
    for key in path[:-1]:
        at = at[key]
    if name and isinstance(at, dict):
        at[name] = at.pop(path[-1])
    else:
        at[path[-1]] = value
    return data


NAMES = st.sampled_from(
    ["", "", "", "x", "severty", "name", "title", "types", "category", "in", "metadata", "was", "url"]
)


@given(st.sampled_from(places(WHOLE)), VALUES, NAMES)
@example(("threats", "t", "severity"), "huge", "")
@example(("threats", "t", "severity"), None, "severty")
@example(("diagrams", "main", "nodes", "web", "width"), 10, "")
@example(("metadata", "tier"), None, "ansible_x")
@example(("threats", "t", "types"), None, "threat_type")
def test_schema_and_module_agree(path: tuple[Any, ...], value: Any, name: str) -> None:
    data = mutated(path, value, name)
    said = refusal(copy.deepcopy(data))
    errors = [jsonschema.exceptions.best_match([e]) for e in VALIDATOR.iter_errors(plain(data))]
    if said and not any(word in said for word in BEYOND):
        assert errors, "the schema takes what the module refuses: %s" % said
    if not said:
        assert [(e.json_path, e.message) for e in errors] == [], "the schema refuses what the module takes"


@pytest.mark.parametrize("data", [{}, [], {"tmi_definition": 2, "name": "x"}, {"tmi_definition": 1}, {"name": "x"}])
def test_what_is_no_definition(data: Any) -> None:
    assert refusal(data)
    assert list(VALIDATOR.iter_errors(data))


def test_the_pages_for_users_name_every_key() -> None:
    page = (ROOT / "docs/docsite/rst/guide_threat_models_as_code.rst").read_text(encoding="utf-8")
    kinds = [VALIDATOR.schema, *VALIDATOR.schema["$defs"].values()]
    names = {name for kind in kinds for name in kind.get("properties", ())}
    assert sorted(name for name in names if "``%s``" % name not in page) == []
