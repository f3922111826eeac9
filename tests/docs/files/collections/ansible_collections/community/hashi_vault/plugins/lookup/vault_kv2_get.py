# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In place of the lookup of this name: the secrets of Vault are in a file."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase


class LookupModule(LookupBase):
    def run(self, terms: list[str], variables: Any = None, **_options: Any) -> list[dict[str, Any]]:
        secrets = json.loads(Path(os.environ["STORES"]).read_text())["vault"]
        found = []
        for term in terms:
            if term not in secrets:
                raise AnsibleError(f"Invalid or missing path ['{term}'] with secret version 'latest'.")
            data = {"data": secrets[term], "metadata": {"version": 1}}
            found.append({"raw": {"data": data}, "data": data, "secret": data["data"], "metadata": data["metadata"]})
        return found
