# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: tmi_model_from
short_description: Make a threat model as code from an inventory or any data
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - >-
    Takes rows with C(name), C(type), C(zone), C(talks_to) and C(data), and returns a definition for
    M(tmi.tmi.tmi_definition) with one diagram: a node for each row, in the boundary of its zone, with flows to the rows
    that it talks to and with its data as assets.
  - >-
    The rows can come from a CSV, from hosts of an inventory, or from other data by a mapping. The collection has
    mappings for compose files and for objects of Kubernetes.
  - >-
    A mapping is a list of rules, see R(the guide to moving
    models,ansible_collections.tmi.tmi.docsite.guide_migration.rows).
options:
  _input:
    description:
      - A list of maps, a map, or a text in JSON, in YAML or, for O(mapping=rows), in CSV.
    type: raw
    required: true
  strict:
    description:
      - Whether to fail if anything is lost. The message names the first lost value.
    type: bool
    default: false
  name:
    description:
      - Name of the threat model.
    type: str
    required: true
  key:
    description:
      - Key of the threat model. It is made from the name by default.
    type: str
    default: ""
  mapping:
    description:
      - >-
        Name of a shipped mapping, V(rows), V(compose) or V(kubernetes), or a list of rules of your own.
    type: raw
    default: rows
notes:
  - Keys are made from names. They are the same in every run, so a second run changes nothing.
  - The words in the type decide the shape, as in P(tmi.tmi.tmi_from_otm#filter).
  - >-
    For C(rows), C(zone) may have several parts, such as C(Data centre/DMZ), and C(talks_to) and C(data) are lists, or
    texts with commas or semicolons. All other columns become metadata.
  - The text of the file is never treated as a template.
seealso:
  - plugin: tmi.tmi.tmi_from_otm
    plugin_type: filter
  - plugin: tmi.tmi.tmi_from_threat_dragon
    plugin_type: filter
  - module: tmi.tmi.tmi_definition
  - plugin: tmi.tmi.tmi_import
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Create or update a threat model from rows
  tmi.tmi.tmi_definition:
    definition: "{{ (rows | tmi.tmi.tmi_model_from(name='Shop from rows')).definition }}"
  vars:
    rows:
      - {name: Customer, type: actor, talks_to: Web}
      - {name: Web, type: service, zone: Data centre/DMZ, talks_to: [Orders], owner: web team}
      - {name: Orders, type: database, zone: Data centre}

- name: From the services of a compose file
  ansible.builtin.set_fact:
    shop: "{{ compose | tmi.tmi.tmi_model_from(name='Shop', mapping='compose') }}"
  vars:
    compose: "{{ lookup('ansible.builtin.file', 'compose.yaml') | from_yaml }}"

- name: From objects of Kubernetes, such as the result of kubernetes.core.k8s_info
  ansible.builtin.set_fact:
    cluster: "{{ {'resources': found} | tmi.tmi.tmi_model_from(name='Cluster', mapping='kubernetes') }}"
  vars:
    found:
      - kind: Service
        metadata: {name: web, namespace: shop}
        spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 443}]}
      - kind: Deployment
        metadata: {name: web, namespace: shop}
        spec:
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: web, image: "nginx:1.27"}]}
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


def tmi_model_from(
    data: Any, name: str = "", mapping: Any = "rows", key: str = "", strict: bool = False
) -> dict[str, Any]:
    """Return ``{definition, lost}`` of rows of any data. Raises AnsibleFilterError."""
    from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.model_from.read import model_from

    return filtered(
        "tmi_model_from",
        "definition",
        lambda data, mapping, name, key: model_from(data, mapping, one_line(name, "name"), one_line(key, "key")),
        strict,
        data=data,
        mapping=mapping,
        name=name,
        key=key,
    )


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"tmi_model_from": tmi_model_from}
