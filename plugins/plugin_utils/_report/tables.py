# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The contents of the tables of a report, for all formats."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from ansible_collections.tmi.tmi.plugins.plugin_utils._report.model import BY_SEVERITY, Report, Sheet, Threat, title
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.text import clean, words

_KINDS = {"text-box": "Text", "security-boundary": "Trust boundary"}


@dataclass(frozen=True)
class Element:
    """A node or boundary in a table; ``inside``: the boundary around it."""

    name: str
    kind: str
    inside: str
    threats: tuple[Threat, ...]


@dataclass(frozen=True)
class Connection:
    """A flow in a table."""

    name: str
    source: str
    target: str
    is_both_ways: bool
    threats: tuple[Threat, ...]


def elements(sheet: Sheet) -> list[Element]:
    """Return nodes and boundaries of a diagram."""
    names = {cell.id: title(cell) for cell in sheet.cells}
    return [
        Element(
            names[cell.id],
            _KINDS.get(cell.shape, words(clean(cell.shape))),
            names.get(cell.parent or "", ""),
            sheet.threats.get(cell.id, ()),
        )
        for cell in sheet.cells
        if not cell.is_flow
    ]


def connections(sheet: Sheet) -> list[Connection]:
    """Return the flows of a diagram."""
    names = {cell.id: title(cell) for cell in sheet.cells}
    return [
        Connection(
            clean(cell.label),
            names.get(cell.source or "", ""),
            names.get(cell.target or "", ""),
            cell.bidirectional,
            sheet.threats.get(cell.id, ()),
        )
        for cell in sheet.cells
        if cell.is_flow
    ]


def severities(threats: Iterable[Threat]) -> list[str]:
    """Return the severities of the threats, the worst first."""
    found = {threat.severity for threat in threats}
    return [severity for severity in BY_SEVERITY if severity in found]


def statuses(threats: Iterable[Threat]) -> list[str]:
    """Return the statuses of the threats: those of open threats first, each group in alphabetical order."""
    open_ones = {threat.status for threat in threats if not threat.done}
    return [*sorted(open_ones), *sorted({threat.status for threat in threats} - open_ones)]


def matrix(report: Report) -> list[tuple[str, list[int], int]]:
    """Return one row for each severity: (severity, numbers of threats by ``statuses``, their sum)."""
    columns = statuses(report.threats)
    rows = []
    for severity in severities(report.threats):
        of_it = [threat.status for threat in report.threats if threat.severity == severity]
        rows.append((severity, [of_it.count(status) for status in columns], len(of_it)))
    return rows


def rows_of(threat: Threat) -> list[tuple[str, str]]:
    """Return the fields of a threat except name, description, severity, status and place."""
    rows = [("Types", threat.types), *threat.item.fields, ("Mitigation", threat.mitigation), *threat.item.metadata]
    return [row for row in rows if row[1]]


def columns_of(items: Iterable[Sequence[tuple[str, str]]]) -> list[str]:
    """Return the headings of all fields of some objects, in their order."""
    return list(dict.fromkeys(heading for heading, _value in chain.from_iterable(items)))
