# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every check has a session here; the Makefile prepares .venv/ and names the sets.

    .venv/bin/nox --list
    .venv/bin/nox -s unit -- tests/unit/plugins/module_utils/test_x.py -k name
    .venv/bin/nox -s integration -- tmi_threat

Sessions run in .venv/ itself. Linters that drag much along get an environment of their own in .cache/venvs/, made anew
when its list of requirements changes.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nox
import yaml

ROOT = Path(__file__).resolve().parent
TOOLS = ROOT / "tests" / "tools"
VENVS = ROOT / ".cache" / "venvs"
COLLECTIONS = ROOT / ".cache" / "collections"
PIPELINES = ROOT / "docs" / "ci"
PYTHON = sys.executable
BIN = Path(PYTHON).parent

#: Processes of pytest: two, or as many as the variable says, which run_parts.py sets to 0: no others than its own.
PROCESSES = f"--numprocesses={os.environ.get('PROCESSES', '2')}"

nox.options.default_venv_backend = "none"
nox.options.error_on_external_run = False
nox.options.sessions = ["consistency", "ruff", "mypy", "unit"]

# Generations of the API that the embedded server speaks, by the documentation of its role.
SPECS = yaml.safe_load((ROOT / "roles" / "sandbox" / "meta" / "argument_specs.yml").read_text("utf-8"))
GENERATIONS = SPECS["argument_specs"]["main"]["options"]["tmi_sandbox_api"]["choices"]

# What mypy holds to its strictest rules: all that ships.
TYPED = ("ansible_collections.tmi.tmi.plugins", "tmi_sandbox")

# The releases of ansible-core that we promise to work with, and the Pythons that each runs on, the best first.
CORES = {
    "2.18": ("3.11", "3.12", "3.13"),
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.12", "3.13", "3.14"),
    "2.21": ("3.13", "3.12", "3.14"),
}
OLDEST, NEWEST = next(iter(CORES)), list(CORES)[-1]
# The oldest Python that the oldest of them sends modules to.
OLDEST_PYTHON = "3.8"


def asked_for(cores: str) -> list[str]:
    """Return the releases that CORES=… names: `all`, or some, between commas. Ends the run for an unknown one."""
    names = cores.replace(",", " ").split()
    if names == ["all"]:
        return list(CORES)
    unknown = [name for name in names if name not in CORES]
    if unknown:
        there_is = ", ".join(CORES)
        raise SystemExit(f"CORES names {', '.join(unknown)}. It takes all, or releases out of {there_is}")
    return list(dict.fromkeys(names))


# Before any session, since some take minutes.
ASKED_FOR = asked_for(os.environ.get("CORES", ""))


