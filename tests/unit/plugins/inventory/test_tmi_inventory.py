# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin in ansible-core: what becomes of a file, and of text that would be a template."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.constants import config
from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.doc_fragments import constructed, inventory_cache
from ansible.template import Templar

from ansible_collections.tmi.tmi.plugins.doc_fragments._connection import ModuleDocFragment
from ansible_collections.tmi.tmi.plugins.inventory import tmi_inventory
from ansible_collections.tmi.tmi.plugins.inventory.tmi_inventory import InventoryModule, unsafe
from ansible_collections.tmi.tmi.plugins.lookup import tmi_inventory as lookup
from ansible_collections.tmi.tmi.plugins.module_utils._info.query import SECTIONS

DOCUMENTED: dict[str, Any] = yaml.safe_load(tmi_inventory.DOCUMENTATION)["options"]
NAME = "tmi.tmi.tmi_inventory"
TEMPLATE = "{{ 6 * 7 }}"


def loaded() -> Any:
    """Return the plugin with its options known, as core's loader leaves it; that loader may not run here."""
    options: dict[str, Any] = dict(DOCUMENTED)
    fragments = [ModuleDocFragment.PLUGIN]
    fragments += [core.ModuleDocFragment.DOCUMENTATION for core in (constructed, inventory_cache)]
    for text in fragments:
        options.update(yaml.safe_load(text)["options"])
    config.initialize_plugin_configuration_definitions("inventory", NAME, options)
    plugin: Any = InventoryModule()
    plugin._load_name, plugin._redirected_names = NAME, [NAME]
    return plugin


def parsed(folder: Path, **options: Any) -> Any:
    """Return what core knows after it has read an inventory of the two definitions in ``folder``."""
    for name, member in (("Shop A", {"description": TEMPLATE}), ("Bank", {"framework": "CIA"})):
        definition = {"tmi_definition": 1, "name": name, "metadata": {"te-am": "x y"}, **member}
        (folder / ("%s.json" % name)).write_text(json.dumps(definition), "utf-8")
    source = folder / "models.tmi.yml"
    source.write_text(json.dumps({"plugin": "tmi.tmi.tmi_inventory", "definitions": ["*.json"], **options}), "utf-8")
    plugin = loaded()
    assert plugin.verify_file(str(source))
    data = InventoryData()
    plugin.parse(data, DataLoader(), str(source))
    return data


def test_hosts_and_groups(tmp_path: Path) -> None:
    data = parsed(
        tmp_path,
        strict=True,
        compose={"upper": "tmi_name | upper"},
        groups={"cia": "tmi_framework == 'CIA'"},
        keyed_groups=[{"key": "tmi_metadata", "prefix": "by", "separator": "-"}],
    )
    assert sorted(data.hosts) == ["Bank", "Shop-A"]
    assert data.hosts["Shop-A"].get_vars()["upper"] == "SHOP A"
    assert data.hosts["Shop-A"].get_vars()["ansible_connection"] == "local"
    groups = data.get_groups_dict()
    assert groups["threat_models"] == groups["tmi_definitions"] == ["Bank", "Shop-A"]
    assert groups["cia"] == ["Bank"]
    assert groups["by_te_am_x_y"] == ["Bank", "Shop-A"]


def test_text_is_no_template_but_the_interpreter_is(tmp_path: Path) -> None:
    variables = parsed(tmp_path).hosts["Shop-A"].get_vars()
    templar = Templar(loader=DataLoader(), variables={**variables, "ansible_playbook_python": "/py"})
    assert templar.template(variables["tmi_description"]) == TEMPLATE
    assert templar.template(variables["ansible_python_interpreter"]) == "/py"


def test_options_may_be_templates(tmp_path: Path) -> None:
    assert sorted(parsed(tmp_path, regex="^{{ 'Ba' ~ 'nk' }}").hosts) == ["Bank"]


def test_what_is_wrong_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(AnsibleParserError, match=r"^filters\.colour: there is no colour of a threat model"):
        parsed(tmp_path, filters={"colour": "red"})
    with pytest.raises(AnsibleParserError, match=r"tmi_nothing"):
        parsed(tmp_path, strict=True, groups={"g": "tmi_nothing == 1"})


@pytest.mark.parametrize(
    ("name", "is_ours"),
    [
        ("tmi.yml", True),
        ("tmi.yaml", True),
        ("models.tmi.yml", True),
        ("models.yml", False),
        ("notmi.yml", False),
        ("models.tmi.yml.orig", False),
    ],
)
def test_files_are_told_by_their_names(tmp_path: Path, name: str, is_ours: bool) -> None:
    (tmp_path / name).write_text("plugin: tmi.tmi.tmi_inventory", "utf-8")
    assert loaded().verify_file(str(tmp_path / name)) == is_ours


def test_only_text_that_could_be_a_template_is_marked() -> None:
    text = "plain"
    found = unsafe({"a": [text, TEMPLATE], TEMPLATE: 1, "n": None})
    assert found == {"a": [text, TEMPLATE], TEMPLATE: 1, "n": None}
    assert found["a"][0] is text


def test_the_cache_answers_the_same_question_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def from_server(options: dict[str, Any]) -> dict[str, Any]:
        asked.append(options["regex"])
        name = options["regex"]
        return {"_meta": {"hostvars": {name: {"tmi_name": TEMPLATE}}}, "threat_models": {"hosts": [name]}}

    monkeypatch.setattr(tmi_inventory, "from_server", from_server)

    def hosts(regex: str, is_fresh: bool = True, **options: Any) -> list[str]:
        source, kept = tmp_path / "tmi.yml", {"cache_plugin": "jsonfile", "cache_connection": str(tmp_path / "kept")}
        says = {"plugin": NAME, "url": "https://tmi.example.com", "token": "secret", "regex": regex, "cache": True}
        source.write_text(json.dumps({**says, **kept, **options}), "utf-8")
        data, plugin = InventoryData(), loaded()
        plugin.parse(data, DataLoader(), str(source), cache=is_fresh)
        if plugin.get_option("cache"):
            plugin.update_cache_if_changed()
        return sorted(data.hosts)

    assert [hosts("A"), hosts("A"), asked] == [["A"], ["A"], ["A"]]
    assert [hosts("B"), hosts("B", token="other"), asked] == [["B"], ["B"], ["A", "B"]]
    hosts("B", url="https://other.example.com")
    hosts("B", url="https://other.example.com", is_fresh=False)
    assert asked == ["A", "B", "B", "B"]
    hosts("B", url="https://other.example.com", cache=False)
    assert asked == ["A", "B", "B", "B", "B"]
    kept = "".join(path.read_text("utf-8") for path in (tmp_path / "kept").iterdir())
    assert TEMPLATE in kept
    assert "secret" not in kept


def test_it_selects_like_the_lookup() -> None:
    told: dict[str, Any] = yaml.safe_load(lookup.DOCUMENTATION)["options"]
    for name in ("regex", "filters", "fields", "include"):
        assert {k: v for k, v in DOCUMENTED[name].items() if k != "description"} == {
            k: v for k, v in told[name].items() if k != "description"
        }
    assert DOCUMENTED["include"]["choices"] == list(SECTIONS)


def test_examples_have_options_that_there_are() -> None:
    fragments = {"strict", "compose", "groups", "keyed_groups", "cache", "cache_plugin", "cache_connection"}
    for example in yaml.safe_load_all(tmi_inventory.EXAMPLES):
        assert example["plugin"] in DOCUMENTED["plugin"]["choices"]
        assert set(example) <= {*DOCUMENTED, *fragments, "cache_timeout", "url"}
