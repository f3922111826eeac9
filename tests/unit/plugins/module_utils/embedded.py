# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The embedded server of each generation, as tasks of Ansible use it, and people in the web editor."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import Request, urlopen

from ansible_collections.tmi.tmi.plugins.module_utils._api.client import open_transport
from ansible_collections.tmi.tmi.plugins.module_utils._modules.definition_info import definition_info_module


class EmbeddedServer:
    """An embedded server of one generation, with its test controls."""

    def __init__(self, api: str, url: str) -> None:
        self.api = api
        self.url = url
        self.login = {"url": url, "login_provider": {"v0": "test"}.get(api, "tmi"), "login_hint": "alice"}

    def run(self, module: Any, check: bool = False, **params: Any) -> dict[str, Any]:
        """Return the result of a task."""
        options = {name: entry.get("default") for name, entry in module.argument_spec.items()}
        result: dict[str, Any] = module.run({**options, **self.login, **params}, check)
        return result

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Do what a person does in the web editor, and return the data of the answer."""
        params = {name: entry.get("default") for name, entry in definition_info_module().argument_spec.items()}
        with open_transport({**params, **self.login}, read_only=False) as transport:
            return transport.request(method, path, json=body, expect=(200, 201, 204)).data

    def empty(self) -> None:
        """Remove all data and counters."""
        body = json.dumps({"counters": True, "data": True}).encode()
        with urlopen(Request(self.url + "/_test/reset", body, {"Content-Type": "application/json"})):
            pass
