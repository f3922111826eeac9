# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The common part of all conversions between threat-model formats: keys, names, metadata and losses.

Data without a place in the other format is reported, not dropped silently.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ansible_collections.tmi.tmi.plugins.module_utils._definition.export import keys
from ansible_collections.tmi.tmi.plugins.module_utils._definition.export.keys import ExportLosses
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._resources._resource import OWN_PREFIX, Resource
from ansible_collections.tmi.tmi.plugins.module_utils._values import kind_of

from .inert import INERT, inert

#: Limits of both generations of the server: of names the smaller one, of texts the larger one of the two.
NAME_LIMIT, DESCRIPTION_LIMIT, MITIGATION_LIMIT, METADATA_LIMIT = 255, 2048, 1024, 1024

_NO_LIMIT = 10**9

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
#: Characters that the server refuses -> their replacement: in any plain text, and further ones in names.
_MARKUP = {"->": "→", "<-": "←", "<": "‹", ">": "›"}
_IN_NAMES = {**_MARKUP, '"': "\u201d", "'": "\u2019", "&": "+"}
_BLANKS = re.compile(r"\s+")
_BREAK = re.compile(r"[\t\r\n\v\f]")
_NOT_IN_KEYS = re.compile(r"[^A-Za-z0-9_-]+")
_READABLE = re.compile(r"[A-Za-z][A-Za-z0-9_.>-]{0,63}")
_NUMBER = re.compile(r"\s*[+-]?\d{1,18}(\.\d{0,18})?([eE][+-]?\d{1,2})?\s*", re.ASCII)
_FLAGS: Mapping[bool, tuple[Any, ...]] = {True: (True, "true", "yes", "1"), False: (False, "false", "no", "0")}
_GENERATED = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}|[0-9a-fA-F]{16}")


class Conversion(NamedTuple):
    """A model in the other format, and its losses: a list of ``{path, value, reason}``."""

    model: dict[str, Any]
    lost: list[dict[str, Any]]


def replaced(text: str, characters: Mapping[str, str]) -> str:
    """Return a text with characters replaced, in the order of the map."""
    for found, instead in characters.items():
        text = text.replace(found, instead)
    return text


def _without_break(blanks: re.Match[str]) -> str:
    return " " if _BREAK.search(blanks.group()) else blanks.group()


class Losses(ExportLosses):
    """Values that were lost or changed, in the order of reading, by JSON path (``$.assets[0]``)."""

    def rest(self, entry: Mapping[str, Any], known: tuple[str, ...], path: str) -> None:
        """Note all members with a value that the format does not know."""
        for name, value in entry.items():
            if name not in known and value not in (None, "", [], {}):
                self.add("%s.%s" % (path, name), value, "this field is not known here")


def as_text(value: Any) -> str:
    """Return a value as text, "" for none: lists of single values joined by commas, other lists and maps as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return "%.15g" % value
    if isinstance(value, (list, dict)):
        if isinstance(value, list) and not any(isinstance(member, (list, dict)) for member in value):
            return ", ".join(filter(None, map(as_text, value)))
        return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""
    return str(value)


def said(version: Any) -> str:
    """Return the version of a file for a message: one short line."""
    return " ".join(as_text(version).split())[:20] or kind_of(version)


def slug(text: str) -> str:
    """Return a key made of a name: ``Web front-end`` -> ``web_front_end``; "" where nothing is left."""
    return keys.slug(text, "", "_", 40)


def snake(name: str) -> str:
    """Return the name of a JSON member in snake case: ``isALog`` -> ``is_a_log``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def is_generated(text: str) -> bool:
    """Whether an id was made by a program: it has a part of a UUID, or 16 hexadecimal digits."""
    return bool(_GENERATED.search(text))


def is_readable(text: str) -> bool:
    """Whether an id can be used as a key: short, and written by a person rather than generated."""
    return bool(_READABLE.fullmatch(text)) and not is_generated(text)


