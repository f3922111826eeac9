# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters: options, failures, documentation; what they convert is tested beside the converters."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.tmi.tmi.plugins.filter import (
    tmi_from_otm,
    tmi_from_threat_dragon,
    tmi_to_otm,
    tmi_to_threat_dragon,
)
from ansible_collections.tmi.tmi.plugins.module_utils import _values
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats import parse as _foreign

OTM = {
    "otmVersion": "0.2.0",
    "project": {"name": "Shop", "id": "shop"},
    "extra": 1,
    "trustZones": [{"id": "z", "name": "Zone", "risk": {"trustRating": 1}}],
    "components": [{"id": "x", "name": "X", "type": "thing", "parent": {"trustZone": "z"}, "odd": 2}],
}
MODULES = [tmi_from_otm, tmi_from_threat_dragon, tmi_to_otm, tmi_to_threat_dragon]


def the_filter(module: Any) -> Callable[..., Any]:
    ((name, found),) = module.FilterModule().filters().items()
    assert name == module.__name__.rpartition(".")[2]
    result: Callable[..., Any] = found
    return result


from_otm = the_filter(tmi_from_otm)
to_otm = the_filter(tmi_to_otm)
from_threat_dragon = the_filter(tmi_from_threat_dragon)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_the_documentation_names_the_options_of_the_code(module: Any) -> None:
    documented = yaml.safe_load(module.DOCUMENTATION)
    assert documented["name"] == module.__name__.rpartition(".")[2]
    given = list(inspect.signature(the_filter(module)).parameters.values())[1:]
    options = {name: option for name, option in documented["options"].items() if name != "_input"}
    assert set(options) == {parameter.name for parameter in given}
    assert {p.name: p.default or {} for p in given if p.name == "shapes"} == {
        name: option["default"] for name, option in options.items() if name == "shapes"
    }
    assert options["strict"]["default"] is inspect.signature(the_filter(module)).parameters["strict"].default
    assert yaml.safe_load(module.EXAMPLES)
    assert yaml.safe_load(module.RETURN)["_value"]["contains"]["lost"]


def test_there_and_back() -> None:
    there = from_otm(OTM)
    assert list(there) == ["definition", "lost"]
    assert [entry["path"] for entry in there["lost"]] == ["$.extra", "$.components[0].odd"]
    back = to_otm(there["definition"])
    assert list(back) == ["otm", "lost"]
    assert back["otm"]["project"] == OTM["project"]
    assert from_otm(back["otm"], strict=True)["definition"] == there["definition"]


def test_shapes() -> None:
    assert from_otm(OTM, shapes={"Thing": "store"})["definition"]["diagrams"]["main"]["nodes"]["x"]["type"] == "store"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: from_otm(OTM, strict=True),
            "tmi.tmi.tmi_from_otm: $.extra: would be lost (and 1 more): this field is not known here. "
            "Leave strict out to go on without it",
        ),
        (lambda: from_otm({}), "tmi.tmi.tmi_from_otm: OTM: is not an Open Threat Model: it has no otmVersion"),
        (lambda: from_otm(None), "tmi.tmi.tmi_from_otm: OTM: must be the text of a file or a map, not null"),
        (lambda: from_otm(OTM, strict="maybe"), "tmi.tmi.tmi_from_otm: strict: must be true or false, not 'maybe'"),
        (lambda: from_otm(OTM, shapes=["a"]), "tmi.tmi.tmi_from_otm: shapes: must be a map, not list"),
        (
            lambda: from_otm(OTM, shapes={"a": "text"}),
            "tmi.tmi.tmi_from_otm: shapes.a: must be one of actor, process, store, not 'text'",
        ),
        (lambda: from_threat_dragon("[]"), "tmi.tmi.tmi_from_threat_dragon: Threat Dragon: must be the text of a file"),
        (lambda: to_otm({"name": "x"}), "tmi.tmi.tmi_to_otm: definition: needs tmi_definition: 1"),
        (
            lambda: to_otm({"tmi_definition": 1, "name": "x", "base": "/etc/hosts"}),
            "tmi.tmi.tmi_to_otm: definition.base: is a file, and filters read none",
        ),
    ],
)
def test_one_message_with_the_place(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        call()
    assert message in str(caught.value)


class TestLimits:
    def nested(self, levels: int) -> str:
        return '{"otmVersion": "0.2.0", "project": {"name": "x", "id": "x"}, "a": %s1%s}' % ("[" * levels, "]" * levels)

    def test_depth(self) -> None:
        assert from_otm(self.nested(_values.MOST_LEVELS - 1))["lost"][0]["path"] == "$.a"
        for levels in (_values.MOST_LEVELS, 100_000):
            with pytest.raises(AnsibleFilterError, match="is nested deeper than 48 levels"):
                from_otm(self.nested(levels))

    def test_depth_of_yaml_is_known_before_anything_is_built(self) -> None:
        with pytest.raises(AnsibleFilterError, match="is nested deeper than 48 levels"):
            from_otm("otmVersion: 0.2.0\na: " + "[" * 500)  # some parsers have a limit of their own, of 1000

    def test_size(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_foreign, "MOST_CHARACTERS", 10)
        with pytest.raises(AnsibleFilterError, match="has 12 characters; at most 10 are read"):
            from_otm("otmVersion: ")

    def test_aliases_are_counted_as_often_as_they_are_used(self) -> None:
        lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
        lines += ["a%d: &a%d [%s]" % (n, n, ", ".join(["*a%d" % (n - 1)] * 10)) for n in range(1, 9)]
        with pytest.raises(AnsibleFilterError, match="holds more than 500000 values"):
            from_otm("\n".join(lines))

    def test_nothing_is_constructed_that_is_no_plain_value(self) -> None:
        with pytest.raises(AnsibleFilterError, match="is not YAML: could not determine a constructor"):
            from_otm("otmVersion: !!python/object/apply:os.getcwd []")

    def test_dates_stay_texts(self) -> None:
        found = from_otm("otmVersion: 0.2.0\nproject: {name: x, id: x, attributes: {since: 2026-01-31}}")
        assert found["definition"]["metadata"] == {"since": "2026-01-31"}
