# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v0: what the server can hold, what it refuses, and how it stores values (V0-FILTER, V0-MODELS to V0-CELLS)."""

from __future__ import annotations

import re
from typing import Any, Iterable, Iterator, Mapping, Optional, Sequence

from ..._cells.cell import Cell
from ..._engine.ports import Loss
from ..._engine.tree import Entity
from ..._resources._fields import Names
from ..._resources._resource import KEY_FORM, WRONG_KEY, Resource
from ..._resources.diagram import DFD
from ..._resources.threat import THREAT
from ..._resources.threat_model import THREAT_MODEL
from ..active_texts import element, handler
from ..rules import BaseRules, address_hint
from ..wire import COLUMNS
from .wire import authorization_rows, from_wire, titled, to_wire

#: Most characters of text fields that the server limits.
_LIMITS: Mapping[str, Mapping[str, int]] = {
    "threat_model": {"name": 255, "description": 1024, "issue_uri": 1024, "owner": 255},
    "threat": {"name": 255, "description": 1024, "mitigation": 1024, "issue_uri": 1024, "priority": 16, "status": 256},
    "document": {"name": 255, "uri": 1024, "description": 1024},
    "source": {"name": 255, "uri": 1024, "description": 1024},
    "diagram": {"name": 255, "description": 1024},
}
_THREAT_TYPE_LIMIT = 256
_PARAMETER_LIMIT = 256
_LABEL_LIMIT = 256

#: One of the texts that the server refuses (V0-FILTER).
_SCHEME = re.compile("javascript:", re.IGNORECASE)
_URL = re.compile(r"https?://[a-zA-Z0-9.-]+(\.[a-zA-Z]{2,})?(:\d+)?(/.*)?")
_MARKUP = re.compile(r"[<>\"'&]")
_VALUE_LIMIT = 1024

_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "threat_model": {"framework": "STRIDE"},
    "threat": {
        "severity": "unknown",
        "priority": "medium",
        "status": "open",
        "mitigated": False,
        "threat_type": ["Unspecified"],
    },
    "diagram": {"type": DFD},
}


class V0Rules(BaseRules):
    """The rules of generation v0; pure."""

    COLUMNS = COLUMNS
    DEFAULTS = _DEFAULTS

    #: ``…/metadata/bulk`` is a separate call, so a key with that name cannot be removed.
    unremovable_keys = frozenset(("bulk",))

    def stored(self, resource: Resource, values: Mapping[str, Any]) -> dict[str, Any]:
        """The fields with a column, as the server will store them."""
        kept = from_wire(resource, to_wire(resource, values))
        if resource is THREAT_MODEL and "authorization" in values:
            kept["authorization"] = authorization_rows(values["authorization"] or [], values.get("owner"))
        return {name: kept.get(name) for name in values if name in COLUMNS[resource.name]}

    def as_stored(self, resource: Resource, name: str, text: str) -> str:
        """Texts are stored as sent."""
        return text

    def losses(self, resource: Resource, values: Mapping[str, Any]) -> Iterator[tuple[str, Loss]]:
        """Nothing is removed from texts."""
        return iter(())

    def metadata_losses(self, metadata: Mapping[str, str]) -> Iterator[tuple[str, Loss]]:
        """Nothing is removed from metadata."""
        return iter(())

    def stored_metadata(self, metadata: Mapping[str, str]) -> dict[str, str]:
        """Metadata is stored as sent."""
        return dict(metadata)

    def align(self, declared: Sequence[Mapping[str, Any]], actual: Optional[Entity]) -> list[dict[str, Any]]:
        """People are known only by e-mail, so rows are stored as declared."""
        return [dict(row) for row in declared]

    def chosen_id(self, resource: Resource, parent_id: str, key: str) -> Optional[str]:
        """The server chooses all ids."""
        return None

    def check(self, resource: Resource, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield (field, problem) for every value that the server would refuse."""
        limits = _LIMITS[resource.name]
        for name, value in values.items():
            if name not in COLUMNS[resource.name] or value in (None, "", []):
                continue
            if isinstance(value, str):
                written = titled(value) if name in ("priority", "status") else value
                for problem in _text(written, limits.get(name)):
                    yield name, problem
            if name == "uri" and not _URL.fullmatch(value):
                yield (
                    name,
                    "%r is not an address that this server takes: it must begin with http:// or https://%s"
                    % (value, address_hint(value, "https")),
                )
            if name == "threat_type" and resource is THREAT:
                for problem in _types(value):
                    yield name, problem
            if name == "parameters":
                for member in ("ref_value", "sub_path"):
                    for problem in _text(value.get(member) or "", _PARAMETER_LIMIT):
                        yield "parameters.%s" % member, problem
            if name == "authorization":
                for place, problem in _authorization(value):
                    yield place, problem
            if (name == "owner" or (name == "name" and resource.name == "document")) and _MARKUP.search(value):
                yield name, "must not hold any of < > \" ' &"

    def check_metadata(self, metadata: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """Yield (key, problem) for every entry that the server would refuse (V0-METADATA)."""
        for key, value in metadata.items():
            if not KEY_FORM.fullmatch(key):
                yield key, WRONG_KEY
            if not value.strip():
                yield key, "a value must not be blank"
            if len(value) > _VALUE_LIMIT:
                yield key, "has %d characters; this server keeps %d" % (len(value), _VALUE_LIMIT)
            if "<" in value or ">" in value:
                yield key, "must not hold < or >"

    def check_cells(self, cells: Sequence[Cell]) -> Iterable[tuple[str, str]]:
        """Yield (cell, problem) for every cell that the server would refuse (V0-CELLS)."""
        for cell in cells:
            for problem in _plain(cell.label, _LABEL_LIMIT):
                yield "%s.label" % (cell.key or cell.id), problem


def _plain(value: str, limit: Optional[int]) -> Iterator[str]:
    if limit is not None and len(value) > limit:
        yield "has %d characters; this server takes %d" % (len(value), limit)
    if "\x00" in value:
        yield "must not hold a NUL character"


def _text(value: str, limit: Optional[int]) -> Iterator[str]:
    yield from _plain(value, limit)
    scheme = _SCHEME.search(value)
    found = element(value) or (scheme.group() if scheme else "") or handler(value)
    if found:
        yield "the server's text filter would refuse %r: reword it" % found[:40]


def _types(value: Sequence[str]) -> Iterator[str]:
    for name in value:
        if "," in name:
            yield "%r: on this server a type cannot hold a comma" % name
    joined = Names("threat_type").to_metadata(value)
    yield from _text(joined, _THREAT_TYPE_LIMIT)


def _authorization(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for row in rows:
        if row.get("group") or row.get("provider"):
            yield "authorization", "this server knows users by e-mail only, no groups and no providers"
        elif not row.get("user"):
            yield "authorization", "a row needs a user (an e-mail address)"
        elif len(row["user"]) > 255 or _MARKUP.search(row["user"]):
            yield "authorization", "%r is not a user this server takes" % row["user"]
