# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Hosts of an inventory, each with all its variables or not there at all, and texts that are no templates.

A host without its variables would be taken for a machine: tasks would go there instead of running on the controller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import ansible.template
from ansible.inventory.data import InventoryData
from ansible.utils.unsafe_proxy import wrap_var

#: Says that a text is meant as a template; before ansible-core 2.19 any text may be one.
trusted: Any = getattr(ansible.template, "trust_as_template", str)

#: As for the implicit localhost: a module that has to be sent finds an interpreter without a search for one.
INTERPRETER = trusted("{{ ansible_playbook_python }}")
#: Variables that core gives to each host by itself, and groups that are in each inventory.
_VARIABLES_OF_CORE = ("inventory_file", "inventory_dir")
_GROUPS_OF_CORE = ("all", "ungrouped")

_NOTHING = object()


def marked(value: Any) -> Any:
    """Return a value in which no text is a template, and only a text that could be one bears a mark of that.

    Whoever reads an inventory as JSON, such as AWX, gets a dictionary in place of a marked text. Since ansible-core
    2.19 each text counts as marked that is not said to be trusted.
    """
    if isinstance(value, Mapping):
        return {key: marked(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [marked(member) for member in value]
    if not isinstance(value, str):
        return value
    return wrap_var(value) if could_be_template(value) else trusted(str.__str__(value))


def could_be_template(text: str) -> bool:
    """Whether any release of ansible-core might take a text for a template; a lone brace is none."""
    return any(sign in text for sign in ("{{", "{%", "{#")) or text.startswith("#jinja2:")


class StagedInventory:
    """An inventory to try out on what can fail, before the real one is touched.

    ``made``: an inventory as ``_inventory.inventory`` makes it.
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
        # Expressions may use what other sources have said of a host of the same name.
        self._known[name] = dict(self._real.hosts[name].vars) if name in self._real.hosts else {}
        self.data.add_host(name)
        ours = {**marked(variables), "ansible_python_interpreter": INTERPRETER}
        for variable, value in {**self._known[name], **ours}.items():
            self.data.set_variable(name, variable, value)

    def hosts(self, build: Callable[[str, Any], None]) -> None:
        """Let ``build`` give each host, by name, what expressions make of it."""
        for name in self._known:
            build(name, self.data.get_host(name))

    def take_over(self) -> None:
        """Add all of it to the real inventory, each host with its variables before it is in any group."""
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
