# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Misspelt keys in layers of a definition: mistakes, notes, and keys that are neither."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tmi.tmi.plugins.module_utils._definition.sources import read_documents
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError

BASE = {
    "tmi_definition": 1,
    "name": "Base",
    "metadata": {"team": "payments"},
    "documents": {"record": {"uri": "https://docs.example.com/a", "metadata": {"reviewed": "true"}}},
    "diagrams": {
        "main": {
            "nodes": {"web": {"type": "process"}, "customer_db": {"type": "store", "metadata": {"runtime": "go"}}},
            "boundaries": {"dmz": "DMZ"},
            "flows": {"order": {"from": "web", "to": "customer_db"}},
            "layout": {"positions": {"web": [0, 0]}},
        }
    },
    "threats": {"llm-03": {"name": "Leak"}, "llm-04": {"name": "Theft", "controls": {"Audit": {"implemented": True}}}},
}


def laid(tmp_path: Path, over: Mapping[str, Any], way: str) -> tuple[str, ...]:
    """Lay something on the base, as a definition with that base or as an overlay; return the notes."""
    (tmp_path / "base.yml").write_text(yaml.safe_dump(BASE, allow_unicode=True))
    if way == "overlay":
        params: dict[str, Any] = {"src": [str(tmp_path / "base.yml")], "overlay": dict(over)}
    else:
        own = {"tmi_definition": 1, "name": "Shop", "base": "./base.yml", **over}
        (tmp_path / "shop.yml").write_text(yaml.safe_dump(own, allow_unicode=True))
        params = {"src": [str(tmp_path / "shop.yml")]}
    (found,) = read_documents(params)
    return found.notes


WAYS = pytest.mark.parametrize("way", ["base", "overlay"])


@WAYS
@pytest.mark.parametrize(
    ("over", "path", "meant"),
    [
        ({"threats": {"llm-3": None}}, "threats.llm-3", "llm-03"),
        ({"threats": {"lmm-03": None}}, "threats.lmm-03", "llm-03"),
        ({"documents": {"recrod": None}}, "documents.recrod", "record"),
        ({"documents": {"record": {"metadata": {"reviwed": None}}}}, "documents.record.metadata.reviwed", "reviewed"),
        ({"metadata": {"taem": None}}, "metadata.taem", "team"),
        ({"diagrams": {"mian": None}}, "diagrams.mian", "main"),
        ({"diagrams": {"main": {"nodes": {"customer-db": None}}}}, "diagrams.main.nodes.customer-db", "customer_db"),
        ({"diagrams": {"main": {"flows": {"ordre": None}}}}, "diagrams.main.flows.ordre", "order"),
        ({"diagrams": {"main": {"boundaries": {"dms": None}}}}, "diagrams.main.boundaries.dms", "dmz"),
        ({"threats": {"llm-04": {"controls": {"Audti": None}}}}, "threats.llm-04.controls.Audti", "Audit"),
    ],
)
def test_removals_of_missing_keys(tmp_path: Path, over: Mapping[str, Any], path: str, meant: str, way: str) -> None:
    with pytest.raises(InputError) as failed:
        laid(tmp_path, over, way)
    where = "overlay " if way == "overlay" else "shop.yml:"
    assert where in str(failed.value)
    assert "%s: is removed (null), but" % path in str(failed.value)
    assert "did you mean" in str(failed.value)
    assert meant in str(failed.value).partition("did you mean")[2]


@WAYS
def test_all_of_them_are_reported(tmp_path: Path, way: str) -> None:
    with pytest.raises(InputError, match=r"(?s)2 mistakes.*recrod.*llm-3"):
        laid(tmp_path, {"threats": {"llm-3": None}, "documents": {"recrod": None}}, way)


@WAYS
def test_a_key_without_a_similar_one_is_reported_with_existing_keys(tmp_path: Path, way: str) -> None:
    with pytest.raises(InputError, match="no such key; there is llm-03, llm-04"):
        laid(tmp_path, {"threats": {"zzz": None}}, way)


@WAYS
def test_a_new_key_that_is_similar_to_an_existing_one_gets_a_note(tmp_path: Path, way: str) -> None:
    over = {
        "threats": {"llm-3": {"name": "Leak", "severity": "high"}, "web-1": {"name": "Flood"}},
        "diagrams": {"main": {"nodes": {"custmer_db": {"type": "store"}}}},
    }
    assert laid(tmp_path, over, way) == (
        'diagrams.main.nodes.custmer_db is new; the definition below has "customer_db"',
        'threats.llm-3 is new; the definition below has "llm-03"',
    )


@WAYS
def test_keys_that_both_have_are_no_slips(tmp_path: Path, way: str) -> None:
    over = {"threats": {"llm-3": {"name": "Other"}, "llm-03": {"severity": "high"}, "llm-05": {"name": "Next"}}}
    assert laid(tmp_path, over, way) == ()


@WAYS
def test_fields_that_the_base_does_not_set_may_be_null(tmp_path: Path, way: str) -> None:
    assert laid(tmp_path, {"description": None, "threats": {"llm-03": {"severity": None}}, "notes": None}, way) == ()


def test_an_overlay_removes_what_one_of_several_has(tmp_path: Path) -> None:
    (tmp_path / "one.yml").write_text(yaml.safe_dump(BASE))
    (tmp_path / "two.yml").write_text("tmi_definition: 1\nname: Two\nthreats: {other: {}}\n")
    src = [str(tmp_path / "one.yml"), str(tmp_path / "two.yml")]
    one, two = read_documents({"src": src, "overlay": {"threats": {"llm-03": None}}})
    assert "llm-03" not in one.data["threats"]
    assert "other" in two.data["threats"]
    with pytest.raises(InputError, match=r"overlay threats\.ohter: .*did you mean other\?"):
        read_documents({"src": src, "overlay": {"threats": {"ohter": None}}})
