# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: tmi_to_threat_dragon
short_description: Turn a threat model as code into a model of OWASP Threat Dragon
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - >-
    Takes a definition, as M(tmi.tmi.tmi_definition) does, and returns it in the format of OWASP Threat Dragon 2.
    Diagrams have the same shapes and places as in TMI; cells without a place get the one that TMI would give them.
  - >-
    Values without a field in Threat Dragon are kept in members called C(tmi), which Threat Dragon leaves as they are.
    P(tmi.tmi.tmi_from_threat_dragon#filter) reads them again, except where the value was changed in Threat Dragon.
  - >-
    Values that belong to one server only, and threats that are at no cell, are listed in RV(_value.lost). The mapping
    is in R(the guide to moving models,ansible_collections.tmi.tmi.docsite.guide_migration.formats).
options:
  _input:
    description:
      - A threat model as code, as text or parsed. It is compiled first, so that a mistake is reported with its place.
    type: raw
    required: true
  strict:
    description:
      - Whether to fail if anything is lost. The message names the first lost value.
    type: bool
    default: false
notes:
  - People with access, reviewer and project are not exported. The owner is shown as the owner of the model.
seealso:
  - plugin: tmi.tmi.tmi_from_threat_dragon
    plugin_type: filter
  - plugin: tmi.tmi.tmi_to_otm
    plugin_type: filter
  - module: tmi.tmi.tmi_definition
  - name: OWASP Threat Dragon
    description: The program and its documentation.
    link: https://www.threatdragon.com/docs/
"""

EXAMPLES = r"""
- name: Write a threat model as a file that Threat Dragon opens
  ansible.builtin.copy:
    content: "{{ (model | tmi.tmi.tmi_to_threat_dragon).threat_dragon | to_nice_json }}"
    dest: shop.json
    mode: "0600"
  vars:
    model: "{{ lookup('ansible.builtin.file', 'models/shop.yml') }}"
"""

RETURN = r"""
_value:
  description:
    - The model of Threat Dragon and the values that it lacks.
  type: dict
  contains:
    threat_dragon:
      description:
        - A model of Threat Dragon, valid by the schema of version 2.
      type: dict
    lost:
      description:
        - Values that could not be kept or are not shown, in the order of the source.
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


def tmi_to_threat_dragon(definition: Any, strict: bool = False) -> dict[str, Any]:
    """Return ``{threat_dragon, lost}`` of a definition. Raises AnsibleFilterError."""
    from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.write import to_threat_dragon

    return filtered("tmi_to_threat_dragon", "threat_dragon", lambda: to_threat_dragon(definition), strict)


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"tmi_to_threat_dragon": tmi_to_threat_dragon}
