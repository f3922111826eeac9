# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file that names the process of a server.

A running server holds a lock on its pid file. The lock ends with the process, so it shows reliably whether the process
in the file is that server. A later process with the same number is never mistaken for it.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from pathlib import Path
from typing import Any

LOCK_SECONDS = 1.0
POLL_SECONDS = 0.02


class SandboxError(Exception):
    """A command failed. The text is the reason in one line."""


class PidFile:
    """The locked file of one server. It is never removed, so that no process locks a removed file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.descriptor = -1

    def lock(self) -> None:
        """Take the lock for a starting server."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        end = time.monotonic() + LOCK_SECONDS
        while not _locked(self.descriptor, fcntl.LOCK_EX):
            if time.monotonic() > end:
                self.leave()
                raise SandboxError(f"another start of the sandbox of {self._path} is in progress")
            time.sleep(POLL_SECONDS)  # another process may only be checking the lock
        os.ftruncate(self.descriptor, 0)

    def write(self, content: dict[str, Any]) -> None:
        """Write the process id of the server."""
        os.pwrite(self.descriptor, json.dumps(content).encode() + b"\n", 0)

    def lost(self) -> bool:
        """Return whether the locked file is no longer at its path, because it or its folder was removed or moved."""
        try:
            return not os.path.samestat(os.stat(self._path), os.fstat(self.descriptor))
        except OSError:
            return True

    def leave(self) -> None:
        """Close the file in this process. Other processes that share the lock keep it."""
        os.close(self.descriptor)

    def held(self) -> bool:
        """Return whether a server has the lock."""
        if not self._path.exists():
            return False
        descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            return not _locked(descriptor, fcntl.LOCK_SH)
        finally:
            os.close(descriptor)

    def read(self) -> dict[str, Any] | None:
        """Return the data of the running server, or None if no server runs."""
        end = time.monotonic() + LOCK_SECONDS
        while self.held():
            try:
                content: dict[str, Any] = json.loads(self._path.read_text("utf-8"))
                return content
            except ValueError:  # a starting server has the lock, but has not written yet
                if time.monotonic() > end:
                    raise SandboxError(f"a server holds {self._path}, but has not written its process id") from None
            time.sleep(POLL_SECONDS)
        return None


def _locked(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
