# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the unit tests need wherever they run: under pytest in any checkout, and under `ansible-test units`."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

from hypothesis import settings

ROOT = Path(__file__).resolve().parents[2]


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


def make_sandbox_importable() -> None:
    """The embedded server is no part of the collection's Python packages, but of a role."""
    sys.path.insert(0, str(ROOT / "roles" / "sandbox" / "files"))


make_collection_importable()
make_sandbox_importable()

# A slow machine is no failure. In CI the same examples every time: a red run must be repeatable.
settings.register_profile("tmi", deadline=None, derandomize=bool(os.environ.get("CI")), database=None)
settings.load_profile("tmi")
