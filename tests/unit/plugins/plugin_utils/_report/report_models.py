# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Models to report on, and pages as a reader of them sees them."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import Any

import yaml
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.tests.unit.conftest import ROOT

#: Definitions of the standard models by key.
STANDARD: dict[str, dict[str, Any]] = {
    path.stem: yaml.safe_load(path.read_text("utf-8"))
    for path in sorted((ROOT / "roles/seed/files/models").glob("*.yml"))
}
#: Texts that would be something else in HTML, XML, Markdown or a template, were they not escaped.
HOSTILE = (
    "</text></svg></style></title><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)> ' onload='x",
    "]]><!-- --><?php x ?><![CDATA[",
    "javascript:alert(1)",
    "https://x.example/\"onmouseover='alert(1)'",
    "&lt;b&gt; &#60;i&#62; {{ 7 * 7 }} {% raw %}",
    "](javascript:alert(1)) ![x](y) | `x` **b** <b>\n# h\n- l\n1. n\n---\n    code",
    "\x00\x1b[31m\x85\u202e\ud800\ufffe",
)
texts = st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=40), st.text("<>&\"'/=!-] ax\n", min_size=1))
#: Elements that have no end.
_VOID = frozenset(("meta", "br", "link", "img", "input", "hr", "base", "embed", "source"))


def shown(line: str) -> str:
    """What a reader of a line of Markdown sees, as far as we escape."""
    return html.unescape(re.sub(r"\\([\\`*_\[\]{}#|~$!])", r"\1", line))


def model_of(text: str) -> dict[str, Any]:
    """Return a definition of which every text is one and the same, as far as the format lets it."""
    entry = {"name": text, "description": text, "metadata": {"key": text or "x"}}
    cells = {"metadata": {"key": text or "x"}}
    return {
        "tmi_definition": 1,
        "key": "shop",
        **entry,
        "owner": text,
        "reviewer": text,
        "issue": text,
        "version": text,
        "assets": {"a": {**entry, "sensitivity": text, "classification": [text]}},
        "documents": {"d": {**entry, "uri": text}},
        "sources": {"s": {**entry, "uri": text, "ref": {"branch": text}, "path": text}},
        "notes": {"n": {**entry, "content": text}},
        "diagrams": {
            "main": {
                **entry,
                "boundaries": {"b": {"label": text, **cells}},
                "nodes": {
                    "x": {"type": "actor", "label": text, "in": "b", **cells},
                    "y": {"type": "process", "label": text, **cells},
                    "z": {"type": "store", "label": text, **cells},
                    "t": {"type": "text", "label": text, **cells},
                },
                "flows": {
                    "f": {"from": "x", "to": "y", "label": text, **cells},
                    "g": {"from": "y", "to": "z", "label": text, "bidirectional": True},
                    "h": {"from": "z", "to": "z", "label": text},
                },
            }
        },
        "threats": {
            place: {
                **entry,
                "name": "%s %d" % (text, number),
                "at": place,
                "types": [text],
                "severity": "high",
                "status": text,
                "priority": text,
                "mitigation": text,
                "issue": text,
                "refs": [text],
                "cvss": [text],
                "accepted_by": text,
                "accepted_reason": text,
                "asset": "a",
            }
            for number, place in enumerate(("main", "main/b", "main/x", "main/f", "main/h"))
        },
    }


class Page(HTMLParser):
    """What a browser makes of a page: ``elements`` as (tag, attributes), ``texts`` as (tag of the parent, text)."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.other: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element without content."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element, which must be of this kind."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.texts.append((self._open[-1] if self._open else "", data))

    def handle_comment(self, data: str) -> None:
        """Note what pages of ours do not have."""
        self.other.append(data)

    def handle_pi(self, data: str) -> None:
        """Note what pages of ours do not have."""
        self.other.append(data)

    def unknown_decl(self, data: str) -> None:
        """Note what pages of ours do not have."""
        self.other.append(data)

    def said(self, tag: str) -> list[str]:
        """Return the texts in elements of a kind."""
        return [text for parent, text in self.texts if parent == tag]
