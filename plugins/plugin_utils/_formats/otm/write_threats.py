# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""From threats to OTM: the list of threats, the list of mitigations, and the threats of components and data flows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Desired
from ansible_collections.tmi.tmi.plugins.module_utils._resources._fields import fold
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import Losses, Texts, slug
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.words import (
    IMPLEMENTED,
    NUMBERS,
    REQUIRED,
    Control,
    number_of,
    read_check_list,
    score_of,
    severity_of,
    state_of,
    status_of,
    word_of,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.write_cells import Cells
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.write_objects import Ids, Writing, numeric, tags_of
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_types import threat_type

#: Fields of an accepted threat: by whom, until when, for which reason.
ACCEPTANCE = ("accepted_by", "accepted_until", "accepted_reason")
#: Fields that OTM lacks.
_KEPT = ("priority", "issue_uri", "asset", "cvss", "ssvc", "include_in_report", "refs", *ACCEPTANCE)


class ThreatList:
    """``threats`` and ``mitigations``; the components and data flows of ``cells`` get their ``threats``."""

    def __init__(self, threats: Iterable[Desired], cells: Cells, losses: Losses) -> None:
        self.threats: list[dict[str, Any]] = []
        self.mitigations: list[dict[str, Any]] = []
        self._cells, self._losses = cells, losses
        self._ids, self._mitigation_ids = Ids(), Ids()
        self._known: dict[tuple[str, str, Any, bool], str] = {}
        for threat in threats:
            self._write(threat)

    def _write(self, threat: Desired) -> None:
        values = {name: value for name, value in threat.values.items() if value not in (None, "", [])}
        writing = Writing(threat.metadata, threat)
        name = str(values["name"])
        entry: dict[str, Any] = {"id": writing.identity(self._ids, threat.key, name), "name": name}
        if values.get("description"):
            entry["description"] = values["description"]
        types = values.get("threat_type", [])
        if types:
            entry["categories"] = types
        if list(dict.fromkeys(map(threat_type, types))) != types:  # another spelling than TMI's would be corrected
            writing.own["threat_type"] = types
        cwes = values.get("cwe", [])
        known = [cwe for cwe in cwes if re.fullmatch(r"CWE-[1-9]\d{0,5}", cwe)]
        if known:
            entry["cwes"] = known
        if known != cwes:  # OTM allows any text, but only CWE ids are read
            writing.own["cwe"] = cwes
        entry["risk"] = _risk(values, writing)
        tags = tags_of(writing)
        if tags:
            entry["tags"] = tags
        writing.fields(values, _KEPT)
        bearer = self._bearer(threat, values, writing)
        if bearer is None:
            writing.fields(values, ("status", "mitigation", "mitigated"))
        else:
            instances = bearer.setdefault("threats", [])
            instances.append({"threat": entry["id"], **self._instance(values, writing, entry["id"])})
        self.threats.append(writing.into(entry))

    def _bearer(self, threat: Desired, values: dict[str, Any], writing: Writing) -> dict[str, Any] | None:
        """Return the component or data flow of a threat; if there is none, keep the place as an attribute."""
        diagram, cell = values.get("diagram"), values.get("cell", "")
        if not diagram:
            return None
        found = self._cells.resolve(diagram, cell)
        if found is None:
            at = "%s/%s" % (diagram, cell) if cell else diagram
            self._losses.add("$.threats.%s.at" % threat.key, at, "the definition has no such cell")
            return None
        bearer = self._cells.bearer(*found)
        if bearer is None:
            writing.own["at"] = "/".join(filter(None, found))
        return bearer

    def _instance(self, values: dict[str, Any], writing: Writing, given: str) -> dict[str, Any]:
        status = values.get("status")
        state = state_of(status) if status else "exposed"
        if status is None:
            writing.placeholders.append("status")
        elif status_of(state) != status:
            writing.own["status"] = status
        controls = _controls(values.get("mitigation", ""))
        done = fold(state) == "mitigated" or (bool(controls) and all(c.state == IMPLEMENTED for c in controls))
        mitigated = values.get("mitigated")
        if mitigated is None and done:
            writing.placeholders.append("mitigated")
        elif mitigated is not None and mitigated is not done:
            writing.own["mitigated"] = mitigated
        elif mitigated is False:  # reading implies only true
            writing.own["mitigated"] = False
        instance: dict[str, Any] = {"state": state}
        if controls:
            reductions = writing.take("otm_risk_reduction", lambda text: _reductions(text, len(controls)))
            instance["mitigations"] = [
                {
                    "mitigation": self._mitigation(control, (reductions or [None] * len(controls))[n]),
                    "state": control.state,
                }
                for n, control in enumerate(controls)
            ]
        elif values.get("mitigation"):
            text = values["mitigation"]
            writing.own["mitigation"] = text
            name = text.strip().split("\n")[0][:100] or given
            found = self._mitigation(Control(name, description=text), None, is_text=True)
            instance["mitigations"] = [{"mitigation": found, "state": IMPLEMENTED if mitigated else REQUIRED}]
        return instance

    def _mitigation(self, control: Control, reduction: float | int | None, is_text: bool = False) -> str:
        """Return the id of a mitigation in the list, which has equal mitigations only once."""
        same = (control.name, control.description, reduction, is_text)
        if same not in self._known:
            self._known[same] = self._mitigation_ids.take(slug(control.name) or "mitigation")
            entry: dict[str, Any] = {"id": self._known[same], "name": control.name}
            if control.description:
                entry["description"] = control.description
            entry["riskReduction"] = reduction or 0
            made_up = (["text"] if is_text else []) + (["risk"] if reduction is None else [])
            if made_up:
                entry["attributes"] = {"tmi_placeholder": ", ".join(made_up)}
            self.mitigations.append(entry)
        return self._known[same]


def _risk(values: dict[str, Any], writing: Writing) -> dict[str, Any]:
    """Return likelihood and impact as numbers: from their words, else from the severity."""
    assumed = dict(zip(("likelihood", "impact"), NUMBERS[values.get("severity", "unknown")], strict=True))
    risk: dict[str, Any] = {}
    for name in ("likelihood", "impact"):
        word = values.get(name)
        level: float | int | None = number_of(word) if word else None
        if level is None:
            writing.placeholders.append(name)
            if word:
                writing.own[name] = word
            level = assumed[name]
        else:
            exact = writing.take("otm_" + name, _exact(str(word), level))
            level = level if exact is None else exact
        risk[name] = level
        comment = writing.take("otm_%s_comment" % name)
        if comment:
            risk[name + "Comment"] = comment
    derived: dict[str, Any] = {}
    if risk["likelihood"] is not None:
        score = score_of(risk["likelihood"], risk["impact"])
        derived = {"score": score, "severity": severity_of(score)}
    for name in ("score", "severity"):
        if name not in values and derived:
            writing.placeholders.append(name)
        elif name in values and values[name] != derived.get(name):
            writing.own[name] = values[name]
    return risk


def _exact(word: str, level: float) -> Callable[[str], float | int | None]:
    """Return a function that reads the exact number for a word from metadata; None if it does not fit the word."""

    def read(text: str) -> float | int | None:
        found = numeric(text)
        fits = found is not None and 0 <= found <= 100 and found != level and word_of(found) == word
        return found if fits else None

    return read


def _controls(text: str) -> list[Control]:
    """Return the check list in a mitigation; an empty one if reading it again would give another text."""
    controls = read_check_list(text) or []
    losses = Losses()
    texts = Texts(losses)
    for control in controls:
        description = " ".join(texts.prose(control.description, "").split())
        same = Control(texts.label(control.name, ""), fold(control.state), description)
        if same != control or losses.rows:
            return []
    return controls


def _reductions(text: str, count: int) -> list[float | int] | None:
    found = [numeric(part) for part in text.split(", ")]
    known = [part for part in found if part is not None]
    return known if len(known) == len(found) == count else None
