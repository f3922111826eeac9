# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A way to become another user that stays the same one, for machines on which nobody may become anybody."""

from __future__ import annotations

from ansible.plugins.become import BecomeBase

DOCUMENTATION = r"""
name: unchanged
short_description: Stay the same user
description:
  - Of use in trust tests only.
author:
  - TMI collection contributors (@tmi)
options:
  become_user:
    description: Taken, and not looked at.
    default: root
    vars:
      - name: ansible_become_user
  become_pass:
    description: Taken, and not looked at.
    vars:
      - name: ansible_become_pass
"""


class BecomeModule(BecomeBase):
    """Leaves commands as they are."""

    name = "unchanged"

    def build_become_command(self, cmd: str, shell: object) -> str:
        """Return the command."""
        return cmd
