# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a server holds, read without the collection, and how it differs from what it should hold."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import requests

Json = Any
#: Seconds that an answer may take: a machine under load is slow, and only a server that hangs is a failure.
PATIENCE = 300
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


class Reader:
    """Reads a server of a generation, embedded or not, with the token of a person."""

    def __init__(self, url: str, api: str, token: str = "") -> None:
        self.url = url
        self.api = api
        self.tokens: Json = {"access_token": token}
        self._http = requests.Session()
        self._http.trust_env = False

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _headers(self) -> Json:
        return {"Authorization": "Bearer " + self.tokens["access_token"]}

    def renew(self) -> None:
        """Get another token for one that is no longer valid; a given one cannot be renewed."""

    def get(self, path: str) -> Json:
        """Return the JSON that stands at a path."""
        answer = self._http.get(self.url + path, headers=self._headers(), timeout=PATIENCE)
        if answer.status_code == 401:
            self.renew()
            answer = self._http.get(self.url + path, headers=self._headers(), timeout=PATIENCE)
        assert answer.status_code == 200, f"GET {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def items(self, path: str) -> list[Json]:
        """Return all pages of a list, whatever its form."""
        found: list[Json] = []
        while True:
            page = self.get(f"{path}?limit=100&offset={len(found)}")
            if isinstance(page, dict):
                page = next(value for value in page.values() if isinstance(value, list))
            found += page
            if len(page) < 100:
                return found

    def census(self, prefix: str = "") -> Census:
        """Return all that the server holds of models whose names begin with a prefix."""
        found: Census = {}
        for listed in self.items("/threat_models"):
            if listed["name"].startswith(prefix):
                for key, facts in self._objects(f"/threat_models/{listed['id']}"):
                    found.setdefault(key, []).append(facts)
        return found

    def _objects(self, path: str) -> Iterator[tuple[tuple[str, str, str], Json]]:
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
                name = item.get("name") or item.get("uri") or item["url"]
                yield (model["name"], kind, name), self._facts(kind, f"{path}/{segment}", item, diagrams)

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
