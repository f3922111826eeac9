# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The common part of the channels of all generations: the diagram, its addresses and the transport."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Optional, Sequence

from .._cells.cell import Cell
from .._engine.tree import Entity
from .._http.frames import library
from .._http.shapes import Shape
from .._http.transport import Transport
from .._journal import Write
from .server import entity_path
from .session_messages import progress_seconds_of


class BaseChannel:
    """The session of ``diagram``. ``caller`` returns the account's e-mail; used only if no answer contains it.

    Raises TmiError if the library for WebSockets is missing.
    """

    #: Shape of the diagram in answers.
    diagram_shape: Shape
    #: The cells of the generation.
    cells_from_wire: Callable[[Optional[Sequence[Mapping[str, Any]]]], Sequence[Cell]]

    def __init__(self, transport: Transport, diagram: Entity, caller: Callable[[], str]) -> None:
        library()
        self._transport = transport
        self._caller = caller
        self._path = entity_path(diagram)
        self._collaborate = self._path + "/collaborate"
        self.what = 'diagram "%s"' % diagram.label
        self.timeout = transport.settings.timeout
        self.progress_seconds = progress_seconds_of(transport.settings)

    def read(self) -> Sequence[Cell]:
        """GET the diagram."""
        answer = self._transport.request("GET", self._path, what=self.what, shape=self.diagram_shape)
        return self.cells_from_wire(answer.data.get("cells"))

    def count_message(self) -> Write:
        """Count a message of operations as one write, as the server does (ENGINE-15)."""
        return self._transport.count_operation("WebSocket %s/ws" % self._path)
