# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""One cell of Threat Dragon in the form of version 2, whichever version wrote it.

Version 1 has the data of a cell beside its looks, and names the ends of a flow by ``id``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import (
    Losses,
    Metadata,
    Texts,
    as_text,
    maps,
    snake,
)

_SHAPES = {
    "actor": "actor",
    "process": "process",
    "store": "store",
    "td-text-block": "text-box",
    "trust-boundary-box": "boundary",
    "trust-boundary": "curve",
    "trust-boundary-curve": "curve",
    "trust-broundary-curve": "curve",  # the spelling of early releases
    "flow": "flow",
}
_TYPES = {
    "tm.Actor": "actor",
    "tm.Process": "process",
    "tm.Store": "store",
    "tm.Text": "text-box",
    "tm.BoundaryBox": "boundary",
    "tm.Boundary": "curve",
    "tm.Flow": "flow",
    "tm.FlowStencil": "flow",
}
#: Members of a cell that are converted, and members of its appearance: colours, order, handles.
_CELL = (
    "id",
    "shape",
    "data",
    "position",
    "size",
    "source",
    "target",
    "ports",
    "labels",
    "label",
    "threats",
    "vertices",
)
_LOOKS = ("attrs", "zIndex", "visible", "tools", "connector", "router", "width", "height", "markup", "angle", "view")
_OLD_LOOKS = (*_LOOKS, "z", "smooth", "manhattan", "inPorts", "outPorts", "$$hashKey")
#: Members of ``data`` that are converted separately, or that Threat Dragon derives; its ids mean nothing elsewhere.
_DATA = (
    *("type", "name", "threats", "isBidirectional", "hasOpenThreats", "isTrustBoundary", "threatFrequency"),
    *("trustBoundaryIds", "crossingFlows", "containedElements", "modelType", "tmi"),
)


class Drawn(NamedTuple):
    """One cell: its place in the file, its kind, its members, and its data with the place of these."""

    path: str
    kind: str
    cell: dict[str, Any]
    data: dict[str, Any]
    data_path: str

    @property
    def id(self) -> str:
        """The id in Threat Dragon, "" for none."""
        return as_text(self.cell.get("id")).strip()

    @property
    def name(self) -> str:
        """The name, else the drawn text."""
        found = as_text(self.data.get("name")).strip()
        labels = self.cell.get("labels")
        texts = [labels] if isinstance(labels, str) else labels if isinstance(labels, list) else []
        for holder in (self.cell, *texts):
            attrs = as_map(as_map(holder).get("attrs"))
            for part in ("text", "label", "labelText"):
                found = found or as_text(as_map(attrs.get(part)).get("text")).strip()
            found = found or (holder.strip() if isinstance(holder, str) else "")
        return found

    def end(self, name: str) -> dict[str, Any]:
        """Return an end of a line: ``cell`` and ``port``, or ``x`` and ``y``."""
        end = as_map(self.cell.get(name))
        return {**end, "cell": end["id"]} if "cell" not in end and "id" in end else end

    def threats(self) -> list[tuple[str, dict[str, Any]]]:
        """Return the threats with their paths: of the data, then of the cell itself, as in early files."""
        here = [] if self.data is self.cell else maps(self.cell.get("threats"), self.path + ".threats")
        return [*maps(self.data.get("threats"), self.data_path + ".threats"), *here]

    def note_unknown(self, losses: Losses) -> None:
        """Note members that Threat Dragon does not have."""
        if self.data is not self.cell:
            losses.rest(self.cell, (*_CELL, *_LOOKS), self.path)

    def metadata(self, losses: Losses, prefix: str = "") -> Metadata:
        """Return the texts of the cell, and the marks that are set, as metadata."""
        metadata, texts = Metadata(losses), Texts(losses)
        left_out = (*_CELL, *_OLD_LOOKS, *_DATA) if self.data is self.cell else _DATA
        for name, value in self.data.items():
            if name in left_out or value is False:
                continue
            where = "%s.%s" % (self.data_path, name)
            kept = texts.metadata(value, where) if isinstance(value, str) else value
            metadata.put(prefix + snake(name), kept, where)
        return metadata


def drawn(path: str, cell: dict[str, Any]) -> Drawn:
    """Return a cell; its kind is "" if it is no shape of Threat Dragon."""
    is_old = "data" not in cell and "shape" not in cell and as_text(cell.get("type")) in _TYPES
    data = cell if is_old else as_map(cell.get("data"))
    kind = _SHAPES.get(as_text(cell.get("shape"))) or _TYPES.get(as_text(data.get("type"))) or ""
    return Drawn(path, kind, cell, data, path if is_old else path + ".data")


def as_map(value: Any) -> dict[str, Any]:
    """Return a map, an empty one for anything else."""
    return value if isinstance(value, dict) else {}
