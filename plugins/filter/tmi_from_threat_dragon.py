# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: tmi_from_threat_dragon
short_description: Turn a model of OWASP Threat Dragon into a threat model as code
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - >-
    Takes a threat model that OWASP Threat Dragon 1 or 2 has saved, and returns a definition for
    M(tmi.tmi.tmi_definition).
  - Diagrams keep their cells, with shapes, places and sizes. Threats stay at their cells.
  - >-
    Threat Dragon has no containers. A cell belongs to the smallest boundary box that surrounds it. A curved boundary
    becomes the box around the curve, and no cell belongs to it.
  - >-
    A flow with an end that is tied to no cell is tied to the node on which the end lies, or to the only node that is at
    most 30 pixels away. This is listed in RV(_value.lost), too.
  - >-
    Named values without a field in a definition are kept as metadata, such as C(out_of_scope) and C(protocol). Values
    that cannot be kept are listed in RV(_value.lost). The mapping is in R(the guide to moving
    models,ansible_collections.tmi.tmi.docsite.guide_migration.formats).
options:
  _input:
    description:
      - The text of a file of Threat Dragon, or the parsed data.
    type: raw
    required: true
  strict:
    description:
      - Whether to fail if anything is lost. The message names the first lost value.
    type: bool
    default: false
notes:
  - Members called C(tmi), which P(tmi.tmi.tmi_to_threat_dragon#filter) writes, are read, too.
  - >-
    Cells, diagrams and threats keep the identity that their ids in the file give them, so a later import of the edited
    file follows names that change. The file has no id for the model. It is found by its name, unless you give it an
    C(origin).
  - Keys are made from names. They are the same in every run, also if the order of the file changes.
  - Owner, reviewer and contributors become metadata, not people with a role in the threat model.
  - The text of the file is never treated as a template.
seealso:
  - plugin: tmi.tmi.tmi_to_threat_dragon
    plugin_type: filter
  - plugin: tmi.tmi.tmi_from_otm
    plugin_type: filter
  - module: tmi.tmi.tmi_definition
  - name: OWASP Threat Dragon
    description: The program and its documentation.
    link: https://www.threatdragon.com/docs/
"""

EXAMPLES = r"""
- name: Create or update a threat model from a file of Threat Dragon
  tmi.tmi.tmi_definition:
    definition: "{{ (lookup('ansible.builtin.file', 'shop.json') | tmi.tmi.tmi_from_threat_dragon).definition }}"

- name: Show the values that a threat model cannot hold
  ansible.builtin.debug:
    msg: "{{ (lookup('ansible.builtin.file', 'shop.json') | tmi.tmi.tmi_from_threat_dragon).lost }}"
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


def tmi_from_threat_dragon(data: Any, strict: bool = False) -> dict[str, Any]:
    """Return ``{definition, lost}`` of a file of Threat Dragon. Raises AnsibleFilterError."""
    from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.read import from_threat_dragon

    return filtered("tmi_from_threat_dragon", "definition", lambda: from_threat_dragon(data), strict)


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"tmi_from_threat_dragon": tmi_from_threat_dragon}
