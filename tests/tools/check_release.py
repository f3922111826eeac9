# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Refuse a release that sends its users to places that do not exist, or that is not what the changelog says.

    check_release.py [FOLDER]

What holds for every commit is checked elsewhere (`make release-check`). This is what only a release needs.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import yaml

ROOT = Path(__file__).resolve().parents[2]
#: Where users are sent, by the members of galaxy.yml, and what each is for.
ADDRESSES = {"repository": "the public repository", "issues": "its list of issues"}
#: Names that never lead anywhere: RFC 2606 and 6761.
RESERVED = re.compile(r"(?:^|\.)(?:example|invalid|test|localhost|example\.(?:com|net|org))$")


def is_public(address: str) -> bool:
    """Return whether an address can be one that the public reaches."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return False
    return parts.scheme == "https" and "." in host and not RESERVED.search(host)


def addresses(folder: Path) -> Iterator[str]:
    """Yield which addresses lead nowhere."""
    galaxy = yaml.safe_load((folder / "galaxy.yml").read_text())
    for name, meaning in ADDRESSES.items():
        address = str(galaxy.get(name) or "")
        if not is_public(address):
            told = f"{address} is a placeholder" if address else "is missing"
            yield f"galaxy.yml: {name} {told}. Set it to the address (https) of {meaning}, as soon as there is one"
    for path in (folder / "SECURITY.md", folder / "README.md"):
        if path.exists() and "No public repository exists yet" in path.read_text():
            yield f"{path.name}: it says that no public repository exists yet. Say where people write to instead"


def changes(folder: Path) -> Iterator[str]:
    """Yield what the changelog of the release lacks."""
    fragments = sorted(path.name for path in (folder / "changelogs" / "fragments").glob("*.y*ml"))
    if fragments:
        yield f"changelogs/fragments: {', '.join(fragments)} are in no changelog yet: `make changelog`"


def uncommitted(folder: Path) -> Iterator[str]:
    """Yield what the tarball, which is that of the last commit, would lack."""
    status = subprocess.run(["git", "status", "--porcelain"], cwd=folder, check=True, capture_output=True, text=True)
    if status.stdout:
        yield f"The work tree differs from the last commit, which the tarball is made of: {status.stdout.split()[1]} …"


def main() -> int:
    folder = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT
    found = [complaint for check in (addresses, changes, uncommitted) for complaint in check(folder)]
    for complaint in found:
        print(complaint)
    print("release: nothing is missing" if not found else f"NO RELEASE: {len(found)} to mend first")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
