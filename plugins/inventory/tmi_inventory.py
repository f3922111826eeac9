# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: tmi_inventory
short_description: Threat models as hosts
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Adds a host for each threat model that the user can read, or for each file that defines one.
  - >-
    The plugin reads all pages of the server's list, and then each model with one or two requests, unless the list has
    all chosen O(fields). Nothing is written.
  - >-
    The name of the inventory file is C(tmi.yml) or ends in C(.tmi.yml). The ending C(.yaml) is accepted as well.
  - >-
    The name of a host is the name of the model. Blanks and characters with a meaning in host patterns become hyphens.
    If several hosts would have the same name, the id is added to each.
  - >-
    Tasks for these hosts run on the controller, because of C(ansible_connection=local). The variables of a host are the
    fields of the model, as M(tmi.tmi.tmi_info) returns them, with the prefix C(tmi_), for example C(tmi_id),
    C(tmi_name), C(tmi_framework), C(tmi_status), C(tmi_owner), C(tmi_metadata) and C(tmi_threat_count). A field that is
    not set is V(null).
  - All hosts are in the group C(threat_models).
extends_documentation_fragment:
  - tmi.tmi._connection.plugin
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
options:
  plugin:
    description: Marks the file as an inventory of this plugin.
    type: str
    required: true
    choices: [tmi.tmi.tmi_inventory]
  definitions:
    description:
      - >-
        Definition files, folders or patterns, relative to the folder of the inventory. With this option hosts come from
        these files and no server is contacted, so models that do not exist yet are hosts too.
      - >-
        Such a host is in the group C(tmi_definitions) as well. It has C(tmi_definition_file), the absolute path of its
        file for the option O(tmi.tmi.tmi_definition#module:src), and C(tmi_key). C(tmi_id) is set only if the file has
        an id.
      - All files are checked. The inventory fails if any file has a mistake or if two files define the same model.
    type: list
    elements: path
  regex:
    description:
      - >-
        Only models whose name matches this regular expression of Python. It matches anywhere in the name unless it is
        anchored. Case matters, unless it begins with V((?i\)).
    type: str
  filters:
    description:
      - Only models that meet all these conditions, as with O(tmi.tmi.tmi_inventory#lookup:filters).
      - >-
        Servers of API 1.x filter by name, owner, address of the issue and time of the last change themselves, if a
        condition allows it. The plugin filters by all other conditions.
    type: dict
  fields:
    description:
      - >-
        Only these fields become variables, as names or paths such as C(metadata.team). If the server's list of models
        has all of them, models are not read individually.
      - By default all fields, without the objects in the model.
    type: list
    elements: str
  include:
    description:
      - Sections of each model that also become variables, such as C(tmi_threats). This takes a few requests per model.
    type: list
    elements: str
    choices: [sources, documents, assets, notes, diagrams, threats]
  threat_summary:
    description:
      - >-
        Whether a host has C(tmi_threat_summary), a dictionary from each severity to its number of threats. This takes a
        few requests per model.
    type: bool
    default: false
notes:
  - >-
    Connection options come from the file, from extra variables such as C(tmi_url), and from the environment, which AWX
    credentials use. In the file they may be templates. Do not write secrets into it.
  - >-
    Text from the server or from definitions is never treated as a template. In C(ansible-inventory --list), and so in
    AWX, only text that looks like a template, with C({{), C({%) or C({#), has Ansible's mark for unsafe text.
  - If anything fails, for example an expression of O(compose) with O(strict), no host is added.
  - >-
    O(cache) keeps the answers of a server for each account, without tokens. The server is asked again for another
    account and after a change of the file's options. Files of O(definitions) are always read.
  - >-
    Group names keep letters, digits and underscores. Anything else becomes an underscore.
seealso:
  - plugin: tmi.tmi.tmi_inventory
    plugin_type: lookup
  - module: tmi.tmi.tmi_definition
  - module: tmi.tmi.tmi_info
"""

EXAMPLES = r"""
# models.tmi.yml: all threat models of the server in TMI_URL
plugin: tmi.tmi.tmi_inventory

---
# payments.tmi.yml: threat models of one team, with groups for models that need attention
plugin: tmi.tmi.tmi_inventory
url: https://tmi.example.com
filters:
  metadata.team: payments
threat_summary: true
strict: true
compose:
  tmi_grave: tmi_threat_summary.critical + tmi_threat_summary.high
groups:
  open_critical: tmi_threat_summary.critical > 0
  no_threats: tmi_threat_count == 0
keyed_groups:
  - key: tmi_framework
    prefix: framework
  - key: tmi_metadata.tier | default('none')
    prefix: tier

---
# quick.tmi.yml: one request per hundred models, with a cache of ten minutes
plugin: tmi.tmi.tmi_inventory
fields: [id, name, owner, framework]
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/tmi
cache_timeout: 600

---
# definitions.tmi.yml: a host for each file, for ansible-playbook -i definitions.tmi.yml tmi.tmi.apply, in slices
plugin: tmi.tmi.tmi_inventory
definitions: [models/]
"""

import os
from typing import Any

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ansible_collections.tmi.tmi.plugins.module_utils._errors import TmiError
from ansible_collections.tmi.tmi.plugins.module_utils._values import as_builtins
from ansible_collections.tmi.tmi.plugins.plugin_utils._connection import direct_options
from ansible_collections.tmi.tmi.plugins.plugin_utils._inventory.groups import safe_group_name
from ansible_collections.tmi.tmi.plugins.plugin_utils._inventory.source import (
    SPEC,
    account,
    fingerprint,
    from_files,
    from_server,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._inventory.whole_hosts import StagedInventory
from ansible_collections.tmi.tmi.plugins.plugin_utils._plugin_options import plugin_options

#: Options that hold expressions, which are evaluated for each host.
EXPRESSIONS = ("compose", "groups", "keyed_groups")


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Hosts for threat models."""

    NAME = "tmi.tmi.tmi_inventory"
    _sanitize_group_name = staticmethod(safe_group_name)

    def verify_file(self, path: str) -> bool:
        """Return whether the name of a file is one of this plugin."""
        core: Any = super()
        return bool(core.verify_file(path)) and ("." + os.path.basename(path)).endswith((".tmi.yml", ".tmi.yaml"))

    def set_options(self, task_keys: Any = None, var_options: Any = None, direct: Any = None) -> None:
        """Set the options of the file. They are templated here, because Ansible converts values before plugins can."""
        core: Any = super()
        given = dict(direct or {})
        if self.loader is not None:
            self.templar.available_variables = var_options or {}
            template = self.templar.template
            expressions = {k: given.pop(k) for k in EXPRESSIONS if k in given}
            given = direct_options({k: template(v) for k, v in given.items()}, var_options, template)
            try:
                given = plugin_options(self, given, SPEC, expressions)
            except TmiError as error:
                raise AnsibleParserError(str(error)) from None
        core.set_options(task_keys=task_keys, var_options=var_options, direct=given)

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Add the hosts. Raises AnsibleParserError with one sentence on the cause."""
        core: Any = super()
        core.parse(inventory, loader, path, cache)
        core._read_config_data(path)
        try:
            options = as_builtins(core.get_options())
            made = from_files(options, path) if options["definitions"] else self._asked(options, path, cache)
        except TmiError as error:
            raise AnsibleParserError(str(error)) from None
        self._populate(made, inventory)

    def _asked(self, options: dict[str, Any], path: str, cache: bool) -> dict[str, Any]:
        """Return data from the server or the cache. ``cache`` is false if the user wants to renew the cache.

        Each account has its own entry, because accounts see different models.
        """
        if not options["cache"]:
            return from_server(options)
        core: Any = self
        key, asked = "%s_%s" % (core.get_cache_key(path), account(options)), fingerprint(options)
        kept = core.cache.get(key) if cache else None
        if not isinstance(kept, dict) or kept.get("asked") != asked:
            kept = {"asked": asked, "made": from_server(options)}
            core.cache[key] = kept
        made: dict[str, Any] = kept["made"]
        return made

    def _populate(self, made: dict[str, Any], inventory: Any) -> None:
        """Add the hosts, all or none of them."""
        trial = StagedInventory(made, inventory)
        self.inventory = trial.data
        try:
            trial.hosts(self._construct)
        finally:
            self.inventory = inventory
        trial.take_over()

    def _construct(self, name: str, host: Any) -> None:
        core: Any = self
        strict = core.get_option("strict")
        core._set_composite_vars(core.get_option("compose"), host.get_vars(), name, strict=strict)
        core._add_host_to_composed_groups(core.get_option("groups"), host.get_vars(), name, strict=strict)
        core._add_host_to_keyed_groups(core.get_option("keyed_groups"), host.get_vars(), name, strict=strict)
