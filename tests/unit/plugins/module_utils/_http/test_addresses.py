# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses that git takes and a server does not: the message says how they are written."""

from __future__ import annotations

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api.active_texts import element, handler
from ansible_collections.tmi.tmi.plugins.module_utils._api.v0.rules import V0Rules
from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.rules import V1Rules
from ansible_collections.tmi.tmi.plugins.module_utils._resources.source import SOURCE


@pytest.mark.parametrize(
    ("address", "v0", "v1"),
    [
        (
            "git@git.example.com:shop/api.git",
            "https://git.example.com/shop/api.git",
            "ssh://git@git.example.com/shop/api.git",
        ),
        ("me@host:/srv/git/api", "https://host/srv/git/api", "ssh://me@host/srv/git/api"),
        ("no address", "", ""),
        ("git.example.com/api", "", ""),
    ],
)
def test_the_short_form_of_git_is_reported_in_a_form_that_is_taken(address: str, v0: str, v1: str) -> None:
    for rules, better in ((V0Rules(), v0), (V1Rules(), v1)):
        ((name, problem),) = rules.check(SOURCE, {"uri": address})
        assert name == "uri"
        assert problem.endswith("; write it as %s" % better) if better else "write it" not in problem
        assert not better or not list(rules.check(SOURCE, {"uri": better}))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("connection=keep", "onnection="),
        ("on = x", ""),
        ("a onload \t= b", "onload \t="),
        ("monkey=1", "onkey="),
        ("upon a time", ""),
        ("ONCLICK=", "ONCLICK="),
    ],
)
def test_handlers_of_events(text: str, found: str) -> None:
    assert handler(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a <script src=x>y</script> b", "<script src=x>y</script>"),
        ("<script>", ""),
        ("<script</script>", ""),
        ("x <IFRAME a>", "<IFRAME a>"),
        ("<embed", ""),
        ("<object data=x>", "<object data=x>"),
    ],
)
def test_elements_that_bring_content_of_others(text: str, found: str) -> None:
    assert element(text) == found
