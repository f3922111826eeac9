# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of filters import little: ansible-core imports them for each worker, also for another filter of the folder."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[4] / "plugins"
COLLECTION = "ansible_collections.tmi.tmi.plugins."


def at_the_top(path: Path, found: set[Path]) -> set[Path]:
    """Add to ``found`` the files of the collection that a file imports outside of functions, directly or not."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if not isinstance(node, ast.ImportFrom):
            continue
        if node.level:
            file = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
        elif (node.module or "").startswith(COLLECTION):
            file = PLUGINS.joinpath(*(node.module or "").removeprefix(COLLECTION).split("."))
        else:
            continue
        for name in [file.with_suffix(".py"), *(file / f"{alias.name}.py" for alias in node.names)]:
            if name.exists() and name not in found:
                found.add(name)
                at_the_top(name, found)
    return found


@pytest.mark.parametrize("path", sorted(PLUGINS.glob("filter/*.py")), ids=lambda path: path.stem)
def test_a_filter_imports_the_common_part_only(path: Path) -> None:
    common = {"_filters.py", "_errors.py", "_failures.py", "_values.py"}
    assert {file.name for file in at_the_top(path, set())} <= common
