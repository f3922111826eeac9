# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Reads a threat model of any known program: the content of the file shows which one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ansible_collections.tmi.tmi.plugins.module_utils._definition.parsing.as_written import MARK
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError, shortened
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import Conversion
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.read import from_otm
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.parse import as_source_text, read_source
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threagile.read import from_threagile
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_composer.read import from_threat_composer
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.read import from_threat_dragon
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.tmt.read import from_tmt

WHERE = "file"
#: Most names of members that a message shows.
_SHOWN = 8


class Kind(NamedTuple):
    """A format: its short name, its name for people, members that one of its files has, and its reader.

    ``read`` takes parsed data, and the name of a model whose file has none.
    """

    key: str
    title: str
    marks: tuple[tuple[str, ...], ...]
    read: Callable[[Mapping[str, Any], str], Conversion]


KINDS = (
    Kind("otm", "Open Threat Model", (("otmVersion",),), lambda data, _name: from_otm(data)),
    Kind(
        "threat_dragon", "OWASP Threat Dragon", (("summary", "detail"),), lambda data, _name: from_threat_dragon(data)
    ),
    Kind(
        "threagile",
        "Threagile",
        (("threagile_version",), ("title", "technical_assets")),
        from_threagile,
    ),
    Kind(
        "threat_composer",
        "Threat Composer",
        (("schema", "applicationInfo"), ("schema", "threats", "mitigations")),
        from_threat_composer,
    ),
)
_TMT = "Microsoft Threat Modeling Tool (.tm7)"
#: Files that are no threat models of another program: a member -> what to do with them.
_OTHERS = {
    MARK: "it is a definition already: apply it with tmi.tmi.tmi_definition",
    "services": "it looks like a compose file: the filter tmi.tmi.tmi_model_from reads it",
    "apiVersion": "it looks like objects of Kubernetes: the filter tmi.tmi.tmi_model_from reads them",
    "AWSTemplateFormatVersion": "it is a template of CloudFormation: StartLeft turns it into an Open Threat Model",
}


def import_model(source: Any, name: str = "") -> tuple[str, Conversion]:
    """Return the short name of the format, and the definition with its losses.

    ``source``: the text of a file, or parsed; ``name``: the name of a model whose file has none. Raises InputError,
    which for an unknown format names what the file has and the formats that are known.
    """
    if isinstance(source, (str, bytes)):
        source = as_source_text(source, WHERE)
        if source.lstrip("\ufeff \t\r\n").startswith("<"):
            return "tmt", from_tmt(source, name)
    data = read_source(source, WHERE)
    for mark, advice in _OTHERS.items():
        if mark in data:
            raise InputError("is of no format that is imported; " + advice, WHERE)
    for kind in KINDS:
        if any(all(member in data for member in members) for members in kind.marks):
            return kind.key, kind.read(data, name)
    seen = ", ".join(shortened(member, 40) for member in list(data)[:_SHOWN]) or "nothing"
    more = ", …" if len(data) > _SHOWN else ""
    known = ", ".join((*(kind.title for kind in KINDS), _TMT))
    raise InputError("is of no known format: it has %s%s; known are %s" % (seen, more, known), WHERE)
