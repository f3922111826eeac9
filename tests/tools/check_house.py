# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check that what has to be written in two places says the same in both."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]


def modules() -> Iterator[str]:
    """Every module must be in the action group and go through the action plugin."""
    have = {path.stem for path in (ROOT / "plugins/modules").glob("*.py") if not path.stem.startswith("_")}
    runtime = yaml.safe_load((ROOT / "meta/runtime.yml").read_text())
    group = runtime["action_groups"]["tmi"]
    routes = runtime["plugin_routing"]["modules"]
    for name in sorted(have.symmetric_difference(group)):
        yield f"plugins/modules and the action group in meta/runtime.yml disagree about {name}"
    for name in sorted(have.symmetric_difference(routes)):
        yield f"plugins/modules and plugin_routing in meta/runtime.yml disagree about {name}"
    if group != sorted(group):
        yield "The action group in meta/runtime.yml is not in order"
    for name, route in routes.items():
        plugin = route.get("action_plugin", "").rpartition(".")[2]
        if plugin and not (ROOT / "plugins/action" / f"{plugin}.py").exists():
            yield f"meta/runtime.yml sends {name} to the action plugin {plugin}, which is not there"


def requirements(path: str) -> set[str]:
    lines = (ROOT / path).read_text().splitlines()
    return {line for line in lines if line and not line.startswith(("#", "-r"))}


def dependencies() -> Iterator[str]:
    """Tests run with what users are told to install, and with the core that they are promised."""
    runtime = requirements("meta/ee-requirements.txt")
    for path in ("tests/unit/requirements.txt", "tests/integration/requirements.txt"):
        for line in sorted(runtime - requirements(path)):
            yield f"{path} lacks {line} of meta/ee-requirements.txt"
    promised = yaml.safe_load((ROOT / "meta/runtime.yml").read_text())["requires_ansible"]
    minor = re.match(r">=(\d+\.\d+)\.", promised)
    tested = "\n".join(requirements("tests/tools/requirements/oldest.txt"))
    if not minor or f">={minor[1]}." not in tested:
        yield f"meta/runtime.yml promises ansible-core {promised}, the oldest that is tested is {tested}"


def versions() -> Iterator[str]:
    """The version has an entry in the changelog."""
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"]
    if version not in yaml.safe_load((ROOT / "changelogs/changelog.yaml").read_text())["releases"]:
        yield f"changelogs/changelog.yaml has no release {version}, the version in galaxy.yml"
    if f'<a id="v{version.replace(".", "-")}"></a>' not in (ROOT / "CHANGELOG.md").read_text():
        yield f"CHANGELOG.md says nothing of {version}, the version in galaxy.yml"


def excuses() -> Iterator[str]:
    """A finding is repaired, not put on a list."""
    for path in sorted((ROOT / "tests/sanity").glob("ignore*")):
        yield f"{path.relative_to(ROOT)}: this collection has no ignore files"


def main() -> int:
    found = [*modules(), *dependencies(), *versions(), *excuses()]
    for complaint in found:
        print(complaint)
    print("house: all in order" if not found else f"house: {len(found)} to repair")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
