# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Merges layers with the consequences of removals: flows of a node, threats at a cell, boundaries (FORMAT-5)."""

from __future__ import annotations

import copy
from typing import Any, Mapping

from .._errors import InputError
from .merge import merge
from .short_forms import CELL_SECTIONS

#: The removed cells of a diagram: key -> cell.
_Removed = Mapping[str, Mapping[str, Any]]


def merge_with_cascade(
    base: Mapping[str, Any], over: Mapping[str, Any], where: str
) -> tuple[dict[str, Any], list[str]]:
    """Return ``base`` with ``over`` laid on it, both normalized, and notes about further removals.

    Raises InputError if ``over`` itself uses something that it removes; ``where`` is its place.
    """
    merged = copy.deepcopy(merge(base, over))
    layer = _Layer(base, over, merged, where)
    layer.diagrams()
    layer.threats()
    layer.assets()
    return merged, layer.notes


class _Layer:
    def __init__(self, base: Mapping[str, Any], over: Mapping[str, Any], merged: dict[str, Any], where: str) -> None:
        self.base = base
        self.over = over
        self.merged = merged
        self.where = where
        self.notes: list[str] = []
        #: Diagram -> its removed cells; all of them if the diagram itself is removed.
        self.removed: dict[str, _Removed] = {}

    def diagrams(self) -> None:
        """Remove the flows of removed cells, and move the contents of removed boundaries one boundary outwards."""
        before = _map(self.base, "diagrams")
        for key, over in _map(self.over, "diagrams").items():
            if not isinstance(before.get(key), Mapping):
                continue
            if over is None:
                self.removed[key] = _cells(before[key])
                continue
            left = _cells(self.merged["diagrams"][key])
            self.removed[key] = {name: cell for name, cell in _cells(before[key]).items() if name not in left}
            if self.removed[key]:
                self._boxes(key, self.merged["diagrams"][key], self.removed[key])
                self._flows(key, self.merged["diagrams"][key], self.removed[key])

    def _boxes(self, diagram: str, cells: Mapping[str, Any], removed: _Removed) -> None:
        for section in ("boundaries", "nodes"):
            for key, cell in _map(cells, section).items():
                within = cell.get("in") if isinstance(cell, Mapping) else None
                if str(within) not in removed:
                    continue
                if _map(_map(_map(self.over, "diagrams"), diagram), section).get(key, {}).get("in") == within:
                    raise self._contradiction("diagrams.%s.%s.%s.in" % (diagram, section, key), str(within))
                around, seen = within, set()
                while str(around) in removed and around not in seen:
                    seen.add(around)
                    around = removed[str(around)].get("in")
                cell.pop("in")
                if around is not None:
                    cell["in"] = around
                place = 'in "%s"' % around if around is not None else "in no boundary"
                self.notes.append(
                    'diagram "%s": %s is now %s, because "%s" is removed' % (diagram, _quoted(key), place, within)
                )

    def _flows(self, diagram: str, cells: Mapping[str, Any], removed: _Removed) -> None:
        flows = _map(cells, "flows")
        own = _map(_map(_map(self.over, "diagrams"), diagram), "flows")
        for key, flow in list(flows.items()):
            ends = [end for end in ("from", "to") if isinstance(flow, Mapping) and str(flow.get(end)) in removed]
            if not ends:
                continue
            end = str(flow[ends[0]])
            if own.get(key) is not None:
                raise self._contradiction("diagrams.%s.flows.%s.%s" % (diagram, key, ends[0]), end)
            del flows[key]
            self.removed[diagram] = {**self.removed[diagram], key: flow}
            self.notes.append('diagram "%s": flow %s is removed with "%s"' % (diagram, _quoted(key), end))

    def threats(self) -> None:
        """Remove the threats at removed diagrams and cells."""
        threats = _map(self.merged, "threats")
        own = _map(self.over, "threats")
        for key, threat in list(threats.items()):
            lost = self._lost(threat) if isinstance(threat, Mapping) else ""
            if not lost:
                continue
            if own.get(key) is not None:
                raise self._contradiction("threats.%s" % key, lost)
            del threats[key]
            self.notes.append("threat %s is removed with %s" % (_quoted(key), lost))

    def _lost(self, threat: Mapping[str, Any]) -> str:
        """Return the removed diagram or cell of a threat, "" if neither is removed."""
        diagram, cell = str(threat.get("diagram") or ""), str(threat.get("cell") or "")
        for key, removed in self.removed.items():
            merged = _map(self.merged, "diagrams").get(key)
            if diagram and diagram not in (key, (_map(self.base, "diagrams")[key] or {}).get("name", key)):
                continue
            if merged is None and diagram:
                return 'diagram "%s"' % key
            if not cell or self._holds(diagram and key, cell):
                continue
            if any(cell in (name, was.get("label"), was.get("id")) for name, was in removed.items()):
                return 'cell "%s" of diagram "%s"' % (cell, key)
        return ""

    def _holds(self, diagram: str, cell: str) -> bool:
        """Whether a remaining diagram (any of them, for "") has a cell of that key, label or id."""
        diagrams = _map(self.merged, "diagrams")
        return any(
            cell in (name, entry.get("label"), entry.get("id"))
            for key, definition in diagrams.items()
            if isinstance(definition, Mapping) and diagram in ("", key)
            for name, entry in _cells(definition).items()
        )

    def assets(self) -> None:
        """Remove the references to removed assets."""
        removed = set(_map(self.base, "assets")) - set(_map(self.merged, "assets"))
        for key, threat in _map(self.merged, "threats").items():
            if isinstance(threat, dict) and threat.get("asset") in removed:
                if (_map(self.over, "threats").get(key) or {}).get("asset") is not None:
                    raise self._contradiction("threats.%s.asset" % key, str(threat["asset"]))
                self.notes.append(
                    'threat %s has no asset any more, because "%s" is removed' % (_quoted(key), threat.pop("asset"))
                )
        for diagram in _map(self.merged, "diagrams").values():
            for cell in _cells(diagram).values() if isinstance(diagram, Mapping) else ():
                if isinstance(cell.get("assets"), list) and removed.intersection(map(str, cell["assets"])):
                    cell["assets"] = [asset for asset in cell["assets"] if str(asset) not in removed]

    def _contradiction(self, path: str, what: str) -> InputError:
        name = what if what.endswith('"') else '"%s"' % what
        return InputError("needs %s, which is removed (null) here" % name, "%s %s" % (self.where, path))


def _map(data: Any, name: str) -> Any:
    """Return a section that is a map, an empty map for any other."""
    section = data.get(name) if isinstance(data, Mapping) else None
    return section if isinstance(section, Mapping) else {}


def _cells(diagram: Mapping[str, Any]) -> dict[str, Any]:
    """Return the named cells of a diagram, by key, without entries that are ``null``."""
    return {
        str(key): cell
        for section in CELL_SECTIONS
        for key, cell in _map(diagram, section).items()
        if isinstance(cell, Mapping)
    }


def _quoted(key: Any) -> str:
    return '"%s"' % key
