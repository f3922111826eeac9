# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of promises: its rows, the fixed sample, and the page that says the same."""

from __future__ import annotations

import importlib
import importlib.util
import re
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from ansible_collections.tmi.tmi.tests.harness.promises import Row, lines, on_live, sampled, without_guards

ROOT = Path(__file__).resolve().parents[3]


def item(name: str, fixtures: tuple[str, ...] = (), **options: Any) -> Any:
    """Return what stands for an item of pytest that is marked with a promise."""
    mark = SimpleNamespace(args=("It holds",), kwargs=options) if options else None
    return SimpleNamespace(
        nodeid=f"test_x.py::test[{name}]", fixturenames=fixtures, get_closest_marker=lambda _name: mark
    )


@pytest.mark.parametrize(("sample", "kept"), [(1, "0"), (2, "05"), (3, "036"), (10, "0123456789"), (99, "0123456789")])
def test_the_sample_is_spread_evenly_and_always_the_same(sample: int, kept: str) -> None:
    items = [item(str(number), sample=sample) for number in range(10)]
    assert re.findall(r"\d", "".join(one.nodeid for one in sampled(items))) == list(kept)


def test_items_without_a_promise_are_in_every_sample() -> None:
    items = [item("a"), item("b", sample=1), item("c", sample=1)]
    assert sampled(items) == items[:2]


def test_a_live_server_gets_what_needs_no_controls() -> None:
    items = [item("a", ("site",)), item("b", ("server",)), item("c", ("site", "server")), item("d")]
    assert on_live(items) == items[:1]


def test_one_item_proves_that_a_promise_can_fail() -> None:
    items = [item(name, guard="m:a", fails="v1") for name in ("v0", "v1", "v1-more")]
    assert list(without_guards(items)) == [items[1]]
    with pytest.raises(pytest.UsageError, match="has v1 in its id"):
        list(without_guards(items[:1]))


def test_rows_count_cases_and_say_whether_the_test_can_fail() -> None:
    row = Row()
    row.add("passed", {"cases": 7})
    row.add("failed", {"cases": 3})
    row.add("failed", {})
    row.add("skipped", {"cases": 9})
    assert row.cells() == ("11", "7", "not tried")
    row.add("passed", {"proof": True})
    assert row.cells() == ("11", "7", "yes")
    row.add("failed", {"proof": True})
    assert row.cells() == ("11", "7", "NO")
    assert list(lines({"It holds": row}))[1:] == [
        "It holds |    11 |    7 | NO",
        "1 promises, 11 cases, 7 held",
    ]


# --------------------------------------------------------------------------------------------------------- the page
@pytest.fixture
def promised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the tool that reads the page, with a page and tests of its own."""
    spec = importlib.util.spec_from_file_location("promised", ROOT / "tests" / "tools" / "consistency" / "promised.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    page, tests = tmp_path / "page.rst", tmp_path / "trust"
    tests.mkdir()
    (tests / "test_a.py").write_text('P = "It holds"\n@pytest.mark.promise(P)\ndef test(): ...\n')
    (tests / "test_b.py").write_text('@pytest.mark.promise("It lasts " "long", sample=2)\ndef test(): ...\n')
    page.write_text(
        "    * - promise\n      - cases\n      - test in ``tests/trust``\n"
        "    * - It holds\n      - 1,200\n      - ``test_a.py``\n"
        "    * - It lasts\n        long\n      - 5\n      - ``test_b.py``\n\nEnd.\n"
    )
    monkeypatch.setattr(tool, "PAGE", page)
    monkeypatch.setattr(tool.on_page, "__defaults__", (page,))
    monkeypatch.setattr(tool.marked, "__defaults__", (tests,))
    return tool


def test_page_and_tests_that_agree(promised: Any) -> None:
    assert list(promised.disagreements()) == []
    assert promised.on_page()["It holds"].cases == 1200


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("It holds", "It stays", "page.rst lacks the promise of test_a.py: It holds"),
        ("It holds", "It stays", "page.rst has a promise that no trust test is marked with: It stays"),
        ("``test_a.py``", "``test_b.py``", "page.rst names other files than test_a.py for: It holds"),
    ],
)
def test_page_and_tests_that_disagree(promised: Any, old: str, new: str, complaint: str) -> None:
    promised.PAGE.write_text(promised.PAGE.read_text().replace(old, new))
    assert complaint in list(promised.disagreements())


def test_fewer_cases_than_the_page_promises(promised: Any) -> None:
    assert list(promised.lacking({"It holds": 1300, "It lasts long": 5})) == []
    assert list(promised.lacking({"It holds": 1199})) == [
        "page.rst promises 1200 cases, 1199 were held: It holds",
        "page.rst promises 5 cases, 0 were held: It lasts long",
    ]


GUARDS = ROOT / "tests" / "trust" / "guards"


def load(path: Path) -> ModuleType:
    """Return a file of guards as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", sorted(GUARDS.glob("*.py")), ids=lambda path: path.stem)
def test_what_a_guard_switches_off_exists(path: Path) -> None:
    """A name of yesterday would be found only by the whole run, at its end."""
    pytest.importorskip("ansible")
    for target in load(path).OFF:
        module, names = target.split(":")
        found: Any = importlib.import_module(module)
        for name in names.split("."):
            found = getattr(found, name)
