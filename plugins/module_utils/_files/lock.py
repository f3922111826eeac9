# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Locks between the runs of one user on one machine: files in a private folder, released by the system if a run dies.

They spare runs on one controller work that ``_engine/identity/same_named.py`` would have to undo. Without a place for
them, runs continue without locks: nothing depends on them alone. A file is kept when its lock is released: its time
shows when.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import random
import stat
import sys
import tempfile
import time
from typing import Callable, Iterator, Optional, Sequence

from .._errors import TmiError
from .._failures import CONFLICT

#: About the seconds between two attempts.
_PAUSE = 0.05
#: Seconds by which the time of a file may be too early: file systems count in steps of some milliseconds.
_COARSE = 0.05
_HOUR, _DAY = 3600.0, 86400.0
#: Its time says when the folder was cleaned last.
_CLEANED = ".cleaned"


@contextlib.contextmanager
def held(
    server: str, places: Sequence[str], since: float, wait_seconds: float, sleep: Callable[[float], None] = time.sleep
) -> Iterator[bool]:
    """Hold the locks of some places on a server; yields whether another run has held one of them after ``since``.

    ``since``: Unix seconds. Raises TmiError, with the run that holds a lock, if it takes more than ``wait_seconds``
    seconds in all.
    """
    folder = _folder()
    was_held = False
    with contextlib.ExitStack() as locks:
        for place in sorted(set(places)) if folder else ():
            ends = time.monotonic() + wait_seconds
            while True:
                file, released = _taken(folder, server, place)
                was_held = was_held or file is None or released > since - _COARSE
                if file is not None:
                    break
                if time.monotonic() >= ends:
                    raise TmiError(_complaint(folder, server, place, wait_seconds), CONFLICT)
                sleep(_PAUSE * random.uniform(0.5, 1.5))
            locks.callback(_release, file)
        _clean(folder)
        yield was_held


def _folder() -> str:
    """Return the folder of the locks; "" if there can be none that only this user can write to."""
    try:
        import fcntl  # noqa: F401, not on Windows, where no control node runs
    except ImportError:
        return ""
    path = os.path.join(tempfile.gettempdir(), "tmi-locks-%d" % os.geteuid())
    try:
        with contextlib.suppress(FileExistsError):
            os.mkdir(path, 0o700)
        status = os.lstat(path)
    except OSError:
        return ""
    private = stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o022
    return path if private else ""


def _path(folder: str, server: str, place: str) -> str:
    return os.path.join(folder, hashlib.sha256(("%s\n%s" % (server, place)).encode("utf-8")).hexdigest()[:40])


def _taken(folder: str, server: str, place: str) -> tuple[Optional[int], float]:
    """Return the open, locked file, and the time of its last release in Unix seconds.

    The file is None while another run holds it, and -1 if it cannot be used.
    """
    import fcntl

    path = _path(folder, server, place)
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
    except OSError:
        return -1, 0.0
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        status = os.fstat(file)
        if status.st_ino != os.stat(path).st_ino:
            raise OSError(errno.EAGAIN, "it was removed meanwhile")
        holder = {"pid": os.getpid(), "since": time.strftime("%H:%M:%S"), "command": os.path.basename(sys.argv[0])}
        os.ftruncate(file, 0)
        os.pwrite(file, json.dumps(holder).encode("utf-8"), 0)
    except OSError as error:
        os.close(file)
        return None if error.errno in (errno.EAGAIN, errno.EACCES, errno.ENOENT) else -1, 0.0
    return file, status.st_mtime if status.st_size else 0.0


def _release(file: int) -> None:
    if file >= 0:
        with contextlib.suppress(OSError):
            os.utime(file)
        os.close(file)


def _clean(folder: str) -> None:
    """Remove files that have not been locked for a day, once an hour: each creation of an object leaves a file."""
    if not folder:
        return
    mark = os.path.join(folder, _CLEANED)
    with contextlib.suppress(OSError):
        if abs(time.time() - os.lstat(mark).st_mtime) < _HOUR:
            return
    with contextlib.suppress(OSError):
        file = os.open(mark, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
        os.utime(file)
        os.close(file)
        with os.scandir(folder) as entries:
            for entry in entries:
                if time.time() - entry.stat(follow_symlinks=False).st_mtime > _DAY:
                    os.unlink(entry.path)


def _complaint(folder: str, server: str, place: str, wait_seconds: float) -> str:
    try:
        with open(_path(folder, server, place), "rb") as stream:
            holder = json.loads(stream.read(1000))
        who = "process %d (%s), at work since %s" % (int(holder["pid"]), holder["command"], holder["since"])
    except (OSError, ValueError, KeyError, TypeError):
        who = "an unknown process"
    return (
        "another run on this machine creates %s: %s. It did not finish within %g s (option retry_timeout): "
        "wait for it, or stop it if it hangs" % (place, who, wait_seconds)
    )
