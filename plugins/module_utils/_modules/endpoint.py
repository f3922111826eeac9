# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""A request to any endpoint, out of the options of ``tmi_api``. Pure: every mistake is found before a request."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, Mapping, Optional, Sequence
from urllib.parse import quote, unquote

from .._errors import InputError
from .._http.request import FORM
from .._values import as_builtins

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
JSON, JSON_PATCH = "application/json", "application/json-patch+json"
#: Operations of RFC 6902, with the member that each needs besides ``op`` and ``path``.
OPERATIONS: Mapping[str, str] = {
    "add": "value",
    "remove": "",
    "replace": "value",
    "move": "from",
    "copy": "from",
    "test": "value",
}
#: Headers that the collection sets itself, or that belong to the connection.
_OWN_HEADERS = frozenset(
    (
        *("authorization", "cookie", "host", "content-type", "content-length", "content-encoding", "connection"),
        *("transfer-encoding", "te", "trailer", "upgrade", "expect", "keep-alive", "proxy-authorization"),
    )
)
_POINTER = re.compile(r"(/([^~/]|~[01])*)*")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_BAD_IN_PATH = re.compile(r"[\x00-\x20\x7f\\]")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_QUERY_IN_PATH = "must not contain ? or #: give the query with the option query, and quote ? as %3F"
_PERCENT_IN_PATH = "contains a % that is not followed by two hexadecimal digits: quote it as %25"
#: Characters of a path that stay as they are (RFC 3986, section 3.3), and the percent sign of quoted ones.
_KEPT = "/%:@!$&'()*+,;=-._~"


@dataclass(frozen=True)
class Endpoint:
    """One request. ``path`` is quoted; ``body`` None: the request has none."""

    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_read(self) -> bool:
        return self.method == "GET"

    def shown(self) -> dict[str, Any]:
        """Return the request for the result."""
        return {"method": self.method, "path": self.path, "query": dict(self.query), "body": self.body}


def endpoint_of(params: Mapping[str, Any]) -> Endpoint:
    """Return the request that a task describes. Raises InputError."""
    patch, body, secret = params.get("patch"), params.get("body"), params.get("secret_body")
    method = params.get("method") or ("PATCH" if patch is not None else "GET")
    path = checked_path(params["path"], "path")
    query = checked_query(params.get("query"), "query")
    headers = _headers(params.get("headers"))
    if patch is not None:
        if method != "PATCH":
            raise InputError("is only sent with the method PATCH, not %s" % method, "patch")
        return Endpoint(method, path, query, checked_patch(patch), JSON_PATCH, headers)
    body = _body(body)
    if secret:
        if body is not None and not isinstance(body, Mapping):
            raise InputError("needs a body that is a map", "secret_body")
        body = {**(body or {}), **as_builtins(secret, "secret_body")}
    if body is not None and method == "GET":
        raise InputError("cannot be sent with GET: give the method", "body" if not secret else "secret_body")
    if params.get("body_format") == "form":
        return Endpoint(method, path, query, _form(body), FORM, headers)
    return Endpoint(method, path, query, body, JSON, headers)


def checked_path(path: str, where: str) -> str:
    """Return a path relative to the server, quoted. Raises InputError for one that could mean another place."""
    if not path.startswith("/"):
        raise InputError("must begin with /, and is relative to url: /threat_models, not an address", where)
    if "?" in path or "#" in path:
        raise InputError(_QUERY_IN_PATH, where)
    if "{" in path or "}" in path:
        raise InputError("contains a placeholder in braces: put the id there", where)
    if _BAD_IN_PATH.search(path):
        raise InputError("contains a blank, a backslash or a control character: quote it, as urlencode does", where)
    if _BAD_PERCENT.search(path):
        raise InputError(_PERCENT_IN_PATH, where)
    segments = re.split(r"[/\\]", unquote(unquote(path)))
    if any(segment in (".", "..") for segment in segments):
        raise InputError("contains . or .. as a segment, which leads to another path", where)
    if "//" in path:
        raise InputError("contains an empty segment (//): is a variable empty?", where)
    return quote(path, safe=_KEPT)


def checked_query(query: Optional[Mapping[str, Any]], where: str) -> dict[str, Any]:
    """Return a query of texts, numbers, booleans as JSON writes them, and lists of these. Raises InputError."""
    found: dict[str, Any] = {}
    for name, value in as_builtins(query or {}, where).items():
        values = value if isinstance(value, list) else [value]
        if any(isinstance(one, (dict, list)) for one in values):
            raise InputError("must be a text, a number, a boolean, or a list of these", "%s.%s" % (where, name))
        texts = [_text(one) for one in values if one is not None]
        if texts:
            found[name] = texts if isinstance(value, list) else texts[0]
    return found


def checked_patch(operations: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the operations of a JSON Patch (RFC 6902). Raises InputError with the place of the first mistake."""
    if not operations:
        raise InputError("must have at least one operation", "patch")
    found = []
    for index, operation in enumerate(as_builtins(list(operations), "patch")):
        where = "patch[%d]" % index
        if not isinstance(operation, dict):
            raise InputError("must be a map with op and path", where)
        name = str(operation.get("op"))
        if name not in OPERATIONS:
            raise InputError("must be one of %s" % ", ".join(OPERATIONS), where + ".op")
        needed = OPERATIONS[name]
        for member in ("path", "from") if needed == "from" else ("path",):
            if not isinstance(operation.get(member), str) or operation[member][:1] not in ("", "/"):
                raise InputError('must be a path that begins with /, such as "/name" (RFC 6901)', where + "." + member)
            if not _POINTER.fullmatch(operation[member]):
                raise InputError("contains a ~: write ~ in a name as ~0, and / as ~1 (RFC 6901)", where + "." + member)
        if needed and needed not in operation:
            raise InputError("is missing", where + "." + needed)
        found.append(operation)
    return found


def _body(body: Any) -> Any:
    if not isinstance(body, str):
        return as_builtins(body, "body")
    try:
        return as_builtins(json.loads(body), "body")
    except (ValueError, RecursionError):
        raise InputError("must be a map, a list, or a text that is JSON", "body") from None


def _form(body: Any) -> dict[str, Any]:
    if not isinstance(body, Mapping):
        raise InputError("must be a map if body_format is form", "body")
    return checked_query(body, "body")


def _headers(headers: Optional[Mapping[str, Any]]) -> dict[str, str]:
    found = {}
    for name, value in (headers or {}).items():
        if value is None:
            continue
        where = "headers.%s" % name
        if not _HEADER.fullmatch(str(name)):
            raise InputError("is not the name of a header", where)
        if str(name).lower() in _OWN_HEADERS:
            raise InputError("is set by the collection and cannot be given", where)
        text = _text(as_builtins(value, where))
        if not text.isprintable() or not text.isascii() or isinstance(value, (dict, list)):
            raise InputError("must be one line of ASCII characters", where)
        found[str(name)] = text
    return found


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
