# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Promises about names that change or are taken, and about texts of which the server keeps less."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._modules.definition import definition_module
from ansible_collections.tmi.tmi.plugins.module_utils._modules.info import info_module
from ansible_collections.tmi.tmi.plugins.module_utils._modules.single import single_module
from ansible_collections.tmi.tmi.plugins.module_utils._resources import _catalog

ENGINE = "ansible_collections.tmi.tmi.plugins.module_utils._engine."
API = "ansible_collections.tmi.tmi.plugins.module_utils._api."
KINDS = ("threat", "diagram", "document", "source", "asset", "note", "threat_model")
NEEDED: dict[str, dict[str, str]] = {
    "document": {"uri": "https://wiki.example.com/a"},
    "source": {"uri": "https://github.com/example/a"},
    "asset": {"type": "data"},
    "note": {"content": "x"},
}


def _run(module: Any, site: Any, check: bool = False, **params: Any) -> Any:
    defaults = {name: option.get("default") for name, option in module.argument_spec.items()}
    return module.run({**defaults, **site.connection(), **params}, check)


def task(site: Any, kind: str, check: bool = False, **params: Any) -> Any:
    """Run a single-object task; names of models get the prefix of the site."""
    if kind == "threat_model":
        params["name"] = site.prefix + params["name"]
    else:
        params.setdefault("threat_model", site.prefix + "Shop")
    return _run(single_module(_catalog.by_name(kind)), site, check, **params)


def apply(site: Any, *definitions: Any, **params: Any) -> Any:
    """Run ``tmi_definition``; names of models, also former ones, get the prefix of the site."""
    named = [{**d, **{n: site.prefix + d[n] for n in ("name", "was") if n in d}} for d in definitions]
    wanted = [{"tmi_definition": 1, **definition} for definition in named]
    return _run(definition_module(), site, definition=wanted, **params)


def two(site: Any, kind: str) -> tuple[str, str]:
    """Make two objects of a kind, A and B; return their ids."""
    if not (site.api == "v1" or kind not in ("asset", "note")):
        pytest.skip("API v0 has none")
    if kind != "threat_model":
        done = task(site, "threat_model", name="Shop")
        assert not done.get("failed"), done
    made = [task(site, kind, name=name, **NEEDED.get(kind, {})) for name in "AB"]
    assert not any(done.get("failed") for done in made), made
    return made[0][kind]["id"], made[1][kind]["id"]


def wants(kind: str, **fields: Any) -> dict[str, Any]:
    """Return a definition in which the object B of a kind is wanted so."""
    if kind == "threat_model":
        return {"name": "B", **fields}
    return {"name": "Shop", _catalog.by_name(kind).plural: {"B": {**NEEDED.get(kind, {}), **fields}}}


def refuses(site: Any, result: Any, *ids: str) -> None:
    """Assert that a task failed with both ids in its message and wrote nothing."""
    assert result.get("failed"), result
    assert result["stats"]["writes"] == 0
    for found in ids:
        assert found in result["msg"], result["msg"]


TAKEN = (
    ENGINE + "identity.renames:Section.refuse_used_names",
    ENGINE + "identity.model_names:ModelNames.holder_of_new_name",
)


@pytest.mark.promise("No object gets a name that another one keeps", sample=2, guard=TAKEN)
@pytest.mark.parametrize("kind", KINDS)
def test_a_name_that_is_taken(site: Any, kind: str) -> None:
    first, second = two(site, kind)
    before = site.census()
    refuses(site, task(site, kind, id=first, name="B"), first, second)
    refuses(
        site, apply(site, {**wants(kind, id=first), "name": "B" if kind == "threat_model" else "Shop"}), first, second
    )
    assert site.census() == before


BOTH = (ENGINE + "identity.renames:Section.refuse_both", ENGINE + "identity.model_names:ModelNames.other")


@pytest.mark.promise("A former name is never ignored silently", sample=2, guard=BOTH)
@pytest.mark.parametrize("kind", KINDS)
def test_an_old_and_a_new_name(site: Any, kind: str) -> None:
    first, second = two(site, kind)
    before = site.census()
    refuses(site, apply(site, wants(kind, was="A")), first, second)
    assert site.census() == before
    gone = task(site, kind, name="B", state="absent")
    assert gone["changed"], gone
    renamed = apply(site, wants(kind, was="A"))
    assert renamed["changed"], renamed
    again = apply(site, wants(kind, was="A"))
    assert again["changed"] is False, again


@pytest.mark.promise(
    "Two spellings of a name mean one object", sample=1, guard=API + "v1.rules:V1Rules.as_stored", fails="v1-diagram"
)
@pytest.mark.parametrize("kind", KINDS)
def test_spellings(site: Any, kind: str) -> None:
    if site.api == "v0":
        pytest.skip("API v0 stores texts as they are sent")
    if kind != "threat_model":
        task(site, "threat_model", name="Shop")
    first = task(site, kind, name="U\u0308ber", **NEEDED.get(kind, {}))
    assert first["changed"], first
    for spelling in ("U\u0308ber", "\u00dcber"):
        again = task(site, kind, name=spelling, **NEEDED.get(kind, {}))
        assert again["changed"] is False, again
        assert again[kind]["id"] == first[kind]["id"]
        asked = {"name": site.prefix + spelling} if kind == "threat_model" else {"name": spelling}
        of = {} if kind == "threat_model" else {"threat_model": site.prefix + "Shop"}
        read = _run(info_module(), site, resource=kind, **asked, **of)
        assert [found["id"] for found in read["resources"]] == [first[kind]["id"]], read


LOST = [
    ("threat_model", {"name": "Shop", "description": "Give Vec<int> a limit"}),
    ("threat_model", {"name": "Shop", "metadata": {"k": "See <https://a.example.com/>"}}),
    ("threat", {"name": "T", "mitigation": "Of a <tenant> each"}),
    ("threat", {"name": "T", "accepted_reason": "Vec<int> is small"}),
    ("diagram", {"name": "D", "description": "a <b> c"}),
    ("note", {"name": "N", "content": "`Vec<int>` and <https://a.example.com/>"}),
]


@pytest.mark.promise(
    "Text that the server drops is reported once", sample=2, guard=ENGINE + "values:loss_warnings", fails="v1-diagram"
)
@pytest.mark.parametrize(("kind", "params"), LOST, ids=[f"{kind}-{max(params)}" for kind, params in LOST])
def test_lost_text(site: Any, kind: str, params: dict[str, Any]) -> None:
    if site.api == "v0":
        pytest.skip("API v0 stores texts as they are sent")
    if kind != "threat_model":
        task(site, "threat_model", name="Shop")
    planned = task(site, kind, True, **params)
    written = task(site, kind, **params)
    assert len(planned.get("warnings", [])) == 1, planned
    assert planned["warnings"] == written.get("warnings"), written
    again = task(site, kind, **params)
    assert again["changed"] is False, again
    assert not again.get("warnings"), again
