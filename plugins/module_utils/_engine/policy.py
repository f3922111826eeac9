# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""How to plan: what may be assumed, removed or must stay (ENGINE-4, ENGINE-8 and ENGINE-9)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Mapping

from .._resources._resource import Resource
from .._resources.asset import ASSET
from .._resources.diagram import DIAGRAM
from .._resources.threat import THREAT
from . import undeclared
from .tree import Desired

#: Why an object goes though nobody asked for it, or stays as it is.
PRUNED, PROTECTED, UNCLEAR = "pruned", "protected", "unclear"


@dataclass(frozen=True)
class Policy:
    """How to plan. ``on_unsupported``: ``fail``, ``warn`` or ``metadata``; ``caller``: e-mail of who is logged in.

    ``assume_missing``: a parent that is not there counts as about to be created (check mode, ENGINE-4).
    ``prune``: plural of a section -> what goes of it that is not wanted (``managed``, ``all``); ``protect``: globs of
    ``section/name``, never changed or removed (ENGINE-9). ``register``: the model remembers what is wanted in it
    (ENGINE-8). ``force``: a model goes also where nothing shows that a definition made it. ``on_twins``: ``fail``, or
    ``remove`` all but one of several objects of one name.
    """

    on_unsupported: str = "fail"
    caller: str = ""
    assume_missing: bool = False
    prune: Mapping[str, str] = field(default_factory=dict)
    protect: tuple[str, ...] = ()
    register: bool = False
    force: bool = False
    on_twins: str = "fail"

    def level(self, root: Desired, resource: Resource) -> str:
        """Return what goes of a section: nothing of one that the user's text leaves out."""
        return self.prune.get(resource.plural, undeclared.NONE) if resource.plural in root.given else undeclared.NONE

    def sections(self, root: Desired) -> set[str]:
        """Return the plurals of the children that must be read to plan ``root``."""
        sections = root.sections()
        if any(self.level(root, resource) != undeclared.NONE for resource in (ASSET, DIAGRAM)):
            sections.add(THREAT.plural)  # they point at what goes
        return sections
