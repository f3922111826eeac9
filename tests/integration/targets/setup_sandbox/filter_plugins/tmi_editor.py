# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters for what a person does in the web editor, ``tmi_edited``, and what is to be seen there: ``tmi_places``,
``tmi_label``."""

from __future__ import annotations

import copy

#: What a diagram is written with.
WRITTEN = ("name", "type", "description", "cells", "created_at", "modified_at")


def label_of(cell):
    """Return the text on a cell."""
    for text in (
        (cell.get("attrs") or {}).get("text"),
        *((label.get("attrs") or {}).get("text") for label in cell.get("labels") or []),
    ):
        if text and text.get("text"):
            return text["text"]
    return cell.get("label") or ""


def edited(diagram, moved=None, added=None, removed=None):
    """Return a diagram, as the server gave it, for a PUT: cells moved by label, added, removed by label."""
    cells = copy.deepcopy([cell for cell in diagram["cells"] if label_of(cell) not in (removed or [])])
    for cell in cells:
        if label_of(cell) in (moved or {}):
            x, y = moved[label_of(cell)]
            cell.get("position", cell).update(x=x, y=y)
    written = {name: diagram[name] for name in WRITTEN if diagram.get(name) is not None}
    return {**written, "cells": cells + list(added or [])}


def places(diagram):
    """Return where cells lie, by label."""
    found = {}
    for cell in diagram["cells"]:
        place = cell.get("position", cell)
        if "x" in place:
            found[label_of(cell)] = [place["x"], place["y"]]
    return found


class FilterModule:
    """For the targets of this collection."""

    def filters(self):
        """Return the filters by name."""
        return {"tmi_edited": edited, "tmi_places": places, "tmi_label": label_of}
