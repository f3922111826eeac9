# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The module ``tmi_files``: a folder of texts, of which only those that differ are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Dict, Mapping, Sequence

from .._errors import InputError
from .._files.folder import CREATE, KEEP, MODE, NONE, REMOVE, UPDATE, FileChange, Folder, is_name
from .._values import kind_of
from .module import Context, Module, add_done, failure

if TYPE_CHECKING:
    from .module import Result

_PART = re.compile(r"[A-Za-z0-9_-]{1,80}", re.ASCII)
_MODE = re.compile(r"0?[0-7]{3}", re.ASCII)
#: Most bytes of a file in a diff, as in Ansible's own modules.
_MOST = 104_448
_DONE: Mapping[str, str] = {CREATE: "created", UPDATE: "updated", MODE: "changed the mode of", REMOVE: "removed"}


def files_module() -> Module:
    """Return the module that writes files."""
    spec: Dict[str, Any] = {
        "dest": {"type": "path", "required": True},
        "files": {"type": "dict", "required": True},
        "mode": {"type": "raw", "default": "0600"},
        "part": {"type": "str", "default": ""},
        "prune": {"type": "bool", "default": False},
    }
    return Module(spec, _work, connects=False)


def _work(params: Mapping[str, Any], context: Context) -> Result:
    if not params["dest"].strip():
        raise InputError("must not be empty", "dest")
    if params["part"] and not _PART.fullmatch(params["part"]):
        raise InputError("must have at most 80 letters, digits, _ and -, not %r" % params["part"], "part")
    folder = Folder(params["dest"], _mode(params["mode"]), params["part"])
    changes = folder.plan(_contents(params["files"]), params["prune"])
    done = [change for change in changes if change.is_change]
    lines: list[str] = []
    try:
        for change in () if context.check_mode else done:
            folder.apply(change)
            lines.append("%s %s" % (_DONE[change.action], change.name))
    except InputError as error:
        result = failure(error)
        add_done(result, lines)
        return result
    result = {
        "changed": bool(done),
        "dest": folder.path,
        "written": _names(folder, changes, CREATE, UPDATE, MODE),
        "unchanged": _names(folder, [change for change in changes if change.after is not None], NONE),
        "removed": _names(folder, changes, REMOVE),
        "kept": _names(folder, changes, KEEP),
        "diff": [_difference(folder, change) for change in done] if context.diff_mode else [],
    }
    if result["kept"]:
        result["warnings"] = [
            "%s: kept, because it was changed since it was written: remove it by hand" % name for name in result["kept"]
        ]
    return result


def _names(folder: Folder, changes: Sequence[FileChange], *actions: str) -> list[str]:
    return [change.name for change in changes if change.action in actions and change.name != folder.register]


def _mode(given: Any) -> int:
    """Return the mode of files; YAML reads 0640 as an octal number."""
    if isinstance(given, int) and not isinstance(given, bool) and 0 <= given <= 0o777:
        return given
    if isinstance(given, str) and _MODE.fullmatch(given.strip()):
        return int(given, 8)
    raise InputError("must be a mode in octal digits, such as '0640', not %r" % (given,), "mode")


def _contents(files: Mapping[str, Any]) -> Dict[str, bytes]:
    found: Dict[str, bytes] = {}
    for name, content in files.items():
        if not is_name(name):
            raise InputError(
                "%r cannot be the name of a file: leave out slashes and a dot at its beginning" % name, "files"
            )
        if not isinstance(content, str):
            raise InputError("must be a text, not %s" % kind_of(content), "files.%s" % name)
        found[name] = content.encode("utf-8")
    return found


def _difference(folder: Folder, change: FileChange) -> Dict[str, Any]:
    """Return the difference of one file in the form of Ansible's own modules."""
    header = "%s/%s" % (folder.path, change.name)
    found: Dict[str, Any] = {"before_header": header, "after_header": header}
    if change.action == MODE:
        return {**found, "before": "", "after": "", "prepared": "%s: the mode\n" % header}
    for side, content, larger in (("before", change.before, "dst_larger"), ("after", change.after, "src_larger")):
        if content is not None and len(content) > _MOST:
            found[larger] = _MOST
        else:
            found[side] = (content or b"").decode("utf-8", errors="replace")
    return found
