# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Compares the keys of a layer with those of the definition below, because a misspelt key would change nothing.

Misspelt names of fields are refused elsewhere. This is about keys that people choose: those of entries, cells,
positions, controls and metadata.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Iterable, Iterator, NamedTuple

from .._errors import InputError
from .._near import near, similar
from .._resources._catalog import CHILDREN
from .._resources._resource import Resource
from .._resources.diagram import DIAGRAM
from .short_forms import CELL_SECTIONS

#: Minimum similarity of names that a message suggests.
_CUTOFF = 0.6


class _Key(NamedTuple):
    """A key of a layer that the map below lacks. ``below``: the keys of that map; ``over``: the keys of the layer."""

    path: str
    key: str
    is_removed: bool
    below: tuple[str, ...]
    over: tuple[str, ...]


class Removals:
    """The keys that one overlay removes from several definitions: a key that none of them has is a mistake."""

    def __init__(self) -> None:
        self._seen = False
        self._missing: dict[str, _Key] = {}

    def note(self, base: Mapping[str, Any], over: Mapping[str, Any]) -> None:
        """Compare with one definition, both in normalized form."""
        missing = {key.path: key for key in _unknown(base, over) if key.is_removed}
        if not self._seen:
            self._seen, self._missing = True, missing
            return
        kept = {path: key for path, key in self._missing.items() if path in missing}
        self._missing = {p: key._replace(below=(*key.below, *missing[p].below)) for p, key in kept.items()}

    def mistakes(self, where: str) -> list[InputError]:
        """Return an InputError for each key that no definition has."""
        return [_mistake(key, where) for key in self._missing.values()]


def unknown_removals(base: Mapping[str, Any], over: Mapping[str, Any], where: str) -> list[InputError]:
    """Return an InputError for each key that ``over`` removes (``null``) and ``base`` lacks; both normalized."""
    removals = Removals()
    removals.note(base, over)
    return removals.mistakes(where)


def misspelling_notes(base: Mapping[str, Any], over: Mapping[str, Any]) -> list[str]:
    """Return a note for each new key that is nearly a key of the base which the layer does not have."""
    notes = []
    for key in _unknown(base, over):
        close = [] if key.is_removed else near(key.key, set(key.below) - set(key.over), 1)
        if close:
            notes.append('%s is new; the definition below has "%s"' % (key.path, close[0]))
    return notes


def _mistake(key: _Key, where: str) -> InputError:
    names = set(key.below)
    close = near(key.key, names) or similar(key.key, names, cutoff=_CUTOFF)
    hint = "; did you mean %s?" % ", ".join(close) if close else _known_hint(names)
    return InputError(
        "is removed (null), but the definition below has no such key%s" % hint, "%s %s" % (where, key.path)
    )


def _known_hint(names: Iterable[str]) -> str:
    listed = sorted(names)
    return "; there is %s" % ", ".join(listed[:5]) if listed else ""


# ------------------------------------------------------------------------------------------------------- walk
def _unknown(base: Mapping[str, Any], over: Mapping[str, Any]) -> Iterator[_Key]:
    yield from _level(base.get("metadata"), over.get("metadata"), "metadata")
    for resource in CHILDREN:
        name = resource.plural
        yield from _level(base.get(name), over.get(name), name)
        for key, (below, entry) in _pairs(base.get(name), over.get(name)).items():
            yield from _entry(resource, below, entry, "%s.%s" % (name, key))


def _entry(resource: Resource, base: Any, over: Any, path: str) -> Iterator[_Key]:
    for name in ("metadata", "controls"):
        yield from _member(base, over, name, path)
    if resource is not DIAGRAM:
        return
    for name in CELL_SECTIONS:
        yield from _member(base, over, name, path)
        for key, (below, cell) in _pairs(_map(base).get(name), _map(over).get(name)).items():
            yield from _member(below, cell, "metadata", "%s.%s.%s" % (path, name, key))
    yield from _member(_map(base).get("layout"), _map(over).get("layout"), "positions", path + ".layout")


def _member(base: Any, over: Any, name: str, path: str) -> Iterator[_Key]:
    yield from _level(_map(base).get(name), _map(over).get(name), "%s.%s" % (path, name))


def _level(base: Any, over: Any, path: str) -> Iterator[_Key]:
    """Yield the keys of one map that the map below it lacks."""
    below, above = [tuple(map(str, _map(side))) for side in (base, over)]
    known = set(below)
    for key, value in _map(over).items():
        if str(key) not in known:
            yield _Key("%s.%s" % (path, key), str(key), value is None, below, above)


def _pairs(base: Any, over: Any) -> dict[str, tuple[Any, Any]]:
    """Return key -> (entry below or None, entry of the layer)."""
    return {str(key): (_map(base).get(key), value) for key, value in _map(over).items() if isinstance(value, Mapping)}


def _map(value: Any) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}
