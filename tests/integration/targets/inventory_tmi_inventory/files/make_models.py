# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write forty small threat models as code into a folder: ``make_models.py FOLDER WIKI``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

FRAMEWORKS = ("STRIDE", "LINDDUN", "CIA", "STRIDE")
SEVERITIES = ("critical", "high", "medium", "low", "high")


def model(number, wiki):
    """Return one definition; two models have names that differ in what the name of a host cannot have alone."""
    name = {8: "Twin A/B", 9: "Twin A:B"}.get(number, "Service %02d (shop)" % number)
    return {
        "tmi_definition": 1,
        "key": "service-%02d" % number,
        "name": name,
        "framework": FRAMEWORKS[number % 4],
        "metadata": {"team": "payments" if number % 2 else "search", "tier": str(number % 3)},
        "documents": {"adr": {"name": "Decision %d" % number, "uri": "%s/adr/%d" % (wiki, number)}},
        "diagrams": {
            "main": {
                "name": "Main",
                "nodes": {
                    "web": {"type": "process", "label": "Web %d" % number},
                    "db": {"type": "store", "label": "Database"},
                },
                "flows": {"sql": {"from": "web", "to": "db", "label": "SQL"}},
            }
        },
        "threats": {
            "t%d" % each: {"name": "Threat %d" % each, "severity": SEVERITIES[(number + each) % 5], "at": "main/db"}
            for each in range(number % 3)
        },
    }


def main(folder, wiki):
    """Write the files."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    for number in range(40):
        Path(folder, "service_%02d.json" % number).write_text(json.dumps(model(number, wiki)), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
