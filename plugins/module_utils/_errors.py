# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The failures a user can see, as exceptions that become one message and one ``error`` dict.

Everything that goes wrong on purpose is a ``TmiError``; any other exception is a defect of the collection.
"""

from __future__ import annotations

import copy
from typing import Any, Sequence

from . import _failures
from ._failures import code_of_status, error_of

#: Characters of the longest message that a user gets: what servers answer may be of any length.
LONGEST = 2000
#: The same for the place of a mistake.
LONGEST_PLACE = 300


def shortened(text: str, most: int = LONGEST) -> str:
    """Return a text of at most ``most`` characters: of a longer one its two ends, as advice comes last."""
    if len(text) <= most:
        return text
    end = most // 3
    return "%s … %s" % (text[: most - end - 3], text[-end:])


def listed(lines: Sequence[str], most: int, between: str = ", ") -> str:
    """Return the first ``most`` lines, and how many more there are."""
    more = len(lines) - most
    return between.join(lines[:most]) + (" and %d more" % more if more > 0 else "")


class TmiError(Exception):
    """Base of all failures: ``str(error)`` is the one sentence the user reads, ``LONGEST`` characters at most.

    ``code`` is one of ``_failures.CODES``: that of the class, unless the raiser knows better.
    """

    code = _failures.UNEXPECTED

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        if code:
            self.code = code

    def __str__(self) -> str:
        return shortened(super().__str__())

    def details(self) -> dict[str, Any]:
        """Return the ``error`` dict of the failed result."""
        return error_of(self.code)


class InputError(TmiError):
    """What the user wrote cannot be: says where (``path``) and what to change. Raised before any write."""

    code = _failures.INVALID_INPUT

    def __init__(self, message: str, path: str = "", code: str = "") -> None:
        super().__init__("%s: %s" % (path, message) if path else message, code)
        self.message = message
        self.path = path

    def details(self) -> dict[str, Any]:
        return error_of(self.code, where=shortened(self.path, LONGEST_PLACE))

    def at(self, path: str) -> InputError:
        """Return the same mistake, of the same kind and code, at another place."""
        moved = copy.copy(self)
        Exception.__init__(moved, "%s: %s" % (path, self.message) if path else self.message)
        moved.path = path
        return moved


class NotFoundError(InputError):
    """A name or id that the user refers to is not on the server."""

    code = _failures.NOT_FOUND


class AmbiguousNameError(InputError):
    """A name fits several objects; the message lists the candidates, ``candidates`` holds them."""

    code = _failures.AMBIGUOUS

    def __init__(self, message: str, path: str = "", candidates: Sequence[Any] = ()) -> None:
        super().__init__(message, path)
        self.candidates = candidates


class UnsupportedError(InputError):
    """This server generation cannot hold a field or object (option ``on_unsupported``)."""

    code = _failures.UNSUPPORTED


class CheckModeWriteError(TmiError):
    """The transport was asked to write in check mode: always a defect, never sent (ENGINE-4)."""


class ApiError(TmiError):
    """The server, or something in between, answered otherwise than asked.

    ``status`` is 0 where no answer came. ``what`` names the object in the user's words (``threat "SQLi"``). Without
    ``code``, and where the class has none of its own, the status decides. ``server_code``: the server's own word.
    ``url``: the whole address that was asked, without query.
    """

    code = ""

    def __init__(
        self,
        message: str,
        method: str = "",
        path: str = "",
        status: int = 0,
        code: str = "",
        server_code: str = "",
        server_message: str = "",
        server_details: Any = None,
        request_id: str = "",
        what: str = "",
        url: str = "",
    ) -> None:
        super().__init__(message, code or self.code or code_of_status(status))
        self.method = method
        self.path = path
        self.url = url
        self.status = status
        self.server_code = server_code
        self.server_message = server_message
        self.server_details = server_details
        self.request_id = request_id
        self.what = what

    def __str__(self) -> str:
        base = Exception.__str__(self)
        return shortened("%s: %s" % (self.what, base) if self.what else base)

    def about(self, what: str) -> ApiError:
        """Name the object that the failed call was about, unless a deeper caller already did."""
        self.what = self.what or what
        return self

    def details(self) -> dict[str, Any]:
        return error_of(
            self.code,
            status=self.status,
            server_code=self.server_code,
            message=self.server_message,
            details=self.server_details,
            request_id=self.request_id,
            method=self.method,
            path=self.path,
            url=self.url,
        )


class AuthenticationError(ApiError):
    """No, an expired or a refused login (401 after the one refresh that is allowed)."""

    code = _failures.AUTHENTICATION_FAILED


class PermissionDeniedError(ApiError):
    """403: the message names the role that is needed."""

    code = _failures.PERMISSION_DENIED


class MissingError(ApiError):
    """404 of an object that was addressed by id."""

    code = _failures.NOT_FOUND


class ConflictError(ApiError):
    """409 or 428: somebody else was faster; read again and plan again (ENGINE-11)."""

    code = _failures.CONFLICT


class TakenOverError(ConflictError):
    """Another run has created the same object at the same time, and this one has given way: plan again."""


class AmbiguousWriteError(ApiError):
    """A write whose fate is unknown: connection reset, 5xx, cut-off answer, time-out (ENGINE-5).

    ``timed_out`` tells that the server may still commit; ``sent_at`` is ``time.monotonic()`` of the sending.
    """

    def __init__(self, message: str, timed_out: bool = False, sent_at: float = 0.0, **details: Any) -> None:
        super().__init__(message, **details)
        self.timed_out = timed_out
        self.sent_at = sent_at
