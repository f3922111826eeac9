# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v1: accounts of the server. Only administrators can read them; their tokens show this role (V1-ACCOUNTS)."""

from __future__ import annotations

import threading
from typing import Any, Mapping, Optional

from ..._errors import ApiError
from ..._http.shapes import Listed, Object, texts
from ..._http.transport import Transport
from ..._login.tokens import jwt_claims

_PATH = "/admin/users"
_MOST = 100
_ACCOUNT = Object("account", texts("email", "provider", "provider_user_id"))
_ACCOUNTS = Object("list of accounts", {"users": Listed("list of accounts", _ACCOUNT)}, ("users",))


class Accounts:
    """The accounts of a server, each read once in a run; for any number of threads."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], bool] = {}
        self._is_allowed = True

    def is_unknown_person(self, row: Mapping[str, Any], provider: str) -> bool:
        """Whether no person with this e-mail has ever logged in; ``provider`` is used if the row has none.

        False if it is not known: the caller is no administrator, or the row has the id of a provider.
        """
        user = str(row["user"])
        if "@" not in user or not jwt_claims(self._transport.access_token()).get("tmi_is_administrator"):
            return False
        with self._lock:
            key = (user.casefold(), str(row.get("provider") or provider or ""))
            if key not in self._known and self._is_allowed:
                known = self._ask(*key)
                self._is_allowed = known is not None
                self._known[key] = known is not False
            return not self._known.get(key, True)

    def _ask(self, user: str, provider: str) -> Optional[bool]:
        """Return whether the account exists; None if the server does not show it."""
        params = {"email": user, "limit": _MOST}
        try:
            found = self._transport.request("GET", _PATH, params=params, what="accounts", shape=_ACCOUNTS).data["users"]
        except ApiError:
            return None
        if len(found) >= _MOST:  # the address is a part of many others
            return None
        return any(
            str(one.get("email")).casefold() == user
            and one.get("provider_user_id")
            and provider in ("", one.get("provider"))
            for one in found
        )
