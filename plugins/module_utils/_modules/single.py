# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Modules that manage one object: argument spec, desired tree and result, all from the resource's data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Optional

from .._api.client import connect
from .._diagram.declared.desired import compile_diagram
from .._engine.apply import AUTO, REST, SESSION
from .._engine.policy import Policy
from .._engine.reconcile import Outcome, reconcile
from .._engine.tree import ABSENT, EXISTING, PRESENT, RESTORE, Desired
from .._errors import InputError
from .._options import REQUIRED_BY, connection_spec
from .._resources._fields import Field, Rows
from .._resources._resource import Resource, check_metadata
from .._resources.diagram import DIAGRAM
from .._resources.reference import is_id
from .._resources.threat_model import THREAT_MODEL
from .module import Context, Module

if TYPE_CHECKING:
    from .module import Result

#: Options that describe cells; if none of them is given, the cells of a diagram are not changed.
CELL_OPTIONS = ("nodes", "boundaries", "flows", "cells", "content", "layout")

ON_UNSUPPORTED: Mapping[str, Any] = {"type": "str", "choices": ["fail", "warn", "metadata"], "default": "fail"}
VIA: Mapping[str, Any] = {"type": "str", "choices": [AUTO, REST, SESSION], "default": AUTO}
_STATE: Mapping[str, Any] = {"type": "str", "choices": [PRESENT, ABSENT], "default": PRESENT}


def single_module(resource: Resource) -> Module:
    """Return the module that manages one object of a resource."""

    def work(params: Mapping[str, Any], context: Context) -> Result:
        root, leaf = desired_tree(resource, params)
        outcome = run_tree(root, params, context)
        return {resource.name: outcome.after(leaf) or {}, **result_of(outcome)}

    # A new document needs its address, but an existing one is found by its name: the plan checks this, not the spec.
    return Module(
        argument_spec(resource),
        work,
        {"required_one_of": [("id",) + resource.identity], "required_by": REQUIRED_BY},
    )


def argument_spec(resource: Resource) -> dict[str, Any]:
    """Return the argument spec of the module that manages a resource."""
    spec: dict[str, Any] = {**connection_spec(), "state": dict(_STATE), "id": {"type": "str"}}
    if resource.parent is not None:
        spec["threat_model"] = {"type": "str", "required": True}
    for found in resource.fields:
        spec[found.name] = _option(found, spec)
        if isinstance(found, Rows):
            spec["purge_" + found.name] = {"type": "bool", "default": False}
    spec["metadata"] = {"type": "dict"}
    spec["purge_metadata"] = {"type": "bool", "default": False}
    if resource.clearable:
        spec["clear"] = {"type": "list", "elements": "str", "choices": resource.clearable}
    spec["on_unsupported"] = dict(ON_UNSUPPORTED)
    if resource.distinguished_by:
        spec["move"] = {"type": "bool"}
    if resource is DIAGRAM:
        spec.update({name: {"type": "raw"} for name in ("nodes", "boundaries", "flows")})
        spec.update(cells={"type": "list", "elements": "dict"}, content={"type": "dict"}, layout={"type": "dict"})
        spec["prune"] = {"type": "str", "choices": ["none", "managed", "all"], "default": "none"}
        spec["via"] = dict(VIA)
    return spec


def _option(found: Field, taken: Mapping[str, Any]) -> dict[str, Any]:
    """Return a field's option without aliases that are other options: ``url`` is the server's address."""
    option = found.option()
    aliases = [name for name in option.pop("aliases", ()) if name not in taken]
    return {**option, "aliases": aliases} if aliases else option


def desired_tree(resource: Resource, params: Mapping[str, Any]) -> tuple[Desired, Desired]:
    """Return (model, desired object) for the parameters of a single-object module. Raises InputError."""
    values = resource.canonical(params)
    for name in params.get("clear") or []:
        if values.get(name):
            raise InputError("is set and cleared at once", name)
        values[name] = resource.field(name).empty
    leaf = Desired(
        resource,
        values,
        metadata=check_metadata(resource, params.get("metadata") or {}),
        state=params["state"],
        id=params.get("id") or None,
        purge=frozenset(n[len("purge_") :] for n in params if n.startswith("purge_") and params[n]),
        cells=_cells(params) if resource is DIAGRAM and params["state"] == PRESENT else None,
        prune_cells=params.get("prune") or "none",
        moves=params.get("move"),
    )
    return (leaf, leaf) if resource is THREAT_MODEL else (parent(params["threat_model"], leaf), leaf)


def parent(reference: str, *children: Desired) -> Desired:
    """Return the model that a task names by id or name, with ``children``."""
    if not reference.strip():
        raise InputError("must be the name or the id of a threat model", "threat_model")
    named = {} if is_id(reference) else {"name": reference}
    return Desired(
        THREAT_MODEL,
        named,
        state=EXISTING,
        id=reference if is_id(reference) else None,
        where="threat_model",
        children=children,
    )


def _cells(params: Mapping[str, Any]) -> Any:
    options = {name: params.get(name) for name in CELL_OPTIONS}
    if not any(value is not None for name, value in options.items() if name != "layout"):
        return None
    return compile_diagram(options, params["threat_model"], params.get("name") or params["id"])


def run_tree(root: Desired, params: Mapping[str, Any], context: Context, server: Optional[Any] = None) -> Outcome:
    """Reconcile one model by the parameters of the task; in check mode only plan it."""
    policy = Policy(params.get("on_unsupported") or "fail", assume_missing=context.check_mode)
    found = server or connect(context.transport, root.id)
    return reconcile(found, root, policy, not context.check_mode, params.get("via") or AUTO)


def result_of(outcome: Outcome) -> Result:
    """Return the part of the result that all writing modules share."""
    result: Result = {"changed": outcome.changed, "diff": outcome.diff()}
    if outcome.warnings:
        result["warnings"] = outcome.warnings
    if any(change.action == RESTORE for change in outcome.plan.changes):
        result["restored"] = True
    if outcome.plan.assumed:
        result["assumed"] = list(outcome.plan.assumed)
    if outcome.kept():
        result["kept"] = outcome.kept()
    if outcome.sessions:
        result["sessions"] = outcome.sessions
    return result
