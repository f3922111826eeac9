# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Pictures of the diagrams that a plan changes: the names of their files, the drawings, and links in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ansible_collections.tmi.tmi.plugins.module_utils._definition.export.keys import slug, unique_key
from ansible_collections.tmi.tmi.plugins.module_utils._engine.display.signs import visible
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.plugin_utils._filters import one_map, text
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.report import model_report
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.text import markdown, markdown_code, markdown_link

#: Most characters of each part of a name.
_LONGEST = 50
_NO_NAME = re.compile(r"[^A-Za-z0-9_]+")
#: A side of a change -> the option of a drawing that names the other side.
_OTHER: Mapping[str, str] = {"before": "after", "after": "before"}


@dataclass(frozen=True)
class Picture:
    """One changed diagram. ``states``: its side, before or after -> the definition; ``files``: side -> its file."""

    number: int
    model: str
    diagram: str
    key: str
    states: Mapping[str, Mapping[str, Any]]
    files: Mapping[str, str]


def base_name(given: str) -> str:
    """Return a name as the beginning of names of files: letters without accents, digits, ``_`` and ``-``."""
    return _NO_NAME.sub("-", given)[:_LONGEST].strip("-") or "plan"


def pictures(results: Sequence[tuple[str, Mapping[str, Any]]], name: str) -> list[Picture]:
    """Return the pictures of results of ``tmi_definition``, each with its place in the input. Raises InputError.

    ``name``: the beginning of the names of all files. No two names are equal, also without regard to case.
    """
    base = base_name(name)
    models: dict[tuple[int, str], str] = {}
    used: dict[str, set[str]] = {}
    found = []
    for number, (place, result) in enumerate(results):
        rows = result.get("diagrams") or []
        if not isinstance(rows, list):
            raise InputError("must be a list", "%s.diagrams" % place)
        for at, given in enumerate(rows):
            where = "%s.diagrams[%d]" % (place, at)
            row = one_map(given, where)
            model, key = (text(row.get(word), "%s.%s" % (where, word)) for word in ("threat_model", "key"))
            part = models.setdefault((number, model), unique_key(_part(model, "model"), models.values()))
            diagram = unique_key(_part(key, "diagram"), used.setdefault(part, set()))
            used[part].add(diagram)
            states = {side: one_map(row.get(side), "%s.%s" % (where, side)) for side in _OTHER}
            files = {
                side: "%s.%s.%s.%s.svg" % (base, part, diagram, side) for side in _OTHER if states[side].get("diagrams")
            }
            found.append(Picture(number, model, text(row.get("name"), where + ".name"), key, states, files))
    return found


def _part(given: str, fallback: str) -> str:
    ascii_only = slug(given, fallback).encode("ascii", "ignore").decode()
    return _NO_NAME.sub("-", ascii_only)[:_LONGEST].strip("-") or fallback


def drawn(found: Sequence[Picture]) -> dict[str, str]:
    """Return name -> text of all files. In each drawing, elements that differ in the other state have a mark."""
    return {
        name: model_report(
            picture.states[side], "svg", picture.key, "", True, **{_OTHER[side]: picture.states[_OTHER[side]]}
        )
        for picture in found
        for side, name in picture.files.items()
    }


def linked(found: Sequence[Picture], address: str) -> Iterator[str]:
    """Yield a paragraph of Markdown for each picture.

    ``address``: "" if the files are beside the text, which then shows them; an address that ends with a slash is their
    folder, and any other address a page from which they can be had.
    """
    for picture in found:
        name = visible(picture.diagram)
        if not address:
            yield _table(picture, name)
        elif address.endswith("/"):
            links = (markdown_link(side, address + quote(file)) for side, file in picture.files.items())
            yield "Diagram %s: %s%s" % (markdown_code(name), ", ".join(links), _said(picture))
        else:
            files = ", ".join("`%s`" % file for file in picture.files.values())
            page = markdown_link("files of this run", address)
            yield "Diagram %s: %s%s" % (markdown_code(name), page, _said(picture, files))


def _said(picture: Picture, files: str = "") -> str:
    parts = [files] if files else []
    parts += [] if len(picture.files) > 1 else ["removed" if "before" in picture.files else "new"]
    return " (%s)" % "; ".join(parts) if parts else ""


def _table(picture: Picture, name: str) -> str:
    """Return the pictures side by side."""
    code = markdown_code(name).replace("|", "\\|")
    heads = ["%s %s" % (code, side) for side in picture.files]
    cells = ["[![%s %s](<%s>)](<%s>)" % (markdown(name), side, file, file) for side, file in picture.files.items()]
    return "\n".join("| %s |" % " | ".join(row) for row in (heads, ["---"] * len(heads), cells))
