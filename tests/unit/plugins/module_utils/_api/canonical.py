# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strategies for canonical objects, for the tests of every generation."""

from __future__ import annotations

from typing import Any, Collection

from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._resources import _fields, _resource
from ansible_collections.tmi.tmi.plugins.module_utils._resources._day import Day

text = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters=",<>&"), min_size=1, max_size=9
)


def value_of(found: _fields.Field) -> st.SearchStrategy[Any]:
    """Canonical values of a field; a kind that has no strategy here fails the test, and so says what is missing."""
    if isinstance(found, _fields.Choice):
        return st.sampled_from(found.choices)
    if isinstance(found, _fields.Folded):
        return st.text("abcxyz_", min_size=1, max_size=9).map(_fields.fold).filter(lambda t: t.strip("_") == t and t)
    if isinstance(found, _fields.Literal):
        return st.sampled_from(sorted(found.spellings.values()))
    if isinstance(found, Day):
        return st.dates().map(lambda day: day.isoformat())
    if isinstance(found, (_fields.Text, _fields.Reference)):
        return text
    if isinstance(found, _fields.Number):
        return st.floats(found.low, found.high)
    if isinstance(found, _fields.Flag):
        return st.booleans()
    if isinstance(found, _fields.Names):
        return st.lists(text, max_size=3).map(found.canonical)
    if isinstance(found, _fields.Group):
        return st.fixed_dictionaries({m.name: value_of(m) for m in found.members})
    if isinstance(found, _fields.Rows):
        row = st.fixed_dictionaries({"user": text, "role": st.sampled_from(["reader", "writer", "owner"])})
        return st.lists(row, max_size=3, unique_by=lambda r: r["user"]).map(found.canonical)
    if isinstance(found, _fields.Table):
        row = st.fixed_dictionaries({"position": st.integers(1, 8), "color": st.just("#A1b2C3")})
        return st.lists(row, max_size=3, unique_by=lambda r: r["position"]).map(found.canonical)
    raise AssertionError("no strategy for %s" % type(found).__name__)


def objects(
    resource: _resource.Resource, columns: Collection[str], **special: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with some of the fields in ``columns``; ``special`` gives the values of single fields."""
    names = {getattr(f, "stored_as", f.name): f for f in resource.fields}
    return st.fixed_dictionaries(
        {}, optional={name: special.get(name, value_of(f)) for name, f in names.items() if name in columns}
    )
