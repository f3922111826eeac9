# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of the documentation run, page by page from top to bottom, on each generation of the API."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tmi.tmi.tests.docs import blocks, kinds
from ansible_collections.tmi.tmi.tests.docs.workplace import Workplace

ROOT = Path(__file__).resolve().parents[2]
#: What examples expect to find in the folder where the reader is.
FILES = Path(__file__).parent / "files"
FORMATS = ROOT / "tests" / "integration" / "targets" / "filter_formats" / "files"
OTHERS = {
    "shop.json": FORMATS / "kiosk.json",
    "shop.otm": FORMATS / "library.otm.yml",
    "compose.yaml": FORMATS / "compose.yaml",
    "shop.tm7": FORMATS / "bakery.tm7",
    "threagile.yaml": FORMATS / "clinic.threagile.yml",
    "shop.tc.json": FORMATS / "parking.tc.json",
}
PAGES = [
    # test_readme.py follows README.
    *sorted(path for path in ROOT.glob("*.md") if path.name != "README.md"),
    *sorted(ROOT.glob("roles/*/README.md")),
    *sorted(ROOT.glob("docs/**/*.md")),
    *sorted(ROOT.glob("docs/docsite/rst/*.rst")),
]
#: Languages of blocks that are not examples.
OTHER = {"text", "json", "diff"}
Count = Callable[[str, str], None]


def furnish(workplace: Workplace, found: list[blocks.Block]) -> None:
    """Put files there; models only where the page has none of its own."""
    if not any(block.file.startswith("models/") for block in found):
        shutil.copytree(FILES, workplace.folder, dirs_exist_ok=True)
    if any("community.hashi_vault" in block.text for block in found):
        workplace.store_secrets({"refresh_token": workplace.server.log_in("rob")["refresh_token"]})
    for name, source in OTHERS.items():
        shutil.copy(source, workplace.folder / name)


def test_pages_are_found() -> None:
    assert {path.name for path in PAGES} >= {"CONTRIBUTING.md", "README.md", "guide_authentication.rst"}
    for path in PAGES:
        languages = {block.language for block in blocks.of_page(ROOT, path)}
        assert languages <= {*blocks.LANGUAGES, *OTHER}, (path, languages)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_page(path: Path, workplace: Workplace, count: Count) -> None:
    found = [block for block in blocks.of_page(ROOT, path) if block.language in blocks.LANGUAGES]
    furnish(workplace, found)
    for number, block in enumerate(found):
        later = "".join(other.text for other in found[number + 1 :] if other.language == "console")
        count(block.page, kinds.run_block(block, workplace, later))


@pytest.mark.parametrize("path", sorted(ROOT.glob("examples/models/*.yml")), ids=lambda path: path.stem)
def test_models_of_examples(path: Path, workplace: Workplace, count: Count) -> None:
    """On a server that has the standard models, as the quickstart leaves it."""
    standard = ROOT / "roles" / "seed" / "files" / "models" / "web_application.yml"
    assert workplace.apply(False, src=[str(standard)])["changed"]
    block = blocks.Block(str(path.relative_to(ROOT)), 1, "yaml", path.read_text("utf-8"))
    count(block.page, kinds.apply(block, workplace, path))


NAMES = ("tmi_info", "tmi_choose", "tmi_definition", "tmi_files", "tmi_token")
#: Plugins whose EXAMPLES are tasks and run here; the last one writes a file that others read.
PLUGINS = [
    *(ROOT / "plugins" / "modules" / f"{name}.py" for name in NAMES),
    *sorted(ROOT.glob("plugins/lookup/*.py")),
    *sorted(ROOT.glob("plugins/filter/*.py"), key=lambda path: (path.stem == "tmi_from_otm", path)),
]
#: The integration target whose list names the other modules; there they run on every release of core.
TARGET = ROOT / "tests" / "integration" / "targets" / "doc_examples" / "tasks" / "main.yml"
#: Modules whose examples end when someone changes something: tests/unit/eda/test_watch.py.
UNTIL_CHANGES = {"tmi_watch"}
#: Options of tasks that need a person at a browser, or an account for a service, which the target tmi_token has.
PERSON = {"browser", "callback_url", "prompt", "client_id"}


def test_examples_of_all_modules_run_somewhere() -> None:
    there = set(re.findall(r"tmi_\w+", " ".join(re.findall(r"doc_examples_\w+: .*", TARGET.read_text("utf-8")))))
    here = {path.stem for path in PLUGINS}
    assert {path.stem for path in ROOT.glob("plugins/modules/*.py")} <= there | here | UNTIL_CHANGES
    assert there & here == set()


def runnable(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return tasks that need no person."""
    return [
        task for task in tasks if not any(isinstance(given, dict) and PERSON & set(given) for given in task.values())
    ]


def test_examples_of_plugins(workplace: Workplace, count: Count) -> None:
    """Each plugin's in a play for a host of its own: what one registers is no variable of the next."""
    furnish(workplace, [])
    workplace.export("TMI_SOURCE_URL", workplace.old.url)
    workplace.export("TMI_SOURCE_TOKEN", "")
    texts = {"localhost": (FILES / "before.yml").read_text("utf-8")}
    texts.update({f"{path.parent.name}_{path.stem}": blocks.of_plugin(ROOT, path).text for path in PLUGINS})
    plays = []
    for host, text in texts.items():
        tasks = runnable(yaml.safe_load(workplace.translated(text)))
        assert tasks, host
        plays.append({"name": f"Examples of {host}", "hosts": host, "gather_facts": False, "tasks": tasks})
    local = {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "my_models": ["Checkout"],
        "tmi_refresh_token": workplace.server.log_in("rob")["refresh_token"],
    }
    workplace.keep("hosts.yml", yaml.safe_dump({"all": {"hosts": dict.fromkeys(texts, local)}}))
    workplace.inventories.append("hosts.yml")
    workplace.tasks(plays[1:], "plugins.yml", before=plays[:1])
    for path in PLUGINS:
        count(str(path.relative_to(ROOT)), "run")


def test_examples_of_the_inventory(workplace: Workplace, count: Count) -> None:
    furnish(workplace, [])
    block = blocks.of_plugin(ROOT, ROOT / "plugins/inventory/tmi_inventory.py")
    for part in block.text.split("\n---\n"):
        one = blocks.Block(block.page, block.line, block.language, part.lstrip("\n"))
        assert one.file.endswith(".tmi.yml"), part
        count(block.page, kinds.run_block(one, workplace))
