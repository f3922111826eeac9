# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""All files of a folder of reports or definitions, by name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.plugin_utils._definition_text import to_yaml
from ansible_collections.tmi.tmi.plugins.plugin_utils._filters import flag, one_line, one_map, one_of, text, texts
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.acceptances import day_of
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.drawing import draw
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.svg import to_svg
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.html import editor_address, to_html
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.index import INDEX, Source, index_of, read_sources
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.markdown import to_markdown
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.report import SUFFIXES, address, written_index
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.text import clean
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.threats_csv import to_csv

FORMATS = ("html", "markdown", "csv", "definition")
#: Name of the table of all threats.
THREATS = "threats.csv"
_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,80}")


def as_files(
    definitions: Any,
    formats: Any,
    title: Any,
    columns: Any,
    today: Any,
    editor: Any,
    include_all: Any,
    schema: Any,
) -> dict[str, str]:
    """Return the texts of files by their names, in order of names. Raises InputError."""
    wanted = [one_of(form, "formats", FORMATS) for form in texts(formats, "formats")]
    heading, columns, day = clean(text(title, "title")), texts(columns, "columns"), day_of(today, "today")
    base, schema = address(editor, "editor"), one_line(schema, "schema")
    sources = read_sources(definitions, flag(include_all, "include_all"), named=True)
    files: dict[str, str] = {}
    for form in dict.fromkeys(wanted):
        if form == "csv":
            found = {THREATS: to_csv(sources, columns, ",")}
        elif form == "definition":
            found = {source.base + ".yml": to_yaml(_parsed(source), schema) for source in sources}
        else:
            found = _reports(sources, form, base)
            index = index_of(sources, SUFFIXES[form], heading, columns, day)
            found[INDEX + SUFFIXES[form]] = written_index(sources, form, index)
        files.update(found)
    return dict(sorted(files.items()))


def _reports(sources: Sequence[Source], form: str, editor: str) -> dict[str, str]:
    files: dict[str, str] = {}
    for source in sources:
        link, index = editor_address(editor, source.report), INDEX + SUFFIXES[form]
        if form == "html":
            drawings = {}
            for sheet, name in zip(source.report.sheets, _names(source), strict=True):
                drawings[sheet.key] = quote(name), draw(sheet)
                files[name] = to_svg(sheet, drawing=drawings[sheet.key][1]) + "\n"
            files[source.base + ".html"] = to_html(source.report, index, link, drawings)
        else:
            files[source.base + ".md"] = to_markdown(source.report, index, link)
    return files


def _names(source: Source) -> list[str]:
    """Return the names of the files of the drawings of a model, in order of its diagrams."""
    names: list[str] = []
    for number, sheet in enumerate(source.report.sheets, 1):
        part = sheet.key if _PLAIN.fullmatch(sheet.key) else "diagram-%d" % number
        name = "%s.%s.svg" % (source.base, part)
        names.append(name if name not in names else "%s.diagram-%d.svg" % (source.base, number))
    return names


def _parsed(source: Source) -> Mapping[str, Any]:
    """Return a definition that is data: a text is a file already. Raises InputError."""
    if isinstance(source.definition, str):
        raise InputError("is a text, which is a file already: the format definition takes data", "definitions")
    return one_map(source.definition, "definitions")
