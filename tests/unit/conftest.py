# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the unit tests need besides: the embedded server, examples of hypothesis that can be had again."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[2]


def make_sandbox_importable() -> None:
    """The embedded server is no part of the collection's Python packages, but of a role."""
    sys.path.insert(0, str(ROOT / "roles" / "sandbox" / "files"))


make_sandbox_importable()

# A slow machine is no failure. In CI the same examples every time: a red run must be repeatable. ansible-test keeps the
# variable CI from the tests that it runs, but always sets the other one.
REPEATABLE = any(os.environ.get(name) for name in ("CI", "ANSIBLE_CONTROLLER_MIN_PYTHON_VERSION"))
settings.register_profile("tmi", deadline=None, derandomize=REPEATABLE, database=None)
settings.load_profile("tmi")


# --- embedded servers for all tests that ask for one ---
#
# `ansible-test units` forks for each test, and a fixture of wider scope is set up in every fork and torn down in the
# last of a module only: a server started there would cost each test half a second, and be left behind. So servers start
# before the first test, in the process that forks, if a test was collected that wants them.

SERVERS = pytest.StashKey[Any]()
#: What starts a server: names of fixtures, and the generation of the API.
WANTED = {"shared v0": ("sandbox_url", "v0"), "v0": ("server_urls", "v0"), "v1": ("server_urls", "v1")}


@pytest.fixture
def sandbox_url(request: pytest.FixtureRequest) -> str:
    """Return the address of a server (API v0, with its test controls) that tests share: they use names of their own."""
    pytest.importorskip("aiohttp", reason="the embedded server needs aiohttp")
    url: str = request.config.stash[SERVERS]["shared v0"].url
    return url


@pytest.fixture
def server_urls(request: pytest.FixtureRequest) -> dict[str, str]:
    """Return the addresses of a server of each generation; a test begins by emptying those that it uses."""
    pytest.importorskip("aiohttp", reason="the embedded server needs aiohttp")
    return {api: request.config.stash[SERVERS][api].url for api in ("v0", "v1")}


def pytest_collection_finish(session: pytest.Session) -> None:
    asked = {name for item in session.items for name in getattr(item, "fixturenames", ())}
    if session.config.option.collectonly or importlib.util.find_spec("aiohttp") is None:
        return
    from ansible_collections.tmi.tmi.tests.harness.process import Process

    session.config.stash[SERVERS] = {
        name: Process(api, "--test-controls") for name, (fixture, api) in WANTED.items() if fixture in asked
    }


def pytest_sessionfinish(session: pytest.Session) -> None:
    for server in session.config.stash.get(SERVERS, {}).values():
        server.close()
