#!/usr/bin/python
# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tmi_threat
short_description: Manage a threat in a TMI threat model
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Creates, changes, renames and removes a threat, and links it to a diagram and a cell.
  - A cell is given by its key, its label or its id.
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes
  - tmi.tmi._writing
  - tmi.tmi._writing.child
options:
  name:
    description:
      - Name of the threat. Without O(id), the threat is found by its name.
      - With O(diagram) or O(cell), a threat of the same name at another place is a different threat. The module uses a
        threat of that name that has no place yet, and creates a new one if there is none. To move an existing threat
        instead, see O(move).
    type: str
    aliases: [title]
  description:
    description:
      - Description of the threat. An empty text clears it.
    type: str
  severity:
    description:
      - One of V(unknown), V(none), V(informational), V(low), V(medium), V(high) and V(critical), in any case.
      - If the server does not know V(informational), the module writes V(none) instead.
      - A new threat gets V(unknown) by default if the server requires a value.
    type: str
  priority:
    description:
      - A short text, such as V(high) or V(immediate). Case, blanks, V(-) and V(_) make no difference.
      - A new threat gets V(medium) by default if the server requires a value.
    type: str
  status:
    description:
      - A short text, such as V(open) or V(mitigation_planned). Case, blanks, V(-) and V(_) make no difference.
      - A new threat gets V(open) by default if the server requires a value.
    type: str
  threat_type:
    description:
      - Types of the threat, for example V(Tampering). The order does not matter. An empty list clears them.
      - If the server keeps one text instead of a list, the types are joined with commas. A type cannot contain a comma
        there.
    type: list
    elements: str
    aliases: [types, category]
  mitigated:
    description:
      - Whether the threat is mitigated.
    type: bool
  mitigation:
    description:
      - How the threat is mitigated. An empty text clears it.
    type: str
  score:
    description:
      - Score from 0 to 10. It is compared as the server stores it, because some servers round it to one decimal.
      - There is no empty value. Use O(clear) to remove it.
    type: float
  issue_uri:
    description:
      - Address of the issue that tracks the threat. An empty text clears it.
    type: str
    aliases: [issue_url, issue]
  diagram:
    description:
      - Name or id of the diagram that the threat is about. With O(id), an empty text clears it together with O(cell).
    type: str
  cell:
    description:
      - Cell of the diagram that the threat is about, given by its id, its key in M(tmi.tmi.tmi_diagram) or its label.
        They are tried in this order. If several cells have the same label, use the key.
      - Without O(diagram), all diagrams of the model are searched. It is an error if several of them have the cell.
      - With O(id), an empty text clears it.
    type: str
  move:
    description:
      - Whether to move an existing threat of this name to O(diagram) and O(cell) if it is at another place.
      - V(true) moves it. If there are several such threats, give the O(id) of the one to move.
      - V(false) leaves it at its place and creates another threat.
      - By default another threat is created, with a warning that names the place of the existing one.
    type: bool
  cwe:
    description:
      - Weaknesses, for example V(CWE-89). The order does not matter. An empty list clears them.
      - If the server has no field for them, O(on_unsupported=metadata) keeps them as metadata V(cwe).
    type: list
    elements: str
  cvss:
    description:
      - CVSS vectors. The order does not matter. An empty list clears them.
      - If the server has no field for them, O(on_unsupported=metadata) keeps them as metadata V(cvss).
    type: list
    elements: str
  refs:
    description:
      - References, for example V(CAPEC-66). No TMI server has a field for them. They are always kept as metadata
        V(refs).
      - The order does not matter. A reference cannot hold a comma. An empty list clears them.
    type: list
    elements: str
  likelihood:
    description:
      - A short text, such as V(medium). No TMI server has a field for it. It is always kept as metadata V(likelihood).
    type: str
  impact:
    description:
      - A short text, such as V(high). No TMI server has a field for it. It is always kept as metadata V(impact).
    type: str
  accepted_by:
    description:
      - The person who accepted the risk. No TMI server has a field for it. It is always kept as metadata
        V(accepted_by).
    type: str
  accepted_until:
    description:
      - Last day on which the risk is accepted, for example V(2026-12-31). No TMI server has a field for it. It is
        always kept as metadata V(accepted_until).
    type: str
  accepted_reason:
    description:
      - Reason for accepting the risk. No TMI server has a field for it. It is always kept as metadata
        V(accepted_reason).
    type: str
  include_in_report:
    description:
      - Whether reports of the server show the threat.
      - If the server has no field for it, O(on_unsupported=metadata) keeps it as metadata V(include_in_report).
    type: bool
  asset:
    description:
      - Name or id of the asset that is threatened. An empty text clears it.
      - If the server has no assets, O(on_unsupported=metadata) keeps the name as metadata V(asset).
    type: str
  ssvc:
    description:
      - Decision by Stakeholder-Specific Vulnerability Categorization. If the server has no field for it, it cannot be
        kept as metadata either.
    type: dict
    suboptions:
      vector:
        description: The vector.
        type: str
        required: true
      decision:
        description: One of V(Defer), V(Scheduled), V(Out-of-Cycle), V(Immediate), in any case.
        type: str
        required: true
      methodology:
        description: The methodology, for example V(SSVCv2).
        type: str
        required: true
  clear:
    description:
      - Options to clear, like setting them to an empty text or list. It is an error to clear and set the same option.
      - V(diagram) also clears O(cell). Both need O(id).
    type: list
    elements: str
    choices:
      - description
      - threat_type
      - mitigation
      - score
      - issue_uri
      - diagram
      - cell
      - asset
      - cwe
      - cvss
      - refs
      - likelihood
      - impact
      - accepted_by
      - accepted_until
      - accepted_reason
