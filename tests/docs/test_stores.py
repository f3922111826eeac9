# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide's defaults with a keyring and with HashiCorp Vault log in, and their secrets appear nowhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tmi.tmi.tests.docs import blocks
from ansible_collections.tmi.tmi.tests.docs.test_examples import ROOT, furnish
from ansible_collections.tmi.tmi.tests.docs.workplace import Workplace

PAGE = ROOT / "docs" / "docsite" / "rst" / "guide_authentication.rst"


@pytest.fixture
def run(workplace: Workplace) -> Callable[..., str]:
    """Return what runs a task with each of the guide's defaults, and returns all that Ansible prints."""
    if workplace.api == "v0":
        pytest.skip("API v0 has no service accounts")
    found = [block for block in blocks.of_page(ROOT, PAGE) if "lookup('community." in block.text]
    furnish(workplace, found)
    defaults = [yaml.safe_load(workplace.translated(block.text)) for block in found if "module_defaults" in block.text]
    assert len(defaults) == 2
    task = {"name": "Who is it", "tmi.tmi.tmi_info": {"resource": "user"}}
    plays = [{"name": "A store", "hosts": "localhost", "gather_facts": False, **d, "tasks": [task]} for d in defaults]

    def runs(*numbers: int, **secrets: str) -> str:
        workplace.store_secrets(secrets)
        path: Path = workplace.keep("stores.yml", yaml.safe_dump([plays[number] for number in numbers]))
        return workplace.run("ansible-playbook", "-vvv", "--diff", path.name)

    return runs


def test_a_login_with_the_secrets_of_a_store(workplace: Workplace, run: Callable[..., Any]) -> None:
    account = workplace.service_account()
    said = run(0, 1, client_id=account["TMI_CLIENT_ID"], client_secret=account["TMI_CLIENT_SECRET"])
    assert said.count("POST /oauth2/token") >= 2
    assert account["TMI_CLIENT_SECRET"] not in said


@pytest.mark.parametrize("number", [0, 1])
def test_a_failure_shows_no_secret(run: Callable[..., Any], number: int) -> None:
    with pytest.raises(AssertionError) as failed:
        run(number, client_id="tmi_cc_unknown", client_secret="geheim-4711")
    assert "client_id or client_secret is wrong" in str(failed.value)
    assert "geheim-4711" not in str(failed.value)
