#!/usr/bin/python
# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tmi_asset
short_description: Manage an asset of a TMI threat model
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Creates, changes, renames and removes an asset of a threat model, what is worth protecting. Threats refer to it.
  - A server of API v0 knows no assets. There O(on_unsupported=warn) leaves the task out with a warning, all else fails.
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes
  - tmi.tmi._writing
  - tmi.tmi._writing.child
options:
  name:
    description:
      - Name of the asset. It finds the asset where O(id) is not given.
    type: str
  type:
    description:
      - Kind of the asset, one of V(data), V(hardware), V(software), V(infrastructure), V(service), V(personnel).
      - A new asset needs it.
    type: str
  description:
    description:
      - What the asset is. An empty text clears it.
    type: str
  criticality:
    description:
      - How critical the asset is, in words of your own. An empty text clears it.
    type: str
  sensitivity:
    description:
      - How sensitive the asset is, in words of your own. An empty text clears it.
    type: str
  classification:
    description:
      - Classes the asset belongs to. The order does not matter. An empty list clears them.
    type: list
    elements: str
  include_in_report:
    description:
      - Whether reports of the server show the asset.
    type: bool
  clear:
    description:
      - Options to clear, as an empty value does. One that is set as well is an error.
    type: list
    elements: str
    choices: [description, criticality, sensitivity, classification]
seealso:
  - module: tmi.tmi.tmi_threat_model
  - module: tmi.tmi.tmi_threat
"""

EXAMPLES = r"""
- name: Have an asset
  tmi.tmi.tmi_asset:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Cardholder data
    type: data
    criticality: high
    classification: [pci, pii]

- name: Hang a threat on it
  tmi.tmi.tmi_threat:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Card data read from a backup
    severity: high
    asset: Cardholder data

- name: Take its classes away
  tmi.tmi.tmi_asset:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Cardholder data
    clear: [classification]
"""

RETURN = r"""
asset:
  description:
    - The asset as it is after the task, or in check mode would be. Only members that are set. Empty when removed.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the asset. Missing in check mode where the asset would be created.
      type: str
      sample: 0b1f5d2c-3a10-4a7b-8e55-6a1f7c523c1e
    name:
      description: Name.
      type: str
      sample: Cardholder data
    type:
      description: Kind.
      type: str
      sample: data
    description:
      description: Description.
      type: str
      sample: Numbers and names of cards
    criticality:
      description: Criticality.
      type: str
      sample: high
    sensitivity:
      description: Sensitivity.
      type: str
      sample: secret
    classification:
      description: Classes, sorted.
      type: list
      elements: str
      sample: [pci, pii]
    include_in_report:
      description: Whether reports of the server show it.
      type: bool
      sample: true
    metadata:
      description: Metadata.
      type: dict
      sample:
        team: payments
    created_at:
      description: When it was created, where the server tells.
      type: str
      sample: "2026-05-04T10:11:12.123456Z"
    modified_at:
      description: When it was changed last, where the server tells.
      type: str
      sample: "2026-05-04T10:11:12.123456Z"
diff:
  description:
    - What has changed, or in check mode would change. One pair for each object that changes, empty where nothing
      does.
    - Ansible shows it with C(--diff).
  returned: success
  type: list
  elements: dict
  contains:
    before_header:
      description: Kind and place of the object.
      type: str
      sample: asset Checkout / Cardholder data
    after_header:
      description: The same as RV(diff[].before_header).
      type: str
      sample: asset Checkout / Cardholder data
    before:
      description: The object as it was, as lines for people. Empty where it was not there.
      type: str
      sample: "name: Cardholder data\ntype: data\n"
    after:
      description: The object as it is now, as lines for people. Empty where it is gone.
      type: str
      sample: "criticality: high\nname: Cardholder data\ntype: data\n"
    before_object:
      description: The same as RV(diff[].before), for programs.
      type: dict
      sample: {"name": "Cardholder data", "type": "data"}
    after_object:
      description: The same as RV(diff[].after), for programs.
      type: dict
      sample: {"name": "Cardholder data", "type": "data", "criticality": "high"}
stats:
  description: What the task cost.
  returned: always
  type: dict
  contains:
    requests:
      description: Requests sent, repetitions included.
      type: int
      sample: 4
    retries:
      description: Requests that were repetitions.
      type: int
      sample: 0
    writes:
      description: Requests that could change data. Logins do not count. In check mode always V(0).
      type: int
      sample: 1
request_log:
  description:
    - Every request, in its order, with status, time, size, number of the server, and waits before repetitions. No
      header, no body and no secret is in it.
    - On a local connection C(-vvv) shows these lines at once.
  returned: with C(-vvv), where the module is sent to another machine, or runs with C(become) or C(async)
  type: list
  elements: str
  sample: ["GET /threat_models?limit=100&offset=0: 200, 12 ms, 5321 bytes"]
restored:
  description: That the asset had been deleted and came back, or in check mode would come back.
  returned: on API v1, if so
  type: bool
  sample: true
assumed:
  description: Objects that are missing and count as about to be created, since the task ran in check mode.
  returned: in check mode, when there are any
  type: list
  elements: str
  sample: ["threat model Checkout"]
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
done:
  description:
    - What had been written before the failure. RV(ignore:changed) is then V(true), and a second run completes it.
    - A line begins with C(perhaps) where the answer to a write was lost and the server could not be asked afterwards.
  returned: failure, when something had been written
  type: list
  elements: str
  sample: ['created threat "SQL injection"']
"""

from ansible_collections.tmi.tmi.plugins.module_utils._modules.single import single_module
from ansible_collections.tmi.tmi.plugins.module_utils._resources.asset import ASSET

MODULE = single_module(ASSET)


def main() -> None:
    """Run as a module of its own."""
    MODULE.main()


if __name__ == "__main__":
    main()
