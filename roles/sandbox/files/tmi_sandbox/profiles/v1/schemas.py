# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits and forms of the bodies of this generation (V1-MODELS to V1-NOTES).

The server's error code for a value that breaks a rule depends on the text of the error, which quotes the rule. The code
is `invalid_id` if the quotation contains "pattern" or "format" and not "required" (V1-CODES). `quoted` marks such
rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ... import validation as v
from ...web.rest import Call
from . import bodies
from .texts import text

Json = Any
Member = v.Member
NO_CONTROLS = "[^\\x00-\\x1f]*"
MULTILINE = "[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f]*"
NO_MARKUP = "[^<>\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f]*"
NAME = "[^<>\"'&]*"
_LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
ISSUE = rf"|\s*https?://{_LABEL}(?:\.{_LABEL})*(?::[0-9]{{1,5}})?(?:/[^\s]*)?\s*"
URI = r"[a-zA-Z][a-zA-Z0-9+.-]*://[^\s]*"
LOOSE_UUID = "|" + "-".join(["[0-9a-fA-F]*"] * 5)
STORED_KEY = re.compile(r"[A-Za-z0-9_-]{1,128}")
READ_ONLY = {
    "id": "The ID is read-only and set by the server.",
    "created_at": "Creation timestamp is read-only and set by the server.",
    "modified_at": "Modification timestamp is read-only and set by the server.",
    "alias": "The alias is read-only and assigned by the server.",
}
ASSET_TYPES = ("data", "hardware", "software", "infrastructure", "service", "personnel")


def quoted(check: v.Checker) -> v.Checker:
    """Give problems of a rule itself, not of nested values, the code `invalid_id`."""

    def checked(value: Json) -> Json:
        try:
            return check(value)
        except v.Problem as problem:
            if not problem.where:
                problem.code = "invalid_id"
            raise

    return checked


def unique(check: v.Checker) -> v.Checker:
    """Accept arrays without repeated values."""

    def checked(value: Json) -> Json:
        found: list[Json] = check(value)
        if len(set(found)) < len(found):
            raise v.Problem("duplicate items found")
        return found

    return checked


def tenths(value: Json) -> Json:
    """Accept a score: 0 to 10, with one decimal."""
    v.number(0, 10)(value)
    if abs(value * 10 - round(value * 10)) > 1e-9:
        raise v.Problem("number must be a multiple of 0.1")
    return int(value) if value == int(value) else value


def _text(most: int, pattern: str, least: int = 0) -> v.Checker:
    return quoted(v.text(most, least, pattern))


# ---------------------------------------------------------------------------------------------- metadata
METADATA_KEY = v.text(256, 1, "[a-zA-Z0-9_./:-]+")
METADATA_VALUE = v.text(1024, 1)
ENTRY = v.Schema(
    {"key": Member(METADATA_KEY, required=True), "value": Member(METADATA_VALUE, required=True)}, refuse_unknown=True
)
METADATA = Member(v.list_of(ENTRY, 0, 100), nullable=True)


def clean_metadata(entries: list[dict[str, str]] | None) -> list[dict[str, str]] | None:
    """Return the stored form of a body's metadata. Dangerous values are refused."""
    if entries is None:
        return None
    return [{"key": one["key"], "value": text.plain(text.refuse_dangerous_value(one["value"]))} for one in entries]


def storable(entries: list[dict[str, str]]) -> bool:
    """Return whether the store accepts all entries. The schema also accepts dots, long keys and blank values."""
    return all(STORED_KEY.fullmatch(one["key"]) and one["value"].strip() for one in entries)


# ---------------------------------------------------------------------------------------------- threat models
#: The pattern of the schema, and no empty part between dots: the server's reader of JSON refuses that as RFC 5322 does.
EMAIL = r"[a-zA-Z0-9_%+-]+(\.[a-zA-Z0-9_%+-]+)*@([a-zA-Z0-9-]+\.)+[a-zA-Z]{2,}"
AUTHORIZATION = v.Schema(
    {
        "principal_type": Member(v.choice("user", "group"), required=True),
        "provider": Member(_text(100, r"\*|[a-zA-Z][a-zA-Z0-9_*-]*"), required=True),
        "provider_id": Member(_text(500, NAME, 1), required=True),
        "role": Member(v.choice("reader", "writer", "owner"), required=True),
        "display_name": Member(_text(256, NO_CONTROLS, 1)),
        "email": Member(_text(254, EMAIL)),
    }
)
MODEL = v.Schema(
    {
        "name": Member(v.text(256, 1, NO_CONTROLS), required=True),
        "description": Member(v.text(2048, 0, MULTILINE), nullable=True),
        "threat_model_framework": Member(v.text(30, 0, "[A-Za-z0-9_-]*"), nullable=True),
        "authorization": Member(v.list_of(AUTHORIZATION, 0, 1000)),
        "metadata": METADATA,
        "issue_uri": Member(v.text(1000, 0, ISSUE), nullable=True),
        "is_confidential": Member(v.boolean),
    },
    refuse_unknown=True,
)

