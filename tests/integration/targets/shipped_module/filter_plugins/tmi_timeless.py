# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters ``tmi_timeless`` and ``tmi_registered``: what two runs say, without what differs from run to run."""

from __future__ import annotations

import json
import re

#: Ids, times, tokens and numbers of requests, and what core calls the two ways.
DIFFERS = (
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID"),
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?", "TIME"),
    (r"eyJ[\w.-]+", "TOKEN"),
    # A run looks again for what it has created, as often as the time since another task of the machine asks for.
    (r'"requests": \d+', "REQUESTS"),
    (r'"refresh_token": "[^"]+"', "TOKEN"),
    (r"Task failed: (Action|Module) failed", "FAILED"),
)


def timeless(text):
    """Return the lines of a text with these in capitals."""
    for pattern, word in DIFFERS:
        text = re.sub(pattern, word, text)
    return text.splitlines()


def registered(text):
    """Return the lines of registered results so, without what older releases of core add to a module's result."""
    return timeless(json.dumps(_without_invocation(json.loads(text)), indent=1, sort_keys=True))


def _without_invocation(value):
    if isinstance(value, dict):
        return {name: _without_invocation(member) for name, member in value.items() if name != "invocation"}
    return [_without_invocation(member) for member in value] if isinstance(value, list) else value


class FilterModule:
    """For this target."""

    def filters(self):
        """Return the filters by name."""
        return {"tmi_timeless": timeless, "tmi_registered": registered}
