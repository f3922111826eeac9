# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Processes that end with the one that started them, however that one ends: embedded servers and forks."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

FILES = Path(__file__).resolve().parents[2] / "roles" / "sandbox" / "files"
#: Seconds after which a server that was asked to end is ended by force: a machine under load is slow.
PATIENCE = 120


class Process:
    """An embedded server with its data in memory, on a free port.

    Args:
        api: The generation of the API.
        options: More options of ``tmi_sandbox serve``.
        log: Where its log goes.

    Raises:
        RuntimeError: It has ended instead of saying where it listens.
    """

    def __init__(self, api: str, *options: str, log: int | IO[str] = subprocess.DEVNULL) -> None:
        # Its standard input ends with the last process that holds this end, also after SIGKILL.
        self.popen = subprocess.Popen(
            [sys.executable, "-B", "-m", "tmi_sandbox", "serve", "--until-input-ends"]
            + ["--api", api, "--port=0", "--data=:memory:", *options],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(FILES), os.environ.get("PYTHONPATH")]))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        assert self.popen.stdout is not None
        line = self.popen.stdout.readline()
        if not line:
            self.popen.communicate()
            raise RuntimeError("the embedded server ended with %s" % self.popen.returncode)
        self.about: Any = json.loads(line)
        self.url: str = self.about["url"]

    def close(self) -> None:
        """End the process, by force if it does not end by itself."""
        self.popen.terminate()
        try:
            self.popen.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.communicate()


def fork(work: Callable[[], Any]) -> int:
    """Begin work in another process, which ends with this one at the latest; return its id."""
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
            work()
        finally:
            os._exit(0)
    return pid


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(1)


@contextlib.contextmanager
def serving(api: str, *options: str, log: int | IO[str] = subprocess.DEVNULL) -> Iterator[Process]:
    """Start a server; end it afterwards."""
    with contextlib.closing(Process(api, *options, log=log)) as process:
        yield process
