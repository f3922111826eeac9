# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each playbook as a job: what it tells, what it changes, what the server counts."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tmi.tmi.tests.runner import awx
from ansible_collections.tmi.tmi.tests.runner.controller import writes

Controller = Any
Server = Any


class TestApply:
    """TMI plan, TMI apply, TMI check."""

    def test_a_plan_writes_nothing_and_a_second_run_neither(self, controller: Controller, server: Server) -> None:
        plan = controller.launch("TMI plan")
        assert (plan.status, plan.changed, writes(server)) == ("successful", 1, 0)
        made = controller.launch("TMI apply")
        assert (made.status, made.changed) == ("successful", 1)
        counts = {"created": 3, "restored": 0, "updated": 0, "deleted": 0}
        shown = plan.artifacts.pop("tmi_apply_plan")  # for a merge request
        assert "Web shop" in shown
        assert made.artifacts == plan.artifacts == {"tmi_apply_counts": counts}
        assert writes(server) > 0
        again = controller.launch("TMI apply", awx.unanswered(controller.template("TMI apply")))
        assert (again.status, again.changed, writes(server)) == ("successful", 0, 0)
        assert again.artifacts["tmi_apply_counts"] == {"created": 0, "restored": 0, "updated": 0, "deleted": 0}

    def test_answers_reach_the_module(self, controller: Controller, server: Server) -> None:
        given = {"tmi_apply_src": "models/web_shop.yml\n\n", "tmi_apply_name_prefix": "Test "}
        controller.launch("TMI apply", given)
        assert [model["name"] for model in server.items("/threat_models")] == ["Test Web shop"]
        file = controller.project / "models" / "web_shop.yml"
        file.write_text(file.read_text("utf-8").partition("threats:")[0] + "threats: {}\n", "utf-8")
        writes(server)
        given.update(tmi_apply_prune="managed")
        limited = controller.launch("TMI plan", {**given, "tmi_apply_prune_limit": 0})
        assert (limited.status, writes(server)) == ("failed", 0)
        assert "removes 1 objects, more than prune_limit (0) allows" in limited.failure
        protected = controller.launch("TMI plan", {**given, "tmi_apply_protect": "threats/Legal *\nthreats/Orders *\n"})
        assert protected.artifacts["tmi_apply_counts"]["deleted"] == 0
        pruned = controller.launch("TMI plan", given)
        assert pruned.artifacts["tmi_apply_counts"]["deleted"] == 1
        assert writes(server) == 0

    def test_awx_refuses_answers_that_no_job_could_use(self, controller: Controller) -> None:
        for wrong in ({"tmi_apply_prune": ""}, {"tmi_apply_prune_limit": "20"}, {"tmi_apply_state": "absent"}):
            with pytest.raises(ValueError, match=next(iter(wrong))):
                controller.launch("TMI plan", wrong)


class TestExport:
    """TMI export."""

    def test_files_are_written_once(self, shop: Controller, server: Server) -> None:
        controller = shop
        first = controller.launch("TMI export")
        assert (first.status, first.changed) == ("successful", 1)
        text = (controller.lasting / "models" / "web-shop.yml").read_text("utf-8")
        again = controller.launch("TMI export", {"tmi_export_strict": "true", "tmi_export_models": "Web*\nNo such*\n"})
        assert (again.status, again.changed) == ("successful", 0)
        year = controller.launch("TMI export", {"tmi_export_models": "2024"})  # a number to ansible-core 2.19
        assert year.status == "failed"
        assert 'there is no threat model "2024"' in year.failure
        bare = {"tmi_export_sections": ["threats"], "tmi_export_layout": "false"}
        assert controller.launch("TMI export", bare).changed == 1
        assert "diagrams:" in text
        assert "diagrams:" not in (controller.lasting / "models" / "web-shop.yml").read_text("utf-8")
        assert writes(server) == 0

    def test_without_a_folder_it_stays_in_the_job(self, shop: Controller) -> None:
        job = shop.launch("TMI export", awx.unanswered(shop.template("TMI export")))
        assert job.status == "successful"
        assert job.changed == 1
        assert "name: Web shop" in (job.folder / "project" / "models" / "web-shop.yml").read_text("utf-8")


class TestReport:
    """TMI report."""

    def test_reports_are_written_once(self, shop: Controller, server: Server) -> None:
        controller = shop
        first = controller.launch("TMI report", {"tmi_report_formats": ["html", "markdown"], "tmi_report_title": "All"})
        assert first.status == "successful"
        files = {path.name for path in (controller.lasting / "reports").iterdir()}
        assert files == {"index.html", "index.md", "web-shop.html", "web-shop.md", "web-shop.data-flow.svg"}
        assert "<h1>All</h1>" in (controller.lasting / "reports" / "index.html").read_text("utf-8")
        again = controller.launch("TMI report", {"tmi_report_formats": ["html", "markdown"], "tmi_report_title": "All"})
        assert (again.status, again.changed) == ("successful", 0)
        bare = controller.launch("TMI report", awx.unanswered(controller.template("TMI report")))
        files = {path.name for path in (bare.folder / "project" / "reports").iterdir()}
        assert files == {"index.html", "web-shop.html", "web-shop.data-flow.svg"}
        assert writes(server) == 0


