# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The feed of changes: reads models again and again, compares each one with its last state, which is kept on disk."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, TypeGuard

from ansible_collections.tmi.tmi.plugins.module_utils._api.client import connect, open_transport
from ansible_collections.tmi.tmi.plugins.module_utils._engine.ports import Server
from ansible_collections.tmi.tmi.plugins.module_utils._errors import (
    InputError,
    MissingError,
    PermissionDeniedError,
    TmiError,
)
from ansible_collections.tmi.tmi.plugins.module_utils._files.private_folder import PrivateFolder
from ansible_collections.tmi.tmi.plugins.module_utils._http.transport import Transport
from ansible_collections.tmi.tmi.plugins.module_utils._resources._catalog import CHILDREN

from .comparing import digest, events_between
from .memory import MemoryFolder
from .objects import Objects, objects_of
from .people import People

#: The largest file of a state that is read, in bytes.
MOST = 64 << 20
#: Form of the files. Files of another form are not read.
FORMAT = 1
_FIRST, _LOCK = "feed.json", "feed.lock"
_STATE = re.compile(r"([0-9a-f-]{36})\.json")


@dataclass(frozen=True)
class Found:
    """A model with changes: its events, and the state to keep, with its digest, once they were given to the rules."""

    model: Mapping[str, str]
    events: Sequence[Mapping[str, Any]]
    state: Objects | None
    digest: str = ""
    #: The id of the newest entry of the audit trail, "" if there is none.
    entry: str = ""


