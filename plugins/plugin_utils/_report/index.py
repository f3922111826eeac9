# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The index of reports: one line for each model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._values import kind_of
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.model import BY_SEVERITY, Report, read_report

_SUFFIXES = (".yml", ".yaml", ".json")
#: Name of the index itself.
_INDEX = "index"


@dataclass(frozen=True)
class Row:
    """One model. ``by_severity``: severity -> (open threats, all threats); ``counts``: the same for the columns."""

    name: str
    href: str
    status: str
    owner: str
    by_severity: Mapping[str, tuple[int, int]]
    columns: tuple[str, ...]
    diagrams: int

    @property
    def counts(self) -> list[tuple[int, int]]:
        """Numbers for the columns of the index."""
        return [self.by_severity.get(severity, (0, 0)) for severity in self.columns]

    @property
    def open(self) -> int:
        """Number of open threats."""
        return sum(found for found, _all in self.by_severity.values())

    @property
    def all(self) -> int:
        """Number of all threats."""
        return sum(found for _open, found in self.by_severity.values())


def index_rows(models: Any, suffix: str, everything: bool = False) -> list[Row]:
    """Return the lines for results of ``tmi_definition_info``, or for definitions, sorted by name without case.

    The report of a model has the name of the model's file with another ``suffix``. Raises InputError.
    """
    if isinstance(models, (str, bytes, Mapping)) or not isinstance(models, Sequence):
        raise InputError("must be a list of definitions, not %s" % kind_of(models), "definitions")
    found: list[tuple[str, Report]] = []
    for number, model in enumerate(models):
        entry = model if isinstance(model, Mapping) and "definition" in model else {"definition": model}
        try:
            report = read_report(entry["definition"], everything)
        except InputError as error:
            raise InputError(error.message, "definitions[%d] %s" % (number, error.path)) from None
        found.append((_href(str(entry.get("file") or ""), suffix), report))
    columns = tuple(s for s in BY_SEVERITY if any(report.count(s) for _href, report in found))
    found.sort(key=lambda pair: (pair[1].item.name.casefold(), pair[0]))
    return [_row(report, href, columns) for href, report in found]


def totals(rows: Sequence[Row]) -> tuple[str, ...]:
    """Return the severities with a column in the index."""
    return rows[0].columns if rows else ()


def _href(file: str, suffix: str) -> str:
    for known in _SUFFIXES:
        file = file.removesuffix(known)
    name = file.rpartition("/")[2]
    name += ".model" if name == _INDEX else ""  # dots are in no other name of a file
    return quote(name + suffix, safe="") if name else ""


def _row(report: Report, href: str, columns: tuple[str, ...]) -> Row:
    fields = dict(report.item.fields)
    counts = {s: (report.count(s, done=False), report.count(s)) for s in columns}
    return Row(
        report.item.name, href, fields.get("Status", ""), fields.get("Owner", ""), counts, columns, len(report.sheets)
    )
