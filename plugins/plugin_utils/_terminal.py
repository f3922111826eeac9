# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The terminal of the person who runs Ansible."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsiblePromptInterrupt, AnsiblePromptNoninteractive
from ansible.utils.display import Display

from ansible_collections.tmi.tmi.plugins.module_utils._modules.choice import Ended

#: Environment variables of jobs: of AWX, Automation Platform and ansible-runner, which give their jobs a terminal that
#: no person sees; and of CI, where most systems set CI.
_RUNNERS = ("AWX_PRIVATE_DATA_DIR", "AWX_HOST", "AWX_ISOLATED_DATA_DIR", "RUNNER_OMIT_EVENTS", "JOB_ID")
_CI = (
    "CI",
    "CONTINUOUS_INTEGRATION",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "TF_BUILD",
    "JENKINS_URL",
    "BUILDKITE",
    "TEAMCITY_VERSION",
    "CODEBUILD_BUILD_ID",
)
#: Variables that AWX and Automation Platform pass to every job.
_JOBS = ("awx_job_id", "tower_job_id")
_NO = ("", "0", "false", "no", "off")
#: Ctrl-C and Ctrl-D, which core reads as characters.
_ENDS = (b"\x03", b"\x04")
#: Ansible loads this file in its main process. Workers have other streams.
_STREAMS = (sys.stdin, sys.stdout)
_TERMINAL = all(stream is not None and not stream.closed and stream.isatty() for stream in _STREAMS)


def absence(
    environment: Mapping[str, str], variables: Mapping[str, Any], check_mode: bool, terminal: bool = _TERMINAL
) -> str:
    """Return the reason why no person can be asked, as a main clause; "" if one can.

    ``variables`` are those of the task. ``terminal``: whether input and output of Ansible are one.
    """

    def is_set(*names: str) -> bool:
        return any(environment.get(name, "").strip().lower() not in _NO for name in names)

    if check_mode:
        return "this is check mode"
    if is_set(*_RUNNERS) or any(name in variables for name in _JOBS):
        return "this is a job of AWX, Automation Platform or ansible-runner"
    if is_set(*_CI):
        return "this is a job of a CI system"
    return "" if terminal else "Ansible has no terminal"


class Terminal:
    """The person at the terminal, for one task."""

    def __init__(self, variables: Mapping[str, Any], check_mode: bool) -> None:
        self._variables, self._check_mode = variables, check_mode

    def absence(self) -> str:
        """Return the reason why no person can be asked, as a main clause; "" if one can."""
        return absence(os.environ, self._variables, self._check_mode)

    def answer(self, question: str) -> str:
        """Show a question and return the answer. Raises ``Ended`` for Ctrl-C, Ctrl-D, and without a terminal."""
        try:
            given = Display().prompt_until(printable(question), interrupt_input=_ENDS)
        except AnsiblePromptInterrupt:
            raise Ended from None
        except AnsiblePromptNoninteractive:
            raise Ended("Ansible has no terminal, or runs in its background") from None
        return given.decode("utf-8", errors="replace")

    def show(self, line: str) -> None:
        """Show a line."""
        Display().display(printable(line))


def printable(text: str) -> str:
    """Return a text without control characters, which names on a server may have, except for ends of lines."""
    return "".join(sign if sign.isprintable() or sign == "\n" else "?" for sign in text)
