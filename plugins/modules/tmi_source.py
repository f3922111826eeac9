#!/usr/bin/python
# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tmi_source
short_description: Manage a code repository of a TMI threat model
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Creates, changes, renames and removes an entry for a code repository of a threat model.
  - TMI called such an entry a source in 2025. Newer versions call it a repository. This module manages both.
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes
  - tmi.tmi._writing
  - tmi.tmi._writing.child
options:
  name:
    description:
      - Name of the source. Without O(id), the source is found by its name.
      - Without O(name) and O(id) the source is found by O(uri). An empty text clears the name.
    type: str
  uri:
    description:
      - Address of the repository. It begins with C(http://) or C(https://). The server refuses other addresses, such as
        C(git@example.com:shop/checkout.git), and so does this module.
      - A new source needs it.
      - Servers of 2025 call it C(url). In this module, O(url) is the address of the server.
    type: str
  description:
    description:
      - Description of the repository. An empty text clears it.
    type: str
  type:
    description:
      - One of V(git), V(svn), V(mercurial) and V(other), in any case.
    type: str
  parameters:
    description:
      - Part of the repository that the model describes. Replaced as a whole.
    type: dict
    suboptions:
      ref_type:
        description:
          - Kind of O(parameters.ref_value). One of V(branch), V(tag) and V(commit), in any case.
        type: str
        required: true
        aliases: [refType]
      ref_value:
        description:
          - Name of the branch or the tag, or the commit.
        type: str
        required: true
        aliases: [refValue]
      sub_path:
        description:
          - Folder in the repository.
        type: str
        aliases: [subPath]
  include_in_report:
    description:
      - Whether reports of the server show the source.
      - If the server has no field for it, O(on_unsupported=metadata) keeps it as metadata V(include_in_report).
    type: bool
  clear:
    description:
      - Options to clear, like setting them to an empty text. It is an error to clear and set the same option.
    type: list
    elements: str
    choices: [name, description]
seealso:
  - module: tmi.tmi.tmi_document
  - module: tmi.tmi.tmi_threat_model
"""

EXAMPLES = r"""
- name: Create or update a source
  tmi.tmi.tmi_source:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Checkout API
    uri: https://git.example.com/shop/checkout.git
    type: git
    parameters:
      ref_type: branch
      ref_value: main
      sub_path: services/checkout
  register: api

- name: Pin the source to a tag
  tmi.tmi.tmi_source:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Checkout API
    parameters:
      ref_type: tag
      ref_value: v2.3.0

- name: Rename the source
  tmi.tmi.tmi_source:
    url: https://tmi.example.com
    threat_model: Checkout
    id: "{{ api.source.id }}"
    name: Checkout service
    metadata:
      language: go

- name: Describe the source with this address
  tmi.tmi.tmi_source:
    url: https://tmi.example.com
    threat_model: Checkout
    uri: https://git.example.com/shop/checkout.git
    description: Everything between browser and ledger

- name: Remove the source
  tmi.tmi.tmi_source:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Checkout service
    state: absent
"""

RETURN = r"""
source:
  description:
    - The source after the task, or in check mode as it would be. It has only the members that are set. Empty if the
      task removed it.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the source. Missing in check mode if the source would be created.
      type: str
      sample: 2f6d1b7e-1d0f-4c4e-b2a7-7a1c9e8d5f20
    name:
      description: Name.
      type: str
      sample: Checkout API
    uri:
      description: Address of the repository.
      type: str
      sample: https://git.example.com/shop/checkout.git
    description:
      description: Description.
      type: str
      sample: Everything between browser and ledger
    type:
      description: Kind of repository.
      type: str
      sample: git
    parameters:
      description: Part of the repository that the model describes.
      type: dict
      sample:
        ref_type: branch
        ref_value: main
        sub_path: services/checkout
    include_in_report:
      description: Whether reports of the server show it, if the server returns it.
      type: bool
      sample: true
    metadata:
      description: Metadata.
      type: dict
      sample:
        language: go
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
      sample: source Checkout / Checkout API
    after_header:
      description: The same as RV(diff[].before_header).
      type: str
      sample: source Checkout / Checkout API
    before:
      description: The object before the task, as lines for people. Empty if it did not exist.
      type: str
      sample: "name: Checkout API\ntype: other\n"
    after:
      description: The object after the task, as lines for people. Empty if the task removed it.
      type: str
      sample: "name: Checkout API\ntype: git\n"
    before_object:
      description: The same as RV(diff[].before), for programs.
      type: dict
      sample: {"name": "Checkout API", "type": "other"}
    after_object:
      description: The same as RV(diff[].after), for programs.
      type: dict
      sample: {"name": "Checkout API", "type": "git"}
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
  description: Whether the task restored a deleted source, or in check mode would restore it.
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
from ansible_collections.tmi.tmi.plugins.module_utils._resources.source import SOURCE

MODULE = single_module(SOURCE)


def main() -> None:
    """Run as a module of its own."""
    MODULE.main()


if __name__ == "__main__":
    main()
