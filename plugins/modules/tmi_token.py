#!/usr/bin/python
# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tmi_token
short_description: Log in to a TMI server, renew a token, or log out
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Returns a valid access token, so that a play logs in once and all later tasks use the same token.
  - >-
    With O(token_cache) the other modules find the token themselves. This module is then needed only to log in with a
    browser and to log out.
  - >-
    The result holds secrets. Ansible does not show the result of this module. A task that uses the registered result
    could show it and then needs C(no_log=true).
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes
attributes:
  check_mode:
    details:
      - Logs in and renews a token in check mode too, because later tasks need it. It does not log out.
  async:
    support: none
    description:
      - Can run as a background job, with C(async).
    details:
      - Other users could read the tokens in the file of the job, and M(ansible.builtin.async_status) would show them.
  idempotent:
    support: partial
    details:
      - Without O(token_cache), a task with O(login_hint), O(client_id), O(refresh_token) or O(browser) gets a new
        token each time.
      - O(renew=true) always gets a new token.
options:
  state:
    description:
      - V(present) returns a valid token. This is the given or cached token if it is valid, otherwise a new one.
      - V(absent) logs out. The access token in O(token), otherwise the one in O(token_cache), is revoked on the server
        and removed from O(token_cache). Without such a token nothing happens.
      - A server of API 1.x revokes the refresh token in O(token_cache) as well. A server of API v0 may continue to
        accept it.
    type: str
    choices: [present, absent]
    default: present
  renew:
    description:
      - Whether to get a new token even if the current one is valid.
    type: bool
    default: false
  browser:
    description:
      - >-
        Log in as a person in a browser through O(login_provider), if there is no valid token and none can be renewed.
        Excludes O(token), O(refresh_token), O(login_hint) and O(client_id).
      - V(open) opens a browser on the machine where the module runs, and waits there for the answer at a loopback
        address.
      - >-
        V(paste) needs no browser on this machine, but it needs O(token_cache) and two calls. The first call returns
        RV(authorization_url), which a person opens in any browser. The second call takes the final address of this
        browser as O(callback_url).
      - V(auto) means V(open) if the machine has a graphical browser, otherwise V(paste).
    type: str
    choices: [auto, open, paste]
  callback_url:
    description:
      - >-
        The complete final address of the browser after a login that was started with O(browser=paste), within ten
        minutes. It does not matter if the browser cannot show that page.
      - The connection options must be the same as in the first call.
      - It is ignored if no login is in progress and O(token_cache) has a valid token.
    type: str
  client_callback:
    description:
      - Address to which the server sends the browser with its answer. A server of API 1.x accepts only addresses in its
        list C(TMI_OAUTH_CLIENT_CALLBACK_ALLOWLIST).
      - >-
        With O(browser=open) it must be on C(127.0.0.1) or C(localhost), with a port, such as
        V(http://127.0.0.1:8765/oauth2/callback). By default a free port is used.
      - With O(browser=paste) no server is needed at this address. The default is
        C(http://localhost:4200/oauth2/callback).
    type: str
  login_timeout:
    description:
      - Seconds to wait for the answer of the browser with O(browser=open), at most 600.
    type: int
    default: 300
seealso:
  - module: tmi.tmi.tmi_info
"""

EXAMPLES = r"""
- name: Log in once for the whole play
  tmi.tmi.tmi_token:
    url: https://tmi.example.com
    login_provider: test
    login_hint: alice
  register: tmi_login
  no_log: true

- name: Use the token
  tmi.tmi.tmi_threat_model:
    url: https://tmi.example.com
    token: "{{ tmi_login.access_token }}"
    name: Checkout

- name: Renew a token, and keep the refresh token that replaces the old one
  tmi.tmi.tmi_token:
    url: https://tmi.example.com
    refresh_token: "{{ tmi_refresh_token }}"
    token_cache: ~/.cache/tmi/tokens.json
  no_log: true

- name: Log in with the browser of this machine, once for all tasks with the same cache
  tmi.tmi.tmi_token:
    url: https://tmi.example.com
    login_provider: google
    browser: open
    client_callback: http://127.0.0.1:8765/oauth2/callback
    token_cache: ~/.cache/tmi/tokens.json
  no_log: true

- name: Start a login on a machine without a browser
  tmi.tmi.tmi_token:
    url: https://tmi.example.com
    login_provider: google
    browser: paste
    token_cache: ~/.cache/tmi/tokens.json
  register: tmi_begun

- name: Ask a person to open the address
  ansible.builtin.pause:
    prompt: "Open {{ tmi_begun.authorization_url }}, log in, and paste the final address of the browser"
  register: tmi_pasted
  no_log: true
  when: tmi_begun.authorization_url is defined

- name: Finish the login
  tmi.tmi.tmi_token:
    url: https://tmi.example.com
    login_provider: google
    callback_url: "{{ tmi_pasted.user_input }}"
    token_cache: ~/.cache/tmi/tokens.json
  no_log: true
  when: tmi_begun.authorization_url is defined

- name: Log in as a service account, which can read models and create them
  tmi.tmi.tmi_token:
    url: https://tmi.example.com
    client_id: "{{ tmi_client_id }}"
    client_secret: "{{ tmi_client_secret }}"
  register: tmi_login
  no_log: true

- name: Log out
  tmi.tmi.tmi_token:
    url: https://tmi.example.com
    token: "{{ tmi_login.access_token }}"
    state: absent
"""

RETURN = r"""
access_token:
  description: The access token. A secret.
  returned: if O(state=present) and no person has to log in first
  type: str
  sample: eyJhbGciOiJIUzI1NiIs...
refresh_token:
  description: The refresh token for it, if there is one. A secret. It replaces the given one.
  returned: if RV(access_token) is returned
  type: str
  sample: 0b8f6a0e-...
expires_at:
  description: Time at which the access token expires, in UTC. Empty if it is unknown.
  returned: if RV(access_token) is returned
  type: str
  sample: "2026-05-04T10:11:12Z"
user:
  description: The user who is logged in.
  returned: if RV(access_token) is returned
  type: dict
  contains:
    id:
      description: Id of the user.
      type: str
      sample: 5f0c1d1e-7a0f-4f0e-9d5b-1f6b6f1f2a3b
    email:
      description: E-mail address. TMI uses it to identify people in authorizations.
      type: str
      sample: alice@test.tmi
    name:
      description: Display name.
      type: str
      sample: Alice (Test User)
    service_account:
      description: Whether it is a service account of this user, whose token has fewer rights.
      type: bool
      sample: false
authorization_url:
  description: Address at which a person must log in. The final address of the browser is the value for O(callback_url).
  returned: with O(browser), if a person has to log in first and no browser was opened
  type: str
  sample: https://accounts.example.com/authorize?state=...
stats:
  description: Counts of the requests that the task sent.
  returned: always
  type: dict
  contains:
    requests:
      description: Requests sent.
      type: int
      sample: 4
    retries:
      description: Requests that were repetitions.
      type: int
      sample: 0
    writes:
      description: Requests that could change data. Logins do not count.
      type: int
      sample: 0
done:
  description: Changes that were made before the failure. RV(ignore:changed) is then V(true).
  returned: failure, if the login was renewed or the token was revoked
  type: list
  elements: str
  sample: ["renewed the login"]
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

from ansible_collections.tmi.tmi.plugins.module_utils._modules.module import Module
from ansible_collections.tmi.tmi.plugins.module_utils._modules.token import TOKEN_SPEC, log_in
from ansible_collections.tmi.tmi.plugins.module_utils._options import REQUIRED_BY, connection_spec

MODULE = Module(
    argument_spec={**connection_spec(), **TOKEN_SPEC},
    work=lambda params, context: log_in(context.transport, params, context.check_mode),
    rules={"required_by": REQUIRED_BY},
    secret_results=("access_token", "refresh_token"),
)


def main() -> None:
    """Run as a module of its own."""
    MODULE.main()


if __name__ == "__main__":
    main()
