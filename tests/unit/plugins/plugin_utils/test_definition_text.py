# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Definitions as YAML: read back as what they were, in the form that people write."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.filter.tmi_to_yaml import FilterModule
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import load_file
from ansible_collections.tmi.tmi.plugins.plugin_utils._definition_text import WIDTH, to_yaml

texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=12) | st.sampled_from(
    [
        "on",
        "no",
        "null",
        "1.0",
        "2026-12-31",
        "{{ x }}",
        "a: b",
        "# c",
        "Two\nlines",
        "x\n\n y \n",
        " lead",
        "- a",
        "'",
        "=",
        "<<",
    ]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(texts, values, max_size=4))
def test_what_is_written_is_read_back_in_its_order(definition: dict[str, Any]) -> None:
    text = to_yaml(definition, "https://example.com/schema.json")
    found = yaml.safe_load(text)
    assert found == definition
    assert list(found) == list(definition)
    assert to_yaml(found, "https://example.com/schema.json") == text


def test_it_is_what_the_module_reads(tmp_path: Any) -> None:
    definition = {"tmi_definition": 1, "name": "on", "metadata": {"until": "2026-12-31", "yes": "1"}}
    path = tmp_path / "a.yml"
    path.write_text(to_yaml(definition), encoding="utf-8")
    assert dict(load_file(str(path)).data) == definition


def test_it_looks_as_people_write_it() -> None:
    shared = [5, 6]
    definition = {
        "tmi_definition": 1,
        "name": "Größe",
        "description": "Two\nlines\n",
        "diagrams": {
            "main": {
                "name": "Main",
                "nodes": {"web": {"type": "process", "label": "Web"}, "db": {"type": "store", "label": "x" * 120}},
                "layout": {"positions": {"a->b": shared, "c->d": shared}},
            }
        },
        "threats": {"leak": {"name": "Leak", "cwe": ["CWE-1", "CWE-2"]}},
    }
    assert to_yaml(definition, "schema.json") == textwrap.dedent(
        """\
        # yaml-language-server: $schema=schema.json
        ---
        tmi_definition: 1
        name: Größe
        description: |
          Two
          lines
        diagrams:
          main:
            name: Main
            nodes:
              web: {type: process, label: Web}
              db:
                type: store
                label: %s
            layout:
              positions:
                a->b: [5, 6]
                c->d: [5, 6]
        threats:
          leak:
            name: Leak
            cwe: [CWE-1, CWE-2]
        """
        % ("x" * 120)
    )


def test_lines_end_somewhere() -> None:
    text = to_yaml({"name": "word " * 100, "nodes": {"a": {"b": {"x%d" % i: "y" * 5 for i in range(9)}}}})
    assert max(map(len, text.splitlines())) <= WIDTH + 5


class TestFilter:
    filter = staticmethod(FilterModule().filters()["tmi_to_yaml"])

    def test_writes(self) -> None:
        assert self.filter({"a": 1}) == "---\na: 1\n"
        assert self.filter({"a": 1}, schema="s").startswith("# yaml-language-server: $schema=s\n---\n")

    @pytest.mark.parametrize("wrong", [None, "text", [{}]])
    def test_refuses_what_is_no_definition(self, wrong: Any) -> None:
        with pytest.raises(AnsibleFilterError, match="tmi_to_yaml: definition: must be a map, not"):
            self.filter(wrong)

    def test_refuses_what_yaml_has_no_plain_form_for(self) -> None:
        with pytest.raises(AnsibleFilterError, match=r"definition\.a: must be a text, a number, .* not object"):
            self.filter({"a": object()})
