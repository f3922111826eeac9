# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The differences of documents, repositories, assets and notes (V1-DOCUMENTS to V1-NOTES)."""

from __future__ import annotations

from typing import Any

from ....web.rest import Call
from .. import errors, schemas
from ..texts import addresses
from .children import TIMES, Children, Kind
from .item_patch import STRINGS, Member, blank, blank_address, other_than

Json = Any
NAME, ADDRESS, EMPTIED = Member(refuse=blank), Member(refuse=blank_address), Member(emptied=True)


def _check_address(call: Call, body: dict[str, Json]) -> None:
    addresses.check(call, body["uri"])


def _check_document(call: Call, body: dict[str, Json]) -> None:
    _check_address(call, body)
    picker = body.get("picker_registration")
    if picker and call.method == "POST" and not call.path.endswith("/bulk"):
        text = f'content provider "{picker["provider_id"]}" is not configured on this server'
        raise errors.error(422, "provider_not_registered", text)


DOCUMENTS = Children(
    Kind(
        "document",
        schemas.DOCUMENT,
        {"name": NAME, "uri": ADDRESS, "description": EMPTIED},
        texts=("name", "description", "uri"),
        addresses={"uri": addresses.check},
        blank=("name",),
        blank_in_put=("name",),
        check=_check_document,
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
        {
            "name": Member(),
            "uri": ADDRESS,
            "type": Member(refuse=other_than("git", "svn", "mercurial", "other")),
            "description": EMPTIED,
        },
        texts=("name", "description", "uri"),
        addresses={"uri": addresses.check},
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
            "name": NAME,
            "type": Member(refuse=lambda value: blank(value) or other_than(*schemas.ASSET_TYPES)(value)),
            "description": EMPTIED,
            "criticality": EMPTIED,
            "sensitivity": EMPTIED,
            "classification": Member(STRINGS, emptied=True),
        },
        blank=("name",),
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
        {"name": NAME, "content": Member(refuse=blank), "description": EMPTIED},
        markup="content",
        texts=(),
        blank=("name", "content"),
        blank_in_put=("name", "content"),
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
