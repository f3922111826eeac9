# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Event sources and filters, loaded as ansible-rulebook loads them: by path, not as modules."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def loaded(kind: str, name: str) -> Any:
    """Return the names of a plugin, ``kind`` being event_source or event_filter."""
    path = ROOT / "extensions" / "eda" / "plugins" / kind / f"{name}.py"
    # Not runpy: the import hooks of ansible-test take the path of a file for a folder.
    spec = importlib.util.spec_from_file_location(f"tmi_{kind}_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # data classes look for their module
    spec.loader.exec_module(module)
    return module


def rounds(place: Mapping[str, Any], count: int = 1, **more: Any) -> list[dict[str, Any]]:
    """Return the events of a source ``changes`` that starts, does some rounds, and ends."""
    changes = loaded("event_source", "changes")

    async def work() -> list[dict[str, Any]]:
        queue: asyncio.Queue[Any] = asyncio.Queue()
        feed, _interval = changes.feed_of({**place, **more})
        source = changes.Source(feed, queue, None)
        try:
            for _round in range(count):
                await source.round()
        finally:
            feed.close()
        return [queue.get_nowait() for _i in range(queue.qsize())]

    return asyncio.run(work())


def short(events: list[dict[str, Any]]) -> list[str]:
    """Return type and name of each event, sorted."""
    return sorted(f"{event['type']} {event['name']}" for event in events)
