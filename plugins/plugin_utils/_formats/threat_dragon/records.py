# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""A definition as flat records, so that its fields can be compared with those that Threat Dragon can hold.

Threat Dragon keeps members that it does not know. So an object that is written has a member ``tmi``: its key, and the
fields that reading would not give, each with the value that reading gave (``of``) and the true one (``is``). A field
that a user has changed in Threat Dragon no longer has the value ``of``, and keeps the new one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._definition.parsing.as_written import MARK, VERSION
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired import DesiredCells
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired_cell import DesiredCell
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Desired
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import Losses

#: The member of the collection in objects of Threat Dragon.
OWN = "tmi"
#: The place of an object: () for the model, ("threats", key), ("diagrams", key), ("diagrams", key, key of a cell).
Place = tuple[str, ...]
#: Fields of one object. Entries of metadata are fields of their own (``metadata.team``).
Record = dict[str, Any]
#: Fields about access or about the place on one server.
OF_SERVER = ("authorization", "reviewer", "project", "confidential")
_METADATA = "metadata."
_GEOMETRY = ("x", "y", "width", "height")
_SECTIONS = {"boundary": "boundaries", "node": "nodes", "flow": "flows"}
_OTHERS = ("assets", "documents", "repositories", "notes")


def records_of(model: Desired) -> dict[Place, Record]:
    """Return the records of a compiled definition; fields about one server are left out."""
    found: dict[Place, Record] = {(): _record(model)}
    found[()]["given"] = sorted({"sources": "repositories"}.get(plural, plural) for plural in model.given)
    for child in model.children:
        section = "repositories" if child.resource.plural == "sources" else child.resource.plural
        if section in _OTHERS:
            found[()].setdefault(section, {})[str(child.key)] = _entry(_record(child))
            continue
        found[section, str(child.key)] = _record(child)
        if child.cells is not None:
            _add_cells(found, str(child.key), child.cells)
    plain: dict[Place, Record] = {place: json.loads(json.dumps(record, default=str)) for place, record in found.items()}
    return plain


def _record(child: Desired) -> Record:
    record = {name: value for name, value in child.values.items() if name not in OF_SERVER and name != "owner"}
    if child.key and child.resource.parent is None:
        record["key"] = child.key
    if child.origin:
        record["origin"] = child.origin
    return {**record, **{_METADATA + key: value for key, value in child.metadata.items()}}


def _add_cells(found: dict[Place, Record], diagram: str, cells: DesiredCells) -> None:
    layout = cells.layout
    keys = {cell.id: cell.key for cell in cells.cells}
    places: dict[str, Any] = {
        key: {name: getattr(place, name) for name in _GEOMETRY if getattr(place, name) is not None}
        for key, place in layout.positions.items()
    }
    places.update({key: [list(point) for point in points] for key, points in layout.waypoints.items()})
    for cell in cells.cells:
        found["diagrams", diagram, cell.key] = _cell(cell, keys)
        if cell.key in places:
            found["diagrams", diagram, cell.key]["position"] = places.pop(cell.key)
    about = {"sections": sorted(cells.sections), "direction": layout.direction, "existing": layout.existing}
    found["diagrams", diagram].update(about, **({"positions": places} if places else {}))


def _cell(cell: DesiredCell, keys: Mapping[str, str]) -> Record:
    data = dict(cell.raw_members.get("data") or {})
    raw = {name: member for name, member in cell.raw_members.items() if name != "data"}
    rest = {name: member for name, member in data.items() if name not in ("data_assets", "_arch")}
    found: Record = {
        "section": _SECTIONS[cell.kind],
        "id": cell.id if cell.has_id and cell.id != cell.key.lower() else None,
        "type": cell.shape if cell.kind == "node" else None,
        "label": cell.label,
        "in": keys.get(cell.container, cell.container) if cell.container is not None else None,
        "from": keys.get(cell.source or "", cell.source),
        "to": keys.get(cell.target or "", cell.target),
        "from_port": cell.source_port,
        "to_port": cell.target_port,
        "router": cell.router,
        "bidirectional": cell.bidirectional,
        "assets": data.get("data_assets"),
        "icon": data.get("_arch"),
        "raw": {**raw, **({"data": rest} if rest else {})} or None,
        **{name: getattr(cell, name) for name in _GEOMETRY},
    }
    given = {name: value for name, value in found.items() if value is not None}
    return {**given, **{_METADATA + key: value for key, value in cell.metadata.items()}}


