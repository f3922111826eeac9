# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Finds and reads definition files, with the place of every mistake. No server is needed."""

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Mapping
from typing import Any, NamedTuple, Optional, Sequence

from .._errors import InputError
from .._mistakes import STRICT, MistakeList, raise_all
from .._values import kind_of
from .parsing import yaml_text
from .parsing.as_written import MARK, MOST_BYTES, VERSION, Written
from .parsing.json_text import parse_json
from .parsing.lines import descend
from .parsing.scalars import as_meant
from .parsing.yaml_text import NO_VAULT, Decrypt, Encrypted, parse_yaml

SUFFIXES = (".yml", ".yaml", ".json")
#: Prefix of top-level keys that belong to the author, for example for targets of YAML aliases.
FREE = "x-"
_VAULT = b"$ANSIBLE_VAULT;"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Document(NamedTuple):
    """One definition, and ``where`` it comes from (a file, or an option).

    ``files``: its own file, then those of its base; none if it came as data. ``notes``: further removals that a removal
    has caused (FORMAT-5). ``decrypt`` reads encrypted files; ``secrets`` are texts that no message repeats. ``named``:
    the name that an overlay without a key has given it.
    """

    where: str
    data: Mapping[str, Any]
    files: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    decrypt: Optional[Decrypt] = None
    secrets: frozenset[str] = frozenset()
    named: str = ""


def find_files(sources: Sequence[str]) -> list[str]:
    """Return the files of ``sources``: files, folders (their YAML and JSON files, without subfolders) and globs.

    Raises InputError for a source without files.
    """
    files: list[str] = []
    for source in sources:
        if os.path.isdir(source):
            matches = sorted(os.path.join(source, n) for n in os.listdir(source) if n.endswith(SUFFIXES))
        elif os.path.isfile(source):
            matches = [source]
        else:
            matches = sorted(name for name in glob.glob(source) if os.path.isfile(name))
        if not matches:
            raise InputError("%s: no such file, or a folder without %s" % (source, ", ".join(SUFFIXES)), "src")
        files += [name for name in matches if name not in files]
    return files


def load_file(path: str, decrypt: Optional[Decrypt] = None, mistakes: MistakeList = STRICT) -> Document:
    """Read one definition file. Mistakes that leave the rest readable are added to ``mistakes``, with their lines.

    ``decrypt`` decrypts texts of Ansible Vault; without it such a file is refused. Raises InputError with file and
    line.
    """
    text = read_text(path, decrypt)
    data = parse_json(text, path) if path.endswith(".json") else parse_yaml(text, path, decrypt, mistakes)
    wrong = MistakeList()
    loaded = document(data, path, (path,), wrong)
    secrets = frozenset(_secrets(loaded.data)) if decrypt is not None else frozenset()
    loaded = loaded._replace(data=as_meant(loaded.data, path, wrong), decrypt=decrypt, secrets=secrets)
    if wrong.found:
        root = compose(path, decrypt)
        try:
            raise_all([_with_line(one, path, root) for one in wrong.found])
        except InputError as error:
            mistakes.settle(error)
    return loaded


def _with_line(error: InputError, path: str, root: Any) -> InputError:
    """Return a mistake with its line, from one whose path begins with that of the file."""
    inner = error.path[len(path) + 1 :]
    line = descend(root, inner)[0] if root is not None else 1
    return InputError(error.message, ("%s:%d %s" % (path, line, inner)).rstrip())


def read_text(path: str, decrypt: Optional[Decrypt] = None) -> str:
    """Return the text of a file, decrypted if the whole file is encrypted. Raises InputError."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise InputError("is not a file", path)
        if status.st_size > MOST_BYTES:
            raise InputError("has %d bytes, but at most %d are allowed" % (status.st_size, MOST_BYTES), path)
        with open(path, "rb") as stream:
            content = stream.read(MOST_BYTES + 1)[:MOST_BYTES]
    except OSError as error:
        raise InputError("cannot be read: %s" % (error.strerror or error), path) from None
    if content.startswith(_VAULT):
        if decrypt is None:
            raise InputError(NO_VAULT, path)
        try:
            return decrypt(content.decode("ascii", "replace"))
        except InputError as error:
            raise InputError(error.message, path) from None
    if content[:2] in _UTF_16 or b"\0" in content[:2]:
        raise InputError("is UTF-16 (some editors call it Unicode), not UTF-8. Save the file as UTF-8", "%s:1" % path)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = "is not UTF-8: the byte 0x%02x is not valid there. Save the file as UTF-8" % content[error.start]
        raise InputError(message, "%s:%d" % (path, line)) from None


def compose(path: str, decrypt: Optional[Decrypt] = None) -> Any:
    """Return the YAML nodes of a file, which have line numbers; None if the file cannot be parsed."""
    try:
        text = read_text(path, decrypt)
    except InputError:
        return None
    # JSON is YAML, except for tabs and for characters that are written in two halves.
    return yaml_text.compose(_ESCAPED.sub("??????", text.replace("\t", " ")) if path.endswith(".json") else text)


_ESCAPED = re.compile(r"\\u[0-9a-fA-F]{4}")


def _secrets(value: Any) -> list[str]:
    """Return the decrypted texts in data."""
    if isinstance(value, Encrypted):
        return [str(value)]
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return [secret for member in inner for secret in _secrets(member)]


def document(data: Any, where: str, files: tuple[str, ...] = (), mistakes: MistakeList = STRICT) -> Document:
    """Return the document of parsed data. Raises InputError if it is no definition; a wrong version is a mistake."""
    if not isinstance(data, Mapping):
        description = "it is empty" if data is None else "it is a %s" % kind_of(data)
        message = "is not a definition: it must be a map that begins with %s: %d, but %s" % (MARK, VERSION, description)
        raise InputError(message, "%s:1" % files[0] if files else where)
    version = data.get(MARK)
    version = version.meant() if isinstance(version, Written) and len(version) < len(MARK) else version
    if version != VERSION or isinstance(version, bool):
        actual = _version_found(version) if MARK in data else "which it lacks"
        place = "%s %s" % (where, MARK) if MARK in data else where + (" " if files else "")
        mistakes.add(InputError("needs %s: %d, the version of the format, %s" % (MARK, VERSION, actual), place))
    return Document(where, without_free(data), files)


def _version_found(version: Any) -> str:
    """Return the part of a message about a wrong version; for texts and collections only their type."""
    if str(version).strip() == str(VERSION) and isinstance(version, str):
        return "as a number: remove the quotes"
    if isinstance(version, (bool, int)):
        return "not the %s %s" % (kind_of(version), str(version).lower())
    return "not null" if version is None else "not a %s" % kind_of(version)


def without_free(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a definition without the keys of its author."""
    if not any(str(name).startswith(FREE) for name in data):
        return data
    return {name: value for name, value in data.items() if not str(name).startswith(FREE)}