seealso:
  - module: tmi.tmi.tmi_threat_model
  - module: tmi.tmi.tmi_diagram
    description: Manages the cells that threats are about.
"""

EXAMPLES = r"""
- name: Create or update a threat
  tmi.tmi.tmi_threat:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Captured session token replayed
    description: A token that was read in transit is used again.
    severity: high
    priority: immediate
    status: mitigation in progress
    threat_type: [Spoofing, Information Disclosure]
    score: 7.4
    mitigation: Token bound to the client's key

- name: Link the threat to a cell, by the names of diagram and cell
  tmi.tmi.tmi_threat:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Captured session token replayed
    diagram: Data flow
    cell: session

- name: Create two threats with the same name at different cells
  tmi.tmi.tmi_threat:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Denial of service
    diagram: Data flow
    cell: "{{ item }}"
    move: false
    severity: medium
  loop: [web, ledger]

- name: Move a threat to another cell
  tmi.tmi.tmi_threat:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Captured session token replayed
    diagram: Data flow
    cell: web
    move: true

- name: Keep weaknesses, even if the server has no field for them
  tmi.tmi.tmi_threat:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Captured session token replayed
    cwe: [CWE-294, CWE-613]
    refs: [CAPEC-60]
    on_unsupported: metadata

- name: Use the names of the Python SDK
  tmi.tmi.tmi_threat:
    url: https://tmi.example.com
    threat_model: Checkout
    title: SQL Injection
    description: Attacker can inject malicious SQL code
    category: Input Validation
    severity: High
    likelihood: Medium
    impact: High
    status: Open

- name: Clear the score and remove one key of the metadata
  tmi.tmi.tmi_threat:
    url: https://tmi.example.com
    threat_model: Checkout
    name: SQL Injection
    clear: [score]
    metadata:
      reviewer: ""
  register: injection

- name: Rename a threat and move it to another cell
  tmi.tmi.tmi_threat:
    url: https://tmi.example.com
    threat_model: Checkout
    id: "{{ injection.threat.id }}"
    name: SQL injection in the search form
    diagram: Data flow
    cell: web

- name: Remove a threat
  tmi.tmi.tmi_threat:
    url: https://tmi.example.com
    threat_model: Checkout
    name: SQL injection in the search form
    state: absent
