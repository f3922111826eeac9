# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is documented is what there is: options, results, examples, the action group."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

ROOT = Path(__file__).resolve().parents[3]
PREFIX = "tmi.tmi."
NAMES = sorted(path.stem for path in (ROOT / "plugins/modules").glob("tmi_*.py"))

#: The modules that change things, with the object that each returns.
WRITERS = {
    "tmi_asset": "asset",
    "tmi_diagram": "diagram",
    "tmi_document": "document",
    "tmi_metadata": "metadata",
    "tmi_note": "note",
    "tmi_source": "source",
    "tmi_threat": "threat",
    "tmi_threat_model": "threat_model",
}
#: Names that Jinja takes for methods of a dict, not for members (ansible-core 2.21 refuses them).
DICT_METHODS = {name for name in dir(dict) if not name.startswith("_")}
#: Members of a task that are no module.
KEYWORDS = {
    *("name", "register", "loop", "loop_control", "when", "vars", "no_log", "environment", "block", "rescue", "always"),
    *("changed_when", "failed_when", "until", "retries", "delay", "delegate_to", "run_once", "check_mode", "tags"),
    *("module_defaults", "notify", "diff", "become", "throttle"),
}


@cache
def texts(path: Path) -> dict[str, str]:
    """Return the texts that a file assigns to names in capitals."""
    return {
        node.targets[0].id: node.value.value
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id.isupper()
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


@cache
def text_of(name: str, what: str) -> Any:
    """Return DOCUMENTATION, EXAMPLES or RETURN of a module, parsed."""
    return yaml.safe_load(texts(ROOT / f"plugins/modules/{name}.py")[what])


@cache
def fragment(file: str, variant: str) -> dict[str, Any]:
    """Return a text of a documentation fragment, parsed."""
    found = importlib.import_module(f"ansible_collections.tmi.tmi.plugins.doc_fragments.{file}").ModuleDocFragment
    parsed: dict[str, Any] = yaml.safe_load(getattr(found, variant))
    return parsed


@cache
def documented(name: str) -> dict[str, Any]:
    """Return the options of a module's documentation, those of its fragments included."""
    documentation = text_of(name, "DOCUMENTATION")
    merged: dict[str, Any] = {}
    for name_of_fragment in documentation.get("extends_documentation_fragment", []):
        assert name_of_fragment.startswith(PREFIX), name_of_fragment
        file, _dot, variant = name_of_fragment.removeprefix(PREFIX).partition(".")
        merged.update(fragment(file, variant.upper() or "DOCUMENTATION").get("options") or {})
    return {**merged, **(documentation.get("options") or {})}


@cache
def module(name: str) -> Any:
    return importlib.import_module(f"ansible_collections.tmi.tmi.plugins.modules.{name}").MODULE


def shape(options: Any, inner: str) -> dict[str, Any]:
    """Return what documentation and argument spec both say of options."""
    return {
        name: {
            "type": option.get("type", "str"),
            "elements": option.get("elements"),
            "required": bool(option.get("required")),
            "default": option.get("default"),
            "choices": list(option.get("choices") or []),
            "aliases": sorted(option.get("aliases") or []),
            "members": shape(option.get(inner) or {}, inner),
        }
        for name, option in options.items()
    }


def described(options: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, option in options.items():
        yield name, option.get("description")
        yield from described(option.get("suboptions") or {})


def tasks_of(entries: Any) -> Iterator[dict[str, Any]]:
    """Yield the tasks of a list of tasks or plays."""
    for entry in entries or []:
        inner = [entry[part] for part in ("tasks", "block", "rescue", "always", "handlers") if part in entry]
        for part in inner:
            yield from tasks_of(part)
        if not inner:
            yield entry


def calls(name: str) -> Iterator[tuple[str, Any]]:
    """Yield (module, arguments) of the tasks in a module's examples."""
    for task in tasks_of(text_of(name, "EXAMPLES")):
        assert task.get("name"), f"a task without a name: {task}"
        used = [key for key in task if key not in KEYWORDS]
        assert len(used) == 1, f"not one module but {used}"
        yield used[0], task[used[0]]


def test_there_are_modules() -> None:
    assert set(WRITERS) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_options_are_those_of_the_argument_spec(name: str) -> None:
    assert shape(documented(name), "suboptions") == shape(module(name).argument_spec, "options")


@pytest.mark.parametrize("name", NAMES)
def test_every_option_is_described_in_sentences(name: str) -> None:
    for option, description in described(documented(name)):
        sentences = [description] if isinstance(description, str) else description
        assert sentences, option
        assert all(sentence.rstrip().endswith((".", ":")) for sentence in sentences), (option, sentences)


@pytest.mark.parametrize("name", NAMES)
def test_module_says_what_it_is(name: str) -> None:
    documentation = text_of(name, "DOCUMENTATION")
    assert documentation["module"] == name
    assert documentation["version_added"]
    assert documentation["seealso"]
    assert not documentation["short_description"].endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_action_group_is_documented(name: str) -> None:
    fragments = text_of(name, "DOCUMENTATION")["extends_documentation_fragment"]
    found = [part for part in fragments if part.startswith(PREFIX + "_attributes")]
    assert len(found) == 1
    variant = found[0].removeprefix(PREFIX + "_attributes").lstrip(".").upper() or "DOCUMENTATION"
    attributes = fragment("_attributes", variant)["attributes"]
    assert set(attributes) - {"action_group"} == {"check_mode", "diff_mode", "idempotent"}
    assert ("action_group" in attributes) is module(name).connects is (PREFIX + "_connection" in fragments)
    if module(name).connects:
        assert attributes["action_group"]["membership"] == ["tmi.tmi.tmi"]


@pytest.mark.parametrize("name", NAMES)
def test_examples_name_modules_in_full(name: str) -> None:
    used = [called for called, _arguments in calls(name)]
    assert PREFIX + name in used
    for called in used:
        assert called.startswith((PREFIX, "ansible.builtin.")), called
        if called.startswith(PREFIX):
            assert called.removeprefix(PREFIX) in NAMES, called


@pytest.mark.parametrize("name", NAMES)
def test_examples_are_accepted(name: str) -> None:
    """Each is what its module takes; templates stand for any text, and what a play's defaults set may be missing."""
    for called, arguments in calls(name):
        if called.startswith(PREFIX):
            used = module(called.removeprefix(PREFIX))
            given = {**({"url": "https://tmi.example.com"} if used.connects else {}), **arguments}
            if isinstance(given.get("files"), str):  # a template
                given["files"] = {}
            checked = ArgumentSpecValidator(dict(used.argument_spec), **used.rules).validate(given)
            assert not checked.error_messages, (called, arguments, checked.error_messages)


@pytest.mark.parametrize("name", NAMES)
def test_results_are_described(name: str) -> None:
    results = text_of(name, "RETURN")
    assert "error" in results
    assert ("stats" in results) is module(name).connects
    for key, result in results.items():
        assert key.isidentifier(), key
        assert key not in DICT_METHODS, key
        assert all(result[part] for part in ("returned", "type", "description")), key
        assert "contains" in result or "sample" in result, key


@pytest.mark.parametrize("name", WRITERS)
def test_writing_modules_return_the_same_things(name: str) -> None:
    results, model = text_of(name, "RETURN"), text_of("tmi_threat_model", "RETURN")
    assert WRITERS[name] in results
    assert set(results) - {WRITERS[name], "sessions", "kept", "restored"} == set(model) - {"threat_model"}
    assert ("restored" in results) is (WRITERS[name] in ("threat", "document", "source", "asset"))
    for key in set(model) - {"threat_model", "diff"}:
        assert results[key] == model[key], key


@pytest.mark.parametrize("name", sorted(set(WRITERS) - {"tmi_metadata"}))
def test_members_of_the_object_are_its_fields(name: str) -> None:
    """A result has what an option sets under the same name, and the ids of references as well."""
    members = set(text_of(name, "RETURN")[WRITERS[name]]["contains"])
    other = {"state", "threat_model", "clear", "on_unsupported"}
    if name == "tmi_diagram":
        other |= {"layout", "prune", "via", "cells", "content"}
    if name == "tmi_threat":
        other |= {"move"}
    stored = {"diagram": "diagram_id", "cell": "cell_id", "asset": "asset_id"}
    connection = set(fragment("_connection", "DOCUMENTATION")["options"])
    options = {option for option in documented(name) if not option.startswith("purge_")} - other - connection
    expected = options | {stored[option] for option in options if option in stored}
    assert members - {"created_at", "created_by", "modified_at"} == expected
