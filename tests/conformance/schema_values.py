# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values for the schemas of an OpenAPI description: mostly valid ones, ones at the limits, and a few that are wrong.

Hypothesis makes the choices, so a seed repeats them. What stands for an object of the server is a :class:`Ref`, which
each server gets its own identifier for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from hypothesis import strategies as st

Json = Any
Schema = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]

#: How many of a hundred values are of another type than their schema says, and how many break one of its limits.
WRONG_TYPE, WRONG_LIMIT = 2, 4
DEEPEST = 6

WORDS = ("web", "Payment Gateway", "orders", "a b", "Data Store 7", "kunde", "x")
TEXTS = (
    *("It's", "R&D portal", "R&amp;D", "a < b", "if a<b then c", "Vec<int>", "<b>bold</b>", "<i></i>", "a &lt;b&gt; c"),
    *(
        "Tom & Jerry",
        "line\nbreak",
        "tab\there",
        "cr\r\nlf",
        " padded ",
        "   ",
        "caf\u00e9",
        "cafe\u0301",
        "\u2192",
        "😀",
    ),
    *(
        "a\u200bb",
        "\u202eabc",
        "\ufeffabc",
        "a\u00a0b",
        "\uff1cx\uff1e",
        "\x00",
        "\x07",
        "o\u0301\u0302\u0303",
        "{{ x }}",
    ),
    *(
        "${x}",
        "<% x %>",
        "#{x}",
        "onload = x",
        "javascript:x",
        "<script>x</script>",
        "<!-- c -->x",
        "&copy;",
        "a&#39;b",
    ),
    *("High", "In Progress", "in_progress", "oneSide", "none", "CRITICAL", "http://x.example.com/", "1.0", "true"),
)
ADDRESSES = (
    *(
        "https://docs.example.com/a",
        "https://wiki.example.com/x?y=1&z=2",
        "https://a.b.example.com:8443/",
        "ftp://example.com/a",
    ),
    *("http://docs.example.com/a", "https://example.com", "https://nowhere.test/x", "https://127.0.0.1/x", "https://"),
    *(
        "HTTPS://DOCS.EXAMPLE.COM/A",
        "https://github.com/x/y.git",
        "https://user:pw@docs.example.com/",
        "docs.example.com",
    ),
    *(
        "https://docs.example.com/a&amp;b",
        "https://docs.example.com/<b>",
        "https://docs.example.com/%zz",
        "https://x y",
    ),
)
MARKUP = (
    *(
        "# Title\n\ntext",
        "a & b",
        "`a && b`",
        "<b>x</b>",
        "<a href='/x'>y</a>",
        '<a href="https://x.test/">y</a>',
        "x<br>y",
    ),
    *("x<br/>y", '<img src="a.png" alt="b">', '<img src="javascript:x">', "<input type='checkbox' checked disabled> t"),
    *(
        '<td align="right">1</td>',
        '<p align="center">x</p>',
        "</a>",
        "<a>x</a>",
        "<a href=''>x</a>",
        "<T>",
        "<https://x.test>",
    ),
    *(
        '<a href="../rel" target="_blank" rel="me">x</a>',
        "<span style='color:red'>x</span>",
        "<div id=x class=y>z</div>",
    ),
    *(
        "<svg viewBox='0 0 1 1'><path d='M0 0'/></svg>",
        "<script>x</script>y",
        "<style>x</style>",
        "<!-- c -->",
        "a < b > c",
    ),
    *(
        "- [x] done",
        "| a | b |\n|---|--:|\n| 1 | 2 |",
        "> quote",
        "[x](javascript:y)",
        "&amp; &lt; &copy;",
        "'\"",
        "\r\n",
    ),
)
KEYS = ("k", "owner", "a-b", "a_b", "a.b", "a/b", "a:b", "description", "updated_at", "k" * 129, "x y", "", "Z9")
SPECIAL = {"uri": ADDRESSES, "issue_uri": ADDRESSES, "content": MARKUP, "key": KEYS}
PLAIN_LETTERS = "abcdefghij ABC-_0123"
JUNK: tuple[Json, ...] = (None, True, 0, 7, -1, 1.5, "", "x", [], {}, [1], {"a": 1}, [[]], 1e30, "null")
UUID_PATTERN = re.compile(r"\^?(\^\$\|\^)?\[0-9a-fA-F\](\*|\{8\})-")


class Ref(NamedTuple):
    """An object by kind and number, of those that the servers have; a number beyond them is one that is not there."""

    kind: str
    number: int


def chance(draw: Draw, percent: int) -> bool:
    """Return whether something happens that happens so often."""
    return bool(draw(st.integers(0, 99)) < percent)


def pick(draw: Draw, values: Any) -> Any:
    """Return one of some values."""
    return draw(st.sampled_from(list(values)))