"""

RETURN = r"""
threat:
  description:
    - The threat after the task, or in check mode as it would be. It has only the members that are set. Empty if the
      task removed it.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the threat. Missing in check mode if the threat would be created.
      type: str
      sample: 0199aa6e-8c3a-7d55-9a8b-2f4f6a9b7c11
    name:
      description: Name.
      type: str
      sample: SQL injection
    description:
      description: Description.
      type: str
      sample: Attacker can inject malicious SQL code
    severity:
      description: Severity, in lower case.
      type: str
      sample: high
    priority:
      description: Priority, in lower case with V(_).
      type: str
      sample: medium
    status:
      description: Status, in lower case with V(_).
      type: str
      sample: open
    threat_type:
      description: Types, sorted.
      type: list
      elements: str
      sample: [Tampering]
    mitigated:
      description: Whether the threat is mitigated.
      type: bool
      sample: false
    mitigation:
      description: Mitigation.
      type: str
      sample: Prepared statements
    score:
      description: Score, as the server keeps it.
      type: float
      sample: 7.4
    issue_uri:
      description: Address of the issue that tracks the threat.
      type: str
      sample: https://jira.example.com/browse/SEC-102
    diagram_id:
      description: Id of the diagram that the threat is about.
      type: str
      sample: 1ad4b3f0-1f3e-4a5e-8c1d-5d3b1d1c2e01
    diagram:
      description: Name of that diagram, as O(diagram) takes it.
      type: str
      sample: Data flow
    cell_id:
      description: Id of the cell that the threat is about.
      type: str
      sample: 9f2c7d3e-58a1-5b7d-8a0c-6c1f0e3d4b02
    cell:
      description: Key of that cell, otherwise its label, otherwise its id.
      type: str
      sample: web
    cwe:
      description: Weaknesses, sorted, from a field or from metadata.
      type: list
      elements: str
      sample: [CWE-89]
    cvss:
      description: CVSS vectors, sorted, from a field or from metadata.
      type: list
      elements: str
      sample: ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N"]
    refs:
      description: References, sorted.
      type: list
      elements: str
      sample: [CAPEC-66]
    likelihood:
      description: Likelihood.
      type: str
      sample: medium
    impact:
      description: Impact.
      type: str
      sample: high
    accepted_by:
      description: The person who accepted the risk.
      type: str
      sample: ana@example.com
    accepted_until:
      description: Last day on which the risk is accepted.
      type: str
      sample: "2026-12-31"
    accepted_reason:
      description: Reason for accepting the risk.
      type: str
      sample: Bank statement reconciles daily
    include_in_report:
      description: Whether reports of the server show it, if the server returns it.
      type: bool
      sample: true
    asset_id:
      description: Id of the asset that is threatened.
      type: str
      sample: 0b1f5d2c-3a10-4a7b-8e55-6a1f7c523c1e
    asset:
      description: Name of that asset.
      type: str
      sample: Card data
    ssvc:
      description: Decision by SSVC.
      type: dict
      sample: {"vector": "SSVCv2/E:A/A:Y/D:C", "decision": "Immediate", "methodology": "SSVCv2"}
    metadata:
      description: Metadata, without the keys that hold other members.
      type: dict
      sample:
        reviewer: ana
    created_at:
      description: When it was created.
      type: str
      sample: "2026-05-04T10:11:12.123456Z"
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
      sample: threat Checkout / SQL injection
    after_header:
      description: The same as RV(diff[].before_header).
      type: str
      sample: threat Checkout / SQL injection
    before:
      description: The object before the task, as lines for people. Empty if it did not exist.
      type: str
      sample: "name: SQL injection\nseverity: medium\n"
    after:
      description: The object after the task, as lines for people. Empty if the task removed it.
      type: str
      sample: "name: SQL injection\nseverity: high\n"
    before_object:
      description: The same as RV(diff[].before), for programs.
      type: dict
      sample: {"name": "SQL injection", "severity": "medium"}
    after_object:
      description: The same as RV(diff[].after), for programs.
      type: dict
      sample: {"name": "SQL injection", "severity": "high"}
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
  description: Whether the task restored a deleted threat, or in check mode would restore it.
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
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat import THREAT

MODULE = single_module(THREAT)


def main() -> None:
    """Run as a module of its own."""
    MODULE.main()


if __name__ == "__main__":
    main()
