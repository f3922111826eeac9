# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Returns the documents of a task's options ``src`` or ``definition``, ``overlay`` and ``name_prefix``."""

from __future__ import annotations

import datetime
import os
from functools import partial
from typing import Any, Callable, Iterator, Mapping, Optional

from .._errors import InputError
from .._mistakes import STRICT, MistakeList
from .cascade import merge_with_cascade
from .compile import check_values
from .layer_keys import Removals, misspelling_notes
from .library import Library
from .load import SUFFIXES, Document, document, find_files, load_file, without_free
from .merge import with_name_prefix
from .mistakes import Mistakes
from .normalize import normalize
from .parsing.yaml_text import Decrypt

#: Key in a definition that another machine has resolved: its origin, its notes and its name.
_RESOLVED = "_resolved"


def localize(args: Mapping[str, Any], find: Callable[[str], str], shipped: bool) -> dict[str, Any]:
    """Return arguments in which the files of ``src`` are found as Ansible finds files.

    ``shipped``: for another machine, resolved content replaces the files, since they and the library are not there.
    """
    sources = args.get("src")
    localized = dict(args)
    if sources:
        localized["src"] = [find(s) for s in (sources if isinstance(sources, list) else [sources])]
    given = localized.get("definition")
    if isinstance(given, (Mapping, list)):
        listed = given if isinstance(given, list) else [given]
        localized["definition"] = [_with_found_base(data, find) for data in listed]
        if not isinstance(given, list):
            (localized["definition"],) = localized["definition"]
    if not shipped or not (sources or isinstance(localized.get("definition"), (Mapping, list))):
        return localized
    overlay = localized.pop("overlay", None) if isinstance(localized.get("overlay"), Mapping) else None
    mistakes = Mistakes()
    documents = list(_each(localized, overlay, mistakes))
    mistakes.raise_all()
    localized.pop("src", None)
    localized["definition"] = [
        {**d.data, _RESOLVED: {"where": d.where, "notes": list(d.notes), "named": d.named}} for d in documents
    ]
    return localized


def read_documents(params: Mapping[str, Any], decrypt: Optional[Decrypt] = None) -> list[Document]:
    """Return the complete definitions of a task's options, with base, ``overlay`` and ``name_prefix``.

    Raises InputError with file, line and place of a mistake, or one for all of several mistakes.
    """
    mistakes = Mistakes()
    documents = list(each_document(params, mistakes, decrypt))
    mistakes.raise_all()
    return documents


def each_document(
    params: Mapping[str, Any], mistakes: Mistakes, decrypt: Optional[Decrypt] = None
) -> Iterator[Document]:
    """Yield the same definitions one by one, to save memory, without those that cannot be read.

    ``decrypt`` decrypts texts of Ansible Vault.
    """
    prefix = params.get("name_prefix") or ""
    for definition in _each(params, params.get("overlay"), mistakes, decrypt):
        yield definition._replace(data=with_name_prefix(definition.data, prefix))


def _each(
    params: Mapping[str, Any],
    overlay: Optional[Mapping[str, Any]],
    mistakes: Mistakes,
    decrypt: Optional[Decrypt] = None,
) -> Iterator[Document]:
    library, removals = Library(decrypt=decrypt), Removals()
    for load in _given(params, decrypt):
        whole = None
        with mistakes.collecting():
            resolved = library.resolve(load(mistakes), mistakes)
            whole = _overlaid(resolved, overlay, removals, mistakes) if overlay else resolved
        if mistakes.is_full:
            return
        if whole is not None:
            yield whole
    for mistake in removals.mistakes("overlay"):
        mistakes.add(mistake)


def _given(params: Mapping[str, Any], decrypt: Optional[Decrypt]) -> list[Callable[[MistakeList], Document]]:
    if params.get("src"):
        return [partial(load_file, path, decrypt) for path in find_files(params["src"])]
    given = params["definition"]
    if isinstance(given, list):
        return [partial(_inline, data, "definition[%d]" % i) for i, data in enumerate(given)]
    return [partial(_inline, given, "definition")]


def _inline(data: Any, where: str, mistakes: MistakeList = STRICT) -> Document:
    """Return a definition that came as data; one that was resolved on another machine keeps its origin."""
    parsed = document(_plain(data), where, mistakes=mistakes)
    known = parsed.data.get(_RESOLVED)
    if not isinstance(known, Mapping):
        return parsed
    rest = {name: value for name, value in parsed.data.items() if name != _RESOLVED}
    notes, named = tuple(map(str, known.get("notes") or ())), str(known.get("named") or "")
    return Document(str(known.get("where") or where), rest, (), notes, named=named)


def _plain(data: Any) -> Any:
    """Return data with dates as texts: Ansible's variables have dates as objects (FORMAT-4)."""
    if isinstance(data, Mapping):
        return {_plain(key): _plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_plain(value) for value in data]
    return data.isoformat() if isinstance(data, datetime.date) else data


def _overlaid(base: Document, overlay: Mapping[str, Any], removals: Removals, mistakes: Mistakes) -> Document:
    if overlay.get("base") is not None:
        raise InputError("an overlay cannot have a base: it changes the definitions themselves", "overlay.base")
    over = Library().resolve(Document("overlay", without_free(_plain(overlay)))).data
    wrong = MistakeList()
    normalized = normalize(over, "overlay", set(base.data), wrong)
    check_values(normalized, "overlay", wrong)
    wrong.raise_all()
    below = normalize(base.data, base.where, set(normalized), mistakes.at(base))
    removals.note(below, normalized)
    merged, notes = merge_with_cascade(below, normalized, "overlay")
    named = "" if normalized.get("key") else str(normalized.get("name") or "")
    return base._replace(data=merged, notes=(*base.notes, *misspelling_notes(below, normalized), *notes), named=named)


def _with_found_base(data: Any, find: Callable[[str], str]) -> Any:
    """Return a definition whose base, if it is a file, is found as Ansible finds files."""
    base = data.get("base") if isinstance(data, Mapping) else None
    if isinstance(base, str) and (os.sep in base or base.endswith(SUFFIXES)):
        return {**data, "base": find(base)}
    return data
