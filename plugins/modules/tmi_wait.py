#!/usr/bin/python
# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tmi_wait
short_description: Wait until a condition about objects of a TMI server holds
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Reads objects as M(tmi.tmi.tmi_info) does, again and again, until a condition holds. Nothing is written.
  - Returns the objects of the last read, also if the condition did not hold in time. The task then fails.
  - In check mode it reads once, does not wait and does not fail. RV(holds) is the value of the condition.
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes.info
  - tmi.tmi._query
options:
  condition:
    description:
      - >-
        A Jinja expression without braces, as in C(until), or a list of expressions that must all hold. The result must
        be a boolean. Only ansible-core 2.18 accepts other values, with a warning.
      - >-
        It can use RV(resources), RV(count) and RV(total) of the read, C(found), which is the first object, and all
        variables of the task.
      - >-
        As long as no object is found, a value that is missing in the objects means that it does not hold. If objects
        are found, it is an error. An unknown variable always is.
    type: raw
    required: true
  wait_timeout:
    description:
      - Seconds to wait. V(0) reads once.
    type: int
    default: 300
  interval:
    description:
      - Seconds between two reads, up to a fifth more or less, so that many runs do not read at the same moment.
    type: int
    default: 5
notes:
  - >-
    If a read fails although the one before it succeeded, and the server may be available again soon, the task waits on.
    O(retry_timeout) is the time that each read is repeated.
  - >-
    If the module is sent to another machine, each read is a run of its own. O(token_cache) then avoids a login for each
    read. The task cannot be a background job (C(async)).
seealso:
  - module: tmi.tmi.tmi_info
"""

EXAMPLES = r"""
- name: Wait up to an hour until the model has a threat
  tmi.tmi.tmi_wait:
    url: https://tmi.example.com
    resource: threat_model
    name: Checkout
    condition: found.threat_count > 0
    wait_timeout: 3600
    interval: 60

- name: Wait until all people have left the diagrams
  tmi.tmi.tmi_wait:
    resource: collaboration_sessions
    condition: resources | map(attribute='participants') | flatten | length == 0
    wait_timeout: 600

- name: Find out, without waiting, whether no critical threat is open
  tmi.tmi.tmi_wait:
    resource: threats
    threat_model: Checkout
    filters:
      severity: critical
      status: {not: [mitigated, closed]}
    condition: count == 0
    wait_timeout: 0
  register: tmi_open
  failed_when: tmi_open is failed and tmi_open.error.code != 'timeout'
"""

RETURN = r"""
holds:
  description: Whether the condition holds for the last read.
  returned: if a read succeeded
  type: bool
  sample: true
waited:
  description: Seconds from the first read to the last one.
  returned: if a read succeeded
  type: int
  sample: 42
reads:
  description: Number of reads.
  returned: if a read succeeded
  type: int
  sample: 9
resources:
  description:
    - The objects of the last read. They have the same form as in the results of the modules that manage them.
    - >-
      Threat models have counts of their objects, such as C(threat_count), if the list of models was read. Objects of a
      model have C(threat_model_id). Threats have the names of C(diagram) and C(cell). Diagrams have C(nodes),
      C(boundaries) and C(flows).
    - Metadata is a list of C(key) and C(value). Fields that are kept as metadata are shown only as fields of their
      object.
  returned: if a read succeeded
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
  returned: if a read succeeded
  type: int
  sample: 1
total:
  description: Number of objects before O(offset) and O(limit) were applied.
  returned: if a read succeeded
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

from ansible_collections.tmi.tmi.plugins.module_utils._modules.wait import wait_module

MODULE = wait_module()


def main() -> None:
    """Run as a module of its own."""
    MODULE.main()


if __name__ == "__main__":
    main()
