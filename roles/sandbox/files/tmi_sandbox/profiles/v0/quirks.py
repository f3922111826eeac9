# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bugs of real servers that can be switched on, to test clients that must handle them (V0-BUGS).

A quirk is a set of wrappers around the handlers of operations, so endpoints are independent of it. V0-B22 and V0-B25,
which concern WebSockets, are in `socket`.
"""

from __future__ import annotations

from typing import Any

from ...validation import parse
from ...web.rest import Answer, ApiError, Call, Handler, Quirk, Wrapper, error, invalid
from . import metadata, threats
from .diagrams import collaboration, diagrams
from .patching import MEDIA_TYPE
from .threat_models import PATH as MODEL

Json = Any
WRITTEN_ITEMS = [
    (method, f"{MODEL}/{kind}s" + (f"/{{{kind}_id}}" if method == "PUT" else ""))
    for kind in ("threat", "document", "source", "diagram")
    for method in ("POST", "PUT")
]


def metadata_is_echoed_not_stored(call: Call, handler: Handler) -> Answer:
    """V0-B4."""
    given = call.input.pop("metadata", None)
    answer = handler(call)
    return Answer(answer.status, {**answer.body, "metadata": given}, answer.headers) if given else answer


def new_models_lose_members(call: Call, handler: Handler) -> Answer:
    """V0-B5."""
    call.input = {**call.input, "issue_url": None, "metadata": None, "threat_model_framework": ""}
    return handler(call)


def post_joins(call: Call, handler: Handler) -> Answer:
    """V0-B8, first half: POST joins an existing session."""
    try:
        return handler(call)
    except ApiError as problem:
        if problem.answer.status != 409:
            raise
        return collaboration.join(call)


def put_is_unknown(call: Call, handler: Handler) -> Answer:
    """V0-B8, second half."""
    raise invalid("method not allowed")


def _mixed(answer: Answer) -> Answer:
    summary = answer.body["summary"]
    return Answer(207 if summary["succeeded"] and summary["failed"] else answer.status, answer.body)


def batch_patch_wants_both_lists(call: Call, handler: Handler) -> Answer:
    """V0-B9, for patches."""
    if call.media_type() != MEDIA_TYPE or not {"patches", "operations"} <= parse(call.raw).keys():
        raise invalid('request body has an error: both "patches" and "operations" are required')
    return _mixed(handler(call))


def batch_delete_wants_both_lists(call: Call, handler: Handler) -> Answer:
    """V0-B9, for deletions."""
    if not call.query.get("threat_ids") or not call.raw.strip():
        raise invalid('parameter "threat_ids" in query has an error: value is required but missing')
    return _mixed(handler(call))


def bulk_put_never_works(call: Call, handler: Handler) -> Answer:
    """V0-B10."""
    raise invalid('multiple errors encountered: readOnly property "id" in request')


def revoke_answers_200(call: Call, handler: Handler) -> Answer:
    """V0-B11, for revocation."""
    handler(call)
    return Answer(200, {"message": "Logged out successfully"})


def refresh_fails_with_400(call: Call, handler: Handler) -> Answer:
    """V0-B11, for refreshing."""
    try:
        return handler(call)
    except ApiError as problem:
        raise ApiError(400, problem.answer.body) from problem


def introspection_wants_a_token(call: Call, handler: Handler) -> Answer:
    """V0-B11, for introspection."""
    call.authenticate()
    return handler(call)


def diagrams_begin_bare(call: Call, handler: Handler) -> Answer:
    """V0-B19."""
    for name in call.input.keys() - {"name", "type"}:
        raise invalid(f'request body has an error: property "{name}" is unsupported')
    if "type" not in call.input:
        raise invalid('request body has an error: Error at "/type": property "type" is missing')
    return handler(call)


def patches_are_arrays_only(call: Call, handler: Handler) -> Answer:
    """V0-B20."""
    if call.media_type() != MEDIA_TYPE:
        raise invalid(f'request body has an error: header Content-Type has unexpected value "{call.media_type()}"')
    return handler(call)


def no_metadata_is_null(call: Call, handler: Handler) -> Answer:
    """V0-B31."""
    answer = handler(call)
    return Answer(200, answer.body or None)


def new_models_look_different(call: Call, handler: Handler) -> Answer:
    """V0-B32, for new threat models."""
    answer = handler(call)
    own = {"threats": [], "metadata": answer.body["metadata"] or [], "threat_model_framework": ""}
    return Answer(answer.status, {**answer.body, **own}, answer.headers)


def open_sessions_lock_diagrams(call: Call, handler: Handler) -> Answer:
    """Refuse REST writes to a diagram while a session is open, as servers since 2025-10-27 do (V0-LOCKED)."""
    if call.sandbox.hub.session(call.params["diagram_id"]) is not None:
        raise error(409, "conflict", "Cannot change a diagram while a collaboration session is active")
    return handler(call)


def _on(wrapper: Wrapper, *operations: tuple[str, str]) -> Quirk:
    return dict.fromkeys(operations, wrapper)


QUIRKS: dict[str, Quirk] = {
    "B4": _on(metadata_is_echoed_not_stored, *WRITTEN_ITEMS),
    "B5": _on(new_models_lose_members, ("POST", "/threat_models")),
    "B8": {("POST", collaboration.COLLABORATE): post_joins, ("PUT", collaboration.COLLABORATE): put_is_unknown},
    "B9": {
        ("POST", threats.MANY + "/batch/patch"): batch_patch_wants_both_lists,
        ("DELETE", threats.MANY + "/batch"): batch_delete_wants_both_lists,
    },
    "B10": _on(bulk_put_never_works, ("PUT", threats.MANY + "/bulk")),
    "B11": {
        ("POST", "/oauth2/revoke"): revoke_answers_200,
        ("POST", "/oauth2/refresh"): refresh_fails_with_400,
        ("POST", "/oauth2/introspect"): introspection_wants_a_token,
    },
    "B19": _on(diagrams_begin_bare, ("POST", diagrams.MANY)),
    "B20": _on(patches_are_arrays_only, ("PATCH", MODEL), ("PATCH", threats.ONE), ("PATCH", diagrams.ONE)),
    "B22": {},
    "B25": {},
    "B31": _on(no_metadata_is_null, *(("GET", path + "/metadata") for _kind, path in metadata.LEVELS)),
    "B32": _on(new_models_look_different, ("POST", "/threat_models")),
    "locked": _on(open_sessions_lock_diagrams, *((method, diagrams.ONE) for method in ("PUT", "PATCH", "DELETE"))),
}
