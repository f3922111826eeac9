# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: tmi_as_files
short_description: Make all files of a folder of reports or definitions
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Turns the result of M(tmi.tmi.tmi_definition_info) for many models into files, by their names.
    M(tmi.tmi.tmi_files) writes them into a folder.
  - The order of the models has no effect. The same definitions always give the same files.
positional: _input, formats
options:
  _input:
    description:
      - The value of RV(tmi.tmi.tmi_definition_info#module:definitions), or a list of definitions. A model without
        C(file) gets file names made from its name.
    type: list
    elements: raw
    required: true
  formats:
    description:
      - Formats to write. V(html) is a page for each model as P(tmi.tmi.tmi_report#filter) writes it, with a file for
        each drawing, and the page C(index.html) as P(tmi.tmi.tmi_report_index#filter) writes it. V(markdown) is the
        same as Markdown without drawings. V(csv) is the file C(threats.csv) as P(tmi.tmi.tmi_threats_csv#filter)
        writes it. V(definition) is the definition of each model as P(tmi.tmi.tmi_to_yaml#filter) writes it.
    type: list
    elements: str
    choices: [html, markdown, csv, definition]
    default: html
  title:
    description:
      - The heading of the index.
    type: str
    default: Threat models
  columns:
    description:
      - Keys of metadata of the models, such as V(team). The index and the table of threats get a column for each.
    type: list
    elements: str
  today:
    description:
      - A day such as V(2026-12-31). The index lists the acceptances of threats that have run out before this day, and
        those that run out within 30 days. Without it, there are no such lists.
    type: str
    default: ""
  editor:
    description:
      - Address of TMI's web application, such as V(https://tmi.example.com). Each report links to its model there.
    type: str
    default: ""
  include_all:
    description:
      - Whether reports show objects whose C(include_in_report) is false.
    type: bool
    default: false
  schema:
    description:
      - Address or path of a JSON schema for definitions. The first line of each definition names it, for editors.
    type: str
    default: ""
seealso:
  - plugin: tmi.tmi.tmi_files
    plugin_type: module
  - plugin: tmi.tmi.tmi_report
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read all models
  tmi.tmi.tmi_definition_info:
    url: https://tmi.example.com
  register: export

- name: Write reports of the models, with the teams and acceptances that run out in the index
  tmi.tmi.tmi_files:
    dest: reports
    files: "{{ export.definitions | tmi.tmi.tmi_as_files(['html', 'csv'], columns=['team'], today='2026-12-01') }}"
"""

RETURN = r"""
_value:
  description: The texts of the files by their names.
  type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.tmi.tmi.plugins.plugin_utils._filters import guarded


def tmi_as_files(
    definitions: Any,
    formats: Any = "html",
    title: str = "Threat models",
    columns: Any = None,
    today: Any = "",
    editor: str = "",
    include_all: bool = False,
    schema: str = "",
) -> dict[str, str]:
    """Return the files by name. Raises AnsibleFilterError."""
    from ansible_collections.tmi.tmi.plugins.plugin_utils._report.files import as_files

    return guarded(
        "tmi_as_files",
        as_files,
        definitions=definitions,
        formats=formats,
        title=title,
        columns=columns,
        today=today,
        editor=editor,
        include_all=include_all,
        schema=schema,
    )


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return name and function."""
        return {"tmi_as_files": tmi_as_files}
