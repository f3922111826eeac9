# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The arguments of event sources and filters in a rulebook."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ansible.module_utils.common.validation import check_type_bool

from ansible_collections.tmi.tmi.plugins.module_utils._arguments import checked, known
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._options import OPTIONS, connection_spec, is_blank

#: Arguments that ansible-rulebook adds.
_GIVEN = frozenset({"feedback", "eda_feedback_queue"})
_CONNECTION = frozenset(option.name for option in OPTIONS)

#: Name -> type (str, path, int, float, bool, or list of texts) and default; "required" has the end of the sentence
#: "… is missing: give …"; a number has its limits as "least" or "above", and "most".
Spec = Mapping[str, Mapping[str, Any]]


class Arguments:
    """Checked arguments: ``arguments["interval"]`` is the value in the type of the spec, None if there is none.

    They are as strict as the options of the modules. Texts such as "yes" and "10" are converted, because variables of
    rulebooks are often texts. A blank text counts as not set. Raises ValueError with one sentence.
    """

    def __init__(self, plugin: str, args: Mapping[str, Any], spec: Spec) -> None:
        self._plugin = plugin
        given = {name: value for name, value in args.items() if name not in _GIVEN and not is_blank(value)}
        try:
            known((name for name in args if name not in _GIVEN), {*_CONNECTION, *spec})
            given = checked(given, {**connection_spec(), **spec})
            self._values = {name: _value(name, given.get(name), entry) for name, entry in spec.items()}
        except InputError as error:
            raise self.error(str(error)) from None
        #: Options of the connection.
        self.connection = {name: value for name, value in given.items() if name in _CONNECTION}

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def error(self, sentence: str) -> ValueError:
        """Return an error for a wrong argument."""
        return ValueError("%s: %s" % (self._plugin, sentence))


def _value(name: str, value: Any, entry: Mapping[str, Any]) -> Any:
    if value is None:
        if "required" in entry:
            raise InputError("is missing: give %s" % entry["required"], name)
        return entry.get("default")
    kind = entry["type"]
    if kind == "list":
        return _texts(name, value)
    if kind == "bool":
        return check_type_bool(value)
    if kind in ("int", "float"):
        return _number(name, value, entry)
    return os.path.expanduser(str(value)) if kind == "path" else str(value)


def _texts(name: str, value: Any) -> list[str]:
    """Return a list of texts. One text is one member: a name can have commas."""
    found = [value] if isinstance(value, str) else value
    for index, member in enumerate(found):
        if is_blank(member):
            raise InputError("must not be blank", "%s[%d]" % (name, index))
    return list(map(str, found))


def _number(name: str, value: Any, entry: Mapping[str, Any]) -> float:
    found = float(value)
    if entry["type"] == "int":
        if not found.is_integer():
            raise InputError("must be a whole number, and is %s" % value, name)
        found = int(found)
    if "above" in entry and found <= entry["above"]:
        raise InputError("must be above %g, and is %g" % (entry["above"], found), name)
    if found < entry.get("least", found) or found > entry.get("most", found):
        limits = "%d or more" % entry["least"] if "most" not in entry else "from %(least)g to %(most)g" % entry
        raise InputError("must be %s, and is %g" % (limits, found), name)
    return found
