# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Plans as Markdown for a comment on a merge request: a line that sums up, then one block a model that unfolds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._engine.display import plan_text
from ansible_collections.tmi.tmi.plugins.module_utils._engine.display.signs import visible
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError, shortened
from ansible_collections.tmi.tmi.plugins.module_utils._resources._catalog import RESOURCES
from ansible_collections.tmi.tmi.plugins.module_utils._values import kind_of
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.plan_blocks import (
    COUNTED,
    SHORTEST,
    Model,
    fitted,
    names_of,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.plan_pictures import linked, pictures
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.text import fenced, markdown, markdown_code

#: Words for models without a failure -> whether they were left out after that of another model.
_OUTCOMES = {"Done": False, "Not begun": True}
#: A tuple: what is given may be no text, and a set raises for a list.
_KINDS = tuple(resource.name for resource in RESOURCES)


def plan_markdown(
    results: Any, title: str, applied: bool, limit: int, diagrams: str = "", diagrams_at: str = ""
) -> str:
    """Return the plans in one or several results of ``tmi_definition`` as Markdown of at most ``limit`` characters.

    Models whose access changes come first; changes of access, and failures, are left out last. ``diagrams``: name of
    the pictures of changed diagrams, "" for none; ``diagrams_at``: their address (see ``plan_pictures.py``). Raises
    InputError for what is no such result.
    """
    if limit < SHORTEST:
        raise InputError("must be at least %d" % SHORTEST, "limit")
    given = results_of(results)
    found = [(result, _models(result, place)) for place, result in given]
    if diagrams:
        _add_pictures([some for _result, some in found], given, diagrams, diagrams_at)
    models = [model for _result, some in found for model in some]
    for model in models:
        model.applied = applied
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
    heading = "## %s" % markdown(visible(title))
    parts = [heading] if title and len(heading) < SHORTEST / 4 else []
    failures = [text for text in (_failure(result) for result, _some in found) if text]
    if shown or not failures:
        parts.append("**%s**" % markdown(line) if shown else "Nothing changes.")
    parts += [_unplanned(failures, limit // 3)] if failures else []
    parts += [text for text in [_outcome(models)] if applied and failed and text]
    return fitted(
        parts, shown, ["- %s" % markdown_code(visible(" ".join(warning.split()))) for warning in warnings], limit
    )


def _unplanned(failures: Sequence[str], room: int) -> str:
    """Return what failed before there was a plan, in about ``room`` characters."""
    lines = [line for text in failures for line in plan_text.said_lines("!", shortened(text, room // len(failures)))]
    return "**Failed before there was a plan.**\n\n" + fenced("\n".join(lines))


def _outcome(models: Sequence[Model]) -> str:
    """Return which models a failed run has finished, and which it has not begun."""
    others = [model for model in models if not model.error]
    found = {word: [m for m in others if m.is_skipped is skipped] for word, skipped in _OUTCOMES.items()}
    return " ".join("%s: %s." % (word, names_of(some)) for word, some in found.items() if some)


def _add_pictures(
    models: Sequence[Sequence[Model]], results: Sequence[tuple[str, dict[str, Any]]], name: str, address: str
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


# ------------------------------------------------------------------------------------------------- what is given
def results_of(given: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return one or several results of ``tmi_definition``, each with its place in the input. Raises InputError."""
    found = given if isinstance(given, list) else [given]
    return [(_place(given, number), _map(one, _place(given, number))) for number, one in enumerate(found)]


def _place(given: Any, number: int) -> str:
    return "_input[%d]" % number if isinstance(given, list) else "_input"


def _failure(result: dict[str, Any]) -> str:
    """Return the message of a result that failed before there was a plan; "" for any other."""
    return str(result.get("msg") or "failed") if result.get("failed") and "plan" not in result else ""


def _models(result: dict[str, Any], place: str) -> list[Model]:
    """Return the models of a result, each with its part of the plan."""
    if _failure(result):
        return []
    if not isinstance(result.get("plan"), list):
        raise InputError("must be a result of tmi_definition, which has a plan", place)
    models: dict[str, Model] = {}
    for number, shown in enumerate(result.get("threat_models") or []):
        at = "%s.threat_models[%d]" % (place, number)
        name = str(_map(shown, at).get("name"))
        model = models.setdefault(name, Model(name))
        model.notes += _texts(shown, "notes")
        model.error = model.error or str(shown.get("error") or "")
        model.done += _texts(shown, "done")
        model.is_skipped = bool(shown.get("skipped"))
    for number, entry in enumerate(result["plan"]):
        checked = _entry(entry, "%s.plan[%d]" % (place, number))
        models.setdefault(checked["path"][0], Model(checked["path"][0])).entries.append(checked)
    for number, kept in enumerate(result.get("kept") or []):
        spared = _map(kept, "%s.kept[%d]" % (place, number))
        name = str(spared.get("threat_model"))
        words = {word: str(spared.get(word)) for word in ("diagram", "cell")}
        models.setdefault(name, Model(name)).kept.append({**words, "used_by": _texts(spared, "used_by")})
    return list(models.values())


def _entry(given: Any, place: str) -> dict[str, Any]:
    """Return an entry of a plan. Raises InputError if it has not the members that are shown."""
    entry = _map(given, place)
    path = entry.get("path")
    is_known = entry.get("action") in (*COUNTED, "none") and entry.get("kind") in _KINDS
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
