# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What the inventory plugin makes hosts of: the threat models of a server, or those that files define."""

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
from ansible_collections.tmi.tmi.plugins.module_utils._modules.definition import refuse_twins
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

#: What a host shows unless fields are chosen: all that a model has but its children.
FIELDS = tuple((name,) for name in MODEL.names if name not in SECTIONS)
#: Options that decide what is read, besides the connection.
ASKED = ("filters", "regex", "fields", "include", "threat_summary")
#: The options of the plugin that are no expressions, as an argument spec.
SPEC: Mapping[str, Any] = {
    **READ_SPEC,
    "definitions": {"type": "list", "elements": "path"},
    "threat_summary": {"type": "bool"},
}


def from_server(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inventory (shape: ``_inventory.inventory``) of a server's models. Raises TmiError.

    ``options``: those of the connection, and ``ASKED``. Without ``fields`` each model is read whole.
    """
    query = parse_query(MODEL, options)
    needs = (*(query.fields or FIELDS), *((("threats", "severity"),) if options.get("threat_summary") else ()))
    with open_transport(options, read_only=True, log=request_log()) as transport:
        found = read(connect(transport), replace(query, fields=None, needs=needs)).objects
        show_warnings(transport)
    return _inventory([Host(MODEL, shown, _shown(query, shown, options)) for shown in found])


def from_files(options: Mapping[str, Any], source: str) -> dict[str, Any]:
    """Return the inventory of the models that ``definitions`` name, relative to the folder of the file ``source``.

    All files are checked as ``tmi_definition`` does before it writes anything: hosts may be worked on one by one, in
    several jobs, so that nothing else would tell that a later one is wrong, or that two are of one model. Raises
    InputError. Hosts have ``tmi_key`` and ``tmi_definition_file`` besides; they also are in ``tmi_definitions``.
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
    """Return what tells one question to one server from another, for a cache. Holds no secret. Raises InputError."""
    asked: list[Any] = [options.get(name) for name in ASKED]
    return _digest([*asked, account(options)])


def account(options: Mapping[str, Any]) -> str:
    """Return what tells one account of one server from another, without a request. Raises InputError.

    It is a digest of what is known of the account: who a token says it is for, so that the next token of the same
    person is known again, or the login that leads to one. No token can be had from it.
    """
    settings = Settings.from_params(options)
    login = [settings.login_provider, settings.login_hint.lower(), settings.client_id, settings.client_cert]
    return _digest([settings.url, *login, _person(settings)])


def _person(settings: Settings) -> Any:
    """Return whom the tokens at hand are for; of a token that does not tell, the token itself."""
    token = settings.token
    if not (token or settings.refresh_token or settings.login_hint or settings.client_id):
        cached = Auth(settings).cached()  # somebody has logged in with a browser
        token = cached.access_token if cached is not None else ""
    claims = jwt_claims(token)
    claims_of_person = [claims.get(name) for name in ("iss", "idp", "sub", "email")]
    return claims_of_person if claims.get("sub") or claims.get("email") else token or settings.refresh_token


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, default=str, sort_keys=True).encode()).hexdigest()


def _inventory(hosts: Sequence[Host]) -> dict[str, Any]:
    """Return the inventory, with the group of all models also where there is none: plays name it."""
    return {MODELS: {"hosts": []}, **inventory(hosts, (), safe_host_names)}


def _shown(query: Query, shown: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a host's variables; each is there, those that are not set as null."""
    chosen = projected(query if query.fields else replace(query, fields=FIELDS), shown)
    if not query.fields:
        chosen.update(metadata=chosen["metadata"] or {}, authorization=chosen["authorization"] or [])
    if options.get("threat_summary"):
        chosen["threat_summary"] = _summary(shown["threats"])
    return chosen


def _summary(threats: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return how many threats have each severity; one without any, or with a word of its own, counts as unknown."""
    found = Counter(threat.get("severity") for threat in threats)
    known = {severity: found.pop(severity, 0) for severity in SEVERITIES}
    return {**known, "unknown": known["unknown"] + sum(found.values())}


# ------------------------------------------------------------------------------------------------------- files
def _files(sources: Iterable[str], source: str) -> list[str]:
    folder = os.path.dirname(os.path.abspath(source))
    paths = [os.path.join(folder, os.path.expanduser(path)) for path in sources]
    try:
        files = [os.path.abspath(path) for path in find_files(paths)]
    except InputError as error:
        raise InputError(error.message, "definitions") from None
    return [path for path in files if path != os.path.abspath(source)]  # an inventory may lie among its models


def _compiled(files: Sequence[str]) -> list[tuple[Document, Desired]]:
    documents = read_documents({"src": files}) if files else []
    wanted = compile_documents(documents)
    refuse_twins(wanted)
    return list(zip(documents, wanted, strict=True))


def _defined(desired: Desired) -> dict[str, Any]:
    """Return a defined model as a model that was read is shown, with its children.

    The id of one that has none is a digest of its name, of which there is no second: it is what tells hosts apart.
    """
    shown = _viewed(desired)
    shown["id"] = desired.id or hashlib.sha256(desired.label.encode()).hexdigest()[:8]
    for plural in SECTIONS:
        shown[plural] = [_viewed(child) for child in desired.children if child.resource.plural == plural]
    return {**shown, **{name: len(shown[plural]) for name, plural in COUNTS.items()}}


def _viewed(desired: Desired) -> dict[str, Any]:
    shown = view_entity(Entity(desired.resource, desired.id or "", desired.values, desired.metadata))
    return {**shown, "id": desired.id}
