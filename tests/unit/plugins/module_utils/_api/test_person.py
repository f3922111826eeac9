# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The e-mail of a person in every form in which servers describe people."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api.person import email_of


@pytest.mark.parametrize(
    ("person", "email"),
    [
        ("a@x", "a@x"),
        ({"user_id": "a@x"}, "a@x"),
        ({"user_id": "1", "email": "a@x"}, "a@x"),
        ({"user": {"user_id": "1", "email": "a@x"}}, "a@x"),
        ({"user": "a@x", "email": "b@x"}, "a@x"),
        ({"user": {}, "user_id": "a@x"}, "a@x"),
        ({"principal_type": "user", "provider": "tmi", "provider_id": "1"}, "1"),
        ({"email": "", "provider_id": "1"}, "1"),
        ({"email": 5, "name": "Ann"}, ""),
        ({}, ""),
        (None, ""),
        (5, ""),
    ],
)
def test_every_form(person: Any, email: str) -> None:
    assert email_of(person) == email


def test_the_caller_chooses_the_members() -> None:
    assert email_of({"name": "Ann", "provider_id": "1"}, ("email", "name")) == "Ann"
