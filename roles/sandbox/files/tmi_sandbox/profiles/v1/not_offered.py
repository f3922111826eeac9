# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations of real servers that this server does not have, to distinguish them from missing objects."""

from __future__ import annotations

import re

TEXT = "This operation of TMI is not offered by this sandbox"
_BELOW_A_MODEL = (
    "audit_trail/[^/]+/rollback",
    "(chat|feedback)(/.+)?",
    "documents/[^/]+/request_access",
)
_ANYWHERE = (
    rf"threat_models/[^/]+/({'|'.join(_BELOW_A_MODEL)})",
    "me/(groups|identities|content_tokens|picker_tokens|microsoft|transfer)(/.+)?",
    "oauth2/(callback|content_callback|step_up)",
    "admin(?!/webhooks/)(/.+)?",
    "(addons|automation|intake|invocations|projects|saml|surveys|teams|triage|usability_feedback|webhook-deliveries)"
    "(/.+)?",
    "webhooks(/.+)?",
)
PATHS = re.compile(f"/({'|'.join(_ANYWHERE)})")


def matches(method: str, path: str) -> bool:
    """Return whether a real server has this operation."""
    return PATHS.fullmatch(path) is not None or (method, path) == ("DELETE", "/me")
