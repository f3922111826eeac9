# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Batch changes of threats, item by item (V0-BATCH)."""

from __future__ import annotations

from ... import validation as v
from ...store import Item
from ...web.rest import Answer, ApiError, Call, Json, Route, invalid, not_found
from .patching import MEDIA_TYPE, operations
from .threats import MANY, patch_one

PATCHES_MOST, DELETIONS_MOST = 10, 20
ONE_PATCH = v.Schema(
    {"threat_id": v.Member(v.uuid_text, required=True), "operations": v.Member(operations, required=True)}
)
PATCHES = v.list_of(ONE_PATCH, 1, PATCHES_MOST, "No patch operations provided")
IDS = v.list_of(v.uuid_text, 1, DELETIONS_MOST, "No threat ids provided")


def _check_patch(call: Call) -> Json:
    """Accept the list as `patches` or as `operations`. If both are given, `operations` is used (V0-B9)."""
    body = v.any_object(v.json_body(call, "application/json", MEDIA_TYPE))
    lists = [PATCHES(body[name]) for name in ("patches", "operations") if body.get(name) is not None]
    if not lists:
        raise invalid("No patch operations provided")
    return lists[-1]


def _check_delete(call: Call) -> Json:
    """Accept ids in the query or in the body. If both are given, the body is used (V0-B9)."""
    body = v.optional_json_body(call)
    if isinstance(body, dict) and body.get("threat_ids") is not None:
        return IDS(body["threat_ids"])
    if body is not None and not isinstance(body, dict):
        raise invalid("value must be an object")
    return IDS([one for one in call.query.get("threat_ids", "").split(",") if one])


def _threat(call: Call, threat_id: str) -> Item:
    item = call.sandbox.store.item("threat", call.params["threat_model_id"], threat_id)
    if item is None:
        raise not_found(f"threat not found: {threat_id}")
    return item


def _answer(results: list[dict[str, Json]]) -> Answer:
    """Return the answer, with 200 if at least one item succeeded, because the documents have no 207 (V0-BATCH)."""
    good = sum(one["success"] for one in results)
    return Answer(
        200 if good else 400,
        {"results": results, "summary": {"total": len(results), "succeeded": good, "failed": len(results) - good}},
    )


def _failure(threat_id: str, action: str, problem: ApiError) -> dict[str, Json]:
    return {"threat_id": threat_id, "success": False, "error": f"{action}: {problem.answer.body['error_description']}"}


def patch_batch(call: Call) -> Answer:
    """Patch threats one by one."""
    results: list[dict[str, Json]] = []
    for one in call.input:
        threat_id = one["threat_id"]
        try:
            threat = patch_one(call, _threat(call, threat_id), one["operations"])
            results.append({"threat_id": threat_id, "success": True, "threat": threat})
        except ApiError as problem:
            results.append(_failure(threat_id, "Failed to apply patch operations", problem))
    return _answer(results)


def delete_batch(call: Call) -> Answer:
    """Remove threats one by one."""
    results: list[dict[str, Json]] = []
    for threat_id in call.input:
        try:
            call.sandbox.store.delete_item(_threat(call, threat_id).id)
            results.append({"threat_id": threat_id, "success": True})
        except ApiError as problem:
            results.append(_failure(threat_id, "Failed to delete threat", problem))
    return _answer(results)


ROUTES = [
    Route("POST", MANY + "/batch/patch", patch_batch, _check_patch, role="writer"),
    Route("DELETE", MANY + "/batch", delete_batch, _check_delete, role="owner"),
]
