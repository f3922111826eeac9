# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""All resources of the collection, in the order in which they are written (ENGINE-3)."""

from __future__ import annotations

from typing import Mapping

from ._resource import Resource
from .asset import ASSET
from .diagram import DIAGRAM
from .document import DOCUMENT
from .note import NOTE
from .source import SOURCE
from .threat import THREAT
from .threat_model import THREAT_MODEL

#: Children of a model, in an order in which no reference points at a missing object.
CHILDREN: tuple[Resource, ...] = (SOURCE, DOCUMENT, ASSET, NOTE, DIAGRAM, THREAT)
#: Section of a definition -> resource. The format calls sources ``repositories``.
SECTION_NAMES: Mapping[str, Resource] = {**{r.plural: r for r in CHILDREN}, "repositories": SOURCE}
RESOURCES: tuple[Resource, ...] = (THREAT_MODEL,) + CHILDREN


def by_name(name: str) -> Resource:
    """Return the resource called ``name``, singular or plural. Raises KeyError."""
    for resource in RESOURCES:
        if name in (resource.name, resource.plural):
            return resource
    raise KeyError(name)
