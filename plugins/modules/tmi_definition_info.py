#!/usr/bin/python
# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tmi_definition_info
short_description: Export threat models as code
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Returns threat models of the server as definitions, the form that M(tmi.tmi.tmi_definition) makes models from. What
    it makes of them on another server is the same model again, places of cells included. The generations of the API
    do not matter.
  - Nothing is dropped in silence. What a definition cannot say is listed under RV(definitions[].lost), with its place
    and the reason.
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes.info
options:
  threat_model:
    description:
      - The models to export, each by its id, by its name, or by a pattern of names such as V(Shop *). Left out, all
        models that the user can read are exported.
      - A name or an id that no model has is an error. A pattern may fit none. An empty list exports nothing.
    type: list
    elements: str
    aliases: [threat_models]
  sections:
    description:
      - What to export of each model. Its own fields and its metadata always come along.
      - V(access) stands for the owner, the reviewer and the authorization. Leave it out where the definition is for
        other people.
      - Places of threats at diagrams and assets of threats and cells can only be said where V(diagrams) and V(assets)
        are exported too, and are listed as lost otherwise.
    type: list
    elements: str
    choices: [access, sources, documents, assets, notes, diagrams, threats]
    default: [access, sources, documents, assets, notes, diagrams, threats]
  layout:
    description:
      - Whether the places and sizes of cells, and the points that flows lead through, are exported. They stand under
        C(layout.positions) of a diagram and hold for new cells.
      - Without them, diagrams are laid out anew where they are made.
    type: bool
    default: true
  raw:
    description:
      - Whether members of cells that the format has no word for are exported, such as colors and fonts. They stand
        under C(raw) of a cell, in the form that the server has.
      - A server of another generation may refuse some of them. Without them, cells look as the web editor draws them
        on its own.
    type: bool
    default: true
notes:
  - Objects are known by keys in a definition. A model and its cells carry theirs as metadata once
    M(tmi.tmi.tmi_definition) has made or changed them. All others get one that is made of the name.
  - When a definition is applied to the model that it was exported from, nothing changes but these keys, and the note of
    what the definition manages. Both are written once.
  - Of objects that cannot be told apart, such as two documents of one name, the oldest is exported, and the others are
    listed as lost. So are two threats that have the same name and the same place. Threats of one name at different
    places are fine.
  - Fields that a server keeps as metadata, for example C(cwe) of threats in API v0, are exported as fields. Rows that
    the server adds to the authorization by itself are left out, as is the picture that the web editor keeps of a
    diagram.
  - Deleted threats that a server still shows are listed as lost.
seealso:
  - module: tmi.tmi.tmi_definition
  - module: tmi.tmi.tmi_info
"""

EXAMPLES = r"""
- name: Export all models
  tmi.tmi.tmi_definition_info:
    url: https://tmi.example.com
  register: export

- name: Show what definitions cannot say
  ansible.builtin.debug:
    msg: "{{ item.name }}: {{ item.lost }}"
  loop: "{{ export.definitions | rejectattr('lost', 'eq', []) }}"
  loop_control:
    label: "{{ item.name }}"

- name: Export the threats and diagrams of some models, for any team to begin with
  tmi.tmi.tmi_definition_info:
    url: https://tmi.example.com
    threat_model:
      - Checkout
      - Check*
    sections: [diagrams, threats]
    layout: false
  register: templates

- name: Make another model of the first
  tmi.tmi.tmi_definition:
    url: https://tmi.example.com
    definition: "{{ templates.definitions[0].definition }}"
    name_prefix: "Copy of "
    on_unsupported: metadata
"""

RETURN = r"""
definitions:
  description: The models, in the order of their names.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the model.
      type: str
      sample: Checkout web shop
    id:
      description: Id of the model on the server.
      type: str
      sample: 0b8e3a0e-5a2f-4a57-9f0c-0f5a4b8c6d21
    key:
      description: Key of the model. V(null) where no definition made it.
      type: str
      sample: checkout
    file:
      description:
        - A name for a file to keep the definition in, made of letters, digits and dashes. No two in one result are the
          same.
      type: str
      sample: checkout-web-shop.yml
    definition:
      description: >-
        The definition, as O(tmi.tmi.tmi_definition#module:definition) takes it. Sections that are empty are left out.
      type: dict
      sample: {"tmi_definition": 1, "name": "Checkout web shop", "framework": "STRIDE"}
    lost:
      description: What the definition does not say. Empty where it says all.
      type: list
      elements: dict
      contains:
        path:
          description: Place in the definition where it would stand.
          type: str
          sample: threats.replay.severity
        value:
          description: What is on the server.
          type: raw
          sample: rather bad
        reason:
          description: Why it cannot be said.
          type: str
          sample: "'rather bad' is not one of unknown, none, informational, low, medium, high, critical"
stats:
  description: What the task cost.
  returned: always
  type: dict
  contains:
    requests:
      description: Requests sent, repetitions included.
      type: int
      sample: 13
    retries:
      description: Requests that were repetitions.
      type: int
      sample: 0
    writes:
      description: Requests that could change data. Always V(0).
      type: int
      sample: 0
request_log:
  description:
    - Every request, in its order, with status, time, size, number of the server, and waits before repetitions. No
      header, no body and no secret is in it.
    - On a local connection C(-vvv) shows these lines at once.
  returned: with C(-vvv), where the module is sent to another machine, or runs with C(become) or C(async)
  type: list
  elements: str
  sample: ["GET /threat_models?limit=100&offset=0: 200, 12 ms, 5321 bytes"]
error:
  description:
    - What the failure was, for programs. All members are there, empty where there is nothing to tell.
    - Only failures that Ansible finds before it calls the module, such as a template that it cannot resolve, have none.
  returned: failure
  type: dict
  contains:
    code:
      description:
        - The kind of failure, out of a closed list. The guide on failures says what each of them means.
      type: str
      choices:
        - invalid_input
        - not_found
        - ambiguous
        - unsupported
        - authentication_failed
        - permission_denied
        - conflict
        - rate_limited
        - rejected
        - server_error
        - wrong_answer
        - name_unknown
        - connection_refused
        - unreachable
        - connection_lost
        - timeout
        - tls
        - proxy
        - missing_library
        - unexpected
      sample: permission_denied
    where:
      description: The option, or the place in a definition with file and line, that was wrong.
      type: str
      sample: ""
    status:
      description: HTTP status. V(0) where no answer came.
      type: int
      sample: 403
    server_code:
      description: The server's own word for the failure.
      type: str
      sample: forbidden
    message:
      description: The server's message.
      type: str
      sample: You don't have sufficient permissions to perform this action
    details:
      description: Details, where the server gave any.
      type: raw
      sample: null
    request_id:
      description: Id of the request in the server's log, where the server gave one.
      type: str
      sample: 7b3f9a1e
    method:
      description: Method of the request that failed.
      type: str
      sample: POST
    path:
      description: Path of the request that failed, as the API has it.
      type: str
      sample: /threat_models
    url:
      description: Whole address of the request that failed, without its query.
      type: str
      sample: https://tmi.example.com/threat_models
"""

from ansible_collections.tmi.tmi.plugins.module_utils._modules.definition_info import definition_info_module

MODULE = definition_info_module()


def main() -> None:
    """Run as a module of its own."""
    MODULE.main()


if __name__ == "__main__":
    main()
