# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The module ``tmi_metadata``: key/value pairs of a model or of an object in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Mapping

from .._engine.tree import ABSENT, EXISTING, PRESENT, Desired
from .._options import REQUIRED_BY, connection_spec
from .._resources._catalog import CHILDREN
from .._resources._resource import check_metadata
from .._resources.reference import is_id
from .module import Context, Module
from .single import parent, result_of, run_tree

if TYPE_CHECKING:
    from .module import Result

#: Options that name an object in the model.
TARGETS = tuple(resource.name for resource in CHILDREN)


def metadata_module() -> Module:
    """Return the module that manages metadata."""
    spec: dict[str, Any] = {
        **connection_spec(),
        "state": {"type": "str", "choices": [PRESENT, ABSENT], "default": PRESENT},
        "threat_model": {"type": "str", "required": True},
        **{name: {"type": "str"} for name in TARGETS},
        "metadata": {"type": "dict", "required": True},
        "purge": {"type": "bool", "default": False},
    }
    return Module(spec, _work, {"mutually_exclusive": [TARGETS], "required_by": REQUIRED_BY})


def _work(params: Mapping[str, Any], context: Context) -> Result:
    root, leaf = _tree(params)
    outcome = run_tree(root, params, context)
    after = outcome.after(leaf) or {}
    return {"metadata": after.get("metadata", {}), **result_of(outcome)}


def _tree(params: Mapping[str, Any]) -> tuple[Desired, Desired]:
    target = next((r for r in CHILDREN if params.get(r.name)), None)
    root = parent(params["threat_model"])
    resource = target or root.resource
    keys = params["metadata"]
    if params["state"] == ABSENT:
        keys = dict.fromkeys(keys)
    metadata = check_metadata(resource, keys, removable=True)
    purge = frozenset(["metadata"] if params["purge"] else [])
    if target is None:
        leaf = replace(root, metadata=metadata, purge=purge)
        return leaf, leaf
    reference = params[target.name]
    named = {} if is_id(reference) else {"name": reference}
    leaf = Desired(
        target,
        named,
        metadata,
        state=EXISTING,
        id=reference if is_id(reference) else None,
        where=target.name,
        purge=purge,
    )
    return replace(root, children=(leaf,)), leaf
