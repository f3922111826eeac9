# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin in ansible-core: what becomes of a file, and of text that would be a template."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.constants import config
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.doc_fragments import constructed, inventory_cache
from ansible.template import Templar

from ansible_collections.tmi.tmi.plugins.doc_fragments._connection import ModuleDocFragment
from ansible_collections.tmi.tmi.plugins.inventory import tmi_inventory
from ansible_collections.tmi.tmi.plugins.inventory.tmi_inventory import InventoryModule
from ansible_collections.tmi.tmi.plugins.lookup import tmi_inventory as lookup
from ansible_collections.tmi.tmi.plugins.module_utils._info.query import SECTIONS
from ansible_collections.tmi.tmi.plugins.plugin_utils._inventory.whole_hosts import marked, trusted
from ansible_collections.tmi.tmi.tests.runner import awx

DOCUMENTED: dict[str, Any] = yaml.safe_load(tmi_inventory.DOCUMENTATION)["options"]
NAME = "tmi.tmi.tmi_inventory"
TEMPLATE = "{{ 6 * 7 }}"
#: The same as a definition takes it.
TEXT = "Six times 7: " + TEMPLATE


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


def parsed(folder: Path, data: Any = None, **options: Any) -> Any:
    """Return what core knows after it has read an inventory of the two definitions in ``folder``."""
    for name, member in (("Shop A", {"description": TEXT}), ("Bank", {"framework": "CIA"})):
        definition = {"tmi_definition": 1, "name": name, "metadata": {"te-am": "x y"}, **member}
        (folder / ("%s.json" % name)).write_text(json.dumps(definition), "utf-8")
    source = folder / "models.tmi.yml"
    source.write_text(json.dumps({"plugin": "tmi.tmi.tmi_inventory", "definitions": ["*.json"], **options}), "utf-8")
    plugin = loaded()
    assert plugin.verify_file(str(source))
    data = InventoryData() if data is None else data
    plugin.parse(data, DataLoader(), str(source))
    return data


def test_a_file_may_be_named_by_a_number(tmp_path: Path) -> None:
    with pytest.raises(AnsibleError, match=r"definitions: .*/0"):
        parsed(tmp_path, definitions=0)
    with pytest.raises(AnsibleError, match=r"definitions\[1\]: must be a text, not null"):
        parsed(tmp_path, definitions=["*.json", None])


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
    assert templar.template(variables["tmi_description"]) == TEXT
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


#: Everyday text that is no template in any release of core, and text that would be one.
PLAIN = ("GET /users/{id}", "{", "}}", "a { b } c", "%}", "{ {x} }", "#} {", "Größe", "", "jinja2: #jinja2:x")
TEMPLATES = (TEMPLATE, "{% raw %}", "a {# b", "x{{", "#jinja2: variable_start_string:'<<'\n<< 6 * 7 >>")


@pytest.mark.parametrize("text", PLAIN + TEMPLATES)
def test_only_text_that_could_be_a_template_is_marked(text: str) -> None:
    value = {"a": [text, None, 1, True, 1.5], text: {"b": text}}
    found = marked(value)
    assert found == value
    for member in (found["a"][0], found[text]["b"]):
        assert shown_as_json(member) == ({"__ansible_unsafe": text} if text in TEMPLATES else text)
        assert Templar(loader=DataLoader(), variables={}).template(member) == text


def shown_as_json(value: Any) -> Any:
    """Return what `ansible-inventory --list` writes of a variable."""
    data = InventoryData()
    data.add_host("h")
    data.set_variable("h", "v", value)
    try:
        from ansible._internal._json._profiles import _inventory_legacy
    except ImportError:
        from ansible.parsing.ajson import AnsibleJSONEncoder

        return json.loads(json.dumps(dict(data.hosts["h"].vars), cls=AnsibleJSONEncoder, preprocess_unsafe=True))["v"]
    listed = json.dumps({"_meta": {"hostvars": {"h": {"v": data.hosts["h"].vars["v"]}}}}, cls=_inventory_legacy.Encoder)
    return json.loads(listed)["_meta"]["hostvars"]["h"]["v"]


