# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In place of the lookup of this name: the secrets of the keyring are in a file."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase


class LookupModule(LookupBase):
    def run(self, terms: list[str], variables: Any = None, **_options: Any) -> list[str]:
        secrets = json.loads(Path(os.environ["STORES"]).read_text())["keyring"]
        found = []
        for term in terms:
            service, user = term.split()[:2]
            if user not in secrets.get(service, {}):
                raise AnsibleError(f"servicename: {service} for user {user} not found")
            found.append(secrets[service][user])
        return found
