#!/usr/bin/python
# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tmi_document
short_description: Manage a reference document of a TMI threat model
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Creates, changes, renames and removes an entry for a document of a threat model, such as a decision record or a
    specification. TMI stores only the address of the document.
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes
  - tmi.tmi._writing
  - tmi.tmi._writing.child
options:
  name:
    description:
      - Name of the document. Without O(id), the document is found by its name.
      - Without O(name) and O(id) the document is found by O(uri).
    type: str
  uri:
    description:
      - Address of the document. It begins with C(http://) or C(https://).
      - A new document needs it.
      - Servers of 2025 call it C(url). In this module, O(url) is the address of the server.
    type: str
  description:
    description:
      - Description of the document. An empty text clears it.
    type: str
  include_in_report:
    description:
      - Whether reports of the server show the document.
      - If the server has no field for it, O(on_unsupported=metadata) keeps it as metadata V(include_in_report).
    type: bool
  clear:
    description:
      - Options to clear, like setting them to an empty text. It is an error to clear and set the same option.
    type: list
    elements: str
    choices: [description]
seealso:
  - module: tmi.tmi.tmi_source
  - module: tmi.tmi.tmi_threat_model
"""

EXAMPLES = r"""
- name: Create or update a document
  tmi.tmi.tmi_document:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Decision record 12
    uri: https://wiki.example.com/adr/12
    description: Why cards are kept as tokens
    metadata:
      reviewed_by: ana
  register: record

- name: Change the address of the document
  tmi.tmi.tmi_document:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Decision record 12
    uri: https://docs.example.com/adr/12

- name: Rename the document
  tmi.tmi.tmi_document:
    url: https://tmi.example.com
    threat_model: Checkout
    id: "{{ record.document.id }}"
    name: Decision record 12 (superseded)

- name: Clear the description and all metadata except one key
  tmi.tmi.tmi_document:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Decision record 12 (superseded)
    clear: [description]
    metadata:
      superseded_by: Decision record 31
    purge_metadata: true

- name: Remove the document with this address
  tmi.tmi.tmi_document:
    url: https://tmi.example.com
    threat_model: Checkout
    uri: https://docs.example.com/adr/12
    state: absent
"""

RETURN = r"""
document:
  description:
    - The document after the task, or in check mode as it would be. It has only the members that are set. Empty if the
      task removed it.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the document. Missing in check mode if the document would be created.
      type: str
      sample: 6a1f7c52-3c1e-4a7b-8e55-0b1f5d2c3a10
    name:
      description: Name.
      type: str
      sample: Decision record 12
    uri:
      description: Address.
      type: str
      sample: https://wiki.example.com/adr/12
    description:
      description: Description.
      type: str
      sample: Why cards are kept as tokens
    include_in_report:
      description: Whether reports of the server show it, if the server returns it.
      type: bool
      sample: true
    metadata:
      description: Metadata.
      type: dict
      sample:
        reviewed_by: ana
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
      sample: document Checkout / Decision record 12
    after_header:
      description: The same as RV(diff[].before_header).
      type: str
      sample: document Checkout / Decision record 12
    before:
      description: The object before the task, as lines for people. Empty if it did not exist.
      type: str
      sample: "name: Decision record 12\nuri: \"https://wiki.example.com/adr/12\"\n"
    after:
      description: The object after the task, as lines for people. Empty if the task removed it.
      type: str
      sample: "name: Decision record 12\nuri: \"https://docs.example.com/adr/12\"\n"
    before_object:
      description: The same as RV(diff[].before), for programs.
      type: dict
      sample: {"name": "Decision record 12", "uri": "https://wiki.example.com/adr/12"}
    after_object:
      description: The same as RV(diff[].after), for programs.
      type: dict
      sample: {"name": "Decision record 12", "uri": "https://docs.example.com/adr/12"}
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
  description: Whether the task restored a deleted document, or in check mode would restore it.
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
from ansible_collections.tmi.tmi.plugins.module_utils._resources.document import DOCUMENT

MODULE = single_module(DOCUMENT)


def main() -> None:
    """Run as a module of its own."""
    MODULE.main()


if __name__ == "__main__":
    main()