class Keys:
    """Keys of one section, all different."""

    def __init__(self) -> None:
        self._taken = Taken("%s_%d")

    def take(self, *wishes: str, fallback: str) -> str:
        """Return the first wish that is not empty, with a number if it is in use."""
        return self._taken.take(next((wish for wish in wishes if wish), fallback))


class Taken:
    """Texts that are in use; ``form``: how a number follows one of them."""

    def __init__(self, form: str, taken: Iterable[str] = ()) -> None:
        self._form, self._taken = form, set(taken)
        self._last: dict[str, int] = {}

    def __contains__(self, wish: str) -> bool:
        return wish in self._taken

    def take(self, wish: str) -> str:
        """Return the wish, with the first free number if it is in use. The time does not depend on their count."""
        found, number = wish, self._last.get(wish, 1)
        while found in self._taken:
            number += 1
            found = self._form % (wish, number)
        self._last[wish] = number
        self._taken.add(found)
        return found


class Texts:
    """Converts texts to those that TMI accepts; changes are noted as losses."""

    def __init__(self, losses: Losses) -> None:
        self._losses = losses
        self._names: dict[tuple[str, ...], Taken] = {}

    def label(self, value: Any, path: str) -> str:
        """Return a label of a cell: one line, without ``<`` and ``>``, within the limit."""
        return self._line(value, path, _MARKUP)

    def _line(self, value: Any, path: str, refused: Mapping[str, str]) -> str:
        whole = self._accepted(as_text(value).strip(), path)
        given = _BLANKS.sub(_without_break, whole)
        text = replaced(given, refused)
        if text != given:
            self._losses.add(path, given, "TMI takes none of %s here: written as %s" % (" ".join(refused), text))
        elif given != whole:
            self._losses.add(path, whole, "TMI takes one line here: written as %s" % text)
        return self._cut(text, NAME_LIMIT, path)

    def name(self, value: Any, path: str, *among: str, fallback: str = "") -> str:
        """Return a name that the server accepts, different from all names with the same ``among``.

        The server refuses ``< > " ' &`` in names (FORMAT-10); objects with equal names could not be distinguished.
        """
        text = self._line(value, path, _IN_NAMES) or fallback
        if not among:
            return text
        taken = self._names.setdefault(among, Taken("%s (%d)"))
        name = taken.take(text[: NAME_LIMIT - 8] if text in taken else text)
        if name != text:
            self._losses.add(path, text, "another one has this name: written as %s" % name)
        return name

    def prose(self, value: Any, path: str, limit: int = DESCRIPTION_LIMIT) -> str:
        """Return a description without mark-up, which the server would remove or refuse, within the limit."""
        given = self._accepted(as_text(value).replace("\r\n", "\n"), path)
        if not given.strip():
            return ""
        text = given
        if "<" in text or ">" in text:
            text = replaced(html.unescape(_TAG.sub("", text)), _MARKUP).strip()
            self._losses.add(path, given, "TMI takes no mark-up and no < > here: taken away or replaced")
        return self._cut(text, limit, path)

    def metadata(self, value: Any, path: str) -> str:
        """Return a text of any length as a value of metadata: as :meth:`prose`; the part that is too long is noted."""
        text = self.prose(value, path, _NO_LIMIT)
        kept = text.encode("utf-8", "replace")[:METADATA_LIMIT].decode("utf-8", "ignore").rstrip()
        if len(kept) < len(text):
            rest = text[len(kept) :].strip()
            self._losses.add(path, rest, "TMI takes %d bytes here: this is what follows them" % METADATA_LIMIT)
        return kept

    def _accepted(self, given: str, path: str) -> str:
        text = inert(given)
        if text != given:
            self._losses.add(path, given, INERT)
        return text

    def _cut(self, text: str, limit: int, path: str) -> str:
        if len(text) <= limit:
            return text
        self._losses.add(path, text[limit:], "TMI takes %d characters here: this is what follows them" % limit)
        return text[:limit].rstrip()


