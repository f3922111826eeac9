# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Parses YAML files within limits, with the line of every mistake.

Scalars without quotes that YAML 1.1 reads as numbers or booleans become :class:`Written`: their field decides whether
they are texts. No tag of a file executes code, and an alias counts as much as its target.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Callable, NoReturn, Optional, Union

from ..._errors import InputError, TmiError
from ..._failures import MISSING_LIBRARY
from ..._mistakes import STRICT, MistakeList
from ..._values import MOST_LEVELS, boolean_key
from .as_written import MOST_VALUES, TEMPLATE, Written

try:
    import yaml
except ImportError:
    yaml = None  # type: ignore[assignment]  # only a managed machine can lack it; see parse_yaml

if TYPE_CHECKING:
    from yaml.nodes import MappingNode, Node

#: Decrypts a text of Ansible Vault. Raises InputError.
Decrypt = Callable[[str], str]

_TAG = "tag:yaml.org,2002:"
_TEXT, _MERGE, _MAP, _LIST = _TAG + "str", _TAG + "merge", _TAG + "map", _TAG + "seq"
_NULL, _BOOLEAN = _TAG + "null", _TAG + "bool"
#: Tags of scalars that are texts.
_TEXTS = frozenset((_TEXT, _MERGE, _TAG + "timestamp", _TAG + "value", "!", "!unsafe"))
_WRITTEN = frozenset((_BOOLEAN, _TAG + "int", _TAG + "float"))
_VAULT = frozenset(("!vault", "!vault-encrypted"))


class Encrypted(str):
    """A decrypted text: messages do not show it."""


def parse_yaml(text: str, path: str, decrypt: Optional[Decrypt] = None, mistakes: MistakeList = STRICT) -> Any:
    """Return the data of a file. Mistakes that leave the rest readable are added to ``mistakes``.

    Raises InputError with file and line, for one mistake or for several.
    """
    if yaml is None:
        raise TmiError(
            "The Python library PyYAML is missing where this module runs; run it on the controller", MISSING_LIBRARY
        )
    try:
        root = _composed(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line if mark else 0
        hint = _hint(text, line)
        raise InputError(hint or "is not YAML: %s" % (error.problem or error.context), _at(path, line)) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) if isinstance(error.position, int) else 0
        raise InputError("is not YAML: %s" % error.reason, _at(path, line)) from None
    except yaml.YAMLError as error:
        raise InputError("is not YAML: %s" % error, path) from None
    except RecursionError:
        raise InputError("is nested deeper than %d levels" % MOST_LEVELS, path) from None
    building = _Building(path, decrypt)
    data = building.data(root)
    with mistakes.collecting():
        building.mistakes.raise_all()
    return data


def compose(text: str) -> Any:
    """Return the YAML nodes of a text, which have line numbers; None if it cannot be parsed."""
    try:
        return yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, RecursionError):
        return None


def _at(path: str, line: int) -> str:
    return "%s:%d" % (path, line + 1)


def _hint(text: str, line: int) -> str:
    """Return the probable mistake in a line that is not YAML, "" if none is known."""
    lines = text.split("\n", line + 1)
    text_of_line = lines[line] if line < len(lines) else ""
    if "{{" in text_of_line or "{%" in text_of_line:
        return TEMPLATE
    indent = text_of_line[: len(text_of_line) - len(text_of_line.lstrip())]
    if "\t" in indent:
        return "is not YAML: tabs cannot be used for indentation; use blanks"
    if "\t" in text_of_line:
        return "is not YAML: there is a tab where YAML allows only blanks"
    return ""


def _composed(text: str) -> Any:
    loader = _loader()(text)
    try:
        return loader.get_single_node()
    finally:
        loader.dispose()


@lru_cache(maxsize=None)
def _loader() -> Any:
    """Return a safe loader that finds the tags of scalars faster."""
    base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    #: First characters of scalars that may be something other than texts.
    special = frozenset(base.yaml_implicit_resolvers)

    @lru_cache(maxsize=1024)
    def tag_of(value: str) -> str:
        tags = base.yaml_implicit_resolvers.get(value[:1], ())
        return next((tag for tag, form in tags if form.match(value)), _TEXT)

    class Loader(base):  # type: ignore[misc,valid-type]
        def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
            if kind is yaml.ScalarNode and implicit[0]:  # the same result as the base, several times faster
                return _TEXT if value and value[0] not in special else tag_of(value)
            return super().resolve(kind, value, implicit)

    return Loader


