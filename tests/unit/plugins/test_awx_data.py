# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What docs/awx says is what the playbooks take and AWX accepts."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import yaml
from ansible.cli.galaxy import GalaxyCLI
from jinja2 import Environment, meta

from ansible_collections.tmi.tmi.plugins.module_utils._modules import definition
from ansible_collections.tmi.tmi.plugins.module_utils._options import OPTIONS
from ansible_collections.tmi.tmi.tests.runner import awx

ROOT = Path(__file__).resolve().parents[3]
DATA = awx.Data()
TYPES = DATA["controller_credential_types"]
TEMPLATES = DATA["controller_templates"]
WORKFLOWS = DATA["controller_workflows"]
PROJECT = awx.DATA / "project"
SURVEYS = [*TEMPLATES, *WORKFLOWS]
#: One of those that have the same survey.
OF_A_SURVEY = {entry["survey_spec"]["name"]: entry for entry in SURVEYS}
QUESTIONS = [
    pytest.param(entry, question, id=f"{entry['name']}-{question['variable']}")
    for entry in OF_A_SURVEY.values()
    for question in entry["survey_spec"]["spec"]
]
#: What a credential holds: the connection, without what is a matter of the task or of a machine of one's own.
IN_CREDENTIALS = {option.name for option in OPTIONS} - {
    *("api", "env_file", "login_hint", "timeout", "connect_timeout", "retry_timeout", "settle_timeout"),
}
#: Where the first letters of variables lead, and what takes the rest.
MODULES = {"tmi_apply_": "tmi_definition", "tmi_export_": "tmi_definition_info", "tmi_import_": "tmi_definition"}
#: Variables that a playbook itself gives a meaning, with the answers it knows (None: any text).
OWN: dict[str, Any] = {
    "tmi_export_dest": None,
    "tmi_export_models": None,
    "tmi_export_strict": "bool",
    "tmi_import_src": None,
    "tmi_import_dest": None,
    "tmi_import_strict": "bool",
    "tmi_report_dest": None,
    "tmi_report_models": None,
    "tmi_report_formats": ["html", "markdown", "csv"],
    "tmi_report_columns": None,
    "tmi_report_title": None,
    "tmi_report_include_all": "bool",
    "tmi_environments": None,
    "tmi_callback_url": None,
    "tmi_logout": "bool",
}


def names(entries: Any) -> list[str]:
    return [entry["name"] for entry in entries]


def playbook_of(entry: Any) -> str:
    """Return the name of the playbook in the collection; a workflow has that of its jobs."""
    return Path(entry.get("playbook", "apply.yml")).stem


def heads_and_bodies(name: str) -> tuple[str, str]:
    """Return what a playbook says about itself, and what it does; of those that run a role, with the role."""
    text = (ROOT / "playbooks" / f"{name}.yml").read_text("utf-8")
    head, _newline, body = text.partition("\n- name:")
    for role in re.findall(r"name: tmi\.tmi\.(\w+)", body):
        folder = ROOT / "roles" / role
        head += (folder / "meta" / "argument_specs.yml").read_text("utf-8")
        body += "".join(path.read_text("utf-8") for path in sorted(folder.glob("[tv]a*/*.yml")))
    return head, body


