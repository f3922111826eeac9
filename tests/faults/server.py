# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The embedded server in a process of its own, its test controls, and what it holds, read without the collection."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

Json = Any
FILES = Path(__file__).resolve().parents[2] / "roles" / "sandbox" / "files"
CALLBACK = "http://127.0.0.1:9/callback"
PROVIDERS = {"v0": "test", "v1": "tmi"}
#: What a server lists below a model: our word, its segment on v0 and v1 ("" where there is none).
SECTIONS = (
    ("threat", "threats", "threats"),
    ("document", "documents", "documents"),
    ("source", "sources", "repositories"),
    ("diagram", "diagrams", "diagrams"),
    ("asset", "", "assets"),
    ("note", "", "notes"),
)
#: What differs from one run to the next, or is told by other means.
VOLATILE = frozenset(
    ("id", "created_at", "modified_at", "created_by", "cells", "metadata", "diagram_id", "cell_id", "image", "alias")
    + ("threat_model_id", "version", "update_vector", "auto_generated", "deleted_at")
)

#: (model, kind, name) -> what the server holds of each object of that name.
Census = dict[tuple[str, str, str], list[Json]]


@dataclass(frozen=True)
class Faulty:
    """What a server holds other than it should."""

    duplicates: int
    missing: int
    wrong: tuple[str, ...] = ()


