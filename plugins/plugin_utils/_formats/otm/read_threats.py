# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""From OTM to threats: each threat of the list at each component or data flow that names it, with its mitigations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.tmi.tmi.plugins.module_utils._resources._fields import fold
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat import THREAT
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import (
    MITIGATION_LIMIT,
    Losses,
    Metadata,
    Taken,
    Texts,
    as_text,
    maps,
    measured,
    member,
    slug,
    texts,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.naming import distinct_keys
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.origins import Origins
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.attributes import Attributes, wish_of
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.read_diagrams import Diagrams
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.words import (
    IMPLEMENTED,
    ORIGIN_PREFIX,
    Control,
    check_list,
    number_of,
    score_of,
    severity_of,
    status_of,
    word_of,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_types import threat_type

#: Fields of a threat that become attributes in OTM; an attribute has precedence over a derived value.
THREAT_FIELDS = (
    *("severity", "priority", "status", "mitigated", "mitigation", "score", "issue_uri", "asset", "cwe", "cvss"),
    *("ssvc", "include_in_report", "refs", "likelihood", "impact", "threat_type"),
    *("accepted_by", "accepted_until", "accepted_reason"),
)
_KNOWN = ("id", "name", "description", "categories", "cwes", "risk", "tags", "attributes")


class _Place(NamedTuple):
    """A place of a threat: path, instance, the cell (``diagram/cell``), and the id of the component or data flow."""

    path: str
    instance: dict[str, Any]
    at: str
    bearer: str


_NOWHERE = _Place("", {}, "", "")


class _Row(NamedTuple):
    """A threat at one of its places; ``is_shared``: whether it has several."""

    path: str
    threat: dict[str, Any]
    place: _Place
    is_shared: bool

    @property
    def id(self) -> str:
        """The id of the threat, with that of the place if it has several."""
        given = as_text(self.threat.get("id"))
        return "%s/%s" % (given, self.place.bearer) if self.is_shared else given

    @property
    def wish(self) -> str:
        """The wish for the key."""
        at = self.place.at
        wish = wish_of(self.threat, self.path, "threat")
        return "%s_%s" % (wish, slug(at.partition("/")[2] or at)) if self.is_shared else wish


class Threats:
    """``entries``: the threats of a definition, by key."""

    def __init__(self, data: Mapping[str, Any], losses: Losses, texts: Texts, diagrams: Diagrams) -> None:
        self.entries: dict[str, dict[str, Any]] = {}
        self._losses, self._texts = losses, texts
        self._cells = set(diagrams.cells())
        found = maps(data.get("mitigations"), "$.mitigations")
        self._mitigations = {as_text(entry.get("id")): (path, entry) for path, entry in reversed(found)}
        self._used: set[str] = set()
        borne = self._borne(diagrams)
        library = maps(data.get("threats"), "$.threats")
        known = {as_text(threat.get("id")) for _path, threat in library}
        rows: list[_Row] = []
        for path, threat in library:
            self._losses.rest(threat, _KNOWN, path)
            places = borne.pop(as_text(threat.get("id")), None) or [_NOWHERE]
            rows += [_Row(path, threat, place, len(places) > 1) for place in places]
        origins = Origins(ORIGIN_PREFIX, (row.id for row in rows))
        keys = distinct_keys([(row.wish, (row.id,)) for row in rows], Taken("%s_%d"))
        for row, key in zip(rows, keys, strict=True):
            self.entries[key] = self._threat(row, key, origins.of(row.id))
        for places in borne.values():
            for path, entry, _at, _bearer in places:
                if as_text(entry.get("threat")) not in known:
                    self._losses.add(path, entry, "there is no threat of this id")
        for path, entry in found:
            if as_text(entry.get("id")) not in self._used:
                self._losses.add(path, entry, "no threat names this mitigation")

    def _borne(self, diagrams: Diagrams) -> dict[str, list[_Place]]:
        """Return id of a threat -> its places."""
        borne: dict[str, list[_Place]] = {}
        for path, bearer, at in diagrams.bearers:
            for place, entry in maps(bearer["threats"], path + ".threats"):
                self._losses.rest(entry, ("threat", "state", "mitigations"), place)
                found = _Place(place, entry, at, as_text(bearer.get("id")))
                borne.setdefault(as_text(entry.get("threat")), []).append(found)
        return borne

    def _threat(self, row: _Row, key: str, origin: Mapping[str, str]) -> dict[str, Any]:
        path, threat, (where, instance, at, _bearer), several = row
        attributes = Attributes(threat, path, self._losses)
        name, given = as_text(threat.get("name")), as_text(threat.get("id"))
        at = self._anchor(at, attributes)
        entry: dict[str, Any] = {"name": self._texts.name(name, path + ".name", "threat", at, fallback=key)}
        if at:
            entry["at"] = at
        entry.update(attributes.origin(THREAT, origin))
        description = self._texts.prose(threat.get("description"), path + ".description")
        if description:
            entry["description"] = description
        metadata = Metadata(self._losses, THREAT)
        if not (several and row.wish.startswith(given)):
            attributes.keep_id(given, row.wish, metadata, path)
        self._classify(path, threat, entry)
        self._rate(path, threat, entry, metadata, attributes)
        self._mitigate(where, instance, entry, metadata, attributes)
        metadata.put("tags", threat.get("tags"), path + ".tags")
        attributes.into(metadata)
        attributes.restore(THREAT, THREAT_FIELDS, entry)
        if "threat_type" in entry:
            entry["types"] = entry.pop("threat_type")
        attributes.refuse_others((*THREAT_FIELDS, "at"))
        return metadata.into(entry)

    def _anchor(self, at: str, attributes: Attributes) -> str:
        own = attributes.own.get("tmi_at")
        if own is None or at:
            return at
        if isinstance(own, str) and own in self._cells:
            return own
        self._losses.add(attributes.path + ".tmi_at", own, "there is no such cell")
        return ""

    def _classify(self, path: str, threat: dict[str, Any], entry: dict[str, Any]) -> None:
        types = [threat_type(word) for word in texts(threat.get("categories"), path + ".categories") if word.strip()]
        if types:
            entry["types"] = list(dict.fromkeys(types))
        cwes = []
        for word in texts(threat.get("cwes"), path + ".cwes"):
            found = re.fullmatch(r"(?:CWE-?)?0*(\d{1,6})", word.strip(), re.IGNORECASE)
            if found is not None:
                cwes.append("CWE-" + found[1])
            elif word.strip():
                self._losses.add(path + ".cwes", word, "is not a CWE id such as CWE-79")
        if cwes:
            entry["cwe"] = cwes

    def _rate(
        self,
        path: str,
        threat: dict[str, Any],
        entry: dict[str, Any],
        metadata: Metadata,
        attributes: Attributes,
    ) -> None:
        """Put words for likelihood and impact, their score and its severity into the entry."""
        risk = member(threat.get("risk"), path + ".risk")
        self._losses.rest(risk, ("likelihood", "likelihoodComment", "impact", "impactComment"), path + ".risk")
        levels: dict[str, float] = {}
        for name in ("likelihood", "impact"):
            level = measured(risk.get(name), "%s.risk.%s" % (path, name), self._losses)
            if level is not None and not 0 <= level <= 100:
                self._losses.add("%s.risk.%s" % (path, name), level, "is not between 0 and 100")
            elif level is not None:
                levels[name] = level
                if name not in attributes.placeholders:
                    entry[name] = word_of(level)
                    if number_of(entry[name]) != level:
                        metadata.put("otm_" + name, level, "%s.risk.%s" % (path, name))
            metadata.put("otm_%s_comment" % name, risk.get(name + "Comment"), "%s.risk.%sComment" % (path, name))
        if len(levels) == 2:
            score = score_of(levels["likelihood"], levels["impact"])
            derived = {"score": score, "severity": severity_of(score)}
            entry.update({name: value for name, value in derived.items() if name not in attributes.placeholders})

    def _mitigate(
        self, path: str, instance: dict[str, Any], entry: dict[str, Any], metadata: Metadata, attributes: Attributes
    ) -> None:
        state = as_text(instance.get("state")).strip()
        if state and "status" not in attributes.placeholders:
            entry["status"] = status_of(state)
        controls, reductions = self._controls(path, instance, attributes)
        text = check_list(controls)
        while len(text) > MITIGATION_LIMIT:
            long = next((n for n in reversed(range(len(controls))) if controls[n].description), len(controls) - 1)
            lost = controls[long].description or controls.pop().name
            self._losses.add(path + ".mitigations", lost, "TMI takes %d characters of mitigation" % MITIGATION_LIMIT)
            if long < len(controls):
                controls[long] = controls[long]._replace(description="")
            text = check_list(controls)
        if text:
            entry["mitigation"] = text
        metadata.put("otm_risk_reduction", reductions, path + ".mitigations")
        done = fold(state) == "mitigated" or (bool(controls) and all(c.state == IMPLEMENTED for c in controls))
        if done and "mitigated" not in attributes.placeholders:
            entry["mitigated"] = True

    def _controls(self, path: str, instance: dict[str, Any], attributes: Attributes) -> tuple[list[Control], list[Any]]:
        controls: list[Control] = []
        reductions: list[Any] = []
        for place, found in maps(instance.get("mitigations"), path + ".mitigations"):
            self._losses.rest(found, ("mitigation", "state"), place)
            given = as_text(found.get("mitigation"))
            if given not in self._mitigations:
                self._losses.add(place, found, "there is no mitigation of this id")
                continue
            where, mitigation = self._mitigations[given]
            own = Attributes(mitigation, where, Losses())
            if given not in self._used:
                self._used.add(given)
                self._losses.rest(mitigation, ("id", "name", "description", "riskReduction", "attributes"), where)
                for name, value in own.others.items():
                    self._losses.add("%s.%s" % (own.path, name), value, "mitigations have no metadata")
            if "text" in own.placeholders:  # made from a text that is not a check list; an attribute has the text
                continue
            name = self._texts.label(mitigation.get("name"), where + ".name") or given
            description = " ".join(self._texts.prose(mitigation.get("description"), where + ".description").split())
            state = fold(as_text(found.get("state"))).replace("(", "").replace(")", "") or "required"
            controls.append(Control(name, state, description))
            if "risk" not in own.placeholders:
                reductions.append(mitigation.get("riskReduction"))
        if len(reductions) != len(controls):
            reductions = []
        return controls, reductions
