# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The workflow: plan, approval, apply, and a check that nothing is left to do."""

from __future__ import annotations

from typing import Any

from ansible_collections.tmi.tmi.tests.runner import awx
from ansible_collections.tmi.tmi.tests.runner.controller import writes

Controller = Any
Server = Any
NAME = "TMI plan, approve, apply, check"


def walk(controller: Controller, server: Server, given: dict[str, Any]) -> list[tuple[str, Any, int]]:
    """Run the nodes of the workflow one after the other, with what jobs hand on; return each with job and writes."""
    workflow = controller.data.named("controller_workflows", NAME)
    nodes = {node["identifier"]: node for node in workflow["workflow_nodes"]}
    templates = {template["name"] for template in controller.data["controller_templates"]}
    handed_on: dict[str, Any] = {}
    done = []
    node = nodes["update"]
    while True:
        if node["unified_job_template"]["name"] in templates:
            job = controller.launch(node["unified_job_template"]["name"], given, artifacts=handed_on)
            done.append((node["identifier"], job, writes(server)))
            handed_on.update(job.artifacts)
            if job.status != "successful":
                return done
        if not awx.following(node):
            return done
        node = nodes[awx.following(node)[0]]


def test_what_is_approved_is_made_and_nothing_is_left(controller: Controller, server: Server) -> None:
    early = controller.launch("TMI check")
    assert (early.status, writes(server)) == ("failed", 0)
    assert "1 of 1 threat models differ from the files" in early.failure
    assert early.failure.endswith("Web shop")
    (first, plan, planned), (second, made, written), (third, check, left) = walk(controller, server, {})
    assert [first, second, third] == ["plan", "apply", "check"]
    assert [job.status for job in (plan, made, check)] == ["successful"] * 3
    assert (planned, left) == (0, 0)
    assert written > 0
    assert made.artifacts["tmi_apply_counts"] == plan.artifacts["tmi_apply_counts"]
    assert check.artifacts["tmi_apply_counts"] == {"created": 0, "restored": 0, "updated": 0, "deleted": 0}
    # What the job before has counted came along, and a person who decides sees what will be.
    assert "tmi_apply_counts" in (made.folder / "env" / "extravars").read_text("utf-8")
    assert '+ threat model "Web shop"' in plan.output


def test_a_plan_that_cannot_be_carried_out_ends_the_workflow(controller: Controller, server: Server) -> None:
    file = controller.project / "models" / "web_shop.yml"
    file.write_text(file.read_text("utf-8").replace("at: main/buy", "at: main/sell"), "utf-8")
    ((name, plan, written),) = walk(controller, server, {})
    assert (name, plan.status, written) == ("plan", "failed", 0)
    assert "sell" in plan.failure


def test_a_commit_that_is_not_the_planned_one_is_not_applied(controller: Controller, server: Server) -> None:
    """Whatever updates the project while a plan waits for its approval."""
    planned, later = ({"awx_project_revision": letter * 40} for letter in "ab")
    plan = controller.launch("TMI workflow plan", artifacts=planned)
    assert plan.artifacts["tmi_apply_revision"] == "a" * 40
    late = controller.launch("TMI workflow apply", artifacts={**plan.artifacts, **later})
    assert (late.status, writes(server)) == ("failed", 0)
    assert "a" * 40 in late.failure
    assert "b" * 40 in late.failure
    assert "Launch the workflow again" in late.failure
    made = controller.launch("TMI workflow apply", artifacts={**plan.artifacts, **planned})
    assert made.status == "successful"
    assert writes(server) > 0
