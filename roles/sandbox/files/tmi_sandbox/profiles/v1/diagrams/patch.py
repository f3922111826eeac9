# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON Patch of diagrams. Only the types of its result are checked (V1-DIAGRAM-PATCH)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .... import patch as json_patch
from .. import errors, schemas
from . import images

Json = Any
Operations = list[dict[str, Json]]
IMAGE = {"svg": str, "update_vector": int}
PALETTE_COLOUR = re.compile("#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?")


def _is(*kinds: type) -> Callable[[Json], bool]:
    return lambda value: type(value) in kinds


def _list_of(members: dict[str, type]) -> Callable[[Json], bool]:
    """Accept lists of objects whose members, if present, have these types."""
    return lambda value: (
        isinstance(value, list)
        and all(
            isinstance(one, dict) and all(_is(kind)(one.get(name, kind())) for name, kind in members.items())
            for one in value
        )
    )


def _image(value: Json) -> bool:
    if not isinstance(value, dict) or any(
        type(value.get(name)) not in (kind, type(None)) for name, kind in IMAGE.items()
    ):
        return False
    return images.is_base64(value.get("svg") or "")


TYPES: dict[str, Callable[[Json], bool]] = {
    **dict.fromkeys(("name", "type", "description"), _is(str)),
    **dict.fromkeys(("include_in_report", "timmy_enabled", "auto_generated"), _is(bool)),
    "update_vector": _is(int),
    "cells": _is(list),
    "metadata": _list_of({"key": str, "value": str}),
    "color_palette": _list_of({"position": int, "color": str}),
    "image": _image,
}


def patched(document: dict[str, Json], operations: Operations) -> dict[str, Json]:
    """Return the members of a diagram after a patch. Removed members are empty. An image is kept."""
    _refuse_read_only(operations)
    if any(not operation["path"] for operation in operations):
        raise errors.invalid("the whole diagram cannot be patched at once")
    for operation in operations:
        svg = operation.get("value")
        no_svg = isinstance(svg, str) and not (images.is_base64(svg) and images.is_text(svg))
        if operation["path"] == "/image/svg" and no_svg:
            raise errors.invalid("Failed to preprocess patch operations: no SVG in base64", "invalid_format")
    try:
        after = json_patch.apply(
            document, [one for one in json_patch.with_values(operations) if not _vain(document, one)]
        )
    except json_patch.PatchFailed as problem:
        raise _failed(str(problem)) from problem
    for name, fits in TYPES.items():
        if after.get(name) is not None and not fits(after[name]):
            raise _unfit(name)
    _check_palette(after.get("color_palette") or [])
    empty = {"name": "", "type": "", "cells": []}
    image = document["image"] if after.get("image") is None else after["image"]
    return {
        **after,
        **{name: value for name, value in empty.items() if after.get(name) is None},
        "metadata": [{name: one.get(name, "") for name in ("key", "value")} for one in after.get("metadata") or []],
        "image": {name: value for name, value in image.items() if name in IMAGE},
    }


def _vain(document: dict[str, Json], operation: dict[str, Json]) -> bool:
    """Return whether an operation tests a missing member for null, which is true."""
    name = operation["path"].removeprefix("/")
    return operation["op"] == "test" and operation["value"] is None and "/" not in name and name not in document


def _refuse_read_only(operations: Operations) -> None:
    for operation in operations:
        name = operation["path"].partition("/")[2].partition("/")[0]
        if name in schemas.READ_ONLY:
            raise errors.invalid(f"Field '{name}' is not allowed in PATCH requests. {schemas.READ_ONLY[name]}")


def _check_palette(palette: list[dict[str, Json]]) -> None:
    if len(palette) > 8:
        raise errors.invalid("color_palette must contain at most 8 entries")
    for entry in palette:
        if not 1 <= entry.get("position", 0) <= 8:
            raise errors.invalid("color_palette position must be between 1 and 8")
        if not PALETTE_COLOUR.fullmatch(entry.get("color", "")):
            raise errors.invalid("invalid color format: must be #RGB or #RRGGBB hex")


def _failed(why: str) -> Exception:
    return errors.invalid(f"Failed to apply patch: {why}", "patch_failed")


def _unfit(name: str) -> Exception:
    return errors.error(500, "server_error", f"Failed to deserialize patched entity: cannot read {name}")
