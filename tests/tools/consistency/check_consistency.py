# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check that statements in two places agree, and that rules of the repository are kept."""

from __future__ import annotations

import ast
import re
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[3]
sys.path.append(str(ROOT / "tests" / "tools"))

import citations as cited  # noqa: E402  # path set above
import import_rules  # noqa: E402
import locks as locked  # noqa: E402
import promised  # noqa: E402
import words as plain_words  # noqa: E402

# What plugins may import from outside the standard library, and the package that installing it comes with.
COMES_WITH = {
    "ansible": "ansible-core",
    "certifi": "requests",
    "cryptography": "ansible-core",
    "jinja2": "ansible-core",
    "markupsafe": "ansible-core",
    "requests": "requests",
    "socks": "requests",  # its extra "socks", which a message names where a proxy needs it
    "urllib3": "requests",
    "websocket": "websocket-client",
    "yaml": "ansible-core",
}


def assigned(path: str | Path, name: str) -> str:
    """Return what a Python file, or a class in it, assigns to a name: a text, or else the source of the value."""
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == [name]:
            text = node.value.value if isinstance(node.value, ast.Constant) else None
            return text if isinstance(text, str) else ast.unparse(node.value)
    raise LookupError(f"{path} assigns nothing to {name}")


def fragment_class(path: str) -> Any:
    """Return the class of a documentation fragment, some of whose texts are made from another one."""
    return runpy.run_path(str(ROOT / path))["ModuleDocFragment"]


