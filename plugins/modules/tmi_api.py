#!/usr/bin/python
# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tmi_api
short_description: Send any request to a TMI server
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - >-
    Sends one request to any endpoint of the server, for example to those for groups, teams, projects, surveys or
    add-ons. The login, its renewal, repetitions, proxies, TLS and errors are those of the other modules.
  - In check mode no write is sent. The result has the request that would have been sent.
  - >-
    Use the other modules for threat models, for everything in them, for logins and for webhooks. They find objects by
    name and change only what differs.
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes.api
options:
  method:
    description:
      - Method of the request. By default V(PATCH) with O(patch), else V(GET).
      - >-
        V(POST) and V(PATCH) are repeated only if the server certainly did not act. The other methods are repeated after
        any failure that can pass.
    type: str
    choices: [GET, POST, PUT, PATCH, DELETE]
  path:
    description:
      - >-
        Path of the endpoint, relative to O(url). It begins with V(/), has no query, no segment V(.) or V(..), and
        quotes special characters as C(urlencode) does.
    type: str
    required: true
  query:
    description:
      - Query as names and values. A list gives a name several times. Values that are null are left out.
    type: dict
  body:
    description:
      - Body of the request, as a map, a list, or a text that is JSON.
      - >-
        Values are sent with their types. On releases of ansible-core before 2.19 a template gives a text even if it
        calculates a number. Use a template of the whole body with C(to_json) there.
    type: raw
  secret_body:
    description:
      - Further members of O(body) that are secrets, such as C(secret) of a webhook. They are hidden in all results.
    type: dict
  body_format:
    description:
      - V(json) sends O(body) as JSON, V(form) as a form, which C(/oauth2/introspect) requires.
    type: str
    choices: [json, form]
    default: json
  patch:
    description:
      - Operations of a JSON Patch (RFC 6902). They are checked before anything is sent.
    type: list
    elements: dict
  headers:
    description:
      - >-
        Further headers of the request, such as C(If-Match). Headers for the login, the length and the type of the body
        cannot be given. Headers that are null are left out.
    type: dict
  expect:
    description:
      - Statuses of the answer that are no failure. By default all from 200 to 299.
      - With a status of 400 or more here, an answer with it counts as no change.
      - Excludes O(all_pages).
    type: list
    elements: int
  all_pages:
    description:
      - >-
        Whether to read all pages of a list. The rows are in RV(resources), without what the server sends around them.
      - The page size is C(limit) of O(query), by default 100.
      - If entries are removed while the list is read, it is read again, three times at most.
    type: bool
    default: false
  compare:
    description:
      - Reads before a write, and sends the write only if it would change something. Without it, every write is sent.
      - >-
        With V(PUT), and with V(PATCH) and O(body), it is sent if a member of the body has another value in the answer.
        Members that the body lacks do not count. Lists must be equal in length and order.
      - >-
        With O(patch), it is sent if the operations change the answer. A missing member counts as empty, because servers
        leave out empty members.
      - With V(DELETE), it is sent if the object is there.
      - >-
        With V(POST), it is sent if the answer lacks the body, or with O(compare.key) if no row of the list is the
        object. O(compare.key) is required if the answer is a list.
    type: dict
    suboptions:
      path:
        description:
          - Path to read. By default O(path). Required with V(POST).
        type: str
      query:
        description:
          - Query of the read.
        type: dict
      key:
        description:
          - >-
            With V(POST), names of the members of O(body) that identify the object in the list at O(compare.path), for
            example V(name). All pages are read.
          - It is an error if the object is there with other values, because V(POST) would create a second one.
        type: list
        elements: str
      ignore:
        description:
          - >-
            Names of members that are not compared, for example secrets, which the server never returns.
        type: list
        elements: str
  warn:
    description:
      - Whether to warn if a module of this collection does the same.
    type: bool
    default: true
notes:
  - >-
    The endpoints of API v0 and v1 differ, for example C(/admin/webhooks) is only in v1. The path and the body are sent
    as they are, so a task can fit one of the two only.
  - >-
    An answer with a token or a secret, such as C(access_token), C(client_secret) or C(ticket), is never shown. RV(json)
    can be registered, and RV(has_secrets) is V(true). The same is true for a request with one in O(body), O(query) or
    O(patch). Give such values with O(secret_body), so that messages of the server cannot show them either. A value
    under another name needs C(no_log) at the task.
  - The module cannot run as a background job (C(async)), because others could read the answer in the file of the job.
