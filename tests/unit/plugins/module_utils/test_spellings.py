# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two spellings of one text: on API v1, which stores one of them, they mean the same, on API v0, which keeps both, not.

``u`` with a combining diaeresis is what file names of macOS and pasted text have; ``&amp;`` is what pages have.
"""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api.v0.rules import V0Rules
from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.rules import V1Rules
from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._engine.plan import plan
from ansible_collections.tmi.tmi.plugins.module_utils._engine.policy import Policy
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Desired, Entity
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._info.fields import SESSION, kind_of
from ansible_collections.tmi.tmi.plugins.module_utils._info.query import matching, parse_query
from ansible_collections.tmi.tmi.plugins.module_utils._modules.definition import refuse_same_models
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat_model import THREAT_MODEL

APART, ONE = "U\u0308ber", "\u00dcber"
MARKED, PLAIN = "R&amp;D portal", "R&D portal"
V0, V1 = V0Rules(), V1Rules()


def found(kind: str, stored: dict[str, Any], rules: Any, **params: Any) -> bool:
    query = parse_query(SESSION if kind == SESSION.name else kind_of(kind), params)
    return bool(matching(query if rules is None else query.for_server(rules), [stored]))


PLACES = [
    ("threat_models", {"name": "{}"}, {"name": "{}"}),
    ("threat_models", {"name": "{}"}, {"filters": {"name": ["x", "{}"]}}),
    ("threat_models", {"description": "{}"}, {"filters": {"description": "{}"}}),
    ("threat_models", {"metadata": {"team": "{}"}}, {"filters": {"metadata.team": "{}"}}),
    ("threat_models", {"threats": [{"name": "{}"}]}, {"filters": {"threats.name": "{}"}}),
    ("threat_models", {"threats": [{"asset": "{}"}]}, {"filters": {"threats.asset": "{}"}}),
    ("documents", {"name": "{}"}, {"filters": {"name": "{}"}, "threat_model": "Shop"}),
    ("metadata", {"value": "{}"}, {"filters": {"value": "{}"}, "threat_model": "Shop"}),
    (SESSION.name, {"threat_model": "{}"}, {"filters": {"threat_model": "{}"}}),
]


def filled(value: Any, text: str) -> Any:
    if isinstance(value, dict):
        return {name: filled(member, text) for name, member in value.items()}
    if isinstance(value, list):
        return [filled(member, text) for member in value]
    return value.replace("{}", text)


@pytest.mark.parametrize(("written", "stored"), [(APART, ONE), (MARKED, PLAIN)])
@pytest.mark.parametrize(("kind", "shown", "params"), PLACES, ids=[str(params) for _k, _s, params in PLACES])
def test_filters(kind: str, shown: Any, params: Any, written: str, stored: str) -> None:
    shown = filled(shown, stored)
    assert found(kind, shown, V1, **filled(params, written))
    assert found(kind, shown, V1, **filled(params, stored))
    assert not found(kind, shown, V0, **filled(params, written))
    assert found(kind, shown, V0, **filled(params, stored))


def test_negations_and_patterns() -> None:
    for params in ({"filters": {"name": {"not": MARKED}}}, {"filters": {"name": {"not": ["x", APART]}}}):
        assert not found("threat_models", {"name": PLAIN if MARKED in str(params) else ONE}, V1, **params)
        assert found("threat_models", {"name": PLAIN if MARKED in str(params) else ONE}, V0, **params)
    assert found("threat_models", {"name": ONE}, V1, regex="^U\u0308b")
    assert not found("threat_models", {"name": ONE}, V0, regex="^U\u0308b")
    assert found("threat_models", {"name": "a<b>"}, V1, regex="<b>$")  # a pattern is no text with mark-up


def test_a_server_is_asked_for_what_it_stores() -> None:
    query = parse_query(kind_of("threat_models"), {"name": MARKED})
    assert query.for_server(V1).wanted() == {"name": PLAIN}
    assert query.for_server(V0).wanted() == {"name": MARKED}


def test_files_of_which_no_server_is_known_are_compared_loosely() -> None:
    assert found("threat_models", {"name": APART}, None, name=ONE)


# ------------------------------------------------------------------------------------------------ definitions
def wanted(**definition: Any) -> Any:
    return compile_definition(document({"tmi_definition": 1, "name": "Shop", **definition}, definition.get("at", "d")))


@pytest.mark.parametrize(("one", "other"), [(APART, ONE), (MARKED, PLAIN)])
def test_two_definitions_of_one_model(one: str, other: str) -> None:
    both = [wanted(name=one), wanted(name=other)]
    refuse_same_models(both, V0.as_stored)
    with pytest.raises(InputError, match="is also defined in"):
        refuse_same_models(both, V1.as_stored)


def test_keys_that_others_refer_to() -> None:
    definition = wanted(
        assets={APART: {"name": "Cards", "type": "data"}},
        diagrams={APART: {"name": "Main", "nodes": {APART: {"type": "process", "assets": [APART]}}}},
        threats={"a": {"at": "%s/%s" % (ONE, ONE), "asset": ONE}},
    )
    planned = plan(definition, None, V1, Policy())
    assert [change.action for change in planned.changes] == ["create"] * 4
    with pytest.raises(InputError, match="there is no diagram"):
        plan(wanted(diagrams={APART: {"name": "Main"}}, threats={"a": {"at": ONE}}), None, V0, Policy())


def by_key(diagram: Desired) -> dict[str, str]:
    """Return key -> id of the declared cells of a diagram."""
    return {cell.key: cell.id for cell in diagram.cells.cells} if diagram.cells is not None else {}


def test_flows_find_nodes_of_the_same_diagram() -> None:
    nodes = {APART: {"type": "process"}, "db": {"type": "store"}}
    (diagram,) = wanted(diagrams={"main": {"nodes": nodes, "flows": {"f": {"from": ONE, "to": "db"}}}}).children
    assert diagram.cells.cells[-1].source == by_key(diagram)[APART]


def test_a_node_of_exactly_that_spelling_counts_more() -> None:
    nodes = {APART: {"type": "process"}, ONE: {"type": "store"}}
    (diagram,) = wanted(diagrams={"main": {"nodes": nodes, "flows": {"f": {"from": ONE, "to": APART}}}}).children
    assert diagram.cells.cells[-1].source == by_key(diagram)[ONE]


def test_the_key_of_a_model_is_written_once() -> None:
    definition = wanted(key=APART)
    model = Entity(THREAT_MODEL, "1", {"name": "Shop"}, own_metadata={"ansible_key": ONE})
    assert not plan(definition, model, V1, Policy(register=True)).changed
    assert plan(definition, model, V0, Policy(register=True)).changed


def test_groups_in_an_authorization() -> None:
    rows = [{"group": APART, "role": "reader"}]
    assert V1.align(rows, None) == [{"group": ONE, "role": "reader"}]
    assert V0.align(rows, None) == rows
