# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from urllib.request import urlopen

from ansible.plugins.lookup import LookupBase

DOCUMENTATION = r"""
name: tmi_counted
author:
  - TMI collection contributors (@tmi)
short_description: What the embedded server has counted
description:
  - Of use in integration tests only.
options:
  url:
    description: Address of the embedded server. Empty where another one is tested, which has counted nothing.
    type: str
    required: true
"""


class LookupModule(LookupBase):
    """Asks inside the worker; asking is not counted."""

    def run(self, terms, variables=None, **kwargs):
        if not kwargs["url"]:  # some releases of core evaluate what they do not need
            return [{}]
        with urlopen(kwargs["url"] + "/_test/stats") as answer:
            return [json.load(answer)]