seealso:
  - module: tmi.tmi.tmi_info
  - name: Description of the API of TMI
    description: All endpoints with their bodies.
    link: https://github.com/ericfitz/tmi/blob/main/api-schema/tmi-openapi.json
"""

EXAMPLES = r"""
- name: Create a service account unless there is one of this name, and register its secret
  tmi.tmi.tmi_api:
    url: https://tmi.example.com
    path: /me/client_credentials
    method: POST
    body:
      name: pipeline
    compare:
      path: /me/client_credentials
      key: [name]
  register: tmi_account

- name: Read the names of all service accounts
  tmi.tmi.tmi_api:
    path: /me/client_credentials
    all_pages: true
  register: tmi_accounts

- name: Remove the service account, which may be gone
  tmi.tmi.tmi_api:
    path: /me/client_credentials/{{ tmi_account.json.id }}
    method: DELETE
    expect: [204, 404]

- name: Set preferences if they differ
  tmi.tmi.tmi_api:
    path: /me/preferences
    method: PUT
    body:
      dashboard:
        theme: dark
    compare: {}

- name: Read the id of a model
  tmi.tmi.tmi_info:
    resource: threat_models
    filters:
      name: Checkout
  register: tmi_found

- name: Send a JSON Patch if it changes something
  tmi.tmi.tmi_api:
    path: /threat_models/{{ tmi_found.resources[0].id }}
    patch:
      - op: replace
        path: /description
        value: All payments by card
    compare: {}
    warn: false
"""

RETURN = r"""
status:
  description: Status of the answer.
  returned: if an answer was received for the request
  type: int
  sample: 200
json:
  description:
    - The answer. Null if it is empty or no JSON. An answer that is broken JSON is an error.
    - If O(compare) finds nothing to change, the object that was read.
  returned: if the request was sent or nothing differs, without O(all_pages)
  type: raw
  sample: {"id": "0b8e5e3c-3f0e-4c43-9d0e-7f7f3c1b1d55", "group_name": "payments"}
text:
  description: The answer, if it is a text other than JSON.
  returned: if the answer is such a text
  type: str
  sample: "<graphml/>"
base64:
  description: The answer in Base64, if it is neither JSON nor a text, such as a picture.
  returned: if the answer is such data
  type: str
  sample: iVBORw0KGgo=
headers:
  description: Headers of the answer, of C(location), C(etag), C(retry-after), C(deprecation) and C(x-request-id).
  returned: if RV(status) is returned, without O(all_pages)
  type: dict
  sample: {"location": "/admin/groups/0b8e5e3c-3f0e-4c43-9d0e-7f7f3c1b1d55"}
resources:
  description: The rows of all pages.
  returned: with O(all_pages)
  type: list
  elements: raw
  sample: [{"group_name": "payments"}]
count:
  description: Number of rows in RV(resources).
  returned: with O(all_pages)
  type: int
  sample: 1
request:
  description: The request that would have been sent, with C(method), C(path), C(query) and C(body).
  returned: in check mode, if a write would have been sent
  type: dict
  sample: {"method": "DELETE", "path": "/addons/5f0c1d1e-7a0f-4f0e-9d5b-1f6b6f1f2a3b", "query": {}, "body": null}
diff:
  description:
    - With O(compare), the members that differ, before and after, without secrets. Empty if nothing changes.
  returned: with V(POST), V(PUT), V(PATCH) and V(DELETE)
  type: list
  elements: dict
  sample: [{"before": "{\"status\": \"planning\"}", "after": "{\"status\": \"active\"}"}]
has_secrets:
  description: Whether the answer or the request has a token or another secret, so that the result is not shown.
  returned: if it has
  type: bool
  sample: true
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
  description: The request, if it was sent before the failure and the server may have carried it out.
  returned: failure, if a write was sent
  type: list
  elements: str
  sample: ["perhaps sent POST /admin/groups"]
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

from ansible_collections.tmi.tmi.plugins.module_utils._modules.api import api_module

MODULE = api_module()


def main() -> None:
    """Run as a module of its own."""
    MODULE.main()


if __name__ == "__main__":
    main()
