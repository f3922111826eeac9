# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a person with a playbook sees of each kind of fault that does not pass: one sentence, and what has been done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tmi.tmi.tests.harness.estate import estate
from ansible_collections.tmi.tmi.tests.harness.faults import KINDS
from ansible_collections.tmi.tmi.tests.harness.held import PATIENCE, compare
from ansible_collections.tmi.tmi.tests.harness.runs import clean_once, scenario_of

Json = Any
#: The request from which on nothing gets through: the first models stand, their children do not yet.
FROM = 6
#: By the wall clock here, so it is long where a request that nothing has struck must not run into it.
WAITS = {"timeout": 300, "retry_timeout": 1.5, "settle_timeout": 1}
GIVE_UP = 10
PLAYBOOK = Path(__file__).with_name("playbook.yml")


#: Each kind that does not pass on one generation, for what is looked at here is the same on both.
LASTING = [kind for kind, fault in KINDS.items() if "times" not in fault and not fault.get("seconds")]
CASES = [("v1" if number % 2 else "v0", kind) for number, kind in enumerate(LASTING)]


@pytest.mark.parametrize(("servers", "kind"), CASES, indirect=["servers"])
def test_what_a_person_sees(servers: Any, tally: Any, tmp_path: Path, kind: str) -> None:
    server = servers[0]
    golden, _requests = clean_once(server, scenario_of(server.api, "create"))
    server.clear()
    fault = {**KINDS[kind], "nth": FROM, "times": None}
    waits = {**WAITS, "timeout": GIVE_UP} if "seconds" in fault else WAITS
    server.arm(fault)
    row = tally(f"{server.api} playbook", kind)
    begin = time.monotonic()
    secret = server.tokens["access_token"]
    facts = {"definition": estate(server.api, "second"), "waits": waits, "answers": str(tmp_path / "answers.json")}
    (tmp_path / "facts.json").write_text(json.dumps({**facts, "url": server.url}))
    shown = subprocess.run(
        [Path(sys.executable).with_name("ansible-playbook"), PLAYBOOK, "-i", "localhost,", "-vvv", "--diff"]
        + ["-e", f"@{tmp_path / 'facts.json'}"],
        env={**os.environ, "TMI_TOKEN": secret, "ANSIBLE_NOCOLOR": "1", "ANSIBLE_LOCALHOST_WARNING": "0"},
        capture_output=True,
        text=True,
        check=False,
        timeout=2 * PATIENCE,
    )
    text = shown.stdout + shown.stderr
    assert shown.returncode == 0, text
    assert "Traceback" not in text
    assert secret not in text
    first, second, third, stats = json.loads((tmp_path / "answers.json").read_text())
    row.cases, row.seconds = 1, time.monotonic() - begin
    assert first["failed"]
    assert first["changed"]
    assert first["done"]
    message = first["msg"]
    assert "\n" not in message
    assert message.endswith("run it again to complete it")
    assert all(line in message for line in first["done"][:3])
    assert not second["failed"]
    row.by_next = 1
    found = compare(server.census(), golden)
    row.duplicates, row.missing, row.third_writes = found.duplicates, found.missing, stats["writes"]
    assert not found.wrong
    assert third["changed"] is False
    assert stats["writes"] == 0
