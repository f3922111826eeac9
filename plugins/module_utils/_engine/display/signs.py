# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Values on one line in which no sign is hidden, and none looks like another: such signs are shown as escapes.

Escapes are written for signs that are not printable or have no shape, for accents that are not composed with their
letter (NFC), and for Cyrillic, Greek and Armenian letters among Latin ones of the same look.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Collection, Iterator

#: Signs without a shape that Python takes for printable: fillers, joiners, selectors, the empty Braille pattern.
_SHAPELESS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
#: The selector that gives a symbol its colours.
_EMOJI = "\ufe0f"
#: Letters -> the Latin ones that look the same.
_LETTERS = dict(
    zip(
        "аеорсухѕіјһӏԁԛԝАВЕКМНОРСТУХЅІЈӀԚԜαγικνορυϲϳΑΒΕΖΗΙΚΜΝΟΡΤΥΧհոսօ",
        "aeopcyxsijhldqwABEKMHOPCTYXSIJIQWayiKvopucjABEZHIKMNOPTYXhnuo",
    )
)
#: Other signs -> those of ASCII that look nearly the same. Texts of all languages have them.
_OTHERS = dict(zip("‐‑‒–—−\u2018\u2019ʼ′\u201c\u201d∕⁄∶ıɑɡ", "------''''\"\"//:iag"))
_LOOKS = {ord(sign): look for sign, look in {**_LETTERS, **_OTHERS}.items()}
_WORD = re.compile(r"\w+")
_LATIN = re.compile("[A-Za-z]")
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str) -> str:
    """Return a text without signs that break a line, hide, or change how a terminal shows the rest."""
    if text.isascii() and text.isprintable():
        return text
    hidden = frozenset(_hidden(text))
    return "".join(_escape(sign) if at in hidden else sign for at, sign in enumerate(text))


def shown(text: str) -> str:
    """Return a text of several lines with each line as :func:`visible` shows it."""
    return text if text.isascii() and text.isprintable() else "\n".join(map(visible, text.split("\n")))


def is_clear(text: str) -> bool:
    """Whether a text can be shown unchanged."""
    return visible(text) == text


def quoted(text: str) -> str:
    """Return a text on one line, in quotes; no other text is shown in the same way."""
    if text.isascii() and text.isprintable():
        return '"%s"' % text.replace("\\", "\\\\").replace('"', '\\"')
    hidden = frozenset(_hidden(text))
    return '"%s"' % "".join(
        _SHORT.get(sign) or (_escape(sign) if at in hidden else sign) for at, sign in enumerate(text)
    )


def compact(value: Any) -> str:
    """Return a value of JSON on one line. 1 and 1.0 are the same number, and look the same."""
    if isinstance(value, str):
        return quoted(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        return "{%s}" % ", ".join("%s: %s" % (quoted(str(k)), compact(value[k])) for k in sorted(value, key=str))
    if isinstance(value, (list, tuple)):
        return "[%s]" % ", ".join(map(compact, value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, (int, float)) else quoted(str(value))


def skeleton(text: str) -> str:
    """Return a text by its look: two texts with the same skeleton cannot be distinguished on the screen."""
    if text.isascii():
        return text
    return _SHAPELESS.sub("", unicodedata.normalize("NFKD", text).translate(_LOOKS))


def look_alikes(before: Collection[str], after: Collection[str]) -> frozenset[str]:
    """Return the skeletons that a text of one side shares with another text of the other side."""
    if all(text.isascii() for side in (before, after) for text in side):
        return frozenset()
    old, new = ({skeleton(text): text for text in side} for side in (before, after))
    return frozenset(look for look in old if look in new and old[look] != new[look])


def in_ascii(shown: str) -> str:
    """Return the result of :func:`quoted` with escapes for all signs beyond ASCII."""
    return "".join(sign if sign.isascii() else _escape(sign) for sign in shown)


def _escape(sign: str) -> str:
    code = ord(sign)
    return "\\u%04x" % code if code < 0x10000 else "\\U%08x" % code


def _hidden(text: str) -> Iterator[int]:
    """Yield the places of the signs to be shown as escapes."""
    yield from (at for at, sign in enumerate(text) if not sign.isprintable())
    if text.isascii():
        return
    for found in _SHAPELESS.finditer(text):
        at = found.start()
        if found[0] != _EMOJI or unicodedata.category(text[at - 1 : at] or " ") != "So":
            yield at
    for found in _WORD.finditer(text):
        if _LATIN.search(found[0]):
            yield from (found.start() + at for at, sign in enumerate(found[0]) if sign in _LETTERS)
    if _is_loose(text):
        begins = [at for at, sign in enumerate(text) if not unicodedata.combining(sign)]
        spans = [(a, b) for a, b in zip(begins, [*begins[1:], len(text)]) if _is_loose(text[a:b])]
        yield from (at for a, b in spans or [(0, len(text))] for at in range(a, b) if not text[at].isascii())


def _is_loose(text: str) -> bool:
    return not unicodedata.is_normalized("NFC", text)
