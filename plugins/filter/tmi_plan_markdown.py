# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: tmi_plan_markdown
short_description: Write a plan as Markdown for a merge request
version_added: 1.1.0
author:
  - TMI collection contributors (@tmi)
description:
  - Turns the result of M(tmi.tmi.tmi_definition), in check mode or not, into Markdown for a comment on a merge request.
    It has a summary in one line, and for each model a block that can be unfolded, with the output of C(--diff).
  - Models with changes of access come first. All text is shown unchanged, except that signs which cannot be seen are
    shown as escapes.
  - The text is never longer than O(limit). If something does not fit, the end of the text names the omitted parts.
    Changes of access and failures are omitted last.
  - The result may be that of a failure. The text then has the error, what was written before it, and the names of the
    models that are done or not begun.
positional: _input
options:
  _input:
    description:
      - A registered result of M(tmi.tmi.tmi_definition), or a list of them.
    type: raw
    required: true
  title:
    description:
      - The heading. Empty means no heading.
    type: str
    default: Threat models
  applied:
    description:
      - Whether the plan has been carried out, so that the summary is in the past tense.
    type: bool
    default: false
  limit:
    description:
      - Maximum number of characters of the text, at least 1000. The default is the limit of a comment on GitHub.
    type: int
    default: 65536
  diagrams:
    description:
      - The beginning of the names of the pictures of changed diagrams, as O(tmi.tmi.tmi_plan_diagrams#filter:name) of
        P(tmi.tmi.tmi_plan_diagrams#filter). Each model then shows its diagrams before and after the change. Empty means
        no pictures.
    type: str
    default: ""
    version_added: 1.1.0
  diagrams_at:
    description:
      - Address of these pictures, if they are not beside the text. The text then has links to them.
      - An address that ends with a slash is the folder of the files. Any other address is a page from which they can be
        downloaded, and the text names them.
    type: str
    default: ""
    version_added: 1.1.0
seealso:
  - module: tmi.tmi.tmi_definition
  - plugin: tmi.tmi.tmi_plan_diagrams
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Plan the changes
  tmi.tmi.tmi_definition:
    url: https://tmi.example.com
    src: models/
  check_mode: true
  diff: true
  register: planned

- name: Write the plan to a file for a comment on the merge request
  ansible.builtin.copy:
    content: "{{ planned | tmi.tmi.tmi_plan_markdown }}"
    dest: plan.md
    mode: "0600"
"""

RETURN = r"""
_value:
  description: The text.
  type: str
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.plugin_utils._filters import flag, guarded, one_line

#: Characters of the longest comment that hosts of code take.
LONGEST = 65536


def tmi_plan_markdown(
    results: Any,
    title: Any = "Threat models",
    applied: Any = False,
    limit: Any = LONGEST,
    diagrams: Any = "",
    diagrams_at: Any = "",
) -> str:
    """Return the plans of results as Markdown. Raises AnsibleFilterError."""
    from ansible_collections.tmi.tmi.plugins.plugin_utils._report.plan import plan_markdown
    from ansible_collections.tmi.tmi.plugins.plugin_utils._report.report import address

    def written(_input: Any, title: Any, applied: Any, limit: Any, diagrams: Any, diagrams_at: Any) -> str:
        if isinstance(limit, bool) or not isinstance(limit, int):
            raise InputError("must be a whole number", "limit")
        return plan_markdown(
            _input,
            one_line(title, "title"),
            flag(applied, "applied"),
            limit,
            one_line(diagrams, "diagrams"),
            address(diagrams_at, "diagrams_at"),
        )

    return guarded(
        "tmi_plan_markdown",
        written,
        _input=results,
        title=title,
        applied=applied,
        limit=limit,
        diagrams=diagrams,
        diagrams_at=diagrams_at,
    )


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return name and function."""
        return {"tmi_plan_markdown": tmi_plan_markdown}
