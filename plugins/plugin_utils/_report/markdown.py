# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""A report as Markdown for most code hosts. All text is escaped, so it is shown unchanged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ansible_collections.tmi.tmi.plugins.plugin_utils._report.index import Count, Index
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.model import Item, Report, Sheet, Threat
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.tables import (
    connections,
    elements,
    item_table,
    matrix,
    rows_of,
    statuses,
    threat_table,
    totals_in_words,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.text import (
    fenced,
    link,
    markdown,
    markdown_link,
    markdown_prose,
    moment,
    words,
)


def to_markdown(report: Report, index: str = "", editor: str = "") -> str:
    """Return the report of one model.

    ``index``: address of the file that lists all of them; ``editor``: address of the model in the web editor.
    """
    parts = [markdown_link("All threat models", index)] if index else []
    parts.append("# %s" % markdown(report.item.name))
    parts += [markdown_prose(report.item.description)] if not report.item.is_long else []
    changed = [("Last change", moment(report.modified))] if report.modified else []
    parts.append(_pairs([*report.item.fields, *changed]))
    parts += [markdown_link("Open in the web editor", editor)] if editor else []
    parts.append(markdown(totals_in_words(report.threats)))
    parts += ["## Description", markdown_prose(report.item.description)] if report.item.is_long else []
    parts += ["## Threats by severity and status", _summary(report)] if report.threats else []
    for sheet in report.sheets:
        parts += _diagram(sheet)
    if report.threats:
        parts += ["## Threats", _threats(report.threats)]
        for threat in report.threats:
            parts += _threat(threat)
    for heading, items in report.sections.items():
        parts += ["## %s" % heading, *(_notes(items) if heading == "Notes" else [_items(items)])]
    if report.item.metadata:
        parts += ["## Metadata", _pairs(report.item.metadata)]
    return "\n\n".join(filter(None, parts)) + "\n"


def index_to_markdown(index: Index) -> str:
    """Return the file that lists models."""
    parts = ["# %s" % markdown(index.title), "%d threat models. %s" % (len(index.rows), markdown(index.words))]
    for heading, accepted in index.acceptances:
        headings = ("Last day", "Threat", "Severity", "Threat model", "Accepted by", "Reason")
        rows = [
            [
                *map(markdown, (a.threat.accepted_until, a.threat.item.name, words(a.threat.severity))),
                markdown_link(a.model, a.href),
                *map(markdown, (a.by, a.reason)),
            ]
            for a in accepted
        ]
        parts += ["## %s" % heading, _table(headings, rows)]
    parts += [
        "## All models",
        "Numbers are threats that need work, of all.",
        _table(
            [
                *("Threat model", *index.metadata, *index.facts),
                *(*map(words, index.severities), "All", "Diagrams"),
            ],
            [
                [
                    markdown_link(row.name, row.href),
                    *map(_value, row.metadata),
                    *(markdown(row.facts[heading]) for heading in index.facts),
                    *map(_count, row.counts),
                    "%d of %d" % row.all,
                    str(row.diagrams),
                ]
                for row in index.rows
            ]
            + [
                [
                    *("All models", *[""] * (len(index.metadata) + len(index.facts))),
                    *map(_count, index.counts),
                    "%d of %d" % index.all,
                    str(sum(row.diagrams for row in index.rows)),
                ]
            ],
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _count(count: Count) -> str:
    return "%d of %d" % count if count[1] else ""


def _table(headings: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    head = [markdown(heading) for heading in headings]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| %s |" % " | ".join(cells) for cells in lines)


def _value(text: str) -> str:
    return markdown_link(text, link(text))


def _pairs(rows: Sequence[tuple[str, str]]) -> str:
    return "\n".join("- %s: %s" % (markdown(heading), _value(text)) for heading, text in rows)


def _summary(report: Report) -> str:
    headings = ["Severity", *statuses(report.threats), "All"]
    rows = [[words(name), *(str(n or "") for n in counts), str(all_)] for name, counts, all_ in matrix(report)]
    return _table(headings, rows)


def _numbers(threats: Iterable[Threat]) -> str:
    return ", ".join("%d%s" % (threat.number, " (done)" if threat.done else "") for threat in threats)


def _diagram(sheet: Sheet) -> list[str]:
    parts = ["## Diagram: %s" % markdown(sheet.item.name), markdown_prose(sheet.item.description)]
    if sheet.threats.get(""):
        parts.append("Threats of the whole diagram: %s" % _numbers(sheet.threats[""]))
    rows = [[markdown(e.name), markdown(e.kind), markdown(e.inside), _numbers(e.threats)] for e in elements(sheet)]
    parts += [_table(("Element", "Kind", "In", "Threats"), rows)] if rows else []
    flows = [
        [
            markdown(flow.name) + (" (both ways)" if flow.is_both_ways else ""),
            markdown(flow.source),
            markdown(flow.target),
            _numbers(flow.threats),
        ]
        for flow in connections(sheet)
    ]
    parts += [_table(("Flow", "From", "To", "Threats"), flows)] if flows else []
    return [*parts, _pairs(sheet.item.metadata)]


def _threats(threats: Sequence[Threat]) -> str:
    headings, cells = threat_table(threats)
    rows = [
        [str(threat.number), *map(markdown, (threat.item.name, *row))]
        for threat, row in zip(threats, cells, strict=True)
    ]
    return _table(("No.", "Threat", *headings), rows)


def _threat(threat: Threat) -> list[str]:
    where = ", ".join(filter(None, (words(threat.severity), threat.said_status)))
    where += ": %s" % threat.place if threat.place else ""
    return [
        "### %d. %s" % (threat.number, markdown(threat.item.name)),
        markdown(where),
        markdown_prose(threat.item.description),
        _pairs([row for row in rows_of(threat) if row[0] != "Mitigation"]),
        "Mitigation:\n\n%s" % markdown_prose(threat.mitigation) if threat.mitigation else "",
    ]


def _items(items: Sequence[Item]) -> str:
    headings, cells = item_table(items)
    rows = [
        [
            markdown(item.name),
            *(
                markdown(text) if heading in ("Description", "Metadata") else _value(text)
                for heading, text in zip(headings, row, strict=True)
            ),
        ]
        for item, row in zip(items, cells, strict=True)
    ]
    return _table(("Name", *headings), rows)


def _notes(items: Sequence[Item]) -> list[str]:
    parts = []
    for item in items:
        parts += ["### %s" % markdown(item.name), markdown_prose(item.description)]
        parts += [fenced(item.content) if item.content else "", _pairs([*item.fields, *item.metadata])]
    return parts
