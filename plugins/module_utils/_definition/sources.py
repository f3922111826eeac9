# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""From a task's options (``src`` or ``definition``, ``overlay``, ``name_prefix``) to the documents that they name."""

from __future__ import annotations

from typing import Any, Callable, Mapping

from .load import Document, document, find_files, load_file
from .merge import adapt


def localize(args: Mapping[str, Any], find: Callable[[str], str], shipped: bool) -> dict[str, Any]:
    """Return arguments in which ``src`` is found as Ansible finds files; for another machine its content goes along."""
    sources = args.get("src")
    if not sources:
        return dict(args)
    paths = [find(s) for s in (sources if isinstance(sources, list) else [sources])]
    if not shipped:
        return {**args, "src": paths}
    documents = [load_file(path) for path in find_files(paths)]
    return {**{k: v for k, v in args.items() if k != "src"}, "definition": [dict(d.data) for d in documents]}


def read_documents(params: Mapping[str, Any]) -> list[Document]:
    """Return the definitions that a task's options name, with ``overlay`` and ``name_prefix`` laid on.

    Raises InputError with file and place of a mistake.
    """
    overlay, prefix = params.get("overlay") or {}, params["name_prefix"]
    return [Document(d.where, adapt(d.data, overlay, prefix)) for d in _given(params)]


def _given(params: Mapping[str, Any]) -> list[Document]:
    if params.get("src"):
        return [load_file(path) for path in find_files(params["src"])]
    given = params["definition"]
    if isinstance(given, list):
        return [document(data, "definition[%d]" % i) for i, data in enumerate(given)]
    return [document(given, "definition")]
