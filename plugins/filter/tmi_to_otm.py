# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: tmi_to_otm
short_description: Turn a threat model as code into an Open Threat Model
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Takes a definition, as M(tmi.tmi.tmi_definition) does, and returns it in the format Open Threat Model (OTM) 0.2.0.
  - >-
    Values without a field in OTM are kept in attributes that begin with C(tmi_), and P(tmi.tmi.tmi_from_otm#filter)
    reads them again. Values that the schema of OTM requires and a definition does not have are filled in and named in
    the attribute C(tmi_placeholder).
  - >-
    Values that belong to one server only are listed in RV(_value.lost). The mapping is in R(the guide to moving
    models,ansible_collections.tmi.tmi.docsite.guide_migration.formats).
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
  - >-
    Objects keep their origins and cells their ids: as ids of the file if they came from OTM, otherwise as attributes
    C(tmi_key), C(tmi_origin) and C(tmi_cell).
  - The owner becomes the contact of the project. Other people with access are not exported.
  - Likelihood and impact of a threat become numbers. If they are not set, the severity is used instead.
seealso:
  - plugin: tmi.tmi.tmi_from_otm
    plugin_type: filter
  - module: tmi.tmi.tmi_definition
  - name: Open Threat Model
    description: The standard and its schema.
    link: https://github.com/iriusrisk/OpenThreatModel
"""

EXAMPLES = r"""
- name: Write a threat model in the Open Threat Model format
  ansible.builtin.copy:
    content: "{{ (lookup('ansible.builtin.file', 'models/shop.yml') | tmi.tmi.tmi_to_otm).otm | to_nice_json }}"
    dest: shop.otm
    mode: "0600"
"""

RETURN = r"""
_value:
  description:
    - The Open Threat Model and the values that it lacks.
  type: dict
  contains:
    otm:
      description:
        - An Open Threat Model, valid by the schema of version 0.2.0.
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


def tmi_to_otm(definition: Any, strict: bool = False) -> dict[str, Any]:
    """Return ``{otm, lost}`` of a definition. Raises AnsibleFilterError."""
    from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.write import to_otm

    return filtered("tmi_to_otm", "otm", lambda: to_otm(definition), strict)


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"tmi_to_otm": tmi_to_otm}