class Feed:
    """All changes of the chosen models.

    Usage: for each id of ``round()``: ``look(id)``, hand on the events, ``keep(found)``; then ``end_round()``. Not for
    threads at the same time. Every method may raise TmiError.

    Args:
        params: Options of the connection.
        folder: Folder of the state; no other feed can use it at the same time. With "" the state is in memory.
        models: Names, patterns or ids of models; empty: all.
        snapshot: Whether the objects that exist in the first round are reported as created.
        transport: A connection to use; without it one is opened, and closed at the end.
        wait_for_user: Seconds for which events wait until the audit trail shows their users.
    """

    def __init__(
        self,
        params: Mapping[str, Any],
        folder: str,
        models: Sequence[str],
        snapshot: bool,
        transport: Transport | None = None,
        wait_for_user: float = 0,
    ) -> None:
        self._stack = ExitStack()
        try:
            self._transport = transport or self._stack.enter_context(open_transport(params, read_only=True))
            self._folder: PrivateFolder | MemoryFolder = (
                PrivateFolder(os.path.join(folder, _FIRST), "state") if folder else MemoryFolder()
            )
            self._stack.callback(self._folder.close)
            self._stack.enter_context(self._folder.locked(_LOCK, 0))
            self._patterns = list(models)
            self._silent = not snapshot
            #: Sentences about states that could not be used.
            self.warnings: list[str] = []
            self._is_known_selection = self._read_first()
            self._digests: dict[str, str | None] = dict.fromkeys(self._kept_ids())
            self._unsaved: dict[str, tuple[Objects, str]] = {}
            self._people = People(self._transport, wait_for_user)
        except BaseException:
            self._stack.close()
            raise
        self._server: Server | None = None
        self._names: dict[str, str] = {}
        #: Models that could not be read, in the order of the attempts.
        self._failed: dict[str, None] = {}

    def close(self) -> None:
        """Close connection and folder."""
        self._stack.close()

    def round(self) -> list[str]:
        """Read the list of models; return the ids to look at, also those of models that are no longer there.

        Models that could not be read are the last ones, so that the others do not wait for them.
        """
        self._server = connect(self._transport)
        self._names = {
            model.id: model.label for model in self._server.models() if self._is_chosen(model.id, model.label)
        }
        known = {**self._names, **self._digests}
        self._failed = {one: None for one in self._failed if one in known}
        return [*(one for one in known if one not in self._failed), *self._failed]

    def look(self, model_id: str) -> Found | None:
        """Compare a model with its last state; None if it has not changed."""
        if self._server is None:
            raise AssertionError("look() without a round() before it")
        self._failed.pop(model_id, None)
        try:
            return self._look(self._server, model_id)
        except TmiError:
            self._failed[model_id] = None
            raise

    def _look(self, server: Server, model_id: str) -> Found | None:
        if model_id not in self._names:
            if not self._is_known_selection and not self._was_chosen(model_id):
                return Found({"id": model_id, "name": ""}, (), None)
            # Pages of a list can have gaps, and a model may have another name now.
            try:
                server.model(model_id, ())
            except (MissingError, PermissionDeniedError):
                return self._gone(model_id)
        return self._compared(server, model_id)

    def _compared(self, server: Server, model_id: str) -> Found | None:
        model = server.model(model_id, {resource.plural for resource in CHILDREN})
        state = objects_of(model)
        now = digest(state)
        if self._digests.get(model_id) == now:
            return None
        named = {"id": model.id, "name": model.label}
        before, entry = self._state(model_id)
        if before is None and (model_id in self._digests or (self._silent and not self._is_known_selection)):
            return Found(named, (), state, now, self._people.newest(server, model_id))
        if before == state:  # the first look after a start: the file has this state
            self._digests[model_id] = now
            return None
        events, newest = self._people.added(server, model_id, entry, events_between(named, before or {}, state))
        return None if events is None else Found(named, events, state, now, newest)

    def keep(self, found: Found) -> None:
        """Keep the state of a model, so that its events are not found again.

        If it cannot be written, it is kept in memory, and the next round tries again. Raises InputError then.
        """
        model_id = found.model["id"]
        if found.state is None:
            self._digests.pop(model_id, None)
            self._unsaved.pop(model_id, None)
            self._folder.remove(_file(model_id))
            return
        self._digests[model_id] = found.digest
        self._unsaved[model_id] = found.state, found.entry
        self._write(model_id)

    def end_round(self) -> None:
        """Note that the round is complete: from now on, a model without a state is a new one."""
        for model_id in list(self._unsaved):
            self._write(model_id)
        if not self._is_known_selection:
            content = {"format": FORMAT, "url": self._transport.settings.url, "models": self._patterns}
            self._folder.replace(_FIRST, json.dumps(content).encode())
            self._is_known_selection = True

    def unmatched(self) -> list[str]:
        """Return those of the names, patterns and ids of the selection that fit no model in the last round."""
        texts = [*self._names, *self._names.values()]
        return [one for one in self._patterns if not any(fnmatchcase(text, one) for text in texts)]

    def _is_chosen(self, *texts: str) -> bool:
        return not self._patterns or any(fnmatchcase(text, one) for text in texts for one in self._patterns)

    def _was_chosen(self, model_id: str) -> bool:
        """Return whether the selection has a model under its last name."""
        return self._is_chosen(model_id, *(one["name"] for one in self._own(model_id)))

    def _own(self, model_id: str) -> list[dict[str, Any]]:
        """Return the last state of the model itself, without what is in it; nothing if it is not known."""
        before = self._state(model_id)[0] or {}
        return [one for one in before.values() if one["kind"] == "threat_model"]

    def _gone(self, model_id: str) -> Found | None:
        if model_id not in self._digests:
            return None
        own = self._own(model_id)
        named = {"id": model_id, "name": own[0]["name"] if own else model_id}
        # The objects of a deleted model are not reported one by one.
        events = list(events_between(named, {"threat_model " + model_id: own[0]} if own else {}, {}))
        events = [{**event, "user": ""} for event in events]  # the server shows no audit trail of it
        return Found(named, events, None)

    def _state(self, model_id: str) -> tuple[Objects | None, str]:
        """Return the last state, and the id of the newest entry of the audit trail at that time."""
        if model_id in self._unsaved:
            return self._unsaved[model_id]
        if model_id not in self._digests:
            return None, ""
        raw = self._folder.read(_file(model_id), MOST)
        if raw is None:
            return None, ""
        kept = _loaded(raw)
        objects = kept.get("objects")
        if kept.get("format") == FORMAT and _are_objects(objects):
            return objects, str(kept.get("entry", ""))
        self._folder.remove(_file(model_id))  # a message each round would not help
        place = self._folder.place(_file(model_id))
        self.warnings.append("%s cannot be read: changes of this model since it was written are not reported" % place)
        return None, ""

    def _write(self, model_id: str) -> None:
        objects, entry = self._unsaved[model_id]
        content = {"format": FORMAT, "entry": entry, "objects": objects}
        self._folder.replace(_file(model_id), json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        del self._unsaved[model_id]

    def _read_first(self) -> bool:
        """Return whether a round with this selection was completed earlier."""
        raw = self._folder.read(_FIRST, MOST)
        if raw is None:
            return False
        kept, place = _loaded(raw), self._folder.place(_FIRST)
        if not isinstance(kept.get("format"), int):
            words = "%s cannot be read: models that are new since the last round are not reported"
            self.warnings.append(words % place)
            return False
        if kept["format"] > FORMAT:
            words = "%s was written by a newer version of the collection: use that version, or another folder"
            raise InputError(words % place, "state")
        url = kept.get("url", self._transport.settings.url)
        if url != self._transport.settings.url:
            raise InputError("%s has the state of %s: use another folder" % (self._folder.path, url), "state")
        return bool(kept.get("models") == self._patterns and kept.get("format") == FORMAT)

    def _kept_ids(self) -> list[str]:
        return [match.group(1) for match in map(_STATE.fullmatch, self._folder.names()) if match]


def _loaded(raw: bytes) -> dict[str, Any]:
    """Return the content of a file; nothing for one that is broken."""
    try:
        kept = json.loads(raw.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _are_objects(value: Any) -> TypeGuard[Objects]:
    return isinstance(value, dict) and all(
        isinstance(one, dict)
        and all(isinstance(one.get(name), str) for name in ("kind", "id", "name"))
        and isinstance(one.get("fields"), dict)
        and isinstance(one.get("diagram", {}), dict)
        for one in value.values()
    )


def _file(model_id: str) -> str:
    return model_id + ".json"
