# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Reads XML within limits of size, depth and number. A document type is refused, and with it every entity."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._values import MOST_LEVELS
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.parse import MOST_CHARACTERS, MOST_VALUES, as_source_text


class Node:
    """An element: its name without namespace, its attributes by name without namespace, its text, its elements."""

    __slots__ = ("attributes", "children", "name", "text")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name, self.attributes, self.text = name, attributes, ""
        self.children: list[Node] = []

    def all(self, name: str) -> Iterator[Node]:
        """Yield the elements of a name."""
        return (child for child in self.children if child.name == name)

    def child(self, *names: str) -> Node:
        """Return the first element of a name, and so on; an empty element if there is none."""
        found = self
        for name in names:
            found = next(found.all(name), None) or Node(name, {})
        return found

    def value(self, *names: str) -> str:
        """Return the text of an element, without the blanks around it; "" if there is none."""
        return self.child(*names).text.strip()


class _Builder:
    def __init__(self, where: str) -> None:
        self.root: Node | None = None
        self._where, self._open, self._count = where, list[Node](), 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1 + len(attributes)
        if len(self._open) >= MOST_LEVELS:
            raise InputError("is nested deeper than %d levels" % MOST_LEVELS, self._where)
        if self._count > MOST_VALUES:
            raise InputError("has more than %d values" % MOST_VALUES, self._where)
        node = Node(_local(name), {_local(key): value for key, value in attributes.items()})
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)

    def end(self, _name: str) -> None:
        self._open.pop()

    def text(self, text: str) -> None:
        if self._open:
            self._open[-1].text += text

    def refuse(self, *_arguments: Any) -> None:
        raise InputError("has a document type, which is not read: it can define entities without limit", self._where)


def read_xml(source: Any, where: str) -> Node:
    """Return the root element of a text. Raises InputError if it is no XML, too large, or has a document type."""
    text = as_source_text(source, where)
    if len(text) > MOST_CHARACTERS:
        raise InputError("has %d characters; at most %d are read" % (len(text), MOST_CHARACTERS), where)
    builder = _Builder(where)
    # The text has been decoded, so whatever encoding it declares is no longer true.
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = builder.refuse
    parser.StartElementHandler, parser.EndElementHandler = builder.start, builder.end
    parser.CharacterDataHandler = builder.text
    try:
        parser.Parse(text.lstrip("\ufeff").encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise InputError("is not XML: %s" % error, where) from None
    if builder.root is None:
        raise InputError("is empty", where)
    return builder.root


def _local(name: str) -> str:
    return name.rpartition(" ")[2].rpartition(":")[2]
