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
  - With O(token_cache) the other modules find the token by themselves. This module is then only needed to log out.
  - The result holds secrets. Tasks that register it should set C(no_log=true).
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes
attributes:
  check_mode:
    details:
      - Logs in and renews a token in check mode too, since later tasks need it. Does not log out.
  idempotent:
    support: partial
    details:
      - Without O(token_cache), a task with O(login_hint) or O(refresh_token) gets a new token each time.
      - O(renew=true) always gets a new token.
options:
  state:
    description:
      - V(present) returns a valid token. It is the given or cached one as long as that is valid, else a new one.
      - V(absent) logs out. The access token given with O(token), else the one in O(token_cache), is revoked at the
        server and removed from O(token_cache). Without such a token nothing happens.
      - The server may keep accepting the refresh token after that.
    type: str
    choices: [present, absent]
    default: present
  renew:
    description:
      - Whether to get a new token although the present one is still valid.
    type: bool
    default: false
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

- name: Log out
  tmi.tmi.tmi_token:
    url: https://tmi.example.com
    token: "{{ tmi_login.access_token }}"
    state: absent
"""

RETURN = r"""
access_token:
  description: The access token. A secret.
  returned: when O(state=present)
  type: str
  sample: eyJhbGciOiJIUzI1NiIs...
refresh_token:
  description: The refresh token that belongs to it, if there is one. A secret. It replaces the one given.
  returned: when O(state=present)
  type: str
  sample: 0b8f6a0e-...
expires_at:
  description: When the access token expires, in UTC. Empty where that is unknown.
  returned: when O(state=present)
  type: str
  sample: "2026-05-04T10:11:12Z"
user:
  description: Who is logged in.
  returned: when O(state=present)
  type: dict
  contains:
    id:
      description: Id of the user.
      type: str
      sample: 5f0c1d1e-7a0f-4f0e-9d5b-1f6b6f1f2a3b
    email:
      description: E-mail address, by which TMI knows people in authorizations.
      type: str
      sample: alice@test.tmi
    name:
      description: Name to display.
      type: str
      sample: Alice (Test User)
stats:
  description: What the task cost.
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
error:
  description: What the server answered, if that is the cause of the failure.
  returned: failure
  type: dict
  sample: {"status": 401, "code": "unauthorized", "message": "invalid or expired token"}
"""

from ansible_collections.tmi.tmi.plugins.module_utils._api.token_state import TOKEN_SPEC, manage_token
from ansible_collections.tmi.tmi.plugins.module_utils._options import REQUIRED_BY, connection_spec
from ansible_collections.tmi.tmi.plugins.module_utils._run import Module

MODULE = Module(
    argument_spec={**connection_spec(), **TOKEN_SPEC},
    work=lambda params, context: manage_token(context.transport, params, context.check_mode),
    rules={"required_by": REQUIRED_BY},
)


def main() -> None:
    """Run as a module of its own."""
    MODULE.main()


if __name__ == "__main__":
    main()