class TestSeed:
    """TMI seed and TMI bootstrap."""

    def test_some_models(self, controller: Controller, server: Server) -> None:
        given = {"tmi_seed_models": ["web_application"], "tmi_seed_name_prefix": "A ", "tmi_seed_framework": "CIA"}
        first = controller.launch("TMI seed", given)
        assert (first.status, first.changed) == ("successful", 1)
        (model,) = server.items("/threat_models")
        assert model["name"] == "A Web application (three tier)"
        writes(server)
        again = controller.launch("TMI seed", given)
        assert (again.status, again.changed, writes(server)) == ("successful", 0, 0)

    def test_no_answers_mean_all_models(self, controller: Controller, server: Server) -> None:
        given = awx.unanswered(controller.template("TMI seed"))
        assert controller.launch("TMI seed", given).status == "successful"
        assert len(server.items("/threat_models")) == 8
        writes(server)
        # The same models, for an environment without prefix, is what there is if no environments are named.
        job = controller.launch("TMI bootstrap", {"tmi_environments": ""})
        assert (job.status, job.changed, writes(server)) == ("successful", 0, 0)

    def test_environments_are_text(self, controller: Controller, server: Server) -> None:
        text = "- name: test\n  models: [web_application]\n  wait: 20\n"
        text += "- {name: Live, models: [mobile_app], via: rest}\n"
        first = controller.launch("TMI bootstrap", {"tmi_environments": text})
        assert (first.status, first.changed) == ("successful", 2)
        assert {one["name"] for one in server.items("/threat_models")} == {
            "test: Web application (three tier)",
            "Live: Mobile application",
        }
        writes(server)
        again = controller.launch("TMI bootstrap", {"tmi_environments": text})
        assert (again.status, again.changed, writes(server)) == ("successful", 0, 0)

    @pytest.mark.parametrize("text", ["name: test", "- {url: https://tmi.example.com}"])
    def test_environments_that_are_none(self, controller: Controller, server: Server, text: str) -> None:
        job = controller.launch("TMI bootstrap", {"tmi_environments": text})
        assert job.status == "failed"
        assert "must be a list of environments, each with a name" in job.failure
        assert server.counted()["requests"] == 0


class TestMigrate:
    """TMI migrate."""

    def test_models_move_once(self, controller: Controller, server: Server, source: Server) -> None:
        target = controller.credentials["TMI"]
        old = {"url": source.url, "token": source.tokens["access_token"]}
        controller.credentials["TMI"] = old
        assert controller.launch("TMI seed", {"tmi_seed_models": ["mobile_app"]}).status == "successful"
        controller.credentials.update({"TMI": target, "TMI source": old})
        writes(source)
        blank = awx.unanswered(controller.template("TMI migrate"))
        refused = controller.launch("TMI migrate", blank)
        assert (refused.status, writes(server)) == ("failed", 0)
        assert "the server does not know alice@test.tmi" in refused.output
        users = f"alice@test.tmi: {server.get('/me')['email']}\nnobody@old.example.com: ''\n"
        plan = controller.launch("TMI migrate", {**blank, "tmi_migrate_users": users})
        assert (plan.status, writes(server)) == ("successful", 0), plan.output
        assert "nothing was written: tmi_migrate_apply is false" in plan.output
        given = {"tmi_migrate_apply": "true", "tmi_migrate_models": "Mobile*\n", "tmi_migrate_users": users}
        moved = controller.launch("TMI migrate", given)
        assert moved.status == "successful", moved.output
        assert "verified: 0 differences" in moved.output
        assert writes(server) > 0
        again = controller.launch("TMI migrate", given)
        assert again.results("Create or update the models on the target, or plan it")[0]["changed"] is False
        assert (again.status, writes(server), writes(source)) == ("successful", 0, 0)


def test_quickstart(controller: Controller, server: Server) -> None:
    """It brings a server of its own; the interpreter's own environment has what that needs."""
    template = {"credentials": [], "job_type": "run", "playbook": "quickstart.yml"}
    play = [{"name": "Quickstart", "ansible.builtin.import_playbook": "tmi.tmi.quickstart"}]
    (controller.project / "quickstart.yml").write_text(json.dumps(play), "utf-8")
    venv = str(Path(sys.executable).parents[1])
    state_dir = str(controller.lasting / "state")
    given = {"tmi_sandbox_venv": venv, "tmi_sandbox_port": 0, "tmi_sandbox_state_dir": state_dir}
    jobs = []
    for state in ("started", "stopped"):
        variables = {**given, "tmi_sandbox_state": state}
        folder = controller.prepare(template, variables, controller.here(), [])
        jobs.append(controller.run(folder, "quickstart.yml"))
    assert [job.status for job in jobs] == ["successful", "successful"], jobs[0].output
    assert "changed=0, 0 writes by the server's count" in jobs[0].output
