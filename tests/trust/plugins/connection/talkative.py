# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The local connection under another name: modules are shipped, and -vvv shows what they print, as with ssh."""

from __future__ import annotations

from typing import Any

from ansible.plugins.connection.local import Connection as LocalConnection
from ansible.utils.display import Display

DOCUMENTATION = r"""
name: talkative
short_description: Local, but modules are shipped and what they print is shown
description:
  - Of use in trust tests only.
author:
  - TMI collection contributors (@tmi)
extends_documentation_fragment:
  - connection_pipelining
options: {}
"""


class Connection(LocalConnection):
    """Runs commands as the local connection does, and shows their output as ssh does."""

    transport = "talkative"

    def exec_command(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command."""
        returned = super().exec_command(*args, **kwargs)
        if self._play_context.no_log:
            Display().vvv("stdout and stderr censored due to no log")
        else:
            Display().vvv(repr(returned))
        return returned
