# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The module ``tmi_webhook``: the subscription of a webhook as desired state.

The name identifies it. A server cannot change a subscription, so it is replaced: the new one is created before the old
one is removed, and the receiver misses no event. A run that ended in between leaves two of one name, which the next run
makes one.
"""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any, Mapping, Sequence

from .._api import webhooks
from .._api.client import connect
from .._engine.ports import Server
from .._errors import AmbiguousNameError, ApiError, InputError, TmiError, UnsupportedError
from .._failures import TIMEOUT
from .._http.addresses import parts_of
from .._http.transport import Transport
from .._info.reading import find_model
from .._near import similar
from .._options import REQUIRED_BY, connection_spec
from .._resources.reference import is_id
from .comparison import Difference, diff_of
from .module import Context, Module, failure

if TYPE_CHECKING:
    from .module import Result

WEBHOOK_SPEC: Mapping[str, Mapping[str, Any]] = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "name": {"type": "str", "required": True},
    "target_url": {"type": "str"},
    "events": {"type": "list", "elements": "str"},
    "threat_model": {"type": "str"},
    "secret": {"type": "str", "no_log": True},
    "rotate": {"type": "bool", "default": False},
    "wait": {"type": "bool", "default": False},
    "wait_timeout": {"type": "int", "default": 120},
}
#: Events that the tested servers send.
SENT: Sequence[str] = (
    *(
        "%s.%s" % (kind, what)
        for kind in ("threat_model", "survey", "survey_response", "team", "project")
        for what in ("created", "updated", "deleted")
    ),
    *("addon.invoked", "document.extraction_completed", "document.extraction_failed", "system_audit.admin_write"),
)
ACTIVE, PENDING = "active", "pending_verification"
_COMPARED = ("name", "target_url", "events", "threat_model_id")
_ADDRESS = re.compile(r"https?://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?([/?][^\s#]*)?")
_LOST = ". The secret that the server made for the new webhook is lost: repeat the task once with rotate=true"
#: Seconds between two looks at the state of a new subscription; the server sends challenges each 30 seconds.
_INTERVAL = 5.0


def webhook_module() -> Module:
    """Return the module that manages a webhook."""
    spec = {**connection_spec(), **{name: dict(entry) for name, entry in WEBHOOK_SPEC.items()}}
    rules = {"required_if": [("state", "present", ("target_url", "events"))], "required_by": REQUIRED_BY}
    return Module(spec, _work, rules, secret_results=("secret",))


def require_webhooks(server: Server) -> None:
    """Raise UnsupportedError for a server of a generation without webhooks."""
    if not server.has_webhooks:
        raise UnsupportedError("this server has no webhooks: they need TMI 1.8, and its API v1")


def _work(params: Mapping[str, Any], context: Context) -> Result:
    _check(params)
    transport = context.transport
    server = connect(transport)
    require_webhooks(server)
    wanted = _wanted(server, params)
    there = _of_name(webhooks.webhooks(transport), params["name"])
    if params["state"] == "absent":
        return _absent(transport, there, context)
    same = [one for one in there if _part(one) == wanted and one["status"] in (ACTIVE, PENDING)]
    kept = None if params["rotate"] or not same else same[-1]
    others = [one for one in there if one is not kept]
    diff = _diff(there, [kept or wanted])
    result: Result = {"changed": bool(others) or kept is None, "diff": diff, "webhook": kept or wanted}
    made = ""
    if not context.check_mode:
        if kept is None:
            result["webhook"], made = webhooks.create(transport, wanted, params.get("secret") or "")
        try:
            if params["wait"]:
                result["webhook"] = _until_active(transport, result["webhook"], params["wait_timeout"])
            for one in others:
                webhooks.delete(transport, one)
        except TmiError as error:
            return {**failure(error), "msg": str(error) + _LOST} if made else failure(error)
    if made:
        result["secret"] = made
    warnings = _warnings(wanted["events"])
    return {**result, "warnings": warnings} if warnings else result


def _check(params: Mapping[str, Any]) -> None:
    """Raise InputError for a value that the server would refuse."""
    name, secret = params["name"], params.get("secret")
    if not 1 <= len(name) <= 255 or not name.isprintable() or not name.strip():
        raise InputError("must have 1 to 255 characters in one line", "name")
    if params["wait_timeout"] < 1:
        raise InputError("must be at least 1 second", "wait_timeout")
    if params["state"] == "absent":
        return
    if params["threat_model"] is not None and not params["threat_model"].strip():
        raise InputError("must not be empty: leave it out to send the events of all models", "threat_model")
    url = params["target_url"]
    if not _ADDRESS.fullmatch(url) or len(url) > 1024 or not parts_of(url).netloc:
        raise InputError(
            "must be an address such as https://hooks.example.com/tmi, without a name, a password and a fragment",
            "target_url",
        )
    if not 1 <= len(set(params["events"])) <= 50 or not all(event.strip() for event in params["events"]):
        raise InputError("must have 1 to 50 names of events, such as threat_model.updated", "events")
    if secret is not None and (not 16 <= len(secret) <= 128 or not secret.isprintable()):
        raise InputError("must have 16 to 128 characters", "secret")


def _wanted(server: Server, params: Mapping[str, Any]) -> dict[str, Any]:
    if params["state"] == "absent":
        return {}
    found = {"name": params["name"], "target_url": params["target_url"], "events": sorted(set(params["events"]))}
    model = params.get("threat_model")
    if model:
        found["threat_model_id"] = find_model(server, model.lower() if is_id(model) else model, ()).id
    return found


def _of_name(every: Sequence[Mapping[str, Any]], name: str) -> list[Mapping[str, Any]]:
    """Return the subscriptions of a name, the oldest first. Several of one owner are what a broken run has left."""
    found = sorted((one for one in every if one["name"] == name), key=lambda one: str(one.get("created_at")))
    if len({one.get("owner_id") for one in found}) > 1:
        listed = ", ".join("%s (owner %s)" % (one["id"], one.get("owner_id")) for one in found)
        words = '%d webhooks of several owners are called "%s": %s. Give this one another name, or remove the others'
        raise AmbiguousNameError(words % (len(found), name, listed), "name", found)
    return found


def _absent(transport: Transport, there: Sequence[Mapping[str, Any]], context: Context) -> Result:
    if not context.check_mode:
        for one in there:
            webhooks.delete(transport, one)
    return {"changed": bool(there), "diff": _diff(there, []), "webhook": {}}


def _until_active(transport: Transport, found: Mapping[str, Any], seconds: int) -> Mapping[str, Any]:
    """Return the subscription as soon as the receiver has answered the challenge. Raises ApiError."""
    end = transport.clock() + seconds
    one: Any = found
    while one is not None and one["status"] == PENDING:
        left = end - transport.clock()
        if left <= 0:
            raise ApiError(
                'webhook "%s" is not active after %d s: the receiver at target_url must answer the challenge of the '
                "server, with status 200 and the same challenge" % (found["name"], seconds),
                code=TIMEOUT,
            )
        transport.sleep(min(left, _INTERVAL * random.uniform(0.8, 1.2)))
        one = webhooks.webhook(transport, found["id"])
    if one is None or one["status"] != ACTIVE:
        raise ApiError(
            'webhook "%s": the receiver at target_url answered none of three challenges, so the server removes the '
            "webhook. Check that the server can reach the address" % found["name"],
            code=TIMEOUT,
        )
    return {**found, **one}


def _part(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in _COMPARED if name in one}


def _diff(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    old, new = [_part(one) for one in before], [_part(one) for one in after]
    same = len(before) == len(after) and all(one.get("id") == other.get("id") for one, other in zip(before, after))
    return diff_of(Difference(not same, old or None, new or None), "webhook")


def _warnings(events: Sequence[str]) -> list[str]:
    found = []
    for event in events:
        if event not in SENT and event != "*":
            close = similar(event, SENT)
            hint = "; similar are %s" % ", ".join(close) if close else ""
            found.append("events: the tested servers send no event %s%s" % (event, hint))
    return found