def specification(variable: str) -> dict[str, Any]:
    """Return type and choices of what a variable is handed to."""
    if variable in OWN:
        known = OWN[variable]
        return {"type": "bool"} if known == "bool" else {"type": "str", **({"choices": known} if known else {})}
    if variable == "tmi_apply_prune":
        return {"type": "str", "choices": list(definition.LEVELS)}
    for prefix, module in MODULES.items():
        if variable.startswith(prefix):
            loaded = importlib.import_module(f"ansible_collections.tmi.tmi.plugins.modules.{module}")
            return dict(yaml.safe_load(loaded.DOCUMENTATION)["options"][variable[len(prefix) :]])
    role = variable.split("_")[1]
    specs = yaml.safe_load((ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text("utf-8"))
    return dict(specs["argument_specs"]["main"]["options"][variable])


# --- credentials --------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "prefix"), [("TMI", "TMI_"), ("TMI source", "TMI_SOURCE_")])
def test_a_credential_sets_the_variables_that_options_are_read_from(name: str, prefix: str) -> None:
    injected = DATA.named("controller_credential_types", name)["injectors"]
    assert set(injected["env"]) == {prefix + option.upper() for option in IN_CREDENTIALS}
    if prefix == "TMI_":
        assert set(injected["env"]) <= {option.env for option in OPTIONS}
    # An inventory update has no extra variables, and what is there is on the command line.
    assert set(injected) <= {"env", "file"}


def test_the_source_is_read_from_the_variables_that_the_migration_looks_at() -> None:
    assert "env_prefix='TMI_SOURCE_'" in (ROOT / "roles" / "migrate" / "vars" / "main.yml").read_text("utf-8")


@pytest.mark.parametrize("kind", TYPES, ids=names(TYPES))
def test_fields_of_a_credential_and_what_is_injected_are_the_same(kind: Any) -> None:
    fields = [field["id"] for field in kind["inputs"]["fields"]]
    injectors = kind["injectors"]
    labels = {label.partition(".")[2] for label in injectors["file"]}
    templates = [*injectors["file"].values(), *injectors["env"].values()]
    assert all(isinstance(template, awx.Unsafe) for template in templates)  # Ansible must leave them to AWX
    used = set().union(*(meta.find_undeclared_variables(Environment().parse(text)) for text in templates))
    assert len(fields) == len(set(fields))
    assert used - {"tower"} == set(fields)
    assert set(re.findall(r"tower\.filename\.(\w+)", " ".join(injectors["env"].values()))) == labels
    assert set(kind["inputs"]["required"]) <= set(fields)
    assert not [name for name in injectors["env"] if name.startswith("ANSIBLE_")]  # AWX refuses these


@pytest.mark.parametrize("kind", TYPES, ids=names(TYPES))
def test_fields_of_a_credential_are_what_awx_takes(kind: Any) -> None:
    allowed = {"id", "label", "type", "help_text", "multiline", "secret", "format", "choices", "default"}
    for field in kind["inputs"]["fields"]:
        assert set(field) <= allowed, field
        assert field["type"] in ("string", "boolean")
        assert field["type"] == "string" or not set(field) & {"secret", "multiline", "choices", "format"}
    secret = {field["id"] for field in kind["inputs"]["fields"] if field.get("secret")}
    assert secret == {option.name for option in OPTIONS if option.secret} | {"client_key"}


@pytest.mark.parametrize("kind", TYPES, ids=names(TYPES))
def test_a_credential_of_which_only_the_address_is_filled_in_sets_nothing_else(kind: Any, tmp_path: Path) -> None:
    env = awx.inject(kind, {"url": "https://tmi.example.com"}, tmp_path)
    prefix = next(iter(env)).removesuffix("URL")
    assert env.pop(prefix + "VALIDATE_CERTS") == "True"
    assert env.pop(prefix + "URL") == "https://tmi.example.com"
    files = [env.pop(prefix + name) for name in ("CA_PATH", "CLIENT_CERT", "CLIENT_KEY")]
    assert [os.path.getsize(file) for file in files] == [0, 0, 0]
    assert set(env.values()) == {""}


def test_credentials_have_a_type_and_its_fields() -> None:
    for credential in awx.Data({"TMI_URL": "https://tmi.example.com"})["controller_credentials"]:
        kind = DATA.named("controller_credential_types", credential["credential_type"])
        assert set(credential["inputs"]) <= {field["id"] for field in kind["inputs"]["fields"]}, credential["name"]
        if credential["state"] == "present":
            assert set(kind["inputs"]["required"]) <= set(credential["inputs"]), credential["name"]


# --- job templates ------------------------------------------------------------------------------


@pytest.mark.parametrize("template", TEMPLATES, ids=names(TEMPLATES))
def test_a_job_template_leads_to_what_there_is(template: Any) -> None:
    # AWX lists a project's own files as playbooks, and no others.
    imported = yaml.safe_load((PROJECT / template["playbook"]).read_text("utf-8"))
    assert [play["ansible.builtin.import_playbook"] for play in imported] == [f"tmi.tmi.{playbook_of(template)}"]
    assert (ROOT / "playbooks" / f"{playbook_of(template)}.yml").is_file()
    assert template["project"] in names(DATA["controller_projects"])
    assert template["inventory"] in names(DATA["controller_inventories"])
    assert set(template["credentials"]) <= set(names(DATA["controller_credentials"]))
    kinds = [DATA.named("controller_credentials", name)["credential_type"] for name in template["credentials"]]
    assert len(kinds) == len(set(kinds))  # AWX refuses two of a type
    assert template["job_type"] in ("run", "check")
    head, body = heads_and_bodies(playbook_of(template))
    for variable in template.get("extra_vars", {}):
        assert variable in head, variable
        assert variable in body, variable


def test_files_of_the_project_that_questions_name_by_default_are_there() -> None:
    named = {
        question["variable"]: PROJECT / question["default"]
        for entry in SURVEYS
        for question in entry["survey_spec"]["spec"]
        if question["variable"].endswith("_src")
    }
    assert set(named) == {"tmi_apply_src", "tmi_import_src"}
    for folder in named.values():
        assert list(folder.iterdir()), folder


def test_every_playbook_is_a_job_template() -> None:
    have = {path.stem for path in (ROOT / "playbooks").glob("*.yml")}
    # quickstart starts a server of its own, and watch is for a person at a terminal.
    assert {playbook_of(template) for template in TEMPLATES} == have - {"quickstart", "watch"}
    assert {path.stem for path in PROJECT.glob("*.yml")} == have - {"quickstart", "watch"}


def test_what_only_plans_is_a_check() -> None:
    modes = {template["name"]: template["job_type"] for template in TEMPLATES}
    apply = {template["name"] for template in TEMPLATES if template["playbook"] == "apply.yml"}
    assert {name for name, mode in modes.items() if mode == "check"} == {name for name in apply if "apply" not in name}


def test_inventories_lead_to_what_there_is() -> None:
    for source in DATA["controller_inventory_sources"]:
        assert (PROJECT / source["source_path"]).is_file()
        assert source["source_path"].endswith(".tmi.yml")  # or the plugin leaves it alone
        assert source["inventory"] in names(DATA["controller_inventories"])
        assert source["source_project"] in names(DATA["controller_projects"])
        assert source.get("credential", "TMI") in names(DATA["controller_credentials"])


def test_a_fresh_awx_can_update_the_project() -> None:
    # Without the empty list ansible-galaxy fails, and a collection that a Galaxy does not have makes it fail as well.
    file = PROJECT / "collections" / "requirements.yml"
    command = [sys.executable, "-m", "ansible.cli.galaxy", "collection", "install", "--offline", "-r", file]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stderr
    assert "no requirements found" in ran.stdout


def test_sources_of_the_collection_are_what_ansible_galaxy_reads(tmp_path: Path) -> None:
    text = (PROJECT / "collections" / "requirements.yml").read_text("utf-8")
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text("utf-8"))["version"]
    found = []
    for example in re.findall(r"^# (collections:\n(?:#   .*\n)+)", text, re.MULTILINE):
        file = tmp_path / "requirements.yml"
        file.write_text(re.sub("^# ", "", example, flags=re.MULTILINE), "utf-8")
        galaxy = GalaxyCLI(["ansible-galaxy", "collection", "install", "-r", str(file)])
        galaxy.api_servers = []
        # A download would find these two.
        artifacts = mock.Mock()
        artifacts.get_direct_collection_fqcn.return_value = "tmi.tmi"
        artifacts.get_direct_collection_version.return_value = version
        (requirement,) = galaxy._parse_requirements_file(str(file), artifacts_manager=artifacts)["collections"]
        assert version in (requirement.ver, *re.findall(r"[0-9.]+[0-9]", str(requirement.src)))
        found.append(requirement.type)
    assert found == ["galaxy", "git", "url"]


