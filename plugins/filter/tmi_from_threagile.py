# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: tmi_from_threagile
short_description: Turn a Threagile model into a threat model as code
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Takes a model in the format of Threagile, and returns a definition for M(tmi.tmi.tmi_definition).
  - >-
    Technical assets become nodes, communication links become flows, trust boundaries become boundaries, and data assets
    become assets. Risks that people have added, and those in C(risk_tracking), become threats with their states.
  - >-
    Named values without a field in a definition are kept as metadata, such as C(threagile_technology). Values that
    cannot be kept are listed in RV(_value.lost). The mapping is in R(the guide to moving
    models,ansible_collections.tmi.tmi.docsite.guide_migration.formats).
options:
  _input:
    description:
      - The text of a Threagile file, YAML or JSON, or the parsed data.
    type: raw
    required: true
  strict:
    description:
      - Whether to fail if anything is lost. The message names the first lost value.
    type: bool
    default: false
notes:
  - >-
    Keys of cells are the ids of the file, and data assets and risks have these ids as origins, so a later import of the
    edited file follows titles that change. The id of a risk consists of its category and its elements. The file has no
    ids for the model, for communication links and for notes. These are found by their names.
  - >-
    Risks that the rules of Threagile find are not in its file. A tracked risk becomes a threat that has the name of its
    rule. Files that C(includes) names are not read.
  - The text of the file is never treated as a template.
seealso:
  - plugin: tmi.tmi.tmi_from_otm
    plugin_type: filter
  - plugin: tmi.tmi.tmi_from_threat_dragon
    plugin_type: filter
  - module: tmi.tmi.tmi_definition
  - name: Threagile
    description: The program and its format.
    link: https://github.com/Threagile/threagile
"""

EXAMPLES = r"""
- name: Convert a file of Threagile
  ansible.builtin.set_fact:
    shop: "{{ lookup('ansible.builtin.file', 'threagile.yaml') | tmi.tmi.tmi_from_threagile }}"

- name: Save the definition, for tmi_definition
  ansible.builtin.copy:
    content: "{{ shop.definition | tmi.tmi.tmi_to_yaml }}"
    dest: imported-tmi_from_threagile.yml
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

from ansible_collections.tmi.tmi.plugins.plugin_utils._filters import filtered


def tmi_from_threagile(data: Any, strict: bool = False) -> dict[str, Any]:
    """Return ``{definition, lost}`` of a Threagile model. Raises AnsibleFilterError."""
    from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threagile.read import from_threagile

    return filtered("tmi_from_threagile", "definition", lambda: from_threagile(data), strict)


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"tmi_from_threagile": tmi_from_threagile}
