# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v1: what the server can hold, what it refuses, and how it stores values (V1-UNICODE to V1-REFUSED)."""

from __future__ import annotations

import re
import uuid
from functools import lru_cache
from typing import Any, Callable, Iterator, Mapping, Optional, Sequence

from ..._cells.cell import Cell
from ..._engine.ports import Loss
from ..._engine.tree import Entity
from ..._errors import shortened
from ..._resources._resource import KEY_FORM, WRONG_KEY, Resource
from ..._resources.diagram import DFD
from ..._resources.reference import is_id
from ..._resources.threat_model import THREAT_MODEL
from ..._unicode import composed
from ..rules import BaseRules, address_hint
from .cells import cell_problems
from .cvss import base_score
from .people import aligned, in_order
from .texts.refused import filter_problems, texts_in, unicode_problems
from .texts.stored import StoredText, composed_all, markdown, plain, stored_markdown, stored_plain
from .wire import COLUMNS, from_wire, to_wire

#: Most characters of a text field.
_LIMITS: Mapping[str, Mapping[str, int]] = {
    "threat_model": {"name": 256, "description": 2048, "issue_uri": 1000, "status": 128, "reviewer": 320},
    "threat": {
        "name": 256,
        "description": 2048,
        "mitigation": 1024,
        "issue_uri": 1000,
        "severity": 50,
        "priority": 256,
        "status": 128,
    },
    "document": {"name": 256, "uri": 1000, "description": 2048},
    "source": {"name": 256, "uri": 1000, "description": 2048},
    "diagram": {"name": 256, "description": 2048},
    "asset": {"name": 256, "description": 2048, "criticality": 128, "sensitivity": 128},
    "note": {"name": 256, "content": 262144, "description": 2048},
}
#: Texts from which the server removes tags and entities; it stores short words and lists unchanged.
_SANITISED = ("name", "description", "mitigation", "issue_uri", "uri")
#: Kept, because a plan needs the spelling of each name several times.
_plain_name = lru_cache(maxsize=4096)(plain)
#: Kinds with names in which the schema refuses mark-up; from a model's name it is only removed.
_STRICT_NAMES = ("threat", "document", "source", "diagram", "asset", "note")
_STRICT_TEXTS = dict.fromkeys(("threat", "document", "source", "asset", "note"), ("description",))

#: Texts in which the schema refuses line breaks and tabs.
_ONE_LINE = {
    "threat_model": ("name", "status"),
    "diagram": ("name",),
    "asset": ("criticality", "sensitivity"),
    "threat": ("priority", "severity", "status"),
}
_BREAK = re.compile(r"[\t\n\r]")
_MARKUP = re.compile(r"[<>\"'&]")
_VALUE_LIMIT = 1024
#: Most characters of a text in a message.
_SHOWN = 80
_TYPES = 20
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s]+")
_HOST = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_ISSUE = re.compile(r"\s*https?://%s(?:\.%s)*(?::[0-9]{1,5})?(?:/\S*)?\s*" % (_HOST, _HOST))
_WRONG_ESCAPE = re.compile("%(?![0-9a-fA-F]{2})")
_CWE = re.compile(r"CWE-[0-9]+")

#: Chosen ids are uuid5 of (model id, kind, key or name) in this namespace; it must never change (ENGINE-6).
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "objects.tmi.tmi")
#: Kinds with bulk calls that accept a chosen id.
CHOSEN = ("threat", "document", "source", "asset")

_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "threat_model": {"framework": "STRIDE", "status": "not_started", "confidential": False},
    "threat": {"mitigated": False, "include_in_report": True},
    "diagram": {"type": DFD, "include_in_report": True},
    **{name: {"include_in_report": True} for name in ("document", "source", "asset", "note")},
}
#: Fields that the server cannot clear (V1-WORKFLOW).
_NEVER_EMPTY: Mapping[str, Sequence[str]] = {"threat_model": ("status",)}
_COLOR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_PALETTE = 8


