# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: tmi_threats_csv
short_description: Write the threats of many models as a table for spreadsheets
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Turns the result of M(tmi.tmi.tmi_definition_info) for many models into CSV, with a line for each threat. The
    columns are those of a threat and the chosen metadata of its model.
  - Lines are sorted by model, and then as in the report of the model, the worst threat first. The same definitions
    always give the same text.
  - A spreadsheet could run a text that looks like a formula. Therefore an apostrophe is put before a text that begins
    with C(=), C(+), C(-) or C(@). Line breaks in texts become spaces.
positional: _input, columns
options:
  _input:
    description:
      - The value of RV(tmi.tmi.tmi_definition_info#module:definitions), or a list of definitions.
    type: list
    elements: raw
    required: true
  columns:
    description:
      - Keys of metadata of the models, such as V(team), that get a column.
    type: list
    elements: str
  delimiter:
    description:
      - The character between columns. Spreadsheets in many languages expect V(;).
    type: str
    choices: [",", ";", "\t"]
    default: ","
  include_all:
    description:
      - Whether to show threats whose C(include_in_report) is false.
    type: bool
    default: false
seealso:
  - plugin: tmi.tmi.tmi_as_files
    plugin_type: filter
  - module: tmi.tmi.tmi_definition_info
"""

EXAMPLES = r"""
- name: Read all models
  tmi.tmi.tmi_definition_info:
    url: https://tmi.example.com
  register: export

- name: Write the threats of all models, with the team of each model
  ansible.builtin.copy:
    content: "{{ export.definitions | tmi.tmi.tmi_threats_csv(['team']) }}"
    dest: threats.csv
    mode: "0600"
"""

RETURN = r"""
_value:
  description: The text of the table, in UTF-8 and with a line of headings.
  type: str
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.tmi.tmi.plugins.plugin_utils._filters import guarded


def tmi_threats_csv(definitions: Any, columns: Any = None, delimiter: str = ",", include_all: bool = False) -> str:
    """Return the table. Raises AnsibleFilterError."""
    from ansible_collections.tmi.tmi.plugins.plugin_utils._report.report import csv_report

    return guarded(
        "tmi_threats_csv",
        csv_report,
        definitions=definitions,
        columns=columns,
        delimiter=delimiter,
        include_all=include_all,
    )


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return name and function."""
        return {"tmi_threats_csv": tmi_threats_csv}
