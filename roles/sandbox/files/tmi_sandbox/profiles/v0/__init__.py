# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API generation v0: the servers of autumn 2025. Its facts are in docs/docsite/rst/api_v0.rst."""

from __future__ import annotations

from ...web.rest import error
from .. import Profile
from . import batch, discovery, metadata, oauth, pipeline, quirks, references, threat_models, threats
from .diagrams import collaboration, diagrams

PROFILE = Profile(
    name="v0",
    routes=[
        *discovery.ROUTES,
        *oauth.ROUTES,
        *threat_models.ROUTES,
        *threats.ROUTES,
        *batch.ROUTES,
        *references.ROUTES,
        *metadata.ROUTES,
        *diagrams.ROUTES,
        *collaboration.ROUTES,
    ],
    respond=pipeline.respond,
    refresh_seconds=30 * 24 * 3600,
    refuse=error,
    quirks=quirks.QUIRKS,
)
