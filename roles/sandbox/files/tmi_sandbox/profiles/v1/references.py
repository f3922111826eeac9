# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents, repositories, assets and notes: what sets each apart (V1-DOCUMENTS to V1-NOTES)."""

from __future__ import annotations

from typing import Any

from ...rest import Call
from . import addresses, schemas
from .children import TIMES, Children, Kind
from .item_patch import STRING, STRINGS

Json = Any
REPLACED, EMPTIED = (STRING, False), (STRING, True)


def _check_address(call: Call, body: dict[str, Json]) -> None:
    addresses.check(call, body["uri"])


DOCUMENTS = Children(
    Kind(
        "document",
        schemas.DOCUMENT,
        {"name": REPLACED, "uri": REPLACED, "description": EMPTIED},
        texts=("name", "description", "uri"),
        check=_check_address,
        fixed={"access_status": "unknown"},
        only_single={"content_source": "http"},
        get=("alias", "content_source", *TIMES),
        post=("alias", "content_source", *TIMES),
        patched=("alias", "content_source", *TIMES),
    )
)
REPOSITORIES = Children(
    Kind(
        "repository",
        schemas.REPOSITORY,
        {"name": REPLACED, "uri": REPLACED, "type": EMPTIED, "description": EMPTIED},
        texts=("name", "description", "uri"),
        check=_check_address,
        versioned=False,
        get=("alias",),
        post=("alias",),
        patched=("alias", "modified_at"),
        named_in_bulk=True,
    )
)
ASSETS = Children(
    Kind(
        "asset",
        schemas.ASSET,
        {
            "name": REPLACED,
            "type": REPLACED,
            "description": EMPTIED,
            "criticality": EMPTIED,
            "sensitivity": EMPTIED,
            "classification": (STRINGS, True),
        },
        read_only=("id", *TIMES),
        most=50,
        put=TIMES,
        clears_metadata=False,
    )
)
NOTES = Children(
    Kind(
        "note",
        schemas.NOTE,
        {"name": REPLACED, "content": REPLACED, "description": EMPTIED},
        markup="content",
        versioned=False,
        most=0,
        get=("alias", "auto_generated", *TIMES),
        post=("alias",),
        put=(),
        patched=("alias", "auto_generated", *TIMES),
        not_listed=("content", "auto_generated"),
    )
)
ROUTES = [
    *(route for kind in (DOCUMENTS, REPOSITORIES, ASSETS, NOTES) for route in kind.routes()),
    *(route for kind in (DOCUMENTS, REPOSITORIES, ASSETS) for route in kind.bulk_routes()),
]
