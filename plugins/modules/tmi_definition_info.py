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
  - Returns threat models of the server as definitions for M(tmi.tmi.tmi_definition). Applied to another server of any
    API generation, a definition creates the same model, including the places of cells.
  - Nothing is lost without a report. Values that a definition cannot hold are listed in RV(definitions[].lost), with
    place and reason.
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes.info
options:
  threat_model:
    description:
      - The models to export, each given by its id, its name, or a pattern of names such as V(Shop *). By default all
        models that the user can read are exported.
      - An unknown name or id is an error. A pattern without a match is not. An empty list exports nothing.
    type: list
    elements: str
    aliases: [threat_models]
  sections:
    description:
      - Sections to export of each model. Its own fields and its metadata are always exported.
      - V(access) means the owner, the reviewer and the authorization. Leave it out if the definition is for other
        people.
      - Places of threats need V(diagrams), and assets of threats and cells need V(assets). Without these sections they
        are listed as lost.
    type: list
    elements: str
    choices: [access, sources, documents, assets, notes, diagrams, threats]
    default: [access, sources, documents, assets, notes, diagrams, threats]
  layout:
    description:
      - Whether to export the places and sizes of cells, and the points that flows lead through. They are in
        C(layout.positions) of a diagram and apply to new cells. Places and sizes are rounded to whole pixels, because
        the web editor does the same.
      - Without them, new diagrams get an automatic layout.
    type: bool
    default: true
  raw:
    description:
      - Whether to export members of cells that the format has no field for, such as colors and fonts. They are in
        C(raw) of a cell, in the server's own form.
      - A server of another generation may refuse some of them. Without them, cells have the default look of the web
        editor.
    type: bool
    default: true
notes:
  - A definition identifies objects by keys. A model and its cells have their keys as metadata after
    M(tmi.tmi.tmi_definition) has created or changed them. All other keys are made from names.
  - If a definition is applied to the model that it was exported from, only these keys and the list of managed objects
    are written, once. Nothing else changes.
  - If objects cannot be distinguished, such as two documents with the same name, the oldest is exported, and the others
    are listed as lost. The same applies to threats with the same name and the same place. Threats with the same name at
    different places are all exported.
  - Fields that a server keeps as metadata, for example C(cwe) of threats in API v0, are exported as fields. Not
    exported are rows that the server itself adds to the authorization, and the image of a diagram that the web editor
    stores.
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

- name: Show the values that definitions cannot hold
  ansible.builtin.debug:
    msg: "{{ item.name }}: {{ item.lost }}"
  loop: "{{ export.definitions | rejectattr('lost', 'eq', []) }}"
  loop_control:
    label: "{{ item.name }}"

- name: Export the threats and diagrams of some models as templates
  tmi.tmi.tmi_definition_info:
    url: https://tmi.example.com
    threat_model:
      - Checkout
      - Check*
    sections: [diagrams, threats]
    layout: false
  register: templates

- name: Create another model from the first definition
  tmi.tmi.tmi_definition:
    url: https://tmi.example.com
    definition: "{{ templates.definitions[0].definition }}"
    name_prefix: "Copy of "
    on_unsupported: metadata
"""

RETURN = r"""
definitions:
  description: The models, sorted by name.
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
      description: Key of the model. V(null) if it was not made from a definition.
      type: str
      sample: checkout
    file:
      description:
        - Name for a file of the definition, made of letters, digits and dashes. It is unique in the result.
      type: str
      sample: checkout-web-shop.yml
    modified_at:
      description:
        - Time of the last change of the model or of an exported object in it, in UTC. Empty if the server gives none.
      type: str
      sample: "2026-05-04T10:11:12Z"
    definition:
      description: >-
        The definition, in the form of O(tmi.tmi.tmi_definition#module:definition). Empty sections are left out.
      type: dict
      sample: {"tmi_definition": 1, "name": "Checkout web shop", "framework": "STRIDE"}
    lost:
      description: Values that the definition does not hold. Empty if it holds everything.
      type: list
      elements: dict
      contains:
        path:
          description: Place where the value would be in the definition.
          type: str
          sample: threats.replay.severity
        value:
          description: The value on the server.
          type: raw
          sample: rather bad
        reason:
          description: The reason.
          type: str
          sample: "'rather bad' is not one of unknown, none, informational, low, medium, high, critical"
stats:
  description: Counts of the requests that the task sent.
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
    - All requests in order, each with status, time, size, number of the server, and waits before repetitions. It holds
      no headers, no bodies and no secrets.
    - On a local connection C(-vvv) shows these lines at once.
  returned: with C(-vvv), if the module is sent to another machine or runs with C(become) or C(async)
  type: list
  elements: str
  sample: ["GET /threat_models?limit=100&offset=0: 200, 12 ms, 5321 bytes"]
error:
  description:
    - The failure in a form for programs. All members are present. A member without a value is empty.
    - Missing only if Ansible fails before it calls the module, for example because it cannot resolve a template.
  returned: failure
  type: dict
  contains:
    code:
      description:
        - Kind of the failure, from a closed list. The guide on failures explains each code.
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
      description: The wrong option, or the wrong place in a definition with file and line.
      type: str
      sample: ""
    status:
      description: HTTP status. V(0) if there was no answer.
      type: int
      sample: 403
    server_code:
      description: The server's own code for the failure.
      type: str
      sample: forbidden
    message:
      description: The server's message.
      type: str
      sample: You don't have sufficient permissions to perform this action
    details:
      description: Details, if the server gave any.
      type: raw
      sample: null
    request_id:
      description: Id of the request in the server's log, if the server gave one.
      type: str
      sample: 7b3f9a1e
    method:
      description: Method of the failed request.
      type: str
      sample: POST
    path:
      description: Path of the failed request, as the API defines it.
      type: str
      sample: /threat_models
    url:
      description: Full address of the failed request, without its query.
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
