# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: tmi_connection
short_description: Collect connection options from variables
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Returns the connection options that are set as variables, such as C(tmi_url) and C(tmi_token), as a dictionary for
    C(module_defaults). An empty variable counts as not set, because AWX passes an unanswered survey question as an
    empty variable.
  - Environment variables are not collected, because the modules read them themselves.
options:
  _terms:
    description:
      - Not used.
    type: list
    elements: str
  prefix:
    description:
      - Prefix of the variables.
    type: str
    default: tmi_
  env_prefix:
    description:
      - Prefix of environment variables that are used if a variable is not set, for example V(TMI_SOURCE_) for a second
        server. By default no environment variables are used.
    type: str
    default: ""
  emptied:
    description:
      - Return the environment variables of a connection instead, such as E(TMI_URL) and E(TMI_TOKEN), each with an
        empty value. As the C(environment) of a task, they keep values for one server away from another server.
    type: bool
    default: false
  check:
    description:
      - Prefixes of the variables of a role or playbook of this collection, for example V(tmi_seed_).
      - A warning lists variables with such a prefix that no role or playbook of this collection uses, with suggestions
        of similar names. It also lists variables with names similar to a connection variable, such as C(tmi_urll).
    type: list
    elements: str
    default: []
  override:
    description:
      - Name of a variable with a dictionary of options, which override all others. An unknown option in it is an error.
    type: str
    default: ""
  booleans:
    description:
      - Names of variables that must be true or false if they are set. Any other word is an error.
      - Without this check, the filter P(ansible.builtin.bool#filter) reads a misspelt V(true) as V(false).
    type: list
    elements: str
    default: []
seealso:
  - module: tmi.tmi.tmi_info
"""

EXAMPLES = r"""
- name: Connect with the options from variables
  tmi.tmi.tmi_info:
    resource: user
  module_defaults:
    tmi.tmi.tmi_info: "{{ lookup('tmi.tmi.tmi_connection') }}"

- name: Read from a second server, with TMI_SOURCE_URL and TMI_SOURCE_TOKEN, without any option of the first
  tmi.tmi.tmi_info:
    resource: user
  module_defaults:
    tmi.tmi.tmi_info: "{{ lookup('tmi.tmi.tmi_connection', prefix='tmi_source_', env_prefix='TMI_SOURCE_') }}"
  environment: "{{ lookup('tmi.tmi.tmi_connection', emptied=true) }}"
"""

RETURN = r"""
_raw:
  description:
    - One dictionary from the names of options to their values.
  type: list
  elements: dict
"""

import os
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.loader import lookup_loader
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display

from ansible_collections.tmi.tmi.plugins.module_utils._arguments import known
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError, TmiError
from ansible_collections.tmi.tmi.plugins.module_utils._options import OPTIONS, is_blank
from ansible_collections.tmi.tmi.plugins.module_utils._values import kind_of
from ansible_collections.tmi.tmi.plugins.plugin_utils._plugin_options import plugin_options
from ansible_collections.tmi.tmi.plugins.plugin_utils._variables import misspelt, refuse_no_boolean

#: The options as an argument spec. Values are checked with it before Ansible converts them.
OWN: dict[str, dict[str, Any]] = {
    "prefix": {},
    "env_prefix": {},
    "emptied": {"type": "bool"},
    "check": {"type": "list", "elements": "str"},
    "override": {},
    "booleans": {"type": "list", "elements": "str"},
}


class LookupModule(LookupBase):
    """Reads variables. Sends no request to a server."""

    def run(self, terms: list[Any], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[dict[str, Any]]:
        try:
            return [self._found(variables, kwargs)]
        except TmiError as error:
            raise AnsibleLookupError(str(error)) from None

    def _found(self, variables: dict[str, Any] | None, given: dict[str, Any]) -> dict[str, Any]:
        plugin: Any = self  # core's own methods are untyped
        plugin.set_options(var_options=variables, direct=plugin_options(plugin, given, OWN))
        unknown = misspelt(plugin.get_option("check"), variables or {}) if plugin.get_option("check") else ""
        if unknown:
            Display().warning("Nothing in the collection tmi.tmi reads these variables: %s" % unknown)
        # A value in a play may be a template. This lookup resolves it in every release of Ansible.
        found = lookup_loader.get("ansible.builtin.vars", loader=self._loader, templar=self._templar)
        booleans, override = plugin.get_option("booleans"), plugin.get_option("override")
        refuse_no_boolean(dict(zip(booleans, found.run(booleans, variables, default=""), strict=True)))
        if plugin.get_option("emptied"):
            return {option.env: "" for option in OPTIONS}
        prefix, env_prefix = plugin.get_option("prefix"), plugin.get_option("env_prefix")
        names = [prefix + option.name for option in OPTIONS]
        values = found.run(names, variables, default="")
        chosen = {}
        for option, value in zip(OPTIONS, values, strict=True):
            if not is_blank(value):
                chosen[option.name] = value
            elif env_prefix and not is_blank(os.environ.get(env_prefix + option.name.upper())):
                chosen[option.name] = os.environ[env_prefix + option.name.upper()]
        own = found.run([override], variables, default={})[0] if override else {}
        return {**chosen, **_options_only(own, override)}


def _options_only(own: Any, variable: str) -> dict[str, Any]:
    """Return the dictionary of options that a variable holds. Raises InputError."""
    if not isinstance(own, Mapping):
        raise InputError("must be a map, not %s" % kind_of(own), variable)
    known(own, [option.name for option in OPTIONS], variable + ".")
    return dict(own)
