# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Error answers (V1-ERRORS). The standard body has `details` only if there are any."""

from __future__ import annotations

from ...web.rest import ApiError

NO_PERMISSION = "You don't have sufficient permissions to perform this action"


def error(status: int, code: str, text: str, headers: dict[str, str] | None = None) -> ApiError:
    """Return an error with the standard body."""
    return ApiError(status, {"error": code, "error_description": text}, headers)


def invalid(text: str, code: str = "invalid_input") -> ApiError:
    """Return a 400."""
    return error(400, code, text)


def unauthorized() -> ApiError:
    """Return the 401 for all problems of a bearer token (V1-TOKENS)."""
    return error(401, "unauthorized", "Authentication required")


def forbidden(text: str = NO_PERMISSION) -> ApiError:
    """Return a 403."""
    return error(403, "forbidden", text)


def not_found(text: str) -> ApiError:
    """Return a 404."""
    return error(404, "not_found", text)


def conflict(text: str, code: str = "conflict") -> ApiError:
    """Return a 409."""
    return error(409, code, text)


def keeping(problem: ApiError) -> ApiError:
    """Let an error keep the earlier changes of the request (V1-BULK)."""
    problem.keeps = True
    return problem
