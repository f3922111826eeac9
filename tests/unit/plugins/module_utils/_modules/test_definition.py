# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several models in one task: mistakes before the first write, failures half-way, limits, what the result says."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils import _parallel
from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._engine.policy import Policy
from ansible_collections.tmi.tmi.plugins.module_utils._engine.reconcile import Run
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Change, Entity
from ansible_collections.tmi.tmi.plugins.module_utils._errors import ApiError, InputError
from ansible_collections.tmi.tmi.plugins.module_utils._http.request import Stats
from ansible_collections.tmi.tmi.plugins.module_utils._modules.definition import DefinitionRun
from ansible_collections.tmi.tmi.plugins.module_utils._modules.definition_model import CompiledModel, Model
from ansible_collections.tmi.tmi.plugins.module_utils._modules.module import Context, add_done
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.fake_server import FakeServer


class Server(FakeServer):
    """Refuses to create threats of one model, whose name is ``refused``."""

    refused = ""

    def create(self, parent_id: str | None, changes: Any) -> list[Entity]:
        first: Change = changes[0]
        if first.resource.name == "threat" and first.path[0] == self.refused:
            raise ApiError("403 forbidden", status=403, server_code="forbidden")
        return super().create(parent_id, changes)


class Transport:
    stats = Stats()


def shop(name: str, **more: Any) -> dict[str, Any]:
    return {"tmi_definition": 1, "key": name.lower(), "name": name, "threats": {"flood": {}, "leak": {}}, **more}


def run(server: FakeServer, *definitions: Mapping[str, Any], write: bool = True, **params: Any) -> dict[str, Any]:
    given = {"on_error": "stop", "prune_limit": 20, "parallel": 1, **params}
    show_line, secrets = given.pop("show_line", None), given.pop("secrets", ())
    policy = Policy("fail", "", prune=given.pop("prune", {}), register=True)
    documents = [document(d, f"{d['key']}.yml") for d in definitions]
    models = [
        Model(CompiledModel(found, compile_definition(found)), lambda desired: Run(server, desired, policy, "rest"))
        for found in documents
    ]
    context: Any = Context(Transport(), not write, True, show_line, secrets)  # type: ignore[arg-type]
    result = DefinitionRun(models, given, context).run()
    if result.get("failed"):
        add_done(result, server.journal.lines())
    return result


class TestMistakes:
    def test_all_are_reported_at_once_and_nothing_is_written(self) -> None:
        server = FakeServer()
        wrong = {"threats": {"a": {"at": "nowhere"}}}
        with pytest.raises(InputError, match=r"(?s)2 mistakes:\none\.yml threats\.a.*\nthree\.yml threats\.a"):
            run(server, shop("One", **wrong), shop("Two"), shop("Three", **wrong))
        assert server.writes == 0

    def test_one_speaks_for_itself(self) -> None:
        with pytest.raises(InputError, match=r"^one\.yml threats\.a"):
            run(FakeServer(), shop("One", threats={"a": {"at": "nowhere"}}), shop("Two"))

    def test_the_others_go_on_if_on_error_is_continue(self) -> None:
        server = FakeServer()
        result = run(server, shop("One", threats={"a": {"at": "nowhere"}}), shop("Two"), on_error="continue")
        assert result["failed"]
        assert result["changed"]
        assert "error" in result["threat_models"][0]
        assert result["threat_models"][1]["created"] == 3
        assert "1 of 2 models failed" in result["msg"]
        assert "threats.a" in result["msg"]


class TestFailures:
    def test_stop_begins_nothing_new(self) -> None:
        server = Server()
        server.refused = "One"
        result = run(server, shop("One"), shop("Two"))
        assert result["failed"]
        assert result["changed"]
        assert (result["error"]["code"], result["error"]["server_code"]) == ("permission_denied", "forbidden")
        assert 'created threat model "One"' in result["done"]
        assert [sorted(model) for model in result["threat_models"]] == [
            ["changed", "done", "error", "file", "id", "name"],
            ["changed", "file", "id", "name", "skipped"],
        ]
        assert server.census() == [("threat_model", "One")]

    def test_one_of_many_makes_a_short_result(self) -> None:
        """The reason comes first, the writes are listed with their model, and the plan is that of the failed one."""
        server = Server()
        server.refused = "M3"
        result = run(server, *(shop(f"M{n}") for n in range(9)), on_error="continue")
        assert result["msg"].startswith('"M3": ')
        assert "1 of 9 models failed" in result["msg"]
        assert {entry["path"][0] for entry in result["plan"]} == {"M3"}
        assert "M3" in result["diff"][0]["prepared"]
        assert "M4" not in result["diff"][0]["prepared"]
        done = {model["name"]: model["done"] for model in result["threat_models"]}
        assert list(done) == [f"M{n}" for n in range(9)]
        assert [line for lines in done.values() for line in lines] == result["done"]
        assert 'created threat model "M4"' in done["M4"]

    def test_continue_brings_the_others_to_their_end(self) -> None:
        server = Server()
        server.refused = "One"
        result = run(server, shop("One"), shop("Two"), on_error="continue")
        assert result["failed"]
        assert "error" in result["threat_models"][0]
        assert result["threat_models"][1]["created"] == 3
        assert len(server.census()) == 4

    def test_a_message_lists_some_and_the_result_all(self) -> None:
        server = Server()
        server.refused = "M9"
        models = [shop(f"M{n}", threats={f"t{n}": {} for n in range(5)}) for n in range(10)]
        result = run(server, *models)
        assert result["msg"].count("created") <= 12
        assert len(result["done"]) > 12


