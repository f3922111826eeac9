# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: tmi_import
short_description: Turn a threat model of any known program into a threat model as code
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - >-
    Takes a threat model in any of the formats that the other filters read, and returns a definition for
    M(tmi.tmi.tmi_definition). The content shows which format it is; the name of the file does not matter.
  - >-
    The formats are Open Threat Model, OWASP Threat Dragon, Microsoft Threat Modeling Tool, Threagile and AWS Threat
    Composer. The message about any other file names its first members.
  - >-
    The playbook C(tmi.tmi.import) reads files with this filter. The mapping is in R(the guide to moving
    models,ansible_collections.tmi.tmi.docsite.guide_migration.formats).
options:
  _input:
    description:
      - The text of a file, or the parsed data.
    type: raw
    required: true
  strict:
    description:
      - Whether to fail if anything is lost. The message names the first lost value.
    type: bool
    default: false
  path:
    description:
      - >-
        Path of the file. Messages begin with it. If the file has no name for the threat model, its name is that of the
        file without folder and suffix.
    type: str
    default: ""
notes:
  - Options of one format, such as O(tmi.tmi.tmi_from_otm#filter:shapes), need the filter of this format.
  - The text of the file is never treated as a template.
seealso:
  - plugin: tmi.tmi.tmi_from_otm
    plugin_type: filter
  - plugin: tmi.tmi.tmi_from_threat_dragon
    plugin_type: filter
  - module: tmi.tmi.tmi_definition
  - plugin: tmi.tmi.tmi_from_tmt
    plugin_type: filter
  - plugin: tmi.tmi.tmi_from_threagile
    plugin_type: filter
  - plugin: tmi.tmi.tmi_from_threat_composer
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Convert a file of another program
  ansible.builtin.set_fact:
    shop: "{{ lookup('ansible.builtin.file', 'shop.tm7') | tmi.tmi.tmi_import(path='shop.tm7') }}"

- name: Save the definition, for tmi_definition
  ansible.builtin.copy:
    content: "{{ shop.definition | tmi.tmi.tmi_to_yaml }}"
    dest: imported-tmi_import.yml
    mode: "0600"

- name: Show what it lacks
  ansible.builtin.debug:
    var: shop.lost
"""

RETURN = r"""
_value:
  description:
    - The definition and the values that it lacks.
  type: dict
  contains:
    definition:
      description:
        - A threat model as code. It always compiles. Texts that the server would refuse are reported by the plan.
      type: dict
    lost:
      description:
        - Values that could not be kept or had to be changed, in the order of the source.
      type: list
      elements: dict
      contains:
        path:
          description: Place of the value, as a JSON path.
          type: str
        value:
          description: The value.
          type: raw
        reason:
          description: The reason, or the value that was written instead.
          type: str
    kind:
      description:
        - >-
          The format: V(otm), V(threat_dragon), V(tmt), V(threagile) or V(threat_composer).
      type: str
"""

from collections.abc import Callable
from pathlib import PurePath
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.plugin_utils._filters import filtered, one_line


def tmi_import(data: Any, strict: bool = False, path: str = "") -> dict[str, Any]:
    """Return ``{definition, lost, kind}`` of a file. Raises AnsibleFilterError."""
    from ansible_collections.tmi.tmi.plugins.plugin_utils._import import import_model

    kinds: list[str] = []

    def convert(path: str) -> Any:
        place = one_line(path, "path")
        try:
            kind, found = import_model(data, PurePath(place).name.partition(".")[0])
        except InputError as error:
            raise InputError(str(error), place) from None
        kinds.append(kind)
        return found

    return {**filtered("tmi_import", "definition", convert, strict, path=path), "kind": kinds[0]}


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"tmi_import": tmi_import}