def run(session: nox.Session, tool: str, *arguments: str | Path, bin_folder: Path = BIN) -> None:
    """Run a tool of one environment, with that environment first on PATH."""
    path = os.pathsep.join([str(bin_folder), os.environ.get("PATH", os.defpath)])
    surroundings = {"PATH": path, "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS)}
    session.run(str(bin_folder / tool), *map(str, arguments), env=surroundings, external=True)


def find_python(*versions: str) -> str | None:
    """Return the first of these interpreters that runs."""
    found = subprocess.run(["sh", TOOLS / "find_python.sh", *versions], check=False, capture_output=True, text=True)
    return found.stdout.strip() or None


def lacks(session: nox.Session, missing: str) -> None:
    """Report that an interpreter or tool is missing: a warning, and an error with CI in the environment."""
    if os.environ.get("CI"):
        session.error(missing)
    session.warn(f"NOT CHECKED: {missing}")


def environment(session: nox.Session, name: str, python: str = PYTHON) -> Path:
    """Return the bin folder of .cache/venvs/NAME, with what requirements/locked/NAME.txt lists.

    Several sessions may want the same one at a time: the first of them makes it.
    """
    venv, requirements = VENVS / name, TOOLS / "requirements" / "locked" / f"{name}.txt"
    recipe = hashlib.sha256(f"{venv} {python} {requirements.read_text()}".encode()).hexdigest()
    stamp = venv / ".recipe"
    VENVS.mkdir(parents=True, exist_ok=True)
    with (VENVS / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != recipe:
            session.run(python, "-m", "venv", "--clear", str(venv))
            pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            session.run(*pip, "--require-hashes", "--requirement", str(requirements))
            stamp.write_text(recipe)
    return venv / "bin"


def ansible_test(session: nox.Session, *arguments: str, bin_folder: Path = BIN) -> None:
    session.run(str(bin_folder / "python"), str(TOOLS / "run_ansible_test.py"), *arguments)


def side_by_side(session: nox.Session, runs: dict[str, list[str]], bin_folder: Path = BIN) -> None:
    """Run ansible-test several times at once on copies of the tree; print what they say one after the other."""
    logs = ROOT / ".cache" / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    command = [str(bin_folder / "python"), str(TOOLS / "run_ansible_test.py")]
    begun = {}
    for name, arguments in runs.items():
        with (logs / f"{session.name}-{name}.log").open("w") as log:
            begun[name] = subprocess.Popen([*command, *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    failed = []
    for name, process in begun.items():
        code = process.wait()
        print((logs / f"{session.name}-{name}.log").read_text("utf-8", errors="replace"), flush=True)
        if code:
            failed.append(name)
    if failed:
        session.error(f"failed: {', '.join(failed)}")


def playbooks_of(api: str, trees: str) -> list[str]:
    """Return the integration tests of an API generation, on a copy of the tree with a name that begins so."""
    return ["--tree", f"{trees}{api}", "--api", api, "integration", "--continue-on-error"]


@nox.session
def consistency(session: nox.Session) -> None:
    """Statements in two places agree, imports follow the rules, citations lead to an anchor."""
    run(session, "python", TOOLS / "consistency" / "check_consistency.py")


@nox.session
def ruff(session: nox.Session) -> None:
    """Style and likely mistakes, of Python and of YAML."""
    run(session, "ruff", "check", *session.posargs)
    # ansible-lint checks this too, among the checks before a release; here it takes a second.
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.yml", "*.yaml"]
    found = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    run(session, "yamllint", "--strict", *(name for name in found if (ROOT / name).exists()))


@nox.session
def mypy(session: nox.Session) -> None:
    """Types, strictly."""
    run(session, "mypy", *(f"--package={name}" for name in TYPED))


@nox.session
def unit(session: nox.Session) -> None:
    """Unit tests, by pytest in this tree."""
    run(session, "python", "-m", "pytest", *(session.posargs or [PROCESSES, "tests/unit"]))


@nox.session
def conformance(session: nox.Session) -> None:
    """The embedded server against recordings of real ones."""
    run(session, "python", "-m", "pytest", *(session.posargs or [PROCESSES, "tests/conformance"]))


@nox.session
def compare(session: nox.Session) -> None:
    """Compare a real server with the embedded one by generated requests: `-- URL` and options of compare.py."""
    run(session, "python", ROOT / "tests" / "conformance" / "compare.py", *session.posargs)


@nox.session
def faults(session: nox.Session) -> None:
    """A fault at every request and frame of whole runs; `-- --every 9` is quicker."""
    run(session, "python", "-m", "pytest", "tests/faults", *session.posargs)


@nox.session(name="faults-sample")
def faults_sample(session: nox.Session) -> None:
    """Every hundred and sixtieth of the faults, in half a minute: a test of the harness itself."""
    run(session, "python", "-m", "pytest", "tests/faults/test_requests.py", "--every=160", "--quiet", PROCESSES)


#: Trust tests wait much, so there are more of them at once than processors.
PARALLEL = ("--numprocesses=4", "--dist=loadgroup")


@nox.session
def trust(session: nox.Session) -> None:
    """Every promise in all its cases, and a proof that each fails without its guard; arguments are pytest's."""
    asked = session.posargs or ["--figures"]
    run(session, "python", "-m", "pytest", "tests/trust", "--guards", *PARALLEL, *asked)


@nox.session(name="trust-sample")
def trust_sample(session: nox.Session) -> None:
    """The fixed sample of the promises."""
    run(session, "python", "-m", "pytest", "tests/trust", "--sample", "--quiet", *PARALLEL, *session.posargs)


@nox.session
def values(session: nox.Session) -> None:
    """Values of any type in every option, key and input, thousands of them; `-- --seed 2` tries others."""
    asked = ["--times=40", *session.posargs]
    run(session, "python", "-m", "pytest", "tests/values", "--numprocesses=2", *asked)


@nox.session(name="values-sample")
def values_sample(session: nox.Session) -> None:
    """The fixed sample of the values."""
    run(session, "python", "-m", "pytest", "tests/values", "--quiet", PROCESSES, *session.posargs)


@nox.session
def playbooks(session: nox.Session) -> None:
    """The playbooks and roles with a failing write or a misspelt variable."""
    run(session, "python", "-m", "pytest", "tests/playbooks", "--quiet", PROCESSES, *session.posargs)


@nox.session
@nox.parametrize("api", GENERATIONS, ids=GENERATIONS)
def integration(session: nox.Session, api: str) -> None:
    """Playbooks against the embedded server, on every API generation; arguments are names of targets."""
    ansible_test(session, *playbooks_of(api, "integration-"), *session.posargs)


@nox.session
@nox.parametrize("api", GENERATIONS, ids=GENERATIONS)
def examples(session: nox.Session, api: str) -> None:
    """Every example of the documentation, on every API generation; arguments are pytest's."""
    run(session, "python", "-m", "pytest", "tests/docs", "--api", api, *session.posargs)


@nox.session
def live(session: nox.Session) -> None:
    """The same playbooks against the server of TMI_URL, with TMI_TOKEN; arguments are names of targets."""
    run(session, "python", TOOLS / "live" / "run_live.py", *session.posargs)


@nox.session
def sanity(session: nox.Session) -> None:
    """ansible-test's own checks."""
    ansible_test(session, "sanity", *session.posargs)


@nox.session
def units(session: nox.Session) -> None:
    """Unit tests as ansible-test runs them: loaded as a collection, each in its own process."""
    ansible_test(session, "units", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """ansible-lint with its strictest profile, licences, changelog, pipelines by the schemas of GitHub and GitLab."""
    tools = environment(session, "lint")
    run(session, "ansible-lint", "--nocolor", "--offline", "--strict", "--profile", "production", bin_folder=tools)
    run(session, "reuse", "lint", "--lines", bin_folder=tools)
    run(session, "antsibull-changelog", "lint", bin_folder=tools)
    for schema, pipeline in (("github-workflows", "github-actions.yml"), ("gitlab-ci", "gitlab-ci.yml")):
        run(session, "check-jsonschema", "--builtin-schema", f"vendor.{schema}", PIPELINES / pipeline, bin_folder=tools)


@nox.session
def docs(session: nox.Session) -> None:
    """Documentation: markup, links, names of plugins and options; the site, into .cache/docs/html."""
    tools = environment(session, "docs")
    checks = ["--plugin-docs", "--check-extra-docs-refs", "--validate-collection-refs", "all"]
    run(session, "antsibull-docs", "lint-collection-docs", *checks, ROOT, bin_folder=tools)
    run(session, "python", ROOT / "tests" / "docs" / "build_site.py", ROOT / ".cache" / "docs", bin_folder=tools)


def with_lists(session: nox.Session, *options: str) -> None:
    """Write the tarball of the last commit to dist/, with the list of its requirements and checksums."""
    tools = environment(session, "supply")
    run(session, "python", TOOLS / "build.py", "--output", ROOT / "dist", *options)
    run(session, "python", TOOLS / "sbom.py", ROOT / "dist", bin_folder=tools)


@nox.session
def tarball(session: nox.Session) -> None:
    """The tarball of the last commit, its SBOM, and the checksums of both."""
    with_lists(session)


@nox.session
def build(session: nox.Session) -> None:
    """The tarball of the last commit: its contents, installation and quickstart; SBOM, checksums."""
    with_lists(session, "--try")


@nox.session
def release(session: nox.Session) -> None:
    """The files of a release; an error if something that users need is missing."""
    run(session, "python", TOOLS / "check_release.py")
    with_lists(session, "--try")


@nox.session
def supply(session: nox.Session) -> None:
    """The tools for locks, advisories and lists of requirements."""
    environment(session, "supply")


@nox.session
def lock(session: nox.Session) -> None:
    """Lock the newest versions that requirements allow, with hashes, for all Pythons."""
    run(session, "python", TOOLS / "locks.py", "--uv", environment(session, "supply") / "uv")


def tarball_for(session: nox.Session) -> Path:
    """Return a folder with the tarball of the last commit. Sessions at the same time have one each."""
    folder = ROOT / ".cache" / "tarballs" / session.name
    run(session, "python", TOOLS / "build.py", "--output", folder)
    return folder


@nox.session
def ee(session: nox.Session) -> None:
    """The tarball in an execution environment, as far as possible without a container engine."""
    folder = tarball_for(session)
    builder = environment(session, "ee") / "ansible-builder"
    run(session, "python", TOOLS / "check_ee.py", "--tarball", folder, "--builder", builder)


@nox.session
def importer(session: nox.Session) -> None:
    """The checks of Galaxy on the tarball."""
    python = find_python("3.13", "3.14")
    if python is None:
        session.skip("galaxy-importer needs Python 3.13 or 3.14, and neither is here")
    folder = tarball_for(session)
    tools = environment(session, "importer", python)
    run(session, "python", TOOLS / "import_tarball.py", folder, bin_folder=tools)


@nox.session
def runner(session: nox.Session) -> None:
    """The job templates of docs/awx, run by ansible-runner as AWX runs them, from the tarball of the last commit."""
    tools = environment(session, "runner")
    run(session, "python", "-m", "pytest", PROCESSES, *(session.posargs or ["tests/runner"]), bin_folder=tools)


def rulebooks(session: nox.Session, *arguments: str) -> None:
    """Run tests by ansible-rulebook. A machine without Java is no failure, also with CI in the environment."""
    if shutil.which("java") is None:
        session.warn("NOT CHECKED: the rulebooks: ansible-rulebook needs Java 17, and java is not here")
        return
    tools = environment(session, "events")
    run(session, "python", "-m", "pytest", *arguments, bin_folder=tools)


@nox.session
def events(session: nox.Session) -> None:
    """The rulebooks, run by ansible-rulebook, which needs Java; the load test of the source webhook."""
    if not session.posargs:
        run(session, "python", "-m", "pytest", "--numprocesses=0", "tests/events/test_load.py")
    rulebooks(session, "--numprocesses=2", *(session.posargs or ["tests/events", "--ignore=tests/events/test_load.py"]))


@nox.session(name="events-sample")
def events_sample(session: nox.Session) -> None:
    """One rulebook, run by ansible-rulebook."""
    test = "tests/events/test_rulebooks.py::test_a_warning_for_a_boundary_removed_in_a_session[v1]"
    rulebooks(session, "--numprocesses=0", "--quiet", *(session.posargs or [test]))


@nox.session
def slices(session: nox.Session) -> None:
    """The time of an estate over 1, 2 and 4 slices, by workers of ansible-runner."""
    tools = environment(session, "runner")
    run(session, "python", "-m", "pytest", "--numprocesses=0", "tests/runner/time_of_slices.py", bin_folder=tools)


# The targets that another release of core may treat otherwise: one of each kind of plugin, roles, playbooks, messages.
# `make release-check CORES=all` runs all.
OF_CORE = (
    "bad_input",
    "filter_formats",
    "inventory_tmi_inventory",
    "lookup_tmi_inventory",
    "migrate_role",
    "report",
    "seed_role",
    "shipped_module",
    "tmi_definition",
    "tmi_definition_info",
    "tmi_diagram",
    "tmi_threat_model",
    "tmi_token",
)


def with_core(session: nox.Session, core: str, *, must: bool = False) -> Path:
    """Return the bin folder of an environment with this release of ansible-core."""
    if importlib.metadata.version("ansible-core").startswith(f"{core}."):
        return BIN
    python = find_python(*CORES[core])
    if python is None:
        missing = f"ansible-core {core} needs Python {', '.join(CORES[core])}, and none of them is here"
        if must:
            session.error(missing)
        lacks(session, missing)
        session.skip(missing)
    return environment(session, f"core-{core}", python)


# The unit tests of code that another release of core may treat otherwise: plugins, and all that imports ansible-core.
# ansible-test runs each in a process of its own, which takes longer than the test. CORES=all runs all.
UNITS_OF_CORE = (
    "tests/unit/plugins/action/",
    "tests/unit/plugins/filter/",
    "tests/unit/plugins/inventory/",
    "tests/unit/plugins/lookup/",
    "tests/unit/plugins/module_utils/_login/",
    "tests/unit/plugins/module_utils/_modules/",
    "tests/unit/plugins/module_utils/test_arguments.py",
    "tests/unit/plugins/module_utils/test_options.py",
    "tests/unit/plugins/plugin_utils/",
)


def checks_of(core: str) -> dict[str, list[str]]:
    """Return ansible-test's own checks and unit tests, to run side by side."""
    return {"sanity": ["sanity"], "units": ["--tree", f"{core}-units", "units"]}


#: ansible-test's own checks on the newest core: pylint takes as long as all others. `make test` has run unit tests and
#: playbooks on it, unless .venv/ has another core; `oldest` runs the unit tests the way ansible-test does.
ON_NEWEST = {
    "pylint": ["--tree", f"{NEWEST}-pylint", "sanity", "--test", "pylint"],
    "others": ["sanity", "--skip-test", "pylint"],
    "units": checks_of(NEWEST)["units"],
}

ON_OLDEST = {
    "units": [*checks_of(OLDEST)["units"], *UNITS_OF_CORE],
    "integration": ["integration", "--continue-on-error", *OF_CORE],
    "modules": ["--tree", f"{OLDEST}-modules", "sanity", "--test", "validate-modules"],
    "imports": [
        *("--tree", f"{OLDEST}-imports", "--target-python", OLDEST_PYTHON),
        *("sanity", "--test", "import", "--test", "compile"),
    ],
}


@nox.session
@nox.parametrize("check", list(ON_NEWEST), ids=list(ON_NEWEST))
def newest(session: nox.Session, check: str) -> None:
    """The newest ansible-core that we promise: ansible-test's own checks."""
    tools = with_core(session, NEWEST)
    if check == "units" and tools == BIN:
        session.skip("`make test` runs the unit tests on this core")
    ansible_test(session, *ON_NEWEST[check], bin_folder=tools)


@nox.session
@nox.parametrize("check", list(ON_OLDEST), ids=list(ON_OLDEST))
def oldest(session: nox.Session, check: str) -> None:
    """The oldest ansible-core that we promise, and the oldest Python that it sends modules to."""
    tools = with_core(session, OLDEST)
    if check == "imports" and not find_python(OLDEST_PYTHON):
        lacks(session, f"that modules load on Python {OLDEST_PYTHON}: it is not here")
        return
    ansible_test(session, *ON_OLDEST[check], bin_folder=tools)


@nox.session
@nox.parametrize("core", list(CORES), ids=list(CORES))
def core(session: nox.Session, core: str) -> None:
    """All sanity, unit and integration tests on one release of ansible-core."""
    tools = with_core(session, core, must=True)
    side_by_side(session, checks_of(core), tools)
    side_by_side(session, {api: playbooks_of(api, f"{core}-") for api in GENERATIONS}, tools)


@nox.session
def cores(session: nox.Session) -> None:
    """The releases of ansible-core in CORES=…; without it a part of the tests on the oldest and the newest."""
    for name in [f"core({core})" for core in ASKED_FOR] or ["newest", "oldest"]:
        session.notify(name)


@nox.session
def changelog(session: nox.Session) -> None:
    """Add fragments and new plugins to the changelog of the version in galaxy.yml."""
    tools = environment(session, "lint")
    run(session, "antsibull-changelog", "release", "--update-existing", "--reload-plugins", bin_folder=tools)


@nox.session
def bench(session: nox.Session) -> None:
    """Ratios of speed, measured side by side."""
    run(session, "python", ROOT / "tests" / "bench" / "run.py", *session.posargs)
