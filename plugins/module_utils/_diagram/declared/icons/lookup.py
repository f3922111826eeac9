# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The icon of a cell in the full form that the web editor needs: without one of its members it shows no diagram.

Users write a name, ``provider/name`` where providers share a name, or a map. A map with all members but the placement
is taken as it is, because a newer editor has more icons.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Optional

from ...._errors import InputError
from ..inputs import choice, close_names, join, known_fields, text
from . import aws, azure, gcp, oci

_PROVIDERS = {"aws": aws.NAMES, "azure": azure.NAMES, "gcp": gcp.NAMES, "oci": oci.NAMES}
_MEMBERS = ("provider", "type", "subcategory", "icon")
_VERTICAL, _HORIZONTAL = ("top", "middle", "bottom"), ("left", "center", "right")
#: Place of an icon in a box: the editor's default.
MIDDLE = {"vertical": "middle", "horizontal": "center"}
#: Most names in a message.
_MOST = 5


def full_icon(value: Any, path: str) -> dict[str, Any]:
    """Return the member ``_arch`` of ``data``: provider, type, subcategory, icon, placement. Raises InputError."""
    if not isinstance(value, Mapping):
        return {**_found(text(value, path) or "", "", path), "placement": dict(MIDDLE)}
    known_fields(value, (*_MEMBERS, "placement"), path)
    written = {name: text(value.get(name), join(path, name)) for name in _MEMBERS}
    placement = _placement(value.get("placement"), join(path, "placement"))
    if all(written.values()):
        return {**written, "placement": placement}
    if not written["icon"]:
        raise InputError("needs the name of the icon", join(path, "icon"))
    found = _found(written["icon"], written["provider"] or "", join(path, "icon"))
    return {
        **found,
        **{name: part for name, part in written.items() if part},
        "icon": found["icon"],
        "placement": placement,
    }


def short_icon(arch: Mapping[str, Any]) -> Optional[Any]:
    """Return what users write for an icon as it is stored: its name, or a map; None for a form that is not full."""
    if set(arch) != {*_MEMBERS, "placement"} or not all(isinstance(arch[n], str) and arch[n] for n in _MEMBERS):
        return None
    spot = arch["placement"]
    if not isinstance(spot, Mapping) or set(spot) != set(MIDDLE):
        return None
    if spot["vertical"] not in _VERTICAL or spot["horizontal"] not in _HORIZONTAL:
        return None
    for written in (arch["icon"], "%s/%s" % (arch["provider"], arch["icon"])):
        known = _table().get(arch["icon"], {})
        full = {**known.get(arch["provider"], {}), "placement": MIDDLE}
        if full == arch and ("/" in written or len(known) == 1):
            return written
    return {name: dict(spot) if name == "placement" else arch[name] for name in (*_MEMBERS, "placement")}


@functools.lru_cache(maxsize=None)
def _table() -> dict[str, dict[str, dict[str, str]]]:
    """Return name -> provider -> icon without its placement."""
    table: dict[str, dict[str, dict[str, str]]] = {}
    for provider, groups in _PROVIDERS.items():
        for group, names in groups.items():
            kind, subcategory = group.split("/")
            for name in names.split():
                icon = {"provider": provider, "type": kind, "subcategory": subcategory, "icon": name}
                table.setdefault(name, {})[provider] = icon
    return table


def _found(written: str, provider: str, path: str) -> dict[str, str]:
    """Return the icon of a name, ``provider/name`` or the path of its picture."""
    if not written.strip():
        raise InputError("needs the name of the icon", path)
    first, _slash, rest = written.strip().partition("/")
    name = rest.rsplit("/", 1)[-1] if rest else first
    name = name[: -len(".svg")] if name.endswith(".svg") else name
    provider = first if rest and not provider else provider
    if provider:
        choice(provider, {name: name for name in _PROVIDERS}, path)
    known = _table().get(name, {})
    if provider in known:
        return known[provider]
    if len(known) == 1 and not provider:
        return next(iter(known.values()))
    if known and not provider:
        listed = ", ".join("%s/%s" % (one, name) for one in known)
        raise InputError("%s is the name of several icons: write one of %s" % (name, listed), path)
    raise InputError("the web editor has no icon %s%s" % (written, _hint(name, provider)), path)


def _hint(name: str, provider: str) -> str:
    names = [one for one, found in _table().items() if not provider or provider in found]
    words = [word for word in name.lower().replace("_", "-").replace(" ", "-").split("-") if word]
    holding = sorted((one for one in names if words and all(word in one.split("-") for word in words)), key=len)[:_MOST]
    return " (did you mean %s?)" % ", ".join(holding) if holding else close_names(name, names)


def _placement(value: Any, path: str) -> dict[str, str]:
    """Return the place of an icon; users may also write ``top-left``."""
    if value is None:
        return dict(MIDDLE)
    if isinstance(value, str) and value.count("-") == 1:
        value = dict(zip(("vertical", "horizontal"), value.split("-")))
    if not isinstance(value, Mapping):
        raise InputError("must be a word such as top-left, or a map with vertical and horizontal", path)
    known_fields(value, tuple(MIDDLE), path)
    words = {"vertical": _VERTICAL, "horizontal": _HORIZONTAL}
    return {
        name: choice(value.get(name), {w: w for w in words[name]}, join(path, name)) or default
        for name, default in MIDDLE.items()
    }
