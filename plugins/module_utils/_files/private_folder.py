# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Files that no other user may read or replace, in a checked folder: every step uses the folder's descriptor.

So the check of the folder is valid for the files in it, even if its path changes in the meantime.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from datetime import datetime, timezone
from typing import Iterator

from .._errors import InputError
from .making import make_folders
from .reading import others

_OPENED = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""Links are not followed, and opening does not wait for a pipe."""

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2)
"""Seconds between attempts to get a lock; the last one is repeated."""


class PrivateFolder:
    """The folder of ``path``, created if it is missing. ``option`` is the option in errors.

    Every method raises ``InputError``, with the place and what to do. It must be closed with :meth:`close`.
    """

    def __init__(self, path: str, option: str) -> None:
        self.path = os.path.dirname(os.path.abspath(path))
        self._option = option
        with self._explained(self.path):
            make_folders(self.path)
            self._folder = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            self._check(os.fstat(self._folder))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the folder."""
        os.close(self._folder)

    def place(self, name: str) -> str:
        """Return the path of a file, for messages."""
        return os.path.join(self.path, name)

    def read(self, name: str, most: int) -> bytes | None:
        """Return the first ``most`` bytes of a file; None if there is no file."""
        with self._explained(self.place(name)):
            try:
                file = os.open(name, os.O_RDONLY | _OPENED, dir_fd=self._folder)
            except FileNotFoundError:
                return None
            with os.fdopen(file, "rb") as stream:
                self._check_file(name, os.fstat(file))
                return stream.read(most)

    def names(self) -> list[str]:
        """Return the names of all files, sorted."""
        with self._explained(self.path):
            return sorted(os.listdir(self._folder))

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        with self._explained(self.place(name)), contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self._folder)

    def replace(self, name: str, content: bytes) -> None:
        """Write a file, mode 0600, in one step: a reader gets the old or the new file, also after a crash.

        It needs the lock, because it first removes files that killed writers have left.
        """
        temporary = "%s.%s.tmp" % (name, os.urandom(8).hex())
        with self._explained(self.place(name)):
            for left in os.listdir(self._folder):
                if left.startswith(name + ".") and left.endswith(".tmp"):
                    os.unlink(left, dir_fd=self._folder)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _OPENED
            file = os.open(temporary, flags, 0o600, dir_fd=self._folder)
            try:
                with os.fdopen(file, "wb") as stream:
                    stream.write(content)
                    stream.flush()
                    os.fsync(file)
                os.replace(temporary, name, src_dir_fd=self._folder, dst_dir_fd=self._folder)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(temporary, dir_fd=self._folder)
                raise

    @contextlib.contextmanager
    def locked(self, name: str, seconds: float) -> Iterator[None]:
        """Hold a lock for which all processes and threads wait; the file ``name`` shows its holder."""
        lock = self._lock(name, seconds)
        try:
            with contextlib.suppress(OSError):  # on a full disk the lock is held without the name of its holder
                os.pwrite(lock, _holder().encode("utf-8", errors="replace"), 0)
            yield
        finally:
            with contextlib.suppress(OSError):
                os.ftruncate(lock, 0)
            os.close(lock)

    def _lock(self, name: str, seconds: float) -> int:
        """Return the descriptor of the held lock, after a wait of at most ``seconds``."""
        import fcntl  # not on Windows, where no control node runs

        begun, tries = time.monotonic(), 0
        while True:
            with self._explained(self.place(name)):
                lock = os.open(name, os.O_RDWR | os.O_CREAT | _OPENED, 0o600, dir_fd=self._folder)
            try:
                with self._explained(self.place(name)):
                    status = os.fstat(lock)
                    self._check_file(name, status)
                    try:
                        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        if self._is_there(name, status):
                            held, lock = lock, -1
                            return held
                    except BlockingIOError:
                        pass
                waited = time.monotonic() - begun
                if waited >= seconds:
                    raise InputError(
                        "%s is locked by %s, and has been for %d s: wait until that run has ended, or end it"
                        % (self.place(name), _written_by_holder(lock), waited),
                        self._option,
                    )
            finally:
                if lock >= 0:
                    os.close(lock)
            time.sleep(min(_PAUSES[min(tries, len(_PAUSES) - 1)], max(0.0, seconds - waited)))
            tries += 1

    def _is_there(self, name: str, status: os.stat_result) -> bool:
        """Whether the name still means this file: another process may have removed it."""
        try:
            return os.path.samestat(status, os.stat(name, dir_fd=self._folder, follow_symlinks=False))
        except FileNotFoundError:
            return False

    # --- checks ----------------------------------------------------------------------------------

    def _check(self, status: os.stat_result) -> None:
        """Refuse a folder in which other users could replace a file. With the sticky bit, as in /tmp, they cannot."""
        if status.st_uid not in _trusted():
            raise InputError("the folder %s belongs to another user: take another one" % self.path, self._option)
        if others(status) & _OTHERS_WRITE and not status.st_mode & stat.S_ISVTX:
            raise InputError(
                "others can write to the folder %s, and could replace the file: chmod go-w it, or take another one"
                % self.path,
                self._option,
            )

    def _check_file(self, name: str, status: os.stat_result) -> None:
        path = self.place(name)
        if not stat.S_ISREG(status.st_mode):
            raise InputError("%s is no regular file" % path, self._option)
        if status.st_uid != _owner():
            raise InputError("%s belongs to another user" % path, self._option)
        if status.st_mode & 0o077:
            raise InputError(
                "%s is open to other users: chmod 600 it, or remove it if you do not know the reason" % path,
                self._option,
            )

    @contextlib.contextmanager
    def _explained(self, path: str) -> Iterator[None]:
        """Turn an ``OSError`` into the message that names the option."""
        try:
            yield
        except OSError as error:
            if os.path.islink(path):
                raise InputError("%s must not be a symbolic link" % path, self._option) from None
            raise InputError(
                "cannot use %s: %s" % (path, error.strerror or type(error).__name__), self._option
            ) from None


def _owner() -> int:
    """Return the user who must own the files."""
    return os.geteuid()


def _trusted() -> set[int]:
    """Return the users who may own the folder, including the superuser, who can do everything anyway."""
    return {_owner(), 0}


def _holder() -> str:
    since = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return "process %d on %s since %s" % (os.getpid(), os.uname().nodename, since)


def _written_by_holder(lock: int) -> str:
    """Return the text of the holder in a lock file."""
    text = os.pread(lock, 200, 0).decode("utf-8", errors="replace")
    return "".join(sign for sign in text if sign.isprintable()) or "another process"
