#!/usr/bin/python
# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tmi_choose
short_description: Let a person choose a server, an identity provider or threat models
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Returns a value that is already set, or the only possible one. Otherwise it asks the person at the terminal, who
    answers with a number or a name. The playbook C(tmi.tmi.login) uses it.
  - It never asks in a job of AWX, Automation Platform, ansible-runner or a CI system, without a terminal, in check
    mode, or with O(ask=false). If the value is needed, it then fails, and the message names the variable to set.
  - Ctrl-C, Ctrl-D and V(q) end the question, and the task fails. So do ten answers without a meaning.
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes.info
options:
  resource:
    description:
      - What to choose.
      - >-
        V(server) is asked if O(url) is not set. It offers the servers of the logins in O(token_cache), or without that
        option in C(~/.cache/tmi/tokens.json), the latest first, and those in O(servers). The person may also type an
        address. A server that does not answer is reported, and the question is repeated.
      - >-
        V(provider) is asked if O(login_provider) is not set and the server offers several identity providers for
        people. The value is empty if a login needs no name of a provider.
      - V(threat_model) is asked if O(threat_model) is empty and the account can see several models. It needs a login.
    type: str
    choices: [server, provider, threat_model]
    required: true
  threat_model:
    description:
      - Names or ids of threat models that are already known. They are returned without a request.
    type: list
    elements: str
  servers:
    description:
      - Addresses of servers to offer with O(resource=server), besides those of earlier logins.
    type: list
    elements: str
    default: []
  logged_in:
    description:
      - Whether to offer only servers and providers for which O(token_cache) has a login. This is for a logout.
    type: bool
    default: false
  many:
    description:
      - Whether several threat models may be chosen, such as C(1, 3) or C(all).
    type: bool
    default: false
  ask:
    description:
      - Whether to ask at all.
    type: bool
    default: true
  variable:
    description:
      - Name of the variable that your playbook reads for the value. Messages name it. By default they name the option.
    type: str
notes:
  - The task always runs on the controller, whatever its connection is, because only the controller has the terminal. It
    cannot be a background job (C(async)).
  - In a play with several hosts each host asks. Use C(run_once) to ask only once.
seealso:
  - module: tmi.tmi.tmi_token
"""

EXAMPLES = r"""
- name: Choose the server
  tmi.tmi.tmi_choose:
    resource: server
    servers:
      - https://tmi.example.com
      - https://tmi-test.example.com
  register: my_server

- name: Choose the models to export, unless my_models names them
  tmi.tmi.tmi_choose:
    url: "{{ my_server.value }}"
    resource: threat_model
    many: true
    variable: my_models
    threat_model: "{{ my_models | default([]) }}"
  register: my_choice

- name: Export them
  tmi.tmi.tmi_definition_info:
    url: "{{ my_server.value }}"
    threat_model: "{{ my_choice.chosen }}"
"""

RETURN = r"""
value:
  description:
    - The address of the server, the id of the provider, or of the first model its id, or the given name or id. Empty if
      the login needs no name of a provider.
  returned: success
  type: str
  sample: https://tmi.example.com
chosen:
  description: All values. With O(many=true) there may be several.
  returned: success
  type: list
  elements: str
  sample: [https://tmi.example.com]
names:
  description: The same as names. A model has a name, and everything else is its own name.
  returned: success
  type: list
  elements: str
  sample: [https://tmi.example.com]
asked:
  description: Whether the person was asked.
  returned: success
  type: bool
  sample: true
can_ask:
  description: Whether a person can be asked here.
  returned: success
  type: bool
  sample: true
token_cache:
  description: The value of O(token_cache). If it is not set and a person can be asked, C(~/.cache/tmi/tokens.json).
  returned: success
  type: str
  sample: /home/alice/.cache/tmi/tokens.json
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
      description: Requests that could change data, always 0.
      type: int
      sample: 0
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

from ansible_collections.tmi.tmi.plugins.module_utils._modules.choose import choose_module

MODULE = choose_module()


def main() -> None:
    """Run as a module of its own."""
    MODULE.main()


if __name__ == "__main__":
    main()
