# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison of two servers finds nothing between two that are the same, and what is there between others."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("aiohttp")
pytest.importorskip("hypothesis")

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = Path(os.environ.get("TMI_SHARED") or ROOT.parent / "shared") / "schema"
COUNT = 60


def compare(api: str, *arguments: str) -> tuple[int, str]:
    """Compare an embedded server with another one; return the exit code and what was printed."""
    if not SCHEMAS.is_dir():
        pytest.skip(f"no descriptions: {SCHEMAS} is not there; TMI_SHARED can name the folder that has them")
    files = str(ROOT / "roles" / "sandbox" / "files")
    surroundings = {**os.environ, "PYTHONPATH": files, "PYTHONDONTWRITEBYTECODE": "1"}
    serve = [sys.executable, "-m", "tmi_sandbox", "serve", "--port=0", "--data=:memory:", "--until-input-ends"]
    serve += [f"--api={api}", *arguments]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(serve, text=True, env=surroundings, **pipes) as process:  # type: ignore[call-overload]
        url = process.stdout.readline().split('"url": "')[1].split('"')[0]
        command = [sys.executable, str(ROOT / "tests" / "conformance" / "compare.py"), url, f"--api={api}"]
        done = subprocess.run([*command, f"--count={COUNT}"], check=False, capture_output=True, text=True)
        process.stdin.close()
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


@pytest.mark.parametrize("api", ["v0", "v1"])
def test_a_server_and_itself(api: str) -> None:
    """Identifiers, times and addresses differ, and nothing else does; all requests are sent."""
    code, printed = compare(api, "--allow-hosts=*.example.com,*.example.org,github.com")
    assert f"\n{COUNT} requests in " in printed
    assert "100.00 % equal" in printed
    assert code == 0


def test_servers_that_differ() -> None:
    """A class of differences is named and counted, with an example, and the exit code says so."""
    code, printed = compare("v1", "--allow-hosts=nothing.test")
    assert code == 1
    assert "POST /threat_models/{threat_model_id}/documents: status 400 / 201" in printed
