# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Trust zones and components of OTM as one tree of containers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._values import MOST_LEVELS
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import Losses, as_text, maps, member


@dataclass(eq=False)
class Element:
    """A trust zone or component. ``drawings``: diagram -> path and drawing; ``keys``: diagram -> key of its cell."""

    path: str
    entry: dict[str, Any]
    is_zone: bool
    parent: Element | None = None
    has_content: bool = False
    code: str = ""
    drawings: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    diagrams: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The id in OTM."""
        return as_text(self.entry.get("id"))


class Elements:
    """All zones, then all components, each in the order of the file."""

    def __init__(self, zones: list[Element], components: list[Element]) -> None:
        self._zones = {zone.id: zone for zone in reversed(zones)}
        self._components = {component.id: component for component in reversed(components)}
        self.all = [*zones, *components]

    def find(self, given: str) -> Element | None:
        """Return the element at an end of a data flow."""
        return self._components.get(given) or self._zones.get(given)

    def parent(self, given: Mapping[str, Any]) -> Element | None:
        """Return the element of a ``parent``."""
        if given.get("component") is not None:
            return self._components.get(as_text(given["component"]))
        return self._zones.get(as_text(given.get("trustZone")))

    def above(self, element: Element) -> Iterator[Element]:
        """Yield the containers of an element, the innermost first."""
        found = element.parent
        while found is not None:
            yield found
            found = found.parent


def elements(data: Mapping[str, Any], losses: Losses) -> Elements:
    """Return the tree; a parent that does not exist, or that is inside its own content, is lost. Raises InputError."""
    zones = [Element(path, zone, True) for path, zone in maps(data.get("trustZones"), "$.trustZones")]
    components = [Element(path, part, False) for path, part in maps(data.get("components"), "$.components")]
    found = Elements(zones, components)
    parents = {id(element): member(element.entry.get("parent"), element.path + ".parent") for element in found.all}
    for element in found.all:
        given = parents[id(element)]
        element.parent = found.parent(given) if given else None
        if given and element.parent is None:
            losses.add(element.path + ".parent", given, "there is no such parent")
    for element in found.all:
        if sum(1 for _above in islice(found.above(element), MOST_LEVELS)) == MOST_LEVELS:
            losses.add(element.path + ".parent", parents[id(element)], "is inside itself, or too deep")
            element.parent = None
    for element in found.all:
        if element.parent is not None:
            element.parent.has_content = True
    return found
