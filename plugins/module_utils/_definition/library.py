# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Resolves ``base`` and ``use``, by which definitions use other definitions (FORMAT-5).

The library is the set of models in the role ``seed``; it is available only on the controller.
"""

from __future__ import annotations

import os
import re
from typing import Any, Iterable, Mapping, Optional

from .._errors import InputError
from .._mistakes import STRICT, MistakeList
from .._near import similar
from .cascade import merge_with_cascade
from .compile import check_values
from .layer_keys import misspelling_notes, unknown_removals
from .load import SUFFIXES, Document, load_file
from .mistakes import Mistakes, placed
from .normalize import normalize
from .parsing.yaml_text import Decrypt
from .short_forms import as_map, text

#: Folder of the models that the collection ships.
SHIPPED = os.path.join(os.path.dirname(__file__), *[os.pardir] * 3, "roles", "seed", "files", "models")
#: Members of a model and of an entry that are not inherited from a base.
_OWN = ("tmi_definition", "key", "name", "id", "origin", "was", "base")
_OWN_OF_ENTRY = ("id", "origin", "was")
_THREATS = re.compile(r"^threats:[^\n]*\n((?:(?:[ #][^\n]*)?\n)*)", re.MULTILINE)
_INDENTED = re.compile(r"^( +)([\w-]+):", re.MULTILINE)
_PLACE = ("diagram", "cell", "asset", "use", *_OWN_OF_ENTRY)


class Library:
    """The files that definitions use; each is read once, when it is first needed."""

    def __init__(self, folder: str = SHIPPED, decrypt: Optional[Decrypt] = None) -> None:
        self.folder = folder
        self.decrypt = decrypt
        self._resolved: dict[str, Document] = {}

    def resolve(self, document: Document, mistakes: Optional[Mistakes] = None) -> Document:
        """Return a definition with ``base`` and ``use`` resolved. Raises InputError with the line.

        Wrong entries are left out and added to ``mistakes``, if that is given.
        """
        with placed(document):
            return self._resolve(document, (), mistakes)

    def _resolve(self, document: Document, below: tuple[str, ...], mistakes: Optional[Mistakes]) -> Document:
        if not needs_library(document.data):
            return document
        base = self._checked_base(document, below)
        wrong = mistakes.at(document) if mistakes is not None else STRICT
        normalized = normalize(document.data, document.where, set(base.data) if base else (), wrong)
        normalized = self._filled(document, normalized, below, wrong)
        if base is None:
            return document._replace(data=normalized)
        wrong_there = mistakes.at(base) if mistakes is not None else STRICT
        with placed(base):
            known = normalize(base.data, base.where, set(normalized), wrong_there)
        lower = {n: v for n, v in known.items() if n not in _OWN}
        lower = {n: _without(v, _OWN_OF_ENTRY) if n not in ("metadata", "defaults") else v for n, v in lower.items()}
        over = {n: v for n, v in normalized.items() if n != "base"}
        for mistake in unknown_removals(lower, over, document.where):
            wrong.add(mistake)
        merged, notes = merge_with_cascade(lower, over, document.where)
        notes = [*misspelling_notes(lower, over), *notes]
        files = document.files + tuple(file for file in base.files if file not in document.files)
        secrets = document.secrets | base.secrets
        return Document(document.where, merged, files, (*base.notes, *notes), document.decrypt, secrets)

    # --------------------------------------------------------------------------------------------------- base
    def _base(self, document: Document, below: tuple[str, ...]) -> Optional[Document]:
        name = text(document.data.get("base"), document.where, "base")
        return None if name is None else self._read(name, document, "%s.base" % document.where, below)

    def _checked_base(self, document: Document, below: tuple[str, ...]) -> Optional[Document]:
        """Return the base. If it cannot be read, the mistakes in the definition itself are raised too."""
        try:
            return self._base(document, below)
        except InputError as error:
            wrong = MistakeList()
            wrong.add(error)
            with wrong.collecting():
                own = normalize(document.data, document.where, (), wrong)
                own = self._filled(document, own, below, wrong)
                check_values(own, document.where, wrong)
            wrong.raise_all()
            raise

    def _read(self, name: str, document: Document, where: str, below: tuple[str, ...]) -> Document:
        """Return the resolved definition of a name or a path."""
        path = self._path(name, document, where)
        chain = (*below, *(os.path.realpath(file) for file in document.files[:1]))
        if os.path.realpath(path) in chain:
            raise InputError("%s is based on itself" % name, where)
        if path not in self._resolved:
            if not os.path.isfile(path):
                raise InputError("there is no file %s" % path, where)
            base = load_file(path, self.decrypt)
            with placed(base):
                self._resolved[path] = self._resolve(base, chain, None)
        return self._resolved[path]

    def _path(self, name: str, document: Document, where: str) -> str:
        if os.sep in name or name.endswith(SUFFIXES):
            folder = os.path.dirname(document.files[0]) if document.files else ""
            return os.path.join(folder, os.path.expanduser(name))
        shipped = self._shipped(where)
        if name not in shipped:
            raise InputError(
                'there is no model "%s" in the library%s; to use a file, write its path, such as ./%s.yml'
                % (name, _near(name, shipped), name),
                where,
            )
        return shipped[name]

    def _shipped(self, where: str) -> dict[str, str]:
        """Return name -> path of the models of the library."""
        if not os.path.isdir(self.folder):
            raise InputError(
                "the library is missing on the machine where this module runs: run it on the controller", where
            )
        return {
            os.path.splitext(name)[0]: os.path.join(self.folder, name)
            for name in sorted(os.listdir(self.folder))
            if name.endswith(SUFFIXES)
        }

    # ---------------------------------------------------------------------------------------------------- use
    def _filled(
        self, document: Document, normalized: dict[str, Any], below: tuple[str, ...], wrong: MistakeList
    ) -> dict[str, Any]:
        threats = normalized.get("threats")
        if not isinstance(threats, dict):
            if any(isinstance(t, Mapping) and t.get("use") for t in threats or ()):
                wrong.add(InputError("threats that use others need keys of their own", "%s threats" % document.where))
            return normalized
        filled = {}
        for key, threat in threats.items():
            where = "%s threats.%s" % (document.where, key)
            filled[key] = _without_key(threat, "use") if threat else threat
            with wrong.collecting():
                name = text(threat.get("use"), where, "use") if threat else None
                if name is not None and not wrong.is_full:
                    filled[key] = _with_library_fields(
                        self._threat(name, document, "%s.use" % where, below), filled[key]
                    )
        return {**normalized, "threats": filled}

    def _threat(self, name: str, document: Document, where: str, below: tuple[str, ...]) -> Mapping[str, Any]:
        """Return the threat of ``id``, ``model#id`` or ``file#id``, without references inside its model."""
        model, mark, key = name.rpartition("#")
        if mark:
            source = self._read(model, document, where, below)
        else:
            source = self._holder(key, document, where, below)
        with placed(source):
            threats = normalize(source.data, source.where, ("threats",)).get("threats") or {}
        threat = threats.get(key)
        if threat is None:
            raise InputError('%s has no threat "%s"%s' % (source.where, key, _near(key, threats)), where)
        return {n: v for n, v in {"name": key, **threat}.items() if n not in _PLACE}

    def _holder(self, key: str, document: Document, where: str, below: tuple[str, ...]) -> Document:
        """Return the model of the library that has a threat; only files whose text has its key are parsed."""
        shipped = self._shipped(where)
        holders = []
        known: list[str] = []
        for name, path in shipped.items():
            with open(path, encoding="utf-8") as stream:
                keys = _keys_of_threats(stream.read())
            known += keys
            if key in keys and key in as_map(load_file(path).data.get("threats") or {}, path):
                holders.append(name)
        if len(holders) > 1:
            raise InputError(
                "%s is in several models (%s): choose one, such as %s#%s" % (key, ", ".join(holders), holders[0], key),
                where,
            )
        if not holders:
            raise InputError('the library has no threat "%s"%s' % (key, _near(key, known)), where)
        return self._read(holders[0], document, where, below)


