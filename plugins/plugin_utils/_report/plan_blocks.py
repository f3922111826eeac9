# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The blocks of models in a plan as Markdown, and what of them fits into a comment."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._engine.display import plan_text
from ansible_collections.tmi.tmi.plugins.module_utils._engine.display.signs import visible
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.text import clean, fenced, markdown_code

#: The least that is useful, and the room that is kept for the note on what is left out.
SHORTEST, _NOTE = 1000, 400
#: The least room in which the beginning of a plan is shown.
_BEGINNING = 500
#: Models that the note names.
_NAMED = 5
#: A line that says that others are left out.
_GAP = "…\n"

#: Actions -> what counts them.
COUNTED = {"create": "created", "restore": "restored", "update": "updated", "delete": "deleted"}


@dataclass
class Model:
    """One model in a plan: what changes in it, and what happened."""

    name: str
    entries: list[dict[str, Any]] = field(default_factory=list)
    kept: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    error: str = ""
    #: What was written before the failure; whether anything may have been written.
    done: list[str] = field(default_factory=list)
    applied: bool = False
    is_skipped: bool = False
    #: Paragraphs with the pictures of changed diagrams.
    pictures: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(entry["action"] for entry in self.entries)
        return {word: found[action] for action, word in COUNTED.items()}

    @property
    def changes_access(self) -> bool:
        return any(entry.get("access") for entry in self.entries)

    @cached_property
    def lines(self) -> list[str]:
        return [*self._tree, *self._error]

    @cached_property
    def first(self) -> frozenset[int]:
        """The places of the lines to show before any others: changes of access, and the failure."""
        places = [at for at, line in enumerate(self.lines) if plan_text.is_access(line)]
        places += range(len(self._tree), len(self.lines))
        return frozenset([0, *places]) if places else frozenset()

    @cached_property
    def _tree(self) -> list[str]:
        return plan_text.tree(self.name, self.entries, self.kept, [], self.notes)

    @cached_property
    def _error(self) -> list[str]:
        return plan_text.failure_lines(self.error, self.done, self.applied) if self.error else []


def fitted(parts: list[str], models: Sequence[Model], warnings: Sequence[str], limit: int) -> str:
    """Return the parts and as many models, and then warnings, as there is room for; then a note on what is left out.

    Room is kept for the first lines of all models (see ``Model``). What is left goes to one model after the other.
    """
    room = limit - sum(len(part) + 2 for part in parts) - _NOTE
    least = [_part(model, sorted(model.first), ()) if model.first else "" for model in models]
    kept = sum(len(block) + 2 for block in least if block)
    left_out: list[Model] = []
    missing = [0, 0]  # lines, and changes of access among them
    is_cut = False
    for model, small in zip(models, least, strict=True):
        kept -= len(small) + 2 if small else 0
        free = max(room - kept, len(small) + 2)
        block, places, shown_pictures = _whole(model, len(models) == 1)
        if len(block) + 2 > free and not is_cut and free > _BEGINNING:
            block, places, shown_pictures = _cut(model, free - 2)
            is_cut = True
        if len(block) + 2 > free:
            block, places, shown_pictures = small, sorted(model.first), []
        if not block or len(block) + 2 > room:
            block, places, shown_pictures = "", [], []
            left_out.append(model)
        else:
            parts.append(block)
            room -= len(block) + 2
        missing[0] += len(model.lines) - len(places)
        missing[0] += sum(1 + text.count("\n") for text in model.pictures[len(shown_pictures) :])
        missing[1] += sum(plan_text.is_access(line) for line in model.lines)
        missing[1] -= sum(plan_text.is_access(model.lines[at]) for at in places)
    heading = "### Warnings\n"
    shown = list(_while_fits(warnings, room - len(heading) - 3))
    parts += ["\n".join([heading, *shown])] if shown else []
    missing[0] += len(warnings) - len(shown)
    return "\n\n".join([*parts, *_note(missing, left_out, limit)]) + "\n"


def _note(missing: Sequence[int], left_out: Sequence[Model], limit: int) -> Iterator[str]:
    if missing[0]:
        access = ", %d of them changes of access" % missing[1] if missing[1] else ""
        names = names_of(left_out)
        whole = "; whole models: %d" % len(left_out) if left_out else ""
        whole += " (%s)" % names if left_out and len(names) < _NOTE - 180 else ""
        text = "Left out, because this text has at most %d characters: %d lines%s%s."
        yield text % (limit, missing[0], access, whole)


def _whole(model: Model, is_open: bool) -> tuple[str, Sequence[int], Sequence[str]]:
    """Return a model as a block, with the places of the lines in it, and its pictures."""
    return _block(model, model.lines, model.pictures, is_open), range(len(model.lines)), model.pictures


def _cut(model: Model, room: int) -> tuple[str, Sequence[int], Sequence[str]]:
    """Return a model as a block of at most ``room`` characters: its first lines, then others in their order."""
    shown_pictures = list(_while_fits(model.pictures, room // 2, len("\n\n")))
    room -= len(_block(model, (), shown_pictures, True))
    order = [*sorted(model.first), *(at for at in range(len(model.lines)) if at not in model.first)]
    fits = list(_while_fits([model.lines[at] for at in order], room - len(_GAP), 1 + len(_GAP) * bool(model.first)))
    places = sorted(order[: len(fits)])
    return _part(model, places, shown_pictures), places, shown_pictures


def _part(model: Model, places: Sequence[int], shown_pictures: Sequence[str]) -> str:
    """Return a block with some lines of a model, and a mark where others are left out."""
    lines: list[str] = []
    for at, before in zip((*places, len(model.lines)), (-1, *places), strict=True):
        lines += ["…"] if at != before + 1 else []
        lines += [model.lines[at]] if at < len(model.lines) else []
    return _block(model, lines, shown_pictures, True)


def _while_fits(lines: Sequence[str], room: int, between: int = 1) -> Iterator[str]:
    for line in lines:
        room -= len(line) + between
        if room < 0:
            return
        yield line


def _short(name: str) -> str:
    return markdown_code(visible(name if len(name) <= 30 else name[:29] + "…"))


def _block(model: Model, lines: Sequence[str], shown_pictures: Sequence[str], is_open: bool) -> str:
    """Return a model as a block that unfolds. Its name is code there: no host takes it for the name of a person."""
    words = plan_text.FUTURE if model.error else plan_text.PAST
    counts = [(number, word) for number, word in zip(model.counts.values(), words, strict=True) if number]
    about = ", ".join("%d %s" % pair for pair in counts)
    about += " (access changes)" if model.changes_access else ""
    about += " (failed)" if model.error else ""
    name = html.escape(clean(visible(model.name)))
    head = "<details%s><summary><code>%s</code> %s</summary>" % (" open" if is_open else "", name, about or "unchanged")
    return "\n\n".join([head, fenced("\n".join(map(clean, lines))), *shown_pictures, "</details>"])


def names_of(models: Sequence[Model]) -> str:
    more = len(models) - _NAMED
    return ", ".join(_short(model.name) for model in models[:_NAMED]) + (" and %d more" % more if more > 0 else "")
