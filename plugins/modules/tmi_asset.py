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
  - Creates, changes, renames and removes an asset of a threat model. An asset is something worth protecting. Threats
    refer to it.
  - API v0 has no assets. With O(on_unsupported=warn) the task is skipped there with a warning; otherwise it fails.
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes
  - tmi.tmi._writing
  - tmi.tmi._writing.child
options:
  name:
    description:
      - Name of the asset. Without O(id), the asset is found by its name.
    type: str
  type:
    description:
      - Kind of the asset, one of V(data), V(hardware), V(software), V(infrastructure), V(service), V(personnel).
      - A new asset needs it.
    type: str
  description:
    description:
      - Description of the asset. An empty text clears it.
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
      - Classes that the asset belongs to. The order does not matter. An empty list clears them.
    type: list
    elements: str
  include_in_report:
    description:
      - Whether reports of the server show the asset.
    type: bool
  clear:
    description:
      - Options to clear, like setting them to an empty value. It is an error to clear and set the same option.
    type: list
    elements: str
    choices: [description, criticality, sensitivity, classification]
seealso:
  - module: tmi.tmi.tmi_threat_model
  - module: tmi.tmi.tmi_threat
"""

EXAMPLES = r"""
- name: Create or update an asset
  tmi.tmi.tmi_asset:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Cardholder data
    type: data
    criticality: high
    classification: [pci, pii]

- name: Create or update a threat that refers to the asset
  tmi.tmi.tmi_threat:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Card data read from a backup
    severity: high
    asset: Cardholder data

- name: Clear the classes of the asset
  tmi.tmi.tmi_asset:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Cardholder data
    clear: [classification]
"""

RETURN = r"""
asset:
  description:
    - The asset after the task, or in check mode as it would be. It has only the members that are set. Empty if the task
      removed it.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the asset. Missing in check mode if the asset would be created.
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
      description: When it was created, if the server returns it.
      type: str
      sample: "2026-05-04T10:11:12.123456Z"
    modified_at:
      description: When it was changed last, if the server returns it.
      type: str
      sample: "2026-05-04T10:11:12.123456Z"
diff:
  description:
    - Changes that the task made, or in check mode would make. One pair for each object that changes. Empty if nothing
      changes.
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
      description: The object before the task, as lines for people. Empty if it did not exist.
      type: str
      sample: "name: Cardholder data\ntype: data\n"
    after:
      description: The object after the task, as lines for people. Empty if the task removed it.
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
  description: Counts of the requests that the task sent.
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
    - All requests in order, each with status, time, size, number of the server, and waits before repetitions. It holds
      no headers, no bodies and no secrets.
    - On a local connection C(-vvv) shows these lines at once.
  returned: with C(-vvv), if the module is sent to another machine or runs with C(become) or C(async)
  type: list
  elements: str
  sample: ["GET /threat_models?limit=100&offset=0: 200, 12 ms, 5321 bytes"]
restored:
  description: Whether the task restored a deleted asset, or in check mode would restore it.
  returned: on API v1, if so
  type: bool
  sample: true
assumed:
  description: Missing objects that the task treats as about to be created, because it runs in check mode.
  returned: in check mode, if there are any
  type: list
  elements: str
  sample: ["threat model Checkout"]
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
done:
  description:
    - Changes that were written before the failure. RV(ignore:changed) is then V(true). A second run writes the rest.
    - A line begins with C(perhaps) if the answer to a write was lost and the server could not be read afterwards.
  returned: failure, if something was written
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
