# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The virtual environment of servers. Several servers may share it, so removing one server may have to keep it.

A server holds a shared lock on the `pyvenv.cfg` of its environment while it runs, wherever its state folder is. The
lock ends with the process, so a dead server never keeps the environment.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sys
from pathlib import Path

CONFIG = "pyvenv.cfg"


def hold(prefix: str = sys.prefix) -> int:
    """Lock the environment of this process until it ends. Return the descriptor, or -1 if nothing can be locked."""
    try:
        descriptor = os.open(Path(prefix) / CONFIG, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return -1  # not a virtual environment, so it is never removed
    with contextlib.suppress(OSError):  # the file system has no locks
        fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def reason_to_spare(venv: Path, state_dir: Path, port: int, *, runs: bool) -> str:
    """Return the reason to keep an environment if the server of a port is removed, "" if there is none.

    `runs`: that server still runs (in check mode), so a lock may be its own.
    """
    if not venv.exists():
        return ""
    if not (venv / CONFIG).is_file():
        return "it is not a virtual environment"
    if Path(sys.prefix).resolve() == venv.resolve():
        return "Ansible runs in it"
    if not runs and not _is_free(venv / CONFIG):
        return "a server runs in it"
    own = f"sandbox-{port}.json"
    others = sorted(path.stem.partition("-")[2] for path in state_dir.glob("sandbox-*.json") if path.name != own)
    return f"the state folder has a server of port {', '.join(others)}" if others else ""


def _is_free(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return True
