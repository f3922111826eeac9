# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Reports as HTML pages that load nothing. Only the index has a script, which sorts and filters its table."""

from __future__ import annotations

import base64
import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.drawing import Drawing, draw
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.paper import parts
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.svg import to_svg
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.index import Index
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.index_template import INDEX, SCRIPT
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.model import Report, Sheet, Threat
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.style import DRAWING, PAGE, palette
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.tables import (
    connections,
    elements,
    item_table,
    matrix,
    rows_of,
    segments,
    severities,
    statuses,
    threat_table,
    totals_in_words,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.templates import LAYOUT, MACROS, MODEL
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.text import isolated, link, moment, words

#: Least height of letters on a screen, in pixels; a drawing becomes no narrower.
_LEAST_TEXT = 10
#: Width of the text of a page, in pixels; wider drawings use the width of the window, and a wide sheet of paper.
_PAGE_WIDTH = 1100
_SIZE = re.compile(r'\bfont-size="([\d.]+)"')
_WIDTH = re.compile(r'<svg\b[^>]*?\bwidth="([\d.]+)"')
#: Facts that a page shows first, by their headings.
_FIRST = ("Owner", "Version", "Status")


@dataclass(frozen=True)
class _Figure:
    """A drawing in a page. ``least``: its least width in pixels; ``href``: the drawing alone.

    ``parts``: view boxes of its parts on paper, if it is large; ``whole``: id of the group that has all of it.
    """

    svg: Markup
    is_wide: bool
    least: int
    severities: list[str]
    parts: list[str]
    whole: str
    href: str
    download: str = ""
    has_icons: bool = False


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=DictLoader({"layout": LAYOUT, "macros": MACROS, "model": MODEL, "index": INDEX}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(link=link, words=words, dict=dict, rows_of=rows_of, said=_said, isolated=isolated)
    return environment


def _style() -> Markup:
    return Markup(palette(":root") + PAGE + DRAWING)


def to_html(
    report: Report, index: str = "", editor: str = "", drawings: Mapping[str, tuple[str, Drawing]] | None = None
) -> str:
    """Return the page of one model.

    ``index``: address of the page that lists all models; ``editor``: address of the model in the web editor;
    ``drawings``: address of a file with the drawing, and the drawing, by the key of the diagram. Without a file, the
    drawing is in the page once more.
    """
    template = _environment().get_template("model")
    fields, (threat_headings, threat_rows) = dict(report.item.fields), threat_table(report.threats)
    head = [(name, fields.pop(name)) for name in _FIRST if name in fields]
    head += [("Last change", moment(report.modified))] if report.modified else []
    return template.render(
        title=report.item.name,
        style=_style(),
        policy="",
        report=report,
        index=index,
        editor=editor,
        head=[*head, *fields.items()],
        in_words=totals_in_words(report.threats),
        segments=segments(report.threats),
        statuses=statuses(report.threats),
        severities=severities(report.threats),
        matrix=matrix(report),
        threat_headings=threat_headings,
        threat_rows=list(zip(report.threats, threat_rows, strict=True)),
        sheets=[
            (sheet, _figure(sheet, number, *(drawings or {}).get(sheet.key, ())), elements(sheet), connections(sheet))
            for number, sheet in enumerate(report.sheets, 1)
        ],
        sections=[
            (heading, items, headings, list(zip(items, rows, strict=True)))
            for heading, items in report.sections.items()
            for headings, rows in [item_table(items)]
        ],
    )


def index_to_html(index: Index, threats: list[Threat]) -> str:
    """Return the page that lists models; ``threats``: those of all models."""
    template = _environment().get_template("index")
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode("utf-8")).digest()).decode("ascii")
    return template.render(
        title=index.title,
        style=_style(),
        policy="; script-src 'sha256-%s'" % digest,
        index=index,
        segments=segments(threats),
        script=Markup(SCRIPT),
    )


def _figure(sheet: Sheet, number: int, href: str = "", drawing: Drawing | None = None) -> _Figure:
    drawing = drawing or draw(sheet)
    # to_svg builds elements, so its mark-up contains no text of users
    name = "drawing-%d" % number
    drawn = to_svg(sheet, name, in_page=True, drawing=drawing)
    found = _WIDTH.search(drawn)
    width = float(found[1]) if found else 0
    smallest = min(map(float, _SIZE.findall(drawn)), default=_LEAST_TEXT)
    download = ""
    if not href:
        alone = base64.b64encode(to_svg(sheet, drawing=drawing).encode("utf-8")).decode("ascii")
        href, download = "data:image/svg+xml;base64,%s" % alone, "diagram-%d.svg" % number
    threats = [threat for group in sheet.threats.values() for threat in group]
    has_icons = any(node.badge for node in drawing.nodes)
    least = math.ceil(width * min(1, _LEAST_TEXT / smallest))
    views = ["%g %g %g %g" % part for part in parts(drawing)]
    is_wide = bool(views) or width > _PAGE_WIDTH
    return _Figure(Markup(drawn), is_wide, least, severities(threats), views, name + "-all", href, download, has_icons)


def _said(threat: Threat) -> str:
    """Return severity, status and place of a threat in one line, without those that are not set."""
    return " · ".join(filter(None, (words(threat.severity), threat.said_status, threat.place)))


def editor_address(base: str, report: Report) -> str:
    """Return the address of a model in the web editor; "" without an id or a valid address of the editor."""
    return link("%s/tm/%s" % (base.rstrip("/"), quote(report.id, safe=""))) if base and report.id else ""
