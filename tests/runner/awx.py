# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWX makes of the data in docs/awx: variables, a credential's environment and files, the answers of a survey.

Each rule is that of AWX itself: ``CredentialType.inject_credential``, ``SurveyJobTemplateMixin``,
``safe_yaml.safe_dump`` and ``Inventory.get_script_data`` of its package ``awx.main``.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from jinja2 import StrictUndefined, meta
from jinja2.nativetypes import NativeEnvironment
from jinja2.sandbox import ImmutableSandboxedEnvironment

DATA = Path(__file__).resolve().parents[2] / "docs" / "awx"


class Unsafe(str):
    """A text that is no template to Ansible."""

    __slots__ = ()


class _Loader(yaml.SafeLoader):
    pass


_Loader.add_constructor("!unsafe", lambda loader, node: Unsafe(loader.construct_scalar(node)))


def read(path: Path) -> Any:
    """Return what a file of YAML holds, ``!unsafe`` texts as ``Unsafe``."""
    return yaml.load(path.read_text("utf-8"), _Loader)  # a SafeLoader


class Data:
    """The data of docs/awx, as configure.yml gives them to the modules of a controller.

    ``settings`` wins over settings.yml; ``env``: the environment.
    """

    def __init__(self, env: Mapping[str, str] | None = None, **settings: Any) -> None:
        self._env = dict(env or {})
        (self.play,) = read(DATA / "configure.yml")
        self._raw: dict[str, Any] = dict(self.play["vars"])
        for name in self.play["vars_files"]:
            self._raw.update(read(DATA / name))
        self._raw.update(settings)
        self._known: dict[str, Any] = {}
        self._templates: dict[str, tuple[set[str], Any]] = {}
        self._jinja = NativeEnvironment(undefined=StrictUndefined)
        self._jinja.globals.update(lookup=self._lookup)
        self._jinja.filters.update(
            combine=lambda one, other: {**one, **other},
            dict2items=lambda pairs: [{"key": key, "value": value} for key, value in pairs.items()],
            items2dict=lambda items: {item["key"]: item["value"] for item in items},
            to_nice_yaml=yaml.safe_dump,
        )

    def _lookup(self, plugin: str, name: str) -> str:
        assert plugin == "ansible.builtin.env", plugin
        return self._env.get(name, "")

    def __getitem__(self, name: str) -> Any:
        """Return the arguments of all calls of the module that a list of entries is for, or another variable."""
        for task in self.play["tasks"]:
            if name in meta.find_undeclared_variables(self._jinja.parse(task["loop"])) and name.startswith(
                "controller_"
            ):
                return list(self.arguments(task))
        return self._resolved(self._raw[name])

    def arguments(self, task: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Return the arguments of each call of a module by a task of configure.yml."""
        for item in self._resolved(task["loop"]):
            self._raw["item"] = item
            yield self._resolved(task["args"])

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: self._resolved(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._resolved(one) for one in value]
        if not isinstance(value, str) or isinstance(value, Unsafe) or "{{" not in value:
            return value
        if value not in self._templates:
            names = meta.find_undeclared_variables(self._jinja.parse(value)) - set(self._jinja.globals)
            self._templates[value] = names, self._jinja.from_string(value)
        names, template = self._templates[value]
        return template.render({name: self._variable(name) for name in names})

    def _variable(self, name: str) -> Any:
        if name == "item" or name in self.play["vars"]:  # another value for each item
            return self._resolved(self._raw[name])
        if name not in self._known:
            self._known[name] = self._resolved(self._raw[name])
        return self._known[name]

    def named(self, variable: str, name: str) -> Any:
        """Return the entry of a list that has this name."""
        return next(entry for entry in self[variable] if entry["name"] == name)


# --- credentials --------------------------------------------------------------------------------


def inject(credential_type: Mapping[str, Any], inputs: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """Return the environment that a credential makes; its files are written to ``folder``.

    A field without a value is undefined in the templates and renders as nothing; a boolean is false then.
    """
    values = {name: value for name, value in inputs.items() if isinstance(value, bool) or value}
    for field in credential_type["inputs"]["fields"]:
        if field["type"] == "boolean":
            values.setdefault(field["id"], False)
    jinja = ImmutableSandboxedEnvironment()
    files = {}
    for label, template in credential_type["injectors"].get("file", {}).items():
        with tempfile.NamedTemporaryFile("w", dir=folder, delete=False, encoding="utf-8") as file:
            file.write(jinja.from_string(template).render(values))
        files[label.partition(".")[2]] = file.name
    values["tower"] = {"filename": files}
    return {name: jinja.from_string(text).render(values) for name, text in credential_type["injectors"]["env"].items()}


# --- surveys ------------------------------------------------------------------------------------


def mistakes(question: Mapping[str, Any], value: Any) -> list[str]:
    """Return why AWX refuses an answer, or a default."""
    kind, name = question["type"], question["variable"]
    low, high = question.get("min"), question.get("max")
    if kind in ("text", "textarea", "password"):
        if not isinstance(value, str):
            return [f"{name}: {value!r} is no text"]
        value = len(value)
    elif kind in ("integer", "float"):
        if type(value) not in ((int,) if kind == "integer" else (int, float)):
            return [f"{name}: {value!r} is no number of type {kind}"]
    else:
        if kind == "multiselect" and not isinstance(value, list):
            return [f"{name}: {value!r} is no list"]
        chosen = value if kind == "multiselect" else [value]
        return [f"{name}: {one!r} is none of {question['choices']}" for one in chosen if one not in question["choices"]]
    outside = (low is not None and value < low) or (high is not None and value > high)
    return [f"{name}: {value} is not from {low} to {high}"] if outside else []


def answers(template: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the extra variables of a job: those of the template, defaults that AWX accepts as answers, the answers.

    Raises ValueError if AWX would refuse to launch the job by API, schedule or webhook.
    """
    questions = {question["variable"]: question for question in template["survey_spec"]["spec"]}
    wrong = [f"{name}: is not asked for" for name in given if name not in questions]
    for name, question in questions.items():
        if name in given:
            wrong += mistakes(question, given[name])
        elif question["required"]:  # AWX takes a default after this check
            wrong.append(f"{name}: value missing")
    if wrong:
        raise ValueError("; ".join(wrong))
    variables = dict(template.get("extra_vars", {}))
    for name, question in questions.items():
        if "default" in question and not mistakes(question, question["default"]):
            variables[name] = question["default"]
    return {**variables, **given}


def unanswered(template: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers of a survey in which every field was emptied that may be empty."""
    emptied: dict[str, Any] = {}
    for question in template["survey_spec"]["spec"]:
        if question["type"] in ("text", "textarea", "password"):
            emptied[question["variable"]] = ""
        elif question["type"] == "multiselect" and not question["required"]:
            emptied[question["variable"]] = []
    return emptied


class _UnsafeDumper(yaml.SafeDumper):
    def represent_data(self, data: Any) -> Any:
        return self.represent_scalar("!unsafe", data) if isinstance(data, str) else super().represent_data(data)


def dump_extra_vars(variables: Mapping[str, Any], trusted: Mapping[str, Any]) -> str:
    """Return env/extravars: what does not stand in the job template is marked as no template."""
    parts = []
    for name, value in variables.items():
        safe = name in trusted and trusted[name] == value
        parts.append(yaml.dump_all([{name: value}], None, Dumper=yaml.SafeDumper if safe else _UnsafeDumper))
    return "".join(parts)


# --- workflows ----------------------------------------------------------------------------------


def following(node: Mapping[str, Any]) -> list[str]:
    """Return the nodes that are run after the success of a node of a workflow."""
    return [one["identifier"] for one in node.get("related", {}).get("success_nodes", [])]


# --- inventories --------------------------------------------------------------------------------


def script(listed: Mapping[str, Any], number: int = 1, count: int = 1) -> str:
    """Return an inventory as AWX hands it to a job, a script that prints it: of all hosts, or of every nth one."""
    hosts = sorted(listed["_meta"]["hostvars"])[number - 1 :: count]
    groups = {name: _of(group, hosts) for name, group in listed.items() if name != "_meta"}
    variables = {host: listed["_meta"]["hostvars"][host] for host in hosts}
    whole = {**groups, "_meta": {"hostvars": variables}}
    whole["all"] = {**groups.get("all", {}), "hosts": hosts}
    return "#! /usr/bin/env python3\n# -*- coding: utf-8 -*-\nprint(%r)\n" % json.dumps(whole)


def _of(group: Mapping[str, Any], hosts: Iterable[str]) -> dict[str, Any]:
    return {**group, "hosts": [host for host in group.get("hosts", []) if host in hosts]}