def _keys_of_threats(text: str) -> list[str]:
    """Return the keys of ``threats`` in a file of the library, without parsing the whole file."""
    section = _THREATS.search(text)
    if section is None:
        return []
    keys = _INDENTED.findall(section.group(1))
    return [key for indent, key in keys if indent == keys[0][0]]


def needs_library(data: Mapping[str, Any]) -> bool:
    """Whether a definition uses others."""
    if data.get("base") is not None:
        return True
    threats = data.get("threats")
    listed = threats.values() if isinstance(threats, Mapping) else threats if isinstance(threats, list) else ()
    return any(isinstance(t, Mapping) and t.get("use") is not None for t in listed)


def _with_library_fields(library: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry merged onto one of the library; ``null`` is kept, so that it also removes fields of a base."""
    merged = {**library, **own}
    for name, value in own.items():
        if isinstance(value, Mapping) and isinstance(library.get(name), Mapping):
            merged[name] = _with_library_fields(library[name], value)
    return merged


def _without(section: Any, names: Iterable[str]) -> Any:
    """Return a section without some fields of its entries."""
    if not isinstance(section, Mapping):
        return section
    return {
        key: {n: v for n, v in entry.items() if n not in names} if isinstance(entry, Mapping) else entry
        for key, entry in section.items()
    }


def _without_key(entry: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {n: v for n, v in entry.items() if n != name}


def _near(name: str, names: Iterable[str]) -> str:
    close = similar(name, names)
    return "; did you mean %s?" % ", ".join(close) if close else ""
