# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Preferences of programs for a user (`/me/preferences`)."""

from __future__ import annotations

import json
import re
from typing import Any

from .... import validation as v
from ....web.rest import Answer, Call, Route, dumps
from .. import bodies, errors

Json = Any
PATH = "/me/preferences"
MOST_BYTES, MOST_PROGRAMS = 1024, 20
PROGRAM = re.compile("[a-zA-Z0-9_-]{1,64}")


def _setting(call: Call) -> str:
    return f"preferences {call.user.key}"


def _check(call: Call) -> dict[str, Json]:
    """Return the preferences of a body, an object for each program."""
    given = v.any_object(bodies.required(call))
    if len(given) > MOST_PROGRAMS:
        raise v.Problem(f"there must be at most {MOST_PROGRAMS} properties")
    for name, value in given.items():
        try:
            v.any_object(value)
        except v.Problem as problem:
            raise problem.within(name) from None
    return dict(given)


def _keep(call: Call) -> Json:
    """Store preferences that are short and have names of programs."""
    if len(call.raw) > MOST_BYTES:
        raise errors.invalid(f"preferences exceed 1KB limit ({len(call.raw)} bytes)")
    for name in call.input:
        if not PROGRAM.fullmatch(name):
            reason = "must be 1-64 alphanumeric characters, underscores, or hyphens"
            raise errors.invalid(f"invalid client key '{name}': {reason}")
    call.sandbox.store.set_setting(_setting(call), dumps(call.input))
    return call.input


def get(call: Call) -> Answer:
    """Return the caller's preferences."""
    return Answer(200, json.loads(call.sandbox.store.setting(_setting(call)) or "{}"))


def create(call: Call) -> Answer:
    """Store the first preferences of the caller."""
    known = call.sandbox.store.setting(_setting(call)) is not None
    kept = _keep(call)
    if known:
        raise errors.conflict("preferences already exist (use PUT to update)")
    return Answer(201, kept)


def replace(call: Call) -> Answer:
    """Store new preferences, with or without earlier ones."""
    return Answer(200, _keep(call))


ROUTES = [
    Route("GET", PATH, get),
    Route("POST", PATH, create, _check),
    Route("PUT", PATH, replace, _check),
]
