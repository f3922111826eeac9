# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters for reports: options, failures, documentation; what they write is tested beside the writers."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.tmi.tmi.plugins.filter import tmi_as_files, tmi_report, tmi_report_index, tmi_threats_csv

MODULES = [tmi_as_files, tmi_report, tmi_report_index, tmi_threats_csv]
SHOP = {"tmi_definition": 1, "name": "{{ 7 * 7 }}", "threats": {"a": {"severity": "high"}}}


def the_filter(module: Any) -> Any:
    ((name, found),) = module.FilterModule().filters().items()
    assert name == module.__name__.rpartition(".")[2]
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_the_documentation_names_the_options_of_the_code(module: Any) -> None:
    documented = yaml.safe_load(module.DOCUMENTATION)
    given = list(inspect.signature(the_filter(module)).parameters.values())[1:]
    options = {name: option.get("default") for name, option in documented["options"].items() if name != "_input"}
    assert options == {parameter.name: parameter.default for parameter in given}
    assert documented["positional"] == "_input, %s" % given[0].name
    assert yaml.safe_load(module.EXAMPLES)
    returned = yaml.safe_load(module.RETURN)["_value"]["type"]
    assert returned == ("dict" if module is tmi_as_files else "str")


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_texts_are_whole_files(form: str) -> None:
    for text in (the_filter(tmi_report)(SHOP, form), the_filter(tmi_report_index)([SHOP], form)):
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
        assert "49" not in text


def test_mistakes_are_failures_of_the_filter() -> None:
    with pytest.raises(AnsibleFilterError, match=r"^tmi\.tmi\.tmi_report: format: must be one of"):
        the_filter(tmi_report)(SHOP, "pdf")
    with pytest.raises(AnsibleFilterError, match=r"^tmi\.tmi\.tmi_report: .*must be the text of a file or a map"):
        the_filter(tmi_report)(7)
    with pytest.raises(AnsibleFilterError, match=r"^tmi\.tmi\.tmi_report_index: definitions: must be a list"):
        the_filter(tmi_report_index)(SHOP)
