# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What replaces the guards of promises about plain runs; only the standard library may be imported here."""

from __future__ import annotations


def never(_original):
    """Let no two values be the same."""

    def same(*_values):
        return False

    return same


OFF = {
    "ansible_collections.tmi.tmi.plugins.module_utils._engine.plan:same": never,
    "ansible_collections.tmi.tmi.plugins.module_utils._engine.values:same": never,
}
