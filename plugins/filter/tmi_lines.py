# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: tmi_lines
short_description: Take the answer to a question of a survey for a list
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Returns the lines of a text without blank ones and without space around them. That is how people answer a question
    of a survey whose variable is a list.
  - A list is taken as well, so that a variable may be either; what is no text becomes text, for a name may read like a
    number.
options:
  _input:
    description:
      - A text, a list, or nothing.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Export the models that somebody has named, one a line
  tmi.tmi.tmi_definition_info:
    threat_model: "{{ answer | tmi.tmi.tmi_lines }}"
  vars:
    answer: |
      Checkout
      Mobile banking
"""

RETURN = r"""
_value:
  description:
    - The lines.
  type: list
  elements: str
"""

from collections.abc import Callable, Iterator
from typing import Any

from ansible_collections.tmi.tmi.plugins.plugin_utils._filters import guarded


def tmi_lines(value: Any) -> list[str]:
    """Return the lines of a text, or of all texts of a list, however deep; none of None."""
    return guarded("tmi_lines", lambda value: list(_lines(value)), value=value)


def _lines(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _lines(item)
    elif value is not None:
        for line in str(value).splitlines():
            if line.strip():
                yield line.strip()


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"tmi_lines": tmi_lines}
