# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make the pictures of README: the diagram of an example, and the plan of the examples against the standard models.

make_pictures.py, or `make pictures`. tests/docs/test_readme.py fails if a picture differs from what is now drawn or
printed.
"""

from __future__ import annotations

import contextlib
import html
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "images"
MODELS = ROOT / "examples" / "models"
DIAGRAM, PLAN = FOLDER / "diagram.svg", FOLDER / "plan.svg"
#: The task whose diff is the plan, and the line after it.
TASK, RESULT = "TASK [Create or update the models]", "changed: "
# What a letter takes, in pixels.
WIDTH, HEIGHT, MARGIN = 7.9, 19, 18
STYLE = (
    "rect{fill:#15191e}text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace;"
    "fill:#d5dce3;white-space:pre}.added{fill:#7ee787}.removed{fill:#ff9b94}.changed{fill:#e3c567}.head{fill:#8ab8e8}"
)
#: Class of a line by the sign that it begins with.
SIGNS = {"+": "added", "-": "removed", "!": "removed", "~": "changed", "@": "head"}


def diagram() -> str:
    """Return the drawing of the example, as a report has it."""
    from ansible_collections.tmi.tmi.plugins.plugin_utils._report.report import model_report

    definition = (MODELS / "card_payments.yml").read_text("utf-8")
    return model_report(definition, form="svg", diagram="main", index="", include_all=False)


def shown_plan(said: str) -> list[str]:
    """Return the lines of the plan in what `ansible-playbook tmi.tmi.apply --check --diff` prints.

    :raises ValueError: if there is none
    """
    _before, found, rest = said.partition(TASK)
    lines = rest.splitlines()[1:]
    end = next((number for number, line in enumerate(lines) if line.startswith(RESULT)), 0)
    if not found or not end:
        raise ValueError(f"there is no plan in:\n{said}")
    return "\n".join(lines[:end]).strip("\n").splitlines()


def plan(said: str) -> str:
    """Return the picture of the plan in what the playbook prints."""
    lines = shown_plan(said)
    width, height = 2 * MARGIN + WIDTH * max(map(len, lines)), 2 * MARGIN + HEIGHT * len(lines)
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" '
        f'height="{height}" role="img" aria-labelledby="plan-title"><title id="plan-title">A plan</title>'
        f'<style>{STYLE}</style><rect width="100%" height="100%" rx="8"/>'
    ]
    for number, line in enumerate(lines):
        kind = SIGNS.get(line.strip()[:1], "")
        mark = f' class="{kind}"' if kind else ""
        top = MARGIN + HEIGHT * number + 14
        # A blank at the begin is dropped by programs that do not know the style.
        left = MARGIN + WIDTH * (len(line) - len(line.lstrip()))
        drawn.append(f'<text x="{left:.1f}" y="{top}"{mark}>{html.escape(line.strip(), quote=False)}</text>')
    return "\n".join([*drawn, "</svg>", ""])


def print_plan() -> str:
    """Return what the playbook prints of the examples, against a server with the standard models in it."""
    from ansible_collections.tmi.tmi.tests.harness.process import Process

    others = {name: value for name, value in os.environ.items() if not name.startswith(("TMI_", "ANSIBLE_"))}
    playbook = [sys.executable, "-m", "ansible.cli.playbook"]
    plan = ["tmi.tmi.apply", "-e", f"tmi_apply_src={MODELS.relative_to(ROOT)}", "--check", "--diff"]
    with contextlib.closing(Process("v1")) as server:
        env = {**others, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache" / "collections"), "TMI_URL": server.url}
        env.update(TMI_LOGIN_HINT="alice", ANSIBLE_NOCOLOR="1", ANSIBLE_CONFIG=str(ROOT / "ansible.cfg"))
        for arguments in (["tmi.tmi.seed"], plan):
            run = subprocess.run(
                [*playbook, *arguments], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True
            )
    return run.stdout.decode()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / ".cache" / "collections"))
    FOLDER.mkdir(exist_ok=True)
    for path, text in ((DIAGRAM, diagram()), (PLAN, plan(print_plan()))):
        path.write_text(re.sub(r"\n*\Z", "\n", text), "utf-8")
        print(path.relative_to(ROOT))
