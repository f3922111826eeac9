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
  - Creates, changes, renames and removes a threat, and says which diagram and which cell of it the threat is about.
  - Cells are named by their key, their label or their id.
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes
  - tmi.tmi._writing
  - tmi.tmi._writing.child
options:
  name:
    description:
      - Name of the threat. It finds the threat where O(id) is not given.
      - With O(diagram) or O(cell), a threat of that name about something else is another threat. One that is about
        nothing yet is taken, else one is created. O(move) says whether the one that is there is meant.
    type: str
    aliases: [title]
  description:
    description:
      - What may happen. An empty text clears it.
    type: str
  severity:
    description:
      - One of V(unknown), V(none), V(informational), V(low), V(medium), V(high) and V(critical), in any case.
      - Where the server does not know V(informational), V(none) is kept instead.
      - A new threat gets V(unknown) where nothing else is said and the server demands one.
    type: str
  priority:
    description:
      - A short text like V(high) or V(immediate). Case, blanks, V(-) and V(_) make no difference.
      - A new threat gets V(medium) where nothing else is said and the server demands one.
    type: str
  status:
    description:
      - A short text like V(open) or V(mitigation_planned). Case, blanks, V(-) and V(_) make no difference.
      - A new threat gets V(open) where nothing else is said and the server demands one.
    type: str
  threat_type:
    description:
      - Types of the threat, for example V(Tampering). The order does not matter. An empty list clears them.
      - Where the server keeps one text instead of a list, the types stand in it separated by commas. A type cannot
        hold a comma there.
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
      - Score from 0 to 10. It is compared with what the server keeps of it. Some round it to one decimal.
      - Has no empty value. O(clear) removes it.
    type: float
  issue_uri:
    description:
      - Address of the issue that tracks the threat. An empty text clears it.
    type: str
    aliases: [issue_url, issue]
  diagram:
    description:
      - Name or id of the diagram that the threat is about. With O(id), an empty text clears it, and O(cell) with it.
    type: str
  cell:
    description:
      - Cell of the diagram that the threat is about. Its id, its key in M(tmi.tmi.tmi_diagram), or its label, in this
        order. Of several with one label, the key tells which is meant.
      - Without O(diagram) all diagrams of the model are searched. A cell that is in several of them is an error.
      - With O(id), an empty text clears it.
    type: str
  move:
    description:
      - What becomes of a threat of this name that is about something else than O(diagram) and O(cell) say.
      - V(true) moves it there. If there are several, give O(id) of the one that is to move.
      - V(false) leaves it where it is, and creates another threat.
      - Left out, another threat is created, with a warning that tells what the one that is there is about.
    type: bool
  cwe:
    description:
      - Weaknesses, for example V(CWE-89). The order does not matter. An empty list clears them.
      - Where the server has no field for them, O(on_unsupported=metadata) keeps them as metadata V(cwe).
    type: list
    elements: str
  cvss:
    description:
      - CVSS vectors. The order does not matter. An empty list clears them.
      - Where the server has no field for them, O(on_unsupported=metadata) keeps them as metadata V(cvss).
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
      - A short text like V(medium). No TMI server has a field for it. It is always kept as metadata V(likelihood).
    type: str
  impact:
    description:
      - A short text like V(high). No TMI server has a field for it. It is always kept as metadata V(impact).
    type: str
  accepted_by:
    description:
      - Who has accepted the risk. No TMI server has a field for it. It is always kept as metadata V(accepted_by).
    type: str
  accepted_until:
    description:
      - Day until which the risk is accepted, as V(2026-12-31). No TMI server has a field for it. It is always kept as
        metadata V(accepted_until).
    type: str
  accepted_reason:
    description:
      - Why the risk is accepted. No TMI server has a field for it. It is always kept as metadata V(accepted_reason).
    type: str
  include_in_report:
    description:
      - Whether reports of the server show the threat.
      - Where the server has no field for it, O(on_unsupported=metadata) keeps it as metadata V(include_in_report).
    type: bool
  asset:
    description:
      - Name or id of the asset that is threatened. An empty text clears it.
      - Where the server knows no assets, O(on_unsupported=metadata) keeps the name as metadata V(asset).
    type: str
  ssvc:
    description:
      - Decision by Stakeholder-Specific Vulnerability Categorization. A server that has no field for it cannot keep it
        as metadata either.
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
      - Options to clear, as an empty text or list does. One that is set as well is an error.
      - V(diagram) takes O(cell) along. Both need O(id).
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
- name: Have a threat
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

- name: Say what it is about, by the names of diagram and cell
  tmi.tmi.tmi_threat:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Captured session token replayed
    diagram: Data flow
    cell: session

- name: Two threats of one name, told apart by their cells
  tmi.tmi.tmi_threat:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Denial of service
    diagram: Data flow
    cell: "{{ item }}"
    move: false
    severity: medium
  loop: [web, ledger]

- name: Let a threat be about another cell than before
  tmi.tmi.tmi_threat:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Captured session token replayed
    diagram: Data flow
    cell: web
    move: true

- name: Keep weaknesses, also where the server has no field for them
  tmi.tmi.tmi_threat:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Captured session token replayed
    cwe: [CWE-294, CWE-613]
    refs: [CAPEC-60]
    on_unsupported: metadata

- name: Use the words of the Python SDK
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

- name: Rename a threat and let it be about another cell
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
    - The threat as it is after the task, or in check mode would be. Only members that are set. Empty when removed.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the threat. Missing in check mode where the threat would be created.
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
    cell_id:
      description: Id of the cell that the threat is about.
      type: str
      sample: 9f2c7d3e-58a1-5b7d-8a0c-6c1f0e3d4b02
    cwe:
      description: Weaknesses, sorted, wherever they are kept.
      type: list
      elements: str
      sample: [CWE-89]
    cvss:
      description: CVSS vectors, sorted, wherever they are kept.
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
      description: Who has accepted the risk.
      type: str
      sample: ana@example.com
    accepted_until:
      description: Day until which the risk is accepted.
      type: str
      sample: "2026-12-31"
    accepted_reason:
      description: Why the risk is accepted.
      type: str
      sample: Bank statement reconciles daily
    include_in_report:
      description: Whether reports of the server show it, where the server tells.
      type: bool
      sample: true
    asset_id:
      description: Id of the asset that is threatened.
      type: str
      sample: 0b1f5d2c-3a10-4a7b-8e55-6a1f7c523c1e
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
      sample: threat Checkout / SQL injection
    after_header:
      description: The same as RV(diff[].before_header).
      type: str
      sample: threat Checkout / SQL injection
    before:
      description: The object as it was, as lines for people. Empty where it was not there.
      type: str
      sample: "name: SQL injection\nseverity: medium\n"
    after:
      description: The object as it is now, as lines for people. Empty where it is gone.
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
restored:
  description: That the threat had been deleted and came back, or in check mode would come back.
  returned: on API v1, if so
  type: bool
  sample: true
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
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat import THREAT

MODULE = single_module(THREAT)


def main() -> None:
    """Run as a module of its own."""
    MODULE.main()


if __name__ == "__main__":
    main()
