# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: tmi_to_yaml
short_description: Write a threat model definition as YAML for people
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Turns a definition, as M(tmi.tmi.tmi_definition_info) returns it, into the text of a file.
  - Fields keep their order. Texts of several lines are written as blocks, and short objects on one line, so that a
    change of one object changes one place in the file. The same definition always gives the same text.
positional: _input, schema
options:
  _input:
    description: The definition.
    type: dict
    required: true
  schema:
    description:
      - Address or path of a JSON schema. The first line names it, because editors look for it there.
    type: str
    default: ""
seealso:
  - plugin: tmi.tmi.tmi_definition_info
    plugin_type: module
"""

EXAMPLES = r"""
- name: Read one model
  tmi.tmi.tmi_definition_info:
    url: https://tmi.example.com
    threat_model: [Checkout]
  register: export

- name: Write the definition to a file
  ansible.builtin.copy:
    content: "{{ export.definitions[0].definition | tmi.tmi.tmi_to_yaml }}"
    dest: "{{ export.definitions[0].file }}"
    mode: "0600"
"""

RETURN = r"""
_value:
  description: The text, with a line break at its end.
  type: str
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.tmi.tmi.plugins.plugin_utils._filters import guarded, one_line, one_map


def tmi_to_yaml(definition: Any, schema: str = "") -> str:
    """Return the text, marked so that Ansible does not treat it as a template."""
    from ansible_collections.tmi.tmi.plugins.plugin_utils._definition_text import to_yaml

    return guarded(
        "tmi_to_yaml",
        lambda definition, schema: to_yaml(one_map(definition, "definition"), one_line(schema, "schema")),
        definition=definition,
        schema=schema,
    )


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return name and function."""
        return {"tmi_to_yaml": tmi_to_yaml}
