# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The ways to log in without a person, and the choice of one by the settings.

To add a way, add a class with ``key`` and ``login`` and one line in ``login_of``. A login in a browser is none of them,
because it needs a person: see ``browser``.
"""

from __future__ import annotations

from typing import Callable, Optional, Protocol

from .._errors import ApiError
from .._http.transport import Transport
from .._options import Settings
from .calls import redacted, token_call
from .code import HintLogin
from .tokens import Tokens


class Login(Protocol):
    """A way to get tokens without a token."""

    def key(self) -> str:
        """Return the identifier of this login in the token cache."""

    def login(self, transport: Transport, now: Callable[[], float]) -> Tokens:
        """Log in. Raises ``AuthenticationError``, or ``InputError`` for settings that cannot work."""


def login_of(settings: Settings, sleep: Callable[[float], None]) -> Optional[Login]:
    """Return the way to log in that the settings describe; None if they describe none."""
    if settings.login_hint:
        return HintLogin(settings.login_provider, settings.login_hint, sleep)
    if settings.client_id:
        return ClientCredentialsLogin(settings.client_id, settings.client_secret)
    return None


class ClientCredentialsLogin:
    """Login of a service account (V1-CREDENTIALS). There is no refresh token, so it logs in again."""

    def __init__(self, client_id: str, client_secret: str) -> None:
        self._id = client_id
        self._secret = client_secret

    def key(self) -> str:
        return "client:" + self._id

    def login(self, transport: Transport, now: Callable[[], float]) -> Tokens:
        body = {"grant_type": "client_credentials", "client_id": self._id, "client_secret": self._secret}
        try:
            return token_call(transport, "/oauth2/token", None, body, now, (self._secret,))
        except ApiError as error:
            advice = _client_advice(error)
            if not advice:
                raise
            raise redacted(error, (self._secret,), advice) from None


def _client_advice(error: ApiError) -> str:
    if error.status == 429 and error.server_code == "too_many_requests":
        return (
            "The client id is locked after five wrong secrets, for an hour in which even the right one is refused: "
            "wait, or use another credential"
        )
    if error.status == 401:
        return (
            "client_id or client_secret is wrong, or the credential has expired or was deleted; "
            "the fifth wrong try locks the client id for an hour"
        )
    if error.status == 400:
        return "Does this server know service accounts? They came with API 1.x"
    return ""
