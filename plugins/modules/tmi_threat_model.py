#!/usr/bin/python
# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tmi_threat_model
short_description: Manage a threat model on a TMI server
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Creates, changes, renames and removes a threat model, its metadata and who may use it.
  - Threats, diagrams, documents and sources are left alone. They have modules of their own. With O(state=absent) they
    go with the model.
  - A model in which people work in a collaboration session is not removed. The failure names them.
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes
  - tmi.tmi._writing
options:
  name:
    description:
      - Name of the model. It finds the model where O(id) is not given.
      - A model that was renamed by hand is not found by its old name. Give O(id) for it.
    type: str
  description:
    description:
      - What the model is about. An empty text clears it.
    type: str
  framework:
    description:
      - Framework of the threats. One of V(CIA), V(STRIDE), V(LINDDUN), V(DIE) and V(PLOT4ai), in any case.
      - A new model gets V(STRIDE) where nothing else is said.
    type: str
    aliases: [threat_model_framework]
  issue_uri:
    description:
      - Address of the issue that tracks the model. An empty text clears it.
    type: str
    aliases: [issue_url, issue]
  status:
    description:
      - Status of the model, for example V(in_progress). Case, blanks, V(-) and V(_) make no difference.
      - Where the server has no field for it, O(on_unsupported=metadata) keeps it as metadata V(status).
    type: str
  project:
    description:
      - Id of the project that the model belongs to. An empty text clears it.
      - Where the server knows no projects, O(on_unsupported=metadata) keeps it as metadata V(project).
    type: str
  reviewer:
    description:
      - E-mail address of the security reviewer, who becomes an owner of the model, too. An empty text clears it.
      - Only security reviewers and service accounts may set it. Owners may clear it.
      - Where the server has no field for it, O(on_unsupported=metadata) keeps it as metadata V(reviewer).
    type: str
  confidential:
    description:
      - Whether the model is hidden from those who are not named in O(authorization). It is set when the model is
        created, later it cannot be changed.
      - Where the server has no field for it, O(on_unsupported=metadata) keeps it as metadata V(confidential), which
        hides nothing.
    type: bool
  version:
    description:
      - Version of the model. No TMI server has a field for it. It is always kept as metadata V(version).
    type: str
  authorization:
    description:
      - Who may use the model. Rows are added, or get the role declared here. Other rows are left alone, see
        O(purge_authorization).
      - Only the owner of a model may change it.
      - The owner of the model stays its owner. To give the model away, set O(owner).
    type: list
    elements: dict
    aliases: [access]
    suboptions:
      user:
        description:
          - E-mail address of a user. Servers take only users that have logged in once.
          - Who has not is named in the plan if the account that runs the task is an administrator of a server of API
            v1, and after the server has refused it otherwise.
        type: str
        aliases: [subject, email]
      group:
        description:
          - Name of a group, instead of O(authorization[].user). An error where the server knows users only.
        type: str
      provider:
        description:
          - Identity provider of the user or the group. An error where the server does not tell providers apart.
        type: str
      role:
        description:
          - One of V(reader), V(writer) and V(owner), in any case.
        type: str
        required: true
  purge_authorization:
    description:
      - Whether to remove the rows that O(authorization) does not name. Those of the owner and of the user who is
        logged in stay.
    type: bool
    default: false
  owner:
    description:
      - E-mail address of the owner. It is written last, since who gives a model away may lose the right to change it.
      - The former owner keeps the role V(owner) in O(authorization) until somebody takes it away.
    type: str
  clear:
    description:
      - Options to clear, as an empty text does. One that is set as well is an error.
      - Servers of API v1 always keep a status. One that is cleared is V(not_started) afterwards.
    type: list
    elements: str
    choices: [description, issue_uri, status, project, reviewer, version]
seealso:
  - module: tmi.tmi.tmi_threat
  - module: tmi.tmi.tmi_diagram
  - module: tmi.tmi.tmi_definition
    description: Manages a model with all that is in it.
