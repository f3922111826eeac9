# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The failures that users can see, as exceptions that become one message and one ``error`` dict.

Every expected failure is a ``TmiError``; any other exception is a defect of the collection.
"""

from __future__ import annotations

import copy
from typing import Any, Sequence

from . import _failures
from ._failures import code_of_status, error_of

#: Most characters of a message for users: texts of servers may have any length.
LONGEST = 2000
#: Most characters of the place of a mistake.
LONGEST_PLACE = 300


def shortened(text: str, most: int = LONGEST) -> str:
    """Return a text of at most ``most`` characters. A longer text keeps its beginning and, for the advice, its end."""
    if len(text) <= most:
        return text
    end = most // 3
    return "%s … %s" % (text[: most - end - 3], text[-end:])


def listed(lines: Sequence[str], most: int, between: str = ", ") -> str:
    """Return the first ``most`` lines and the number of the others."""
    more = len(lines) - most
    return between.join(lines[:most]) + (" and %d more" % more if more > 0 else "")


class TmiError(Exception):
    """Base of all failures: ``str(error)`` is the one sentence for the user, at most ``LONGEST`` characters.

    ``code`` is one of ``_failures.CODES``: the code of the class unless one is given.
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
    """A mistake in the user's input: says where it is (``path``) and what to change. Raised before any write."""

    code = _failures.INVALID_INPUT

    def __init__(self, message: str, path: str = "", code: str = "") -> None:
        super().__init__("%s: %s" % (path, message) if path else message, code)
        self.message = message
        self.path = path

    def details(self) -> dict[str, Any]:
        return error_of(self.code, where=shortened(self.path, LONGEST_PLACE))

    def at(self, path: str) -> InputError:
        """Return the same mistake, with its class and code, at another place."""
        moved = copy.copy(self)
        Exception.__init__(moved, "%s: %s" % (path, self.message) if path else self.message)
        moved.path = path
        return moved


class NotFoundError(InputError):
    """The server has no object with the name or id that the user gave."""

    code = _failures.NOT_FOUND


class AmbiguousNameError(InputError):
    """Several objects have the name; the message lists them, and ``candidates`` holds them."""

    code = _failures.AMBIGUOUS

    def __init__(self, message: str, path: str = "", candidates: Sequence[Any] = ()) -> None:
        super().__init__(message, path)
        self.candidates = candidates


class UnsupportedError(InputError):
    """This server generation cannot hold a field or object (option ``on_unsupported``)."""

    code = _failures.UNSUPPORTED


class CheckModeWriteError(TmiError):
    """The transport got a write in check mode: a defect of the collection. Nothing is sent (ENGINE-4)."""


class ApiError(TmiError):
    """The server, or a proxy on the way to it, gave an answer that was not expected.

    ``status`` is 0 if there was no answer. ``what`` names the object in the user's words (``threat "SQLi"``). Without
    ``code``, and if the class has none, the status gives the code. ``server_code``: the code in the answer.
    ``url``: the whole address of the request, without its query.
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
        """Set the object of the failed call, unless a deeper caller has set it."""
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
    """There is no login, or it has expired or was refused (401 after the one refresh that is allowed)."""

    code = _failures.AUTHENTICATION_FAILED


class PermissionDeniedError(ApiError):
    """403: the message names the role that is needed."""

    code = _failures.PERMISSION_DENIED


class MissingError(ApiError):
    """404 for an object that was addressed by its id."""

    code = _failures.NOT_FOUND


class ConflictError(ApiError):
    """409 or 428: another client was faster. Read again and plan again (ENGINE-11)."""

    code = _failures.CONFLICT


class TakenOverError(ConflictError):
    """Another run has created the same object at the same time, and this run has given way: plan again."""


class AmbiguousWriteError(ApiError):
    """A write with an unknown result: connection reset, 5xx, incomplete answer, time-out (ENGINE-5).

    ``timed_out``: the server may still carry it out. ``sent_at``: ``time.monotonic()`` when it was sent.
    """

    def __init__(self, message: str, timed_out: bool = False, sent_at: float = 0.0, **details: Any) -> None:
        super().__init__(message, **details)
        self.timed_out = timed_out
        self.sent_at = sent_at
