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
  - Creates, changes, renames and removes a threat model, its metadata and its access rights.
  - Threats, diagrams, documents and sources are not changed. They have their own modules. O(state=absent) removes them
    with the model.
  - A model is not removed while people work on it in a collaboration session. The error message names them.
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes
  - tmi.tmi._writing
options:
  name:
    description:
      - Name of the model. Without O(id), the model is found by its name.
      - If a person has renamed the model on the server, its old name does not find it. Use O(id) then.
    type: str
  description:
    description:
      - Description of the model. An empty text clears it.
    type: str
  framework:
    description:
      - Framework of the threats. One of V(CIA), V(STRIDE), V(LINDDUN), V(DIE) and V(PLOT4ai), in any case.
      - A new model gets V(STRIDE) by default.
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
      - If the server has no field for it, O(on_unsupported=metadata) keeps it as metadata V(status).
    type: str
  project:
    description:
      - Id of the project that the model belongs to. An empty text clears it.
      - If the server has no projects, O(on_unsupported=metadata) keeps it as metadata V(project).
    type: str
  reviewer:
    description:
      - E-mail address of the security reviewer, who also becomes an owner of the model. An empty text clears it.
      - Only security reviewers and service accounts may set it. Owners may clear it.
      - If the server has no field for it, O(on_unsupported=metadata) keeps it as metadata V(reviewer).
    type: str
  confidential:
    description:
      - Whether the model is hidden from people who are not named in O(authorization). It can be set only when the model
        is created.
      - If the server has no field for it, O(on_unsupported=metadata) keeps it as metadata V(confidential), which hides
        nothing.
    type: bool
  version:
    description:
      - Version of the model. No TMI server has a field for it. It is always kept as metadata V(version).
    type: str
  authorization:
    description:
      - Access rights to the model. A missing row is added. An existing row gets the role given here. Other rows are not
        changed, see O(purge_authorization).
      - Only the owner of the model may change its access rights.
      - This option does not change the owner of the model. To do that, set O(owner).
    type: list
    elements: dict
    aliases: [access]
    suboptions:
      user:
        description:
          - E-mail address of a user. Servers accept only users who have logged in before.
          - An unknown user is reported in the plan if the account of the task is an administrator of a server of API
            v1. Otherwise it is reported after the server has refused the write.
        type: str
        aliases: [subject, email]
      group:
        description:
          - Name of a group, instead of O(authorization[].user). It is an error if the server has no groups.
        type: str
      provider:
        description:
          - Identity provider of the user or the group. It is an error if the server does not distinguish providers.
        type: str
      role:
        description:
          - One of V(reader), V(writer) and V(owner), in any case.
        type: str
        required: true
  purge_authorization:
    description:
      - Whether to remove the rows that O(authorization) does not name. The rows of the owner and of the current user
        are kept.
    type: bool
    default: false
  owner:
    description:
      - E-mail address of the owner. It is written last, because a former owner may lose the right to change the model.
      - The former owner keeps the role V(owner) in O(authorization) until it is removed.
    type: str
  clear:
    description:
      - Options to clear, like setting them to an empty text. It is an error to clear and set the same option.
      - A model on a server of API v1 always has a status. A cleared status becomes V(not_started).
    type: list
    elements: str
    choices: [description, issue_uri, status, project, reviewer, version]
seealso:
  - module: tmi.tmi.tmi_threat
  - module: tmi.tmi.tmi_diagram
  - module: tmi.tmi.tmi_definition
    description: Manages a model with everything in it.
"""

EXAMPLES = r"""
- name: Set the connection options once
  hosts: localhost
  gather_facts: false
  module_defaults:
    group/tmi.tmi.tmi:
      url: https://tmi.example.com
      token_cache: ~/.cache/tmi/tokens.json
  tasks:
    - name: Create or update a threat model
      tmi.tmi.tmi_threat_model:
        name: Checkout
        description: Card checkout from browser to ledger
        framework: STRIDE
        issue_uri: https://jira.example.com/browse/SEC-101
        metadata:
          team: payments
          tier: 1
      register: checkout

    - name: Give access to these people only
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

    - name: Keep a status, even if the server has no field for it
      tmi.tmi.tmi_threat_model:
        name: Checkout and refunds
        status: In progress
        version: "1.0"
        on_unsupported: metadata

    - name: Clear two options and remove one metadata key
      tmi.tmi.tmi_threat_model:
        name: Checkout and refunds
        description: ""
        clear: [issue_uri]
        metadata:
          tier: ""

    - name: Remove the model with everything in it
      tmi.tmi.tmi_threat_model:
        name: Checkout and refunds
        state: absent
"""

RETURN = r"""
threat_model:
  description:
    - The model after the task, or in check mode as it would be. It has only the members that are set. Empty if the task
      removed it.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the model. Missing in check mode if the model would be created.
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
      description: Status, from a field or from metadata.
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
      description: Whether the model is confidential, if the server returns it.
      type: bool
      sample: false
    version:
      description: Version.
      type: str
      sample: "1.0"
    authorization:
      description: Access rights to the model, all rows.
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
      description: User who created it.
      type: str
      sample: ana@example.com
    modified_at:
      description: When it was changed last.
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
      sample: threat model Checkout
    after_header:
      description: The same as RV(diff[].before_header).
      type: str
      sample: threat model Checkout
    before:
      description: The object before the task, as lines for people. Empty if it did not exist.
      type: str
      sample: "name: Checkout\n"
    after:
      description: The object after the task, as lines for people. Empty if the task removed it.
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
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat_model import THREAT_MODEL

MODULE = single_module(THREAT_MODEL)


def main() -> None:
    """Run as a module of its own."""
    MODULE.main()


if __name__ == "__main__":
    main()
