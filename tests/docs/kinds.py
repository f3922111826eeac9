# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of an example, by what it is."""

from __future__ import annotations

import importlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.tmi.tmi.plugins.module_utils._files import env_file
from ansible_collections.tmi.tmi.tests.docs import console
from ansible_collections.tmi.tmi.tests.docs.blocks import Block
from ansible_collections.tmi.tmi.tests.docs.workplace import ROOT, Workplace

PREFIX = "tmi.tmi."
GROUP = "group/tmi.tmi.tmi"


@cache
def schema() -> Any:
    return json.loads((ROOT / "docs/schema/tmi_definition-1.json").read_text("utf-8"))


def plain(data: Any) -> Any:
    """Return data as JSON has them: YAML's dates are texts there."""
    return json.loads(json.dumps(data, default=str))


def check_schema(data: Any, place: str) -> None:
    """Hold a definition, or sections of one, against the schema that editors use."""
    whole = {"tmi_definition": 1, "name": "Example", **data}
    found = jsonschema.Draft202012Validator(schema()).iter_errors(plain(whole))
    errors = [f"{error.json_path}: {error.message}" for error in found]
    assert errors == [], (place, errors)


def check_defaults(defaults: dict[str, Any], place: str) -> None:
    """Hold what `module_defaults` sets against the options of the modules; templates stand for any text."""
    for name, given in defaults.items():
        module = "tmi_info" if name == GROUP else name.removeprefix(PREFIX)
        spec = importlib.import_module(f"ansible_collections.tmi.tmi.plugins.modules.{module}").MODULE.argument_spec
        unknown = set(given) - set(spec)
        assert not unknown, f"{place}: {name} has no options {unknown}"
        options = {option: {**spec[option], "required": False} for option in given}
        assert not ArgumentSpecValidator(options).validate(given).error_messages, place


def is_task(entry: Any) -> bool:
    return isinstance(entry, dict) and any("." in str(key) or key == "block" for key in entry)


def run_yaml(block: Block, workplace: Workplace, later: str) -> str:
    """Run an example in YAML, or hold it against what it must fit.

    :param later: the consoles that follow on the page: what they run by name is left to them
    :returns: what was done, one of the words of the count
    :raises AssertionError: if it does not run or fit
    """
    text = workplace.translated(block.text)
    data = yaml.safe_load(text)
    assert data, f"{block.place}: empty"
    name = block.file or f"example-{block.line}.yml"
    path = workplace.keep(name, text)
    named = block.file and (name in later or f"{Path(name).parent}/" in later)
    if isinstance(data, list) and all("hosts" in entry for entry in data):
        if not named:
            workplace.play(data, f"run-{path.stem}.yml")
        return "left to a console" if named else "run"
    if isinstance(data, list):
        assert all(map(is_task, data)), f"{block.place}: neither plays nor tasks"
        play = {"name": block.place, "hosts": "localhost", "gather_facts": False, "tasks": data}
        workplace.tasks([play], f"run-{Path(name).name}")
        return "run"
    if "tmi_definition" in data:
        check_schema(data, block.place)
        return "left to a console" if named else apply(block, workplace, path)
    if "plugin" in data:
        workplace.inventories.append(name)
        listed = json.loads(workplace.run("ansible-inventory", "-i", name, "--list"))
        assert "_meta" in listed, block.place
        return "inventory"
    if set(data) == {"module_defaults"}:
        check_defaults(data["module_defaults"], block.place)
        return "checked"
    if set(data) & set(schema()["properties"]):
        check_schema(data, block.place)
        return "checked"
    return "parsed"


def apply(block: Block, workplace: Workplace, path: Path) -> str:
    """Apply a definition: what check mode says is what happens, and the second time nothing does."""
    check, run, again = (workplace.apply(check_mode, src=[str(path)]) for check_mode in (True, False, False))
    for result in (check, run, again):
        assert not result.get("failed"), (block.place, result.get("msg"))
    assert (check["changed"], run["changed"], again["changed"]) == (True, True, False), block.place
    texts = [found["diff"][0]["prepared"].splitlines() for found in (check, run)]
    assert texts[0][:-1] == texts[1][:-1], block.place  # the last line says which of them has written
    assert check["stats"]["writes"] == again["stats"]["writes"] == 0, block.place
    return "applied"


def run_block(block: Block, workplace: Workplace, later: str = "") -> str:
    """Do with an example what is to be done with its kind; return the word for the count."""
    if block.how:
        if block.language.startswith("yaml"):
            list(yaml.safe_load_all(block.text))
        return f"{block.how}: {block.why}"
    if block.language.startswith("yaml"):
        return run_yaml(block, workplace, later)
    if block.language == "console":
        console.run(block, workplace)
        return "console"
    path = workplace.keep(f"example-{block.line}.env", workplace.translated(block.text))
    read = env_file.read(str(path))
    assert read, block.place
    assert all(re.fullmatch("TMI_[A-Z_]+", name) for name in read), (block.place, read)
    return "read"
