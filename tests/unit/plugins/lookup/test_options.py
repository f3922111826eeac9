# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Slips in the options of lookups, which core drops or takes for false."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from ansible.constants import config
from ansible.errors import AnsibleLookupError

from ansible_collections.tmi.tmi.plugins.doc_fragments._connection import ModuleDocFragment
from ansible_collections.tmi.tmi.plugins.lookup import tmi_connection, tmi_inventory


@pytest.mark.parametrize(
    ("module", "options", "message"),
    [
        (tmi_inventory, {"filtrs": {"name": "x"}}, "filtrs: there is no such option; did you mean filters?"),
        (tmi_inventory, {"_terms": ["x"]}, "_terms: there is no such option"),
        (tmi_inventory, {"validate_certs": "maybe"}, "validate_certs: must be true or false, not 'maybe'"),
        (tmi_connection, {"prefx": "x"}, "prefx: there is no such option; did you mean prefix?"),
        (tmi_connection, {"emptied": "perhaps"}, "emptied: must be true or false, not 'perhaps'"),
    ],
)
def test_a_slip_is_refused(module: Any, options: dict[str, Any], message: str) -> None:
    name = module.__name__.replace(".plugins.lookup", "").removeprefix("ansible_collections.")
    documented = {}
    for text in (module.DOCUMENTATION, ModuleDocFragment.PLUGIN if module is tmi_inventory else "options: {}"):
        documented.update(yaml.safe_load(text)["options"])
    config.initialize_plugin_configuration_definitions("lookup", name, documented)
    plugin = module.LookupModule()
    plugin._load_name, plugin._redirected_names = name, [name]
    with pytest.raises(AnsibleLookupError) as found:
        plugin.run([], {}, **options)
    assert message in str(found.value)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"token": "t"}, {"url": "https://tmi.example.com", "token": "t"}),
        ({"url": "http://b"}, {"url": "http://b"}),
        ({"tokn": "t"}, "target.tokn: there is no such option; did you mean token?"),
        ("url", "target: must be a map, not text"),
    ],
)
def test_a_variable_overrides_others(value: Any, found: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # Core's loader of plugins may not run here.
    found_in = SimpleNamespace(run=lambda names, variables, default: [variables.get(name, default) for name in names])
    monkeypatch.setattr(tmi_connection, "lookup_loader", SimpleNamespace(get=lambda *_args, **_options: found_in))
    name, documented = "tmi.tmi.tmi_connection", yaml.safe_load(tmi_connection.DOCUMENTATION)["options"]
    config.initialize_plugin_configuration_definitions("lookup", name, documented)
    plugin = tmi_connection.LookupModule()
    plugin._load_name, plugin._redirected_names = name, [name]
    variables = {"tmi_url": "https://tmi.example.com", "target": value}
    if isinstance(found, dict):
        assert plugin.run([], variables, override="target") == [found]
        return
    with pytest.raises(AnsibleLookupError) as error:
        plugin.run([], variables, override="target")
    assert found in str(error.value)
