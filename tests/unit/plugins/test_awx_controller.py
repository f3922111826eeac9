# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls of modules in docs/awx/configure.yml: modules and a controller accept them, with any setting on or off."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ansible_collections.tmi.tmi.tests.runner import awx

MODULES = yaml.safe_load(Path(__file__).with_name("awx_modules.yml").read_text("utf-8"))
ENV = {
    **dict.fromkeys(("TMI_URL", "TMI_SOURCE_URL"), "https://tmi.example.com"),
    **dict.fromkeys(("TMI_TOKEN", "TMI_CLIENT_SECRET", "TMI_AWX_REGISTRY_USER"), "a secret"),
}
#: Every part on.
ALL: dict[str, Any] = {
    "tmi_awx_repository_credential": "Forge",
    "tmi_awx_registry": "registry.example.com",
    "tmi_awx_show_paths": ["/var/lib/tmi:/var/lib/tmi:rw"],
    "tmi_awx_instance_group": "tmi",
    "tmi_awx_container_group": True,
    "tmi_awx_labels": ["tmi", "security"],
    "tmi_awx_check_schedule": "DTSTART;TZID=Europe/Berlin:20260105T050000 RRULE:FREQ=DAILY;INTERVAL=1",
    "tmi_awx_login_schedule": "DTSTART;TZID=Europe/Berlin:20260105T080000 RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO",
    "tmi_awx_mail_recipients": ["security@example.com"],
    "tmi_awx_chat_url": "https://chat.example.com/hooks/1",
    "tmi_awx_planners": ["Planners"],
    "tmi_awx_appliers": ["Appliers", "Planners"],
    "tmi_awx_approvers": ["Approvers"],
    "tmi_awx_webhook": "gitlab",
    "tmi_awx_webhook_credential": "Forge token",
    "tmi_awx_review": True,
}
#: Parts that are off by default.
OPTIONAL = {"label", "instance_group", "notification_template", "schedule", "team", "role", "settings"}
SETTINGS = awx.read(awx.DATA / "settings.yml")
OFF, ON = awx.Data(), awx.Data(ENV, **ALL)


