# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Examples are found, none is overlooked, and what is wrong with one is told."""

from __future__ import annotations

import pytest

from ansible_collections.tmi.tmi.tests.docs import blocks, console, kinds

RST = """Title
*****

.. example: not run: needs a browser

.. code-block:: console

    $ ansible-playbook login.yml

* In a list:

  .. code-block:: yaml+jinja

      # models/shop.yml
      tmi_definition: 1

      name: Shop

.. code-block:: text

    no example
"""
MARKDOWN = """# Title

<!-- example: parse: half of a file -->
```yaml
a: 1
```

```console
$ make test
```
"""


def test_blocks_of_rst() -> None:
    first, second, third = blocks.of_rst("page.rst", RST)
    assert (first.language, first.how, first.why, first.place) == (
        "console",
        "not run",
        "needs a browser",
        "page.rst:6",
    )
    assert (second.how, second.file) == ("", "models/shop.yml")
    assert second.text == "# models/shop.yml\ntmi_definition: 1\n\nname: Shop\n"
    assert third.language == "text"


def test_blocks_of_markdown() -> None:
    first, second = blocks.of_markdown("page.md", MARKDOWN)
    assert (first.how, first.why, first.text) == ("parse", "half of a file", "a: 1\n")
    assert (second.how, second.language, second.line) == ("", "console", 8)


@pytest.mark.parametrize("line", ["An example::", ".. code:: yaml", ".. literalinclude:: x.yml", "    a list::"])
def test_code_that_would_be_overlooked(line: str) -> None:
    with pytest.raises(AssertionError, match=r"page\.rst:1: write code as a code-block"):
        blocks.of_rst("page.rst", line + "\n\n    a: 1\n")


def test_a_fence_without_a_language() -> None:
    with pytest.raises(AssertionError, match="name the language"):
        blocks.of_markdown("page.md", "```\na: 1\n```\n")


def test_a_mark_without_a_reason_is_none() -> None:
    (block,) = blocks.of_rst("page.rst", ".. example: not run\n\n.. code-block:: yaml\n\n    a: 1\n")
    assert block.how == ""


def test_commands_and_what_they_print() -> None:
    text = "$ export A=1 \\\n    B=2\n$ run   # why\nfirst\n...\nlast\n"
    assert list(console.commands(text)) == [("export A=1     B=2", ""), ("run   # why", "first\n...\nlast\n")]


def test_what_is_shown_must_be_printed_in_this_order() -> None:
    console.check_shown("a   1\n...\nb: http://127.0.0.1:18100", "a 1\nx\nb:   http://127.0.0.1:41873\n", "here")
    for shown in ("c", "b\n...\na"):
        with pytest.raises(AssertionError, match="is not printed"):
            console.check_shown(shown, "a\nb\n", "here")


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (console.make, "make nonsense"),
        (console.make, "make"),
        (console.nox, ".venv/bin/nox -s nonsense"),
        (console.nox, ".venv/bin/nox -s integration -- nonsense"),
        (console.pytest, ".venv/bin/pytest tests/nonsense/test_x.py"),
        (console.galaxy, "ansible-galaxy collection install dist/tmi-tmi-0.0.1.tar.gz"),
        (console.pip, "python -m pip install requests"),
    ],
)
def test_commands_that_name_what_is_not_there(check: object, words: str) -> None:
    with pytest.raises(AssertionError):
        check(words.split(), None)  # type: ignore[operator]


def test_parts_that_do_not_fit() -> None:
    with pytest.raises(AssertionError, match="severty"):
        kinds.check_schema({"threats": {"a": {"severty": "high"}}}, "here")
    with pytest.raises(AssertionError, match="has no options"):
        kinds.check_defaults({"group/tmi.tmi.tmi": {"adress": "x"}}, "here")
