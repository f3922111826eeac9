# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Let galaxy-importer judge the tarball, as Galaxy would on upload; its warnings count as errors.

    import_tarball.py dist

Runs with the interpreter of an environment that has galaxy-importer.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

SETTINGS = """\
[galaxy-importer]
ansible_test_local_image = False
check_required_tags = True
require_v1_or_greater = True
run_ansible_doc = True
run_ansible_lint = True
run_ansible_test = False
run_flake8 = False
"""
COMPLAINT = re.compile(r"^(?:WARNING|ERROR): .*", re.MULTILINE)


def is_blind(complaint: str, files: set[str]) -> bool:
    """Return whether it misses a playbook that the tarball does hold.

    The importer hands ansible-lint the path `…/ansible_collections`, ansible-lint looks for the folder
    `ansible_collections` in it, and so finds no playbook that another one imports by its full name.
    """
    missed = re.fullmatch(r"WARNING: ERROR +Failed to find tmi\.tmi\.(\w+) playbook\.", complaint)
    return bool(missed) and f"playbooks/{missed[1]}.yml" in files


def main() -> int:
    folder = Path(sys.argv[1]).resolve()
    tarball = max(folder.glob("tmi-tmi-*.tar.gz"), key=lambda path: path.stat().st_mtime_ns)
    with tempfile.TemporaryDirectory() as place:
        settings = Path(place) / "galaxy-importer.cfg"
        settings.write_text(SETTINGS)
        ran = subprocess.run(
            [sys.executable, "-m", "galaxy_importer.main", str(tarball)],
            cwd=place,
            env={**os.environ, "GALAXY_IMPORTER_CONFIG": str(settings)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    print(ran.stdout, flush=True)
    with tarfile.open(tarball) as tar:
        complaints = [line for line in COMPLAINT.findall(ran.stdout) if not is_blind(line, set(tar.getnames()))]
    print(f"galaxy-importer: exit code {ran.returncode}, {len(complaints)} warnings and errors", flush=True)
    return 1 if ran.returncode or complaints else 0


if __name__ == "__main__":
    sys.exit(main())
