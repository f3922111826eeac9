# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The hosts of the inventory plugin: the threat models of a server, or those in files."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._api.client import connect, open_transport
from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_documents
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import Document, find_files
from ansible_collections.tmi.tmi.plugins.module_utils._definition.sources import read_documents
from ansible_collections.tmi.tmi.plugins.module_utils._engine.display.view import view_entity
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Desired, Entity
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._info.fields import COUNTS, MODEL
from ansible_collections.tmi.tmi.plugins.module_utils._info.query import (
    SECTIONS,
    Query,
    matching,
    parse_query,
    projected,
)
from ansible_collections.tmi.tmi.plugins.module_utils._info.reading import read
from ansible_collections.tmi.tmi.plugins.module_utils._login.auth import Auth
from ansible_collections.tmi.tmi.plugins.module_utils._login.tokens import jwt_claims
from ansible_collections.tmi.tmi.plugins.module_utils._modules.definition import refuse_same_models
from ansible_collections.tmi.tmi.plugins.module_utils._options import Settings
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat import SEVERITIES
from ansible_collections.tmi.tmi.plugins.plugin_utils._connection import request_log, show_warnings
from ansible_collections.tmi.tmi.plugins.plugin_utils._inventory.groups import (
    DEFINITIONS,
    MODELS,
    Host,
    inventory,
    safe_host_names,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._inventory.reader import READ_SPEC

#: The default fields of a host: all fields of a model except its children.
FIELDS = tuple((name,) for name in MODEL.names if name not in SECTIONS)
#: Options that select what is read, besides the connection.
ASKED = ("filters", "regex", "fields", "include", "threat_summary")
#: The options of the plugin without expressions, as an argument spec.
SPEC: Mapping[str, Any] = {
    **READ_SPEC,
    "definitions": {"type": "list", "elements": "path"},
    "threat_summary": {"type": "bool"},
}


def from_server(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inventory (shape: ``groups.inventory``) of a server's models. Raises TmiError.

    ``options``: those of the connection, and ``ASKED``. Without ``fields`` each model is read completely.
    """
    query = parse_query(MODEL, options)
    needs = (*(query.fields or FIELDS), *((("threats", "severity"),) if options.get("threat_summary") else ()))
    with open_transport(options, read_only=True, log=request_log()) as transport:
        found = read(connect(transport), replace(query, fields=None, needs=needs)).objects
        show_warnings(transport)
    return _inventory([Host(MODEL, shown, _shown(query, shown, options)) for shown in found])


def from_files(options: Mapping[str, Any], source: str) -> dict[str, Any]:
    """Return the inventory of the models in ``definitions``, relative to the folder of the file ``source``.

    All files are checked as by ``tmi_definition`` before it writes: hosts may be handled one by one in several jobs, so
    no job would detect that a later file is wrong, or that two files define one model. Raises InputError. Hosts also
    have ``tmi_key`` and ``tmi_definition_file``, and are also in ``tmi_definitions``.
    """
    query = parse_query(MODEL, options)
    chosen = {}
    for document, desired in _compiled(_files(options["definitions"], source)):
        shown = _defined(desired)
        if matching(query, [shown]):
            own = {"key": desired.key, "definition_file": document.files[0]}
            chosen[desired.label] = Host(MODEL, shown, {**_shown(query, shown, options), "id": desired.id, **own})
    made = _inventory(list(chosen.values()))
    made[DEFINITIONS] = {"hosts": list(made["_meta"]["hostvars"])}
    made["all"]["children"].append(DEFINITIONS)
    return made


def fingerprint(options: Mapping[str, Any]) -> str:
    """Return the identity of a query to a server, for a cache, without a secret. Raises InputError."""
    asked: list[Any] = [options.get(name) for name in ASKED]
    return _digest([*asked, account(options)])


def account(options: Mapping[str, Any]) -> str:
    """Return the identity of an account of a server, without a request. Raises InputError.

    It is a digest of the known data of the account: the person in the token, so that the next token of the same person
    gives the same identity, or the login. The digest does not reveal a token.
    """
    settings = Settings.from_params(options)
    login = [settings.login_provider, settings.login_hint.lower(), settings.client_id, settings.client_cert]
    return _digest([settings.url, *login, _person(settings)])


def _person(settings: Settings) -> Any:
    """Return the person of the known tokens; for a token without a person, the token itself."""
    token = settings.token
    if not (token or settings.refresh_token or settings.login_hint or settings.client_id):
        cached = Auth(settings).cached()  # a login in a browser
        token = cached.access_token if cached is not None else ""
    claims = jwt_claims(token)
    claims_of_person = [claims.get(name) for name in ("iss", "idp", "sub", "email")]
    return claims_of_person if claims.get("sub") or claims.get("email") else token or settings.refresh_token


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, default=str, sort_keys=True).encode()).hexdigest()


def _inventory(hosts: Sequence[Host]) -> dict[str, Any]:
    """Return the inventory. The group of all models is always there, because plays name it."""
    return {MODELS: {"hosts": []}, **inventory(hosts, (), safe_host_names)}


def _shown(query: Query, shown: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields for a host's variables; those that are not set are null."""
    chosen = projected(query if query.fields else replace(query, fields=FIELDS), shown)
    if not query.fields:
        chosen.update(metadata=chosen["metadata"] or {}, authorization=chosen["authorization"] or [])
    if options.get("threat_summary"):
        chosen["threat_summary"] = _summary(shown["threats"])
    return chosen


def _summary(threats: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return the number of threats of each severity; any other word, or none, counts as unknown."""
    found = Counter(threat.get("severity") for threat in threats)
    known = {severity: found.pop(severity, 0) for severity in SEVERITIES}
    return {**known, "unknown": known["unknown"] + sum(found.values())}


# ------------------------------------------------------------------------------------------------------- files
def _files(sources: Iterable[str | int], source: str) -> list[str]:
    folder = os.path.dirname(os.path.abspath(source))
    paths = [os.path.join(folder, os.path.expanduser(str(path))) for path in sources]  # core leaves numbers
    try:
        files = [os.path.abspath(path) for path in find_files(paths)]
    except InputError as error:
        raise InputError(error.message, "definitions") from None
    return [
        path for path in files if path != os.path.abspath(source)
    ]  # the inventory may be in the folder of its models


def _compiled(files: Sequence[str]) -> list[tuple[Document, Desired]]:
    documents = read_documents({"src": files}) if files else []
    wanted = compile_documents(documents)
    refuse_same_models(wanted)
    return list(zip(documents, wanted, strict=True))


def _defined(desired: Desired) -> dict[str, Any]:
    """Return a defined model in the form of a model from a server, with its children.

    Without an id it gets a digest of its name, which is unique, to distinguish the hosts.
    """
    shown = _viewed(desired)
    shown["id"] = desired.id or hashlib.sha256(desired.label.encode()).hexdigest()[:8]
    for plural in SECTIONS:
        shown[plural] = [_viewed(child) for child in desired.children if child.resource.plural == plural]
    return {**shown, **{name: len(shown[plural]) for name, plural in COUNTS.items()}}


def _viewed(desired: Desired) -> dict[str, Any]:
    shown = view_entity(Entity(desired.resource, desired.id or "", desired.values, desired.metadata))
    return {**shown, "id": desired.id}
