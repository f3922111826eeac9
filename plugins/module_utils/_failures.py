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
    INVALID_INPUT: "An option, a definition or a file is wrong.",
    NOT_FOUND: "The account can see no object of this name or id on the server.",
    AMBIGUOUS: "A name fits several objects.",
    UNSUPPORTED: "This server, or this version of the collection, does not support the option or field.",
    AUTHENTICATION_FAILED: "There is no login, or the server does not accept it.",
    PERMISSION_DENIED: "The account lacks the role that the request needs.",
    CONFLICT: "Another user, or another run, is changing the same object.",
    RATE_LIMITED: "The account has sent more requests than the server allows.",
    REJECTED: "The server refuses the request.",
    SERVER_ERROR: "The server failed, or is not ready.",
    WRONG_ANSWER: "The answer is not that of a TMI server: a login page, a redirect, another shape.",
    NAME_UNKNOWN: "The name of the host is unknown.",
    CONNECTION_REFUSED: "No server listens at the address.",
    UNREACHABLE: "There is no connection, for another reason.",
    CONNECTION_LOST: "The connection broke before the answer was complete.",
    TIMEOUT: "There was no connection or no complete answer in time, or a condition did not hold in time.",
    TLS: "The certificate is not accepted, or the address does not use TLS.",
    PROXY: "The proxy refuses the request, or cannot be reached.",
    MISSING_LIBRARY: "A Python library is missing.",
    UNEXPECTED: "A defect of the collection, or of the software that runs it.",
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
