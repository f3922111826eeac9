# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of ``tmi_definition`` in a process of their own: how long each took, how far memory grew, what was left open.

As a program it takes parameters as lines of JSON and answers each with a line; :class:`Worker` is the other end.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

Json = Any


class Hung(Exception):
    """A run has not ended in time; its process was ended."""


class Worker:
    """A process for one run after the other. ``run`` raises ``Hung``; the next run then gets a new process."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def run(self, params: Json, seconds: float) -> Json:
        """Return ``result``, ``seconds``, ``grown`` (bytes at the highest) and ``left`` (what is open that was not)."""
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        limit = threading.Timer(seconds, process.kill)
        limit.start()
        try:
            process.stdin.write(json.dumps(params) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        finally:
            limit.cancel()
        if not line:
            self.close()
            raise Hung("no result after %g s" % seconds)
        return json.loads(line)

    def _start(self) -> subprocess.Popen[str]:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [*_loader(), *sys.path]))}
        self._process = subprocess.Popen(
            [sys.executable, "-B", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )
        return self._process

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


def _loader() -> list[str]:
    """Return what PYTHONPATH begins with: guards are switched off from there."""
    return [os.environ.get("PYTHONPATH", "")]


# --- the process ---------------------------------------------------------------------------------


def _figure(name: str) -> int:
    """Return a figure of /proc/self/status in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    raise KeyError(name)


def _open() -> tuple[int, int]:
    return len(os.listdir("/proc/self/fd")), threading.active_count()


def _measured(module: Any, params: Json) -> Json:
    Path("/proc/self/clear_refs").write_text("5")  # the highest figure begins anew
    before, there, begin = _figure("VmRSS"), _open(), time.monotonic()
    result = module.run(params, False)
    seconds = time.monotonic() - begin
    return {"result": result, "seconds": seconds, "grown": _figure("VmHWM") - before, "open": [there, _open()]}


def main() -> None:
    """Serve."""
    from ansible_collections.tmi.tmi.plugins.module_utils._modules.definition import definition_module

    module = definition_module()
    defaults = {name: option.get("default") for name, option in module.argument_spec.items()}
    answers, sys.stdout = sys.stdout, sys.stderr
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        for line in sys.stdin:
            print(
                json.dumps(_measured(module, {**defaults, **json.loads(line)}), default=str), file=answers, flush=True
            )


if __name__ == "__main__":
    main()
