# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The contents of a report: a compiled definition with positions of its cells and numbers of its threats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import Cell
from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.library import Library
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._definition.parsing.as_written import MARK
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.plan import plan_cells, resolve_cell
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Desired
from ansible_collections.tmi.tmi.plugins.module_utils._errors import TmiError
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat import SEVERITIES, THREAT
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.parse import read_source
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.text import clean, isolated, words

#: Severities, the worst first; a threat without one has the severity unknown.
BY_SEVERITY: tuple[str, ...] = tuple(reversed(SEVERITIES))
_UNKNOWN = "unknown"
#: Statuses of a finished threat.
_DONE = frozenset(("resolved", "closed", "accepted", "false_positive", "not_applicable", "mitigated"))

#: A threat without a status, in the heading of a column and in titles.
NO_STATUS = "No status"
#: A longer description has a section of its own.
_LONG, _MANY_LINES = 600, 8
#: Fields that are not shown in the table of fields, but elsewhere.
_SHOWN = frozenset(("name", "description", "include_in_report", "severity", "status", "threat_type", "mitigation"))
_HEADINGS: Mapping[str, str] = {
    "uri": "Address",
    "issue_uri": "Issue",
    "cwe": "CWE",
    "cvss": "CVSS",
    "ssvc": "SSVC",
    "refs": "References",
    "threat_model_framework": "Framework",
    "parameters": "Revision and folder",
}


@dataclass(frozen=True)
class Item:
    """One object: ``fields`` are (heading, value) in the order of the resource, ``metadata`` (key, value) sorted."""

    name: str
    description: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()
    content: str = ""

    @property
    def is_long(self) -> bool:
        """Whether the description would fill a large part of a screen, above all else on the page."""
        return len(self.description) > _LONG or self.description.count("\n") > _MANY_LINES


@dataclass(frozen=True)
class Threat:
    """A threat with its ``number`` in the report; ``place``: its diagram and cell for people, ``at``: as keys.

    ``accepted_until``: the last day of its acceptance, "" if it has none, or is finished in another way.
    """

    number: int
    item: Item
    severity: str
    status: str
    types: str
    mitigation: str
    done: bool
    place: str = ""
    at: tuple[str, str] = ("", "")
    accepted_until: str = ""

    @property
    def said_status(self) -> str:
        """The status; "" if there is none."""
        return "" if self.status == NO_STATUS else self.status