class V1Rules(BaseRules):
    """The rules of generation v1; pure."""

    COLUMNS = COLUMNS
    DEFAULTS = _DEFAULTS

    #: None: keys without a path of their own are removed by a bulk replace.
    unremovable_keys: frozenset[str] = frozenset()

    def stored(self, resource: Resource, values: Mapping[str, Any]) -> dict[str, Any]:
        """The fields with a column, as the server will store them."""
        clean = {n: plain(v) if n in _SANITISED and isinstance(v, str) else composed_all(v) for n, v in values.items()}
        if values.get("content"):
            clean["content"] = markdown(values["content"])
        kept = from_wire(resource, to_wire(resource, clean))
        if resource is THREAT_MODEL:
            rows = {
                tuple(sorted((k, v) for k, v in r.items() if k != "role")): r for r in values.get("authorization") or []
            }
            owner = values.get("owner")
            if owner:
                rows[(("user", owner),)] = {"user": owner, "role": "owner"}
            reviewer = values.get("reviewer")
            if reviewer and not any(row.get("user") == reviewer for row in rows.values()):
                rows[(("user", reviewer),)] = {"user": reviewer, "role": "owner"}  # V1-WORKFLOW
            kept.update(owner=owner, reviewer=reviewer, authorization=in_order(rows.values()))
        return {n: kept.get(n, self.when_cleared(resource, n)) for n in values if n in COLUMNS[resource.name]}

    @staticmethod
    def when_cleared(resource: Resource, name: str) -> Any:
        """The value of a cleared field: None, or the default if the server answers 200 but keeps the value."""
        return _DEFAULTS[resource.name][name] if name in _NEVER_EMPTY.get(resource.name, ()) else None

    def as_stored(self, resource: Resource, name: str, text: str) -> str:
        """A text of a field as the server stores it, for the comparison of names."""
        return _plain_name(text) if name in _SANITISED else composed(text)

    def losses(self, resource: Resource, values: Mapping[str, Any]) -> Iterator[tuple[str, Loss]]:
        """Yield (field, loss) for every text from which the server removes more than the spelling of entities."""
        for name, value in values.items():
            if isinstance(value, str) and (name in _SANITISED or name == "content"):
                yield from _loss(name, stored_markdown(value) if name == "content" else stored_plain(value))

    def doubts(self, resource: Resource, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield (field, reason) for addresses that are not https (V1-ADDRESSES)."""
        found = _ADDRESS.match(str(values.get("uri") or ""))
        if found and found.group().partition(":")[0].lower() != "https":
            yield "uri", "the server refuses addresses that are not https, unless its administrator has allowed more"

    def metadata_losses(self, metadata: Mapping[str, str]) -> Iterator[tuple[str, Loss]]:
        """Yield (key, loss) for the same in metadata."""
        for key, value in metadata.items():
            yield from _loss(key, stored_plain(value))

    def stored_metadata(self, metadata: Mapping[str, str]) -> dict[str, str]:
        """Metadata as the server will store it: tags are removed as from other texts."""
        return {key: plain(value) for key, value in metadata.items()}

    def align(self, declared: Sequence[Mapping[str, Any]], actual: Optional[Entity]) -> list[dict[str, Any]]:
        """Return declared rows with the model's names of these people and groups."""
        return aligned(composed_all(list(declared)), actual.raw if actual else None)

    def chosen_id(self, resource: Resource, parent_id: str, key: str, number: int = 1) -> Optional[str]:
        """Id of a new object with this key or name; ``number`` counts the ids of a series for objects of one name.

        The later ids are made from the first one, because a key with a number could equal another key.
        """
        if resource.name not in CHOSEN:
            return None
        first = uuid.uuid5(NAMESPACE, "/".join((parent_id, resource.name, composed(key))))
        return str(first if number == 1 else uuid.uuid5(first, str(number)))

    def server_makes_id(self, resource: Resource, values: Mapping[str, Any]) -> bool:
        """Bulk calls accept chosen ids, but need a name, which sources may lack."""
        return resource.name not in CHOSEN or not values.get("name")

    def check(self, resource: Resource, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield (field, problem) for every value that the server would refuse."""
        limits = _LIMITS[resource.name]
        for name, value in values.items():
            if name not in COLUMNS[resource.name] or value in (None, "", []):
                continue
            if isinstance(value, str):
                for problem in _text_problems(resource, name, value, limits.get(name)):
                    yield name, problem
            else:
                for problem in {found: None for text in texts_in(value) for found in unicode_problems(text)}:
                    yield name, problem
            if name == "parameters":
                for member in ("ref_value", "sub_path"):
                    for problem in filter_problems(value.get(member) or "", 256):
                        yield "parameters.%s" % member, problem
            for problem in _PROBLEMS[name](value) if name in _PROBLEMS else ():
                yield name, problem

    def check_metadata(self, metadata: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Yield (key, problem) for every entry that the server would refuse, or return but not store."""
        for key, value in metadata.items():
            if not KEY_FORM.fullmatch(key):
                yield key, WRONG_KEY
            if not value.strip():
                yield key, "a value must not be blank"
            elif not plain(value).strip():
                yield key, _emptied(stored_plain(value))
            if len(value.encode("utf-8")) > _VALUE_LIMIT:
                yield key, "has %d bytes; this server keeps %d" % (len(value.encode("utf-8")), _VALUE_LIMIT)
            for problem in filter_problems(value):
                yield key, problem

    def check_cells(self, cells: Sequence[Cell]) -> Iterator[tuple[str, str]]:
        """Yield (cell, problem) for every cell that the server would refuse."""
        for cell in cells:
            for field, problem in cell_problems(cell):
                yield "%s.%s" % (cell.key or cell.id, field), problem
            for field, value in (("label", cell.label), ("metadata", cell.metadata), ("raw", cell.raw)):
                for problem in {found: None for text in texts_in(value) for found in unicode_problems(text)}:
                    yield "%s.%s" % (cell.key or cell.id, field), problem


def _emptied(kept: StoredText) -> str:
    message = "the server would remove all of it as mark-up"
    return message + (
        '; written as "%s" it is kept' % kept.lossless_spelling if 0 < len(kept.lossless_spelling) <= _SHOWN else ""
    )


def _loss(name: str, kept: StoredText) -> Iterator[tuple[str, Loss]]:
    if kept.is_reduced:
        yield name, Loss(kept.text, kept.lossless_spelling)


def _text_problems(resource: Resource, name: str, value: str, limit: Optional[int]) -> Iterator[str]:
    if name == "content":  # Markdown: changed, but never refused
        if limit is not None and len(value) > limit:
            yield "has %d characters; this server takes %d" % (len(value), limit)
        yield from unicode_problems(value)
        if value.strip() and not markdown(value).strip():
            yield _emptied(stored_markdown(value))
        return
    yield from filter_problems(value, limit)
    strict = name == "name" and resource.name in _STRICT_NAMES
    if strict and _MARKUP.search(value):
        yield "must not hold any of < > \" ' &"
    elif name in _STRICT_TEXTS.get(resource.name, ()) and re.search("[<>]", value):
        yield "must not hold < or >"
    if name in _ONE_LINE.get(resource.name, ()) and _BREAK.search(value.strip()):
        yield "must be one line, without tabs and other control characters"
    if name == "name" and not list(unicode_problems(value)):  # the server checks it again with decoded entities
        yield from unicode_problems(plain(value))
    if name in _SANITISED and value.strip() and not plain(value).strip():
        yield _emptied(stored_plain(value))


def _uri_problems(value: str) -> Iterator[str]:
    if not _ADDRESS.match(value):
        hint = address_hint(shortened(value, _SHOWN))
        yield "%r is not an address with a scheme, such as https://%s" % (shortened(value, _SHOWN), hint)
    elif _WRONG_ESCAPE.search(value):
        yield "has a % that is not followed by two hexadecimal digits: write %25 for the sign itself"


def _issue_problems(value: str) -> Iterator[str]:
    if not _ISSUE.fullmatch(value):
        yield "%r is not an address that this server takes, such as https://issues.example.com/1" % (
            shortened(value, _SHOWN)
        )
    elif _WRONG_ESCAPE.search(value):
        yield "has a % that is not followed by two hexadecimal digits: write %25 for the sign itself"


def _project_problems(value: str) -> Iterator[str]:
    if not is_id(value):
        yield "must be the id of a project, a UUID, not %r" % value


def _type_problems(types: Sequence[str]) -> Iterator[str]:
    if len(types) > _TYPES:
        yield "this server takes %d types" % _TYPES


def _cwe_problems(entries: Sequence[str]) -> Iterator[str]:
    for entry in entries:
        if not _CWE.fullmatch(entry):
            yield "%r is not a CWE id such as CWE-79" % entry


def _cvss_problems(vectors: Sequence[str]) -> Iterator[str]:
    yield from (problem for problem in map(_cvss_problem, vectors) if problem)


def _cvss_problem(vector: str) -> str:
    try:
        base_score(vector)
    except ValueError as error:
        return str(error)
    return ""


def _palette_problems(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if len(rows) > _PALETTE:
        yield "this server takes %d colours" % _PALETTE
    for row in rows:
        if not _COLOR.fullmatch(row["color"]):
            yield "%r is not a colour such as #1f77b4" % row["color"]


def _row_problems(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for row in rows:
        if bool(row.get("user")) == bool(row.get("group")):
            yield "a row names either a user or a group"


#: Field -> check of its value besides the check of its text; a name means the same in all kinds.
_PROBLEMS: Mapping[str, Callable[[Any], Iterator[str]]] = {
    "uri": _uri_problems,
    "issue_uri": _issue_problems,
    "project": _project_problems,
    "threat_type": _type_problems,
    "cwe": _cwe_problems,
    "cvss": _cvss_problems,
    "color_palette": _palette_problems,
    "authorization": _row_problems,
}
