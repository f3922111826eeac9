# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of packages in the architecture guide holds, and an import that it does not allow is found."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import pytest

TOOLS = Path(__file__).resolve().parents[3] / "tests" / "tools" / "consistency"
UTILS = "ansible_collections.tmi.tmi.plugins.module_utils"
GUIDE = """
.. list-table::
    :header-rows: 1

    * - Package
      - Contents
      - May import
    * - ``modules``
      - modules, as ``tmi_*.py``
      - ``_api/v1``,
        ``_engine``
    * - ``_api/v1``
      - a generation
      - ``_engine``
    * - ``_engine``
      - plans
      - nothing
    * - ``_*.py``
      - the rest
      - nothing

Text.
"""
EMPTY = "    * - ``_http``\n      - x\n      - nothing\n    * - ``_engine``\n"
FILES = {
    "modules/tmi_a.py": f"from {UTILS}._api.v1.server import connect\nfrom {UTILS} import _engine\n",
    "module_utils/_api/v1/server.py": "from ..._engine.plan import plan\nfrom ..._errors import TmiError\nconnect = 1",
    "module_utils/_engine/__init__.py": "",
    "module_utils/_engine/plan.py": "import json\nfrom .tree import Tree\n",
    "module_utils/_engine/tree.py": "from .._errors import TmiError\nTree = 1\n",
    "module_utils/_errors.py": "class TmiError(Exception): pass\n",
}


@pytest.fixture
def import_rules(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(TOOLS))
    return importlib.import_module("import_rules")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with a table, a picture and a few packages that keep to it."""
    for name, text in FILES.items():
        path = tmp_path / "plugins" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    pages = tmp_path / "docs" / "docsite" / "rst"
    (pages / "images").mkdir(parents=True)
    (pages / "guide_architecture.rst").write_text(GUIDE, "utf-8")
    names = ("modules", "_api/v1", "_engine", "_*.py")
    (pages / "images" / "architecture.svg").write_text("".join(f"<text>{name}</text>" for name in names), "utf-8")
    return tmp_path


def complaints(import_rules: ModuleType, root: Path) -> str:
    return "\n".join(import_rules.complaints(root))


def put(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def test_the_repository_keeps_to_its_table(import_rules: ModuleType) -> None:
    assert complaints(import_rules, import_rules.ROOT) == ""


def test_allowed_imports_pass(import_rules: ModuleType, root: Path) -> None:
    assert complaints(import_rules, root) == ""


@pytest.mark.parametrize(
    "text",
    [
        "from .._api.v1.server import connect\n",
        "from .._api.v1 import server\n",
        "from .. import _api\nfrom .._api.v1.server import connect as c\n",
        f"import {UTILS}._api.v1.server\n",
        f"from {UTILS}._api.v1 import server\n",
        "def late():\n    from .._api.v1.server import connect\n    return connect\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .._api.v1.server import connect\n",
        "try:\n    from .._api.v1.server import connect\nexcept ImportError:\n    connect = None\n",
        f'import importlib\nimportlib.import_module("{UTILS}._api.v1.server")\n',
        f'from importlib import import_module\nimport_module("{UTILS}._api.v1.server")\n',
    ],
)
def test_an_import_without_a_permission_is_found(import_rules: ModuleType, root: Path, text: str) -> None:
    put(root, "plugins/module_utils/_engine/late.py", text)
    line = next(number for number, row in enumerate(text.splitlines(), 1) if "v1" in row)
    expected = f"plugins/module_utils/_engine/late.py:{line}: _engine may not import _api/v1, see the table in"
    assert expected in complaints(import_rules, root)


def test_a_package_without_a_row_is_found(import_rules: ModuleType, root: Path) -> None:
    put(root, "plugins/module_utils/_new/part.py", "")
    put(root, "plugins/module_utils/_api/v2/server.py", "")
    assert complaints(import_rules, root).splitlines() == [
        f"{path} belongs to no row of the table of packages in docs/docsite/rst/guide_architecture.rst"
        for path in ("plugins/module_utils/_api/v2/server.py", "plugins/module_utils/_new/part.py")
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("      - nothing\n    * - ``_*", "      - ``_api/v1``\n    * - ``_*", "is not below it: a circle of packages"),
        ("``_api/v1``,\n        ``_engine``", "``_api/v1``, ``_engine``, ``_http``", "import _http, which has no row"),
        ("    * - ``_engine``\n", EMPTY, "has _http, which is no"),
        ("    * - ``_engine``\n", EMPTY, "svg does not show _http"),
        ("``_*.py``", "``_e*.py``", "svg does not show _e*.py"),
    ],
)
def test_a_wrong_table_is_found(import_rules: ModuleType, root: Path, old: str, new: str, expected: str) -> None:
    assert old in GUIDE
    put(root, "docs/docsite/rst/guide_architecture.rst", GUIDE.replace(old, new))
    assert expected in complaints(import_rules, root)


def test_a_permission_that_nothing_uses_is_found(import_rules: ModuleType, root: Path) -> None:
    put(root, "plugins/modules/tmi_a.py", f"from {UTILS}._api.v1.server import connect\n")
    assert "lets modules import _engine, and it does not" in complaints(import_rules, root)


def test_a_guide_without_the_table_ends_the_check(import_rules: ModuleType) -> None:
    with pytest.raises(SystemExit, match="no table with the headings Package and May import"):
        import_rules.rules(GUIDE.replace("- Package", "- Folder"))


def test_a_circle_of_files_is_found(import_rules: ModuleType, root: Path) -> None:
    put(root, "plugins/module_utils/_engine/tree.py", "def late():\n    from .plan import plan\nTree = 1\n")
    circle = "module_utils/_engine/plan.py -> module_utils/_engine/tree.py -> module_utils/_engine/plan.py"
    assert complaints(import_rules, root) == f"plugins: imports in a circle: {circle}"


@pytest.mark.parametrize(
    ("path", "row"),
    [
        ("module_utils/_api/v1/texts/html.py", "_api/v1"),
        ("module_utils/_api/client.py", "_api/client.py"),
        ("module_utils/_api/server.py", "_api"),
        ("module_utils/_options.py", "_options.py"),
        ("module_utils/_errors.py", "_*.py"),
        ("plugin_utils/_vault.py", "plugin_utils/_*.py"),
        ("plugin_utils/_report/_x.py", None),
    ],
)
def test_a_file_belongs_to_the_most_exact_row(import_rules: ModuleType, path: str, row: str | None) -> None:
    names = ("_api", "_api/client.py", "_api/v1", "plugin_utils/_*.py", "_options.py", "_*.py")
    assert import_rules.row_of(Path(path), dict.fromkeys(names, frozenset())) == row


def test_the_embedded_server_imports_nothing_of_the_client(import_rules: ModuleType, root: Path) -> None:
    put(root, "roles/sandbox/files/tmi_sandbox/app.py", f"from {UTILS}._errors import TmiError\n")
    expected = "roles/sandbox/files/tmi_sandbox/app.py names ansible_collections.tmi.tmi: the embedded server shares no"
    assert complaints(import_rules, root).startswith(expected)
