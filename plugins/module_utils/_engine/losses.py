# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Warnings for values that the server may refuse, or not store completely, one for each field that is written."""

from __future__ import annotations

from typing import Any, Collection, Iterator, Mapping

from .display.text_changes import common_start
from .ports import Loss, Rules
from .tree import Desired, place

#: Characters of a text that a warning shows, and how many of them precede the first lost one.
SHOWN, BEFORE = 80, 20


def loss_warnings(
    desired: Desired, rules: Rules, declared: Mapping[str, Any], fields: Collection[str], metadata: Mapping[str, str]
) -> Iterator[str]:
    """Yield a warning for each value of the written ``fields`` and of ``metadata`` that may be refused or loses a part.

    ``declared``: the declared values of fields; ``metadata``: texts by the names that users write.
    """
    written = {name: value for name, value in declared.items() if name in fields}
    for name, loss in rules.losses(desired.resource, written):
        yield _warning(desired, name, str(written[name]), loss)
    for name, reason in rules.doubts(desired.resource, written):
        yield "%s: %s" % (_place(desired, name), reason)
    for name, loss in rules.metadata_losses(metadata):
        yield _warning(desired, name, metadata[name], loss)


def _place(desired: Desired, name: str) -> str:
    return place(desired, name) if desired.where else '%s "%s": %s' % (desired.resource.title, desired.label, name)


def _warning(desired: Desired, name: str, text: str, loss: Loss) -> str:
    where = _place(desired, name)
    begin = max(0, common_start(text, loss.kept) - BEFORE)
    message = "%s: the server removes the parts of this text that look like HTML tags: it stores %s as %s" % (
        where,
        _part(text, begin),
        _part(loss.kept, begin),
    )
    if not loss.lossless_spelling:
        return message + ". Write the text in another way"
    return message + ". Written as %s, the text is stored completely" % _part(loss.lossless_spelling, begin)


def _part(text: str, begin: int) -> str:
    """Return a part of a text in quotes, with dots where the text continues."""
    end = begin + SHOWN
    return '"%s%s%s"' % ("..." if begin else "", text[begin:end], "..." if end < len(text) else "")
