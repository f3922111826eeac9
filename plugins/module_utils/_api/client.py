# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""From connection options to a server of the right generation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Mapping, Optional, Protocol

from .._engine.ports import Server
from .._engine.tree import Entity
from .._errors import MissingError, TmiError
from .._failures import UNSUPPORTED, WRONG_ANSWER
from .._http.request_log import RequestLog
from .._http.transport import Transport
from .._login.auth import Auth
from .._options import Settings
from . import detect, info_reads
from .paging import PAGE
from .server import Prefetched, path_segment, request_key
from .v0.server import V0Server
from .v1.server import V1Server

if TYPE_CHECKING:
    from .._session.channel import WatchedChannel


class AnyServer(Server, Protocol):
    """A server of any generation, with the sessions of its diagrams."""

    def channel(self, diagram: Entity) -> WatchedChannel:
        """Return the collaboration session of a diagram, neither joined nor opened."""


#: The server class of every generation in ``_options.GENERATIONS``.
SERVERS: Mapping[str, Callable[[Transport, Prefetched], AnyServer]] = {"v0": V0Server, "v1": V1Server}


def open_transport(
    params: Mapping[str, Any], read_only: bool, log: Optional[Callable[[str], None]] = None
) -> Transport:
    """Return a transport for the connection options in ``params``. Raises InputError.

    ``log`` gets a line for each request.
    """
    settings = Settings.from_params(params)
    transport = Transport(settings, Auth(settings), read_only=read_only)
    if log is not None:
        transport.log = RequestLog(log, transport.censor)
    return transport


def connect(transport: Transport, model_id: Optional[str] = None) -> AnyServer:
    """Return the server behind a transport.

    The generation is detected from an answer that is needed anyway (V0-DETECT): the model that the task names by id,
    else the first page of the list of models. Raises TmiError for a server between the generations.
    """
    generation = transport.settings.api
    prefetched: Prefetched = {}
    if generation == "auto":
        generation = (_by_model(transport, model_id, prefetched) if model_id else "") or _by_list(transport, prefetched)
    if generation not in SERVERS:
        url = transport.settings.url
        raise TmiError(detect.unsupported(generation or None, url), UNSUPPORTED if generation else WRONG_ANSWER)
    return SERVERS[generation](transport, prefetched)


def _by_model(transport: Transport, model_id: str, prefetched: Prefetched) -> str:
    path = "/threat_models/%s" % path_segment(model_id)
    try:
        answer = transport.request("GET", path, what="threat model %s" % model_id, role="reader")
    except MissingError:
        return ""  # does not show the generation; the caller gets the error again when it reads the model
    prefetched[request_key(path)] = answer
    return detect.generation_of_model(answer.data) or ""


def _by_list(transport: Transport, prefetched: Prefetched) -> str:
    path, params = "/threat_models", {"limit": PAGE, "offset": 0}
    answer = transport.request("GET", path, params=params, what="threat models", role="reader")
    prefetched[request_key(path, params)] = answer
    found = detect.generation_of_list(answer.data)
    if found is None:  # an empty list, or items that do not show the generation
        root = transport.request("GET", "/", authenticated=False, what="server")
        found = detect.generation_of_root(root.data)
        info_reads.warn_if_untested(transport, root.data)
    return found or ""
