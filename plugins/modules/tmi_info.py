#!/usr/bin/python
# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tmi_info
short_description: Read threat models with everything in them, and information about a TMI server
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Returns threat models, their threats, diagrams, documents, sources or metadata, filtered, sorted and limited.
  - Also returns identity providers, the user and the token in use, collaboration sessions, and the server's version.
  - All pages of the server's lists are read. Nothing is written.
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes.info
  - tmi.tmi._query
notes:
  - >-
    The server's list of threat models lacks some fields, for example authorization and metadata. They are read only if
    O(filters), O(fields), O(sort) or O(name) need them, with one request for each model that meets the other
    conditions.
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

- name: Read the five worst open threats
  tmi.tmi.tmi_info:
    resource: threats
    threat_model: Checkout
    filters:
      severity: [high, critical]
      status: {not: [mitigated, closed]}
    sort: [-severity, name]
    fields: [name, severity, diagram, cell]
    limit: 5

- name: Read the models of one team that have not changed this year
  tmi.tmi.tmi_info:
    resource: threat_models
    filters:
      metadata.team: payments
      modified_at: {max: "2026-01-01"}

- name: Read the models with a critical threat
  tmi.tmi.tmi_info:
    resource: threat_models
    filters:
      threats.severity: critical
    fields: [id, name]

- name: Read the metadata of one threat
  tmi.tmi.tmi_info:
    resource: metadata
    threat_model: Checkout
    threat: SQL injection

- name: Read the remaining lifetime of the token
  tmi.tmi.tmi_info:
    resource: token
    fields: [email, expires_in]

- name: Ask the server whether the token is valid
  tmi.tmi.tmi_info:
    resource: token
    fields: [active, expires_at]

- name: Read where the server issues tokens
  tmi.tmi.tmi_info:
    resource: well_known
    name: openid-configuration
    fields: [document.issuer, document.token_endpoint]

- name: Read the version of the server
  tmi.tmi.tmi_info:
    resource: server
  register: server
"""

RETURN = r"""
resources:
  description:
    - The objects found. They have the same form as in the results of the modules that manage them.
    - >-
      Threat models have counts of their objects, such as C(threat_count), if the list of models was read. Objects of a
      model have C(threat_model_id). Threats have the names of C(diagram) and C(cell). Diagrams have C(nodes),
      C(boundaries) and C(flows).
    - Metadata is a list of C(key) and C(value). Fields that are kept as metadata are shown only as fields of their
      object.
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
  description: Number of the objects in RV(resources).
  returned: success
  type: int
  sample: 1
total:
  description: Number of objects before O(offset) and O(limit) were applied.
  returned: success
  type: int
  sample: 1
stats:
  description: Counts of the requests that the task sent.
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

from ansible_collections.tmi.tmi.plugins.module_utils._modules.info import info_module

MODULE = info_module()


def main() -> None:
    """Run as a module of its own."""
    MODULE.main()


if __name__ == "__main__":
    main()
