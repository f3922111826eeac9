# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Changes of cells, as :func:`cell_changes.cell_changes` returns them, as lines of text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Iterator, Sequence

from ..._diagram.names import GEOMETRY
from .differences import lines_of, word
from .signs import is_clear, quoted

_SIGNS = {"create": "+", "update": "~", "delete": "-"}
#: Names that are shown without quotes.
_NAME = re.compile(r"""[^\s"',;:()…]+""")


def cell_lines(changes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the changes of the cells of a diagram, one a line; all new places and sizes are on one line, the last."""
    moved = []
    for change in changes:
        fields = change.get("fields", {})
        if change["action"] != "update":
            yield _whole(change, fields)
            continue
        yield from _updated(change, {name: field for name, field in fields.items() if name not in GEOMETRY})
        places = ["%s %s" % (name, _sides(fields[name])) for name in GEOMETRY if name in fields]
        if places:
            moved.append("%s %s" % (_name(change), ", ".join(places)))
    if moved:
        yield "~ moved: %s" % "; ".join(moved)


def _whole(change: Mapping[str, Any], fields: Mapping[str, Any]) -> str:
    """Return a cell that is created or removed: what it is, its label and place, then what else it has."""
    parts = [_SIGNS[change["action"]], change["kind"], _name(change)]
    if change.get("key") and change.get("label"):
        parts.append(quoted(change["label"]))
    if change["kind"] == "flow":
        parts.append("%s -> %s" % (_bare(change.get("from", "")), _bare(change.get("to", ""))))
    if change.get("in"):
        parts.append("in %s" % _bare(change["in"]))
    if change.get("type") not in (None, change["kind"]):
        parts.append("(%s)" % change["type"])
    more = ("%s %s" % (_bare(name), word(field["after"])) for name, field in fields.items())
    return ", ".join([" ".join(parts), *more])


def _updated(change: Mapping[str, Any], fields: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each field of a cell that changes, its place and size left out."""
    head = "~ %s %s" % (change["kind"], _name(change))
    if not change.get("fields"):
        yield head
    for name, field in fields.items():
        for line in lines_of(name, field["before"], field["after"], () if name == "assets" else None, end=""):
            yield "%s %s" % (head, line) if line[:1].strip() else line


def _sides(field: Mapping[str, Any]) -> str:
    return "%s -> %s" % (word(field["before"]), word(field["after"]))


def _name(change: Mapping[str, Any]) -> str:
    """Return what a cell is called: its key, or in quotes its label or id."""
    return _bare(change["name"]) if change.get("key") else quoted(change["name"])


def _bare(name: str) -> str:
    return name if _NAME.fullmatch(name) and is_clear(name) else quoted(name)
