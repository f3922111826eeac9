#!/usr/bin/python
# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tmi_webhook
short_description: Manage a webhook of a TMI server
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - A webhook sends events of the server to an address. Only administrators of a server of API v1 can manage webhooks.
  - >-
    The tested servers cannot change a webhook. If an option differs, the module creates a new webhook and then removes
    the old one, so the receiver misses no event. For a moment it may get an event twice.
  - >-
    A server sends events of models only to webhooks of the owner of the model. So log in as the owner of the models,
    who must be an administrator.
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes
options:
  state:
    description:
      - V(present) creates or replaces the webhook.
      - V(absent) removes it. Nothing happens if it does not exist.
    type: str
    choices: [present, absent]
    default: present
  name:
    description:
      - >-
        Name of the webhook, which identifies it. If an owner has several of this name, one of them stays. If several
        owners have one, the task fails.
    type: str
    required: true
  target_url:
    description:
      - Address that the events are sent to. Servers require C(https) and a public host, unless they are configured
        otherwise.
      - Required with O(state=present).
    type: str
  events:
    description:
      - Names of events, at most 50, for example V(threat_model.updated). The order has no meaning.
      - The tested servers send no events for threats, diagrams and other objects in a model. The module warns about
        such names.
      - Required with O(state=present).
    type: list
    elements: str
  threat_model:
    description:
      - Name or id of the only threat model whose events are sent. By default those of all models of the owner.
      - It is an error if the model does not exist, and if the name is empty.
    type: str
  secret:
    description:
      - Secret for the signature of the events, with 16 to 128 characters. By default the server makes one.
      - The server never returns it, and the module keeps it nowhere. So another secret is no difference, see O(rotate).
    type: str
  rotate:
    description:
      - Whether to replace the webhook although nothing differs, to give it the secret of O(secret) or a new one.
      - The task then always reports a change.
    type: bool
    default: false
  wait:
    description:
      - >-
        Whether to wait until the receiver has answered the challenge of the server, which is sent within half a minute.
        Before that the webhook gets no events. The old webhook is removed afterwards.
      - If the time is over, the new webhook stays, but its secret is lost if the server made it, see O(rotate).
    type: bool
    default: false
  wait_timeout:
    description:
      - Seconds to wait with O(wait).
    type: int
    default: 120
notes:
  - If the server made the secret, the result is never shown. It can be registered. The task then cannot be a background
    job (C(async)).
seealso:
  - module: tmi.tmi.tmi_info
"""

EXAMPLES = r"""
- name: Send changes of models to a receiver
  tmi.tmi.tmi_webhook:
    url: https://tmi.example.com
    name: Tickets
    target_url: https://hooks.example.com/tmi
    events: [threat_model.created, threat_model.updated]
    secret: "{{ tmi_webhook_secret | default('0123456789abcdef') }}"

- name: Send only the events of one model, and register the secret that the server makes
  tmi.tmi.tmi_webhook:
    name: Gate
    target_url: https://hooks.example.com/gate
    events: [threat_model.updated]
    threat_model: Checkout
  register: tmi_gate

- name: Give the webhook another secret
  tmi.tmi.tmi_webhook:
    name: Tickets
    target_url: https://hooks.example.com/tmi
    events: [threat_model.created, threat_model.updated]
    secret: "{{ tmi_new_secret | default('fedcba9876543210') }}"
    rotate: true

- name: Read the deliveries that failed
  tmi.tmi.tmi_info:
    resource: webhook_deliveries
    filters:
      status: failed

- name: Remove the webhook
  tmi.tmi.tmi_webhook:
    name: Tickets
    state: absent
"""

RETURN = r"""
webhook:
  description:
    - The webhook, without its secret. Empty after its removal. In check mode it lacks what the server chooses.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the webhook.
      type: str
      sample: 0b8e5e3c-3f0e-4c43-9d0e-7f7f3c1b1d55
    name:
      description: Name of the webhook.
      type: str
      sample: Tickets
    target_url:
      description: Address that the events are sent to.
      type: str
      sample: https://hooks.example.com/tmi
    events:
      description: Names of the events, sorted.
      type: list
      elements: str
      sample: [threat_model.created, threat_model.updated]
    threat_model_id:
      description: Id of the only model whose events are sent. Missing if there is no such limit.
      type: str
      sample: 5f0c1d1e-7a0f-4f0e-9d5b-1f6b6f1f2a3b
    status:
      description: State, V(pending_verification) until the challenge is answered, then V(active).
      type: str
      sample: active
    owner_id:
      description: Id of the owner.
      type: str
      sample: 7b3f9a1e-7a0f-4f0e-9d5b-1f6b6f1f2a3b
    challenges_sent:
      description: Number of challenges without a right answer.
      type: int
      sample: 0
    failures:
      description: Number of deliveries that failed, since the last success.
      type: int
      sample: 0
    last_success_at:
      description: Time of the last delivery. Missing if there was none.
      type: str
      sample: "2026-05-04T10:11:12Z"
    created_at:
      description: Time of the creation.
      type: str
      sample: "2026-05-04T10:11:12Z"
    modified_at:
      description: Time of the last change.
      type: str
      sample: "2026-05-04T10:11:12Z"
secret:
  description: The secret, if the server has made it. A secret.
  returned: success, if the webhook was created without O(secret)
  type: str
  sample: 6f1c...
diff:
  description: What differs, before and after, without secrets. Empty if nothing changes.
  returned: success
  type: list
  elements: dict
  sample: [{"before": "", "after": "[{\"name\": \"Tickets\"}]"}]
stats:
  description: Counts of the requests that the task sent.
  returned: always
  type: dict
  contains:
    requests:
      description: Requests sent.
      type: int
      sample: 1
    retries:
      description: Requests that were repetitions.
      type: int
      sample: 0
    writes:
      description: Requests that could change data, without those of logins.
      type: int
      sample: 1
done:
  description: Changes that were made before the failure. RV(ignore:changed) is then V(true).
  returned: failure, if something was written
  type: list
  elements: str
  sample: ["created webhook \"Tickets\""]
request_log:
  description:
    - All requests in order, each with status, time, size, number of the server, and waits before repetitions. It holds
      no headers, no bodies and no secrets.
    - On a local connection C(-vvv) shows these lines at once.
  returned: with C(-vvv), if the module is sent to another machine or runs with C(become) or C(async)
  type: list
  elements: str
  sample: ["GET /threat_models?limit=100&offset=0: 200, 12 ms, 5321 bytes"]
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
"""

from ansible_collections.tmi.tmi.plugins.module_utils._modules.webhook import webhook_module

MODULE = webhook_module()


def main() -> None:
    """Run as a module of its own."""
    MODULE.main()


if __name__ == "__main__":
    main()
