# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""An inventory of objects: one host for each, groups by the values of fields. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible.inventory.group import to_safe_group_name

from ansible_collections.tmi.tmi.plugins.module_utils._info.conditions import text_of
from ansible_collections.tmi.tmi.plugins.module_utils._info.fields import Kind, parse_path, reach

#: Fields by which objects are grouped by default.
GROUP_BY: Mapping[str, tuple[str, ...]] = {
    "threat_models": ("framework", "status", "owner"),
    "threats": ("severity", "status", "priority", "threat_type"),
    "sources": ("type",),
}
#: Prefix of every variable of a host: ``tmi_id``, ``tmi_name``; no field has the name of a connection option.
PREFIX = "tmi_"
#: Groups with all threat models, and with the models from files.
MODELS, DEFINITIONS = "threat_models", "tmi_definitions"
#: Names that no host may have: groups, and Ansible's names of the controller.
RESERVED = (MODELS, DEFINITIONS, "all", "ungrouped", "localhost", "127.0.0.1")


@dataclass(frozen=True)
class Host:
    """One object. ``shown`` has all known fields, ``chosen`` those for its variables."""

    kind: Kind
    shown: Mapping[str, Any]
    chosen: Mapping[str, Any]

    @property
    def label(self) -> str:
        """Name of the object, else its address, else its id."""
        return next(str(self.shown[n]) for n in ("name", "uri", "id") if self.shown.get(n))


def grouping(kind: Kind, group_by: Iterable[str] | None) -> tuple[tuple[str, ...], ...]:
    """Return the paths by which objects of a kind are grouped. Raises InputError for an unknown field."""
    wanted = GROUP_BY.get(kind.plural, ()) if group_by is None else group_by
    return tuple(parse_path(kind, name, "group_by")[0] for name in wanted)


def host_names(hosts: Sequence[Host]) -> list[str]:
    """Return a different name for each host: the name of the object, with the id if several have the same name.

    The names do not depend on the order of the hosts.
    """
    return _distinct(hosts, [host.label for host in hosts])


def safe_host_names(hosts: Sequence[Host]) -> list[str]:
    """Return names like ``host_names`` that mean only this host in a pattern, such as the one of ``--limit``.

    Runs of anything but letters, digits, ``_``, ``.`` and ``-`` become a hyphen. No host has a name in ``RESERVED``,
    which would mean another host or a group.
    """
    return _distinct(hosts, [_safe(host.label) or str(host.shown["id"]) for host in hosts], RESERVED)


def _safe(label: str) -> str:
    return re.sub(r"[^\w.-]+", "-", label).strip("-.")


def _distinct(hosts: Sequence[Host], labels: Sequence[str], reserved: Iterable[str] = ()) -> list[str]:
    count = Counter(labels) + Counter(reserved)
    names = []
    for host, label in zip(hosts, labels, strict=True):
        name = label if count[label] == 1 else "%s_%s" % (label, host.shown["id"])
        names.append(name if name == label or name not in count else str(host.shown["id"]))
    return names


def inventory(
    hosts: Sequence[Host],
    group_by: Iterable[str] | None = None,
    names: Callable[[Sequence[Host]], Sequence[str]] = host_names,
) -> dict[str, Any]:
    """Return the objects in the form of ``ansible-inventory --list``.

    ``_meta.hostvars``: host -> variables, named ``tmi_<field>``. Groups: one for each kind (``threat_models``), one for
    each value of the fields in ``group_by`` (``framework_STRIDE``; for ``metadata.team`` ``team_payments``), all of
    them children of ``all``. Hosts and groups are sorted by name. ``names`` returns the names of the hosts.
    """
    wanted = None if group_by is None else list(group_by)
    hostvars: dict[str, dict[str, Any]] = {}
    members: dict[str, set[str]] = {}
    for name, host in zip(names(hosts), hosts, strict=True):
        hostvars[name] = _variables(host)
        for group in [host.kind.plural, *_groups(host, grouping(host.kind, wanted))]:
            members.setdefault(group, set()).add(name)
    found: dict[str, Any] = {"_meta": {"hostvars": dict(sorted(hostvars.items()))}}
    found["all"] = {"children": ["ungrouped", *sorted(members)]}
    found.update({group: {"hosts": sorted(members[group])} for group in sorted(members)})
    return found


def _variables(host: Host) -> dict[str, Any]:
    """Return the variables of a host. Tasks for it run on the controller, because an object of TMI is not a machine."""
    variables = {PREFIX + name: value for name, value in host.chosen.items()}
    return {**variables, PREFIX + "resource": host.kind.name, "ansible_connection": "local"}


def _groups(host: Host, paths: Iterable[tuple[str, ...]]) -> Iterable[str]:
    for path in paths:
        prefix = path[-1] if path[0] == "metadata" else "_".join(path)
        for value in reach(host.shown, path):
            if not isinstance(value, Mapping):
                yield safe_group_name("%s_%s" % (prefix, text_of(value)))


def safe_group_name(name: str) -> str:
    """Return a valid name of a group in Ansible: letters, digits and underscores."""
    return str(to_safe_group_name(name, force=True, silent=True))
