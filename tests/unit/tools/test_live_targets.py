# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What `make test-live` makes of the integration targets before it runs them."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]
TARGETS = ROOT / "tests" / "integration" / "targets"
NAMES = sorted(path.parent.name for path in TARGETS.glob("*/aliases"))


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("live_targets", ROOT / "tests" / "tools" / "live" / "live_targets.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", NAMES)
def test_every_target_runs_live_or_is_named_with_a_reason(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    live = loaded()
    try:
        wanted = live.chosen([name], two=True)
    except live.Failure:
        assert f"SKIPPED: {name}: {live.EMBEDDED_ONLY[name]}" in capsys.readouterr().out
        wanted = []
    assert list(live.unprefixed(wanted)) == []


def test_all_targets_are_taken_but_those_with_a_reason() -> None:
    live = loaded()
    assert live.chosen([], two=True) == [name for name in NAMES if name not in live.EMBEDDED_ONLY]
    assert len(live.chosen(["tmi_note", "tmi_asset"], two=False)) == 2


def test_the_documentation_names_what_a_live_server_cannot_serve() -> None:
    live = loaded()
    text = (ROOT / "docs" / "docsite" / "rst" / "guide_contributing.rst").read_text("utf-8")
    section = text[text.index("Skipped targets\n") : text.index("Writing targets\n")]
    assert set(re.findall(r"``([a-z_]+)``", section)) == {*live.EMBEDDED_ONLY, *live.TWO_PEOPLE}


@pytest.mark.parametrize(
    ("task", "fits"),
    [
        ('tmi.tmi.tmi_note: {threat_model: "{{ tmi_prefix }}Shop", name: !unsafe "{{ 6 }}"}', True),
        ("tmi.tmi.tmi_note: {threat_model: Shop}", False),
        ('tmi.tmi.tmi_definition: {definition: ["{{ shop }}", {name: "{{ tmi_prefix }}Bank"}]}', True),
        ('tmi.tmi.tmi_definition: {definition: ["{{ shop }}", {name: Bank}]}', False),
        ('tmi.tmi.tmi_definition: {definition: "{{ bank }}"}', False),
        ('tmi.tmi.tmi_definition: {definition: "{{ unknown }}"}', False),
        ("tmi.tmi.tmi_definition: {src: models}", False),
        ('tmi.tmi.tmi_definition: {src: models, name_prefix: "{{ tmi_prefix }}"}', True),
    ],
)
def test_a_task_keeps_to_models_of_its_run(
    task: str, fits: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = loaded()
    monkeypatch.setattr(live, "TARGETS", tmp_path)
    (tmp_path / "one" / "tasks").mkdir(parents=True)
    models = 'shop: {name: "{{ tmi_prefix }}Shop"}, bank: {name: Bank}'
    (tmp_path / "one" / "tasks" / "main.yml").write_text(
        f"- name: Above\n  vars: {{{models}}}\n  block:\n    - name: It\n      {task}\n"
    )
    assert list(live.unprefixed(["one"])) == ([] if fits else ["one/tasks/main.yml: It"])
