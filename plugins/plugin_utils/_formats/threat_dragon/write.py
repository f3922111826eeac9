# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""From a definition to OWASP Threat Dragon 2: the model, its diagrams and threats."""

from __future__ import annotations

from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Desired
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.compiled import compiled
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import Conversion, Losses, Taken
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.read import read_model
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.records import (
    OF_SERVER,
    OWN,
    Place,
    Record,
    difference,
    records_of,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.write_cells import drawn_cells
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.write_threats import written_threat

#: The release of Threat Dragon whose schema the files have.
RELEASE = "2.6.2"
_NO_CELL = "Threat Dragon has threats at cells only: kept in the member %s for the way back, not shown" % OWN


def to_threat_dragon(definition: Any) -> Conversion:
    """Return the Threat Dragon model for a definition, given as text or parsed, and the losses.

    Raises InputError, with the path of the mistake, if it is not a definition or does not compile.
    """
    model = compiled(definition)
    losses = Losses()
    _note_server(model, losses)
    return Conversion(_Writing(model, losses).result(), losses.rows)


def _note_server(model: Desired, losses: Losses) -> None:
    """Note the fields that belong to one server."""
    fields = {**{name: model.values.get(name) for name in (*OF_SERVER, "owner")}, "id": model.id, "was": model.was}
    for name, value in fields.items():
        if value:
            losses.add("$." + name, value, "belongs to one TMI server")
    for child in model.children:
        if child.id or child.was:
            path = "$.%s.%s" % (child.resource.plural, child.key)
            losses.add(path, {"id": child.id, "was": child.was}, "belongs to one TMI server")


class _Writing:
    """One file. ``_holders``: the objects of the file that have a member of the collection, by place."""

    def __init__(self, model: Desired, losses: Losses) -> None:
        self._model, self._losses = model, losses
        self._records = records_of(model)
        self._holders: dict[Place, dict[str, Any]] = {}
        self._framework = str(model.values.get("framework") or "Generic")

    def result(self) -> dict[str, Any]:
        file = self._file()
        diagrams = [child for child in self._model.children if child.resource.name == "diagram"]
        taken = Taken("%s_%d")
        for index, diagram in enumerate(diagrams):
            file["detail"]["diagrams"].append(self._diagram(diagram, index, taken))
        self._threats()
        read = records_of(read_model(file).compiled)
        for place, holder in self._holders.items():
            fields = difference(read[place], self._records[place])
            if fields:
                holder[OWN]["fields"] = fields
        return file

    def _file(self) -> dict[str, Any]:
        model = self._records[()]

        def said(name: str) -> str:
            return str(model.get("metadata.td_" + name) or "")

        file: dict[str, Any] = {
            "version": RELEASE,
            "summary": {
                "title": model["name"],
                "owner": said("owner") or str(self._model.values.get("owner") or ""),
                "description": model.get("description") or "",
                "id": 0,
            },
            "detail": {
                "contributors": [{"name": name} for name in said("contributors").split(", ") if name],
                "diagrams": [],
                "diagramTop": 0,
                "reviewer": said("reviewer"),
                "threatTop": 0,
            },
        }
        for member, value in (("release_version", model.get("version")), ("released_at", said("released_at"))):
            if value:
                file[member] = str(value)
        self._own((), file, str(model.get("key") or ""))
        self._root = file
        return file

    def _own(self, place: Place, holder: dict[str, Any], key: str) -> None:
        holder[OWN] = {"key": key} if key else {}
        self._holders[place] = holder

    def _diagram(self, diagram: Desired, index: int, taken: Taken) -> dict[str, Any]:
        key = str(diagram.key)
        record = self._records["diagrams", key]
        kind = str(record.get("metadata.td_diagram_type") or self._framework)
        written: dict[str, Any] = {
            "id": index,
            "title": record["name"],
            "diagramType": kind if len(kind) > 2 else "Generic",
            "description": record.get("description") or "",
            "placeholder": "",
            "thumbnail": "./public/content/images/thumbnail.jpg",
            "version": RELEASE,
            "cells": [],
        }
        known = taken.take(key.replace("/", "_"))
        if known != key:
            self._losses.add("$.diagrams.%s" % key, key, "its key contains /: written as %s" % known)
            self._rename(key, known)
        self._own(("diagrams", known), written, known)
        if diagram.cells is not None:
            path = "$.diagrams.%s." % key
            for cell_key, cell in drawn_cells(diagram.cells, self._cells_of(known), path, self._losses).items():
                written["cells"].append(cell)
                self._own(("diagrams", known, cell_key), cell["data"], cell_key)
        self._root["detail"]["diagramTop"] = index + 1
        return written

    def _rename(self, key: str, known: str) -> None:
        places = [place for place in self._records if place[:2] == ("diagrams", key)]
        for place in places:
            self._records[("diagrams", known, *place[2:])] = self._records.pop(place)
        for place, record in self._records.items():
            if place[:1] == ("threats",) and record.get("diagram") == key:
                record["diagram"] = known

    def _cells_of(self, diagram: str) -> dict[str, Record]:
        return {place[2]: r for place, r in self._records.items() if len(place) == 3 and place[1] == diagram}

    def _threats(self) -> None:
        """Write the threats into their cells; the others are kept in the member of the model."""
        homeless: dict[str, Record] = {}
        for place, record in self._records.items():
            if place[:1] != ("threats",):
                continue
            diagram, key = str(record.get("diagram") or ""), str(record.get("cell") or "")
            data = self._holders.get(("diagrams", diagram, key))
            if data is None:
                homeless[place[1]] = record
                self._losses.add("$.threats.%s" % place[1], dict(record), _NO_CELL)
                continue
            number = self._root["detail"]["threatTop"] + 1
            kind = next(d for p, d in self._holders.items() if p == ("diagrams", diagram))["diagramType"]
            threat = written_threat(record, "%s/%s" % (self._model.label, place[1]), number, kind)
            self._own(place, threat, place[1])
            data.setdefault("threats", []).append(threat)
            data["hasOpenThreats"] = data["hasOpenThreats"] or threat["status"] == "Open"
            self._root["detail"]["threatTop"] = number
        if homeless:
            self._root[OWN]["threats"] = homeless
