# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""All values of ``error.code`` in a failed result, and the members of ``error``.

Exceptions (``_errors``) carry one of these codes. A test compares this list with the documentation of the modules, with
the page about failures, and with every place that makes an exception.
"""

from __future__ import annotations

from typing import Any, Mapping

INVALID_INPUT = "invalid_input"
NOT_FOUND = "not_found"
AMBIGUOUS = "ambiguous"
UNSUPPORTED = "unsupported"
AUTHENTICATION_FAILED = "authentication_failed"
PERMISSION_DENIED = "permission_denied"
CONFLICT = "conflict"
RATE_LIMITED = "rate_limited"
REJECTED = "rejected"
SERVER_ERROR = "server_error"
WRONG_ANSWER = "wrong_answer"
NAME_UNKNOWN = "name_unknown"
CONNECTION_REFUSED = "connection_refused"
UNREACHABLE = "unreachable"
CONNECTION_LOST = "connection_lost"
TIMEOUT = "timeout"
TLS = "tls"
PROXY = "proxy"
MISSING_LIBRARY = "missing_library"
UNEXPECTED = "unexpected"

#: Every code with its meaning, in the words of the documentation.
CODES: Mapping[str, str] = {
    INVALID_INPUT: "An option, a definition or a file is not as it must be.",
    NOT_FOUND: "A name or an id refers to nothing that the account can see on the server.",
    AMBIGUOUS: "A name fits several objects.",
    UNSUPPORTED: "This server, or this version of the collection, has no place for what is asked.",
    AUTHENTICATION_FAILED: "There is no login, or the server does not accept it.",
    PERMISSION_DENIED: "The account lacks the role that the request needs.",
    CONFLICT: "Somebody else, or another run, is at work on the same object.",
    RATE_LIMITED: "The account has sent more requests than the server allows.",
    REJECTED: "The server refuses what it was sent.",
    SERVER_ERROR: "The server failed, or is not ready.",
    WRONG_ANSWER: "The answer is none of a TMI server: a login page, a redirect, another shape.",
    NAME_UNKNOWN: "The name of the host is unknown.",
    CONNECTION_REFUSED: "Nobody listens at the address.",
    UNREACHABLE: "No connection came about for another reason.",
    CONNECTION_LOST: "The connection broke before the whole answer was there.",
    TIMEOUT: "No connection or no whole answer came in time.",
    TLS: "The certificate is not accepted, or there is no TLS at the address.",
    PROXY: "The proxy refuses, or cannot be reached.",
    MISSING_LIBRARY: "A Python library is missing.",
    UNEXPECTED: "A defect of the collection, or of what runs it.",
}

_OF_STATUS: Mapping[int, str] = {
    401: AUTHENTICATION_FAILED,
    403: PERMISSION_DENIED,
    404: NOT_FOUND,
    407: PROXY,
    409: CONFLICT,
    428: CONFLICT,
    429: RATE_LIMITED,
}


def code_of_status(status: int) -> str:
    """Return the code for the HTTP status of an unexpected answer; 0 means that there was no answer."""
    if status in _OF_STATUS:
        return _OF_STATUS[status]
    if status == 0:
        return CONNECTION_LOST
    return SERVER_ERROR if status >= 500 else REJECTED if status >= 400 else WRONG_ANSWER


def error_of(code: str, **details: Any) -> dict[str, Any]:
    """Return the ``error`` of a failed result. It always has the same members; those without a value are empty.

    ``where`` is the option or the place in a definition; the others describe the request that failed and its answer.
    """
    return {
        "code": code,
        "where": "",
        "status": 0,
        "server_code": "",
        "message": "",
        "details": None,
        "request_id": "",
        "method": "",
        "path": "",
        "url": "",
        **details,
    }
