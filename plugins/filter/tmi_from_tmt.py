# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: tmi_from_tmt
short_description: Turn a model of the Microsoft Threat Modeling Tool into a threat model as code
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - >-
    Takes a model of the Microsoft Threat Modeling Tool (a file C(.tm7)), and returns a definition for
    M(tmi.tmi.tmi_definition).
  - >-
    Drawings become diagrams with the same places, elements become nodes, connectors become flows, and boundaries become
    boundaries. Threats are at their flows, with state, priority and justification.
  - >-
    Named values without a field in a definition are kept as metadata, such as C(tmt_type). Values that cannot be kept
    are listed in RV(_value.lost). The mapping is in R(the guide to moving
    models,ansible_collections.tmi.tmi.docsite.guide_migration.formats).
options:
  _input:
    description:
      - The text of a file C(.tm7), which is XML. A file with a document type is refused.
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
    Cells keep the ids of the file, and diagrams and threats have these ids as origins, so a later import of the edited
    file follows names that change. The file has no id for the model and for notes. These are found by their names.
  - >-
    A boundary that is a line becomes the box around the line, and nothing lies in it. The template of the file
    (C(KnowledgeBase)) is no part of the model.
  - The text of the file is never treated as a template.
seealso:
  - plugin: tmi.tmi.tmi_from_otm
    plugin_type: filter
  - plugin: tmi.tmi.tmi_from_threat_dragon
    plugin_type: filter
  - module: tmi.tmi.tmi_definition
  - name: Microsoft Threat Modeling Tool
    description: The tool and its documentation.
    link: https://learn.microsoft.com/azure/security/develop/threat-modeling-tool
"""

EXAMPLES = r"""
- name: Convert a file of the Microsoft Threat Modeling Tool
  ansible.builtin.set_fact:
    shop: "{{ lookup('ansible.builtin.file', 'shop.tm7') | tmi.tmi.tmi_from_tmt(name='Shop') }}"

- name: Save the definition, for tmi_definition
  ansible.builtin.copy:
    content: "{{ shop.definition | tmi.tmi.tmi_to_yaml }}"
    dest: imported-tmi_from_tmt.yml
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


def tmi_from_tmt(data: Any, strict: bool = False, name: str = "") -> dict[str, Any]:
    """Return ``{definition, lost}`` of a file ``.tm7``. Raises AnsibleFilterError."""
    from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.tmt.read import from_tmt

    return filtered(
        "tmi_from_tmt", "definition", lambda name: from_tmt(data, one_line(name, "name")), strict, name=name
    )


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"tmi_from_tmt": tmi_from_tmt}
