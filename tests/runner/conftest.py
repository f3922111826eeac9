# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers, the collection as a user installs it, and a stand-in for AWX, once for all tests."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest test first, so that the other process is not done long before it."""
    items.sort(key=lambda item: "slices" not in item.nodeid)


@pytest.fixture(scope="session")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that an update of the project would install the collection into; the last commit's tarball."""
    dist, place = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("requirements_collections")
    subprocess.run([sys.executable, ROOT / "tests" / "tools" / "build.py", "--output", dist], check=True)
    (tarball,) = dist.glob("tmi-tmi-*.tar.gz")
    install = [BIN / "ansible-galaxy", "collection", "install", tarball, "-p", place, "--offline"]
    subprocess.run(install, check=True, env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(place)})
    return place


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[str, Any]]:
    """Return a server of each generation."""
    from ansible_collections.tmi.tmi.tests.harness.server import Server

    with contextlib.ExitStack() as stack:
        yield {api: stack.enter_context(contextlib.closing(Server(api))) for api in ("v0", "v1")}


@pytest.fixture
def server(servers: dict[str, Any]) -> Any:
    """Return an empty server of API v1."""
    servers["v1"].clear()
    return servers["v1"]


@pytest.fixture
def source(servers: dict[str, Any]) -> Any:
    """Return an empty server of API v0."""
    servers["v0"].clear()
    return servers["v0"]


@pytest.fixture
def controller(server: Any, collections: Path, tmp_path: Path) -> Any:
    """Return a stand-in for AWX whose credential TMI holds a token of alice."""
    from ansible_collections.tmi.tmi.tests.runner.controller import Controller

    made = Controller(tmp_path, collections)
    made.credentials["TMI"] = {"url": server.url, "token": server.tokens["access_token"]}
    return made


@pytest.fixture
def shop(controller: Any, server: Any) -> Any:
    """Have the threat model of the project on the server, without a job; return the stand-in for AWX."""
    from ansible_collections.tmi.tmi.tests.runner.controller import apply

    apply(server, controller.project / "models")
    server.control("reset", {"counters": True})
    return controller
