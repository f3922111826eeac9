# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The local connection under a name that is not "local": modules are shipped as to any other machine."""

from __future__ import annotations

from ansible.plugins.connection.local import Connection as LocalConnection

DOCUMENTATION = r"""
name: shipped
short_description: Local, but modules are shipped
description:
  - Of use in measurements only.
author:
  - TMI collection contributors (@tmi)
extends_documentation_fragment:
  - connection_pipelining
options: {}
"""


class Connection(LocalConnection):
    """Runs commands as the local connection does."""

    transport = "shipped"
