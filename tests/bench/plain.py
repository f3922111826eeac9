# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a person would write who has the same models as JSON: `requests`, no look-ups, the fewest calls there are.

    plain.py URL FILE

It creates; it does not know how to run twice. FILE is what `run.py` has made of the models.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import sys
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

BULK = 20
#: Identity provider of the embedded server that lets a user in by a hint, by generation of the API.
PROVIDERS = {"v0": "test", "v1": "tmi"}


def log_in(session: requests.Session, url: str, api: str = "v0") -> None:
    """Authorization code with PKCE at a provider for tests; where it listens is known beforehand."""
    provider = PROVIDERS[api]
    verifier = secrets.token_urlsafe(32)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    query = {
        "idp": provider,
        "login_hint": "alice",
        "scope": "openid",
        "state": "x",
        "client_callback": "http://localhost/",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    answer = session.get(f"{url}/oauth2/authorize", params=query, allow_redirects=False)
    code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": verifier,
        "redirect_uri": "http://localhost/",
    }
    token = session.post(f"{url}/oauth2/token", params={"idp": provider}, json=body)
    token.raise_for_status()
    session.headers["Authorization"] = "Bearer " + token.json()["access_token"]


def send(session: requests.Session, method: str, url: str, body: Any) -> Any:
    answer = session.request(method, url, json=body)
    answer.raise_for_status()
    return answer.json()


def create(session: requests.Session, url: str, model: dict[str, Any]) -> None:
    """One model. Metadata have calls of their own: real servers of this generation drop them from other bodies."""
    made = send(session, "POST", f"{url}/threat_models", model["model"])
    base = f"{url}/threat_models/{made['id']}"
    send(session, "POST", f"{base}/metadata/bulk", model["metadata"])
    diagrams = {}
    for diagram in model["diagrams"]:
        created = send(session, "POST", f"{base}/diagrams", {"name": diagram["name"], "type": diagram["type"]})
        diagrams[diagram["name"]] = created["id"]
        send(session, "PUT", f"{base}/diagrams/{created['id']}", diagram)
    threats = [{**threat["threat"], "diagram_id": diagrams[threat["diagram"]]} for threat in model["threats"]]
    made_threats = []
    for at in range(0, len(threats), BULK):
        made_threats += send(session, "POST", f"{base}/threats/bulk", threats[at : at + BULK])
    for created, threat in zip(made_threats, model["threats"], strict=True):
        send(session, "POST", f"{base}/threats/{created['id']}/metadata/bulk", threat["metadata"])


def main(url: str, path: str) -> None:
    with open(path, encoding="utf-8") as file:
        models = json.load(file)
    with requests.Session() as session:
        session.trust_env = False
        log_in(session, url)
        for model in models:
            create(session, url, model)


if __name__ == "__main__":
    main(*sys.argv[1:])
