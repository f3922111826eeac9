# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What replaces the guard of `clear`; only the standard library may be imported here."""

from __future__ import annotations


def always_empty(_original):
    """Take for granted that every field can be emptied."""

    def when_cleared(_resource, _name):
        return None

    return when_cleared


OFF = {
    "ansible_collections.tmi.tmi.plugins.module_utils._api.v1.rules:V1Rules.when_cleared": always_empty,
}
