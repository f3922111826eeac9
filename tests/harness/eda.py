# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Event sources and filters, loaded as ansible-rulebook loads them: by path, not as modules."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def loaded(kind: str, name: str) -> Any:
    """Return the names of a plugin, ``kind`` being event_source or event_filter."""
    return SimpleNamespace(**runpy.run_path(str(ROOT / "extensions" / "eda" / "plugins" / kind / f"{name}.py")))
