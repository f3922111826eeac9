# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets of modules that are sent to another machine go with the options, and mean what they meant."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.plugin_utils._connection import sendable

ENVIRONMENT = {"TMI_TOKEN": "t0", "LANG": "C"}


@pytest.mark.parametrize(
    ("args", "environment", "moved", "left"),
    [
        ({"name": "x"}, {"TMI_URL": "http://a", "LANG": "C"}, {}, {"TMI_URL": "http://a", "LANG": "C"}),
        ({"name": "x"}, ENVIRONMENT, {"token": "t0"}, {"LANG": "C"}),
        ({"token": "t1"}, ENVIRONMENT, {}, {"LANG": "C"}),
        ({"token": ""}, ENVIRONMENT, {"token": "t0"}, {"LANG": "C"}),
        ({"refresh_token": "r"}, ENVIRONMENT, {"token": "t0"}, {"LANG": "C"}),
        ({"login_hint": "alice"}, ENVIRONMENT, {}, {"LANG": "C"}),
        ({"browser": "open"}, ENVIRONMENT, {}, {"LANG": "C"}),
        ({"client_id": "i"}, {**ENVIRONMENT, "TMI_CLIENT_SECRET": "s"}, {"client_secret": "s"}, {"LANG": "C"}),
        (
            {},
            {"TMI_CLIENT_ID": "i", "TMI_CLIENT_SECRET": "s", "TMI_URL": "http://a"},
            {"client_id": "i", "client_secret": "s"},
            {"TMI_URL": "http://a"},
        ),
        ({"token": "t"}, {"TMI_PROXY": "http://a:b@c"}, {"proxy": "http://a:b@c"}, {}),
        ({"proxy": "http://d"}, {"TMI_PROXY": "http://a:b@c"}, {}, {}),
        ({}, {"TMI_TOKEN": " ", "LANG": "C"}, {}, {"TMI_TOKEN": " ", "LANG": "C"}),
    ],
)
def test_secrets_move(
    args: dict[str, Any], environment: dict[str, str], moved: dict[str, str], left: dict[str, str]
) -> None:
    assert sendable(args, environment) == ({**args, **moved}, left)


@pytest.mark.parametrize(("args", "more"), [({"env_file": "f"}, {}), ({}, {"TMI_ENV_FILE": "f"})])
def test_a_file_that_is_known_elsewhere_only(args: dict[str, Any], more: dict[str, str]) -> None:
    with pytest.raises(InputError, match=r"environment: TMI_TOKEN: .* give the option token") as raised:
        sendable(args, {**ENVIRONMENT, **more})
    assert "t0" not in str(raised.value)
