# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: tmi_lines
short_description: Turn the answer to a survey question into a list
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Returns the lines of a text, without blank lines and without space around each line. This is the form in which
    people answer a survey question for a list variable.
  - A list is accepted as well, so that the variable may be either. Values that are not texts become texts, because a
    name may look like a number.
options:
  _input:
    description:
      - A text, a list, or nothing.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: Export the models that an answer names, one per line
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
    """Return the lines of a text, or of all texts in a nested list. None gives an empty list."""
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
