# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The meaning of a definition depends neither on its order, nor on how often a layer is merged."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.rules import V1Rules
from ansible_collections.tmi.tmi.plugins.module_utils._definition.cascade import merge_with_cascade
from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.library import Library
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import Document, find_files, load_file
from ansible_collections.tmi.tmi.plugins.module_utils._definition.normalize import normalize
from ansible_collections.tmi.tmi.plugins.module_utils._engine.plan import plan
from ansible_collections.tmi.tmi.plugins.module_utils._engine.policy import Policy
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Desired
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError

EXAMPLES = Path(__file__).resolve().parents[5] / "tests/integration/targets/tmi_definition_format/files/examples"
LIBRARY = Library()
WHOLE = [LIBRARY.resolve(load_file(path)) for path in find_files([LIBRARY.folder, str(EXAMPLES)])]
documents = st.sampled_from(WHOLE)


def shuffled(data: Any, chance: random.Random) -> Any:
    """Return data whose maps are in another order; lists keep theirs, for some mean one."""
    if isinstance(data, dict):
        pairs = list(data.items())
        chance.shuffle(pairs)
        return {key: shuffled(value, chance) for key, value in pairs}
    return [shuffled(value, chance) for value in data] if isinstance(data, list) else data


def tree(model: Desired) -> dict[str, Any]:
    """Return a wanted model as what it means: sets where order means nothing."""
    children = {}
    for child in model.children:
        cells = (
            {}
            if child.cells is None
            else {cell.id: (cell.key, cell.label, cell.container) for cell in child.cells.cells}
        )
        ends = {} if child.cells is None else {cell.id: (cell.source, cell.target) for cell in child.cells.cells}
        children[child.resource.name, child.key] = (dict(child.values), dict(child.metadata), cells, ends)
    return {"values": dict(model.values), "metadata": dict(model.metadata), "given": model.given, "children": children}


def planned(model: Desired) -> dict[Any, Any]:
    """Return what a plan would do, by object, on a server that has nothing yet."""
    found = {}
    for change in plan(model, None, V1Rules(), Policy("warn", "ana@example.com")).changes:
        cells = {c.after.id for c in change.cells.changes if c.after} if change.cells else set()
        values = {name: value for name, value in change.values.items() if name not in change.pending}
        found[change.resource.name, change.path] = (change.action, values, dict(change.metadata_set), cells)
    return found


@given(documents, st.randoms(use_true_random=False))
def test_the_order_of_a_file_means_nothing(found: Document, chance: random.Random) -> None:
    other = compile_definition(found._replace(data=shuffled(found.data, chance)))
    model = compile_definition(found)
    assert tree(model) == tree(other)
    assert planned(model) == planned(other)


@given(documents)
def test_the_normal_form_means_the_same_and_stays(found: Document) -> None:
    normal = normalize(found.data, found.where)
    assert tree(compile_definition(found._replace(data=normal))) == tree(compile_definition(found))
    assert normalize(normal, found.where) == normal


@st.composite
def overlays(draw: st.DrawFn) -> tuple[Document, dict[str, Any]]:
    """Return a definition and something to lay on it: changes, additions, removals of all that has a key."""
    found = draw(documents)
    normal = normalize(found.data, found.where)
    main = normal["diagrams"]["main"]
    change = st.sampled_from([None, {"metadata": {"x": "y"}}, {"label": "Other"}])
    cells = {
        section: draw(st.dictionaries(st.sampled_from(sorted(main[section])), change, max_size=3))
        for section in ("nodes", "boundaries", "flows")
    }
    threats = st.dictionaries(
        st.sampled_from(sorted(normal["threats"])),
        st.sampled_from([None, {"severity": "low"}, {"cwe": None}]),
        max_size=3,
    )
    over = {"framework": draw(st.sampled_from([None, "DIE"])), "metadata": {"a": "b"}, "threats": draw(threats)}
    return found, {**over, "diagrams": {"main": cells}}


@given(overlays())
def test_merging_a_layer_twice_changes_nothing_and_leaves_no_wrong_reference(
    given_: tuple[Document, dict[str, Any]],
) -> None:
    found, over = given_
    base = normalize(found.data, found.where)
    before = copy.deepcopy((base, over))
    contradiction = ""
    try:
        once, notes = merge_with_cascade(base, over, "overlay")
    except InputError as error:
        contradiction = str(error)
    assert (base, over) == before
    if contradiction:  # it says itself that what it changes is gone
        assert "is removed (null) here" in contradiction
        return
    assert merge_with_cascade(once, over, "overlay") == (once, [])
    assert once.get("framework") == over["framework"]
    gone = [
        k
        for s, cells in over["diagrams"]["main"].items()
        for k, cell in cells.items()
        if cell is None and k in base["diagrams"]["main"][s]
    ]
    lost = set(base["threats"]) - set(once["threats"]) - {k for k, t in over["threats"].items() if t is None}
    assert len([note for note in notes if note.startswith("threat") and " is removed with " in note]) == len(lost)
    if not gone:
        assert notes == []
    # What is left holds together: every end, container and anchor is there.
    planned(compile_definition(found._replace(data=once)))


@pytest.mark.parametrize("found", WHOLE, ids=lambda found: Path(found.where).stem)
def test_an_empty_overlay_changes_nothing(found: Document) -> None:
    base = normalize(found.data, found.where)
    assert merge_with_cascade(base, {}, "overlay") == (base, [])
    assert merge_with_cascade(base, base, "overlay") == (base, [])
