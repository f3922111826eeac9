# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: tmi_map_people
short_description: Replace people and groups in definitions for another server
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Replaces users and groups in definitions, as M(tmi.tmi.tmi_definition_info) returns them. This covers the owner, the
    reviewer, the rows of C(access), and people who have accepted a threat.
options:
  _input:
    description:
      - Definitions.
    type: list
    elements: dict
    required: true
  users:
    description:
      - A map from e-mail addresses to the addresses of the same people on the other server. Other people keep their
        address.
      - An empty address removes the person from C(access). The owner must have an address.
    type: dict
    default: {}
  groups:
    description:
      - The same for names of groups.
    type: dict
    default: {}
seealso:
  - plugin: tmi.tmi.tmi_differences
    plugin_type: filter
  - module: tmi.tmi.tmi_definition_info
"""

EXAMPLES = r"""
- name: Replace the address of a person and remove a group
  ansible.builtin.set_fact:
    moved: "{{ models | tmi.tmi.tmi_map_people({'ana@old.example.com': 'ana@example.com'}, {'everyone': ''}) }}"
  vars:
    models:
      - tmi_definition: 1
        name: Shop
        owner: ana@old.example.com
"""

RETURN = r"""
_value:
  description:
    - The definitions with the new names.
  type: list
  elements: dict
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.tmi.tmi.plugins.plugin_utils._filters import definitions as read_definitions
from ansible_collections.tmi.tmi.plugins.plugin_utils._filters import guarded, names


def tmi_map_people(definitions: Any, users: Any = None, groups: Any = None) -> Any:
    """Return definitions with other people and groups. Raises AnsibleFilterError."""
    from ansible_collections.tmi.tmi.plugins.plugin_utils._migration import map_people

    return guarded(
        "tmi_map_people",
        lambda given, users, groups: map_people(
            read_definitions(given, "definitions"), names(users, "users"), names(groups, "groups")
        ),
        given=definitions,
        users=users,
        groups=groups,
    )


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"tmi_map_people": tmi_map_people}