class Values:
    """Draws values for schemas.

    :param description: the whole OpenAPI description, which the schemas refer to
    :param own: values for members by their names, each a function of the draw; they win over what a schema says
    """

    def __init__(self, description: dict[str, Any], own: dict[str, Callable[[Draw], Json]]) -> None:
        self._description = description
        self._own = own

    def resolved(self, schema: Schema) -> Schema:
        """Return a schema without ``$ref`` and ``allOf`` at its top."""
        while "$ref" in schema:
            found: Any = self._description
            for part in schema["$ref"].split("/")[1:]:
                found = found[part]
            schema = found
        if "allOf" not in schema:
            return schema
        whole: Schema = {name: value for name, value in schema.items() if name != "allOf"}
        for one in map(self.resolved, schema["allOf"]):
            members = {**one.get("properties", {}), **whole.get("properties", {})}
            required = [*whole.get("required", []), *one.get("required", [])]
            whole = {**one, **whole, "properties": members, "required": required}
        return whole

    def draw(self, draw: Draw, schema: Schema, name: str = "", depth: int = 0) -> Json:
        """Return a value for the member of a name."""
        schema = self.resolved(schema)
        if chance(draw, WRONG_TYPE):
            return pick(draw, JUNK)
        if schema.get("nullable") and chance(draw, 8):
            return None
        if name in self._own:
            return self._own[name](draw)
        if "enum" in schema:
            return pick(draw, schema["enum"]) if not chance(draw, WRONG_LIMIT) else pick(draw, TEXTS)
        if "oneOf" in schema and schema.get("type") != "object":
            return self.draw(draw, pick(draw, schema["oneOf"]), name, depth)
        kinds: dict[str, Callable[[Draw, Schema, str, int], Json]] = {
            "object": self._object,
            "array": self._array,
            "string": self._string,
            "integer": self._number,
            "number": self._number,
        }
        make = kinds.get(schema.get("type", "object"))
        return bool(chance(draw, 50)) if make is None else make(draw, schema, name, depth)

    def _object(self, draw: Draw, schema: Schema, _name: str, depth: int) -> Json:
        required = set(schema.get("required", ()))
        share = 45 if depth < 2 else 25
        whole: dict[str, Json] = {}
        for name, member in schema.get("properties", {}).items():
            if name in required:
                wanted = not chance(draw, WRONG_TYPE)
            else:
                wanted = depth < DEEPEST and not member.get("readOnly") and chance(draw, share)
            if wanted:
                whole[name] = self.draw(draw, member, name, depth + 1)
        if chance(draw, WRONG_TYPE):
            whole[pick(draw, ("unknown", "id", "created_at", "alias", "version"))] = pick(draw, JUNK)
        return whole

    def _array(self, draw: Draw, schema: Schema, name: str, depth: int) -> Json:
        least, most = schema.get("minItems", 0), schema.get("maxItems", 1000)
        count = draw(st.integers(least, max(least, min(most, 3))))
        if chance(draw, WRONG_LIMIT):
            count = most + 1 if most <= 100 else max(0, least - 1)
        if count <= 3:
            return [self.draw(draw, schema["items"], f"{name}[]", depth + 1) for _number in range(count)]
        return [self.draw(draw, schema["items"], f"{name}[]", depth + 1)] * count

    def _number(self, draw: Draw, schema: Schema, _name: str, _depth: int) -> Json:
        whole = schema.get("type") == "integer"
        least, most = schema.get("minimum", -50), schema.get("maximum", 500)
        if chance(draw, WRONG_LIMIT):
            return pick(draw, (least - 1, most + 1, 0.5, 2**40, 1e15))
        if whole or chance(draw, 50):
            return draw(st.integers(int(least), int(most)))
        return draw(st.integers(int(least * 10), int(most * 10))) / pick(draw, (10, 10, 10, 8, 100))

    def _string(self, draw: Draw, schema: Schema, name: str, _depth: int) -> Json:
        pattern, most = schema.get("pattern", ""), schema.get("maxLength", 256)
        if UUID_PATTERN.match(pattern):
            return self._own["uuid"](draw)
        if chance(draw, WRONG_LIMIT):
            longest = ("x" * most, "x" * (most + 1), "\u00e9" * most, "") if most <= 2100 else ("",)
            return pick(draw, longest)
        if name in SPECIAL and not chance(draw, 10):
            return pick(draw, SPECIAL[name])
        likely = 30 if most > 40 else 5
        if chance(draw, likely):
            return pick(draw, TEXTS)
        word: str = pick(draw, WORDS) if chance(draw, 60) else draw(st.text(PLAIN_LETTERS, min_size=1, max_size=12))
        if not pattern or re.fullmatch(pattern, word):
            return word[:most]
        return draw(
            st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True, alphabet=st.characters(max_codepoint=126))
        )
