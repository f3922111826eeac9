#!/usr/bin/python
# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tmi_info
short_description: Read threat models and all that they hold, and what a TMI server says about itself
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Returns threat models, their threats, diagrams, documents, sources or metadata, filtered, sorted and cut.
  - Also returns identity providers, the user and the token in use, collaboration sessions, and the server's version.
  - All pages of the server's lists are read. Nothing is ever written.
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes.info
options:
  resource:
    description:
      - What to read. Singular and plural mean the same, the result is always a list.
      - V(threat), V(diagram), V(document), V(source), V(asset), V(note) and V(metadata) belong to O(threat_model).
      - >-
        V(token) tells claims and times of the access token in use, never the token. Claims are not verified.
      - V(server) and V(provider) need no login.
    type: str
    required: true
    choices:
      - threat_model
      - threat_models
      - source
      - sources
      - document
      - documents
      - asset
      - assets
      - note
      - notes
      - diagram
      - diagrams
      - threat
      - threats
      - metadata
      - provider
      - providers
      - user
      - token
      - collaboration_session
      - collaboration_sessions
      - server
  threat_model:
    description:
      - Name or id of the threat model whose objects are wanted.
      - A model that does not exist is an error, and so is a name that several models have.
    type: str
  name:
    description:
      - Only objects with exactly this name, or metadata with this key. A name that nothing has gives an empty list.
      - >-
        Threat models asked for by name are read whole, with authorization and metadata, unless O(fields) says
        otherwise.
    type: str
  id:
    description:
      - Only the object with this id. An id that nothing has gives an empty list.
      - Threat models asked for by id are read whole.
    type: str
  threat:
    description:
      - With O(resource=metadata), name or id of the threat whose metadata is wanted.
    type: str
  diagram:
    description:
      - With O(resource=metadata), name or id of the diagram whose metadata is wanted.
    type: str
  document:
    description:
      - With O(resource=metadata), name or id of the document whose metadata is wanted.
    type: str
  asset:
    description:
      - With O(resource=metadata), name or id of the asset whose metadata is wanted.
    type: str
  note:
    description:
      - With O(resource=metadata), name or id of the note whose metadata is wanted.
    type: str
  source:
    description:
      - With O(resource=metadata), name, address or id of the source whose metadata is wanted.
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
        A dictionary holds C(regex), a regular expression of Python that is found anywhere in the text unless it is
        anchored; C(not), what must not fit; C(min) and C(max), limits for numbers, times and severities. All that it
        holds must be met.
      - >-
        A time, such as C(modified_at), is given as a date, such as V(2026-05-04), or as a time of RFC 3339, such as
        V(2026-05-04T10:11:12Z). Without a zone it is UTC. Anything else is an error, and so is what is no number for a
        count or a score.
      - A field that does not exist is an error.
    type: dict
  fields:
    description:
      - Only these fields, as names or paths like in O(filters). Those that are not set are V(null).
      - By default all fields that are set and that the server's answer holds.
    type: list
    elements: str
  sort:
    description:
      - Fields to sort by. A C(-) before the name sorts downwards. Severities sort from V(unknown) to V(critical).
      - Objects without the field come last. Equal ones are sorted by id.
      - By default objects are sorted by name, those without a name by id.
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
notes:
  - >-
    The server's list of threat models lacks some fields, among them authorization and metadata. They are read, with a
    request for each model that is left by the other conditions, only if O(filters), O(fields), O(sort) or O(name) need
    them.
seealso:
  - plugin: tmi.tmi.tmi_inventory
    plugin_type: lookup
  - module: tmi.tmi.tmi_threat_model
"""

EXAMPLES = r"""
- name: List all threat models
  tmi.tmi.tmi_info:
    url: https://tmi.example.com
    resource: threat_models
  register: models

- name: Read one threat model with everything in it
  tmi.tmi.tmi_info:
    resource: threat_model
    name: Checkout
    include: [sources, documents, diagrams, threats]

- name: The five worst threats that are still open
  tmi.tmi.tmi_info:
    resource: threats
    threat_model: Checkout
    filters:
      severity: [high, critical]
      status: {not: [mitigated, closed]}
    sort: [-severity, name]
    fields: [name, severity, diagram, cell]
    limit: 5

- name: Models of one team that nobody has changed this year
  tmi.tmi.tmi_info:
    resource: threat_models
    filters:
      metadata.team: payments
      modified_at: {max: "2026-01-01"}

- name: Models that hold a critical threat
  tmi.tmi.tmi_info:
    resource: threat_models
    filters:
      threats.severity: critical
    fields: [id, name]

- name: Metadata of one threat
  tmi.tmi.tmi_info:
    resource: metadata
    threat_model: Checkout
    threat: SQL injection

- name: How long the token is still valid
  tmi.tmi.tmi_info:
    resource: token
    fields: [email, expires_in]

- name: Version of the server
  tmi.tmi.tmi_info:
    resource: server
  register: server
"""

RETURN = r"""
resources:
  description:
    - What was found, whatever it is. Objects look as in the results of the modules that manage them.
    - >-
      Threat models have counts of what they hold, such as C(threat_count), where the list of models was read. Objects
      of a model have C(threat_model_id). Threats have the names of C(diagram) and C(cell). Diagrams have C(nodes),
      C(boundaries) and C(flows).
    - Metadata is a list of C(key) and C(value). Fields kept as metadata are shown as fields of their object only.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 0b8e5e3c-3f0e-4c43-9d0e-7f7f3c1b1d55
      name: Checkout
      framework: STRIDE
      owner: alice@test.tmi
      threat_count: 12
count:
  description: How many of them.
  returned: success
  type: int
  sample: 1
total:
  description: How many there were before O(offset) and O(limit).
  returned: success
  type: int
  sample: 1
stats:
  description: What the task cost.
  returned: always
  type: dict
  contains:
    requests:
      description: Requests sent.
      type: int
      sample: 1
    retries:
      description: Requests that were repetitions.
      type: int
      sample: 0
    writes:
      description: Requests that could change data, always 0.
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

from ansible_collections.tmi.tmi.plugins.module_utils._modules.info import info_module

MODULE = info_module()


def main() -> None:
    """Run as a module of its own."""
    MODULE.main()


if __name__ == "__main__":
    main()
