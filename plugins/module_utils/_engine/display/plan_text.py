# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""A plan, as :func:`report.entries` returns it, as lines of text: one an object, one a field, one a cell.

Signs are ``+`` created or restored, ``~`` changed, ``-`` removed, ``=`` kept though something says otherwise, ``!`` a
warning or a failure, ``#`` a note on the definition.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Iterable, Iterator, Optional, Sequence

from ..._errors import listed
from ..._resources._catalog import by_name
from ..._resources._fields import Names, Rows, Table
from ..tree import CREATE, RESTORE
from .cell_text import cell_lines
from .differences import lines_of
from .report import ACCESS
from .signs import is_clear, quoted, visible

#: Most writes in the lines on a failure; the result has all of them.
MOST_DONE = 20
#: Marks lines that change who may do what.
ACCESS_MARK = "[access] "
_SIGNS = {CREATE: "+", RESTORE: "+", "update": "~", "delete": "-", "none": "="}
_OBJECT, _FIELD = "    ", "      "
#: What is said of an object without quotes: words between single blanks.
_DETAIL = re.compile(r"""[^\s,()"\\]+(?: [^\s,()"\\]+)*""")
#: What :func:`report.counts` counts -> the words for it in a plan, and after a run.
_WORDS = {
    "created": ("to create", "created"),
    "restored": ("to restore", "restored"),
    "updated": ("to change", "changed"),
    "deleted": ("to remove", "removed"),
}
#: The words for what a model counts, in the order of :func:`report.counts`.
FUTURE, PAST = zip(*_WORDS.values())


def tree(
    label: str,
    entries: Sequence[Mapping[str, Any]],
    kept: Iterable[Mapping[str, Any]] = (),
    warnings: Iterable[str] = (),
    notes: Iterable[str] = (),
) -> list[str]:
    """Return the plan of one model as lines; none if nothing changes and there is nothing to say.

    ``label``: name of the model. ``kept``: cells that pruning spares, each with ``diagram``, ``cell`` and ``used_by``.
    """
    said = [*_kept(kept), *(line for text in warnings for line in said_lines("!", text))]
    said += [line for note in notes for line in said_lines("#", note)]
    if not entries and not said:
        return []
    lines = [] if entries and len(entries[0]["path"]) == 1 else ["  threat model %s" % quoted(label)]
    for entry in entries:
        lines += _lines(entry)
    return [*lines, *(_OBJECT + line for line in said)]


def is_access(line: str) -> bool:
    """Whether a line of a tree says who may do what."""
    return line.lstrip().startswith(ACCESS_MARK)


def failure_lines(error: str, done: Sequence[str], applied: bool) -> list[str]:
    """Return the lines on the failure of a model: the error and, if it was ``applied``, the writes before that."""
    before = "done before it: %s" % listed(done, MOST_DONE) if done else "nothing was written before it"
    return ["    " + line for text in (error, *([before] if applied else [])) for line in said_lines("!", text)]


def said_lines(sign: str, text: str) -> list[str]:
    """Return a sentence after its sign; more lines of it begin below its first word."""
    return [(sign if not number else " ") + " " + visible(line) for number, line in enumerate(text.split("\n"))]


def _lines(entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield the line of an object, and lines of what changes in it; of a new one only who else gets access."""
    indent = _OBJECT * (len(entry["path"]) - 1)
    title = by_name(entry["kind"]).title
    said = [_detail(text) for text in (*entry.get("details", ()), entry.get("at")) if text]
    said += [visible(entry["reason"])] if entry.get("reason") else []
    said += ["restored"] if entry["action"] == RESTORE else []
    about = " (%s)" % ", ".join(said) if said else ""
    yield "%s%s %s %s%s" % (indent, _SIGNS[entry["action"]], title, quoted(entry["path"][-1]), about)
    is_new = entry["action"] == CREATE
    for name, field in entry.get("fields", {}).items():
        if is_new and not (name == ACCESS[0] and entry.get("access")):
            continue
        mark = ACCESS_MARK if name in ACCESS else ""
        for line in lines_of(name, field["before"], field["after"], _identity(entry["kind"], name)):
            yield _below(indent, (mark if line[:1].strip() else "") + line)
    for line in () if is_new else cell_lines(entry.get("cell_changes", ())):
        yield _below(indent, line)


def _below(indent: str, line: str) -> str:
    """Return a line on an object; an empty line of a text has no indent."""
    return indent + _FIELD + line if line else ""


def _detail(text: str) -> str:
    return text if _DETAIL.fullmatch(text) and is_clear(text) else quoted(text)


def _identity(kind: str, name: str) -> Optional[Sequence[str]]:
    """Return the members that distinguish the rows of a field; None if the field is no set."""
    field = by_name(kind).by_name.get(name)
    if isinstance(field, Names):
        return ()
    if isinstance(field, Rows):
        return field.identity
    return (field.members[0].name,) if isinstance(field, Table) else None


def _kept(kept: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for found in kept:
        users = ", ".join(map(quoted, found["used_by"]))
        yield "= cell %s of diagram %s (used by %s)" % (quoted(found["cell"]), quoted(found["diagram"]), users)


def summary(
    numbers: Sequence[Mapping[str, int]], done: bool = False, access: int = 0, warnings: int = 0, failed: int = 0
) -> str:
    """Return plans of several models in one line.

    ``numbers``: what :func:`report.counts` says of each model; ``done``: whether that has been written. ``access``,
    ``failed``: the numbers of models with a change of access, and of those that failed.
    """
    found: Counter[str] = Counter()
    for number in numbers:
        found.update({name: number[name] for name in _WORDS})
    parts = [
        "%d %s" % (found[name], words[done]) for name, words in _WORDS.items() if found[name] or name != "restored"
    ]
    changed = sum(any(number[name] for name in _WORDS) for number in numbers)
    among = "" if changed == len(numbers) else "%d of " % changed
    line = "%s: %s, in %s%s" % ("Done" if done else "Plan", ", ".join(parts), among, _several(len(numbers), "model"))
    if access:
        line += "; access changes in %s" % _several(access, "model")
    if warnings:
        line += "; %s" % _several(warnings, "warning")
    return line + ("; %s failed" % _several(failed, "model") if failed else "")


def _several(number: int, noun: str) -> str:
    return "%d %s%s" % (number, noun, "" if number == 1 else "s")
