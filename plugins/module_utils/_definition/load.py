# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Definition files: found, read and parsed, with the place of every mistake. Nothing is asked of a server here.

YAML is read by the C loader where there is one; a key that stands twice, or that YAML 1.1 reads as a boolean, is an
error, since both lose what the author meant (definition format, rule 4).
"""

from __future__ import annotations

import glob
import json
import os
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Hashable, NamedTuple, Sequence

from .._errors import InputError, TmiError
from .._failures import MISSING_LIBRARY

try:
    import yaml
except ImportError:
    yaml = None  # type: ignore[assignment]  # only a machine that is no controller can lack it; told in _parse

if TYPE_CHECKING:
    from yaml.nodes import MappingNode, Node

SUFFIXES = (".yml", ".yaml", ".json")
#: The version of the format, under the key that marks a definition.
MARK, VERSION = "tmi_definition", 1


class Document(NamedTuple):
    """One definition, and where it stands (a file, or the option that held it).

    ``files`` are those of which it is made: its own, then the ones it is based on; none where it came as data.
    ``notes`` tell what a removal has taken along (format, rule 5).
    """

    where: str
    data: Mapping[str, Any]
    files: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def find_files(sources: Sequence[str]) -> list[str]:
    """Return the files that ``sources`` name: files, folders (searched for YAML and JSON, not below) and globs.

    Raises InputError for a source that names nothing.
    """
    files: list[str] = []
    for source in sources:
        if os.path.isdir(source):
            found = sorted(os.path.join(source, n) for n in os.listdir(source) if n.endswith(SUFFIXES))
        elif os.path.isfile(source):
            found = [source]
        else:
            found = sorted(name for name in glob.glob(source) if os.path.isfile(name))
        if not found:
            raise InputError("%s: no such file, or a folder without %s" % (source, ", ".join(SUFFIXES)), "src")
        files += [name for name in found if name not in files]
    return files


def load_file(path: str) -> Document:
    """Read one definition file. Raises InputError with file, line and what is wrong."""
    try:
        with open(path, encoding="utf-8") as stream:
            text = stream.read()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("cannot be read: %s" % (getattr(error, "strerror", None) or error), path) from None
    data = _parse_json(text, path) if path.endswith(".json") else _parse(text, path)
    return document(data, path, (path,))


def document(data: Any, where: str, files: tuple[str, ...] = ()) -> Document:
    """Check that something parsed is a definition at all. Raises InputError."""
    if not isinstance(data, Mapping):
        raise InputError("is not a definition: it must be a map that begins with %s: %d" % (MARK, VERSION), where)
    if data.get(MARK) != VERSION or isinstance(data[MARK], bool):
        raise InputError("needs %s: %d, the version of the format" % (MARK, VERSION), where)
    return Document(where, data, files)


def _parse_json(text: str, path: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise InputError("is not JSON: %s" % error, path) from None


def _parse(text: str, path: str) -> Any:
    if yaml is None:
        raise TmiError(
            "The Python library PyYAML is missing where this module runs; run it on the controller", MISSING_LIBRARY
        )
    try:
        return yaml.load(text, Loader=_loader())  # a subclass of the safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = "%s:%d" % (path, mark.line + 1) if mark else path
        raise InputError("is not YAML: %s" % (error.problem or error.context), place) from None
    except yaml.YAMLError as error:
        raise InputError("is not YAML: %s" % error, path) from None


def compose(path: str) -> Any:
    """Return a file's YAML nodes, which know their lines; None where there are none to be had."""
    try:
        with open(path, encoding="utf-8") as stream:
            return yaml.compose(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return None


@lru_cache(maxsize=None)
def _loader() -> Any:
    """Return a safe loader that refuses keys standing twice; dates stay the texts that they are."""
    base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text, merge = "tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"
    #: What a text may begin with that is a number, a boolean or something else than a text.
    special = frozenset(base.yaml_implicit_resolvers)

    @lru_cache(maxsize=1024)
    def tag_of(value: str) -> str:
        tags = base.yaml_implicit_resolvers.get(value[:1], ())
        return next((tag for tag, form in tags if form.match(value)), text)

    class Loader(base):  # type: ignore[misc,valid-type]
        def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
            if kind is yaml.ScalarNode and implicit[0]:  # as the base finds out in several times the time
                return text if value and value[0] not in special else tag_of(value)
            return super().resolve(kind, value, implicit)

    def built(loader: Any, node: Node) -> Any:
        if node.tag == text and isinstance(node, yaml.ScalarNode):
            return node.value  # nearly all of a definition, and it is there already
        return loader.construct_object(node, deep=True)

    def mapping(loader: Any, node: MappingNode) -> dict[Hashable, Any]:
        found: dict[Hashable, Any] = {}
        merges = False
        for key_node, value_node in node.value:
            if key_node.tag == merge:
                merges = True
                continue  # what << brings may be replaced
            key = built(loader, key_node)
            if isinstance(key, (dict, list)) or key in found:
                raise yaml.constructor.ConstructorError(None, None, "key %r stands twice" % (key,), key_node.start_mark)
            found[key] = built(loader, value_node)
        if not merges:
            return found
        loader.flatten_mapping(node)
        return {built(loader, key_node): built(loader, value_node) for key_node, value_node in node.value}

    Loader.add_constructor("tag:yaml.org,2002:map", mapping)
    Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: loader.construct_scalar(node))
    return Loader
