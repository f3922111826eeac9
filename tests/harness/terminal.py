# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A terminal for tests: a command runs in a pseudo terminal, and answers are typed when their questions are there."""

from __future__ import annotations

import os
import pty
import select
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

#: Core clears the line when it has read an answer.
_READ = "\x1b[K"


class Typed:
    """A command in a pseudo terminal of its own."""

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self._pid, self._fd = pty.fork()
        if not self._pid:
            os.chdir(folder)
            os.execve(command[0], command, environment)
        self.said = ""
        self._read = 0

    def wait_for(self, words: str, patience: float = 120) -> None:
        """Wait until the command says something new."""
        assert self._says(words, patience), "%r did not come after:\n%s" % (words, self.said)

    def answer(self, question: str, keys: str) -> None:
        """Wait for a question and press keys, again if core has discarded them: it does so before it listens."""
        self.wait_for(question)
        for _attempt in range(10):
            os.write(self._fd, keys.encode())
            if self._says(_READ, 5):
                return
        raise AssertionError("core does not read %r after:\n%s" % (keys, self.said))

    def end(self, patience: float = 120) -> int:
        """Wait for the end, and return the exit code."""
        self._says(None, patience)
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])

    def _says(self, words: str | None, patience: float) -> bool:
        """Read until the words come, or to the end without words; return whether that was in time."""
        end = time.monotonic() + patience
        while words is None or words not in self.said[self._read :]:
            if time.monotonic() > end:
                if words is None:
                    os.kill(self._pid, signal.SIGKILL)
                return False
            if select.select([self._fd], [], [], 0.2)[0]:
                try:
                    data = os.read(self._fd, 65536)
                except OSError:  # Linux reports the end of the other side so
                    data = b""
                if not data:
                    return words is None
                self.said += data.decode("utf-8", errors="replace")
        self._read = self.said.index(words, self._read) + len(words)
        return True
