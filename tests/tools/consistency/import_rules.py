# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Imports between the packages of plugins: the architecture guide has a table of those that are allowed.

A row of the table is a folder, a file, or a pattern of files, below ``plugins/``; the names of ``module_utils/`` are
written without it. A file belongs to the most exact row. A package imports rows below its own, so there is no circle
of packages. The last row needs no permission.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
GUIDE = Path("docs", "docsite", "rst", "guide_architecture.rst")
PICTURE = Path("docs", "docsite", "rst", "images", "architecture.svg")
COLLECTION = "ansible_collections.tmi.tmi."
SANDBOX = Path("roles", "sandbox", "files")

_TABLE = re.compile(r"^\.\. list-table::\n((?:(?: +.*)?\n)+)", re.MULTILINE)
_ROW, _CELL = re.compile(r"^ {4}\* - ", re.MULTILINE), re.compile(r"^ {6}- ", re.MULTILINE)

#: Row of the table -> the rows that it may import; from top to bottom.
Rules = Mapping[str, frozenset[str]]


def rules(guide: str) -> Rules:
    """Return the rows of the list-table with the headings "Package" and "May import". Ends the run without one."""
    rows: dict[str, frozenset[str]] = {}
    for table in _TABLE.findall(guide):
        heads, *cells = (_CELL.split(row) for row in _ROW.split(table)[1:])
        if (heads[0].strip(), heads[-1].strip()) == ("Package", "May import"):
            rows.update({_names(row[0])[0]: frozenset(_names(row[-1])) for row in cells})
    if not rows:
        raise SystemExit(f"{GUIDE} has no table with the headings Package and May import")
    return rows


def _names(cell: str) -> list[str]:
    return re.findall(r"``([^`]+)``", cell)


def row_of(path: Path, rows: Rules) -> str | None:
    """Return the most exact row for a file, whose path is given below ``plugins/``."""
    name = path.as_posix().removeprefix("module_utils/")
    fitting = [
        row
        for row in rows
        if row == name or name.startswith(f"{row}/") or (fnmatch(name, row) and name.count("/") == row.count("/"))
    ]
    return max(fitting, key=lambda row: ("*" not in row, len(row)), default=None)


def imported(path: Path, plugins: Path) -> Iterator[tuple[int, Path]]:
    """Yield (line, file of the collection) for each import in a file: at its top, in functions, for types, by name."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            start = path.parents[node.level - 1].relative_to(plugins.parent).parts if node.level else ()
            module = ".".join((*start, *([node.module] if node.module else [])))
            names = [f"{module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            names = [part.value for part in node.args[:1] if isinstance(part, ast.Constant)]
        else:
            continue
        for name in names:
            file = _file(name.removeprefix(COLLECTION).split("."), plugins)
            if file is not None:
                yield node.lineno, file


def _file(parts: list[str], plugins: Path) -> Path | None:
    """Return the file of a module, or of the module that has this attribute; None for one outside plugins."""
    if parts[0] != plugins.name:
        return None
    for end in range(len(parts), 1, -1):
        path = plugins.parent.joinpath(*parts[:end])
        for file in (path.with_suffix(".py"), path / "__init__.py"):
            if file.is_file():
                return file
    return None


def circle(graph: Mapping[Path, frozenset[Path]]) -> list[Path]:
    """Return files of which each imports the next and the last imports the first; empty if there are none."""
    left = dict(graph)
    while free := [file for file, targets in left.items() if not targets.intersection(left)]:
        for file in free:
            del left[file]
    chain: list[Path] = []
    following = min(left, default=None)
    while following is not None and following not in chain:
        chain.append(following)
        following = min(left[following].intersection(left))
    return chain[chain.index(following) :] if following is not None else []


def complaints(root: Path = ROOT) -> Iterator[str]:
    """Yield what is wrong with the table, with imports that it does not allow, and with circles."""
    rows = rules((root / GUIDE).read_text("utf-8"))
    yield from _table(rows, (root / PICTURE).read_text("utf-8"))
    plugins, base = root / "plugins", list(rows)[-1]
    graph, used, full = {}, set(), set()
    for path in sorted(plugins.rglob("*.py")):
        home, found = row_of(path.relative_to(plugins), rows), list(imported(path, plugins))
        graph[path] = frozenset(file for _line, file in found) - {path}
        if home is None:
            yield f"{path.relative_to(root)} belongs to no row of the table of packages in {GUIDE}"
            continue
        full.add(home)
        for line, file in found:
            target = row_of(file.relative_to(plugins), rows)
            used.add((home, target))
            if target not in {None, home, base, *rows[home]}:
                yield f"{path.relative_to(root)}:{line}: {home} may not import {target}, see the table in {GUIDE}"
    for row in rows:
        if row not in full:
            yield f"{GUIDE}: the table of packages has {row}, which is no file or folder of plugins"
        for name in sorted(rows[row]):
            if name in rows and (row, name) not in used:
                yield f"{GUIDE}: the table lets {row} import {name}, and it does not: take {name} out of its row"
    files = [str(path.relative_to(plugins)) for path in circle(graph)]
    if files:
        yield f"plugins: imports in a circle: {' -> '.join((*files, files[0]))}"
    yield from _sandbox(root)


def _table(rows: Rules, picture: str) -> Iterator[str]:
    order = list(rows)
    for number, (row, allowed) in enumerate(rows.items()):
        for name in sorted(allowed):
            if name not in rows:
                yield f"{GUIDE}: the table lets {row} import {name}, which has no row"
            elif order.index(name) <= number:
                yield f"{GUIDE}: the table lets {row} import {name}, which is not below it: a circle of packages"
        if f">{row}<" not in picture:
            yield f"{PICTURE} does not show {row}, which has a row in {GUIDE}"


def _sandbox(root: Path) -> Iterator[str]:
    """The embedded server is an independent reading of the facts about TMI, so it imports nothing of the client."""
    for path in sorted((root / SANDBOX).rglob("*.py")):
        if COLLECTION in path.read_text("utf-8"):
            yield f"{path.relative_to(root)} names {COLLECTION[:-1]}: the embedded server shares no code with it"
