# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: tmi_differences
short_description: Compare definitions field by field
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Takes two lists of definitions, as M(tmi.tmi.tmi_definition_info) returns them, and returns the differences. Models
    are matched by name.
  - Lists without an order, such as the types of a threat, are compared as sets.
options:
  _input:
    description:
      - The expected definitions.
    type: list
    elements: dict
    required: true
  target:
    description:
      - The actual definitions.
    type: list
    elements: dict
    required: true
  name_prefix:
    description:
      - The prefix of the names of the models on the target.
    type: str
    default: ""
seealso:
  - plugin: tmi.tmi.tmi_map_people
    plugin_type: filter
  - module: tmi.tmi.tmi_definition_info
"""

EXAMPLES = r"""
- name: Check that two definitions mean the same
  ansible.builtin.assert:
    that: ours | tmi.tmi.tmi_differences(theirs) == []
  vars:
    ours:
      - {tmi_definition: 1, name: Shop, threats: {flood: {types: [Spoofing, Tampering]}}}
    theirs:
      - {tmi_definition: 1, name: Shop, threats: {flood: {types: [Tampering, Spoofing]}}}
"""

RETURN = r"""
_value:
  description:
    - One row for each difference.
  type: list
  elements: dict
  contains:
    threat_model:
      description: Name of the model.
      type: str
    path:
      description: Place of the difference in the definition. Empty if the whole model is missing.
      type: str
    kind:
      description: V(missing), V(different) or V(added), each seen from the target.
      type: str
    source:
      description: The expected value.
      type: raw
    target:
      description: The actual value.
      type: raw
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.tmi.tmi.plugins.plugin_utils._filters import definitions, guarded, text


def tmi_differences(source: Any, target: Any, name_prefix: str | None = "") -> Any:
    """Return the differences of two lists of definitions. Raises AnsibleFilterError."""
    from ansible_collections.tmi.tmi.plugins.plugin_utils._migration import differences

    return guarded(
        "tmi_differences",
        lambda source, target, name_prefix: differences(
            definitions(source, "source"), definitions(target, "target"), text(name_prefix, "name_prefix")
        ),
        source=source,
        target=target,
        name_prefix=name_prefix,
    )


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"tmi_differences": tmi_differences}