# --- surveys ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("entry", "question"), QUESTIONS)
def test_a_question_is_what_awx_takes(entry: Any, question: Any) -> None:
    kinds = ("text", "textarea", "password", "integer", "float", "multiplechoice", "multiselect")
    keys = {"question_name", "question_description", "variable", "type", "required", "default", "choices", "min", "max"}
    assert question["type"] in kinds
    assert isinstance(question["required"], bool)
    assert set(question) <= keys
    assert ("choices" in question) == question["type"].startswith("multi")
    assert all(isinstance(choice, str) for choice in question.get("choices", []))
    if question.get("default", "") != "":
        many = question["type"] == "multiselect"  # whose default is a text, a choice a line
        assert isinstance(question["default"], int if question["type"] == "integer" else str)
        assert not awx.mistakes(question, question["default"].splitlines() if many else question["default"])
    # An answer is there to be read, and what is asked for must be given by somebody who knows it.
    assert question["type"] != "password" or question["variable"] == "tmi_callback_url"
    assert question["variable"] not in {option.var for option in OPTIONS}


@pytest.mark.parametrize(("entry", "question"), QUESTIONS)
def test_a_question_is_one_that_the_playbook_answers_to(entry: Any, question: Any) -> None:
    variable = question["variable"]
    head, body = heads_and_bodies(playbook_of(entry))
    assert re.search(rf"\b{variable}\b", head), "the head of the playbook does not tell of it"
    shortened = variable.startswith("tmi_seed_") and re.search(rf"fields: \[.*\b{variable[9:]}\b", body)
    assert shortened or re.search(rf"\b{variable}\b", body), "the playbook does not use it"
    spec = specification(variable)
    if spec["type"] == "bool":
        assert question["choices"] == ["true", "false"]
    elif question["type"] in ("multiplechoice", "multiselect"):
        assert [choice for choice in spec["choices"] if choice] == question["choices"]
    elif spec["type"] in ("int", "float"):
        assert question["type"] == {"int": "integer", "float": "float"}[spec["type"]]
    else:
        assert "choices" not in spec, "any text may be given where only some are known"
        assert question["type"] in ("text", "textarea", "password")
    default = spec.get("default")
    if question["type"] in ("multiplechoice", "integer") and default not in (None, "", []):
        assert question["default"] == (str(default).lower() if isinstance(default, bool) else default)


