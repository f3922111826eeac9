# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: tmi_report_index
short_description: Write a list of threat models with links to their reports
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Turns the result of M(tmi.tmi.tmi_definition_info) for many models into one page that lists them by name, with
    status, owner and time of the last change if any model has them, and for each severity the number of threats and the
    number of open threats, with totals.
  - Each line links to the report of the model, as P(tmi.tmi.tmi_report#filter) writes it. Its file has the name of the
    model's file with the ending C(.html) or C(.md), in the same folder. If the file of a model is called C(index), its
    report is C(index.model.html), because the list itself has the other name.
  - All text is escaped. The page needs no other file and loads nothing. A script in it sorts and filters the table.
    Without scripts, the page shows the same.
positional: _input, format
options:
  _input:
    description:
      - The value of RV(tmi.tmi.tmi_definition_info#module:definitions), or a list of definitions. An entry without
        C(file) gets no link.
    type: list
    elements: raw
    required: true
  format:
    description:
      - Format of the page.
    type: str
    choices: [html, markdown]
    default: html
  title:
    description:
      - The heading of the page.
    type: str
    default: Threat models
  columns:
    description:
      - Keys of metadata of the models, such as V(team). Each gets a column.
    type: list
    elements: str
  today:
    description:
      - A day such as V(2026-12-31). The page lists the acceptances of threats that have run out before this day, and
        those that run out within 30 days. Without it, there are no such lists.
      - The day itself is not on the page, so the same models give the same page until an acceptance moves.
    type: str
    default: ""
  include_all:
    description:
      - Whether to count objects whose C(include_in_report) is false.
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

- name: Write the list of models
  ansible.builtin.copy:
    content: "{{ export.definitions | tmi.tmi.tmi_report_index(title='Web team', columns=['team']) }}"
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


def tmi_report_index(
    definitions: Any,
    format: str = "html",
    title: str = "Threat models",
    columns: Any = None,
    today: Any = "",
    include_all: bool = False,
) -> str:
    """Return the list of models. Raises AnsibleFilterError."""
    from ansible_collections.tmi.tmi.plugins.plugin_utils._report.report import index_report

    return guarded(
        "tmi_report_index",
        index_report,
        definitions=definitions,
        form=format,
        title=title,
        columns=columns,
        today=today,
        include_all=include_all,
    )


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return name and function."""
        return {"tmi_report_index": tmi_report_index}