def imports(path: Path) -> Iterator[str]:
    """Yield the top packages that a Python file imports, also late and by name."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "importlib.import_module":
            yield from (part.value.partition(".")[0] for part in node.args[:1] if isinstance(part, ast.Constant))


def table(path: str, first: str) -> Iterator[list[str]]:
    """Yield the rows of the tables in a Markdown file whose first column has this heading. Ends the run without one."""
    lines = [re.split(r"(?<!\\)\|", line.strip())[1:-1] for line in (ROOT / path).read_text().splitlines()]
    rows = [[cell.strip() for cell in cells] for cells in lines]
    heads = [number for number, cells in enumerate(rows) if cells and cells[0] == first]
    if not heads:
        raise SystemExit(f"{path} has no table with the heading {first}")
    for number in heads:
        for cells in rows[number + 2 :]:
            if not cells:
                break
            yield cells


CONNECTION = "tmi.tmi._connection"


def connects(path: Path) -> bool:
    """Return whether a module has a connection to a server, by its documentation."""
    return CONNECTION in yaml.safe_load(assigned(path, "DOCUMENTATION"))["extends_documentation_fragment"]


def modules() -> Iterator[str]:
    """Every module has an action plugin; the action group has those with a connection."""
    have = {path.stem for path in (ROOT / "plugins/modules").glob("[!_]*.py")}
    actions = {path.stem for path in (ROOT / "plugins/action").glob("[!_]*.py")}
    group = yaml.safe_load((ROOT / "meta/runtime.yml").read_text())["action_groups"]["tmi"]
    connected = {path.stem for path in (ROOT / "plugins/modules").glob("[!_]*.py") if connects(path)}
    for name in sorted(connected.symmetric_difference(group)):
        yield f"plugins/modules and the action group in meta/runtime.yml disagree about {name}"
    for name in sorted(have.symmetric_difference(actions)):
        yield f"plugins/modules and plugins/action disagree about {name}"
    if group != sorted(group):
        yield "The action group in meta/runtime.yml is not in order"


def connections() -> Iterator[str]:
    """The connection is documented once, and every module with it and the role that passes it on have all of it."""
    shared = yaml.safe_load(fragment_class("plugins/doc_fragments/_connection.py").DOCUMENTATION)["options"]
    for path in sorted((ROOT / "plugins/modules").glob("[!_]*.py")):
        documentation = yaml.safe_load(assigned(path, "DOCUMENTATION"))
        if not connects(path) and "url" in (documentation.get("options") or {}):
            yield f"{path.name} does not extend its documentation by {CONNECTION}"
        for name in sorted(set(shared).intersection(documentation.get("options") or {})):
            yield f"{path.name} documents {name} itself, which {CONNECTION} does"
    passed_on = {name for name in options_of("seed") if not name.startswith("tmi_seed_")}
    for name in sorted(passed_on.symmetric_difference(f"tmi_{name}" for name in shared)):
        yield f"the connection options of the modules and those of the role seed disagree about {name}"


def requirements(path: str) -> set[str]:
    lines = (ROOT / path).read_text().splitlines()
    return {line for line in lines if line and not line.startswith(("#", "-r"))}


def dependencies() -> Iterator[str]:
    """Tests run with the documented requirements, and plugins import nothing else."""
    runtime = requirements("meta/ee-requirements.txt")
    for path in ("tests/unit/requirements.txt", "tests/integration/requirements.txt"):
        for line in sorted(runtime - requirements(path)):
            yield f"{path} lacks {line} of meta/ee-requirements.txt"
    installed = {"ansible-core", *(re.split(r"[^\w.-]", line)[0] for line in runtime)}
    imported = {name for path in (ROOT / "plugins").rglob("*.py") for name in imports(path)}
    for name in sorted(imported - sys.stdlib_module_names - {"ansible_collections"}):
        if COMES_WITH.get(name) not in installed:
            yield f"plugins import {name}, and no line of meta/ee-requirements.txt brings it"


def locks() -> Iterator[str]:
    """Installed packages are locked by hash, and the locks match the requirements."""
    yield from locked.complaints()
    (server,) = requirements("tests/tools/requirements/sandbox.txt")
    for path in ("tests/unit/requirements.txt", "tests/integration/requirements.txt"):
        if server not in requirements(path):
            yield f"{path} lacks {server} of tests/tools/requirements/sandbox.txt"


def cores() -> Iterator[str]:
    """The supported releases of ansible-core are those of the tests and of the example of an image."""
    tested = list(ast.literal_eval(assigned("noxfile.py", "CORES")))
    (wanted,) = requirements("tests/tools/requirements/core.txt")
    promised = yaml.safe_load((ROOT / "meta/runtime.yml").read_text())["requires_ansible"]
    major, minor = tested[-1].split(".")
    if not promised.startswith(f">={tested[0]}."):
        yield f"meta/runtime.yml promises ansible-core {promised}, the oldest in noxfile.py is {tested[0]}"
    if not re.fullmatch(rf"ansible-core>={re.escape(tested[0])}\.\d+,<{major}\.{int(minor) + 1}", wanted):
        yield f"core.txt wants {wanted}, noxfile.py tests {tested[0]} to {tested[-1]}"
    for path in sorted((*ROOT.glob("tests/*/requirements.txt"), *ROOT.glob("tests/tools/requirements/*.txt"))):
        for line in sorted(requirements(str(path))):
            if line.startswith("ansible-core") and line != wanted:
                yield f"{path.relative_to(ROOT)} wants {line}, core.txt {wanted}"
    image = yaml.safe_load((ROOT / "docs/execution-environment/execution-environment.yml").read_text())
    if image["dependencies"]["ansible_core"]["package_pip"] != wanted:
        yield f"docs/execution-environment installs another ansible-core than {wanted}"


def versions() -> Iterator[str]:
    """The version is valid, has an entry in the changelog, and is the one that the example of an image installs."""
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text())
    version = str(galaxy["version"])
    if not re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}(-[0-9A-Za-z.-]+)?", version):
        yield f"the version in galaxy.yml, {version}, is not one of semantic versioning"
    if len(galaxy["tags"]) > 20:
        yield f"galaxy.yml has {len(galaxy['tags'])} tags, and Galaxy takes 20"
    if version not in yaml.safe_load((ROOT / "changelogs/changelog.yaml").read_text())["releases"]:
        yield f"changelogs/changelog.yaml has no release {version}, the version in galaxy.yml"
    if f'<a id="v{version.replace(".", "-")}"></a>' not in (ROOT / "CHANGELOG.md").read_text():
        yield f"CHANGELOG.md says nothing of {version}, the version in galaxy.yml"
    for path in ("README.md", "docs/execution-environment/execution-environment.yml"):
        for name in re.findall(r"tmi-tmi-[0-9][^\s`]*?\.tar\.gz", (ROOT / path).read_text()):
            if name != f"tmi-tmi-{version}.tar.gz":
                yield f"{path} names {name}, the version in galaxy.yml is {version}"


def contents() -> Iterator[str]:
    """The tables of the README list exactly what the collection has."""
    there_is = {
        "module": {path.stem for path in (ROOT / "plugins/modules").glob("[!_]*.py")},
        "plugin": {
            f"{folder.name} {path.stem}"
            for folder in (ROOT / "plugins").iterdir()
            if folder.name not in {"action", "doc_fragments", "module_utils", "modules", "plugin_utils"}
            for path in folder.glob("[!_]*.py")
        },
        "role": {path.name for path in (ROOT / "roles").iterdir()},
        "playbook": {f"tmi.tmi.{path.stem}" for path in (ROOT / "playbooks").glob("*.yml")},
        "event source": {path.stem for path in (ROOT / "extensions/eda/plugins/event_source").glob("[!_]*.py")},
        "event filter": {path.stem for path in (ROOT / "extensions/eda/plugins/event_filter").glob("[!_]*.py")},
        "rulebook": {f"tmi.tmi.{path.stem}" for path in (ROOT / "extensions/eda/rulebooks").glob("*.yml")},
    }
    for kind, names in there_is.items():
        told = [
            f"{cells[0].split()[0].removesuffix('s')} {name}" if kind == "plugin" else name
            for cells in table("README.md", kind)
            for name in re.findall(r"`([^`]+)`", cells[0])
        ]
        for name in sorted(names.symmetric_difference(told)):
            yield f"README.md and the tree disagree about the {kind} {name}"
        for name in sorted({name for name in told if told.count(name) > 1}):
            yield f"README.md lists the {kind} {name} twice"


def options_of(role: str) -> dict[str, dict[str, Any]]:
    specs = yaml.safe_load((ROOT / "roles" / role / "meta/argument_specs.yml").read_text())
    options: dict[str, dict[str, Any]] = specs["argument_specs"]["main"]["options"]
    return options


def roles() -> Iterator[str]:
    """Defaults, argument spec and README of a role agree about its variables."""
    for folder in sorted((ROOT / "roles").iterdir()):
        defaults = yaml.safe_load((folder / "defaults/main.yml").read_text())
        own = f"tmi_{folder.name}_"
        options = {name: option for name, option in options_of(folder.name).items() if name.startswith(own)}
        for name in sorted(set(defaults).symmetric_difference(options)):
            yield f"defaults and argument spec of the role {folder.name} disagree about {name}"
        # A default that Ansible works out cannot be said in an argument spec.
        fixed = {name: value for name, value in defaults.items() if "{{" not in str(value)}
        for name, option in options.items():
            if option.get("default") != fixed.get(name):
                yield f"defaults and argument spec of the role {folder.name} disagree about the default of {name}"
        told: set[str] = set()
        for cells in table(f"roles/{folder.name}/README.md", "variable"):
            names = [name for name in re.findall(r"`([^`]+)`", cells[0]) if name.startswith(own)]
            told.update(names)
            yield from (
                f"the README of the role {folder.name} has another default of {name}"
                for name in names
                if name in fixed and not says(cells[1], fixed[name])
            )
        for name in sorted(told.symmetric_difference(options)):
            yield f"README and argument spec of the role {folder.name} disagree about {name}"


def says(cell: str, default: Any) -> bool:
    """Return whether the cell of a table gives this default, or describes it in words."""
    literal = re.fullmatch(r"`([^`]*)`", cell)
    return bool(yaml.safe_load(literal[1]) == default if literal else cell or not default)


def excuses() -> Iterator[str]:
    """There are no ignore files: findings are repaired."""
    for path in sorted((ROOT / "tests/sanity").glob("ignore*")):
        yield f"{path.relative_to(ROOT)}: this collection has no ignore files"


def promises() -> Iterator[str]:
    """The promises of the documentation are exactly those of the trust tests."""
    yield from promised.disagreements()


def citations() -> Iterator[str]:
    """Each fact or rule that is cited is on a page of the repository."""
    yield from cited.complaints()


def packages() -> Iterator[str]:
    """Packages import only what the table of the architecture guide allows."""
    yield from import_rules.complaints()


def words() -> Iterator[str]:
    """No place has a word that plain English does not need."""
    yield from plain_words.complaints()


CHECKS = (
    modules,
    connections,
    dependencies,
    locks,
    cores,
    versions,
    contents,
    roles,
    excuses,
    promises,
    citations,
    packages,
    words,
)


def main() -> int:
    found = [complaint for check in CHECKS for complaint in check()]
    for complaint in found:
        print(complaint)
    print("consistency: all in order" if not found else f"consistency: {len(found)} to repair")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