@pytest.mark.parametrize("entry", SURVEYS, ids=names(SURVEYS))
def test_a_survey_can_be_left_as_it_is(entry: Any) -> None:
    assert entry["survey_enabled"]
    assert set(entry["survey_spec"]) == {"name", "description", "spec"}
    variables = [question["variable"] for question in entry["survey_spec"]["spec"]]
    assert len(variables) == len(set(variables))
    # A schedule, a webhook and a call of the API answer nothing.
    assert set(awx.answers(entry, {})) <= {*variables, *entry.get("extra_vars", {})}
    awx.answers(entry, awx.unanswered(entry))


# --- workflows ----------------------------------------------------------------------------------


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=names(WORKFLOWS))
def test_a_workflow_leads_to_what_there_is_and_asks_what_its_jobs_ask(workflow: Any) -> None:
    nodes = {node["identifier"]: node for node in workflow["workflow_nodes"]}
    assert len(nodes) == len(workflow["workflow_nodes"])
    (begun,) = set(nodes) - {name for node in nodes.values() for name in awx.following(node)}
    order = [begun]
    while awx.following(nodes[order[-1]]):
        order += awx.following(nodes[order[-1]])
    # AWX counts slices when it launches the job, so the inventory is updated before.
    sliced = "slices" in workflow["name"]
    assert order == ["update", *(["inventory"] if sliced else []), "plan", "approve", "apply", "check"]
    assert set(order) == set(nodes)
    project = nodes["update"]["unified_job_template"]["name"]
    assert not DATA.named("controller_projects", project)["scm_update_on_launch"]  # or it is another commit later
    for identifier in ("plan", "apply", "check"):
        template = DATA.named("controller_templates", nodes[identifier]["unified_job_template"]["name"])
        assert template["survey_spec"] == workflow["survey_spec"]  # or AWX keeps the answers back
        assert template["project"] == project
        assert (template["job_type"] == "run") == (identifier == "apply")
        expected = template.get("extra_vars", {}).get("tmi_apply_expect_unchanged", False)
        assert expected == (identifier == "check")
        # Whatever else updates the project before the approval, only the planned commit is applied.
        artifact = template.get("extra_vars", {}).get("tmi_apply_revision_artifact", False)
        assert artifact == (identifier == "plan")
        assert ("job_slice_count" in template) == sliced
        if sliced:
            source = DATA.named("controller_inventory_sources", nodes["inventory"]["unified_job_template"]["name"])
            assert source["inventory"] == template["inventory"]
            assert source["source_project"] == project
            assert not source["update_on_launch"]


def test_jobs_that_are_launched_alone_use_the_newest_files() -> None:
    in_workflows = {
        node["unified_job_template"]["name"] for workflow in WORKFLOWS for node in workflow["workflow_nodes"]
    }
    for template in TEMPLATES:
        reads = any(question["variable"].endswith("_src") for question in template["survey_spec"]["spec"])
        if reads and template["name"] not in in_workflows:
            assert DATA.named("controller_projects", template["project"])["scm_update_on_launch"], template["name"]


def test_all_files_are_read() -> None:
    (play,) = awx.read(awx.DATA / "configure.yml")
    there = {path.name for path in awx.DATA.glob("*.yml")}
    assert set(play["vars_files"]) == there - {"configure.yml", "requirements.yml"}


def test_a_repository_that_needs_no_credential_has_none() -> None:
    assert not [project for project in DATA["controller_projects"] if "credential" in project]  # it would be looked up
    projects = awx.Data(tmi_awx_repository_credential="Forge")["controller_projects"]
    assert {project["credential"] for project in projects} == {"Forge"}
