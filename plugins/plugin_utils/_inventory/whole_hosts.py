# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Adds hosts to an inventory, each with all its variables or not at all, and marks texts that are no templates.

A host without its variables would count as a machine: tasks would run there instead of on the controller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import ansible.template
from ansible.inventory.data import InventoryData
from ansible.utils.unsafe_proxy import wrap_var

#: Marks a text as a template; before ansible-core 2.19 any text may be one.
trusted: Any = getattr(ansible.template, "trust_as_template", str)

#: The interpreter of the implicit localhost, so that no interpreter is searched for a module that is sent.
INTERPRETER = trusted("{{ ansible_playbook_python }}")
#: Variables that core itself sets for each host, and groups in every inventory.
_VARIABLES_OF_CORE = ("inventory_file", "inventory_dir")
_GROUPS_OF_CORE = ("all", "ungrouped")

_NOTHING = object()


def marked(value: Any) -> Any:
    """Return a value in which no text is a template; only a text that could be one is marked as unsafe.

    In an inventory as JSON, as AWX reads it, a marked text is a dictionary. Since ansible-core 2.19 each text that is
    not marked as trusted counts as unsafe.
    """
    if isinstance(value, Mapping):
        return {key: marked(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [marked(member) for member in value]
    if not isinstance(value, str):
        return value
    return wrap_var(value) if could_be_template(value) else trusted(str.__str__(value))


def could_be_template(text: str) -> bool:
    """Whether any release of ansible-core could read a text as a template; a single brace is none."""
    return any(sign in text for sign in ("{{", "{%", "{#")) or text.startswith("#jinja2:")


class StagedInventory:
    """A temporary inventory for the steps that can fail, before the real inventory is changed.

    ``made``: an inventory from ``groups.inventory``.
    """

    def __init__(self, made: Mapping[str, Any], real: Any) -> None:
        self.data = InventoryData()
        self._real = real
        self._known: dict[str, Mapping[str, Any]] = {}
        for name, variables in made["_meta"]["hostvars"].items():
            self._add(name, variables)
        for group, members in made.items():
            if group not in ("_meta", "all"):
                self.data.add_group(group)
                for name in members["hosts"]:
                    self.data.add_host(name, group=group)

    def _add(self, name: str, variables: Mapping[str, Any]) -> None:
        # Expressions may use variables of other sources for a host of the same name.
        self._known[name] = dict(self._real.hosts[name].vars) if name in self._real.hosts else {}
        self.data.add_host(name)
        ours = {**marked(variables), "ansible_python_interpreter": INTERPRETER}
        for variable, value in {**self._known[name], **ours}.items():
            self.data.set_variable(name, variable, value)

    def hosts(self, build: Callable[[str, Any], None]) -> None:
        """Call ``build`` for each host, by name, to add the results of expressions."""
        for name in self._known:
            build(name, self.data.get_host(name))

    def take_over(self) -> None:
        """Add everything to the real inventory, each host with its variables before it is in a group."""
        for name, known in self._known.items():
            self._real.add_host(name)
            for variable, value in self.data.hosts[name].vars.items():
                if variable not in _VARIABLES_OF_CORE and value is not known.get(variable, _NOTHING):
                    shown = value if value is INTERPRETER else marked(value)
                    self._real.set_variable(name, variable, shown)
        groups = {name: group for name, group in self.data.groups.items() if name not in _GROUPS_OF_CORE}
        self._add_groups(groups)
        for name, group in groups.items():
            for host in group.hosts:
                self._real.add_host(host.name, group=name)
            for child in group.child_groups:
                self._real.add_child(name, child.name)

    def _add_groups(self, names: Iterable[str]) -> None:
        for name in names:
            self._real.add_group(name)
