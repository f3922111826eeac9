# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all tests need wherever they run: under pytest in any checkout, and under `ansible-test units`."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def make_collection_importable() -> None:
    """Let `ansible_collections.tmi.tmi` be this tree.

    ansible-test has seen to that already. Otherwise a link in a folder of the right shape does: real folders, since
    Ansible's own collection loader, which some tests start, looks for nothing else.
    """
    if ROOT.parts[-3:] == ("ansible_collections", "tmi", "tmi"):
        above = ROOT.parents[2]
    else:
        above = ROOT / ".cache" / "collections"
        link = above / "ansible_collections" / "tmi" / "tmi"
        if not link.exists():
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(os.path.relpath(ROOT, link.parent), target_is_directory=True)
    if importlib.util.find_spec("ansible_collections") is None:
        sys.path.insert(0, str(above))
    os.environ.setdefault("ANSIBLE_COLLECTIONS_PATH", str(above))


make_collection_importable()