def test_a_list_has_plain_text_wherever_it_can(tmp_path: Path) -> None:
    data = parsed(tmp_path, compose={"path": "'/users/{id}'", "twice": "tmi_description ~ 'x'"})
    shown = {name: shown_as_json(value) for name, value in data.hosts["Shop-A"].vars.items()}
    assert shown.pop("tmi_description") == {"__ansible_unsafe": TEXT}
    assert shown.pop("twice") == {"__ansible_unsafe": TEXT + "x"}
    assert "__ansible_unsafe" not in json.dumps(shown)
    assert (shown["ansible_connection"], shown["path"]) == ("local", "/users/{id}")
    assert shown["ansible_python_interpreter"] == "{{ ansible_playbook_python }}"


def test_a_job_of_a_controller_gets_the_same_text(tmp_path: Path) -> None:
    """A controller keeps the list of an update, and gives a job a script that prints it."""
    data = parsed(tmp_path, compose={"twice": "tmi_description ~ 'x'"})
    listed = {
        host: {name: shown_as_json(value) for name, value in known.vars.items()} for host, known in data.hosts.items()
    }
    script = tmp_path / "hosts"
    script.write_text(awx.script({"all": {"hosts": sorted(listed)}, "_meta": {"hostvars": listed}}), "utf-8")
    script.chmod(0o700)
    host = InventoryManager(loader=DataLoader(), sources=[str(script)]).get_host("Shop-A")
    templar = Templar(loader=DataLoader(), variables={**host.get_vars(), "ansible_playbook_python": "/py"})
    found = {name: templar.template(trusted("{{ %s }}" % name)) for name in ("tmi_description", "twice", "tmi_name")}
    assert found == {"tmi_description": TEXT, "twice": TEXT + "x", "tmi_name": "Shop A"}
    assert templar.template(trusted("{{ ansible_python_interpreter }}")) == "/py"


#: What fails late: of the second host, after the first one was all right.
LATE: dict[str, dict[str, Any]] = {
    "keyed_groups": {"keyed_groups": [{"key": "tmi_framework", "prefix": "f"}]},
    "compose": {"compose": {"x": "tmi_framework | upper | int + tmi_nothing"}},
    "compose of one": {"compose": {"x": "tmi_description.nothing"}},
    "groups": {"groups": {"g": "tmi_nothing == 1"}},
    "two ways for an empty value": {
        "keyed_groups": [{"key": "tmi_framework", "default_value": "none", "trailing_separator": False}]
    },
    "no group at all": {"keyed_groups": ["tmi_framework"]},
    "a circle of groups": {
        "keyed_groups": [
            {"key": "'a'", "separator": "", "parent_group": "b"},
            {"key": "'b'", "separator": "", "parent_group": "a"},
        ]
    },
}


@pytest.mark.parametrize("name", LATE)
def test_a_late_failure_leaves_no_host(tmp_path: Path, name: str) -> None:
    before = {"localhost-like": {"ansible_host": "10.0.0.1"}}
    data = InventoryData()
    for host, variables in before.items():
        data.add_host(host)
        for variable, value in variables.items():
            data.set_variable(host, variable, value)
    with pytest.raises(AnsibleError):
        parsed(tmp_path, data, strict=True, **LATE[name])
    assert set(data.hosts) == set(before)
    assert set(data.groups) == {"all", "ungrouped"}


def test_what_another_source_says_of_a_host_stays_and_can_be_used(tmp_path: Path) -> None:
    data = InventoryData()
    data.add_host("Bank")
    for variable, value in (("port", 8443), ("later", trusted(TEMPLATE)), ("ansible_connection", "ssh")):
        data.set_variable("Bank", variable, value)
    parsed(tmp_path, data, strict=True, compose={"next_port": "(port | default(0) | int) + 1"})
    found = data.hosts["Bank"].get_vars()
    assert (int(found["next_port"]), found["ansible_connection"]) == (8444, "local")
    assert Templar(loader=DataLoader(), variables=found).template(found["later"]) in (42, "42")


