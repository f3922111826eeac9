# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: tmi_from_otm
short_description: Turn an Open Threat Model into a threat model as code
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - >-
    Takes a threat model in the format Open Threat Model (OTM) 0.2.0, and returns a definition for
    M(tmi.tmi.tmi_definition).
  - >-
    The project becomes the threat model. Trust zones become boundaries, components become nodes, data flows become
    flows, and representations become diagrams or repositories. Each threat of a component or a data flow becomes a
    threat at that place, with its mitigations as a checklist.
  - >-
    Named values without a field in a definition are kept as metadata, such as C(otm_trust_rating). Values that cannot
    be kept are listed in RV(_value.lost). The mapping is in R(the guide to moving
    models,ansible_collections.tmi.tmi.docsite.guide_migration.formats).
options:
  _input:
    description:
      - The text of an OTM file, JSON or YAML, or the parsed data.
    type: raw
    required: true
  strict:
    description:
      - Whether to fail if anything is lost. The message names the first lost value.
    type: bool
    default: false
  shapes:
    description:
      - >-
        Types of components and the shape of each on TMI, one of V(actor), V(process) and V(store). Case does not
        matter.
      - The shape of other types is derived from the words in them. For example, V(web-client) is an actor and
        V(s3-bucket) is a store.
    type: dict
    default: {}
notes:
  - >-
    The project, diagrams, repositories, assets and threats have their ids in the file as origins. Cells have keys or
    ids that are made of these ids. So a later import of the edited file follows names that change. A threat at several
    places has the id of the place in its origin.
  - >-
    Keys are ids of the OTM file if these are readable, otherwise they are made from names. They are the same in every
    run, also if the order of the file changes.
  - >-
    An object with the attribute C(tmi_key), which P(tmi.tmi.tmi_to_otm#filter) writes, has the identity that it had in
    its definition.
  - >-
    Owner and contact become metadata, not the owner of the threat model. To set the owner, use
    O(tmi.tmi.tmi_definition#module:overlay).
  - The text of the file is never treated as a template.
seealso:
  - plugin: tmi.tmi.tmi_to_otm
    plugin_type: filter
  - plugin: tmi.tmi.tmi_from_threat_dragon
    plugin_type: filter
  - module: tmi.tmi.tmi_definition
  - name: Open Threat Model
    description: The standard and its schema.
    link: https://github.com/iriusrisk/OpenThreatModel
"""

EXAMPLES = r"""
- name: Create or update a threat model from a file in the Open Threat Model format
  tmi.tmi.tmi_definition:
    definition: "{{ (lookup('ansible.builtin.file', 'shop.otm') | tmi.tmi.tmi_from_otm).definition }}"

- name: Fail if anything of the file would be lost, and set the shapes of some components
  ansible.builtin.set_fact:
    shop: "{{ lookup('ansible.builtin.file', 'shop.otm') | tmi.tmi.tmi_from_otm(strict=true, shapes=shapes) }}"
  vars:
    shapes:
      partner-system: actor
      ledger: store

- name: Save the definition as a file
  ansible.builtin.copy:
    content: "{{ shop.definition | to_nice_yaml(sort_keys=false) }}"
    dest: models/shop.yml
    mode: "0600"
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

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.tmi.tmi.plugins.plugin_utils._filters import choices, filtered


def tmi_from_otm(data: Any, strict: bool = False, shapes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return ``{definition, lost}`` of an OTM file. Raises AnsibleFilterError."""
    from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.read import from_otm

    return filtered(
        "tmi_from_otm",
        "definition",
        lambda shapes: from_otm(data, choices(shapes, "shapes", ("actor", "process", "store"))),
        strict,
        shapes=shapes,
    )


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"tmi_from_otm": tmi_from_otm}
