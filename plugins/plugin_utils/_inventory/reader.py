# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Reads several kinds through one connection, as a list or as an inventory, for plugins of the controller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._api.client import connect, open_transport
from ansible_collections.tmi.tmi.plugins.module_utils._engine.ports import Source
from ansible_collections.tmi.tmi.plugins.module_utils._http.transport import Transport
from ansible_collections.tmi.tmi.plugins.module_utils._info.fields import MANAGED, kind_of
from ansible_collections.tmi.tmi.plugins.module_utils._info.query import QUERY_SPEC, Query, parse_query, projected
from ansible_collections.tmi.tmi.plugins.module_utils._info.reading import CachingSource, known_id, read, with_places
from ansible_collections.tmi.tmi.plugins.module_utils._options import connection_spec
from ansible_collections.tmi.tmi.plugins.plugin_utils._connection import request_log, show_warnings
from ansible_collections.tmi.tmi.plugins.plugin_utils._inventory.groups import Host, grouping, inventory

#: The value of the option ``as`` for an inventory; everything else gives a list.
INVENTORY = "inventory"
#: The options of plugins that read, as an argument spec: they are checked with it before core converts them.
READ_SPEC: Mapping[str, Any] = {
    **connection_spec(),
    **QUERY_SPEC,
    "regex": {"type": "str"},
    "as": {"type": "str"},
    "group_by": {"type": "list", "elements": "str"},
}


def fetch(terms: Sequence[Any], options: Mapping[str, Any]) -> list[Any]:
    """Return the objects of all kinds in ``terms``, or a list of one inventory with them. Raises TmiError.

    ``options``: those of the connection, of ``parse_query``, ``as`` and ``group_by``. All of them are checked before
    anything is sent.
    """
    queries = [parse_query(kind_of(str(term), MANAGED), options) for term in terms or ["threat_models"]]
    as_inventory = options.get("as") == INVENTORY
    if as_inventory:
        needed = [replace(query, fields=None, needs=_needs(query, options)) for query in queries]
    else:
        needed = queries
    with open_transport(options, read_only=True, log=request_log()) as transport:
        hosts = _read(transport, queries, needed)
        show_warnings(transport)
    return [inventory(hosts, options.get("group_by"))] if as_inventory else [host.chosen for host in hosts]


def _needs(query: Query, options: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    """Return the paths for groups that must be read; the default fields for groups need no request."""
    asked = grouping(query.kind, options.get("group_by"))
    return (*(query.fields or ()), *(asked if options.get("group_by") else ()))


def _read(transport: Transport, queries: Sequence[Query], needed: Sequence[Query]) -> list[Host]:
    server: Source = connect(transport, known_id(queries[0]))
    if len(queries) > 1 and queries[0].kind.is_child:
        server = CachingSource(server, with_places({query.kind.plural for query in queries}))
    hosts = []
    for query, need in zip(queries, needed, strict=True):
        found = read(server, need).objects
        hosts += [Host(query.kind, shown, shown if need is query else projected(query, shown)) for shown in found]
    return hosts
