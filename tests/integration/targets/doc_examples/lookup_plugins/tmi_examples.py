# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import ast
from pathlib import Path

import yaml
from ansible.plugins.lookup import LookupBase

DOCUMENTATION = r"""
name: tmi_examples
author:
  - TMI collection contributors (@tmi)
short_description: The examples of a module as a file of tasks
description:
  - Of use in integration tests only. The address of the server is left out, people are moved to the domain of the test
    provider.
options:
  _terms:
    description: Files of modules.
    type: list
    elements: str
  domain:
    description: Domain of the people whom the provider of the server makes.
    type: str
    required: true
"""


def tasks_of(entries):
    """Yield the tasks of tasks or plays."""
    for entry in entries:
        if "tasks" in entry:
            yield from tasks_of(entry["tasks"])
        else:
            yield entry


class LookupModule(LookupBase):
    """Reads the text that is documented, not a copy of it."""

    def run(self, terms, variables=None, **kwargs):
        found = []
        for term in terms:
            for node in ast.parse(Path(term).read_text("utf-8")).body:
                if isinstance(node, ast.Assign) and node.targets[0].id == "EXAMPLES":
                    moved = node.value.value.replace("@example.com", "@" + kwargs["domain"])
                    tasks = list(tasks_of(yaml.safe_load(moved)))
                    for task in tasks:
                        for name, arguments in task.items():
                            if name.startswith("tmi.tmi."):
                                arguments.pop("url", None)
                    found.append(yaml.safe_dump(tasks, sort_keys=False))
        return found
