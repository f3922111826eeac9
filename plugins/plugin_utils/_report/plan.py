# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Plans as Markdown for a comment on a merge request: a line that sums up, then one block a model that unfolds."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._engine.display import plan_text
from ansible_collections.tmi.tmi.plugins.module_utils._engine.display.as_text import visible
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._resources._catalog import RESOURCES
from ansible_collections.tmi.tmi.plugins.module_utils._values import kind_of
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.plan_pictures import linked, pictures
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.text import clean, fenced, markdown

#: Characters of the longest comment that hosts of code take.
LONGEST = 65536
#: The least that is useful, and the room that is kept for the note on what is left out.
SHORTEST, _NOTE = 1000, 400
#: The least room in which the beginning of a plan is shown.
_BEGINNING = 500
#: Models that the note names.
_NAMED = 5

_COUNTED = {"create": "created", "restore": "restored", "update": "updated", "delete": "deleted"}
#: A tuple: what is given may be no text, and a set raises for a list.
_KINDS = tuple(resource.name for resource in RESOURCES)


@dataclass
class _Model:
    name: str
    entries: list[dict[str, Any]] = field(default_factory=list)
    kept: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    error: str = ""
    #: Paragraphs with the pictures of changed diagrams.
    pictures: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(entry["action"] for entry in self.entries)
        return {word: found[action] for action, word in _COUNTED.items()}

    @property
    def changes_access(self) -> bool:
        return any(entry.get("access") for entry in self.entries)

    @cached_property
    def lines(self) -> list[str]:
        lines = plan_text.tree(self.name, self.entries, self.kept, [], self.notes)
        return [*lines, *(["    ! " + visible(self.error)] if self.error else [])]


def plan_markdown(
    results: Any, title: str, applied: bool, limit: int, diagrams: str = "", diagrams_at: str = ""
) -> str:
    """Return the plans in one or several results of ``tmi_definition`` as Markdown of at most ``limit`` characters.

    Models whose access changes come first. ``diagrams``: name of the pictures of changed diagrams, "" for none;
    ``diagrams_at``: their address (see ``plan_pictures.py``). Raises InputError for what is no such result.
    """
    if limit < SHORTEST:
        raise InputError("must be at least %d" % SHORTEST, "limit")
    given = results_of(results)
    found = [(result, _models(result, place)) for place, result in given]
    if diagrams:
        _add_pictures([some for _result, some in found], given, diagrams, diagrams_at)
    models = [model for _result, some in found for model in some]
    warnings = list(dict.fromkeys(line for result, _some in found for line in _texts(result, "warnings")))
    shown = sorted((m for m in models if m.lines), key=lambda model: not model.changes_access)
    failed = sum(bool(model.error) for model in models)
    line = plan_text.summary(
        [model.counts for model in models],
        done=applied and not failed,
        access=sum(model.changes_access for model in models),
        warnings=len(warnings),
        failed=failed,
    )
    heading = "## %s" % markdown(title)
    parts = [heading] if title and len(heading) < SHORTEST / 4 else []
    parts.append("**%s**" % markdown(line) if shown else "Nothing changes.")
    return _fitted(parts, shown, ["- %s" % markdown(warning) for warning in warnings], limit)


def _add_pictures(
    models: Sequence[Sequence[_Model]], results: Sequence[tuple[str, dict[str, Any]]], name: str, address: str
) -> None:
    """Give each model its pictures, and a sentence on changed diagrams without any."""
    by_name = [{model.name: model for model in some} for some in models]
    drawn: Counter[tuple[int, str]] = Counter()
    for picture in pictures(results, name):
        drawn[picture.number, picture.model] += 1
        if picture.model in by_name[picture.number]:
            by_name[picture.number][picture.model].pictures += linked([picture], address)
    for number, some in enumerate(models):
        for model in some:
            missing = sum(map(_has_changed_cells, model.entries)) - drawn[number, model.name]
            if missing > 0:
                model.pictures.append("Changed diagrams that are not drawn: %d." % missing)


def _has_changed_cells(entry: dict[str, Any]) -> bool:
    return entry["kind"] == "diagram" and (entry["action"] in ("create", "delete") or bool(entry.get("cells")))


