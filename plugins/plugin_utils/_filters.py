# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The common part of all filters: options, failures, and the mark that texts are no templates.

Files of filters import this at their top, and in the function all that only their own filter needs: ansible-core finds
a filter by importing the files of the folder in order of their names, in each process of a worker.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, TypeVar

from ansible.errors import AnsibleFilterError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError, TmiError
from ansible_collections.tmi.tmi.plugins.module_utils._values import as_builtins, kind_of

if TYPE_CHECKING:
    from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import Conversion

Result = TypeVar("Result")


def filtered(
    filter_name: str, word: str, convert: Callable[..., Conversion], strict: Any, /, **given: Any
) -> dict[str, Any]:
    """Return the model under ``word``, and the losses; marked, so that Ansible templates none of it.

    ``given``: the arguments of ``convert``.

    Raises AnsibleFilterError if the conversion is impossible or, with ``strict``, if anything is lost.
    """

    def result(strict: Any, **given: Any) -> dict[str, Any]:
        fails = flag(strict, "strict")
        converted = convert(**given)
        if fails and converted.lost:
            first, more = converted.lost[0], len(converted.lost) - 1
            raise InputError(
                "would be lost%s: %s. Leave strict out to go on without it"
                % (" (and %d more)" % more if more else "", first["reason"]),
                first["path"],
            )
        return {word: converted.model, "lost": converted.lost}

    return guarded(filter_name, result, strict=strict, **given)


def guarded(filter_name: str, make: Callable[..., Result], /, **given: Any) -> Result:
    """Return the result of a filter, marked, so that Ansible treats nothing in it as a template.

    The values of ``given`` are checked first (:func:`._values.as_builtins`). Raises AnsibleFilterError, one sentence
    that begins with the name of the filter.
    """
    try:
        marked: Result = wrap_var(make(**{option: as_builtins(value, option) for option, value in given.items()}))
    except TmiError as error:
        raise AnsibleFilterError("tmi.tmi.%s: %s" % (filter_name, error)) from None
    return marked


def choices(given: Any, name: str, allowed: Collection[str]) -> dict[str, str]:
    """Return an option that maps words to some of ``allowed``. Raises InputError."""
    if given is None:
        return {}
    for word, choice in one_map(given, name).items():
        one_of(choice, "%s.%s" % (name, word), allowed)
    return dict(given)


def one_of(given: Any, name: str, allowed: Collection[str]) -> str:
    """Return an option that is one of some words. Raises InputError."""
    if not isinstance(given, str) or given not in allowed:
        raise InputError("must be one of %s, not %r" % (", ".join(allowed), given), name)
    return given


def text(given: Any, name: str) -> str:
    """Return an option that is a text, "" for null. Raises InputError."""
    if given is None or isinstance(given, str):
        return given or ""
    if isinstance(given, bool) or not isinstance(given, int):
        raise InputError("must be a text, not %s" % kind_of(given), name)
    return str(given)


def texts(given: Any, name: str) -> list[str]:
    """Return an option that is a list of texts; one text is a list of it, null and "" are none. Raises InputError."""
    if isinstance(given, (list, tuple)):
        return [text(entry, "%s[%d]" % (name, index)) for index, entry in enumerate(given)]
    return list(filter(None, [text(given, name)]))


def one_line(given: Any, name: str) -> str:
    """Return an option that is a text of one line. Raises InputError."""
    found = text(given, name)
    if len(found.splitlines()) > 1:
        raise InputError("must be one line", name)
    return found


def definitions(given: Any, name: str) -> list[dict[str, Any]]:
    """Return a list of definitions, of which each is a map. Raises InputError."""
    if not isinstance(given, list):
        raise InputError("must be a list of definitions, not %s" % kind_of(given), name)
    return [one_map(entry, "%s[%d]" % (name, index)) for index, entry in enumerate(given)]


def one_map(given: Any, name: str) -> dict[str, Any]:
    """Return a map. Raises InputError for anything else."""
    if not isinstance(given, dict):
        raise InputError("must be a map, not %s" % kind_of(given), name)
    return given


def names(given: Any, name: str) -> dict[str, str]:
    """Return an option that maps texts to texts. Raises InputError."""
    found = {} if given is None else one_map(given, name)
    return {word: text(value, "%s.%s" % (name, word)) for word, value in found.items()}


def flag(given: Any, name: str) -> bool:
    """Return an option that is a boolean in any of Ansible's spellings. Raises InputError."""
    try:
        return bool(boolean(given))
    except TypeError:
        raise InputError("must be true or false, not %r" % (given,), name) from None
