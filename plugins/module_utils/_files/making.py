# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Creates folders with their missing parents."""

from __future__ import annotations

import contextlib
import os
from typing import Optional


def make_folders(folder: str, mode: Optional[int] = None) -> None:
    """Create a folder and its missing parents, each for its owner only, or with ``mode``. Raises OSError.

    ``os.makedirs`` gives the mode only to the last one.
    """
    missing = []
    while not os.path.isdir(folder) and folder != os.path.dirname(folder):
        missing.append(folder)
        folder = os.path.dirname(folder)
    for path in reversed(missing):
        with contextlib.suppress(FileExistsError):  # another run was faster
            os.mkdir(path, 0o700)
            if mode is not None:
                os.chmod(path, mode)
