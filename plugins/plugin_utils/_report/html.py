# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""A report as one HTML page without scripts, other files or addresses."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from ansible_collections.tmi.tmi.plugins.plugin_utils._report import templates
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.svg import to_svg
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.index import Row, totals
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.model import Report
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.style import DRAWING, PAGE, palette
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.tables import (
    columns_of,
    connections,
    elements,
    matrix,
    rows_of,
    severities,
    statuses,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.text import link, words


@cache
def _environment() -> Environment:
    names = {"layout": "LAYOUT", "macros": "MACROS", "model": "MODEL", "index": "INDEX"}
    environment = Environment(
        loader=DictLoader({name: getattr(templates, constant) for name, constant in names.items()}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(link=link, words=words, dict=dict, rows_of=rows_of)
    return environment


def _style() -> Markup:
    return Markup(palette(":root") + PAGE + DRAWING)


def to_html(report: Report, index: str = "") -> str:
    """Return the page of one model; ``index``: address of the page that lists all of them."""
    template = _environment().get_template("model")
    return template.render(
        title=report.item.name,
        style=_style(),
        report=report,
        index=index,
        statuses=statuses(report.threats),
        severities=severities(report.threats),
        matrix=matrix(report),
        sheets=[
            # to_svg builds elements, so its mark-up contains no text of users
            (sheet, Markup(to_svg(sheet, "drawing-%d" % number, in_page=True)), elements(sheet), connections(sheet))
            for number, sheet in enumerate(report.sheets, 1)
        ],
        sections=[
            (heading, items, columns_of(item.fields for item in items)) for heading, items in report.sections.items()
        ],
    )


def index_to_html(rows: Sequence[Row], title: str) -> str:
    """Return the page that lists models."""
    template = _environment().get_template("index")
    return template.render(title=title, style=_style(), rows=rows, severities=totals(rows))
