#!/usr/bin/python
# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
---
module: tmi_definition
short_description: Manage whole threat models as code
description: []
"""

from ansible_collections.tmi.tmi.plugins.module_utils._estate import definition_module

MODULE = definition_module()


def main() -> None:
    """Run as a module of its own."""
    MODULE.main()


if __name__ == "__main__":
    main()
