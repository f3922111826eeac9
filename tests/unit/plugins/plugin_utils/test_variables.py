# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables of roles and playbooks that nothing reads, and that all of these look for them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.plugin_utils._variables import ROOT, mentioned, misspelt, refuse_no_boolean

#: Prefixes of the variables of each role and playbook.
PREFIXES = {
    "roles/migrate": ["tmi_migrate_"],
    "roles/sandbox": ["tmi_sandbox_"],
    "roles/seed": ["tmi_seed_"],
    "playbooks/apply.yml": ["tmi_apply_"],
    "playbooks/bootstrap.yml": ["tmi_env"],
    "playbooks/export.yml": ["tmi_export_"],
    "playbooks/import.yml": ["tmi_import_"],
    "playbooks/login.yml": ["tmi_log", "tmi_callback", "tmi_client"],
    "playbooks/report.yml": ["tmi_report_"],
    "playbooks/watch.yml": ["tmi_watch_"],
}
#: What these only pass on to a role.
THROUGH_A_ROLE = {"playbooks/migrate.yml", "playbooks/quickstart.yml", "playbooks/seed.yml"}


def test_every_role_and_playbook_looks() -> None:
    there_is = {f"roles/{path.name}" for path in (ROOT / "roles").iterdir()}
    there_is |= {f"playbooks/{path.name}" for path in (ROOT / "playbooks").glob("*.yml")}
    assert there_is == {*PREFIXES, *THROUGH_A_ROLE}
    for place, prefixes in PREFIXES.items():
        files = [ROOT / place] if place.endswith(".yml") else sorted((ROOT / place).glob("*/*.yml"))
        text = "".join(path.read_text("utf-8") for path in files)
        assert "check=[%s]" % ", ".join(f"'{prefix}'" for prefix in prefixes) in text, place


def test_every_boolean_of_a_person_is_looked_at() -> None:
    places = [ROOT / "roles" / path.name for path in (ROOT / "roles").iterdir()]
    for place in [*places, *(ROOT / "playbooks").glob("*.yml")]:
        files = [place] if place.is_file() else sorted(place.glob("*/*.yml"))
        text = "".join(path.read_text("utf-8") for path in files)
        used = set(re.findall(r"\b(\w+)(?: \| (?:default\([^)]*\)|string))* \| bool\b", text))
        listed = {n for names in re.findall(r"booleans=\[([^]]*)\]", text) for n in re.findall(r"\w+", names)}
        assert used == listed, place


@pytest.mark.parametrize("value", [True, False, "TRUE", "no", "off", 1, 0, "1", "", None])
def test_a_boolean_is_taken(value: object) -> None:
    refuse_no_boolean({"tmi_export_strict": value})


@pytest.mark.parametrize("value", ["ture", "maybe", "y", " ", 2, [], {}, "x" * 100])
def test_what_the_filter_takes_for_false_is_refused(value: object) -> None:
    with pytest.raises(InputError, match=r"^tmi_export_strict: must be true or false, not '.{0,40}'$"):
        refuse_no_boolean({"tmi_export_strict": value})


@pytest.mark.parametrize("role", ["migrate", "sandbox", "seed"])
def test_what_a_role_documents_is_known(role: str) -> None:
    specs = yaml.safe_load((ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text("utf-8"))
    assert set(specs["argument_specs"]["main"]["options"]) <= mentioned()


@pytest.mark.parametrize(
    ("prefix", "name", "words"),
    [
        ("tmi_apply_", "tmi_apply_prun", "tmi_apply_prun (did you mean tmi_apply_prune?)"),
        ("tmi_apply_", "tmi_apply_onerror", "tmi_apply_onerror (did you mean tmi_apply_on_error?)"),
        ("tmi_seed_", "tmi_seed_modles", "tmi_seed_modles (did you mean tmi_seed_models?)"),
        ("tmi_seed_", "tmi_seed_overlay", "tmi_seed_overlay"),
        ("tmi_env", "tmi_enviroments", "tmi_enviroments (did you mean tmi_environments?)"),
        ("tmi_log", "tmi_login_aks", "tmi_login_aks"),
        ("tmi_apply_", "tmi_seed_modles", ""),
        ("tmi_apply_", "tmi_apply_counts", ""),
        ("tmi_env", "tmi_env_file", ""),
        ("tmi_seed_", "tmi_seed__overlay", ""),
        ("tmi_seed_", "tmi_urll", "tmi_urll (did you mean tmi_url?)"),
        ("tmi_apply_", "tmi_tokn", "tmi_tokn (did you mean tmi_token?)"),
        ("tmi_migrate_", "tmi_source_tokn", "tmi_source_tokn (did you mean tmi_source_token?)"),
        ("tmi_migrate_", "tmi_source_token", ""),
        ("tmi_apply_", "tmi_framework", ""),
        ("tmi_apply_", "tmi_own_notes", ""),
    ],
)
def test_a_slip_is_reported(prefix: str, name: str, words: str) -> None:
    reported = misspelt([prefix], ["other", name])
    assert reported.startswith(words) if words else reported == ""


def test_paths_are_those_of_the_collection() -> None:
    assert (Path(ROOT) / "galaxy.yml").exists() or (Path(ROOT) / "MANIFEST.json").exists()
