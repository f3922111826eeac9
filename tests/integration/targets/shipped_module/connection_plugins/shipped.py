# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible.plugins.connection.local import Connection as LocalConnection

DOCUMENTATION = r"""
name: shipped
author:
  - TMI collection contributors (@tmi)
short_description: This machine, as if it were another one
description:
  - Of use in integration tests only. Modules are sent as they would be to any other machine.
extends_documentation_fragment:
  - connection_pipelining
"""


class Connection(LocalConnection):
    """What is not called local is another machine to the action plugin of this collection."""

    transport = "shipped"
