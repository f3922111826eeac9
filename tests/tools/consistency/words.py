# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Words that plain English does not need: each has a usual word in their place, which readers know at once.

``words.py`` prints how often each folder has them, ``words.py plugins/filter README.md`` the lines of these places.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

#: Word -> what to write instead.
WORDS = {
    r"tell|tells|told|telling": "report, detect, decide, distinguish, say",
    r"shall": "must, will, should",
    r"nobody": "no one, no user, no run",
    r"somebody": "another user, a person",
    r"stand|stands|stood": "be, be written, be kept",
}
#: Phrases in which a word has a meaning of its own.
ALLOWED = (r"stands? for", r"stand-(?:in|alone)", r"file\.tell\(\)")

#: Where words are looked for: each folder or file is a place of its own.
PLACES = ("plugins/*", "roles/*", "docs/*", "playbooks", "README.md", "CONTRIBUTING.md", "SECURITY.md")
ENDINGS = frozenset((".j2", ".json", ".md", ".py", ".rst", ".txt", ".yml"))

_WORD = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(WORDS)})(?![A-Za-z])", re.IGNORECASE)
_ALLOWED = re.compile(rf"\b(?:{'|'.join(ALLOWED)})", re.IGNORECASE)


def places(root: Path) -> Iterator[str]:
    """Yield the places that there are, as paths below the root."""
    for pattern in PLACES:
        names = (path.relative_to(root).as_posix() for path in sorted(root.glob(pattern)))
        yield from (name for name in names if not Path(name).name.startswith((".", "_")))


def files(root: Path, place: str) -> Iterator[Path]:
    """Yield the files of a place that people write."""
    path = root / place
    for file in [path] if path.is_file() else sorted(path.rglob("*")):
        if file.suffix in ENDINGS and file.is_file():
            yield file


def words(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line, word) for each word in a text, also in names such as ``is_told``, but not in allowed phrases."""
    for number, line in enumerate(text.splitlines(), 1):
        allowed = [found.span() for found in _ALLOWED.finditer(line)]
        for found in _WORD.finditer(line):
            if not any(start <= found.start() < end for start, end in allowed):
                yield number, found[0].lower()


def found_in(root: Path, place: str) -> Iterator[tuple[str, int, str]]:
    """Yield (file, line, word) for each word in a place."""
    for file in files(root, place):
        for line, word in words(file.read_text("utf-8")):
            yield file.relative_to(root).as_posix(), line, word


def complaints(root: Path = ROOT) -> Iterator[str]:
    """Yield each word in any place, with what to write instead."""
    for place in places(root):
        for file, line, word in found_in(root, place):
            better = next((better for pattern, better in WORDS.items() if re.fullmatch(pattern, word)), "")
            yield f'{file}:{line}: write another word than "{word}" ({better})'


def main(arguments: list[str]) -> int:
    for place in arguments:
        for file, line, word in found_in(ROOT, place):
            print(f"{file}:{line}: {word}")
    if not arguments:
        total: Counter[str] = Counter()
        for place in places(ROOT):
            counts = Counter(word for _file, _line, word in found_in(ROOT, place))
            total += counts
            named = ", ".join(f"{word} {number}" for word, number in counts.most_common())
            print(f"{sum(counts.values()):5}  {place}{f' ({named})' if named else ''}")
        print(f"{sum(total.values()):5}  in all")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
