# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""One declared cell, and the words that users write for its type, its ports and its router."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Callable, Optional

from ..._cells.cell import BOUNDARY

#: The minimum size of a node, in pixels: both generations refuse smaller ones.
MIN_WIDTH, MIN_HEIGHT = 40, 30

#: Names of shapes that users write -> TMI's names (V0-CLIENT-NAMES).
TYPES = {
    "actor": "actor",
    "external": "actor",
    "external_entity": "actor",
    "process": "process",
    "store": "store",
    "datastore": "store",
    "data_store": "store",
    "text": "text-box",
    "text_box": "text-box",
    "boundary": BOUNDARY,
    "trust_boundary": BOUNDARY,
    "security_boundary": BOUNDARY,
}

#: The names that messages list.
WORDS = ("actor", "process", "store", "text", "boundary")

#: Ports of a node, as the web editor names them.
PORTS = {name: name for name in ("top", "right", "bottom", "left")}

#: Routers of flows that both generations accept; ``oneSide`` is the editor's spelling of ``one_side``.
ROUTERS = {name: name for name in ("normal", "orth", "one_side", "manhattan", "metro", "er")}
ROUTERS["oneside"] = "one_side"

#: A key -> the id its cell would get.
IdFor = Callable[[str], str]


@dataclass(frozen=True)
class DesiredCell:
    """One declared cell. None means that a field is not declared: an existing cell keeps it.

    ``kind``: node, boundary or flow. ``id``: the id of a new cell. ``container``, ``source`` and ``target``: such ids,
    or ids of undeclared cells on the server; ``container`` is "" for a cell in no boundary. ``metadata``: declared
    entries, "" removes one. ``raw_members``: members in the wire form that canonical cells do not have. ``path``: the
    place of the declaration, for messages. ``has_id``: whether the user wrote the id.
    """

    key: str
    id: str
    kind: str
    path: str = ""
    shape: Optional[str] = None
    label: Optional[str] = None
    container: Optional[str] = None
    source: Optional[str] = None
    target: Optional[str] = None
    source_port: Optional[str] = None
    target_port: Optional[str] = None
    router: Optional[str] = None
    bidirectional: Optional[bool] = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    x: Optional[float] = None
    y: Optional[float] = None
    width: Optional[float] = None
    height: Optional[float] = None
    raw_members: Mapping[str, Any] = field(default_factory=dict)
    has_id: bool = False

    @property
    def is_placed(self) -> bool:
        """Whether the user has declared any part of the geometry."""
        return not (self.x is None and self.y is None and self.width is None and self.height is None)
