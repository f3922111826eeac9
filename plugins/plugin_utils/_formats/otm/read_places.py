# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The diagrams in which an element of OTM is a cell.

An element is in each diagram that draws it. One that is not drawn is where its container and the other ends of its data
flows are. A container is in every diagram with one of its elements.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence

from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.read_elements import Element, Elements

Pair = tuple[Element, Element]


def place(found: Elements, flows: Sequence[Pair], diagrams: Sequence[str], holds: Callable[[Element], bool]) -> None:
    """Set ``diagrams`` of each element, keys of diagrams.

    ``flows``: both ends of each data flow; ``diagrams``: all of them; ``holds``: whether an element is a boundary.
    """
    places = _Places(found, flows)
    for element in found.all:
        if not (element.drawings or (holds(element) and element.has_content)):
            places.settle(element)
    places.follow()
    for element in found.all:
        if not (places.of[element] or (holds(element) and element.has_content)):
            places.of[element] = dict.fromkeys(diagrams[:1])
    places.join(flows)
    for element in found.all:
        for above in found.above(element):
            if holds(above):
                places.of[above].update(places.of[element])
    for element in found.all:
        element.diagrams = list(places.of[element]) or list(diagrams[:1])


class _Places:
    """``of``: element -> its diagrams, in order."""

    def __init__(self, found: Elements, flows: Iterable[Pair]) -> None:
        self.of: dict[Element, dict[str, None]] = {element: dict.fromkeys(element.drawings) for element in found.all}
        self._found = found
        self._waiting: set[Element] = set()
        self._settled: deque[Element] = deque()
        self._partners: dict[Element, list[Element]] = {element: [] for element in found.all}
        for source, target in flows:
            self._partners[source].append(target)
            self._partners[target].append(source)

    def settle(self, element: Element) -> None:
        """Put an element that is not drawn into one diagram; it waits if nothing near it has one."""
        around = next((self.of[above] for above in self._found.above(element) if self.of[above]), {})
        beside = Counter(diagram for other in self._partners[element] for diagram in self.of[other])
        near = list(around or beside)
        if near:
            self.of[element] = {max(near, key=lambda diagram: beside[diagram]): None}
            self._settled.append(element)
            self._waiting.discard(element)
        else:
            self._waiting.add(element)

    def follow(self) -> None:
        """Put waiting elements beside those that have got a diagram."""
        while self._settled:
            for other in self._partners[self._settled.popleft()]:
                if other in self._waiting:
                    self.settle(other)

    def join(self, flows: Iterable[Pair]) -> None:
        """Put an end that is not drawn also into a diagram of the other end if they have none in common."""
        for source, target in flows:
            if not self.of[source].keys() & self.of[target].keys():
                moved, fixed = (target, source) if source.drawings else (source, target)
                if not moved.drawings:
                    self.of[moved].update(dict.fromkeys(list(self.of[fixed])[:1]))