class _Building:
    """Builds the data of one file."""

    def __init__(self, path: str, decrypt: Optional[Decrypt]) -> None:
        self.path = path
        self.decrypt = decrypt
        self.mistakes = MistakeList()
        self.values = 0
        self.deepest = 0
        #: Node of a map or list -> (its data, number of values, number of levels); None while it is built.
        self.built: dict[int, Optional[tuple[Any, int, int]]] = {}

    def data(self, root: Any) -> Any:
        """Return the data without mistakes. Raises InputError if nothing can be read."""
        return None if root is None else self._value(root, 0)

    def _value(self, node: Node, level: int) -> Any:
        if isinstance(node, yaml.ScalarNode):
            self.values += 1
            return node.value if node.tag == _TEXT else self._scalar(node)
        known = self.built.get(id(node), ())
        if known is None:
            self._fail("an alias refers to something that contains it", node)
        deepest = level + (known[2] if known else 0)
        if deepest > MOST_LEVELS:
            self._fail("is nested deeper than %d levels" % MOST_LEVELS, node)
        if known:
            self._count(known[1], node)
            self.deepest = max(self.deepest, deepest)
            return known[0]
        values, above = self.values, self.deepest
        self._count(1, node)
        self.deepest = level
        self.built[id(node)] = None
        built = self._collection(node, level)
        self.built[id(node)] = built, self.values - values, self.deepest - level
        self.deepest = max(self.deepest, above)
        return built

    def _collection(self, node: Any, level: int) -> Union[dict[Any, Any], list[Any], None]:
        if isinstance(node, yaml.MappingNode) and node.tag == _MAP:
            return self._map(node, level)
        if isinstance(node, yaml.SequenceNode) and node.tag == _LIST:
            return [self._value(item, level + 1) for item in node.value]
        self._wrong("is not YAML: the tag %s is not allowed in a definition; remove it" % _shown(node.tag), node)
        return None

    def _map(self, node: MappingNode, level: int) -> dict[Any, Any]:
        own: dict[Any, Any] = {}
        merged: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            if key_node.tag == _MERGE:
                self._merge(value_node, merged, level)
                continue
            key = self._key(key_node, node)
            if key is None:
                continue
            if key in own:
                self._wrong("is not YAML: key %s appears twice" % str.__repr__(key), key_node)
            own[key] = self._value(value_node, level + 1)
        return {**merged, **own} if merged else own

    def _merge(self, node: Any, merged: dict[Any, Any], level: int) -> None:
        """Merge the maps of ``<<``: the first one has priority, and the members of the map itself over all of them."""
        for part in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            members = self._value(part, level + 1)
            if not isinstance(members, dict):
                self._wrong("<< needs a map, or a list of maps", part)
                continue
            self._count(len(members), part)
            for key, value in members.items():
                merged.setdefault(key, value)

    def _key(self, node: Any, around: MappingNode) -> Optional[str]:
        if not isinstance(node, yaml.ScalarNode):
            is_template = around.flow_style and isinstance(node, yaml.MappingNode) and len(around.value) == 1
            self._wrong(TEMPLATE if is_template else "a key must be a text", node)
        elif node.tag == _BOOLEAN:
            self._wrong("%s: %s" % (node.value, boolean_key(Written(node.value).meant())), node)
            return str(node.value)  # what the author meant
        elif node.tag == _NULL:
            self._wrong("a key must not be empty", node)
        else:
            key = self._value(node, 0)
            return str(key) if isinstance(key, Written) else key
        return None

    def _scalar(self, node: Any) -> Any:
        if node.tag == _NULL:
            return None
        if node.tag in _WRITTEN:
            return Written(node.value)
        if node.tag in _TEXTS:
            return node.value
        if node.tag in _VAULT:
            return self._decrypted(node)
        self._wrong("is not YAML: the tag %s is not allowed in a definition; remove it" % _shown(node.tag), node)
        return None

    def _decrypted(self, node: Any) -> Optional[str]:
        line = _at(self.path, node.start_mark.line)
        if self.decrypt is None:
            self.mistakes.add(InputError(NO_VAULT, line))
            return None
        try:
            return Encrypted(self.decrypt(node.value))
        except InputError as error:
            self.mistakes.add(error.at(line))
            return None

    def _count(self, more: int, node: Node) -> None:
        self.values += more
        if self.values > MOST_VALUES:
            self._fail("holds more than %d values, including those of its aliases" % MOST_VALUES, node)

    def _wrong(self, message: str, node: Node) -> None:
        self.mistakes.add(InputError(message, _at(self.path, node.start_mark.line)))
        if self.mistakes.is_full:
            self.mistakes.raise_all()

    def _fail(self, message: str, node: Node) -> NoReturn:
        raise InputError(message, _at(self.path, node.start_mark.line))


#: The message for an encrypted value that cannot be read.
NO_VAULT = (
    "is encrypted with Ansible Vault, which only the controller can read: run the task with connection: local, "
    "without become and async, and give the password of the vault to ansible-playbook"
)


def _shown(tag: str) -> str:
    return "!!" + tag[len(_TAG) :] if tag.startswith(_TAG) else tag
