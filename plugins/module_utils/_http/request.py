# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The state of one request in the transport, its response, and the counters of a run."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import Any, Collection, Mapping, NamedTuple, Optional
from urllib.parse import urlencode

from .._errors import InputError
from .._journal import Unrecorded, Write
from . import retry
from .responses import Call
from .shapes import Shape

#: The content type of a form.
FORM = "application/x-www-form-urlencoded"


class Response(NamedTuple):
    """An answer with an expected status. ``data``: parsed JSON, None if empty. ``headers``: look-up ignores case.

    ``text``: the body of an answer that is not JSON, if the request takes it; ``binary``: if it is no text either.
    """

    status: int
    data: Any
    headers: Mapping[str, str]
    text: str = ""
    binary: bytes = b""


class Stats:
    """Counters of one run, for any number of threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.requests = 0
        self.retries = 0
        self.writes = 0
        self.waited = 0.0

    def add(self, requests: int = 0, retries: int = 0, writes: int = 0, waited: float = 0.0) -> None:
        """Add to the counters; ``waited`` are seconds before a repetition, which explain a long run."""
        with self._lock:
            self.waited += waited
            self.requests += requests
            self.retries += retries
            self.writes += writes

    def as_dict(self) -> dict[str, int]:
        """Return the ``stats`` of a module's result."""
        with self._lock:
            return {"requests": self.requests, "retries": self.retries, "writes": self.writes}


@dataclass
class Request:
    """The state of one call of ``Transport.request``, with its repetitions."""

    call: Call
    url: str
    params: Any
    body: Optional[bytes]
    headers: dict[str, str]
    idempotent: bool
    expect: Collection[int]
    shape: Optional[Shape]
    authenticated: bool
    budget: retry.Budget
    write: Write = field(default_factory=Unrecorded, repr=False)
    token: str = field(default="", repr=False)
    renewed: bool = False
    redirects: int = 0
    number: int = 0
    """Number of the last try at the gate."""
    atomic: bool = True
    """Whether a refusal shows that nothing was written."""
    sent_at: float = 0.0
    doubted_at: float = 0.0
    """``clock`` of the last try that the server may have carried out, or still may."""
    in_doubt: bool = False
    """Whether the server may have carried out a try although its answer did not confirm it."""
    timed_out: bool = False
    takes_text: bool = False
    """Whether the answer may be anything other than JSON and HTML."""

    def doubt(self, timed_out: bool = False) -> None:
        """Note that the server may have carried out this try; after a time-out it still may do so later."""
        self.in_doubt = self.in_doubt or not self.reading
        self.write.doubted()
        if timed_out or not self.timed_out:
            self.doubted_at = self.sent_at
        self.timed_out = self.timed_out or timed_out

    @property
    def reading(self) -> bool:
        return self.call.method in retry.READING

    @property
    def token_call(self) -> bool:
        return retry.is_token_call(self.call.method, self.call.path)

    @property
    def is_write(self) -> bool:
        return not self.reading and not self.call.path.startswith("/oauth2/")


def encoded(value: Any, call: Call, content_type: str = "application/json") -> bytes:
    """Return the body of a request: JSON, or a form of texts. Raises InputError."""
    try:
        if content_type == FORM:
            return urlencode(value, doseq=True).encode("ascii")
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8")
    except (ValueError, TypeError):
        # Half a surrogate pair, or NaN, in the user's data.
        words = "%s: the data cannot be written as JSON (NaN, infinity or broken Unicode)" % call
        raise InputError(words, call.what) from None


def origin(parts: Any) -> tuple[str, str, int]:
    try:
        port = parts.port
    except ValueError:
        port = -1
    return parts.scheme, parts.hostname or "", port or (443 if parts.scheme == "https" else 80)
