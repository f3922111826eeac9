# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The canonical cell of a data-flow diagram, the same for every generation of the API.

Each generation converts it to and from its wire form (flat or nested geometry, ``edge`` or ``flow``); layout and
planning use only this form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Optional

from .geometry import Box

#: Shapes of nodes in TMI. A flow always has the canonical shape ``flow``, whatever the server calls it.
NODE_SHAPES = ("actor", "process", "store", "text-box")
BOUNDARY = "security-boundary"
FLOW = "flow"

#: Metadata key in ``data._metadata`` of a cell; it holds the user's key and marks cells that the collection manages.
KEY = "ansible_key"

#: Metadata keys for what the web editor drops whenever it saves a diagram: whether a flow leads both ways (any value),
#: its router, and whether the label of a box is empty (any value). Canonical cells have no such metadata.
TWO_WAY, ROUTER, UNNAMED = "ansible_two_way", "ansible_router", "ansible_unnamed"
MARKS = (TWO_WAY, ROUTER, UNNAMED)

#: Shape -> label that the web editor gives a box with an empty one.
EDITOR_LABELS = {
    "actor": "Actor",
    "process": "Process",
    "store": "Data Store",
    BOUNDARY: "Security Boundary",
    "text-box": "Text",
}

#: Start of the label of a flow that leads both ways: the editor draws an arrow head at the target only.
BOTH_WAYS = "\u2194"


def with_arrows(label: str) -> str:
    """Return the label of a flow that leads both ways as the editor shows it."""
    return ("%s %s" % (BOTH_WAYS, label)).rstrip(" ")


def without_arrows(label: str) -> str:
    """Return the label of a flow with the mark TWO_WAY as users write it."""
    return label[len(BOTH_WAYS) :].lstrip(" ") if label.startswith(BOTH_WAYS) else label


@dataclass(frozen=True)
class Cell:
    """One cell. Nodes and boundaries have ``geometry``; flows have ``source`` and ``target`` (ids of cells).

    ``metadata`` is the cell's ``data._metadata`` as a map. ``raw`` is the cell as the server sent it, or for a new cell
    its members without a canonical one: writes start from it, so that unknown members are kept.
    """

    id: str
    shape: str
    label: str = ""
    parent: Optional[str] = None
    geometry: Optional[Box] = None
    source: Optional[str] = None
    target: Optional[str] = None
    source_port: Optional[str] = None
    target_port: Optional[str] = None
    router: Optional[str] = None
    bidirectional: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> Optional[str]:
        """The key that the user gave the cell, None for a cell that the collection does not manage."""
        return self.metadata.get(KEY)

    @property
    def name(self) -> str:
        """The name of the cell in messages: its key, else its label, else its id."""
        return self.key or self.label or self.id

    @property
    def is_flow(self) -> bool:
        """Whether the cell connects two others."""
        return self.shape == FLOW

    @property
    def is_boundary(self) -> bool:
        """Whether the cell is a trust boundary, which may contain others."""
        return self.shape == BOUNDARY

    @property
    def is_locked(self) -> bool:
        """Whether a person locked the cell's place in the web editor, so that no layout moves it."""
        data = self.raw.get("data")
        return isinstance(data, Mapping) and bool(data.get("_layoutLocked"))
