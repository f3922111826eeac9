# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of the API generations, in their own file for the command line, which may lack the server's libraries."""

from __future__ import annotations

GENERATIONS = ("v0", "v1")
