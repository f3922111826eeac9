# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A misspelt variable is told once, with the one that may be meant, and changes nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tmi.tmi.tests.playbooks.conftest import Place

#: Where nobody listens: what is asked for does not matter here.
NOBODY = {"TMI_URL": "http://127.0.0.1:9", "TMI_TOKEN": "t", "TMI_RETRY_TIMEOUT": "0"}


@pytest.mark.parametrize(
    ("playbook", "slip", "meant"),
    [
        ("apply", "tmi_apply_prun", "tmi_apply_prune"),
        ("bootstrap", "tmi_enviroments", "tmi_environments"),
        ("export", "tmi_export_desst", "tmi_export_dest"),
        ("import", "tmi_import_scr", "tmi_import_src"),
        ("login", "tmi_login_brwser", "tmi_login_browser"),
        ("migrate", "tmi_migrate_aply", "tmi_migrate_apply"),
        ("quickstart", "tmi_sandbox_allowed_hots", "tmi_sandbox_allowed_hosts"),
        ("report", "tmi_report_tilte", "tmi_report_title"),
        ("seed", "tmi_seed_modles", "tmi_seed_models"),
        ("watch", "tmi_watch_cuont", "tmi_watch_count"),
    ],
)
def test_a_slip_is_told_once(playbook: str, slip: str, meant: str, tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.variables.update(NOBODY, TMI_SOURCE_URL="http://127.0.0.1:10", TMI_SOURCE_TOKEN="t", TMI_TOKEN_CACHE="")
    # The shortest way to an end, after all that reads variables.
    others: dict[str, Any] = {"quickstart": {"tmi_sandbox_python": "/no/such/python", "tmi_sandbox_venv": "/no"}}
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "shop.yml").write_text("{tmi_definition: 1, name: Shop}\n")
    _code, said = place.run(playbook, {slip: ["geheim"], **others.get(playbook, {})})
    told = re.sub(r"\s+", " ", said)
    assert told.count(f"{slip} (did you mean {meant}?)") == 1, said
    assert "geheim" not in said


def test_right_variables_are_not_told(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.variables.update(NOBODY)
    _code, said = place.run("apply", {"tmi_apply_prune": "none", "apply_x": 1, "tmi_team": "payments"})
    assert "WARNING" not in said
