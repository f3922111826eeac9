# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: tmi_plan_diagrams
short_description: Draw the diagrams that a plan changes
version_added: 1.1.0
author:
  - TMI collection contributors (@tmi)
description:
  - Draws the diagrams in a result of M(tmi.tmi.tmi_definition), in check mode or not, once before and once after the
    change, as SVG. Elements that are added, changed or removed have a color and a sign.
  - The names of the files are C(NAME.MODEL.DIAGRAM.before.svg) and C(NAME.MODEL.DIAGRAM.after.svg). They have only
    letters without accents, digits, C(_) and C(-) in their parts, and all are different. A created diagram has only the
    second file, a removed one only the first.
  - P(tmi.tmi.tmi_plan_markdown#filter) links to these files.
positional: _input
options:
  _input:
    description:
      - A registered result of M(tmi.tmi.tmi_definition) with O(tmi.tmi.tmi_definition#module:return_diagrams), or a
        list of results. A result without diagrams has no drawings.
    type: raw
    required: true
  name:
    description:
      - The beginning of the names of the files.
    type: str
    default: plan
seealso:
  - module: tmi.tmi.tmi_definition
  - plugin: tmi.tmi.tmi_plan_markdown
    plugin_type: filter
  - module: tmi.tmi.tmi_files
"""

EXAMPLES = r"""
- name: Plan the changes
  tmi.tmi.tmi_definition:
    url: https://tmi.example.com
    src: models/
    return_diagrams: 20
  check_mode: true
  diff: true
  register: planned

- name: Create the folder, also for a plan without pictures
  ansible.builtin.file:
    path: review
    state: directory
    mode: "0700"

- name: Draw the changed diagrams
  tmi.tmi.tmi_files:
    dest: review
    files: "{{ planned | tmi.tmi.tmi_plan_diagrams }}"

- name: Write the plan with these drawings
  ansible.builtin.copy:
    content: "{{ planned | tmi.tmi.tmi_plan_markdown(diagrams='plan') }}"
    dest: review/plan.md
    mode: "0600"
"""

RETURN = r"""
_value:
  description: The texts of the files by their names.
  type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.tmi.tmi.plugins.plugin_utils._filters import guarded, one_line


def tmi_plan_diagrams(results: Any, name: Any = "plan") -> dict[str, str]:
    """Return the drawings of results by the names of their files. Raises AnsibleFilterError."""
    from ansible_collections.tmi.tmi.plugins.plugin_utils._report.plan import results_of
    from ansible_collections.tmi.tmi.plugins.plugin_utils._report.plan_pictures import drawn, pictures

    def made(_input: Any, name: Any) -> dict[str, str]:
        return drawn(pictures(results_of(_input), one_line(name, "name")))

    return guarded("tmi_plan_diagrams", made, _input=results, name=name)


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return name and function."""
        return {"tmi_plan_diagrams": tmi_plan_diagrams}
