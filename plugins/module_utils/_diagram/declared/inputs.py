# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Single values as users write them in YAML: checked, or refused with their place and the right form."""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Mapping
from typing import Any, Iterable, Optional, Sequence

from ..._errors import InputError, shortened
from ..._mistakes import STRICT, MistakeList
from ..._near import similar
from ..._resources._resource import OWN_PREFIX
from ..._values import LOSSY, boolean_key, boolean_text, kind_of

#: Characters of a value that a message shows.
SHOWN = 80

#: The maximum distance of a cell from the origin, in pixels: all servers keep whole numbers up to it.
MAX_COORDINATE = 10_000_000


def join(*parts: str) -> str:
    """Return a path: ``nodes``, ``web``, ``type`` -> ``nodes.web.type``."""
    return ".".join(part for part in parts if part)


def either(fields: Mapping[str, Any], *names: str) -> Any:
    """Return the value under the first of several names of a field that the user wrote, None for none."""
    return next((fields[name] for name in names if fields.get(name) is not None), None)


def key_text(value: Any, path: str, is_key: bool = False) -> str:
    """Return a key or a reference to one as text. Raises InputError for a value that YAML did not read as a name.

    ``is_key``: whether it is the key of a map.
    """
    if isinstance(value, bool):
        raise InputError(boolean_key(value) if is_key else boolean_text(value), path)
    if isinstance(value, float):
        raise InputError(LOSSY, path)
    if isinstance(value, int):
        value = str(value)
    if not isinstance(value, str):
        raise InputError("a key must be a text, not %s" % kind_of(value), path)
    if not value.strip():
        raise InputError("a key must be a text that is not empty", path)
    return value.strip()


def text(value: Any, path: str) -> Optional[str]:
    """Return a label, None if it is not declared. Raises InputError."""
    if value is None or isinstance(value, str):
        return None if value is None else str(value)
    if isinstance(value, bool):
        raise InputError(boolean_text(value), path)
    if isinstance(value, float):
        raise InputError(LOSSY, path)
    if isinstance(value, int):
        return str(value)
    raise InputError("must be a text, not %s" % kind_of(value), path)


def flag(value: Any, path: str) -> Optional[bool]:
    """Return a boolean, None if it is not declared. Raises InputError."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("true", "yes", "on", "1"):
        return True
    if isinstance(value, str) and value.strip().lower() in ("false", "no", "off", "0"):
        return False
    shown = repr(shortened(value, SHOWN)) if isinstance(value, str) else kind_of(value)
    raise InputError("must be true or false, not %s" % shown, path)


def number(value: Any, path: str, least: Optional[float] = None) -> Optional[float]:
    """Return a number of pixels, None if it is not declared; whole numbers as int.

    Raises InputError below ``least``, and beyond ``MAX_COORDINATE``.
    """
    if value is None or value == "":
        return None
    try:
        if isinstance(value, bool):
            raise ValueError
        pixels = float(value)
    except (TypeError, ValueError, OverflowError):
        raise InputError("must be a number of pixels, not %s" % kind_of(value), path) from None
    if not abs(pixels) <= MAX_COORDINATE:  # also false for NaN
        raise InputError("must be a number of pixels from -%d to %d" % (MAX_COORDINATE, MAX_COORDINATE), path)
    if least is not None and pixels < least:
        raise InputError("must be at least %g: TMI accepts no smaller cells" % least, path)
    return int(pixels) if pixels.is_integer() else pixels


def choice(value: Any, allowed: Mapping[str, str], path: str, words: Iterable[str] = ()) -> Optional[str]:
    """Return the value of a word in ``allowed``; case, blanks and dashes do not matter.

    Raises InputError that lists ``words``, or else all values, and suggests the most similar ones.
    """
    if value is None:
        return None
    listed = tuple(words) or tuple(sorted(set(allowed.values())))
    expected = "must be one of %s" % ", ".join(listed)
    if not isinstance(value, str):
        raise InputError("%s, not %s" % (expected, kind_of(value)), path)
    word = re.sub(r"[\s-]+", "_", value.strip()).lower()
    if word not in allowed:
        meant = {allowed[near] for near in similar(word, allowed)}
        near = [one for one in listed if allowed.get(one, one) in meant]
        hint = " (did you mean %s?)" % ", ".join(near) if near else ""
        raise InputError("%s, not %r%s" % (expected, shortened(value, SHOWN), hint), path)
    return allowed[word]


def metadata(value: Any, path: str) -> dict[str, str]:
    """Return declared metadata; an empty value removes its key. Accepts a map or TMI's list of key and value.

    Raises InputError for a reserved key of the collection, and for values that are not single values.
    """
    entries: dict[str, str] = {}
    mistakes = MistakeList()
    for given_key, entry in _pairs(value, path):
        with mistakes.collecting():
            key = key_text(given_key, path, is_key=True)
            if key.startswith(OWN_PREFIX):
                raise InputError("metadata keys that start with %s belong to the collection" % OWN_PREFIX, path)
            entries[key] = _metadata_text(entry, join(path, key))
    mistakes.raise_all()
    return entries


def _metadata_text(entry: Any, path: str) -> str:
    if isinstance(entry, bool):
        return str(entry).lower()
    if entry is None:
        return ""
    if isinstance(entry, (str, int, float)):
        return str(entry)
    if isinstance(entry, datetime.date):
        return entry.isoformat()
    raise InputError("must be a single value, not %s" % kind_of(entry), path)


def _pairs(value: Any, path: str) -> Iterable[tuple[Any, Any]]:
    if value is None:
        return ()
    if isinstance(value, Mapping):
        return list(value.items())
    if isinstance(value, (list, tuple)) and all(isinstance(item, Mapping) and "key" in item for item in value):
        return [(item["key"], item.get("value")) for item in value]
    raise InputError("must be a map", path)


def known_fields(entry: Mapping[str, Any], allowed: Iterable[str], path: str, mistakes: MistakeList = STRICT) -> None:
    """Add unknown fields to ``mistakes``, with the most similar known ones."""
    allowed = tuple(allowed)
    for name in entry:
        if name not in allowed and not mistakes.is_full:
            mistakes.add(InputError("unknown field%s" % close_names(str(name), allowed), join(path, str(name))))


def read_all(calls: Mapping[str, Sequence[Any]], mistakes: MistakeList) -> dict[str, Any]:
    """Return the results of calls (functions and their arguments); InputErrors are added to ``mistakes``."""
    with contextlib.suppress(InputError):  # the usual case, which takes the least time
        return {name: call(*arguments) for name, (call, *arguments) in calls.items()}
    results = {}
    for name, (call, *arguments) in calls.items():
        with mistakes.collecting():
            results[name] = call(*arguments)
    return results


def close_names(name: str, names: Iterable[str]) -> str:
    """Return `` (did you mean a, b?)``, or nothing if no name is similar."""
    near = similar(name, names)
    return " (did you mean %s?)" % ", ".join(near) if near else ""
