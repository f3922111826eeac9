# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What replaces the guards of promises about runs at once; only the standard library may be imported here."""

from __future__ import annotations


def nothing(_original):
    """Let nothing be looked for again, and no run wait for another."""

    def server_makes_id(_self, _resource, _values):
        return False

    return server_makes_id


OFF = {
    "ansible_collections.tmi.tmi.plugins.module_utils._api.rules:BaseRules.server_makes_id": nothing,
    "ansible_collections.tmi.tmi.plugins.module_utils._api.v1.rules:V1Rules.server_makes_id": nothing,
}
