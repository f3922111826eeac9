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
  - Takes a threat model that OWASP Threat Dragon 2 has saved, and returns a definition for M(tmi.tmi.tmi_definition).
  - Diagrams keep their cells, with shapes, places and sizes. Threats stay at their cells.
  - >-
    Threat Dragon knows no containers. A cell lies in the smallest boundary box that is all around it. A curved boundary
    becomes the box around the curve, and nothing lies in it.
  - >-
    What has a name but no place in a definition is kept as metadata, such as C(out_of_scope) and C(protocol). What
    cannot be kept is told in RV(_value.lost). The mapping is in
    R(the guide to moving models,ansible_collections.tmi.tmi.docsite.guide_migration.formats).
options:
  _input:
    description:
      - The text of a file of Threat Dragon, or what was parsed from it.
      - Files of Threat Dragon 1 are refused. Open them in Threat Dragon 2 and save them.
    type: raw
    required: true
  strict:
    description:
      - Whether to fail when anything is lost. The message names the first of it.
    type: bool
    default: false
notes:
  - Keys are made of names. They are the same in every run.
  - Owner, reviewer and contributors become metadata, never people with a role in the threat model.
  - The text of the file is never taken for a template.
seealso:
  - plugin: tmi.tmi.tmi_from_otm
    plugin_type: filter
  - module: tmi.tmi.tmi_definition
  - name: OWASP Threat Dragon
    description: The program and its documentation.
    link: https://www.threatdragon.com/docs/
"""

EXAMPLES = r"""
- name: Bring a model of Threat Dragon to the server
  tmi.tmi.tmi_definition:
    definition: "{{ (lookup('ansible.builtin.file', 'shop.json') | tmi.tmi.tmi_from_threat_dragon).definition }}"

- name: Show what the server would have no place for
  ansible.builtin.debug:
    msg: "{{ (lookup('ansible.builtin.file', 'shop.json') | tmi.tmi.tmi_from_threat_dragon).lost }}"
"""

RETURN = r"""
_value:
  description:
    - The definition and what it lacks.
  type: dict
  contains:
    definition:
      description:
        - A threat model as code. It always compiles. Whether the server takes each text, the plan tells.
      type: dict
    lost:
      description:
        - What could not be carried, or had to be changed, in the order of the source.
      type: list
      elements: dict
      contains:
        path:
          description: Where it stands, as a JSON path.
          type: str
        value:
          description: What stands there.
          type: raw
        reason:
          description: Why it is lost, or what was written for it.
          type: str
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.tmi.tmi.plugins.plugin_utils._filters import filtered
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.read import from_threat_dragon


def tmi_from_threat_dragon(data: Any, strict: bool = False) -> dict[str, Any]:
    """Return ``{definition, lost}`` of a file of Threat Dragon 2. Raises AnsibleFilterError."""
    return filtered("tmi_from_threat_dragon", "definition", lambda: from_threat_dragon(data), strict)


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"tmi_from_threat_dragon": tmi_from_threat_dragon}