def test_hosts_never_lack_their_variables_while_they_are_added(tmp_path: Path) -> None:
    """Whatever stops it, each host that is in a group by then runs on the controller."""

    class Stops(InventoryData):
        left = 1000

        def __init__(self, after: int) -> None:
            super().__init__()
            self.left = after

        def _step(self) -> None:
            self.left -= 1
            if self.left < 0:
                raise AnsibleError("stopped")

        def add_group(self, group: str) -> Any:
            self._step()
            return super().add_group(group)

        def add_host(self, host: str, group: Any = None, port: Any = None) -> Any:
            self._step()
            return super().add_host(host, group, port)

    for after in range(40):
        data = Stops(after)
        try:
            parsed(tmp_path, data, keyed_groups=[{"key": "tmi_name", "parent_group": "names"}])
        except AnsibleError:
            pass
        else:
            break
        grouped = {host for group in data.groups.values() for host in group.hosts}
        assert all(host.vars["ansible_connection"] == "local" for host in grouped)
    assert after > 3


def test_the_cache_answers_the_same_question_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def from_server(options: dict[str, Any]) -> dict[str, Any]:
        asked.append(options["regex"])
        name = options["regex"]
        return {"_meta": {"hostvars": {name: {"tmi_name": TEMPLATE}}}, "threat_models": {"hosts": [name]}}

    monkeypatch.setattr(tmi_inventory, "from_server", from_server)

    def hosts(regex: str, is_fresh: bool = True, **options: Any) -> list[str]:
        source, kept = tmp_path / "tmi.yml", {"cache_plugin": "jsonfile", "cache_connection": str(tmp_path / "kept")}
        says = {"plugin": NAME, "url": "https://tmi.example.com", "regex": regex, "cache": True}
        says["token"] = token("ana", "secret-of-ana")
        source.write_text(json.dumps({**says, **kept, **options}), "utf-8")
        data, plugin = InventoryData(), loaded()
        plugin.parse(data, DataLoader(), str(source), cache=is_fresh)
        if plugin.get_option("cache"):
            plugin.update_cache_if_changed()
        return sorted(data.hosts)

    assert [hosts("A"), hosts("A"), asked] == [["A"], ["A"], ["A"]]
    assert [hosts("B"), hosts("B", token=token("ana", "next")), asked] == [["B"], ["B"], ["A", "B"]]
    hosts("B", url="https://other.example.com")
    hosts("B", url="https://other.example.com", is_fresh=False)
    assert asked == ["A", "B", "B", "B"]
    hosts("B", url="https://other.example.com", cache=False)
    assert asked == ["A", "B", "B", "B", "B"]
    kept = "".join(path.name + path.read_text("utf-8") for path in (tmp_path / "kept").iterdir())
    assert TEMPLATE in kept
    assert "eyJ" not in kept
    # Another account sees other models, and does not take the place of the first one.
    asked.clear()
    people = [token(name, "x") for name in ("ana", "bob", "ana", "bob")] + ["opaque-1", "opaque-2", "opaque-1"]
    assert [hosts("C", token=given) for given in people] == [["C"]] * 7
    assert asked == ["C"] * 4
    kept = "".join(path.name + path.read_text("utf-8") for path in (tmp_path / "kept").iterdir())
    assert "opaque" not in kept


def token(person: str, signature: str) -> str:
    """Return a token that looks real."""

    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    claims = {"sub": person, "idp": "tmi", "jti": signature, "email": person + "@example.com"}
    return ".".join((part({"alg": "HS256"}), part(claims), part(signature)))


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


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"filter": {"name": "zzz"}}, "filter: there is no such option; did you mean filters?"),
        ({"strct": True}, "strct: there is no such option; did you mean strict?"),
        ({"use_extra_var": True}, "use_extra_var: there is no such option; did you mean use_extra_vars?"),
        ({"colour": 1}, "colour: there is no such option; known are api, ca_path, cache,"),
        ({"keyed_groups": [{"key": "tmi_name", "prefx": "x"}]}, "keyed_groups[0].prefx: there is no such option; did"),
        ({"strict": "maybe"}, "strict: must be true or false, not 'maybe'"),
        ({"cache": "maybe"}, "cache: must be true or false, not 'maybe'"),
        ({"threat_summary": "perhaps"}, "threat_summary: must be true or false, not 'perhaps'"),
        ({"leading_separator": 7}, "leading_separator: must be true or false, not number"),
        ({"validate_certs": []}, "validate_certs: must be true or false, not list"),
    ],
)
def test_a_slip_in_an_option_is_refused(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(AnsibleParserError) as found:
        parsed(tmp_path, **options)
    assert message in str(found.value)
