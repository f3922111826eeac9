# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this doc fragment is **PRIVATE** to the collection. It can have breaking changes at any time.

from __future__ import annotations


class ModuleDocFragment:
    """Attributes of the modules."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    support: full
    description:
      - Can run in C(check_mode). It returns what would change and sends no write to the server.
  diff_mode:
    support: full
    description:
      - In diff mode, returns the changes that were made, or in C(check_mode) would be made.
  idempotent:
    support: full
    description:
      - If the task runs twice in a row with the same arguments, the second run changes nothing.
  action_group:
    support: full
    membership:
      - tmi.tmi.tmi
    description:
      - Use C(group/tmi.tmi.tmi) in C(module_defaults) to set the connection options of all modules at once.
"""

    # For modules that only read.
    INFO = r"""
options: {}
attributes:
  check_mode:
    support: full
    description:
      - The module changes nothing, so C(check_mode) makes no difference.
  diff_mode:
    support: N/A
    description:
      - The module changes nothing, so there is no difference to return.
  idempotent:
    support: full
    description:
      - The module changes nothing, however often it runs.
  action_group:
    support: full
    membership:
      - tmi.tmi.tmi
    description:
      - Use C(group/tmi.tmi.tmi) in C(module_defaults) to set the connection options of all modules at once.
"""

    # For any request, whose effect only the server knows.
    API = r"""
options: {}
attributes:
  check_mode:
    support: full
    description:
      - Can run in C(check_mode). It sends no write, and returns the request that it would have sent.
  diff_mode:
    support: partial
    description:
      - With O(compare), returns the members that differ.
  idempotent:
    support: partial
    description:
      - With O(compare), a second run with the same arguments changes nothing. Without it, every write is sent.
  action_group:
    support: full
    membership:
      - tmi.tmi.tmi
    description:
      - Use C(group/tmi.tmi.tmi) in C(module_defaults) to set the connection options of all modules at once.
"""

    # For modules that write files and have no server.
    FILES = r"""
options: {}
attributes:
  check_mode:
    support: full
    description:
      - Can run in C(check_mode). It returns what would change and writes nothing.
  diff_mode:
    support: full
    description:
      - In diff mode, returns the changes that were made, or in C(check_mode) would be made.
  idempotent:
    support: full
    description:
      - If the task runs twice in a row with the same arguments, the second run changes nothing.
"""
