# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Reports of threat models in all formats."""

from __future__ import annotations

from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.plugin_utils._filters import flag, one_of, text, texts
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.acceptances import day_of
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.marks import ADDED, REMOVED, marks
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.svg import to_svg
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.html import editor_address, index_to_html, to_html
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.index import Index, Source, index_of, read_sources
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.markdown import index_to_markdown, to_markdown
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.model import Report, Sheet, read_report
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.text import clean, link
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.threats_csv import to_csv

#: Format -> suffix of its files.
SUFFIXES = {"html": ".html", "markdown": ".md"}


def model_report(
    definition: Any,
    form: Any,
    diagram: Any,
    index: Any,
    include_all: Any,
    editor: Any = "",
    before: Any = None,
    after: Any = None,
) -> str:
    """Return the report of a definition as ``form``: html, markdown, or svg of one diagram. Raises InputError.

    ``before`` or ``after``: the model in another state; an svg has marks on all that is not the same in it.
    """
    one_of(form, "format", (*SUFFIXES, "svg"))
    diagram, index, editor = text(diagram, "diagram"), text(index, "index"), address(editor, "editor")
    report = read_report(definition, flag(include_all, "include_all"))
    if before and after:
        raise InputError("cannot be combined with before", "after")
    if form == "svg":
        sheet = _sheet(report, diagram)
        return to_svg(sheet, marked=_marks(sheet, before, after)) + "\n"
    if before or after:
        raise InputError("goes with the format svg only", "before" if before else "after")
    if diagram:
        raise InputError("goes with the format svg only: reports show all diagrams", "diagram")
    write = to_html if form == "html" else to_markdown
    return write(report, clean(index), editor_address(editor, report))


def index_report(
    definitions: Any, form: Any, title: Any, include_all: Any, columns: Any = None, today: Any = None
) -> str:
    """Return the list of models as ``form``: html or markdown. Raises InputError."""
    one_of(form, "format", SUFFIXES)
    title, columns, day = text(title, "title"), texts(columns, "columns"), day_of(today, "today")
    sources = read_sources(definitions, flag(include_all, "include_all"))
    return written_index(sources, form, index_of(sources, SUFFIXES[form], clean(title), columns, day))


def csv_report(definitions: Any, columns: Any, delimiter: Any, include_all: Any) -> str:
    """Return the threats of all models as CSV. Raises InputError."""
    one_of(delimiter, "delimiter", (",", ";", "\t"))
    columns = texts(columns, "columns")
    return to_csv(read_sources(definitions, flag(include_all, "include_all")), columns, delimiter)


def written_index(sources: list[Source], form: str, index: Index) -> str:
    """Return an index in one of the formats."""
    if form == "markdown":
        return index_to_markdown(index)
    return index_to_html(index, [threat for source in sources for threat in source.report.threats])


def address(given: Any, name: str) -> str:
    """Return an option that is the address of a website, "" for none. Raises InputError."""
    found = text(given, name).strip()
    if found and not link(found):
        raise InputError("must be an address such as https://tmi.example.com, not %r" % found, name)
    return found


def _marks(sheet: Sheet, before: Any, after: Any) -> dict[str, str]:
    """Return the marks on what another state of a diagram has not, or has differently; a missing one has no cells."""
    if not before and not after:
        return {}
    other = read_report(before or after, True)
    cells = next((found.cells for found in other.sheets if found.key == sheet.key), ())
    return marks(sheet.cells, cells, ADDED if before else REMOVED)


def _sheet(report: Report, wanted: str) -> Sheet:
    if not report.sheets:
        raise InputError("the model %s has no diagram to draw" % report.item.name, "definition")
    found = [sheet for sheet in report.sheets if wanted == sheet.key] or [
        sheet for sheet in report.sheets if wanted in ("", sheet.item.name)
    ]
    if len(found) != 1:
        keys = ", ".join(sorted(sheet.key for sheet in report.sheets))
        said = "the model has no diagram %r" % wanted if wanted else "the model has %d diagrams" % len(found)
        raise InputError("%s: say which one of %s" % (said, keys), "diagram")
    return found[0]
