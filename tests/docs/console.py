# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines of a shell in the documentation: run, or held against what they name. What they show must be printed."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

from ansible_collections.tmi.tmi.tests.docs.blocks import Block
from ansible_collections.tmi.tmi.tests.docs.workplace import ROOT, Workplace, squeezed

Words = list[str]


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Yield each command and what is shown of its output."""
    for part in re.split(r"^\$ ", text.replace("\\\n", ""), flags=re.MULTILINE)[1:]:
        command, _end, shown = part.partition("\n")
        yield command, shown


def check_shown(shown: str, printed: str, place: str) -> None:
    """Hold what a page shows against what was printed; `...` stands for anything."""
    rest = squeezed(printed)
    for piece in re.split(r"\.\.\.|…", shown):
        wanted = squeezed(piece)
        if wanted:
            _before, found, rest = rest.partition(wanted)
            assert found, f"{place}: {wanted!r} is not printed here:\n{printed}"


# ------------------------------------------------------------------------ commands that are run
def export(words: Words, workplace: Workplace) -> str:
    for word in words[1:]:
        name, equals, value = word.partition("=")
        if equals:
            workplace.export(name, value)
    return ""


def ansible(words: Words, workplace: Workplace) -> str:
    return workplace.run(*words, *(workplace.extra(" ".join(words)) if words[0] == "ansible-playbook" else []))


def sandbox(words: Words, workplace: Workplace) -> str:
    """The embedded server by hand. One that serves in the foreground has to be ended."""
    if words[3] != "serve":
        return workplace.run(*words)
    free = ["0" if word == "18100" else word for word in words]
    place = {"cwd": workplace.folder, "env": workplace.variables}
    with subprocess.Popen(free, **place, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.terminate()
    assert "url" in json.loads(line), line
    return line


# ----------------------------------------------------- commands that are held against what they name
def make(words: Words, _workplace: Workplace) -> str:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    asked = {word for word in words[1:] if "=" not in word}
    assert asked, "make what?"
    assert asked <= set(targets), asked - set(targets)
    return ""


def nox(words: Words, _workplace: Workplace) -> str:
    sessions = re.findall(r"^def (\w+)\(session", (ROOT / "noxfile.py").read_text("utf-8"), re.MULTILINE)
    if "-s" in words:
        assert words[words.index("-s") + 1] in sessions, words
    if "integration" in words and "--" in words:
        for target in words[words.index("--") + 1 :]:
            assert (ROOT / "tests/integration/targets" / target).is_dir(), target
    return ""


def pytest(words: Words, _workplace: Workplace) -> str:
    paths = [Path(word) for word in words[1:] if "/" in word]
    assert paths, words
    assert all((ROOT / path).parent.is_dir() for path in paths), paths
    return ""


def galaxy(words: Words, _workplace: Workplace) -> str:
    """tests/tools/build.py installs what it has built; here is left that it is called so."""
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text("utf-8"))["version"]
    assert words == ["ansible-galaxy", "collection", "install", f"dist/tmi-tmi-{version}.tar.gz"], words
    return ""


def pip(words: Words, _workplace: Workplace) -> str:
    needed = re.findall(r"^[\w-]+", (ROOT / "meta/ee-requirements.txt").read_text("utf-8"), re.MULTILINE)
    assert words[:4] == ["python", "-m", "pip", "install"], words
    assert sorted(words[4:]) == sorted({*needed} - {"urllib3"}), words  # which comes with requests
    return ""


def read(words: Words, _workplace: Workplace) -> str:
    """A secret typed in: in these tests nobody types, and it is there."""
    assert words == ["read", "-rs", "TMI_TOKEN", "&&", "export", "TMI_TOKEN"], words
    return ""


#: By how a command begins, the longest first.
KINDS: dict[str, Callable[[Words, Workplace], str]] = {
    "python -m tmi_sandbox": sandbox,
    "python -m pip": pip,
    "ansible-galaxy": galaxy,
    "ansible-playbook": ansible,
    "ansible-inventory": ansible,
    "ansible-doc": ansible,
    "export": export,
    "make": make,
    ".venv/bin/nox": nox,
    ".venv/bin/pytest": pytest,
    "read": read,
}


def run(block: Block, workplace: Workplace) -> None:
    """Run the commands of a block, or check them.

    :raises AssertionError: if one fails, prints something else than is shown, or is of an unknown kind
    """
    found = list(commands(block.text))
    assert found, f"{block.place}: commands begin with `$ `"
    for command, shown in found:
        words = shlex.split(workplace.translated(command), comments=True)
        while re.fullmatch(r"[A-Z_]+=.*", words[0]):
            workplace.export(*words.pop(0).split("=", 1))
        kind = next((kind for begin, kind in KINDS.items() if " ".join(words).startswith(begin)), None)
        assert kind, f"{block.place}: nobody knows how to check `{command}`; mark it, with the reason"
        check_shown(shown, kind(words, workplace), block.place)
