# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The contents of the tables of a report, for all formats."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import Cell
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.icons import icon_name
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.model import (
    BY_SEVERITY,
    NO_STATUS,
    Item,
    Report,
    Sheet,
    Threat,
    title,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.text import clean, words

#: (headings, rows of cells).
Table = tuple[list[str], list[list[str]]]
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
            _kind(cell),
            names.get(cell.parent or "", ""),
            sheet.threats.get(cell.id, ()),
        )
        for cell in sheet.cells
        if not cell.is_flow
    ]


def _kind(cell: Cell) -> str:
    kind, icon = _KINDS.get(cell.shape, words(clean(cell.shape))), icon_name(cell)
    return "%s (icon %s)" % (kind, icon) if icon else kind


def connections(sheet: Sheet) -> list[Connection]:
    """Return the flows of a diagram."""
    names = {cell.id: title(cell) for cell in sheet.cells}
    return [
        Connection(
            clean(cell.label).strip() or "(no label)",
            names.get(cell.source or "", ""),
            names.get(cell.target or "", ""),
            cell.bidirectional,
            sheet.threats.get(cell.id, ()),
        )
        for cell in sheet.cells
        if cell.is_flow
    ]


@dataclass(frozen=True)
class Segment:
    """A part of the bar above the threats: those of one severity that need work, or that are finished."""

    severity: str
    done: bool
    count: int

    @property
    def said(self) -> str:
        """The segment in words."""
        return "%s, %s: %d" % (words(self.severity), "finished" if self.done else "to do", self.count)


def segments(threats: Iterable[Threat]) -> list[Segment]:
    """Return the parts of the bar: unfinished threats first, each group with the worst first."""
    counts = Counter((threat.severity, threat.done) for threat in threats)
    keys = [(severity, done) for done in (False, True) for severity in BY_SEVERITY]
    return [Segment(*key, counts[key]) for key in keys if counts[key]]


def totals_in_words(threats: Sequence[Threat]) -> str:
    """Return the numbers of threats by severity, if something is to be done, and by status, if they are finished."""
    if not threats:
        return "No threats are noted."
    to_do = [threat for threat in threats if not threat.done]
    finished = [threat for threat in threats if threat.done]
    parts = ["%d threat%s." % (len(threats), "" if len(threats) == 1 else "s")]
    if to_do:
        counts = [(sum(t.severity == severity for t in to_do), severity) for severity in severities(to_do)]
        verb = "needs" if len(to_do) == 1 else "need"
        parts.append("%d %s work: %s." % (len(to_do), verb, _counted(counts)))
    else:
        parts.append("None needs work.")
    if finished:
        names = sorted({threat.said_status for threat in finished}, key=lambda name: (not name, name))
        counts = [(sum(t.said_status == name for t in finished), _lowered(name)) for name in names]
        verb = "is" if len(finished) == 1 else "are"
        parts.append("%d %s finished: %s." % (len(finished), verb, _counted(counts)))
    return " ".join(parts)


def _counted(counts: Iterable[tuple[int, str]]) -> str:
    return ", ".join("%d %s" % pair for pair in counts)


def _lowered(status: str) -> str:
    return status[:1].lower() + status[1:] if status else "mitigated"


def severities(threats: Iterable[Threat]) -> list[str]:
    """Return the severities of the threats, the worst first."""
    found = {threat.severity for threat in threats}
    return [severity for severity in BY_SEVERITY if severity in found]


def statuses(threats: Iterable[Threat]) -> list[str]:
    """Return the statuses of the threats: those of open threats first, each group in alphabetical order.

    The list is empty if no threat has a status.
    """
    open_ones = {threat.status for threat in threats if not threat.done}
    found = [*sorted(open_ones), *sorted({threat.status for threat in threats} - open_ones)]
    return found if found != [NO_STATUS] else []


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


def threat_table(threats: Iterable[Threat]) -> Table:
    """Return the columns of the table of threats after number and name, and the cells of each threat."""
    return _filled(
        ("Severity", "Status", "Types", "Where"),
        [(words(threat.severity), threat.said_status, threat.types, threat.place) for threat in threats],
    )


def item_table(items: Iterable[Item]) -> Table:
    """Return the columns of a table of objects after the name, and the cells of each object."""
    items = list(items)
    own = list(dict.fromkeys(heading for heading, _value in chain.from_iterable(item.fields for item in items)))
    return _filled(
        (*own, "Description", "Metadata"),
        [
            (
                *(dict(item.fields).get(heading, "") for heading in own),
                item.description,
                "; ".join("%s: %s" % pair for pair in item.metadata),
            )
            for item in items
        ],
    )


def _filled(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """Return a table without the columns that have no value in any row."""
    kept = [at for at in range(len(headings)) if any(row[at] for row in rows)]
    return [headings[at] for at in kept], [[row[at] for at in kept] for row in rows]
