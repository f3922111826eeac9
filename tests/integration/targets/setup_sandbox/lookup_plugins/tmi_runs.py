# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from urllib.request import Request, urlopen

from ansible.plugins.lookup import LookupBase

DOCUMENTATION = r"""
name: tmi_runs
author:
  - TMI collection contributors (@tmi)
short_description: Runs of one task, for a loop, with the counters of the embedded server set to zero
description:
  - Of use in integration tests only.
options:
  _terms:
    description: What each run is, V(check) or V(apply).
    type: list
    elements: str
  url:
    description: Address of the embedded server. Empty where another one is tested, which does not count.
    type: str
    required: true
"""


class LookupModule(LookupBase):
    """Evaluated once, when a loop begins."""

    def run(self, terms, variables=None, **kwargs):
        if kwargs["url"]:
            body = json.dumps({"counters": True}).encode()
            headers = {"Content-Type": "application/json"}
            with urlopen(Request(kwargs["url"] + "/_test/reset", body, headers, method="POST")) as answer:
                assert answer.status == 204
        return [{"run": number, "name": name, "check": name == "check"} for number, name in enumerate(terms, 1)]