"""

EXAMPLES = r"""
- name: Say once how to reach the server
  hosts: localhost
  gather_facts: false
  module_defaults:
    group/tmi.tmi.tmi:
      url: https://tmi.example.com
      token_cache: ~/.cache/tmi/tokens.json
  tasks:
    - name: Have a threat model
      tmi.tmi.tmi_threat_model:
        name: Checkout
        description: Card checkout from browser to ledger
        framework: STRIDE
        issue_uri: https://jira.example.com/browse/SEC-101
        metadata:
          team: payments
          tier: 1
      register: checkout

    - name: Let others in, and only them
      tmi.tmi.tmi_threat_model:
        name: Checkout
        authorization:
          - user: ana@example.com
            role: writer
          - user: audit@example.com
            role: reader
        purge_authorization: true

    - name: Rename the model
      tmi.tmi.tmi_threat_model:
        id: "{{ checkout.threat_model.id }}"
        name: Checkout and refunds

    - name: Keep a status, also where the server has no field for it
      tmi.tmi.tmi_threat_model:
        name: Checkout and refunds
        status: In progress
        version: "1.0"
        on_unsupported: metadata

    - name: Clear two options and remove one key of the metadata
      tmi.tmi.tmi_threat_model:
        name: Checkout and refunds
        description: ""
        clear: [issue_uri]
        metadata:
          tier: ""

    - name: Remove the model with all that is in it
      tmi.tmi.tmi_threat_model:
        name: Checkout and refunds
        state: absent
"""

RETURN = r"""
threat_model:
  description:
    - The model as it is after the task, or in check mode would be. Only members that are set. Empty when removed.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the model. Missing in check mode where the model would be created.
      type: str
      sample: 0b8e6c0e-6a51-4a43-9e0c-0d5cb0a0a001
    name:
      description: Name.
      type: str
      sample: Checkout
    description:
      description: Description.
      type: str
      sample: Card checkout from browser to ledger
    framework:
      description: Framework of the threats.
      type: str
      sample: STRIDE
    issue_uri:
      description: Address of the issue that tracks the model.
      type: str
      sample: https://jira.example.com/browse/SEC-101
    status:
      description: Status, wherever it is kept.
      type: str
      sample: in_progress
    project:
      description: Id of the project that the model belongs to.
      type: str
      sample: 5a0c4d7e-8a0b-4f0e-9a53-0f6f1ad2a7f4
    reviewer:
      description: E-mail address of the security reviewer.
      type: str
      sample: rob@example.com
    confidential:
      description: Whether the model is confidential, where the server tells.
      type: bool
      sample: false
    version:
      description: Version.
      type: str
      sample: "1.0"
    authorization:
      description: Who may use the model, all rows.
      type: list
      elements: dict
      sample:
        - user: ana@example.com
          role: owner
    owner:
      description: E-mail address of the owner.
      type: str
      sample: ana@example.com
    metadata:
      description: Metadata, without the keys that hold other members.
      type: dict
      sample:
        team: payments
        tier: "1"
    created_at:
      description: When it was created.
      type: str
      sample: "2026-05-04T10:11:12.123456Z"
    created_by:
      description: Who created it.
      type: str
      sample: ana@example.com
    modified_at:
      description: When it was changed last.
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
      sample: threat model Checkout
    after_header:
      description: The same as RV(diff[].before_header).
      type: str
      sample: threat model Checkout
    before:
      description: The object as it was, as lines for people. Empty where it was not there.
      type: str
      sample: "name: Checkout\n"
    after:
      description: The object as it is now, as lines for people. Empty where it is gone.
      type: str
      sample: "description: Card checkout\nname: Checkout\n"
    before_object:
      description: The same as RV(diff[].before), for programs.
      type: dict
      sample: {"name": "Checkout"}
    after_object:
      description: The same as RV(diff[].after), for programs.
      type: dict
      sample: {"name": "Checkout", "description": "Card checkout"}
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
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat_model import THREAT_MODEL

MODULE = single_module(THREAT_MODEL)


def main() -> None:
    """Run as a module of its own."""
    MODULE.main()


if __name__ == "__main__":
    main()
