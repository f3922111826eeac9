# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: tmi_from_threat_composer
short_description: Turn a workspace of Threat Composer into a threat model as code
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Takes an exported workspace of AWS Threat Composer, and returns a definition for M(tmi.tmi.tmi_definition).
  - >-
    Threat statements become threats with the mitigations that are linked to them. Assumptions, mitigations and the
    texts about architecture and data flow become notes.
  - >-
    Named values without a field in a definition are kept as metadata, such as C(tc_threat_source). Values that cannot
    be kept are listed in RV(_value.lost). The mapping is in R(the guide to moving
    models,ansible_collections.tmi.tmi.docsite.guide_migration.formats).
options:
  _input:
    description:
      - The text of an exported workspace, JSON, or the parsed data.
    type: raw
    required: true
  strict:
    description:
      - Whether to fail if anything is lost. The message names the first lost value.
    type: bool
    default: false
  name:
    description:
      - Name of the threat model if the file has none, for instance the name of the file.
    type: str
    default: ""
notes:
  - >-
    Threats have the ids of the file as origins, so a later import of the edited file follows statements that change.
    The file has no id for the model and for notes. These are found by their names.
  - Threat Composer has pictures instead of diagrams. They are listed in RV(_value.lost).
  - The text of the file is never treated as a template.
seealso:
  - plugin: tmi.tmi.tmi_from_otm
    plugin_type: filter
  - plugin: tmi.tmi.tmi_from_threat_dragon
    plugin_type: filter
  - module: tmi.tmi.tmi_definition
  - name: Threat Composer
    description: The program and its format.
    link: https://github.com/awslabs/threat-composer
"""

EXAMPLES = r"""
- name: Convert a workspace of Threat Composer
  ansible.builtin.set_fact:
    shop: "{{ lookup('ansible.builtin.file', 'shop.tc.json') | tmi.tmi.tmi_from_threat_composer }}"

- name: Save the definition, for tmi_definition
  ansible.builtin.copy:
    content: "{{ shop.definition | tmi.tmi.tmi_to_yaml }}"
    dest: imported-tmi_from_threat_composer.yml
    mode: "0600"

- name: Show what it lacks
  ansible.builtin.debug:
    var: shop.lost
"""

RETURN = r"""
_value:
  description:
    - The definition and the values that it lacks.
  type: dict
  contains:
    definition:
      description:
        - A threat model as code. It always compiles. Texts that the server would refuse are reported by the plan.
      type: dict
    lost:
      description:
        - Values that could not be kept or had to be changed, in the order of the source.
      type: list
      elements: dict
      contains:
        path:
          description: Place of the value, as a JSON path.
          type: str
        value:
          description: The value.
          type: raw
        reason:
          description: The reason, or the value that was written instead.
          type: str
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.tmi.tmi.plugins.plugin_utils._filters import filtered, one_line


def tmi_from_threat_composer(data: Any, strict: bool = False, name: str = "") -> dict[str, Any]:
    """Return ``{definition, lost}`` of a workspace. Raises AnsibleFilterError."""
    from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_composer.read import from_threat_composer

    return filtered(
        "tmi_from_threat_composer",
        "definition",
        lambda name: from_threat_composer(data, one_line(name, "name")),
        strict,
        name=name,
    )


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"tmi_from_threat_composer": tmi_from_threat_composer}
