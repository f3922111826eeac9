# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Whether a write of ``tmi_api`` would change anything, by the state that was read before. Pure."""

from __future__ import annotations

import json
from typing import Any, Iterator, Mapping, NamedTuple, Optional, Sequence

from .._errors import InputError
from .endpoint import Endpoint
from .json_patch import patched, same

#: Names of members that are secrets, in answers and in bodies.
SECRETS = frozenset(
    (
        *("access_token", "refresh_token", "id_token", "delegation_token", "token", "ticket"),
        *("client_secret", "secret", "password", "api_key", "private_key", "code_verifier"),
    )
)
#: Members beside which a ``code`` is an authorization code. Anywhere else it is the name of a state or an error.
_OF_A_LOGIN = frozenset(("grant_type", "code_verifier", "redirect_uri"))
_HIDDEN = "********"


class Difference(NamedTuple):
    """What a write would change: the members that differ, before and after."""

    is_needed: bool
    before: Any
    after: Any
    #: The object that is there, if the write is not needed.
    found: Any = None


def difference(endpoint: Endpoint, state: Any, compare: Mapping[str, Any]) -> Difference:
    """Return the difference between the state before, None if there is none, and the body of a write.

    ``compare`` has the suboptions of the module. Raises InputError.
    """
    if endpoint.method == "DELETE":
        return Difference(state is not None, state, None)
    ignored = set(compare.get("ignore") or ())
    if compare.get("key"):
        state = _row(endpoint.body, state or [], compare["key"])
    if state is None:
        return Difference(True, None, endpoint.body)
    if isinstance(endpoint.body, list) and endpoint.content_type.endswith("patch+json"):
        after = patched(state, endpoint.body, "patch")
        if isinstance(state, Mapping) and isinstance(after, Mapping):
            names = [n for n in {**state, **after} if n not in ignored and not same(state.get(n), after.get(n))]
            return Difference(bool(names), _part(state, names), _part(after, names), state)
        return Difference(not same(state, after), state, after, state)
    wanted = endpoint.body
    if not isinstance(wanted, Mapping) or not isinstance(state, Mapping):
        return Difference(not _holds(state, wanted), state, wanted, state)
    names = [n for n, value in wanted.items() if n not in ignored and not _holds(state.get(n), value)]
    if names and compare.get("key") and endpoint.method == "POST":
        raise InputError(
            "the object with this key exists and has another %s. POST would create a second one: change it with PUT "
            "or PATCH" % ", ".join(names),
            "compare.key",
        )
    return Difference(bool(names), _part(state, names), _part(wanted, names), state)


def _row(body: Any, rows: Any, key: Sequence[str]) -> Optional[Mapping[str, Any]]:
    if not isinstance(body, Mapping):
        raise InputError("needs a body that is a map", "compare.key")
    missing = [name for name in key if name not in body]
    if missing:
        raise InputError("names %s, which the body lacks" % ", ".join(missing), "compare.key")
    fits = [row for row in rows if isinstance(row, Mapping) and all(same(row.get(name), body[name]) for name in key)]
    if len(fits) > 1:
        raise InputError("fits %d objects: name more members" % len(fits), "compare.key")
    return fits[0] if fits else None


def _holds(found: Any, wanted: Any) -> bool:
    """Whether a value is there: members that ``wanted`` does not name may have any value."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        return all(_holds(found.get(name), value) for name, value in wanted.items())
    if isinstance(wanted, list) and isinstance(found, list):
        return len(wanted) == len(found) and all(_holds(*pair) for pair in zip(found, wanted))
    return same(found, wanted)


def _part(state: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: state[name] for name in names if name in state}


def diff_of(found: Difference, title: str) -> list[dict[str, Any]]:
    """Return the ``diff`` of a result, without secrets; empty if nothing changes."""
    if not found.is_needed:
        return []
    header = {"before_header": title, "after_header": title}
    return [{**header, "before": _shown(found.before), "after": _shown(found.after)}]


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return json.dumps(hidden(value), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def hidden(value: Any) -> Any:
    """Return a JSON value with asterisks for tokens and other secrets, at any depth."""
    if isinstance(value, Mapping):
        return {name: _HIDDEN if _is_secret(name, value) else hidden(inner) for name, inner in value.items()}
    return [hidden(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def hidden_text(value: Any) -> Any:
    """Return the same as ``hidden``, also for a text that is JSON."""
    if not isinstance(value, str):
        return hidden(value)
    try:
        return json.dumps(hidden(json.loads(value)), ensure_ascii=False) if '"' in value else value
    except (ValueError, RecursionError):
        return value


def has_secrets(value: Any) -> bool:
    """Whether a JSON value has a member that is a token or another secret, at any depth."""
    return any(True for _member in _secrets(value))


def _secrets(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if _is_secret(name, value):
                yield name
            else:
                yield from _secrets(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _secrets(inner)


def _is_secret(name: Any, members: Mapping[str, Any]) -> bool:
    """Whether a member is a secret, by its name or, in an operation of a JSON Patch, by the end of its path."""
    if not isinstance(members[name], str) or members[name] == "":
        return False
    key = str(name).lower()
    if key == "value" and "op" in members:
        key = str(members.get("path")).rpartition("/")[2].lower()
    return key in SECRETS or (key == "code" and not _OF_A_LOGIN.isdisjoint(members))
