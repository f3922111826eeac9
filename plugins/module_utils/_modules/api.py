# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The module ``tmi_api``: any request to a TMI server."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Mapping, Optional

from .._api.any_list import all_rows, part_of
from .._errors import InputError, MissingError
from .._http.request import Response
from .._http.transport import Transport
from .._options import REQUIRED_BY, connection_spec
from .comparison import Difference, diff_of, difference, has_secrets
from .endpoint import METHODS, Endpoint, checked_path, checked_query, endpoint_of
from .module import Context, Module

if TYPE_CHECKING:
    from .module import Result

API_SPEC: Mapping[str, Mapping[str, Any]] = {
    "method": {"type": "str", "choices": list(METHODS)},
    "path": {"type": "str", "required": True},
    "query": {"type": "dict"},
    "body": {"type": "raw"},
    "secret_body": {"type": "dict", "no_log": True},
    "body_format": {"type": "str", "choices": ["json", "form"], "default": "json"},
    "patch": {"type": "list", "elements": "dict"},
    "headers": {"type": "dict"},
    "expect": {"type": "list", "elements": "int"},
    "all_pages": {"type": "bool", "default": False},
    "compare": {
        "type": "dict",
        "options": {
            "path": {"type": "str"},
            "query": {"type": "dict"},
            "key": {"type": "list", "elements": "str", "no_log": False},
            "ignore": {"type": "list", "elements": "str"},
        },
    },
    "warn": {"type": "bool", "default": True},
}
#: Headers of an answer that the result has.
_SHOWN_HEADERS = ("location", "etag", "retry-after", "deprecation", "x-request-id")
_SUCCESS = range(200, 300)

_CHILD = r"/threat_models/[^/]+/"
#: Path of an endpoint -> module that writes there.
_WRITERS: tuple[tuple[str, str], ...] = (
    (r"/threat_models(/[^/]+)?", "tmi_threat_model"),
    (_CHILD + r"threats(/(?!bulk|batch)[^/]+|/bulk|/batch.*)?", "tmi_threat"),
    (_CHILD + r"diagrams(/[^/]+)?", "tmi_diagram"),
    (_CHILD + r"documents(/[^/]+)?", "tmi_document"),
    (_CHILD + r"(sources|repositories)(/[^/]+)?", "tmi_source"),
    (_CHILD + r"assets(/[^/]+)?", "tmi_asset"),
    (_CHILD + r"notes(/[^/]+)?", "tmi_note"),
    (r"/threat_models/.+/metadata(/[^/]+)?", "tmi_metadata"),
    (r"/admin/webhooks/subscriptions(/[^/]+)?", "tmi_webhook"),
    (r"/oauth2/(authorize|token|refresh|revoke)", "tmi_token"),
)
_READ = re.compile(
    r"/|/threat_models(/[^/]+(/(threats|diagrams|documents|sources|repositories|assets|notes|metadata)(/[^/]+)?)?)?"
    r"|/admin/webhooks/(subscriptions|deliveries)|/collaboration/sessions|/me/sessions|/oauth2/(providers|userinfo|introspect)|/\.well-known/.+"
)


def api_module() -> Module:
    """Return the module that sends any request."""
    spec = {**connection_spec(), **{name: dict(entry) for name, entry in API_SPEC.items()}}
    rules = {"mutually_exclusive": [("body", "patch"), ("secret_body", "patch")], "required_by": REQUIRED_BY}
    return Module(spec, _work, rules, secret_results=("has_secrets",))


def _work(params: Mapping[str, Any], context: Context) -> Result:
    endpoint = endpoint_of(params)
    compare = _compare(params.get("compare"), endpoint)
    expect = _expected(params.get("expect"))
    warnings = [_module_words(endpoint)] if params.get("warn") else []
    if params.get("all_pages"):
        if not endpoint.is_read:
            raise InputError("reads lists: the method must be GET", "all_pages")
        if params.get("expect"):
            raise InputError("cannot be given with all_pages, which needs all pages", "expect")
        result = _listed(context.transport, endpoint)
    elif endpoint.is_read:
        result = {"changed": False, **_answer(_send(context.transport, endpoint, expect))}
    else:
        result = _written(endpoint, compare, expect, context)
    if has_secrets([result.get("json"), result.get("resources"), endpoint.query, _open_body(endpoint, params)]):
        result["has_secrets"] = True
    if any(warnings):
        result["warnings"] = warnings
    return result


def _open_body(endpoint: Endpoint, params: Mapping[str, Any]) -> Any:
    """Return the body without the members of ``secret_body``, which are masked."""
    if isinstance(endpoint.body, Mapping):
        return {name: value for name, value in endpoint.body.items() if name not in (params.get("secret_body") or {})}
    return endpoint.body


