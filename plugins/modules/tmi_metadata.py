#!/usr/bin/python
# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tmi_metadata
short_description: Manage metadata of a TMI threat model or of an object in it
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Sets and removes metadata keys of an object. Nothing else of the object is changed.
  - The object is the threat model itself, or the object given by O(threat), O(diagram), O(document), O(source),
    O(asset) or O(note). It must exist.
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes
  - tmi.tmi._writing.child
options:
  state:
    description:
      - V(present) sets the keys of O(metadata).
      - V(absent) removes the keys, whatever their values are. A missing key is not an error.
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
      - Metadata as keys and values. Other keys are not changed, see O(purge).
      - An empty value removes its key. Values are texts. Numbers and booleans are written as texts.
      - A key has at most 128 letters, digits, V(_) and V(-). A value has 1 to 1024 characters, without V(<) and V(>).
      - Keys that begin with V(ansible_) are reserved for the collection. A key that holds an option of the object's own
        module, such as O(tmi.tmi.tmi_threat#module:cwe), is an error that names the option. Such a key can be removed
        if its value is not a valid value of the option, because then a person has written it.
    type: dict
    required: true
  purge:
    description:
      - Whether to remove all keys that O(metadata) does not name. Keys of the collection and keys that hold options are
        kept.
    type: bool
    default: false
notes:
  - If several objects have the given name, the task fails and lists their ids.
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

- name: Give a diagram exactly this metadata
  tmi.tmi.tmi_metadata:
    url: https://tmi.example.com
    threat_model: Checkout
    diagram: Data flow
    metadata:
      source: architecture repository
    purge: true

- name: Remove one key and set another in one task
  tmi.tmi.tmi_metadata:
    url: https://tmi.example.com
    threat_model: Checkout
    metadata:
      project_code: ""
      cost_center: "4711"

- name: Remove metadata keys of a document, whatever their values are
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
    - All metadata of the object after the task, or in check mode as it would be.
    - Keys of the collection and keys that hold options of the object's own module are left out.
  returned: success
  type: dict
  sample:
    project_code: PROJ-123
    tier: "1"
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

from ansible_collections.tmi.tmi.plugins.module_utils._modules.metadata import metadata_module

MODULE = metadata_module()


def main() -> None:
    """Run as a module of its own."""
    MODULE.main()


if __name__ == "__main__":
    main()
