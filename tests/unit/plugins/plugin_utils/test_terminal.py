# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where no person can be asked, and what the terminal gets to see."""

from __future__ import annotations

import pytest

pytest.importorskip("ansible.utils.display", reason="ansible-test runs this where there is no controller")
from ansible.errors import AnsiblePromptInterrupt, AnsiblePromptNoninteractive
from ansible.utils.display import Display

from ansible_collections.tmi.tmi.plugins.module_utils._modules.choice import Ended
from ansible_collections.tmi.tmi.plugins.plugin_utils._terminal import Terminal, absence


@pytest.mark.parametrize("name", ["AWX_HOST", "JOB_ID", "AWX_PRIVATE_DATA_DIR", "AWX_ISOLATED_DATA_DIR"])
def test_a_job_of_a_runner_has_no_person_although_it_has_a_terminal(name: str) -> None:
    assert "AWX" in absence({name: "x"}, {}, False, True)


@pytest.mark.parametrize("name", ["CI", "GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "JENKINS_URL"])
def test_a_job_of_a_ci_system_has_no_person(name: str) -> None:
    assert "CI" in absence({name: "true"}, {}, False, True)


def test_check_mode_and_a_missing_terminal_are_reasons_too() -> None:
    assert absence({}, {}, True, True) == "this is check mode"
    assert absence({}, {"awx_job_id": 7}, False, True)
    assert absence({"CI": "false", "JOB_ID": ""}, {}, False, False) == "Ansible has no terminal"
    assert absence({"CI": "false", "JOB_ID": ""}, {}, False, True) == ""


def test_names_cannot_control_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def prompt(text: str, **_options: object) -> bytes:
        seen.append(text)
        return "Caf\u00e9".encode() + b"\xff"

    monkeypatch.setattr(Display(), "prompt_until", prompt, raising=False)
    monkeypatch.setattr(Display(), "display", seen.append, raising=False)
    terminal = Terminal({}, False)
    assert terminal.answer("a\x1b[2J\u202eb\nc") == "Caf\u00e9\ufffd"
    terminal.show("\x07d")
    assert seen == ["a?[2J?b\nc", "?d"]


@pytest.mark.parametrize(
    ("error", "reason"), [(AnsiblePromptInterrupt, ""), (AnsiblePromptNoninteractive, "Ansible has no terminal")]
)
def test_a_question_without_an_answer_ends(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception], reason: str
) -> None:
    def prompt(_text: str, **_options: object) -> bytes:
        raise error("x")

    monkeypatch.setattr(Display(), "prompt_until", prompt, raising=False)
    with pytest.raises(Ended) as ended:
        Terminal({}, False).answer("?")
    assert str(ended.value).startswith(reason) if reason else not str(ended.value)
