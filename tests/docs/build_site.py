# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the site that docs/docsite and the documentation of all plugins make: build_site.py FOLDER.

A warning is a failure: a link that leads nowhere, a page that nothing leads to, a picture that is not there. The
network is not used.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "docsite" / "rst"
BIN = Path(sys.executable).parent


def call(tool: str, *arguments: str | Path) -> None:
    subprocess.run([str(BIN / tool), *map(str, arguments)], check=True, stdin=subprocess.DEVNULL)


def build(folder: Path) -> Path:
    """Return the first page of the site; ANSIBLE_COLLECTIONS_PATH must lead to the collection.

    :raises subprocess.CalledProcessError: if a tool warned or failed; it has said why
    """
    shutil.rmtree(folder, ignore_errors=True)
    text, site = folder / "rst", folder / "html"
    # antsibull-docs refuses a folder in which others may write.
    text.mkdir(mode=0o755, parents=True)
    options = ("--use-current", "--fail-on-error", "--squash-hierarchy", "--no-add-antsibull-docs-version")
    call("antsibull-docs", "collection", *options, "--dest-dir", text, "tmi.tmi")
    # It takes pages along, but not their pictures.
    shutil.copytree(PAGES / "images", text / "docsite" / "images")
    call("sphinx-build", "-q", "-j", "2", "-b", "html", "-c", Path(__file__).parent, "-W", "--keep-going", text, site)
    return site / "index.html"


if __name__ == "__main__":
    sys.stdout.write(f"Built: {build(Path(sys.argv[1]))}\n")
