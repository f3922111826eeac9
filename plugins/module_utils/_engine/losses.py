# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Texts of which the server will keep less than was written: what is told, once for each field that is written."""

from __future__ import annotations

from typing import Any, Collection, Iterator, Mapping

from .ports import Loss, Rules
from .tree import Desired, place

#: Characters of a text that a warning shows, and how many of them come before the first that is lost.
SHOWN, BEFORE = 80, 20


def loss_warnings(
    desired: Desired, rules: Rules, declared: Mapping[str, Any], fields: Collection[str], metadata: Mapping[str, str]
) -> Iterator[str]:
    """Yield a warning for each text that loses something, of the ``fields`` that are written and of ``metadata``.

    ``declared``: the texts of fields as they were written; ``metadata`` the same by the names that users give them.
    """
    written = {name: value for name, value in declared.items() if name in fields}
    for name, loss in rules.losses(desired.resource, written):
        yield _warning(desired, name, str(written[name]), loss)
    for name, loss in rules.metadata_losses(metadata):
        yield _warning(desired, name, metadata[name], loss)


def _warning(desired: Desired, name: str, text: str, loss: Loss) -> str:
    where = place(desired, name) if desired.where else '%s "%s": %s' % (desired.resource.title, desired.label, name)
    begin = max(0, _common(text, loss.kept) - BEFORE)
    message = "%s: the server takes what looks like a tag out of this text: of %s it keeps %s" % (
        where,
        _part(text, begin),
        _part(loss.kept, begin),
    )
    if not loss.survives:
        return message + ". Write it in other words"
    return message + ". Written as %s, all of it is kept" % _part(loss.survives, begin)


def _common(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    return next((at for at, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))


def _part(text: str, begin: int) -> str:
    """Return a part of a text between quotes, with dots where it goes on."""
    end = begin + SHOWN
    return '"%s%s%s"' % ("..." if begin else "", text[begin:end], "..." if end < len(text) else "")
