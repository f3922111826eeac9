# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook `login` at a terminal: it asks for what is not set, and in a job it asks nothing."""

from __future__ import annotations

import json
import re
import sys

import pytest

pytest.importorskip("aiohttp", reason="the embedded server needs aiohttp")
pytest.importorskip("requests")
import requests

from ansible_collections.tmi.tmi.tests.harness.terminal import Typed
from ansible_collections.tmi.tmi.tests.playbooks.conftest import Place
from ansible_collections.tmi.tmi.tests.runner.login_page import login_page, visit

PLAYBOOK = """
- import_playbook: tmi.tmi.login
- hosts: localhost
  gather_facts: false
  tasks:
    - tmi.tmi.tmi_info: {resource: threat_model, url: '{{ tmi_url }}', token_cache: '{{ tmi_token_cache }}',
                         login_provider: '{{ tmi_login_provider }}', id: '{{ tmi_login_model }}'}
      register: chosen
    - debug: {msg: 'The model is {{ chosen.resources[0].name }}'}
"""
#: Variables that a machine which runs tests may have, and a person's terminal has not.
JOBS = ("CI", "JOB_ID", "CONTINUOUS_INTEGRATION", "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL")


def start(place: Place, *options: str, **variables: str) -> Typed:
    """Start the login at a terminal without any setting."""
    for name in ("TMI_TOKEN", "TMI_URL", *JOBS):
        place.variables.pop(name, None)
    (place.folder / "my.yml").write_text(PLAYBOOK)
    command = [sys.executable, "-m", "ansible.cli.playbook", "my.yml", "-e", "tmi_login_browser=paste", *options]
    return Typed(command, place.folder, {**place.variables, **variables, "COLUMNS": "400", "TERM": "xterm"})


@pytest.mark.parametrize("place", ["v0", "v1"], indirect=True)
def test_a_person_chooses_server_provider_and_model(place: Place) -> None:
    tokens = {"Authorization": "Bearer " + place.server.tokens["access_token"]}
    for name in ("Café", "Shop"):
        made = requests.post(place.server.url + "/threat_models", json={"name": name}, headers=tokens, timeout=30)
        assert made.status_code == 201, made.text
    with login_page(place.server.url, ("github", "google")) as address:
        terminal = start(place, "-e", "tmi_login_choose_model=true", "-e", "tmi_login_servers=http://127.0.0.1:9")
        terminal.answer("1) http://127.0.0.1:9", "\r")
        terminal.wait_for("127.0.0.1:9 cannot be used")
        terminal.answer("another address", f"{address}/\r")
        terminal.answer("2) google", "3\r")
        terminal.wait_for("No entry fits")
        terminal.answer("2) google", "GOOGLE\r")
        terminal.answer("Final address", visit(shown_address(terminal), place.server.url, "alice") + "\r")
        terminal.answer("1) Café", "café\r")
        assert terminal.end() == 0, terminal.said
    assert "The model is Café" in terminal.said
    cache = place.folder / ".cache/tmi/tokens.json"
    [kept] = json.loads(cache.read_text())["entries"].values()
    assert (kept["url"], kept["provider"]) == (address, "google")
    assert kept["access_token"] not in terminal.said
    assert f"export TMI_URL={address} TMI_TOKEN_CACHE={cache} TMI_LOGIN_PROVIDER=google" in terminal.said


def shown_address(terminal: Typed) -> str:
    """Return the address that the playbook shows."""
    terminal.wait_for("Copy the complete address")
    [found] = re.findall(r'"(http://[^\s"]+/page\?[^\s"]+)"', terminal.said)
    return str(found)


@pytest.mark.parametrize(
    ("variables", "keys", "words"),
    [
        ({}, "example.com\x04", "the question was ended without an answer"),
        ({"JOB_ID": "7"}, "", "no person can be asked: this is a job of AWX, Automation Platform or ansible-runner"),
    ],
)
def test_a_run_without_an_answer_names_the_variable(
    place: Place, variables: dict[str, str], keys: str, words: str
) -> None:
    terminal = start(place, **variables)
    if keys:
        terminal.answer("Which TMI server?", keys)
    assert terminal.end() == 2, terminal.said
    assert f"tmi_url: is not set, and {words}. Set it, or TMI_URL in the environment" in terminal.said
    assert ("Which TMI server?" in terminal.said) is bool(keys)
    assert not (place.folder / ".cache").exists()
