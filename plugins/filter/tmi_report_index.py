# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: tmi_report_index
short_description: Write a list of threat models that leads to their reports
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Turns what M(tmi.tmi.tmi_definition_info) returns for many models into one page that lists them by name, with
    status, owner, and how many threats of each severity there are and how many of them something is to be done about.
  - Each line leads to the report of the model, as P(tmi.tmi.tmi_report#filter) writes it, in the file of the model with
    the ending C(.html) or C(.md) in the same folder. Only the report of a model whose file is called C(index) is in
    C(index.model.html), as the index has the other name.
  - All text is escaped. The page needs no other file and loads nothing.
positional: _input, format
options:
  _input:
    description:
      - What the module returned as RV(tmi.tmi.tmi_definition_info#module:definitions), or a list of definitions. Those
        without C(file) lead nowhere.
    type: list
    elements: raw
    required: true
  format:
    description:
      - What to write.
    type: str
    choices: [html, markdown]
    default: html
  title:
    description:
      - The heading of the page.
    type: str
    default: Threat models
  include_all:
    description:
      - Whether objects are counted whose C(include_in_report) is false.
    type: bool
    default: false
seealso:
  - plugin: tmi.tmi.tmi_report
    plugin_type: filter
  - module: tmi.tmi.tmi_definition_info
"""

EXAMPLES = r"""
- name: Read all models
  tmi.tmi.tmi_definition_info:
    url: https://tmi.example.com
  register: export

- name: List them
  ansible.builtin.copy:
    content: "{{ export.definitions | tmi.tmi.tmi_report_index(title='Models of the web team') }}"
    dest: reports/index.html
    mode: "0600"
"""

RETURN = r"""
_value:
  description: The text of the page.
  type: str
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.tmi.tmi.plugins.plugin_utils._filters import guarded
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.report import index_report


def tmi_report_index(
    definitions: Any, format: str = "html", title: str = "Threat models", include_all: bool = False
) -> str:
    """Return the list of models. Raises AnsibleFilterError."""
    return guarded(
        "tmi_report_index",
        index_report,
        definitions=definitions,
        form=format,
        title=title,
        include_all=include_all,
    )


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return name and function."""
        return {"tmi_report_index": tmi_report_index}