class Server:
    """One embedded server with test controls; :meth:`close` ends it."""

    def __init__(self, api: str) -> None:
        self.api = api
        self._process = subprocess.Popen(
            [sys.executable, "-B", "-m", "tmi_sandbox", "serve", "--api", api, "--port=0", "--data=:memory:"]
            + ["--test-controls"],
            cwd=FILES,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        self.url: str = json.loads(self._process.stdout.readline())["url"]
        self._http = requests.Session()
        self._http.trust_env = False
        self.tokens: Json = {}
        for person in ("bob", "carol", "alice"):  # who is named in an authorization must have been there once
            self.tokens = self.log_in(person)

    def close(self) -> None:
        """End the process."""
        self._http.close()
        self._process.terminate()
        self._process.communicate(timeout=10)

    def log_in(self, person: str) -> Json:
        """Return the tokens of a person."""
        verifier = secrets.token_urlsafe(32)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        provider = PROVIDERS[self.api]
        query = {"idp": provider, "scope": "openid", "client_callback": CALLBACK, "state": "s", "login_hint": person}
        query.update(code_challenge=challenge, code_challenge_method="S256")
        answer = self._http.get(self.url + "/oauth2/authorize", params=query, allow_redirects=False, timeout=10)
        code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
        body = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": CALLBACK}
        answer = self._http.post(f"{self.url}/oauth2/token?idp={provider}", json=body, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    # ------------------------------------------------------------------------------------------- controls
    def control(self, name: str, body: Json = None, method: str = "POST") -> Json:
        """Use a test control."""
        answer = self._http.request(method, f"{self.url}/_test/{name}", json=body, timeout=30)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def clear(self) -> None:
        """Remove all models, faults and counts."""
        self.control("reset", {"counters": True, "data": True, "faults": True})

    def counted(self) -> Json:
        """Return what has arrived since the last reset of the counters."""
        return self.control("stats", method="GET")

    def arm(self, *faults: Json) -> None:
        """Arm faults, and nothing but these; counters begin anew."""
        self.control("reset", {"counters": True, "faults": True})
        self.control("faults", list(faults))

    def disarm(self) -> list[Json]:
        """Disarm all faults and count anew; return what had been armed, with ``seen``."""
        armed: list[Json] = self.control("faults", method="GET")
        self.control("reset", {"counters": True, "faults": True})
        return armed

    # --------------------------------------------------------------------------------------------- census
    def get(self, path: str) -> Json:
        """Return the JSON that stands at a path."""
        headers = {"Authorization": "Bearer " + self.tokens["access_token"]}
        answer = self._http.get(self.url + path, headers=headers, timeout=30)
        if answer.status_code == 401:
            self.tokens = self.log_in("alice")
            return self.get(path)
        assert answer.status_code == 200, f"GET {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def items(self, path: str) -> list[Json]:
        """Return a list, whatever its form; it fits one page here."""
        found = self.get(path + "?limit=100&offset=0")
        if isinstance(found, dict):
            found = next(value for value in found.values() if isinstance(value, list))
        assert len(found) < 100
        return list(found)

    def census(self) -> Census:
        """Return all that the server holds."""
        found: Census = {}
        for key, facts in self._objects():
            found.setdefault(key, []).append(facts)
        return found

    def _objects(self) -> Iterator[tuple[tuple[str, str, str], Json]]:
        for listed in self.items("/threat_models"):
            path = f"/threat_models/{listed['id']}"
            model = self.get(path)
            facts = {"name": model["name"], "description": model.get("description")}
            facts["framework"] = model.get("threat_model_framework")
            facts["issue"] = model.get("issue_uri", model.get("issue_url"))
            facts["metadata"] = self._metadata(path)
            facts["access"] = sorted(_row(row) for row in model["authorization"])
            yield (model["name"], "threat model", model["name"]), facts
            diagrams = {one["id"]: one["name"] for one in self.items(path + "/diagrams")}
            for kind, *segments in SECTIONS:
                segment = segments[self.api == "v1"]
                for item in self.items(f"{path}/{segment}") if segment else ():
                    yield (model["name"], kind, item["name"]), self._facts(kind, f"{path}/{segment}", item, diagrams)

    def _facts(self, kind: str, path: str, item: Json, diagrams: Json) -> Json:
        whole = self.get(f"{path}/{item['id']}")
        facts = {name: value for name, value in whole.items() if name not in VOLATILE and value not in (None, "", [])}
        facts["metadata"] = self._metadata(f"{path}/{item['id']}")
        if kind == "threat":
            facts["at"] = (diagrams.get(whole.get("diagram_id")), whole.get("cell_id"))
        if kind == "diagram":
            facts["cells"] = sorted(_cell(cell) for cell in whole["cells"])
        return facts

    def _metadata(self, path: str) -> Json:
        entries = self.items(path + "/metadata")
        twice = [key for key, count in Counter(entry["key"] for entry in entries).items() if count > 1]
        assert not twice, f"{path} has metadata twice: {twice}"
        return {entry["key"]: entry["value"] for entry in entries}


def compare(found: Census, wanted: Census) -> Faulty:
    """Return what is there too often, and what is missing or other than wanted."""
    twins = sum(max(0, len(objects) - len(wanted.get(key, [None]))) for key, objects in found.items())
    twins += sum(len(objects) for key, objects in found.items() if key not in wanted)
    lost = [key for key in wanted if key not in found]
    other = [key for key in wanted if key in found and found[key][0] != wanted[key][0]]
    words = [f"{'/'.join(key)} is missing" for key in lost]
    words += [f"{'/'.join(key)}: {found[key][0]} instead of {wanted[key][0]}" for key in other]
    words += [f"{'/'.join(key)} stands {len(o)} times" for key, o in found.items() if len(o) != 1]
    return Faulty(twins, len(lost) + len(other), tuple(words))


def _row(row: Json) -> str:
    return f"{row.get('subject') or row.get('email') or row.get('provider_id')}: {row['role']}"


def _cell(cell: Json) -> str:
    """Return what a cell is, without its place."""
    data = {entry["key"]: entry["value"] for entry in (cell.get("data") or {}).get("_metadata") or ()}
    ends = [(cell.get(end) or {}).get("cell") for end in ("source", "target")]
    text = json.dumps(cell.get("labels") or (cell.get("attrs") or {}).get("text"), sort_keys=True)
    return json.dumps([cell["id"], cell["shape"], cell.get("parent"), ends, text, data], sort_keys=True)
