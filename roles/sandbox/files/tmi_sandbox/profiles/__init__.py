# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API generations: each profile is a set of routes over the shared store, tokens and sessions."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from ..generations import GENERATIONS
from ..hub import Rules
from ..store import Store
from ..web.rest import Answer, ApiError, Call, Handler, Quirk, Route, Wrapper

if TYPE_CHECKING:
    from ..app import Sandbox

__all__ = ["Handler", "Profile", "load"]
Respond = Callable[[Call, Mapping[str, Route], "Route | None"], Answer]


class Worker(Protocol):
    """Work that a server does without a request."""

    async def round(self) -> None:
        """Do what is due."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One API generation.

    `respond` passes a call through the checks in the order of its generation. `refuse` makes its standard error from
    status, code and text. Refresh tokens are valid for `refresh_seconds`. `prepare` adds the initial data of a new
    store, `forget` removes what is kept besides models. `worker` does work without requests, such as sending webhooks.
    With `empty_parts` a path may have an empty parameter, which the generation refuses with its own error. Its quirks
    are bugs of real servers that can be switched on.
    """

    name: str
    routes: list[Route]
    respond: Respond
    refuse: Callable[[int, str, str], ApiError]
    refresh_seconds: float
    prepare: Callable[[Store], None] | None = None
    forget: Callable[[Store], None] | None = None
    worker: Callable[[Sandbox], Worker] | None = None
    empty_parts: bool = False
    sessions: Rules = field(default_factory=Rules)
    quirks: Mapping[str, Quirk] = field(default_factory=dict)

    def with_quirks(self, wanted: frozenset[str]) -> list[Route]:
        """Return the routes with the handlers of some of them wrapped."""
        unknown = sorted(wanted - self.quirks.keys())
        if unknown:
            known = ", ".join(self.quirks) or "none"
            raise ValueError(f"unknown quirk {', '.join(unknown)}; API generation {self.name} has {known}")
        routes = self.routes
        for quirk in (self.quirks[name] for name in self.quirks if name in wanted):
            assert quirk.keys() <= {(route.method, route.path) for route in routes}
            routes = [_wrapped(route, quirk.get((route.method, route.path))) for route in routes]
        return routes


def _wrapped(route: Route, wrapper: Wrapper | None) -> Route:
    return route if wrapper is None else replace(route, handler=lambda call: wrapper(call, route.handler))


def load(name: str) -> Profile:
    """Return the profile of an API generation. Other profiles are not imported."""
    if name not in GENERATIONS:
        raise ValueError(f"unknown API generation {name}; there is {', '.join(GENERATIONS)}")
    profile = importlib.import_module(f"{__name__}.{name}").PROFILE
    assert isinstance(profile, Profile)
    return profile
