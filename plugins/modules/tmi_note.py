#!/usr/bin/python
# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tmi_note
short_description: Manage a note of a TMI threat model
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Creates, changes, renames and removes a note of a threat model.
  - API v0 has no notes. With O(on_unsupported=warn) the task is skipped there with a warning; otherwise it fails.
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes
  - tmi.tmi._writing
  - tmi.tmi._writing.child
options:
  name:
    description:
      - Name of the note. Without O(id), the note is found by its name.
    type: str
  content:
    description:
      - Text of the note, in Markdown. A new note needs it.
      - >-
        The server removes all HTML tags from it except harmless ones, even in code, and turns some characters into
        entities. The task warns if text is lost by that. Write V(&lt;) to keep a V(<).
    type: str
  description:
    description:
      - Description of the note. An empty text clears it.
    type: str
  include_in_report:
    description:
      - Whether reports of the server show the note.
    type: bool
  clear:
    description:
      - Options to clear, like setting them to an empty value. It is an error to clear and set the same option.
    type: list
    elements: str
    choices: [description]
seealso:
  - module: tmi.tmi.tmi_threat_model
  - module: tmi.tmi.tmi_threat
"""

EXAMPLES = r"""
- name: Create or update a note
  tmi.tmi.tmi_note:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Assumptions
    content: |
      - The card processor holds PCI DSS level 1.
      - Browsers are up to date.

- name: Remove the note
  tmi.tmi.tmi_note:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Assumptions
    state: absent
"""

RETURN = r"""
note:
  description:
    - The note after the task, or in check mode as it would be. It has only the members that are set. Empty if the task
      removed it.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the note. Missing in check mode if the note would be created.
      type: str
      sample: 0b1f5d2c-3a10-4a7b-8e55-6a1f7c523c1e
    name:
      description: Name.
      type: str
      sample: Assumptions
    content:
      description: Text, as the server keeps it.
      type: str
      sample: "- Browsers are up to date."
    description:
      description: Description.
      type: str
      sample: Assumptions of this model
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
      sample: note Checkout / Assumptions
    after_header:
      description: The same as RV(diff[].before_header).
      type: str
      sample: note Checkout / Assumptions
    before:
      description: The object before the task, as lines for people. Empty if it did not exist.
      type: str
      sample: "content: \"- one\"\nname: Assumptions\n"
    after:
      description: The object after the task, as lines for people. Empty if the task removed it.
      type: str
      sample: "content: \"- two\"\nname: Assumptions\n"
    before_object:
      description: The same as RV(diff[].before), for programs.
      type: dict
      sample: {"name": "Assumptions", "content": "- one"}
    after_object:
      description: The same as RV(diff[].after), for programs.
      type: dict
      sample: {"name": "Assumptions", "content": "- two"}
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
from ansible_collections.tmi.tmi.plugins.module_utils._resources.note import NOTE

MODULE = single_module(NOTE)


def main() -> None:
    """Run as a module of its own."""
    MODULE.main()


if __name__ == "__main__":
    main()
