# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The module ``tmi_info``: reads any object of a TMI server, and the server's description of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Optional

from .._api import info_reads, webhooks
from .._api.client import connect
from .._engine.ports import Server
from .._errors import InputError, UnsupportedError
from .._http.transport import Transport
from .._info.fields import (
    AUDIT,
    DELIVERY,
    GROUP,
    KINDS,
    METADATA,
    PROVIDER,
    SERVER,
    SESSION,
    TOKEN,
    USER,
    WEBHOOK,
    WELL_KNOWN,
    kind_of,
    names_of,
)
from .._info.query import QUERY_SPEC, Query, parse_query
from .._info.reading import QueryResult, find_model, finish, known_id, read
from .._options import REQUIRED_BY, connection_spec
from .._resources._catalog import CHILDREN
from .._resources._fields import quoted
from .._resources.reference import is_id
from .module import Context, Module
from .webhook import require_webhooks

if TYPE_CHECKING:
    from .module import Result

#: Options that name an object in the model whose metadata is read, as in ``tmi_metadata``.
TARGETS = tuple(resource.name for resource in CHILDREN)
#: What ``tmi_info`` reads, and the options that select it.
INFO_KINDS = KINDS
INFO_SPEC: Mapping[str, Mapping[str, Any]] = {**QUERY_SPEC, **{name: {"type": "str"} for name in TARGETS}}
#: Kinds that are read without the generation of the server.
OFFLINE = (SERVER, TOKEN, USER, PROVIDER, WELL_KNOWN, GROUP)


def info_module() -> Module:
    """Return the module that reads."""
    spec: dict[str, Any] = {
        **connection_spec(),
        "resource": {"type": "str", "choices": names_of(KINDS), "required": True},
        **{name: dict(entry) for name, entry in INFO_SPEC.items()},
    }
    rules = {"mutually_exclusive": [("name", "id"), TARGETS], "required_by": REQUIRED_BY}
    return Module(spec, _work, rules)


def _work(params: Mapping[str, Any], context: Context) -> Result:
    query, target = asked(params)
    found = find(context.transport, query, target)
    return {"changed": False, "resources": found.objects, "count": len(found.objects), "total": found.total}


def asked(params: Mapping[str, Any]) -> tuple[Query, Optional[tuple[str, str]]]:
    """Return the query of a task, and (kind, name or id) of the object whose metadata it means. Raises InputError."""
    query = parse_query(kind_of(params["resource"]), params)
    if query.id and query.kind.resource is not None and not is_id(query.id):
        raise InputError("%s is not an id: ids are UUIDs; for a name use the option name" % quoted(query.id), "id")
    return query, _target(query, params)


def _target(query: Query, params: Mapping[str, Any]) -> Optional[tuple[str, str]]:
    for name in TARGETS:
        if params.get(name) is not None:
            if query.kind is not METADATA:
                raise InputError("can only be used with the resource metadata", name)
            return name, params[name]
    return None


def find(
    transport: Transport,
    query: Query,
    target: Optional[tuple[str, str]] = None,
    server: Optional[Server] = None,
) -> QueryResult:
    """Return the result of a query. ``server``: the server behind the transport, if it is known. Raises TmiError."""
    if query.id and query.kind in (METADATA, USER, TOKEN, SERVER, WELL_KNOWN, GROUP):
        raise InputError("cannot be used with %s" % query.kind.plural, "id")
    if query.kind is SERVER:
        return finish(query, [info_reads.server(transport)])
    if query.kind is TOKEN:
        return finish(query, [info_reads.token(transport, verify="active" in query.heads())])
    if query.kind is WELL_KNOWN:
        return finish(query, info_reads.well_known(transport))
    if query.kind is GROUP:
        return finish(query, info_reads.provider_groups(transport))
    if query.kind is USER:
        return finish(query, [info_reads.user(transport)])
    if query.kind is PROVIDER:
        return finish(query, _by_id(query, info_reads.providers(transport)))
    server = server or connect(transport, known_id(query))
    if query.kind is SESSION:
        return finish(query.for_server(server.rules), _by_id(query, server.sessions()))
    if query.kind in (WEBHOOK, DELIVERY):
        require_webhooks(server)
        rows = webhooks.webhooks(transport) if query.kind is WEBHOOK else webhooks.deliveries(transport)
        return finish(query, _by_id(query, rows))
    if query.kind is AUDIT:
        if not server.has_webhooks:
            raise UnsupportedError("this server keeps no audit trail: that needs TMI 1.8, and its API v1")
        model = find_model(server, str(query.threat_model), ())
        return finish(query, _by_id(query, info_reads.audit_trail(transport, model.id)))
    return read(server, query, target)


def _by_id(query: Query, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if not query.id or row.get("id") == query.id]
