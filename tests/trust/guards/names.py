# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What replaces the guards of promises about names and texts; only the standard library may be imported here."""

from __future__ import annotations


def nothing(_original):
    """Find nothing that is wrong or to be told."""

    def found(*_values, **_named):
        return []

    return found


def nobody(_original):
    """Find no model that is in the way."""

    def found(*_values):
        return None

    return found


def as_written(_original):
    """Take a text as it was written."""

    def as_stored(_rules, _resource, _name, text):
        return text

    return as_stored


ENGINE = "ansible_collections.tmi.tmi.plugins.module_utils._engine."
OFF = {
    ENGINE + "identity.renames:Section.refuse_used_names": nothing,
    ENGINE + "identity.renames:Section.refuse_both": nothing,
    ENGINE + "identity.model_names:ModelNames.holder_of_new_name": nobody,
    ENGINE + "identity.model_names:ModelNames.other": nobody,
    ENGINE + "values:loss_warnings": nothing,
    "ansible_collections.tmi.tmi.plugins.module_utils._api.v1.rules:V1Rules.as_stored": as_written,
}
