# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""How to plan: what may be assumed or removed, and what must stay (ENGINE-4, ENGINE-8 and ENGINE-9)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Mapping

from .._resources._resource import Resource
from .._resources.asset import ASSET
from .._resources.diagram import DIAGRAM
from .._resources.threat import THREAT
from . import undeclared
from .tree import Desired

#: Reasons for deleting an undeclared object, or for leaving it unchanged.
PRUNED, PROTECTED, UNCLEAR = "pruned", "protected", "unclear"


@dataclass(frozen=True)
class Policy:
    """How to plan. ``on_unsupported``: ``fail``, ``warn`` or ``metadata``; ``caller``: e-mail of the caller.

    ``assume_missing``: plan as if a missing parent were about to be created (check mode, ENGINE-4). ``prune``: plural
    of a section -> the undeclared objects of it to delete (``managed``, ``all``). ``protect``: globs of
    ``section/name`` for objects that are never changed or deleted (ENGINE-9). ``register``: store in the model which
    objects its definition wants (ENGINE-8). ``force``: delete a model even if nothing shows that a definition created
    it. ``on_twins``: ``fail`` if several objects have the same name, or ``remove`` all of them but one.
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
        """Return which undeclared objects of a section to delete; none if the user's text has no such section."""
        return self.prune.get(resource.plural, undeclared.NONE) if resource.plural in root.given else undeclared.NONE

    def sections(self, root: Desired) -> set[str]:
        """Return the plurals of the children that must be read to plan ``root``."""
        sections = root.sections()
        if any(self.level(root, resource) != undeclared.NONE for resource in (ASSET, DIAGRAM)):
            sections.add(THREAT.plural)  # threats may point at deleted objects
        return sections
