# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Reads files that options name, without waiting for a writer, and checks the rights of other users."""

from __future__ import annotations

import errno
import os
import stat


def read(path: str, most: int) -> tuple[bytes, os.stat_result]:
    """Return the first ``most`` bytes of a file, and its status. Raises ``OSError``, also for a pipe."""
    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(file, "rb") as stream:
        status = os.fstat(file)
        if stat.S_ISFIFO(status.st_mode) or stat.S_ISSOCK(status.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file")
        return stream.read(most), status


def others(status: os.stat_result) -> int:
    """Return the mode bits for other users of a file, and those for the group unless it is the owner's own group."""
    if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
        return 0
    return status.st_mode & (stat.S_IRWXO if is_own_group(status.st_gid) else stat.S_IRWXO | stat.S_IRWXG)


def is_open(path: str) -> bool:
    """Whether other users may do anything with a file."""
    try:
        return bool(others(os.stat(path)))
    except OSError:
        return False  # the file no longer exists


def is_own_group(number: int) -> bool:
    """Whether a group has no other member: many systems give each user a group of that name, and a umask for it."""
    import grp
    import pwd

    if number != os.getegid():
        return False
    try:
        group, user = grp.getgrgid(number), pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return True  # the system does not know it, as in a container
    return not set(group.gr_mem) - {user} and (group.gr_name == user or number == 0)
