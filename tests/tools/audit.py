# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ask for known advisories of all that is locked, and of the oldest releases that users may install.

    audit.py --pip-audit …/bin/pip-audit

Exit code: 0 nothing is known, 1 there are advisories, 3 it is not known, since no source of advisories answered for all
packages. A source is asked over the network; no other check here needs one, so this one is part of no set.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import locks

#: Sources of advisories, by the names that pip-audit has for them, in the order in which they are asked.
SOURCES = ("pypi", "osv")
FOUND, UNKNOWN = 1, 3
#: Seconds that a source has for its answers.
PATIENCE = 600

Package = tuple[str, str]


def floors(path: Path) -> Iterator[Package]:
    """Yield the oldest release that each line of a requirements file allows."""
    for line in locks.lines(path):
        match = re.match(r"([\w.-]+)>=([\w.]+)", line)
        if match:
            yield match[1], match[2]


def packages() -> set[Package]:
    """Return all that is installed here, and the oldest of what users install, each with its version."""
    pinned = {(name, version) for path in locks.LOCKED.glob("*.txt") for name, version, _marker in locks.pins(path)}
    told = (locks.ROOT / "meta" / "ee-requirements.txt", locks.REQUIREMENTS / "sandbox.txt")
    return pinned | {package for path in told for package in floors(path)}


def layers(found: Iterable[Package]) -> Iterator[list[Package]]:
    """Yield the packages in lists that hold each name once, as pip-audit wants them."""
    left = sorted(found)
    while left:
        layer = dict(reversed(left))
        yield sorted(layer.items())
        left = [package for package in left if package not in set(layer.items())]


def ask(tool: Path, source: str, layer: list[Package]) -> tuple[list[dict[str, Any]], str]:
    """Return what a source says of each package, and why it says nothing; the answer lacks those it cannot look up."""
    with tempfile.TemporaryDirectory() as folder:
        wanted, answer = Path(folder, "in.txt"), Path(folder, "out.json")
        wanted.write_text("".join(f"{name}=={version}\n" for name, version in layer))
        command = [str(tool), "--no-deps", "--disable-pip", "--progress-spinner", "off", "--vulnerability-service"]
        command += [source, "--format", "json", "--output", str(answer), "--requirement", str(wanted)]
        try:
            ran = subprocess.run(command, check=False, capture_output=True, text=True, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            return [], f"no answer within {PATIENCE} s"
        try:
            told = json.loads(answer.read_text())["dependencies"]
        except (OSError, ValueError, KeyError):
            return [], (ran.stderr.strip().splitlines() or ["no answer"])[-1]
    known = [entry for entry in told if "skip_reason" not in entry]
    reasons = [str(entry["skip_reason"]) for entry in told if "skip_reason" in entry]
    return known, reasons[0] if reasons else ""


def audit(tool: Path, source: str, found: set[Package]) -> tuple[list[str], set[Package], str]:
    """Return the advisories that a source knows, the packages that it answered for, and why it lacks others."""
    advisories, answered, lacking = [], set(), ""
    for layer in layers(found):
        known, reason = ask(tool, source, layer)
        lacking = lacking or reason
        for entry in known:
            answered.add((entry["name"], entry["version"]))
            for advisory in entry["vulns"]:
                mended = ", ".join(advisory.get("fix_versions") or ["no release"])
                advisories.append(f"{entry['name']} {entry['version']}: {advisory['id']}, mended in {mended}")
    return advisories, answered, lacking


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pip-audit", type=Path, required=True, help="the program pip-audit")
    options = parser.parse_args()
    found = packages()
    left, advisories, reasons = set(found), [], []
    for source in SOURCES:
        told, answered, lacking = audit(options.pip_audit, source, left)
        advisories += told
        left -= answered
        reasons += [f"{source}: {lacking}"] if lacking else []
        if not left:
            break
    for advisory in sorted(set(advisories)):
        print(advisory)
    if left:
        print(f"NOT KNOWN for {len(left)} of {len(found)} packages, because a source cannot be reached or lacks them")
        print("\n".join(reasons))
        return FOUND if advisories else UNKNOWN
    print(f"{len(found)} packages: {len(set(advisories)) or 'no'} known advisories")
    return FOUND if advisories else 0


if __name__ == "__main__":
    sys.exit(main())
