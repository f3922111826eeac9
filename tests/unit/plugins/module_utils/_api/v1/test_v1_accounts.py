# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who has an account: asked once a person, by administrators alone, and nothing is concluded from any other answer."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.accounts import Accounts
from ansible_collections.tmi.tmi.plugins.module_utils._errors import ApiError, PermissionDeniedError

from ...conftest import make_jwt

ALICE = {"email": "Alice@example.com", "provider": "tmi", "provider_user_id": "alice"}
NAMED = {"email": "named@example.com", "provider": "tmi", "provider_user_id": ""}


class Scripted:
    """A transport of a user who is or is not an administrator."""

    def __init__(self, users: Any, **claims: Any) -> None:
        self.users = users
        self.asked: list[str] = []
        self._token = make_jwt(**claims)

    def access_token(self) -> str:
        return self._token

    def request(self, _method: str, path: str, *, params: Any, **_options: Any) -> Any:
        assert path == "/admin/users"
        self.asked.append(params["email"])
        if isinstance(self.users, Exception):
            raise self.users
        return SimpleNamespace(data={"users": self.users})


def accounts(users: Any, **claims: Any) -> tuple[Accounts, Scripted]:
    transport = Scripted(users, **claims)
    return Accounts(transport), transport  # type: ignore[arg-type]


ADMIN = {"tmi_is_administrator": True}


def test_who_is_not_there_is_a_stranger_and_asked_for_once() -> None:
    known, transport = accounts([ALICE, NAMED], **ADMIN)
    for _again in range(2):
        assert not known.is_unknown_person({"user": "alice@EXAMPLE.com"}, "tmi")
        assert known.is_unknown_person({"user": "named@example.com"}, "tmi")  # only named, never logged in
        assert known.is_unknown_person({"user": "lice@example.com"}, "tmi")  # a part of another address
    assert transport.asked == ["alice@example.com", "named@example.com", "lice@example.com"]


def test_the_provider_counts_where_it_is_known() -> None:
    known, _transport = accounts([ALICE], **ADMIN)
    assert known.is_unknown_person({"user": "alice@example.com"}, "google")
    assert known.is_unknown_person({"user": "alice@example.com", "provider": "google"}, "tmi")
    assert not known.is_unknown_person({"user": "alice@example.com"}, "")


@pytest.mark.parametrize("claims", [{}, {"tmi_is_administrator": False}])
def test_others_cannot_ask(claims: dict[str, Any]) -> None:
    known, transport = accounts([], **claims)
    assert not known.is_unknown_person({"user": "x@example.com"}, "tmi")
    assert transport.asked == []


def test_ids_of_providers_cannot_be_asked_for() -> None:
    known, transport = accounts([], **ADMIN)
    assert not known.is_unknown_person({"user": "104857"}, "google")
    assert transport.asked == []


@pytest.mark.parametrize("answer", [PermissionDeniedError("no", status=403), ApiError("no", status=500), [ALICE] * 100])
def test_an_answer_without_the_generation_ends_the_asking(answer: Any) -> None:
    known, transport = accounts(answer, **ADMIN)
    assert not known.is_unknown_person({"user": "x@example.com"}, "tmi")
    assert not known.is_unknown_person({"user": "y@example.com"}, "tmi")
    assert transport.asked == ["x@example.com"]
