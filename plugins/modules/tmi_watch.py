#!/usr/bin/python
# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tmi_watch
short_description: Show changes of threat models, or of the session of a diagram, while they are made
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Shows a line for each change until there are O(count) changes, until O(wait_timeout), or until the user ends the run
    with Ctrl-C. Nothing is written. The playbook C(tmi.tmi.watch) runs it.
  - Without O(diagram) it reads the models again and again, as the event source C(tmi.tmi.changes) does. With O(diagram)
    it joins the collaboration session of the diagram as a participant that only reads, as C(tmi.tmi.session) does, and
    shows who joins, leaves, presents and edits.
  - In check mode it ends at once, without a request.
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes.info
options:
  threat_model:
    description:
      - Names, patterns such as V(Pay*), or ids of the models to watch. If it is not set, all models that the account
        can see. A line says if no model fits one of them yet.
      - With O(diagram), the name or id of its model.
    type: list
    elements: str
  diagram:
    description:
      - Name or id of a diagram, to watch its session.
    type: str
  count:
    description:
      - Number of changes after which the task ends. Without it there is no limit.
    type: int
  wait_timeout:
    description:
      - Seconds after which the task ends. It does not fail then. Without it there is no limit.
    type: int
  interval:
    description:
      - Seconds between two reads of the models, or between two looks for a session.
    type: int
    default: 10
  cursor:
    description:
      - Least number of seconds between two lines about the cursor of the presenter. With V(0) there are none.
    type: int
    default: 0
notes:
  - >-
    The task always runs on the controller, whatever its connection is, because only the controller can show lines at
    once. It cannot be a background job (C(async)).
  - >-
    If a read fails although one before it succeeded, the failure is shown and the next read tries again.
  - >-
    The others in a session see the account of the task. On TMI 1.x it must be another account than that of the host.
seealso:
  - module: tmi.tmi.tmi_wait
"""

EXAMPLES = r"""
- name: Show the next ten changes of the payment models
  tmi.tmi.tmi_watch:
    url: https://tmi.example.com
    threat_model: ["Pay*"]
    count: 10

- name: Show what people do in a diagram, for an hour
  tmi.tmi.tmi_watch:
    threat_model: [Checkout]
    diagram: Main
    wait_timeout: 3600
"""

RETURN = r"""
events:
  description:
    - The first 1000 events, each with C(type), C(kind), C(action), C(id), C(name), C(threat_model), C(changes),
      C(before), C(after), C(user) and C(event_id), for cells and in sessions also C(diagram). The guide on events
      explains them.
    - C(user) is empty if the server does not show it. Changes of models have it only on API v1.
  returned: success
  type: list
  elements: dict
  sample:
    - type: threat.updated
      kind: threat
      action: updated
      name: Replay
      changes: {severity: {before: high, after: critical}}
count:
  description: Number of events that were shown.
  returned: success
  type: int
  sample: 1
timed_out:
  description: Whether O(wait_timeout) ended the task.
  returned: success
  type: bool
  sample: false
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

from ansible_collections.tmi.tmi.plugins.module_utils._modules.watch import watch_module

MODULE = watch_module()


def main() -> None:
    """Run as a module of its own."""
    MODULE.main()


if __name__ == "__main__":
    main()