def _fitted(parts: list[str], models: Sequence[_Model], warnings: Sequence[str], limit: int) -> str:
    """Return the parts and as many models, and then warnings, as there is room for; then a note on what is left out."""
    room = limit - sum(len(part) + 2 for part in parts) - _NOTE
    left_out: list[str] = []
    missing = 0
    for model in models:
        lines, shown_pictures = model.lines, model.pictures
        block = _block(model, lines, shown_pictures, len(models) == 1)
        if len(block) + 2 > room and not left_out and room > _BEGINNING:
            shown_pictures = list(_while_fits(shown_pictures, room // 2, len("\n\n")))
            bare = _block(model, lines, shown_pictures, True)
            around = len(bare) - sum(len(line) + 1 for line in lines) + len("…\n") + 2
            if len(bare) + 2 > room:
                lines = [*_while_fits(lines, room - around), "…"]
                missing += len(model.lines) - len(lines) + 1
            missing += sum(1 + text.count("\n") for text in model.pictures[len(shown_pictures) :])
            block = _block(model, lines, shown_pictures, True)
        if len(block) + 2 > room:
            left_out.append(model.name)
            missing += len(lines) + sum(1 + text.count("\n") for text in shown_pictures)
        else:
            parts.append(block)
            room -= len(block) + 2
    heading = "### Warnings\n"
    shown = list(_while_fits(warnings, room - len(heading) - 3))
    parts += ["\n".join([heading, *shown])] if shown else []
    missing += len(warnings) - len(shown)
    if missing:
        names = ", ".join(map(_short, left_out[:_NAMED])) + (", …" if len(left_out) > _NAMED else "")
        whole = "; whole models: %d" % len(left_out) if left_out else ""
        whole += " (%s)" % names if left_out and len(names) < _NOTE - 150 else ""
        parts.append("Left out, because this text has at most %d characters: %d lines%s." % (limit, missing, whole))
    return "\n\n".join(parts) + "\n"


def _while_fits(lines: Sequence[str], room: int, between: int = 1) -> Iterator[str]:
    for line in lines:
        room -= len(line) + between
        if room < 0:
            return
        yield line


def _short(name: str) -> str:
    return markdown(name if len(name) <= 30 else name[:29] + "…")


def _block(model: _Model, lines: Sequence[str], shown_pictures: Sequence[str], is_open: bool) -> str:
    """Return a model as a block that unfolds. Its name is code there: no host takes it for the name of a person."""
    counts = [(number, word) for number, word in zip(model.counts.values(), plan_text.PAST, strict=True) if number]
    about = ", ".join("%d %s" % pair for pair in counts)
    about += " (access changes)" if model.changes_access else ""
    about += " (failed)" if model.error else ""
    name = html.escape(clean(visible(model.name)))
    head = "<details%s><summary><code>%s</code> %s</summary>" % (" open" if is_open else "", name, about or "unchanged")
    return "\n\n".join([head, fenced("\n".join(map(clean, lines))), *shown_pictures, "</details>"])


# ------------------------------------------------------------------------------------------------- what is given
def results_of(given: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return one or several results of ``tmi_definition``, each with its place in the input. Raises InputError."""
    found = given if isinstance(given, list) else [given]
    return [(_place(given, number), _map(one, _place(given, number))) for number, one in enumerate(found)]


def _place(given: Any, number: int) -> str:
    return "_input[%d]" % number if isinstance(given, list) else "_input"


def _models(result: dict[str, Any], place: str) -> list[_Model]:
    """Return the models of a result, each with its part of the plan."""
    if not isinstance(result.get("plan"), list):
        raise InputError("must be a result of tmi_definition, which has a plan", place)
    models: dict[str, _Model] = {}
    for number, shown in enumerate(result.get("threat_models") or []):
        at = "%s.threat_models[%d]" % (place, number)
        name = str(_map(shown, at).get("name"))
        model = models.setdefault(name, _Model(name))
        model.notes += _texts(shown, "notes")
        model.error = model.error or str(shown.get("error") or "")
    for number, entry in enumerate(result["plan"]):
        checked = _entry(entry, "%s.plan[%d]" % (place, number))
        models.setdefault(checked["path"][0], _Model(checked["path"][0])).entries.append(checked)
    for number, kept in enumerate(result.get("kept") or []):
        spared = _map(kept, "%s.kept[%d]" % (place, number))
        name = str(spared.get("threat_model"))
        words = {word: str(spared.get(word)) for word in ("diagram", "cell")}
        models.setdefault(name, _Model(name)).kept.append({**words, "used_by": _texts(spared, "used_by")})
    return list(models.values())


def _entry(given: Any, place: str) -> dict[str, Any]:
    """Return an entry of a plan. Raises InputError if it has not the members that are shown."""
    entry = _map(given, place)
    path = entry.get("path")
    is_known = entry.get("action") in (*_COUNTED, "none") and entry.get("kind") in _KINDS
    if not is_known or not isinstance(path, list) or not path or not all(isinstance(part, str) for part in path):
        raise InputError("is no entry of a plan: it needs action, kind and path", place)
    _fields(entry, place)
    cells = entry.get("cell_changes", [])
    for number, cell in enumerate(cells if isinstance(cells, list) else [cells]):
        at = "%s.cell_changes[%d]" % (place, number)
        change = _map(cell, at)
        if change.get("action") not in ("create", "update", "delete") or not _are_texts(change, "kind", "name"):
            raise InputError("is no change of a cell: it needs action, kind and name", at)
        if not all(isinstance(change.get(name, ""), str) for name in ("key", "label", "type", "in", "from", "to")):
            raise InputError("is no change of a cell: a name in it is no text", at)
        _fields(change, at)
    words = {name: str(entry.get(name) or "") for name in ("at", "reason")}
    return {**entry, **words, "details": _texts(entry, "details")}


def _fields(entry: dict[str, Any], place: str) -> None:
    for name, change in _map(entry.get("fields", {}), place + ".fields").items():
        if not {"before", "after"} <= set(_map(change, "%s.fields.%s" % (place, name))):
            raise InputError("needs before and after", "%s.fields.%s" % (place, name))


def _are_texts(entry: dict[str, Any], *names: str) -> bool:
    return all(isinstance(entry.get(name), str) for name in names)


def _texts(given: dict[str, Any], name: str) -> list[str]:
    found = given.get(name) or []
    return [str(text) for text in found] if isinstance(found, list) else [str(found)]


def _map(given: Any, place: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise InputError("must be a map, not %s" % kind_of(given), place)
    return given