# ---------------------------------------------------------------------------------------------- objects of models
_COMMON = {
    "description": Member(_text(2048, NO_MARKUP), nullable=True),
    "include_in_report": Member(v.boolean, nullable=True),
    "timmy_enabled": Member(v.boolean, nullable=True),
    "metadata": METADATA,
    "id": Member(v.anything, nullable=True),
}
_FREE = Member(_text(256, NO_CONTROLS), nullable=True)
_REFERENCE = Member(_text(36, LOOSE_UUID), nullable=True)
_CVSS = v.Schema(
    {"vector": Member(_text(250, "[A-Za-z0-9.:/_-]+", 26), required=True), "score": Member(tenths, required=True)},
    refuse_unknown=True,
)
_SSVC = v.Schema(
    {
        "vector": Member(_text(256, "[A-Za-z0-9/:._-]+", 1), required=True),
        "decision": Member(v.choice("Defer", "Scheduled", "Out-of-Cycle", "Immediate"), required=True),
        "methodology": Member(_text(64, "[A-Za-z0-9 _-]+", 1), required=True),
    },
    refuse_unknown=True,
)
THREAT = v.Schema(
    {
        "name": Member(_text(256, NAME, 1), required=True),
        **_COMMON,
        "threat_type": Member(quoted(unique(v.list_of(_text(256, NO_CONTROLS, 1), 0, 20))), nullable=True),
        "mitigation": Member(_text(1024, MULTILINE), nullable=True),
        "severity": Member(_text(50, NO_CONTROLS), nullable=True),
        "priority": _FREE,
        "status": _FREE,
        "score": Member(tenths),
        "mitigated": Member(v.boolean),
        "cwe_id": Member(quoted(unique(v.list_of(_text(16, "CWE-[0-9]+", 5), 0, 50)))),
        "cvss": Member(v.list_of(_CVSS, 0, 10)),
        "ssvc": Member(_SSVC, nullable=True),
        "diagram_id": _REFERENCE,
        "cell_id": _REFERENCE,
        "asset_id": _REFERENCE,
        "issue_uri": Member(_text(1000, ISSUE), nullable=True),
    }
)
_REQUIRED_NAME = Member(v.text(256, 1, NAME), required=True)
_PICKER = v.Schema(
    {
        "provider_id": Member(v.choice("google_workspace", "microsoft"), required=True),
        "file_id": Member(v.text(255, 1), required=True),
        "mime_type": Member(v.text(128, 1), required=True),
    }
)
DOCUMENT = v.Schema(
    {
        "name": _REQUIRED_NAME,
        **_COMMON,
        "uri": Member(v.text(1000, 1, URI), required=True),
        "picker_registration": Member(_PICKER, nullable=True),
    }
)
_PARAMETERS = v.Schema(
    {
        "refType": Member(v.choice("branch", "tag", "commit"), required=True),
        "refValue": Member(_text(256, NO_CONTROLS), required=True),
        "subPath": Member(_text(256, NO_CONTROLS)),
    },
    refuse_unknown=True,
)
REPOSITORY = v.Schema(
    {
        "name": Member(_text(256, NAME, 1), nullable=True),
        **_COMMON,
        "uri": Member(_text(1000, URI, 1), required=True),
        "type": Member(v.choice("git", "svn", "mercurial", "other"), nullable=True),
        "parameters": Member(_PARAMETERS),
    }
)
ASSET = v.Schema(
    {
        "name": _REQUIRED_NAME,
        **_COMMON,
        "type": Member(v.choice(*ASSET_TYPES), required=True),
        "criticality": Member(_text(128, NO_CONTROLS), nullable=True),
        "sensitivity": Member(_text(128, NO_CONTROLS), nullable=True),
        "classification": Member(v.list_of(_text(128, NO_CONTROLS), 0, 50), nullable=True),
    }
)
NOTE = v.Schema({"name": _REQUIRED_NAME, **_COMMON, "content": Member(v.text(262144, 1, MULTILINE), required=True)})


def with_id(schema: v.Schema, **more: Member) -> v.Schema:
    """Return the schema of an item with an identifier in a bulk request."""
    check = _text(36, v.UUID.pattern)
    return v.Schema({**schema.members, **more, "id": Member(lambda value: check(value).lower(), required=True)})


def refusing(read_only: tuple[str, ...], dangerous: bool) -> Callable[[Call], Json]:
    """Return the check of a single POST or PUT for members that the server sets and for dangerous content."""

    def check(call: Call) -> Json:
        for name in read_only:
            if name in call.body:
                raise v.Problem(f"Field '{name}' is not allowed in this request. {READ_ONLY[name]}")
        return text.refuse_dangerous(call.input) if dangerous else call.input

    return check


# ---------------------------------------------------------------------------------------------- patches
def _patch_value(value: Json) -> Json:
    """Accept values that match exactly one alternative of the schema. Whole numbers match two (V1-PATCH)."""
    if isinstance(value, list):
        for i, one in enumerate(value):
            if isinstance(one, list) or _whole(one):
                raise v.Problem("doesn't match any schema from oneOf").within(i)
    elif _whole(value):
        raise v.Problem("input matches more than one oneOf schemas")
    return value


def _whole(value: Json) -> bool:
    return not isinstance(value, bool) and isinstance(value, (int, float)) and value == int(value)


OPERATION = v.Schema(
    {
        "op": Member(v.choice("add", "replace", "remove", "move", "copy", "test"), required=True),
        "path": Member(v.text(512, 0, "(/[^/]*)*"), required=True),
        "value": Member(_patch_value, nullable=True),
    },
    refuse_unknown=True,
)
OPERATIONS = v.list_of(OPERATION, 0, 1000)


def operations(call: Call) -> list[dict[str, Json]]:
    """Return the operations of a JSON Patch."""
    found: list[dict[str, Json]] = OPERATIONS(bodies.required(call, bodies.PATCH))
    return found


def some(none: str) -> Callable[[Call], Json]:
    """Refuse an empty list after the caller's rights were checked. The schema accepts it. `none` is the error text."""

    def check(call: Call) -> Json:
        if not call.input:
            raise v.Problem(none)
        return call.input

    return check


some_operations = some("PATCH request must contain at least one operation")
