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
  - Reads threat models, or what one threat model holds, and returns those that fit the filters.
  - All pages of the server's lists are read. Nothing is ever written.
  - One call of the lookup uses one connection, however many terms it has.
extends_documentation_fragment:
  - tmi.tmi._connection.plugin
options:
  _terms:
    description:
      - What to fetch. V(threat_models), or with O(threat_model) any of V(threats), V(diagrams), V(documents),
        V(sources), V(assets) and V(notes). The singular is accepted as well.
      - Without a term it is V(threat_models).
    type: list
    elements: str
  threat_model:
    description:
      - Name or id of the threat model whose objects are wanted. Needed for all terms but V(threat_models).
      - A model that does not exist is an error, and so is a name that several models have.
    type: str
  name:
    description:
      - Only objects with exactly this name. A name that nothing has gives an empty list.
      - Threat models asked for by name are read whole, with authorization and metadata.
    type: str
  regex:
    description:
      - >-
        Only objects in whose name this regular expression of Python is found, anywhere unless it is anchored. Case
        counts, unless it begins with V((?i\)).
    type: str
  filters:
    description:
      - Only objects that meet all these conditions. A dictionary from a field to what it must be.
      - >-
        A field is named as in the modules, such as C(severity), or its path, such as C(metadata.team),
        C(authorization.user) or, for threat models, C(threats.severity). C(metadata) with a dictionary is short for
        several such paths.
      - A value must be equal. Enumerated words are compared without case, blanks and hyphens.
      - A list gives alternatives. For a field with several values one that fits is enough.
      - V(null) stands for a field that is not set.
      - >-
        A dictionary holds C(regex), a regular expression; C(not), what must not fit; C(min) and C(max), limits for
        numbers, times and severities. All that it holds must be met.
      - >-
        A time, such as C(modified_at), is given as a date, such as V(2026-05-04), or as a time of RFC 3339, such as
        V(2026-05-04T10:11:12Z). Without a zone it is UTC. Anything else is an error, and so is what is no number for a
        count or a score.
    type: dict
  fields:
    description:
      - Only these fields, as names or paths like in O(filters). Those that are not set are V(null).
    type: list
    elements: str
  sort:
    description:
      - Fields to sort by. A C(-) before the name sorts downwards. Severities sort from V(unknown) to V(critical).
      - Objects without the field come last. Equal ones are sorted by id.
      - By default objects are sorted by name.
    type: list
    elements: str
  limit:
    description:
      - Only so many objects, after filtering and sorting. By default all.
    type: int
  offset:
    description:
      - Leave out so many objects at the beginning, after filtering and sorting.
    type: int
    default: 0
  include:
    description:
      - What to add to each threat model, under its own name. Costs a few requests for each model.
    type: list
    elements: str
    choices: [sources, documents, assets, notes, diagrams, threats]
  as:
    description:
      - Form of the result.
      - V(list) returns the objects.
      - >-
        V(inventory) returns one dictionary in the form of C(ansible-inventory --list). Each object is a host, called
        by its name, with its id added where several have the same name. Its variables are its fields with C(tmi_)
        before the name, and C(ansible_connection=local).
    type: str
    choices: [list, inventory]
    default: list
  group_by:
    description:
      - Fields by whose values O(as=inventory) makes groups, besides one group for each term.
      - >-
        A group is named field and value, such as C(framework_STRIDE). For metadata it is named key and value, such as
        C(team_payments) for C(metadata.team). What a group name cannot hold becomes an underscore.
      - >-
        By default threat models are grouped by framework, status and owner, threats by severity, status, priority and
        type, sources by type. A field that is in this list is read for all objects. The status of models is read by
        default only where the server's list of models carries it.
    type: list
    elements: str
notes:
  - >-
    The server's list of threat models lacks some fields, among them authorization and metadata. They are read, with a
    request for each model that is left by the other conditions, only if O(filters), O(fields), O(sort),
    O(group_by) or O(name) need them.
  - Text from the server is never taken for a template.
  - Use C(query) to always get a list. C(lookup) returns a single object without the list around it.
seealso:
  - module: tmi.tmi.tmi_info
"""

EXAMPLES = r"""
- name: Show all threat models
  ansible.builtin.debug:
    msg: "{{ query('tmi.tmi.tmi_inventory', 'threat_models', url='https://tmi.example.com') | map(attribute='name') }}"

- name: Threat models of one team that use STRIDE
  ansible.builtin.debug:
    msg: "{{ query('tmi.tmi.tmi_inventory', 'threat_models', filters=wanted) }}"
  vars:
    tmi_url: https://tmi.example.com
    wanted:
      framework: STRIDE
      metadata.team: payments

- name: Open a ticket for each open threat of a model that is at least high, the worst first
  ansible.builtin.include_tasks: ticket.yml
  loop: "{{ query('tmi.tmi.tmi_inventory', 'threats', threat_model='Checkout', filters=grave, sort=['-severity']) }}"
  loop_control:
    label: "{{ item.name }}"
  vars:
    grave:
      severity: {min: high}
      status: {not: [mitigated, closed]}

- name: Models whose name begins with Payment, with their documents
  ansible.builtin.debug:
    msg: "{{ query('tmi.tmi.tmi_inventory', 'threat_models', regex='^Payment', include=['documents']) }}"

- name: Make a host of each threat model
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
    - With O(as=list) the objects, in the same form as C(resources) of M(tmi.tmi.tmi_info).
    - With O(as=inventory) a single dictionary.
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
