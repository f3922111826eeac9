# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""A folder of generated files: the changes that it needs, and each change in one step.

A list of the files, ``.tmi_files``, is kept if files without a source are to be removed. Only files in this list
are removed, and only if they are as they were written. Files of different sources in one folder have a list each.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
from dataclasses import dataclass
from typing import Dict, Iterator, List, Mapping, Optional, Tuple

from .._errors import InputError
from .making import make_folders

#: Name of the list of files; names of files in the folder do not begin with a dot.
REGISTER = ".tmi_files"
#: Most bytes of that list.
_MOST = 16_000_000
_OPENED = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

CREATE, UPDATE, MODE, REMOVE, KEEP, NONE = "create", "update", "mode", "remove", "keep", "none"


@dataclass(frozen=True)
class FileChange:
    """The change of one file: ``create``, ``update``, ``mode`` (only that), ``remove``, ``keep`` or ``none``.

    ``keep``: a person has changed a file that is no longer wanted. ``before``, ``after``: contents, None for no file.
    """

    name: str
    action: str
    before: Optional[bytes] = None
    after: Optional[bytes] = None

    @property
    def is_change(self) -> bool:
        """Whether anything is written."""
        return self.action not in (KEEP, NONE)


class Folder:
    """The folder ``path`` for files of ``mode``. All methods raise InputError at ``dest``.

    ``part``: name of a part of the files, with a list of its own.
    """

    def __init__(self, path: str, mode: int, part: str = "") -> None:
        self.path = os.path.abspath(os.path.expanduser(path))
        self.register = "%s.%s" % (REGISTER, part) if part else REGISTER
        self._mode = mode

    def plan(self, files: Mapping[str, bytes], prune: bool) -> List[FileChange]:
        """Return the changes for these contents by name, in order of names; ``prune``: remove files of earlier runs."""
        if os.path.lexists(self.path) and not os.path.isdir(self.path):
            raise InputError("%s is no folder" % self.path, "dest")
        known = self._known()
        changes = [self._change(name, content) for name, content in files.items()]
        if prune:
            changes += [self._removal(name, known[name]) for name in known if name not in files]
        changes.sort(key=lambda change: change.name)
        if known or (prune and files):
            lasting = {} if prune else known
            listed = {**lasting, **{name: _digest(content) for name, content in files.items()}}
            text = json.dumps({"files": listed}, indent=1, sort_keys=True) + "\n"
            changes.append(self._change(self.register, text.encode("utf-8")))
        return changes

    def apply(self, change: FileChange) -> None:
        """Make one change. A reader gets the old or the new file, also after a crash."""
        path = os.path.join(self.path, change.name)
        with _explained(path):
            if change.action == REMOVE:
                os.unlink(path)
            elif change.action == MODE:
                os.chmod(path, self._mode)
            elif change.is_change and change.after is not None:
                # All who can read the files can enter a new folder.
                make_folders(self.path, stat.S_IRWXU | self._mode & 0o066 | (self._mode & 0o044) >> 2)
                self._write(path, change.after)

    def _write(self, path: str, content: bytes) -> None:
        folder, name = os.path.split(path)
        temporary = os.path.join(folder, ".%s.%s.tmp" % (name.lstrip(".")[:80], os.urandom(8).hex()))
        file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _OPENED, 0o600)
        try:
            with os.fdopen(file, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fchmod(file, self._mode)
                os.fsync(file)
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise

    def _change(self, name: str, content: bytes) -> FileChange:
        before, mode = self._there(name)
        if before is None:
            return FileChange(name, CREATE if mode is None else UPDATE, None, content)
        if before != content:
            return FileChange(name, UPDATE, before, content)
        return FileChange(name, NONE if mode == self._mode else MODE, before, content)

    def _removal(self, name: str, digest: str) -> FileChange:
        before, _mode = self._there(name)
        if before is None:
            return FileChange(name, NONE)
        return FileChange(name, REMOVE if _digest(before) == digest else KEEP, before)

    def _there(self, name: str) -> Tuple[Optional[bytes], Optional[int]]:
        """Return content and mode of a file; (None, None) for no file, (None, 0) for a link, which is replaced."""
        path = os.path.join(self.path, name)
        with _explained(path):
            try:
                status = os.lstat(path)
            except FileNotFoundError:
                return None, None
            if stat.S_ISLNK(status.st_mode):
                return None, 0
            if not stat.S_ISREG(status.st_mode):
                raise InputError("%s is no regular file, so it cannot be replaced: remove it" % path, "dest")
            with os.fdopen(os.open(path, os.O_RDONLY | _OPENED), "rb") as stream:
                return stream.read(), stat.S_IMODE(status.st_mode)

    def _known(self) -> Dict[str, str]:
        """Return the files that earlier runs wrote, with digests of their contents."""
        path = os.path.join(self.path, self.register)
        with _explained(path):
            try:
                with os.fdopen(os.open(path, os.O_RDONLY | _OPENED), "rb") as stream:
                    text = stream.read(_MOST)
            except FileNotFoundError:
                return {}
        try:
            files = json.loads(text.decode("utf-8"))["files"]
            is_list = all(is_name(name) and isinstance(digest, str) for name, digest in files.items())
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            is_list = False
        if not is_list:
            raise InputError(
                "%s is not the list of files that earlier runs wrote: remove it to begin a new one" % path, "dest"
            )
        return dict(files)


def is_name(name: str) -> bool:
    """Whether a text can be the name of a file in the folder: no path, no hidden file, no control characters."""
    return (
        bool(name) and not name.startswith(".") and "/" not in name and name.isprintable() and len(name.encode()) <= 200
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@contextlib.contextmanager
def _explained(path: str) -> Iterator[None]:
    """Turn an ``OSError`` into one message."""
    try:
        yield
    except OSError as error:
        raise InputError("cannot use %s: %s" % (path, error.strerror or type(error).__name__), "dest") from None
