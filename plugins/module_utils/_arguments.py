# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Options as the user wrote them, before Ansible converts them to the types of an argument spec.

Ansible converts everything to text: ``name: No`` would name a threat "False", and ``version: 1.10`` would become "1.1".
Values that would lose their meaning are refused here, and the message says what to write instead. Ansible checks
everything else, such as choices, and the unknown options of modules. Plugins use :func:`known`, because Ansible ignores
their unknown options.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Callable, Dict, Iterable

from ansible.module_utils.common.validation import check_type_bool, check_type_dict

from ._errors import InputError, listed
from ._near import near
from ._values import LOSSY, as_builtins, boolean_text, kind_of

#: Prefix of the arguments that Ansible itself adds for a module.
_INTERNAL = "_ansible_"
#: Options of a login that TMI does not have. Other collections have them.
_PASSWORD_LOGIN = ("username", "user", "password")
_NO_PASSWORD_LOGIN = (
    "TMI has no login with a user name and a password. A person logs in with a browser, by the playbook tmi.tmi.login; "
    "a job uses token_cache, client_id with client_secret, refresh_token or token"
)
#: Most characters of a text, and most options, in a message.
_SHOWN, _LISTED = 40, 40
#: The beginning of Ansible's own messages up to the name of the option, and their end for an option within another one.
_ABOUT = re.compile(
    r"(?:value of '?|argument '|Elements value for option '|missing required arguments: "
    r"|missing parameter\(s\) required by '|Unsupported parameters for \(\S+\) module: "
    r"|parameters are mutually exclusive: |one of the following is required: )(\w+(?:\.\w+)*)"
    r"|(\w+) is .* of the following are missing: ",
    re.DOTALL,
)
_WITHIN = re.compile(r" found in (\w+(?: -> \w+)*)\.?$")
_NUMBER = re.compile(r"\s*[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,2})?\s*")


def checked(args: Mapping[Any, Any], spec: Mapping[str, Any]) -> Dict[str, Any]:
    """Return arguments as builtins (:func:`._values.as_builtins`); none of them loses its meaning in the conversion.

    ``spec`` is the argument spec, or the ``options`` of one. Raises InputError with the place of the value.
    """
    _refuse_password(args, spec)
    internal = {name: value for name, value in args.items() if str(name).startswith(_INTERNAL)}
    given = as_builtins({name: value for name, value in args.items() if name not in internal})
    return {**internal, **_options(given, spec, "")}


def known(given: Iterable[Any], options: Iterable[str], where: str = "") -> None:
    """Raise InputError for the first name that is not an option, with suggestions."""
    given, options = list(given), sorted(options)
    if not where:
        _refuse_password(given, options)
    for name in map(str, given):
        if name not in options:
            meant = near(name, options)
            hint = "did you mean %s?" % ", ".join(meant) if meant else "known are %s" % listed(options, _LISTED)
            raise InputError("there is no such option; %s" % hint, where + name)


def _refuse_password(given: Iterable[Any], options: Iterable[str]) -> None:
    """Raise InputError for the login that TMI does not have; ``options`` are those of a connection, among others."""
    options = set(options)
    for name in _PASSWORD_LOGIN:
        if name in given and name not in options and "client_secret" in options:
            raise InputError(_NO_PASSWORD_LOGIN, name)


def option_in(message: str) -> str:
    """Return the option, or the first of several, in a message of Ansible about options; "" for other messages."""
    found = _ABOUT.match(message)
    if not found:
        return ""
    outer = _WITHIN.search(message)
    return ".".join([*(outer.group(1).split(" -> ") if outer else ()), next(filter(None, found.groups()))])


def _options(given: Mapping[str, Any], spec: Mapping[str, Any], where: str) -> Dict[str, Any]:
    entries = {n: entry for name, entry in spec.items() for n in (name, *entry.get("aliases", ()))}
    return {
        name: _fitting(value, entries[name], where + name) if name in entries else value
        for name, value in given.items()
    }


def _fitting(value: Any, entry: Mapping[str, Any], where: str) -> Any:
    check = _CHECKS.get(entry.get("type", "str"))
    return value if value is None or check is None else check(value, entry, where)


def _text(value: Any, entry: Mapping[str, Any], where: str) -> Any:
    if isinstance(value, bool):
        raise InputError(boolean_text(value), where)
    if isinstance(value, float):
        raise InputError(LOSSY, where)
    if not isinstance(value, (str, int)):
        raise InputError("must be a text, not %s" % kind_of(value), where)
    return value


def _number(value: Any, entry: Mapping[str, Any], where: str) -> Any:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number and not (isinstance(value, str) and _NUMBER.fullmatch(value)):
        raise InputError("must be a number, not %s" % _shown(value), where)
    return value


def _boolean(value: Any, entry: Mapping[str, Any], where: str) -> Any:
    """Return the value if Ansible reads it as a boolean; its configuration would read any other word as false."""
    try:
        check_type_bool(value)
    except TypeError:
        raise InputError("must be true or false, not %s" % _shown(value), where) from None
    return value


def _shown(value: Any) -> str:
    """Return a value for a message: the beginning of a text, for everything else the type."""
    if not isinstance(value, str):
        return kind_of(value)
    return repr(value if len(value) <= _SHOWN else value[:_SHOWN] + "…")


def _list(value: Any, entry: Mapping[str, Any], where: str) -> Any:
    element = {"type": entry.get("elements", "raw"), "options": entry.get("options")}
    if isinstance(value, (bool, Mapping)) or (element["type"] == "dict" and not isinstance(value, list)):
        raise InputError("must be a list, not %s" % kind_of(value), where)
    if not isinstance(value, list):
        # Ansible splits a text at its commas.
        return value if isinstance(value, str) else [_fitting(value, element, where)]
    for index, member in enumerate(value):
        if member is None and element["type"] in ("str", "path"):
            raise InputError("must be a text, not null", "%s[%d]" % (where, index))
    return [_fitting(member, element, "%s[%d]" % (where, index)) for index, member in enumerate(value)]


def _map(value: Any, entry: Mapping[str, Any], where: str) -> Any:
    """Return a map, also if it is written as JSON or ``a=b``: its members must be checked too."""
    if isinstance(value, str):
        try:
            value = as_builtins(check_type_dict(value), where)
        except (TypeError, ValueError, RecursionError, MemoryError):
            raise InputError("must be a map, not a text", where) from None
    if not isinstance(value, Mapping):
        raise InputError("must be a map, not %s" % kind_of(value), where)
    return _options(value, entry["options"], where + ".") if entry.get("options") else value


_CHECKS: Mapping[str, Callable[[Any, Mapping[str, Any], str], Any]] = {
    "str": _text,
    "path": _text,
    "bool": _boolean,
    "int": _number,
    "float": _number,
    "list": _list,
    "dict": _map,
}
