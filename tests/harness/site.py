# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server that promises are tried on: the embedded one, or a live one with the tokens of one or two people."""

from __future__ import annotations

import os
import secrets
from typing import Any

import requests

from ansible_collections.tmi.tmi.tests.harness.held import PATIENCE, Census, Json, Reader
from ansible_collections.tmi.tmi.tests.harness.server import Server


class Site:
    """Where a promise is tried.

    Args:
        reader: What reads the server.
        tokens: Access tokens, one for each person.
        prefix: What names of models begin with.
    """

    def __init__(self, reader: Reader, tokens: list[str], prefix: str) -> None:
        self.reader = reader
        self.url = reader.url
        self.api = reader.api
        self.tokens = tokens
        self.prefix = prefix

    @classmethod
    def embedded(cls, server: Server) -> Site:
        """Return an embedded server as a site, with the tokens of alice and bob."""
        return cls(server, [server.tokens["access_token"], server.log_in("bob")["access_token"]], _prefix())

    @classmethod
    def live(cls, api: str) -> Site:
        """Return the server of TMI_URL, with TMI_TOKEN and TMI_TOKEN_2. Fails if the first two are not set."""
        url, *tokens = (os.environ.get(name, "") for name in ("TMI_URL", "TMI_TOKEN", "TMI_TOKEN_2"))
        assert url, "--live needs TMI_URL in the environment"
        assert tokens[0], "--live needs TMI_TOKEN in the environment"
        return cls(Reader(url.rstrip("/"), api, tokens[0]), [token for token in tokens if token], _prefix())

    @property
    def reviews(self) -> bool:
        """Whether the first person may set the status of a model: on API v1 only security reviewers may."""
        return self.api == "v0" or bool(self.reader.get("/me").get("is_security_reviewer"))

    @property
    def token(self) -> str:
        """The access token of the first person."""
        return self.tokens[0]

    def connection(self, **options: Any) -> Json:
        """Return the connection options of a module."""
        return {"url": self.url, "api": self.api, "token": self.token, **options}

    def census(self) -> Census:
        """Return all that the server holds below the prefix."""
        return self.reader.census(self.prefix)

    def clean(self) -> None:
        """Delete the models with the prefix."""
        for model in self.reader.items("/threat_models"):
            if model["name"].startswith(self.prefix):
                headers = {"Authorization": f"Bearer {self.token}"}
                requests.delete(f"{self.url}/threat_models/{model['id']}", headers=headers, timeout=PATIENCE)


def _prefix() -> str:
    return f"trust-{secrets.token_hex(4)} "
