# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from urllib.request import Request, urlopen

from ansible.plugins.lookup import LookupBase

DOCUMENTATION = r"""
name: tmi_call
author:
  - TMI collection contributors (@tmi)
short_description: The answer of a server to one request
description:
  - Of use in integration tests only, for what people and other programs do to the server meanwhile.
  - Use it where it is evaluated once, in C(set_fact).
options:
  _terms:
    description: Method and path.
    type: list
    elements: str
  url:
    description: Address of the server.
    type: str
    required: true
  body:
    description: Body of the request.
    type: raw
  token:
    description: Access token.
    type: str
"""


class LookupModule(LookupBase):
    """Asks inside the worker, which takes milliseconds where a module takes half a second."""

    def run(self, terms, variables=None, **kwargs):
        method, path = terms
        headers = {"Content-Type": "application/json"}
        if kwargs.get("token"):
            headers["Authorization"] = "Bearer " + kwargs["token"]
        body = None if kwargs.get("body") is None else json.dumps(kwargs["body"]).encode()
        with urlopen(Request(kwargs["url"] + path, body, headers, method=method)) as answer:
            text = answer.read()
        return [json.loads(text) if text else None]
