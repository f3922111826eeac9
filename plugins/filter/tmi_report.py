# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: tmi_report
short_description: Write a threat model as a report for people
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Turns a definition, as M(tmi.tmi.tmi_definition_info) returns it or as a file contains it, into an HTML page, a
    Markdown document, or the drawing of a diagram.
  - Diagrams are drawn with their boundaries, the shapes of data-flow diagrams, labelled flows, and the number of each
    threat at its place. Nodes have the same places as on the server. Flows and labels are placed so that they do not
    cover each other. Nodes without a place get an automatic layout.
  - A page begins with owner, version, status and time of the last change, and counts the threats by severity and
    status. It lists the threats, assets, documents, sources, notes and metadata, in tables without empty columns. It
    needs no other file, runs no script, loads nothing, and can be printed. Wide drawings are printed on a wide page.
  - All text is escaped, and only C(http) and C(https) addresses become links. The same definition always gives the same
    text.
positional: _input, format
options:
  _input:
    description:
      - A threat model as code, as text or parsed, or a row of RV(tmi.tmi.tmi_definition_info#module:definitions). Only
        such a row has the time of the last change and the id of the model.
    type: raw
    required: true
  format:
    description:
      - Format of the report. V(html) is a complete page. V(markdown) is a document that lists the content of diagrams
        in tables. V(svg) is the drawing of one diagram.
    type: str
    choices: [html, markdown, svg]
    default: html
  diagram:
    description:
      - Key or name of the diagram to draw as V(svg). It may be left out if there is only one.
    type: str
    default: ""
  index:
    description:
      - Address of a page that lists all reports, such as a page of P(tmi.tmi.tmi_report_index#filter). The report links
        to it.
    type: str
    default: ""
  editor:
    description:
      - Address of TMI's web application, such as V(https://tmi.example.com). The report links to the model there if
        its id is known.
    type: str
    default: ""
  include_all:
    description:
      - Whether to show objects whose C(include_in_report) is false. TMI also leaves such objects out of its own
        reports.
    type: bool
    default: false
  before:
    description:
      - The same model in an earlier state, as text or parsed. The drawing as V(svg) has a color and a sign on all
        elements that were added (C(+)) or changed (C(~)) since.
      - Cells are compared by their keys, with their style, icon and assets. A cell that only moved is not marked, and
        neither is a flow that only takes another way.
    type: raw
    version_added: 1.1.0
  after:
    description:
      - The same model in a later state, as text or parsed. The drawing as V(svg) has a color and a sign on all elements
        that are changed (C(~)) or removed (C(-)) in it.
      - It cannot be combined with O(before).
    type: raw
    version_added: 1.1.0
notes:
  - A threat counts as done if it is mitigated, or if its status is resolved, closed, accepted, false positive or not
    applicable. The numbers of such threats are outlined. All others are filled.
  - Threats are numbered by severity, the worst first. The numbers are valid for one report only.
seealso:
  - plugin: tmi.tmi.tmi_report_index
    plugin_type: filter
  - module: tmi.tmi.tmi_definition_info
"""

EXAMPLES = r"""
- name: Read one model
  tmi.tmi.tmi_definition_info:
    url: https://tmi.example.com
    threat_model: [Checkout]
  register: export

- name: Write the report of the model
  ansible.builtin.copy:
    content: "{{ export.definitions[0] | tmi.tmi.tmi_report(editor='https://tmi.example.com') }}"
    dest: checkout.html
    mode: "0600"

- name: Draw a diagram of a definition in a file
  ansible.builtin.copy:
    content: "{{ lookup('ansible.builtin.file', 'models/shop.yml') | tmi.tmi.tmi_report('svg', diagram='main') }}"
    dest: shop.svg
    mode: "0600"

- name: Draw the diagram of a merge request with all that it adds and changes
  ansible.builtin.copy:
    content: "{{ new | tmi.tmi.tmi_report('svg', diagram='main', before=old) }}"
    dest: after.svg
    mode: "0600"
  vars:
    old: "{{ lookup('ansible.builtin.file', 'shop-before.yml') }}"
    new: "{{ lookup('ansible.builtin.file', 'models/shop.yml') }}"
"""

RETURN = r"""
_value:
  description: The text of the report.
  type: str
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.tmi.tmi.plugins.plugin_utils._filters import guarded


def tmi_report(
    definition: Any,
    format: str = "html",
    diagram: str = "",
    index: str = "",
    editor: str = "",
    include_all: bool = False,
    before: Any = None,
    after: Any = None,
) -> str:
    """Return the report of a definition. Raises AnsibleFilterError."""
    from ansible_collections.tmi.tmi.plugins.plugin_utils._report.report import model_report

    return guarded(
        "tmi_report",
        lambda **options: model_report(definition, **options),
        form=format,
        diagram=diagram,
        index=index,
        editor=editor,
        include_all=include_all,
        before=before,
        after=after,
    )


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return name and function."""
        return {"tmi_report": tmi_report}
