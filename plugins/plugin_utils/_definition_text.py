# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Definitions as YAML for people: short maps on one line, long texts as blocks, everything in its order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

#: Most characters, in Python's form, of a value on one line; columns after which a text continues on the next line.
SHORT, WIDTH = 120, 120
#: Levels of a definition with maps that always have several lines: the definition, its sections, their objects.
_OPEN = 3


class _Flow(dict[str, Any]):
    """A map that is written on one line."""


class _FlowList(list[Any]):
    """A list that is written on one line."""


# The C emitter, if there is one, is ten times as fast and writes the same.
_Base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Dumper(_Base):  # type: ignore[misc]
    def ignore_aliases(self, data: Any) -> bool:
        """Write no references to earlier values, because people edit one place and mean only this one."""
        return True


def _text(dumper: Any, value: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value.strip() else None)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(
    _Flow, lambda dumper, value: dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=True)
)
_Dumper.add_representer(
    _FlowList, lambda dumper, value: dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True)
)


def to_yaml(definition: Mapping[str, Any], schema: str = "") -> str:
    """Return a definition as the text of a file. ``schema``: address of the JSON schema, for editors.

    Reading the text gives the same definition, and the same definition gives the same text. Values are builtins.
    """
    text = yaml.dump(
        _laid_out(definition, 0),
        Dumper=_Dumper,
        sort_keys=False,
        default_flow_style=False,
        allow_unicode=True,
        width=WIDTH,
    )
    header = "# yaml-language-server: $schema=%s\n" % schema if schema else ""
    return "%s---\n%s" % (header, text)


def _laid_out(value: Any, depth: int) -> Any:
    """Return values with maps and lists marked for one line where they fit."""
    if isinstance(value, Mapping):
        found = {_laid_out(key, depth): _laid_out(inner, depth + 1) for key, inner in value.items()}
        # A map with only maps and lists in it is a collection: each of its members has its own lines.
        is_object = not found or any(not isinstance(inner, (dict, list)) for inner in found.values())
        return _Flow(found) if depth >= _OPEN and is_object and _fits(found.values(), len(str(found))) else found
    if isinstance(value, (list, tuple)):
        entries = [_laid_out(inner, depth + 1) for inner in value]
        return _FlowList(entries) if _fits(entries, len(str(entries))) else entries
    return value


def _fits(values: Any, columns: int) -> bool:
    """Whether values are few and simple enough for one line."""
    return columns <= SHORT and all(
        isinstance(v, (_Flow, _FlowList)) or (not isinstance(v, (dict, list)) and "\n" not in str(v)) for v in values
    )
