# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the examples of a page are run: a folder, an environment, two empty servers of one generation."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import yaml

from ansible_collections.tmi.tmi.plugins.module_utils._modules.definition import definition_module
from ansible_collections.tmi.tmi.tests.harness.held import PATIENCE
from ansible_collections.tmi.tmi.tests.harness.server import PROVIDERS, Server

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
DOMAINS = {"v0": "test.tmi", "v1": "tmi.local"}
#: Ways to log in: what a page exports takes the place of the token that it begins with.
LOGINS = ("TMI_TOKEN", "TMI_LOGIN_HINT", "TMI_CLIENT_ID", "TMI_REFRESH_TOKEN", "TMI_TOKEN_CACHE")
#: What differs from one run to the next: ports, ids of processes.
VOLATILE = re.compile(r"\b\d{4,5}\b")
SETTINGS = {
    "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache" / "collections"),
    "ANSIBLE_LOCALHOST_WARNING": "false",
    "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
    "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
    "ANSIBLE_NOCOLOR": "true",
    "LANG": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
}


def squeezed(text: str) -> str:
    """Return a text in one line, with what differs from run to run as `N`."""
    return re.sub(r"\s+", " ", VOLATILE.sub("N", text)).strip()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Workplace:
    """One page's folder and what it has exported. `old` is the server of old.example.com."""

    folder: Path
    server: Server
    old: Server
    variables: dict[str, str] = field(default_factory=dict)
    inventories: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.api = self.server.api
        self.server.clear()
        self.old.clear()
        # A link: whoever removes this environment removes no more than that.
        self.sandbox_venv = self.folder / "sandbox-venv"
        self.sandbox_venv.symlink_to(BIN.parent)
        self.port = free_port()
        path = os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)])
        self.variables = {"PATH": path, "HOME": str(self.folder), **SETTINGS}
        # Lookups of secret stores that read a file instead.
        self.variables["ANSIBLE_COLLECTIONS_PATH"] += f"{os.pathsep}{self.folder / 'collections'}"
        self.variables.update(TMI_URL=self.server.url, TMI_TOKEN=self.server.tokens["access_token"])
        self.variables["OLD_TOKEN"] = self.old.tokens["access_token"]
        # A reader's servers are not empty: people work on models of their own there.
        for server, name in ((self.server, "Mobile banking"), (self.old, "Payments ledger")):
            model = {"tmi_definition": 1, "name": name, "threats": {"flood": {"types": ["Denial of Service"]}}}
            assert self.apply(False, server, definition=model)["changed"]

    # ------------------------------------------------------------------------------------------ texts
    def translated(self, text: str) -> str:
        """Return a text with addresses and people of these servers; the people are logged in once."""
        text = text.replace("https://tmi.example.com", self.server.url).replace(
            "http://127.0.0.1:18100", self.server.url
        )
        text = text.replace("https://old.example.com", self.old.url)
        text = re.sub(r"(\w+)@old\.example\.com", r"\1-old@example.com", text)
        for name in sorted(set(re.findall(r"([\w-]+)@example\.com", text))):
            self.server.log_in(name)
            self.old.log_in(name)
        text = text.replace("@example.com", f"@{DOMAINS[self.api]}")
        return text.replace("login_provider: test", f"login_provider: {PROVIDERS[self.api]}")

    def keep(self, name: str, text: str) -> Path:
        """Write a file of the page."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def export(self, name: str, value: str) -> None:
        """Have a variable from now on."""
        if name in LOGINS:
            for other in LOGINS:
                self.variables.pop(other, None)
        server = self.old if name.startswith("TMI_SOURCE_") else self.server
        if name.endswith("_TOKEN"):
            value = server.tokens["access_token"]
        if name == "PYTHONPATH":
            value = str(ROOT / value)
        self.variables[name] = value

    def service_account(self) -> dict[str, str]:
        """Return the variables with a new service account of alice; only API v1 has them."""
        bearer = {"Authorization": f"Bearer {self.server.tokens['access_token']}"}
        address = f"{self.server.url}/me/client_credentials"
        made = requests.post(address, json={"name": "pipeline"}, headers=bearer, timeout=PATIENCE).json()
        return {"TMI_CLIENT_ID": made["client_id"], "TMI_CLIENT_SECRET": made["client_secret"]}

    def store_secrets(self, secrets: dict[str, str]) -> None:
        """Have secrets in the keyring, of the service `tmi`, and in Vault at the path `tmi`."""
        path = self.keep("stores.json", json.dumps({"keyring": {"tmi": secrets}, "vault": {"tmi": secrets}}))
        self.variables["STORES"] = str(path)

    # ------------------------------------------------------------------------------------------- runs
    def run(self, *command: str) -> str:
        """Return what a command prints. Warnings are failures, as everywhere in the tests."""
        place: Any = {"cwd": self.folder, "env": self.variables, "stdin": subprocess.DEVNULL}
        ended = subprocess.run(command, **place, check=False, capture_output=True, text=True)
        said = ended.stdout + ended.stderr
        assert ended.returncode == 0, f"{' '.join(command)} ended with {ended.returncode}:\n{said}"
        assert not re.search("WARNING|DEPRECAT", said), f"{' '.join(command)} warns:\n{said}"
        return ended.stdout

    def extra(self, text: str) -> list[str]:
        """Return what a run needs here besides what its author wrote."""
        options = []
        if "sandbox" in text:
            options += ["-e", f"tmi_sandbox_venv={self.sandbox_venv}", "-e", f"tmi_sandbox_port={self.port}"]
        if self.api == "v0" and "tmi.tmi.apply" in text:
            options += ["-e", "tmi_apply_on_unsupported=metadata"]
        return options

    def tasks(self, plays: list[dict[str, Any]], name: str, before: Sequence[dict[str, Any]] = ()) -> None:
        """Run plays, first in check mode and then for good, in one process; what comes before only for good."""
        plays = self._suited(plays)
        checked = [{**play, "check_mode": True, "name": f"{play['name']} (check mode)"} for play in plays]
        self._write_and_run([*before, *checked, *plays], name)

    def play(self, plays: list[dict[str, Any]], name: str) -> None:
        """Run plays of a reader, first with `--check` and then for good."""
        plays = self._suited(plays)
        self._write_and_run(plays, name, "--check")
        self._write_and_run(plays, name)

    def _write_and_run(self, plays: list[dict[str, Any]], name: str, *options: str) -> None:
        text = yaml.safe_dump(plays, sort_keys=False, allow_unicode=True)
        path = self.keep(name, text)
        others = any(play["hosts"] != "localhost" for play in plays)
        hosts = [part for inventory in self.inventories if others for part in ("-i", inventory)]
        self.run("ansible-playbook", *hosts, *self.extra(text), *options, path.name)

    def _suited(self, plays: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """API v0 has no place for some fields of standard models; pages say so where they list what it lacks."""
        if self.api != "v0":
            return plays
        lacks = {"tmi.tmi.tmi_definition": {"on_unsupported": "metadata"}}
        return [{**play, "module_defaults": {**play.get("module_defaults", {}), **lacks}} for play in plays]

    def apply(self, check_mode: bool, server: Server | None = None, **options: Any) -> dict[str, Any]:
        """Return the result of applying a definition, to the page's server or to another one."""
        server, module = server or self.server, definition_module()
        params = {name: option.get("default") for name, option in module.argument_spec.items()}
        params.update(url=server.url, token=server.tokens["access_token"], **options)
        params["on_unsupported"] = "metadata" if self.api == "v0" else "fail"
        return module.run(params, check_mode)

    def close(self) -> None:
        """Stop an embedded server that the page has started."""
        if (self.folder / ".local" / "state" / "tmi-sandbox").exists():
            self.variables["PYTHONPATH"] = str(ROOT / "roles" / "sandbox" / "files")
            self.run(sys.executable, "-m", "tmi_sandbox", "stop", f"--port={self.port}")
