# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The floor of the estate: `requests`, the fewest calls there are, for a person who knows what is on the server.

    floor.py API URL create FILE    on an empty server: nothing is looked up
    floor.py API URL again FILE     reads every model and writes the threats that differ; other objects must be equal

FILE holds what :func:`read` returned of the models when the collection had made them, so both leave the same.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import requests
from plain import BULK, log_in, send

#: What the generations call the kinds of objects, and what a person writes of each. Members that the server chooses
#: are left out.
SECTIONS = {
    "v0": {"documents": ("name", "url", "description"), "sources": ("name", "url", "type", "description")},
    "v1": {"documents": ("name", "uri", "description"), "repositories": ("name", "uri", "type", "description")},
}
THREAT = ("name", "description", "severity", "priority", "status", "threat_type", "mitigation", "mitigated", "cell_id")
MODEL = ("name", "description", "threat_model_framework")
PAGE = 100

Json = Any


class Floor:
    """One session with a server of one generation."""

    def __init__(self, session: requests.Session, url: str, api: str) -> None:
        self.session = session
        self.url = url
        self.api = api
        log_in(session, url, api)

    def get(self, path: str, **query: int) -> Json:
        answer = self.session.get(self.url + path, params=query)
        answer.raise_for_status()
        return answer.json()

    def listed(self, path: str, kind: str) -> list[Json]:
        """Return a whole list; API v1 puts the items under their name."""
        found: list[Json] = []
        while len(found) % PAGE == 0:
            page = self.get(path, limit=PAGE, offset=len(found))
            page = page if self.api == "v0" else page[kind]
            found += page
            if not page:
                break
        return found

    # ------------------------------------------------------------------------------------------------- reading
    def read(self) -> Iterator[Json]:
        """Yield all models, each with what FILE has of it, and the ids that the server gave to it and its threats."""
        for item in self.listed("/threat_models", "threat_models"):
            yield self._model(item["id"])

    def _model(self, model_id: str) -> Json:
        base = f"/threat_models/{model_id}"
        model = self.get(base)
        # Each generation leaves out of a model what its lists have.
        threats = model["threats"] if self.api == "v0" else self.listed(f"{base}/threats", "threats")
        diagrams = {diagram["id"]: diagram["name"] for diagram in model["diagrams"]}
        threats = sorted(threats, key=lambda one: str(one["name"]))
        return {
            "id": model_id,
            "diagram_ids": {name: found for found, name in diagrams.items()},
            "threat_ids": [threat["id"] for threat in threats],
            "model": kept(model, MODEL),
            "metadata": sorted(model["metadata"], key=lambda entry: str(entry["key"])),
            "diagrams": [
                {**kept(diagram, ("name", "type")), "cells": [plain_cell(cell) for cell in diagram["cells"]]}
                for diagram in model["diagrams"]
            ],
            "threats": [{**kept(threat, THREAT), "diagram": diagrams[threat["diagram_id"]]} for threat in threats],
            "sections": {
                kind: by_name(self.listed(f"{base}/{kind}", kind), members)
                for kind, members in SECTIONS[self.api].items()
            },
        }

    # ------------------------------------------------------------------------------------------------- writing
    def create(self, model: Json) -> None:
        """Create one model. API v0 takes metadata by a call of their own, API v1 with the model."""
        body = model["model"] if self.api == "v0" else {**model["model"], "metadata": model["metadata"]}
        path = f"/threat_models/{self._send('POST', '/threat_models', body)['id']}"
        if self.api == "v0":
            self._send("POST", f"{path}/metadata/bulk", model["metadata"])
        for kind, entries in model["sections"].items():
            self._bulk("POST", f"{path}/{kind}/bulk", entries)
        ids = {}
        for diagram in model["diagrams"]:
            created = self._send("POST", f"{path}/diagrams", kept(diagram, ("name", "type")))
            self._send("PUT", f"{path}/diagrams/{created['id']}", diagram)
            ids[diagram["name"]] = created["id"]
        self._bulk("POST", f"{path}/threats/bulk", [anchored(threat, ids) for threat in model["threats"]])

    def again(self, wanted: Json) -> None:
        """Write what differs."""
        there = {found["model"]["name"]: found for found in self.read()}
        for model in wanted:
            found = there[model["model"]["name"]]
            for number, threat in enumerate(model["threats"]):
                if threat != found["threats"][number]:
                    path = f"/threat_models/{found['id']}/threats/{found['threat_ids'][number]}"
                    self._send("PUT", path, anchored(threat, found["diagram_ids"]))
                    found["threats"][number] = threat
            if content(found) != content(model):
                raise SystemExit(f"{model['model']['name']} differs in more than its threats")

    def _send(self, method: str, path: str, body: Json) -> Json:
        return send(self.session, method, self.url + path, body)

    def _bulk(self, method: str, path: str, entries: list[Json]) -> None:
        for at in range(0, len(entries), BULK):
            self._send(method, path, entries[at : at + BULK])


def content(model: Json) -> Json:
    """Return a model without what the server chose."""
    return {name: part for name, part in model.items() if not name.endswith(("id", "ids"))}


def kept(wire: Json, members: tuple[str, ...]) -> Json:
    """Return some members; those that are empty count as not there."""
    return {name: wire[name] for name in members if wire.get(name) not in (None, "", [])}


def by_name(items: list[Json], members: tuple[str, ...]) -> list[Json]:
    return sorted((kept(item, members) for item in items), key=lambda one: str(one["name"]))


def plain_cell(cell: Json) -> Json:
    """Return a cell with the defaults that servers add to some."""
    found = {"visible": True, "zIndex": 1, "angle": 0, **cell}
    return {**found, "data": {"_metadata": [], **found.get("data", {})}}


def anchored(threat: Json, diagrams: dict[str, str]) -> Json:
    """Return the body of a threat."""
    return {**{n: v for n, v in threat.items() if n != "diagram"}, "diagram_id": diagrams[threat["diagram"]]}


def with_floor(api: str, url: str, work: Callable[[Floor], Json]) -> Json:
    """Log in, do some work and return what came of it."""
    with requests.Session() as session:
        session.trust_env = False
        return work(Floor(session, url, api))


def main(api: str, url: str, what: str, path: str) -> None:
    with open(path, encoding="utf-8") as file:
        models = json.load(file)

    def work(floor: Floor) -> None:
        if what == "again":
            floor.again(models)
        else:
            for model in models:
                floor.create(model)

    with_floor(api, url, work)


if __name__ == "__main__":
    main(*sys.argv[1:])
