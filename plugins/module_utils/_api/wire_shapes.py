# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Shapes of answers that are the same in all generations (V0-ERRORS, V0-COLLABORATE)."""

from __future__ import annotations

from .._http.shapes import ANY_OBJECT, ID, TEXT_OR_OBJECT, WHOLE, Listed, ListedOrNull, Object, texts

_ENTRY = Object("entry of metadata", texts("key", "value"), ("key", "value"))
METADATA = Listed("list of metadata", _ENTRY)
#: All metadata of one object: real servers of autumn 2025 answer null if there is none (V0-B31).
ALL_METADATA = ListedOrNull("list of metadata", _ENTRY)

SERVER = Object(
    "description of a TMI server",
    {
        "service": Object("service", texts("name", "build")),
        "api": Object("api", texts("version")),
        "status": Object("status", texts("code")),
        "operator": Object("operator", texts("name", "contact")),
    },
)
TICKET = Object("ticket", texts("ticket"), ("ticket",))

#: People in sessions: an e-mail, or an object that has one somewhere (V0-B38).
_PARTICIPANT = Object(
    "participant",
    {**texts("user_id", "email", "permissions", "provider_id"), "user": ANY_OBJECT},
)
COLLABORATION = Object(
    "collaboration session",
    {
        **texts("session_id", "threat_model_name", "diagram_name"),
        "threat_model_id": ID,
        "diagram_id": ID,
        "host": TEXT_OR_OBJECT,
        "presenter": TEXT_OR_OBJECT,
        "participants": Listed("list of participants", _PARTICIPANT),
    },
)
SESSIONS = Listed(
    "list of collaboration sessions",
    Object(COLLABORATION.title, COLLABORATION.members, ("threat_model_id", "diagram_id")),
)
#: A page of the audit trail of a model (V1-AUDIT).
AUDIT_PAGE = Object(
    "audit trail",
    {
        "audit_entries": Listed(
            "audit trail",
            Object(
                "entry of an audit trail",
                {
                    **texts("object_type", "change_type", "change_summary", "created_at"),
                    "id": ID,
                    "threat_model_id": ID,
                    "object_id": ID,
                    "version": WHOLE,
                    "actor": ANY_OBJECT,
                },
                ("id",),
            ),
        )
    },
)
