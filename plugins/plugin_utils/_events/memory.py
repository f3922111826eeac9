# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The state of a feed that ends with its process: files in memory, with the methods of ``PrivateFolder``."""

from __future__ import annotations

import contextlib


class MemoryFolder:
    """Nothing is left on the disk, also if the process is killed."""

    path = "memory"

    def __init__(self) -> None:
        self._files: dict[str, bytes] = {}

    def close(self) -> None:
        """Do nothing."""

    def place(self, name: str) -> str:
        """Return the name of a file, for messages."""
        return name

    def read(self, name: str, most: int) -> bytes | None:
        """Return the first ``most`` bytes of a file; None if there is no file."""
        content = self._files.get(name)
        return None if content is None else content[:most]

    def names(self) -> list[str]:
        """Return the names of all files, sorted."""
        return sorted(self._files)

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        self._files.pop(name, None)

    def replace(self, name: str, content: bytes) -> None:
        """Write a file."""
        self._files[name] = content

    def locked(self, name: str, seconds: float) -> contextlib.AbstractContextManager[None]:
        """Return a lock that is always free."""
        return contextlib.nullcontext()
