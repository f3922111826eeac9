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


# --- one embedded server for all tests that ask for it ---
#
# `ansible-test units` forks for each test, and a fixture of wider scope is set up in every fork and torn down in the
# last of a module only: a server started there would be left behind. So it starts before the first test, in the process
# that forks, if a test was collected that wants it. It is shared: tests use names of their own.

SERVER = pytest.StashKey[Any]()


@pytest.fixture
def sandbox_url(request: pytest.FixtureRequest) -> str:
    """Return the address of the embedded server (API v0, with its test controls)."""
    pytest.importorskip("aiohttp", reason="the embedded server needs aiohttp")
    url: str = request.config.stash[SERVER].url
    return url


def pytest_collection_finish(session: pytest.Session) -> None:
    wanted = any("sandbox_url" in getattr(item, "fixturenames", ()) for item in session.items)
    if not wanted or session.config.option.collectonly or importlib.util.find_spec("aiohttp") is None:
        return
    from ansible_collections.tmi.tmi.tests.harness.process import Process

    session.config.stash[SERVER] = Process("v0", "--test-controls")


def pytest_sessionfinish(session: pytest.Session) -> None:
    server = session.config.stash.get(SERVER, None)
    if server is not None:
        server.close()
