# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which generation a server is of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api import detect

V0_MODEL = {"id": "1", "owner": "a@test.tmi", "authorization": [{"subject": "a@test.tmi", "role": "owner"}]}
BETWEEN_MODEL = {"id": "1", "authorization": [{"subject": "a", "subject_type": "user", "role": "owner"}]}
V1_MODEL = {"id": "1", "alias": 4, "authorization": [{"provider": "tmi", "provider_id": "a", "role": "owner"}]}


@pytest.mark.parametrize(
    ("payload", "generation"),
    [
        ([V0_MODEL], "v0"),
        ([{"id": "2", "authorization": None}, V0_MODEL], "v0"),
        ([BETWEEN_MODEL], "between"),
        ([V0_MODEL, BETWEEN_MODEL], "between"),
        ([{"authorization": [{"principal_type": "user", "role": "owner"}]}], "between"),
        ([], None),
        ([{"id": "1"}], None),
        ([{"id": "1", "source_count": 0}], "v0"),
        ([{"id": "1", "repo_count": 0}], "between"),
        ({"threat_models": [], "total": 0, "limit": 20, "offset": 0}, "v1"),
        ({"error": "x"}, None),
        (None, None),
        ("<html>", None),
    ],
)
def test_list(payload: Any, generation: str | None) -> None:
    assert detect.generation_of_list(payload) == generation


@pytest.mark.parametrize(
    ("payload", "generation"),
    [(V0_MODEL, "v0"), (BETWEEN_MODEL, "between"), (V1_MODEL, "v1"), ({"id": "1"}, None), ([], None), (None, None)],
)
def test_model(payload: Any, generation: str | None) -> None:
    assert detect.generation_of_model(payload) == generation


@pytest.mark.parametrize(
    ("version", "build", "generation"),
    [
        ("0.99.1", "0.60.0-development", "v0"),
        ("1.0.0", "0.47.3", "v0"),
        ("1.0.0", "0.100.0", None),
        ("1.0.0", "0.133.0", "between"),
        ("1.0.0", "0.243.1", "between"),
        ("1.0.0", "", None),
        ("1.8.22", "1.8.22", "v1"),
        ("1.1.0", "0.300.0", "v1"),
        ("1.10.0", "", "v1"),
        ("2.0.0", "", "v1"),
        ("nonsense", "0.60.0", None),
    ],
)
def test_root(version: str, build: str, generation: str | None) -> None:
    root = {"api": {"version": version}, "service": {"build": build, "name": "TMI"}, "status": {"code": "OK"}}
    assert detect.generation_of_root(root) == generation


@pytest.mark.parametrize("payload", [None, [], {}, {"api": None}, {"api": []}, "<html>"])
def test_no_root(payload: Any) -> None:
    assert detect.generation_of_root(payload) is None


def test_messages() -> None:
    assert "between the API generations" in detect.unsupported("between")
    assert "speaks API v1; this version of the collection supports: v0" in detect.unsupported("v1")
    assert "option url" in detect.unsupported(None)


@pytest.mark.parametrize(("folder", "generation"), [("seed", "v0"), ("tmi-1.8", "v1")])
def test_recorded_answers_of_real_servers(folder: str, generation: str) -> None:
    traces = Path(__file__).resolve().parents[6] / "shared" / "conformance" / folder / "traces"
    if not traces.is_dir():
        pytest.skip("no recorded traces beside this tree (../shared/conformance)")
    reported = []
    for file in sorted(traces.glob("*.json")):
        for step in json.loads(file.read_text())["steps"]:
            if not isinstance(step["do"], dict) or step["want"].get("status") != 200:
                continue
            call, body = step["do"].get("call"), step["want"].get("body")
            if call == "GET /":
                reported.append(detect.generation_of_root(body))
            elif call == "GET /threat_models" and body != []:
                reported.append(detect.generation_of_list(body))
    assert reported
    assert set(reported) <= {generation, None}
    assert generation in reported


@pytest.mark.parametrize(
    ("version", "reported"),
    [
        ("2.2.0", "API 2.2"),
        ("v2.0", "API 2.0"),
        ("3.1", "API 3.1"),
        ("1.8.22", ""),
        ("1.9", ""),
        ("0.99.1", ""),
        ("x", ""),
    ],
)
def test_a_server_newer_than_what_was_tested_is_reported(version: str, reported: str) -> None:
    root = {"api": {"version": version}, "service": {"build": "2.2.0"}}
    said = detect.untested(root)
    assert (reported in said and "tested on TMI 1.8.22" in said) if reported else said == ""
    if reported:
        assert detect.generation_of_root(root) == "v1"


@pytest.mark.parametrize(
    "payload", [None, [], "x", {}, {"api": 2}, {"api": {"version": 2.2}}, {"api": {"version": None}}]
)
def test_any_other_answer_says_nothing(payload: object) -> None:
    assert detect.untested(payload) in ("", detect.untested({"api": {"version": "2.2"}}))
