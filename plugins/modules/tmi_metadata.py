#!/usr/bin/python
# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tmi_metadata
short_description: Manage metadata of a TMI threat model or of anything in it
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Sets and removes keys of the metadata of an object, and nothing else of it.
  - The object is the threat model itself, or the one of O(threat), O(diagram), O(document) and O(source) that is
    given. It must exist.
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes
  - tmi.tmi._writing.child
options:
  state:
    description:
      - V(present) sets the keys of O(metadata).
      - V(absent) removes them, whatever their values are. Keys that are not there are no error.
    type: str
    choices: [present, absent]
    default: present
  threat:
    description:
      - Name or id of a threat.
    type: str
  diagram:
    description:
      - Name or id of a diagram.
    type: str
  document:
    description:
      - Name or id of a document.
    type: str
  source:
    description:
      - Name or id of a source.
    type: str
  asset:
    description:
      - Name or id of an asset.
    type: str
  note:
    description:
      - Name or id of a note.
    type: str
  metadata:
    description:
      - Metadata as keys and values. Keys that are not named here are left alone, see O(purge).
      - An empty value removes its key. Values are texts. Numbers and booleans are written as such.
      - Keys hold letters, digits, V(_) and V(-), 128 at most. Values hold 1 to 1024 characters, but neither V(<) nor
        V(>).
      - Keys that begin with V(ansible_) belong to the collection. A key that holds an option of the object's own
        module, like O(tmi.tmi.tmi_threat#module:cwe), is an error that names the option. It can be removed if what it
        holds is no value of the option, because a person has typed it.
    type: dict
    required: true
  purge:
    description:
      - Whether to remove all keys that O(metadata) does not name. Keys of the collection and those that hold options
        stay.
    type: bool
    default: false
notes:
  - A name that fits several objects is an error that lists their ids.
seealso:
  - module: tmi.tmi.tmi_threat_model
  - module: tmi.tmi.tmi_threat
"""

EXAMPLES = r"""
- name: Set metadata of a threat model
  tmi.tmi.tmi_metadata:
    url: https://tmi.example.com
    threat_model: Checkout
    metadata:
      project_code: PROJ-123
      last_review: "2026-01-15"
      tier: 1

- name: Set metadata of a threat
  tmi.tmi.tmi_metadata:
    url: https://tmi.example.com
    threat_model: Checkout
    threat: SQL injection
    metadata:
      reviewer: ana

- name: Have exactly this metadata on a diagram
  tmi.tmi.tmi_metadata:
    url: https://tmi.example.com
    threat_model: Checkout
    diagram: Data flow
    metadata:
      source: architecture repository
    purge: true

- name: Remove one key and set another in one go
  tmi.tmi.tmi_metadata:
    url: https://tmi.example.com
    threat_model: Checkout
    metadata:
      project_code: ""
      cost_center: "4711"

- name: Remove keys of a document, whatever their values are
  tmi.tmi.tmi_metadata:
    url: https://tmi.example.com
    threat_model: Checkout
    document: Decision record 12
    metadata:
      reviewed_by:
      reviewed_at:
    state: absent
"""

RETURN = r"""
metadata:
  description:
    - All metadata of the object as it is after the task, or in check mode would be.
    - Keys of the collection and those that hold options of the object's own module are left out.
  returned: success
  type: dict
  sample:
    project_code: PROJ-123
    tier: "1"
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
      sample: "metadata:\n  tier: \"1\"\nname: Checkout\n"
    before_object:
      description: The same as RV(diff[].before), for programs.
      type: dict
      sample: {"name": "Checkout"}
    after_object:
      description: The same as RV(diff[].after), for programs.
      type: dict
      sample: {"name": "Checkout", "metadata": {"tier": "1"}}
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

from ansible_collections.tmi.tmi.plugins.module_utils._modules.metadata import metadata_module

MODULE = metadata_module()


def main() -> None:
    """Run as a module of its own."""
    MODULE.main()


if __name__ == "__main__":
    main()