def _listed(transport: Transport, endpoint: Endpoint) -> Result:
    def read(query: Mapping[str, Any]) -> Any:
        return _send(transport, replace(endpoint, query=query), _SUCCESS).data

    rows = all_rows(read, endpoint.query, "GET %s" % endpoint.path)
    return {"changed": False, "status": 200, "resources": rows, "count": len(rows)}


def _written(endpoint: Endpoint, compare: Optional[Mapping[str, Any]], expect: Any, context: Context) -> Result:
    found = Difference(True, None, endpoint.body)
    if compare is not None:
        found = difference(endpoint, _state(context.transport, endpoint, compare), compare)
    diff = diff_of(found, "%s %s" % (endpoint.method, endpoint.path)) if compare is not None else []
    if not found.is_needed:
        return {"changed": False, "json": found.found, "diff": diff}
    if context.check_mode:
        return {"changed": True, "request": endpoint.shown(), "diff": diff}
    answer = _send(context.transport, endpoint, expect)
    changed = answer.status < 400
    return {"changed": changed, "diff": diff if changed else [], **_answer(answer)}


def _state(transport: Transport, endpoint: Endpoint, compare: Mapping[str, Any]) -> Any:
    """Return the object at the path of the comparison, or its rows if a key is given; None for a missing object."""
    read = Endpoint("GET", compare["path"], compare["query"])
    if compare.get("key"):
        return all_rows(lambda query: _send(transport, replace(read, query=query), _SUCCESS).data, read.query, "GET")
    try:
        state = _send(transport, read, _SUCCESS).data
    except MissingError:
        if endpoint.method == "PATCH":
            raise
        return None
    if endpoint.method == "POST" and isinstance(endpoint.body, Mapping) and _is_list(state, endpoint.body):
        words = "is missing: the answer at compare.path is a list. Name the members that identify the object in it"
        raise InputError(words, "compare.key")
    return state


def _is_list(state: Any, body: Mapping[str, Any]) -> bool:
    """Whether an answer is a list or a page of one, and not the object that the body describes."""
    if isinstance(state, Mapping) and any(name in state for name in body):
        return False
    try:
        found = part_of(state)
    except InputError:
        return False
    return isinstance(state, list) or found.total is not None or found.cursor is not None


def _send(transport: Transport, endpoint: Endpoint, expect: Any) -> Response:
    return transport.request(
        endpoint.method,
        endpoint.path,
        params=endpoint.query or None,
        json=endpoint.body,
        content_type=endpoint.content_type,
        headers=endpoint.headers,
        expect=expect,
        takes_text=True,
    )


def _answer(answer: Response) -> Result:
    headers = {name: answer.headers[name] for name in _SHOWN_HEADERS if answer.headers.get(name)}
    result: Result = {"status": answer.status, "json": answer.data, "headers": headers}
    if answer.text:
        result["text"] = answer.text
    if answer.binary:
        result["base64"] = b64encode(answer.binary).decode("ascii")
    return result


def _expected(given: Any) -> Any:
    for index, status in enumerate(given or ()):
        if not 200 <= status <= 599:
            raise InputError("must be a status of HTTP, from 200 to 599", "expect[%d]" % index)
    return tuple(given) if given else _SUCCESS


def _compare(given: Optional[Mapping[str, Any]], endpoint: Endpoint) -> Optional[Mapping[str, Any]]:
    if given is None:
        return None
    if endpoint.is_read:
        raise InputError("is for writes: GET changes nothing", "compare")
    path = given.get("path")
    if path is None and endpoint.method == "POST":
        raise InputError("is needed with POST: the path of what it creates, or of the list with it", "compare.path")
    if given.get("key") and endpoint.method != "POST":
        raise InputError("finds what POST would create; %s has the object in its path" % endpoint.method, "compare.key")
    return {
        **given,
        "path": endpoint.path if path is None else checked_path(path, "compare.path"),
        "query": checked_query(given.get("query"), "compare.query"),
    }


def _module_words(endpoint: Endpoint) -> str:
    """Return the warning about a module that does the same; "" if there is none."""
    found = ""
    if endpoint.is_read or endpoint.path == "/oauth2/introspect":
        found = "tmi_info" if _READ.fullmatch(endpoint.path) else ""
    else:
        found = next((name for pattern, name in _WRITERS if re.fullmatch(pattern, endpoint.path)), "")
    if not found:
        return ""
    more = "" if endpoint.is_read else ", and changes only what differs"
    return "path: tmi.tmi.%s does this too%s; with warn=false this warning is not shown" % (found, more)
