# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which integration targets a live server can serve, and whether each task in them keeps to models of its run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from ansible.parsing.yaml.loader import AnsibleLoader

TARGETS = Path(__file__).resolve().parents[2] / "integration" / "targets"

#: Targets that only the embedded server can serve, and why.
EMBEDDED_ONLY = {
    "bad_server": "it makes the server fail",
    "doc_examples": "the people and addresses of the documentation exist on the embedded server only",
    "filter_formats": "the names of its models are those of files",
    "inventory_tmi_inventory": "it counts requests, and reads all models that are there",
    "migrate_role": "it starts a server of its own",
    "quickstart": "it starts a server of its own",
    "tmi_definition_format": "the people and addresses of the examples exist on the embedded server only",
    "tmi_definition_info": "it applies what it has exported, and so the names of its models are not to be read in it",
    "tmi_token": "it logs people in and out by name",
}
#: Targets in which two people meet.
TWO_PEOPLE = ("seed_role_people", "tmi_diagram_people", "tmi_threat_model_people")

#: What says which model a task means: a name with the prefix, an id that a task before returned, or nobody's id.
PREFIXED = re.compile(
    r"\{\{ tmi_prefix \}\}|'name': tmi_prefix ~ |"
    r"^\{\{ [a-z_]+(\.results\[\d\])?\.[a-z_]+\.id \}\}$|^1{8}-1{4}-41{3}-81{3}-1{12}$"
)


class Failure(Exception):
    """Something that ends the run with one sentence."""


def say(text: str) -> None:
    print(text, flush=True)


def load(path: Path) -> Any:
    """Return what a file of tasks holds, read as Ansible does: with its tags, `!unsafe` for one."""
    with path.open(encoding="utf-8") as text:
        return yaml.load(text, Loader=AnsibleLoader) or []


def tasks_of(thing: Any, above: dict[str, Any] | None = None) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield every mapping that is a task, at any depth of blocks, each with the variables that are set for it."""
    for entry in thing if isinstance(thing, list) else [thing]:
        if isinstance(entry, dict):
            variables = {**(above or {}), **(entry.get("vars") or {})}
            yield entry, variables
            for section in ("block", "rescue", "always"):
                yield from tasks_of(entry.get(section) or [], variables)


def unprefixed(targets: list[str]) -> Iterator[str]:
    """Yield the tasks that could mean a model whose name has not the prefix."""
    folders = [*(TARGETS / name for name in targets), *TARGETS.glob("setup_*")]
    for path in sorted(path for folder in folders for path in folder.glob("tasks/*.yml")):
        for task, variables in tasks_of(load(path)):
            if not all(PREFIXED.search(str(name)) for name in names_in(task, variables)):
                yield f"{path.relative_to(TARGETS)}: {task.get('name')}"


def defined(given: Any, variables: dict[str, Any]) -> Iterator[Any]:
    """Yield the names of models that the option `definition` has, also by a variable of the task or a block above."""
    for entry in given if isinstance(given, list) else [given]:
        by_name = re.fullmatch(r"\{\{ (\w+) \}\}", entry) if isinstance(entry, str) else None
        if by_name and by_name[1] in variables:
            yield from defined(variables[by_name[1]], {})
        else:
            yield entry.get("name", entry) if isinstance(entry, dict) else entry


def names_in(task: dict[str, Any], variables: dict[str, Any]) -> Iterator[Any]:
    """Yield whatever says which model a task means."""
    for module, given in task.items():
        if module in ("tmi.tmi.tmi_token", "group/tmi.tmi.tmi") or not module.startswith("tmi.tmi."):
            continue
        if not isinstance(given, dict):
            yield given
        elif module == "tmi.tmi.tmi_definition":
            yield from [given["name_prefix"]] if "name_prefix" in given else defined(given.get("definition"), variables)
        elif module == "tmi.tmi.tmi_threat_model":
            yield given.get("id", given.get("name", "{{ tmi_prefix }}"))
            if "id" in given and "name" in given:
                yield given["name"]
        elif module == "tmi.tmi.tmi_webhook":
            yield given.get("name")
        elif module == "tmi.tmi.tmi_api":
            if given.get("method", "GET") != "GET" or "patch" in given:
                path = str(given["path"])
                yield given["body"]["name"] if path == "/threat_models" else path.replace("/threat_models/", "", 1)
        elif module not in ("tmi.tmi.tmi_info", "tmi.tmi.tmi_definition_info"):  # which read
            yield given.get("threat_model")
    role = task.get("ansible.builtin.include_role") or task.get("ansible.builtin.import_role")
    if role and role.get("name") == "tmi.tmi.seed":
        yield variables.get("tmi_seed_name_prefix")
    if role and role.get("name") == "tmi.tmi.migrate":
        yield variables.get("tmi_migrate_name_prefix")


def chosen(wanted: list[str], *, two: bool) -> list[str]:
    """Return the targets to run; say which are left out and why."""
    known = sorted(path.parent.name for path in TARGETS.glob("*/aliases"))
    wrong = sorted({*wanted, *EMBEDDED_ONLY, *TWO_PEOPLE} - set(known))
    if wrong:
        raise Failure(f"There is no target {', '.join(wrong)}; there are {', '.join(known)}")
    left = []
    for name in wanted or known:
        if name in EMBEDDED_ONLY:
            say(f"SKIPPED: {name}: {EMBEDDED_ONLY[name]}")
        elif name in TWO_PEOPLE and not two:
            say(f"SKIPPED: {name}: two people meet in it; TMI_TOKEN_2 gives the other one's token")
        else:
            left.append(name)
    if not left:
        raise Failure("No target is left to run")
    return left