def calls(data: awx.Data) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return module and arguments of each call, in order."""
    for task in data.play["tasks"]:
        module = re.fullmatch(r"\{\{ tmi_awx_collection \}\}\.(\w+)", task["action"])
        assert module, task["action"]
        for arguments in data.arguments(task):
            yield module[1], arguments


def spec_of(module: str) -> dict[str, Any]:
    """Return the options of a module as an argument spec."""
    spec = {}
    for name, known in MODULES[module].items():
        if isinstance(known, list):
            spec[name] = {"choices": known}
        elif known.startswith("["):
            spec[name] = {"type": "list", "elements": known.strip("[]")}
        else:
            spec[name] = {"type": known.rstrip("!"), "required": known.endswith("!")}
    return spec


CALLS = [pytest.param(*call, id=f"{call[0]}-{call[1].get('name', '')}-{n}") for n, call in enumerate(calls(ON))]


@pytest.mark.parametrize(("module", "arguments"), [*CALLS, *(pytest.param(*call) for call in calls(OFF))])
def test_modules_accept_the_arguments(module: str, arguments: dict[str, Any]) -> None:
    result = ArgumentSpecValidator(spec_of(module)).validate(arguments)
    assert not result.error_messages
    # Nothing is converted: a text for a number would be a template that lost its type.
    wrong = [
        name for name, value in arguments.items() if not isinstance(result.validated_parameters[name], type(value))
    ]
    assert set(wrong) <= {name for name in arguments if isinstance(arguments[name], awx.Unsafe)}
    assert "" not in arguments.values()


def test_parts_are_off_unless_a_setting_switches_them_on() -> None:
    assert {module for module, _arguments in calls(ON)} == set(MODULES)
    assert {module for module, _arguments in calls(OFF)} == set(MODULES) - OPTIONAL
    assert set(ALL) <= set(SETTINGS)
    on_by_default = {module for module, _arguments in calls(OFF)}
    for setting in ("labels", "check_schedule", "mail_recipients", "chat_url", "approvers", "show_paths"):
        name = f"tmi_awx_{setting}"
        (more,) = {module for module, _arguments in calls(awx.Data(**{name: ALL[name]}))} - on_by_default - {"role"}
        assert more in OPTIONAL


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_every_setting_is_used(name: str) -> None:
    files = [*ON.play["vars_files"], "configure.yml"]
    texts = [re.sub(r"(?m)^ *#.*$", "", (awx.DATA / file).read_text("utf-8")) for file in files]
    assert len(re.findall(rf"\b{name}\b", "\n".join(texts))) > 1


def test_what_a_call_refers_to_is_there_before() -> None:
    kinds = {
        "credential_type": "credential_type",
        "credential": "credential",
        "credentials": "credential",
        "execution_environment": "execution_environment",
        "default_environment": "execution_environment",
        "project": "project",
        "source_project": "project",
        "inventory": "inventory",
        "labels": "label",
        "instance_groups": "instance_group",
        "notification_templates_error": "notification_template",
        "notification_templates_approvals": "notification_template",
        "notification_templates_started": "notification_template",
        "job_templates": "job_template",
        "workflows": "workflow_job_template",
        "teams": "team",
    }
    there = {("credential", "Forge"), ("credential_type", "Container Registry")}
    for module, arguments in calls(ON):
        for member, kind in kinds.items():
            for name in [arguments[member]] if isinstance(arguments.get(member), str) else arguments.get(member, []):
                assert (kind, name) in there, (module, arguments.get("name"), member, name)
        if module == "schedule":
            assert ("job_template", arguments["unified_job_template"]) in there
        there.add((module, arguments.get("name", "")))


def test_a_second_configuration_keeps_credentials_that_were_filled_in_on_the_web() -> None:
    states = {entry["name"]: entry["state"] for entry in OFF["controller_credentials"]}
    assert states == {"TMI": "exists", "TMI reader": "exists", "TMI source": "exists"}
    made = {entry["name"]: entry for entry in ON["controller_credentials"]}
    assert {entry["state"] for entry in made.values()} == {"present"}
    blank = awx.Data(**{**ALL, "tmi_awx_mail_user": "tmi"})
    assert blank.named("controller_credentials", "TMI registry")["state"] == "exists"
    assert blank.named("controller_notifications", "TMI mail")["state"] == "exists"
    assert ON.named("controller_notifications", "TMI mail")["state"] == "present"  # without a login
    assert "client_id" not in made["TMI reader"]["inputs"]  # which is not in the environment
    tasks = {task["action"].rpartition(".")[2]: task for task in ON.play["tasks"]}
    assert [name for name, task in tasks.items() if task.get("no_log")] == ["credential", "notification_template"]


# --- rules of a controller ----------------------------------------------------------------------


@pytest.mark.parametrize("workflow", ON["controller_workflows"], ids=lambda workflow: workflow["name"])
def test_nodes_of_a_workflow_are_what_the_module_reads(workflow: Any) -> None:
    node = {
        "identifier": {"required": True},
        "unified_job_template": {
            "type": "dict",
            "options": {
                "name": {"required": True},
                "type": {"choices": ["job_template", "project", "inventory_source", "workflow_approval"]},
                "description": {},
                "timeout": {"type": "int"},
                "organization": {"type": "dict", "options": {"name": {"required": True}}},
                "inventory": {"type": "dict"},
            },
        },
        "related": {
            "type": "dict",
            "options": {
                "success_nodes": {
                    "type": "list",
                    "elements": "dict",
                    "options": {"identifier": {"required": True}},
                },
            },
        },
    }
    for entry in workflow["workflow_nodes"]:
        assert not ArgumentSpecValidator(node).validate(entry).error_messages
        job = entry["unified_job_template"]
        assert set(job) - {"name", "type"} == {
            "workflow_approval": {"description", "timeout"},
            "inventory_source": {"inventory"},
        }.get(job["type"], {"organization"})


def test_approvals_have_names_of_their_own() -> None:
    """The module searches an approval by its name in all workflows."""
    nodes = [node for workflow in ON["controller_workflows"] for node in workflow["workflow_nodes"]]
    found = [node["unified_job_template"] for node in nodes if node["identifier"] == "approve"]
    assert len({approval["name"] for approval in found}) == len(found) == 2


def test_a_schedule_is_a_rule_that_awx_takes() -> None:
    comments = re.findall(r"(?m)^# --- (DTSTART.*)$", (awx.DATA / "settings.yml").read_text("utf-8"))
    rules = [entry["rrule"] for entry in ON["controller_schedules"]]
    assert rules == comments
    for rule in rules:
        assert re.fullmatch(r"DTSTART;TZID=[A-Za-z/]+:\d{8}T\d{6} RRULE:FREQ=\w+;INTERVAL=\d+(;BYDAY=[A-Z,]+)?", rule)


def test_notifications_have_every_member_that_awx_wants() -> None:
    wanted: dict[str, dict[str, type]] = {
        "email": {
            **dict.fromkeys(("host", "username", "password", "sender"), str),
            **dict.fromkeys(("port", "timeout"), int),
            **dict.fromkeys(("use_tls", "use_ssl"), bool),
            "recipients": list,
        },
        "webhook": {
            **dict.fromkeys(("url", "http_method", "username", "password"), str),
            "disable_ssl_verification": bool,
            "headers": dict,
        },
    }
    for entry in ON["controller_notifications"]:
        found = {name: type(value) for name, value in entry["notification_configuration"].items()}
        assert found == wanted[entry["notification_type"]]


def test_a_scheduled_login_sends_a_message() -> None:
    login = ON.named("controller_templates", "TMI log in")
    assert login["notification_templates_started"] == [entry["name"] for entry in ON["controller_notifications"]]
    assert login["name"] in [entry["unified_job_template"] for entry in ON["controller_schedules"]]


def test_a_chat_gets_a_text_for_every_event() -> None:
    values = {"job": {"name": "TMI check"}, "url": "u", "approval_node_name": "Apply this plan?", "workflow_url": "w"}
    jinja = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    (chat,) = [entry for entry in ON["controller_notifications"] if entry["notification_type"] == "webhook"]
    events = dict(chat["messages"])
    approvals = events.pop("workflow_approval")
    assert set(approvals) == {"running", "approved", "timed_out", "denied"}
    assert set(events) == {"started", "success", "error"}
    for message in [*approvals.values(), *events.values()]:
        assert set(message) == {"body"}
        assert isinstance(message["body"], awx.Unsafe)  # Ansible must leave it to AWX
        assert set(json.loads(jinja.from_string(message["body"]).render(values))) == {"text"}


def test_roles_let_nobody_apply_without_an_approval() -> None:
    modes = {template["name"]: template["job_type"] for template in ON["controller_templates"]}
    reading = {"TMI export", "TMI report"} | {name for name, mode in modes.items() if mode == "check"}
    nodes = {
        node["unified_job_template"]["name"]
        for workflow in ON["controller_workflows"]
        for node in workflow["workflow_nodes"]
    }
    may: dict[str, dict[str, set[str]]] = {}
    for entry in ON["controller_roles"]:
        for team in entry["teams"]:
            objects = {*entry.get("job_templates", []), *entry.get("workflows", [])}
            may.setdefault(team, {}).setdefault(entry["role"], set()).update(objects)
    workflows = {workflow["name"] for workflow in ON["controller_workflows"]}
    assert may["Planners"]["execute"] <= reading | workflows  # who are appliers here, too
    assert may["Appliers"]["execute"] == workflows
    assert set(may["Approvers"]) == {"read", "approval"}
    assert may["Approvers"]["approval"] == workflows
    for team in ("Appliers", "Approvers"):  # a plan that nobody can read cannot be approved
        assert may[team]["read"] >= nodes & set(modes)


def test_a_container_group_mounts_the_folder() -> None:
    (group,) = ON["controller_instance_groups"]
    pod = yaml.safe_load(group["pod_spec_override"])
    (container,) = pod["spec"]["containers"]
    assert container["image"] == SETTINGS["tmi_awx_image"]
    assert [mount["mountPath"] for mount in container["volumeMounts"]] == [SETTINGS["tmi_awx_folder"]]
    volumes = {volume["name"] for volume in pod["spec"]["volumes"]}
    assert {mount["name"] for mount in container["volumeMounts"]} == volumes


def test_only_a_plan_takes_another_branch() -> None:
    taking = [one["name"] for one in ON["controller_templates"] if one.get("ask_scm_branch_on_launch")]
    assert taking == ["TMI plan"]
    projects = {project["name"]: project for project in ON["controller_projects"]}
    assert projects[ON.named("controller_templates", "TMI plan")["project"]]["allow_override"] is True
    assert "allow_override" not in projects["TMI project"]
    assert not any(project.get("allow_override") for project in OFF["controller_projects"])