@dataclass(frozen=True)
class Sheet:
    """One diagram: its cells with positions; ``threats`` by id of their cell, "" for those of the whole diagram."""

    key: str
    item: Item
    cells: tuple[Cell, ...] = ()
    threats: Mapping[str, tuple[Threat, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """One model; ``sections`` are the other objects by their heading.

    ``id`` and ``modified`` (RFC 3339) are those of the server, "" if unknown.
    """

    item: Item
    sheets: tuple[Sheet, ...]
    threats: tuple[Threat, ...]
    sections: Mapping[str, tuple[Item, ...]]
    id: str = ""
    modified: str = ""

    def count(self, severity: str, done: bool | None = None) -> int:
        """Return the number of threats of a severity; ``done``: only finished ones, or only open ones."""
        return sum(t.severity == severity and done in (None, t.done) for t in self.threats)


def read_report(source: Any, everything: bool = False) -> Report:
    """Return the contents of a report of a definition (parsed, or its text), or of a row of ``tmi_definition_info``.

    ``everything``: include objects with ``include_in_report: false``. Raises InputError if it is not a definition.
    """
    row = row_of(source)
    definition = row["definition"]
    model = compile_definition(Library().resolve(document(read_source(definition, "definition"), "definition")))
    shown = [c for c in model.children if everything or c.values.get("include_in_report") is not False]
    of_kind: dict[str, list[Desired]] = {}
    for child in shown:
        of_kind.setdefault(child.resource.name, []).append(child)
    diagrams = [(child, _cells(child)) for child in of_kind.get("diagram", ())]
    threats = _threats(of_kind.get("threat", ()), diagrams, of_kind.get("asset", ()))
    kinds = {"Assets": "asset", "Documents": "document", "Sources": "source", "Notes": "note"}
    sections = {heading: tuple(map(_item, of_kind.get(kind, ()))) for heading, kind in kinds.items()}
    return Report(
        _item(model),
        tuple(_sheet(child, cells, threats) for child, cells in diagrams),
        threats,
        {heading: items for heading, items in sections.items() if items},
        clean(row.get("id") or ""),
        clean(row.get("modified_at") or ""),
    )


def row_of(source: Any) -> Mapping[str, Any]:
    """Return a row as ``tmi_definition_info`` returns it; for a definition, a row of only that."""
    is_row = isinstance(source, Mapping) and "definition" in source and MARK not in source
    return source if is_row else {"definition": source}


def threat_headings() -> list[str]:
    """Return the headings of all fields that a threat can have, in their order."""
    return [_heading(known.name) for known in THREAT.fields if known.name not in _SHOWN | {"diagram", "cell"}]


def title(cell: Cell) -> str:
    """Return the name of a cell: its label, else its key."""
    return clean(cell.label).strip() or clean(cell.key or cell.id)


def _cells(diagram: Desired) -> tuple[Cell, ...]:
    """Return the cells of a new diagram: in their positions, else laid out."""
    return plan_cells(diagram.cells, ()).cells if diagram.cells is not None else ()


def _sheet(diagram: Desired, cells: tuple[Cell, ...], threats: Iterable[Threat]) -> Sheet:
    found: dict[str, tuple[Threat, ...]] = {}
    for threat in threats:
        if threat.at[0] == diagram.key:
            found[threat.at[1]] = (*found.get(threat.at[1], ()), threat)
    return Sheet(clean(diagram.key), _item(diagram), cells, found)


def _threats(
    found: Iterable[Desired], diagrams: list[tuple[Desired, tuple[Cell, ...]]], assets: Iterable[Desired]
) -> tuple[Threat, ...]:
    """Return the threats with numbers: the worst first, open ones before finished ones."""
    names = {str(asset.key): str(asset.values["name"]) for asset in assets}
    ranked = sorted(found, key=lambda t: (BY_SEVERITY.index(_severity(t)), _is_done(t), t.label, str(t.key)))
    return tuple(_threat(number, child, diagrams, names) for number, child in enumerate(ranked, 1))


def _threat(
    number: int, child: Desired, diagrams: list[tuple[Desired, tuple[Cell, ...]]], assets: Mapping[str, str]
) -> Threat:
    values = dict(child.values)
    diagram, cell = str(values.pop("diagram", "") or ""), str(values.pop("cell", "") or "")
    if values.get("asset"):
        values["asset"] = assets.get(values["asset"], values["asset"])
    if not values.get("mitigated"):
        values.pop("mitigated", None)
    status = clean(values.get("status") or "")
    is_done = _is_done(child)
    is_settled = is_done and (status != "accepted" or "mitigated" in values)
    place, at = _place(diagram, cell, diagrams)
    return Threat(
        number,
        _item(child, values),
        _severity(child),
        words(status) or NO_STATUS,
        clean(", ".join(values.get("threat_type") or ())),
        clean(values.get("mitigation") or ""),
        is_done,
        place,
        at,
        "" if is_settled else clean(values.get("accepted_until") or ""),
    )


def _place(diagram: str, cell: str, diagrams: list[tuple[Desired, tuple[Cell, ...]]]) -> tuple[str, tuple[str, str]]:
    """Return the place of a threat for people, and (key of the diagram, id of the cell) if both are shown."""
    for name in ("key", "name"):
        for child, cells in diagrams:
            if diagram and diagram == (child.key if name == "key" else child.values["name"]):
                heading = isolated(clean(child.values["name"]))
                if not cell:
                    return heading, (str(child.key), "")
                try:
                    found = resolve_cell(cell, cells)
                except TmiError:  # a threat is also shown without its cell
                    return "%s: %s" % (heading, isolated(clean(cell))), ("", "")
                return "%s: %s" % (heading, _titles(cells)[found]), (str(child.key), found)
    return clean(": ".join(filter(None, (diagram, cell)))), ("", "")


def _titles(cells: Iterable[Cell]) -> dict[str, str]:
    boxes = {cell.id: isolated(title(cell)) for cell in cells}
    return {
        cell.id: "%s → %s%s" % (boxes.get(cell.source or ""), boxes.get(cell.target or ""), _said(cell.label))
        if cell.is_flow
        else boxes[cell.id]
        for cell in cells
    }


def _said(label: str) -> str:
    text = clean(label).strip()
    return " (%s)" % isolated(text) if text else ""


def _severity(child: Desired) -> str:
    severity = str(child.values.get("severity") or _UNKNOWN)
    return severity if severity in BY_SEVERITY else _UNKNOWN


def _is_done(child: Desired) -> bool:
    return bool(child.values.get("mitigated")) or child.values.get("status") in _DONE


def _item(child: Desired, values: Mapping[str, Any] | None = None) -> Item:
    values = child.values if values is None else values
    fields = [(f.name, values.get(f.name)) for f in child.resource.fields if f.name not in _SHOWN | {"content"}]
    if child.resource.name == "threat_model":
        fields.insert(0, ("status", words(str(values.get("status") or ""))))
    return Item(
        clean(child.label),
        clean(values.get("description") or ""),
        tuple((_heading(name), text) for name, value in fields if (text := _text(value))),
        tuple((clean(key), clean(value)) for key, value in sorted(child.metadata.items()) if value),
        clean(values.get("content") or ""),
    )


def _heading(name: str) -> str:
    return _HEADINGS.get(name, words(name))


def _text(value: Any) -> str:
    """Return the value of a field for people; "" for an empty one."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping) and "role" in value:
        return "%s (%s)" % (_text(value.get("user") or value.get("group")), _text(value["role"]))
    if isinstance(value, Mapping) and "ref_type" in value:
        return " ".join(_text(value.get(name)) for name in ("ref_type", "ref_value", "sub_path")).strip()
    if isinstance(value, Mapping):
        return ", ".join("%s %s" % (words(str(name)), _text(part)) for name, part in value.items() if _text(part))
    if isinstance(value, (list, tuple)):
        return ", ".join(filter(None, map(_text, value)))
    return clean(value)
