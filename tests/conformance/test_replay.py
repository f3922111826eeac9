# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replays recorded conversations with real servers against the embedded one; the recordings are the judge.

They lie in `conformance/` of the folder that TMI_SHARED names, by default `../shared` beside the repository, and in
`traces/`. Its `wire.py` records the latter: `wire.py record --base-url URL --out traces/v1 scenarios/v1/*.yaml`.
`accepted.yaml`, if there is one, lists steps that may differ, each with its reason.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("aiohttp")
pytest.importorskip("websocket")
yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("TMI_SHARED") or ROOT.parent / "shared")
CONFORMANCE = SHARED / "conformance"
OWN = Path(__file__).with_name("traces")  # recorded from what is in scenarios/, since comparing servers has shown it
ACCEPTED = Path(__file__).with_name("accepted.yaml")
MOST_ACCEPTED = 0.03
GENERATIONS = {"v0": ("seed", "test"), "v1": ("tmi-1.8", "tmi")}  # folder of the recordings, login provider
SWEPT = ("collaborate-", "ws-")  # a session that nobody has joined yet may end at any moment; these get a second try
HOSTS = "example.com,github.com"  # that the recorded servers had on their lists
SETS = ("authorization", "participants")  # arrays that servers return in no defined order


def sandbox(*arguments: str) -> dict[str, Any]:
    """Run a command of the embedded server and return what it prints."""
    files = str(ROOT / "roles" / "sandbox" / "files")
    surroundings = {**os.environ, "PYTHONPATH": files, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "tmi_sandbox", *arguments], check=False, capture_output=True, text=True, env=surroundings
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


@pytest.fixture(name="url")
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the address of a server of the wanted generation."""
    where = ("--port", "0", "--state-dir", str(tmp_path / "state"))
    yield sandbox("start", *where, "--api", request.param, "--allow-hosts", HOSTS)["url"]
    sandbox("stop", *where)


def ordered(value: Any, name: str = "") -> Any:
    """Put the arrays that are sets into the order wire.py compares them in; edited recordings may have another."""
    if isinstance(value, dict):
        return {key: ordered(one, key) for key, one in value.items()}
    if isinstance(value, list):
        items = [ordered(one) for one in value]
        return sorted(items, key=lambda one: json.dumps(one, sort_keys=True)) if name in SETS else items
    return value


def accepted(generation: str) -> dict[tuple[str, int], str]:
    """Return the steps of a generation's recordings that may differ; each must say why."""
    if not ACCEPTED.exists():
        return {}
    entries = yaml.safe_load(ACCEPTED.read_text("utf-8"))
    assert all(entry["reason"].strip() for entry in entries)
    return {(one["trace"], one["step"]): one["reason"] for one in entries if one["generation"] == generation}


def replay(command: list[str], traces: list[Path]) -> tuple[int, set[tuple[str, int]]]:
    """Replay recordings; return how many steps they have, and those whose outcome differs."""
    done = subprocess.run([*command, *map(str, traces)], check=False, capture_output=True, text=True)
    sys.stdout.write(done.stdout + done.stderr)
    counts = re.search(r"^(\d+) matched, (\d+) differ$", done.stdout, re.MULTILINE)
    assert counts is not None, done.stderr
    lines = done.stdout.splitlines()[:-1]
    differing = {(found[1], int(found[2])) for found in (re.match(r"(\S+) #(\d+) ", line) for line in lines) if found}
    assert len(differing) == int(counts[2])
    return int(counts[1]) + int(counts[2]), differing


@pytest.mark.parametrize(("url", "generation"), [(name, name) for name in GENERATIONS], indirect=["url"])
def test_recorded_conversations(url: str, generation: str, tmp_path: Path) -> None:
    """Every step of every recording has the recorded outcome."""
    if not CONFORMANCE.is_dir():
        pytest.skip(f"no recordings: {CONFORMANCE} is not there; TMI_SHARED can name the folder that has them")
    folder, login = GENERATIONS[generation]
    traces = sorted([*(CONFORMANCE / folder / "traces").glob("*.json"), *OWN.glob(f"{generation}/*.json")])
    steps: set[tuple[str, int]] = set()
    for path in traces:
        trace = json.loads(path.read_text("utf-8"))
        steps |= {(trace["name"], number) for number in range(1, len(trace["steps"]) + 1)}
        for step in trace["steps"]:
            step["want"] = ordered(step["want"])
        (tmp_path / path.name).write_text(json.dumps(trace), "utf-8")
    command = [sys.executable, str(CONFORMANCE / "wire.py"), "replay", "--login", login, "--base-url", url]
    copies = [tmp_path / path.name for path in traces]
    count, differing = replay(command, copies)
    assert count == len(steps) > 0
    swept = {name for name, _number in differing if name.startswith(SWEPT)}
    if swept:
        _count, still = replay(command, [path for path in copies if path.stem in swept])
        differing = {step for step in differing if step[0] not in swept} | still
    excused = accepted(generation).keys() & steps
    assert len(excused) <= MOST_ACCEPTED * len(steps)
    assert not differing - excused
    assert not excused - differing, f"these steps match and need no excuse: {excused - differing}"
