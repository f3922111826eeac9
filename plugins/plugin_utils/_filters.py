# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What all filters do around a conversion: options, failures, and text that is no template."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

from ansible.errors import AnsibleFilterError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError, TmiError
from ansible_collections.tmi.tmi.plugins.plugin_utils._conversion import Conversion

Result = TypeVar("Result")


def filtered(name: str, word: str, strict: Any, convert: Callable[[], Conversion]) -> dict[str, Any]:
    """Return the model under ``word``, and what is lost; marked, so that Ansible templates none of it.

    Raises AnsibleFilterError where the conversion cannot be, or with ``strict`` where anything is lost.
    """

    def result() -> dict[str, Any]:
        fails = flag(strict, "strict")
        converted = convert()
        if fails and converted.lost:
            first, more = converted.lost[0], len(converted.lost) - 1
            raise InputError(
                "would be lost%s: %s. Leave strict out to go on without it"
                % (" (and %d more)" % more if more else "", first["reason"]),
                first["path"],
            )
        return {word: converted.model, "lost": converted.lost}

    return guarded(name, result)


def guarded(name: str, make: Callable[[], Result], misfit: str = "") -> Result:
    """Return what a filter makes, marked, so that Ansible takes nothing in it for a template.

    ``misfit`` is said of input of the wrong shape, for makers that do not look at it themselves. Raises
    AnsibleFilterError, one sentence that begins with the name of the filter.
    """
    try:
        marked: Result = wrap_var(make())
    except TmiError as error:
        raise AnsibleFilterError("tmi.tmi.%s: %s" % (name, error)) from None
    except (AttributeError, TypeError):
        if not misfit:
            raise
        raise AnsibleFilterError("tmi.tmi.%s: %s" % (name, misfit)) from None
    return marked


def choices(given: Any, name: str, allowed: Collection[str]) -> dict[str, str]:
    """Return an option that maps words to some of ``allowed``. Raises InputError."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise InputError("must be a map, not %s" % type(given).__name__, name)
    for word, choice in given.items():
        if choice not in allowed:
            raise InputError("must be one of %s, not %r" % (", ".join(allowed), choice), "%s.%s" % (name, word))
    return {str(word): str(choice) for word, choice in given.items()}


def flag(given: Any, name: str) -> bool:
    """Return an option that is a boolean in any of Ansible's spellings. Raises InputError."""
    try:
        return bool(boolean(given))
    except TypeError:
        raise InputError("must be true or false, not %r" % (given,), name) from None