class TestPruneLimit:
    def test_counts_over_all_models_and_stops_before_any_write(self) -> None:
        server = FakeServer()
        run(server, shop("One"), shop("Two"))
        written = server.writes
        empty = [shop("One", threats={}), shop("Two", threats={})]
        with pytest.raises(InputError, match=r"removes 4 objects, more than prune_limit \(3\)"):
            run(server, *empty, prune={"threats": "managed"}, prune_limit=3)
        assert server.writes == written
        result = run(server, *empty, prune={"threats": "managed"}, prune_limit=4)
        assert [model["deleted"] for model in result["threat_models"]] == [2, 2]


class TestResult:
    def test_plan_and_diff_show_the_same(self) -> None:
        server = FakeServer()
        run(server, shop("One"))
        changed = shop("One", description="New", threats={"flood": {"severity": "high"}, "theft": {}})
        predicted = run(server, changed, write=False, prune={"threats": "managed"})
        real = run(server, changed, prune={"threats": "managed"})
        assert predicted["plan"] == real["plan"]
        assert predicted["plan_format"] == real["plan_format"] == 1
        texts = [result["diff"][0]["prepared"].splitlines() for result in (predicted, real)]
        assert texts[0][:-1] == texts[1][:-1]
        assert texts[0][-1] == "Plan: 1 to create, 2 to change, 1 to remove, in 1 model"
        assert [(e["action"], e["path"][-1]) for e in real["plan"]] == [
            ("update", "One"),
            ("update", "flood"),
            ("create", "theft"),
            ("delete", "leak"),
        ]
        assert real["plan"][1]["fields"] == {"severity": {"before": "unknown", "after": "high"}}
        assert texts[1] == [
            '~ threat model "One"',
            "      description: (none) -> New",
            '    ~ threat "flood"',
            "          severity: unknown -> high",
            '    + threat "theft" (unknown, open)',
            '    - threat "leak" (unknown, open, pruned)',
            "Done: 1 created, 2 changed, 1 removed, in 1 model",
        ]

    def test_nothing_to_do(self) -> None:
        server = FakeServer()
        run(server, shop("One"))
        result = run(server, shop("One"))
        assert not result["changed"]
        assert result["plan"] == result["diff"] == []

    def test_no_part_of_a_secret_is_shown(self) -> None:
        secret = "first." + "0123456789" * 20
        server = FakeServer()
        run(server, shop("One", description="first, " + "9" * 200))
        result = run(server, shop("One", description=secret), write=False, secrets=[secret])
        assert "456789" not in str(result["plan"]) + result["diff"][0]["prepared"]

    def test_a_reference_is_shown_by_name(self) -> None:
        server = FakeServer()
        diagrams = {"main": {"nodes": {"web": {}, "db": {}}}}
        run(server, shop("One", diagrams=diagrams, threats={"flood": {"at": "main/web"}}))
        result = run(server, shop("One", diagrams=diagrams, threats={"flood": {"at": "main/db"}}))
        assert result["plan"][-1]["fields"] == {"cell": {"before": "web", "after": "db"}}


class TestProgress:
    def test_is_reported_while_it_takes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_parallel, "PROGRESS_SECONDS", 0.01)
        shown_params: list[str] = []
        heard = threading.Event()

        def show_line(line: str) -> None:
            shown_params.append(line)
            if "done" in line:  # on a busy machine planning is reported too
                heard.set()

        class Slow(FakeServer):
            def create(self, parent_id: str | None, changes: Any) -> list[Entity]:
                heard.wait(10)
                return super().create(parent_id, changes)

        run(Slow(), shop("One"), shop("Two"), show_line=show_line)
        assert any("of 2 models done, 0 requests" in line for line in shown_params)