class Metadata:
    """Metadata of one object, from fields that have no other place in TMI."""

    def __init__(self, losses: Losses, resource: Resource | None = None, prefix: str = "x_") -> None:
        self.entries: dict[str, str] = {}
        self._losses, self._resource, self._prefix = losses, resource, prefix

    def put(self, key: str, value: Any, path: str) -> str:
        """Keep a value, except an empty one. A value that is too long, or has the key of another one, is lost.

        Returns the key under which it is kept, "" if it is not. A key that differs from ``key`` is noted.
        """
        text = as_text(value)
        if not text.strip():
            return ""
        if inert(text) != text:
            self._losses.add(path, value, INERT)
            text = inert(text)
        bare = replaced(text, _MARKUP)
        if bare != text:
            self._losses.add(path, value, "TMI takes no < > in metadata: written as %s" % bare)
            text = bare
        name = metadata_key(key, self._resource, self._prefix)
        if name in self.entries:
            self._losses.add(path, value, "the metadata key %s is taken by another value" % name)
        elif len(text.encode("utf-8", "replace")) > METADATA_LIMIT:
            self._losses.add(path, value, "TMI takes %d bytes in a metadata value" % METADATA_LIMIT)
        else:
            if name != key:
                self._losses.add(path, key, "TMI takes this metadata key as %s" % name)
            self.entries[name] = text
            return name
        return ""

    def into(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Return the entry with the metadata, if there is any."""
        if self.entries:
            entry["metadata"] = self.entries
        return entry


def metadata_key(key: str, resource: Resource | None = None, prefix: str = "x_") -> str:
    """Return a name as a key of metadata: its characters, and not the key of a field of the resource."""
    name = _NOT_IN_KEYS.sub("_", key)[:128] or "_"
    reserved = name.startswith(OWN_PREFIX) or (resource is not None and name in resource.reserved_keys)
    return (prefix + name)[:128] if reserved else name


def maps(value: Any, path: str) -> list[tuple[str, dict[str, Any]]]:
    """Return (path, member) for each map of a list; an empty list for null. Raises InputError for anything else."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise InputError("must be a list, not %s" % kind_of(value), path)
    for number, member in enumerate(value):
        if member is not None and not isinstance(member, dict):
            raise InputError("must be a map, not %s" % kind_of(member), "%s[%d]" % (path, number))
    return [("%s[%d]" % (path, number), member) for number, member in enumerate(value) if member is not None]


def texts(value: Any, path: str) -> list[str]:
    """Return a list of single values, or one value, as a list of texts. Raises InputError for anything else."""
    found = [] if value is None else value if isinstance(value, list) else [value]
    for number, one in enumerate(found):
        if isinstance(one, (list, dict)):
            place = "%s[%d]" % (path, number) if isinstance(value, list) else path
            raise InputError("must be a text, not %s" % kind_of(one), place)
    return [as_text(one) for one in found]


def member(value: Any, path: str) -> dict[str, Any]:
    """Return a map, an empty one for null. Raises InputError for anything else."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InputError("must be a map, not %s" % kind_of(value), path)
    return value


def number(value: Any) -> float | int | None:
    """Return a number, also one in a text, rounded to hundredths and whole ones as int; None for anything else."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    found = round(float(value), 2) if abs(value) < 1e9 else None
    return int(found) if found is not None and found.is_integer() else found


def measured(value: Any, path: str, losses: Losses) -> float | int | None:
    """Return a number as :func:`number` does; a value that is neither a number nor empty is noted."""
    found = number(value)
    if found is None and value not in (None, ""):
        losses.add(path, value, "is not a number")
    return found


def flag(value: Any, path: str, losses: Losses) -> bool | None:
    """Return a boolean, also one in a text or a number; None, noted, for any other value that is not empty."""
    word = value.strip().lower() if isinstance(value, str) else value
    found = next((known for known, words in _FLAGS.items() if word in words), None)
    if found is None and value not in (None, ""):
        losses.add(path, value, "is neither true nor false")
    return found
