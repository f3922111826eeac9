# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What replaces the guard of long lists; only the standard library may be imported here."""

from __future__ import annotations


def short_is_last(_original):
    """Take every page for the last one that is shorter than was asked for."""

    def is_last(page, _before, limit):
        return len(page.items) < limit

    return is_last


OFF = {"ansible_collections.tmi.tmi.plugins.module_utils._api.paging:Page.is_last": short_is_last}
