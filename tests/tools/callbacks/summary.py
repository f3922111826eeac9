# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What `make quickstart` shows of its playbook."""

from __future__ import annotations

import shutil
import sys
from typing import Any

from ansible.plugins.callback.default import CallbackModule as Default

DOCUMENTATION = """
name: summary
type: stdout
short_description: Show the messages of debug tasks and failures, and write everything into the log
description:
  - The screen gets the messages of debug tasks, warnings, failures and, on a terminal, a line that names the task.
  - The log file of Ansible gets the output of the default callback.
extends_documentation_fragment:
  - default_callback
  - result_format_callback
"""


def parts_of(result: Any) -> tuple[Any, Any]:
    """Return the task of a result, and its data. Before ansible-core 2.19 both had other names."""
    if hasattr(result, "task"):
        return result.task, result.result
    return result._task, result._result


#: A task that prints a line for each file (playbooks/tasks/show_files.yml): the log has them.
LOGGED = {"Show the files"}


class CallbackModule(Default):
    """The callback."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "summary"

    def __init__(self) -> None:
        super().__init__()
        self._terminal = sys.stdout.isatty()
        self._show = self._display.display
        # The default callback writes there, and modules say how far they are, from their own processes.
        self._display.display = self._log

    def _log(self, msg: str, *place: Any, **options: Any) -> None:
        """Write a message into the log alone, unless it is a warning."""
        if options.get("stderr"):
            self._show(msg, *place, **options)
        elif not options.get("screen_only"):
            self._show(msg, log_only=True)

    def _now(self, text: str) -> None:
        """Let the line that changes be this one, on a terminal."""
        if self._terminal:
            columns = shutil.get_terminal_size().columns
            sys.stdout.write(f"\r\x1b[K{text[: columns - 1]}")
            sys.stdout.flush()

    def _say(self, lines: Any, *, failed: bool = False) -> None:
        self._now("")
        for line in lines if isinstance(lines, list) else str(lines).splitlines():
            self._show(str(line), screen_only=True, stderr=failed)

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        super().v2_playbook_on_task_start(task, is_conditional)
        self._now(f"{task.get_name()} ...")

    def v2_runner_on_ok(self, result: Any) -> None:
        super().v2_runner_on_ok(result)
        task, data = parts_of(result)
        if task.action.rpartition(".")[2] == "debug" and task.get_name() not in LOGGED:
            self._say(data["msg"])

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        super().v2_runner_on_failed(result, ignore_errors)
        if not ignore_errors:
            # The message about a command that failed says no more than that.
            task, data = parts_of(result)
            reason = str(data.get("stderr") or data.get("msg", "")).strip()
            self._say(f"Failed: {task.get_name()}: {reason}", failed=True)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        super().v2_playbook_on_stats(stats)
        self._now("")
