# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What replaces the guards of collaboration sessions; only the standard library may be imported here."""

from __future__ import annotations


def each_read_alone(_original):
    """Give each read a time-out of its own, as a plain socket does."""

    def arm(self):
        self._sock.settimeout(3)

    return arm


def no_limit(_original):
    """Read messages of any size."""
    return 1 << 62


def everything(_original):
    """Yield what a text holds, whatever it is."""
    import json

    def objects(text):
        value = json.loads(text)
        if isinstance(value, dict):
            yield value

    return objects


UTILS = "ansible_collections.tmi.tmi.plugins.module_utils."
OFF = {
    UTILS + "_http.timed_socket:TimedSocket._arm": each_read_alone,
    UTILS + "_http.frames:MESSAGE_LIMIT": no_limit,
    UTILS + "_session.client:objects": everything,
}
