# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation of what reads says the same as the code."""

from __future__ import annotations

from typing import Any

import yaml

from ansible_collections.tmi.tmi.plugins.doc_fragments import _query
from ansible_collections.tmi.tmi.plugins.lookup import tmi_inventory
from ansible_collections.tmi.tmi.plugins.module_utils._info.fields import KINDS, MANAGED, names_of
from ansible_collections.tmi.tmi.plugins.module_utils._info.query import QUERY_SPEC, SECTIONS
from ansible_collections.tmi.tmi.plugins.module_utils._options import connection_spec
from ansible_collections.tmi.tmi.plugins.modules import tmi_info

LOOKUP: dict[str, Any] = yaml.safe_load(tmi_inventory.DOCUMENTATION)["options"]
MODULE: dict[str, Any] = yaml.safe_load(_query.ModuleDocFragment.DOCUMENTATION)["options"]


def test_the_module_documents_each_option_as_it_is() -> None:
    spec = dict(tmi_info.MODULE.argument_spec)
    own = {name: entry for name, entry in spec.items() if name not in connection_spec()}
    assert set(MODULE) == set(own)
    for name, entry in own.items():
        told = {key: MODULE[name].get(key) for key in ("type", "elements", "choices", "default", "required")}
        assert told == {key: entry.get(key) for key in told}, name


def test_the_resources_are_those_of_the_code() -> None:
    assert MODULE["resource"]["choices"] == names_of(KINDS)
    assert MODULE["include"]["choices"] == LOOKUP["include"]["choices"] == list(SECTIONS)


def test_the_lookup_selects_like_the_module() -> None:
    shared = set(QUERY_SPEC) - {"id"}
    assert shared <= set(LOOKUP)
    assert set(LOOKUP) - shared == {"_terms", "regex", "as", "group_by"}
    for name in shared:
        assert {k: v for k, v in LOOKUP[name].items() if k != "description"} == QUERY_SPEC[name], name


def test_the_lookup_names_all_its_terms() -> None:
    text = " ".join(LOOKUP["_terms"]["description"])
    assert all("V(%s)" % kind.plural in text for kind in MANAGED)
