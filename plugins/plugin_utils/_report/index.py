# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The index of reports: one line for each model, their totals, and acceptances that run out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from ansible_collections.tmi.tmi.plugins.module_utils._definition.export.keys import slug, unique_key
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._values import kind_of
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.acceptances import Acceptance, acceptances
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.model import BY_SEVERITY, Report, read_report, row_of
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.tables import totals_in_words
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.text import clean, moment

_SUFFIXES = (".yml", ".yaml", ".json")
#: Name of the index itself.
INDEX = "index"

#: Headings of facts about a model.
FACTS = ("Status", "Owner", "Last change")

#: (open threats, all threats).
Count = tuple[int, int]


@dataclass(frozen=True)
class Row:
    """One model. ``counts``: numbers for each severity of the index; ``metadata``: values of its columns.

    ``facts``: heading -> text, "" for an unknown one.
    """

    name: str
    href: str
    metadata: tuple[str, ...]
    facts: Mapping[str, str]
    counts: tuple[Count, ...]
    diagrams: int

    @property
    def all(self) -> Count:
        """Numbers of all severities."""
        return _sum(self.counts)


@dataclass(frozen=True)
class Index:
    """All models. ``severities``, ``metadata``: columns; ``words``: totals; ``acceptances`` by their headings."""

    title: str
    rows: tuple[Row, ...]
    severities: tuple[str, ...]
    metadata: tuple[str, ...]
    words: str
    acceptances: Sequence[tuple[str, Sequence[Acceptance]]]

    @property
    def counts(self) -> tuple[Count, ...]:
        """Numbers of all models for each severity."""
        return tuple(_sum(row.counts[at] for row in self.rows) for at in range(len(self.severities)))

    @property
    def all(self) -> Count:
        """Numbers of all models and severities."""
        return _sum(self.counts)

    @property
    def facts(self) -> tuple[str, ...]:
        """Headings of the facts that are known of any model."""
        return tuple(heading for heading in FACTS if any(row.facts[heading] for row in self.rows))


@dataclass(frozen=True)
class Source:
    """One model to report on: its definition, and ``base``, the name of its files without a suffix ("": none)."""

    definition: Any
    report: Report
    base: str

    def href(self, suffix: str) -> str:
        """Return the address of the report with this suffix."""
        return quote(self.base + suffix, safe="") if self.base else ""


def read_sources(models: Any, everything: bool = False, named: bool = False) -> list[Source]:
    """Return the models of rows of ``tmi_definition_info``, or of definitions, sorted by name without case.

    ``named``: a model without a file gets the name of a file, too. Raises InputError.
    """
    if isinstance(models, (str, bytes, Mapping)) or not isinstance(models, Sequence):
        raise InputError("must be a list of definitions, not %s" % kind_of(models), "definitions")
    found = []
    for number, model in enumerate(models):
        try:
            found.append((row_of(model), read_report(model, everything)))
        except InputError as error:
            raise InputError(error.message, "definitions[%d] %s" % (number, error.path)) from None
    found.sort(key=lambda pair: (pair[1].item.name.casefold(), pair[1].item.name, str(pair[0].get("file") or "")))
    bases = [_base(clean(row.get("file") or "")) for row, _report in found]
    used = {base for base in bases if base}
    for at, (_row, report) in enumerate(found):
        if named and not bases[at]:
            bases[at] = unique_key(slug(report.item.name, "threat-model"), used | {INDEX})
            used.add(bases[at])
    return [Source(row["definition"], report, base) for (row, report), base in zip(found, bases, strict=True)]


def index_of(
    sources: Sequence[Source], suffix: str, title: str, columns: Sequence[str] = (), today: date | None = None
) -> Index:
    """Return the index of models whose reports have this suffix; ``columns``: keys of metadata."""
    pairs = [(source.href(suffix), source.report) for source in sources]
    shown = tuple(s for s in BY_SEVERITY if any(report.count(s) for _href, report in pairs))
    rows = tuple(_row(report, href, shown, columns) for href, report in pairs)
    words = totals_in_words([threat for _href, report in pairs for threat in report.threats])
    return Index(title, rows, shown, tuple(map(clean, columns)), words, acceptances(pairs, today))


def _base(file: str) -> str:
    for known in _SUFFIXES:
        file = file.removesuffix(known)
    name = file.rpartition("/")[2]
    return name + (".model" if name == INDEX else "")  # dots are in no other name of a file


def _row(report: Report, href: str, severities: Sequence[str], columns: Sequence[str]) -> Row:
    fields, metadata = dict(report.item.fields), dict(report.item.metadata)
    return Row(
        report.item.name,
        href,
        tuple(metadata.get(clean(key), "") for key in columns),
        dict(zip(FACTS, (fields.get("Status", ""), fields.get("Owner", ""), moment(report.modified)), strict=True)),
        tuple((report.count(s, done=False), report.count(s)) for s in severities),
        len(report.sheets),
    )


def _sum(counts: Iterable[Count]) -> Count:
    pairs = list(counts)
    return sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
