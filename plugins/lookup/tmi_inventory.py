# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: tmi_inventory
short_description: Fetch threat models, threats, diagrams, documents and sources, as a list or as an inventory
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Reads threat models, or the objects of one threat model, and returns those that match the filters.
  - All pages of the server's lists are read. Nothing is written.
  - A call of the lookup uses one connection for all its terms.
extends_documentation_fragment:
  - tmi.tmi._connection.plugin
options:
  _terms:
    description:
      - What to fetch. V(threat_models), or with O(threat_model) any of V(threats), V(diagrams), V(documents),
        V(sources), V(assets) and V(notes). The singular is accepted as well.
      - The default is V(threat_models).
    type: list
    elements: str
  threat_model:
    description:
      - Name or id of the threat model whose objects to read. Required for all terms except V(threat_models).
      - It is an error if the model does not exist or if several models have this name.
    type: str
  name:
    description:
      - Only objects with exactly this name. An unknown name gives an empty list.
      - Threat models that are selected by name are read completely, with authorization and metadata.
    type: str
  regex:
    description:
      - >-
        Only objects whose name matches this regular expression of Python. It matches anywhere in the name unless it is
        anchored. Case matters, unless it begins with V((?i\)).
    type: str
  filters:
    description:
      - Only objects that meet all these conditions. A dictionary from fields to conditions.
      - >-
        A field is a name from the modules, such as C(severity), or a path, such as C(metadata.team),
        C(authorization.user) or, for threat models, C(threats.severity). C(metadata) with a dictionary is a short form
        for several such paths.
      - A single value must be equal. Words of a fixed list are compared without case, blanks and hyphens.
      - A list gives alternatives. For a field with several values, one match is enough.
      - V(null) matches a field that is not set.
      - >-
        A dictionary can have C(regex), a regular expression; C(not), a condition that must not match; C(min) and
        C(max), limits for numbers, times and severities. All its conditions must match.
      - >-
        A time, such as C(modified_at), is given as a date, such as V(2026-05-04), or as a time of RFC 3339, such as
        V(2026-05-04T10:11:12Z). Without a time zone it is UTC. Anything else is an error. For a count or a score, a
        value that is not a number is an error.
    type: dict
  fields:
    description:
      - Only these fields, as names or paths as in O(filters). Fields that are not set are V(null).
    type: list
    elements: str
  sort:
    description:
      - Fields to sort by. A C(-) before the name reverses the order. Severities sort from V(unknown) to V(critical).
      - Objects without the field come last. Objects with equal fields are sorted by id.
      - By default objects are sorted by name.
    type: list
    elements: str
  limit:
    description:
      - Maximum number of objects to return, after filtering and sorting. By default all.
    type: int
  offset:
    description:
      - Number of objects to skip at the beginning, after filtering and sorting.
    type: int
    default: 0
  include:
    description:
      - Sections to add to each threat model, under their own names. This takes a few requests per model.
    type: list
    elements: str
    choices: [sources, documents, assets, notes, diagrams, threats]
  as:
    description:
      - Form of the result.
      - V(list) returns the objects.
      - >-
        V(inventory) returns one dictionary in the form of C(ansible-inventory --list). Each object is a host with the
        name of the object. If several objects have the same name, the id is added. The variables of a host are the
        fields of the object, with the prefix C(tmi_), and C(ansible_connection=local).
    type: str
    choices: [list, inventory]
    default: list
  group_by:
    description:
      - Fields whose values become groups with O(as=inventory), in addition to one group for each term.
      - >-
        The name of a group consists of field and value, such as C(framework_STRIDE). For metadata it consists of key
        and value, such as C(team_payments) for C(metadata.team). Characters that a group name cannot have become
        underscores.
      - >-
        By default threat models are grouped by framework, status and owner, threats by severity, status, priority and
        type, and sources by type. A field in this list is read for all objects. By default the status of models is used
        only if the server's list of models has it.
    type: list
    elements: str
notes:
  - >-
    The server's list of threat models lacks some fields, for example authorization and metadata. They are read only if
    O(filters), O(fields), O(sort), O(group_by) or O(name) need them, with one request for each model that meets the
    other conditions.
  - Text from the server is never treated as a template.
  - Use C(query) to always get a list. C(lookup) returns a single object without the list around it.
seealso:
  - module: tmi.tmi.tmi_info
"""

EXAMPLES = r"""
- name: Show all threat models
  ansible.builtin.debug:
    msg: "{{ query('tmi.tmi.tmi_inventory', 'threat_models', url='https://tmi.example.com') | map(attribute='name') }}"

- name: Show the threat models of one team that use STRIDE
  ansible.builtin.debug:
    msg: "{{ query('tmi.tmi.tmi_inventory', 'threat_models', filters=wanted) }}"
  vars:
    tmi_url: https://tmi.example.com
    wanted:
      framework: STRIDE
      metadata.team: payments

- name: Open a ticket for each open threat of at least high severity, the worst first
  ansible.builtin.include_tasks: ticket.yml
  loop: "{{ query('tmi.tmi.tmi_inventory', 'threats', threat_model='Checkout', filters=grave, sort=['-severity']) }}"
  loop_control:
    label: "{{ item.name }}"
  vars:
    grave:
      severity: {min: high}
      status: {not: [mitigated, closed]}

- name: Show models whose name begins with Payment, with their documents
  ansible.builtin.debug:
    msg: "{{ query('tmi.tmi.tmi_inventory', 'threat_models', regex='^Payment', include=['documents']) }}"

- name: Add a host for each threat model
  ansible.builtin.add_host:
    name: "{{ item.key }}"
    groups: models
    ansible_connection: local
    tmi_id: "{{ item.value.tmi_id }}"
  loop: "{{ lookup('tmi.tmi.tmi_inventory', as='inventory')._meta.hostvars | dict2items }}"
  loop_control:
    label: "{{ item.key }}"
"""

RETURN = r"""
_raw:
  description:
    - With O(as=list), the objects, in the same form as C(resources) of M(tmi.tmi.tmi_info).
    - With O(as=inventory), a single dictionary.
  type: list
  elements: dict
  sample:
    - id: 0b8e5e3c-3f0e-4c43-9d0e-7f7f3c1b1d55
      name: Checkout
      framework: STRIDE
      owner: alice@test.tmi
      threat_count: 12
"""

from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.tmi.tmi.plugins.module_utils._errors import TmiError
from ansible_collections.tmi.tmi.plugins.module_utils._values import as_builtins
from ansible_collections.tmi.tmi.plugins.plugin_utils._connection import direct_options
from ansible_collections.tmi.tmi.plugins.plugin_utils._inventory.reader import READ_SPEC, fetch
from ansible_collections.tmi.tmi.plugins.plugin_utils._plugin_options import plugin_options


class LookupModule(LookupBase):
    """Fetches objects of a TMI server."""

    def run(self, terms: list[Any], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        template = self._templar.template if self._templar is not None else lambda value: value
        try:
            direct = plugin_options(self, direct_options(kwargs, variables, template), READ_SPEC)
            self.set_options(var_options=variables, direct=direct)  # type: ignore[no-untyped-call]
            found = fetch(as_builtins(terms, "terms"), self.get_options())  # type: ignore[no-untyped-call]
        except TmiError as error:
            raise AnsibleLookupError(str(error)) from None
        marked: list[Any] = wrap_var(found)
        return marked