def definition_of(records: Mapping[Place, Record]) -> dict[str, Any]:
    """Return the definition of records."""
    model = dict(records[()])
    given = model.pop("given", [])
    definition: dict[str, Any] = {MARK: VERSION, **_entry(model)}
    definition.update({section: definition.get(section, {}) for section in given})
    for place, record in records.items():
        if len(place) == 2:
            definition.setdefault(place[0], {})[place[1]] = _entry(record)
    for place, record in records.items():
        if len(place) == 3:
            diagram, entry = definition["diagrams"][place[1]], _entry(record)
            if "position" in entry:
                diagram.setdefault("positions", {})[place[2]] = entry.pop("position")
            diagram.setdefault(entry.pop("section"), {})[place[2]] = entry
    for diagram in definition.get("diagrams", {}).values():
        for section in diagram.pop("sections", ()):
            diagram.setdefault(section, {})
        layout = {name: diagram.pop(name) for name in ("direction", "existing", "positions") if name in diagram}
        if layout:
            diagram["layout"] = layout
    return definition


def _entry(record: Mapping[str, Any]) -> dict[str, Any]:
    entry = {name: value for name, value in record.items() if not name.startswith(_METADATA)}
    metadata = {name[len(_METADATA) :]: value for name, value in record.items() if name.startswith(_METADATA)}
    return {**entry, "metadata": metadata} if metadata else entry


def difference(read: Record, wanted: Record) -> dict[str, dict[str, Any]]:
    """Return the fields that differ: ``of`` is the value that is read, ``is`` the wanted one; a missing one is none."""
    found: dict[str, dict[str, Any]] = {}
    for name in (*wanted, *(name for name in read if name not in wanted)):
        if name not in read or name not in wanted or read[name] != wanted[name]:
            found[name] = {word: side[name] for word, side in (("of", read), ("is", wanted)) if name in side}
    return found


def own_key(holder: Mapping[str, Any]) -> str:
    """Return the key that an object had in a definition, "" for none."""
    found = holder.get(OWN)
    key = found.get("key") if isinstance(found, dict) else None
    return key.strip()[:128] if isinstance(key, str) else ""


def restored(definition: dict[str, Any], holders: Mapping[Place, Mapping[str, Any]], losses: Losses) -> dict[str, Any]:
    """Return a definition with the fields that are kept in ``holders``, the objects of the file by their places."""
    own = {place: holder[OWN] for place, holder in holders.items() if isinstance(holder.get(OWN), dict)}
    if not own:
        return definition
    try:
        records = records_of(compile_definition(document(definition, OWN)))
        for key, record in (own.get((), {}).get("threats") or {}).items():
            records.setdefault(("threats", key), dict(record))
        for place, kept in own.items():
            _restore(records.get(place, {}), kept.get("fields") or {})
        found = definition_of(records)
        compile_definition(document(found, OWN))
    except (InputError, AttributeError, KeyError, TypeError, ValueError) as error:
        losses.add("$." + OWN, own.get((), {}), "the members %s do not fit, and are not used: %s" % (OWN, error))
        return definition
    return found


def _restore(record: Record, fields: Mapping[str, Mapping[str, Any]]) -> None:
    for name, change in fields.items():
        if ("of" in change) == (name in record) and change.get("of") == record.get(name):
            record.pop(name, None)
            if "is" in change:
                record[name] = change["is"]
