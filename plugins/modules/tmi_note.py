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
  - A server of API v0 knows no notes. There O(on_unsupported=warn) leaves the task out with a warning, all else fails.
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes
  - tmi.tmi._writing
  - tmi.tmi._writing.child
options:
  name:
    description:
      - Name of the note. It finds the note where O(id) is not given.
    type: str
  content:
    description:
      - Text of the note, in Markdown. A new note needs it.
      - >-
        The server takes tags of HTML out of it but for harmless ones, also in code, and some characters become
        entities. The task warns if that takes text away. Write V(&lt;) for a V(<) that is to stay.
    type: str
  description:
    description:
      - What the note is about. An empty text clears it.
    type: str
  include_in_report:
    description:
      - Whether reports of the server show the note.
    type: bool
  clear:
    description:
      - Options to clear, as an empty value does. One that is set as well is an error.
    type: list
    elements: str
    choices: [description]
seealso:
  - module: tmi.tmi.tmi_threat_model
  - module: tmi.tmi.tmi_threat
"""

EXAMPLES = r"""
- name: Have a note
  tmi.tmi.tmi_note:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Assumptions
    content: |
      - The card processor holds PCI DSS level 1.
      - Browsers are up to date.

- name: Remove it
  tmi.tmi.tmi_note:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Assumptions
    state: absent
"""

RETURN = r"""
note:
  description:
    - The note as it is after the task, or in check mode would be. Only members that are set. Empty when removed.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the note. Missing in check mode where the note would be created.
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
      sample: What was taken for granted
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
      sample: note Checkout / Assumptions
    after_header:
      description: The same as RV(diff[].before_header).
      type: str
      sample: note Checkout / Assumptions
    before:
      description: The object as it was, as lines for people. Empty where it was not there.
      type: str
      sample: "content: \"- one\"\nname: Assumptions\n"
    after:
      description: The object as it is now, as lines for people. Empty where it is gone.
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
from ansible_collections.tmi.tmi.plugins.module_utils._resources.note import NOTE

MODULE = single_module(NOTE)


def main() -> None:
    """Run as a module of its own."""
    MODULE.main()


if __name__ == "__main__":
    main()
