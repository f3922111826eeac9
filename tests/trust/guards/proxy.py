# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What replaces the guard against a second write behind a proxy; only the standard library may be imported here."""

from __future__ import annotations

import http.client


def unwatched(_original):
    """Send without noting it: whatever breaks then looks as if nothing had been sent."""

    def send(self, data):
        http.client.HTTPConnection.send(self, data)

    return send


OFF = {"ansible_collections.tmi.tmi.plugins.module_utils._http.connection:_Watched.send": unwatched}
