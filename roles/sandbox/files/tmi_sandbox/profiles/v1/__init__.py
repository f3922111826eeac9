# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API generation v1: TMI 1.8.22. Its facts are in docs/docsite/rst/api_v1.rst."""

from __future__ import annotations

from ...hub import Rules
from .. import Profile
from . import discovery, errors, pipeline
from .audit import endpoints as audit
from .diagrams import collaboration, diagrams
from .items import metadata, references, threats
from .models import model_patch, threat_models
from .people import admin, me, oauth, preferences, users
from .webhooks import endpoints as webhooks
from .webhooks import records
from .webhooks.worker import Worker

PROFILE = Profile(
    name="v1",
    routes=[
        *discovery.ROUTES,
        *oauth.ROUTES,
        *me.ROUTES,
        *admin.ROUTES,
        *preferences.ROUTES,
        *webhooks.ROUTES,
        *threat_models.ROUTES,
        *model_patch.ROUTES,
        *threats.ROUTES,
        *references.ROUTES,
        *metadata.ROUTES,
        *audit.ROUTES,
        *diagrams.ROUTES,
        *collaboration.ROUTES,
    ],
    respond=pipeline.respond,
    refresh_seconds=7 * 24 * 3600,
    refuse=errors.error,
    prepare=users.prepare,
    forget=records.forget,
    worker=Worker,
    empty_parts=True,
    sessions=Rules(round_seconds=15.0, silently=True),
)
