# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API generations: each profile is a set of routes over the shared store, tokens and sessions."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from ..rest import Handler, Route

__all__ = ["GENERATIONS", "Handler", "Profile", "load"]
GENERATIONS = ("v0",)


@dataclass(frozen=True, slots=True)
class Profile:
    """One API generation."""

    name: str
    routes: list[Route]
    quirks: frozenset[str] = frozenset()


def load(name: str) -> Profile:
    """Return the profile of an API generation; only the one that is served is imported."""
    if name not in GENERATIONS:
        raise ValueError(f"unknown API generation {name}; there is {', '.join(GENERATIONS)}")
    profile = importlib.import_module(f"{__name__}.{name}").PROFILE
    assert isinstance(profile, Profile)
    return profile
