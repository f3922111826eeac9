# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every operation of the documented API answers every code that the documentation lists for it, 500 aside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Json = Any
NONE = "00000000-0000-4000-8000-000000000001"
MODEL = "/threat_models/{threat_model_id}"
LEVELS = {"": MODEL, **{kind: f"{MODEL}/{kind}s/{{{kind}_id}}" for kind in ("threat", "document", "source", "diagram")}}
THREAT = {"name": "T", "severity": "Low", "priority": "P3", "mitigated": False, "status": "Open", "threat_type": "x"}
ENTRY = {"key": "the-key", "value": "v"}
PATCH = [{"op": "replace", "path": "/name", "value": "New"}]
REFERENCES = {
    "document": {"name": "D", "url": "https://docs.example.com/"},
    "source": {"url": "https://git.example.com/a"},
}
DIAGRAM = {"name": "D", "type": "DFD-1.0.0"}
MODEL_PUT = {
    "name": "M",
    "threat_model_framework": "CIA",
    "owner": "{owner}",
    "authorization": [{"subject": "{owner}", "role": "owner"}],
}
READ, WRITE, REMOVE = "200 401 403 404", "200 400 401 403 404", "204 401 403 404"
CREATE = "201 400 401 403 404"


def operations() -> list[tuple[str, str, str, Json]]:
    """Return method, path, codes and a good body of the operations on and below threat models."""
    found: list[tuple[str, str, str, Json]] = [
        ("GET", "/threat_models", "200 401", None),
        ("POST", "/threat_models", "201 400 401", {"name": "M"}),
        ("GET", "/collaboration/sessions", "200 401", None),
        ("GET", MODEL, READ, None),
        ("PUT", MODEL, WRITE, MODEL_PUT),
        ("PATCH", MODEL, WRITE, PATCH),
        ("DELETE", MODEL, REMOVE, None),
        ("GET", MODEL + "/threats", READ, None),
        ("POST", MODEL + "/threats", CREATE, THREAT),
        ("GET", MODEL + "/threats/{threat_id}", READ, None),
        ("PUT", MODEL + "/threats/{threat_id}", WRITE, THREAT),
        ("PATCH", MODEL + "/threats/{threat_id}", WRITE, PATCH),
        ("DELETE", MODEL + "/threats/{threat_id}", REMOVE, None),
        ("POST", MODEL + "/threats/bulk", CREATE, [THREAT]),
        ("PUT", MODEL + "/threats/bulk", WRITE, [{**THREAT, "id": "{threat_id}"}]),
        (
            "POST",
            MODEL + "/threats/batch/patch",
            WRITE,
            {"patches": [{"threat_id": "{threat_id}", "operations": PATCH}]},
        ),
        ("DELETE", MODEL + "/threats/batch", WRITE, {"threat_ids": ["{threat_id}"]}),
        ("GET", MODEL + "/diagrams", READ, None),
        ("POST", MODEL + "/diagrams", CREATE, DIAGRAM),
        ("GET", MODEL + "/diagrams/{diagram_id}", READ, None),
        ("PUT", MODEL + "/diagrams/{diagram_id}", WRITE, {**DIAGRAM, "cells": []}),
        ("PATCH", MODEL + "/diagrams/{diagram_id}", WRITE + " 422", PATCH),
        ("DELETE", MODEL + "/diagrams/{diagram_id}", REMOVE, None),
        ("GET", MODEL + "/diagrams/{diagram_id}/collaborate", READ, None),
        ("POST", MODEL + "/diagrams/{diagram_id}/collaborate", CREATE + " 409", None),
        ("PUT", MODEL + "/diagrams/{diagram_id}/collaborate", READ, None),
        ("DELETE", MODEL + "/diagrams/{diagram_id}/collaborate", REMOVE, None),
    ]
    for kind, body in REFERENCES.items():
        many, one = f"{MODEL}/{kind}s", f"{MODEL}/{kind}s/{{{kind}_id}}"
        found += [
            ("GET", many, READ, None),
            ("POST", many, CREATE, body),
            ("POST", many + "/bulk", CREATE, [body]),
            ("GET", one, READ, None),
            ("PUT", one, WRITE, body),
            ("DELETE", one, REMOVE, None),
        ]
    for path in LEVELS.values():
        many, one = path + "/metadata", path + "/metadata/{key}"
        found += [
            ("GET", many, READ, None),
            ("POST", many, CREATE, ENTRY),
            ("POST", many + "/bulk", CREATE, [ENTRY]),
            ("GET", one, READ, None),
            ("PUT", one, WRITE, ENTRY),
            ("DELETE", one, REMOVE, None),
        ]
    return found


OPERATIONS = operations()
PUBLIC = [
    ("GET", "/"),
    ("GET", "/.well-known/openid-configuration"),
    ("GET", "/.well-known/oauth-authorization-server"),
    ("GET", "/.well-known/jwks.json"),
    ("GET", "/oauth2/providers"),
    ("GET", "/oauth2/authorize"),
    ("POST", "/oauth2/token"),
    ("POST", "/oauth2/refresh"),
    ("GET", "/oauth2/userinfo"),
    ("GET", "/oauth2/callback"),
    ("POST", "/oauth2/introspect"),
    ("POST", "/oauth2/revoke"),
]


def test_nothing_but_the_documented_operations_is_served() -> None:
    from tmi_sandbox.profiles import load

    routes = [(route.method, route.path) for route in load("v0").routes if route.socket is None]
    documented = [*PUBLIC, *((method, path) for method, path, _codes, _body in OPERATIONS)]
    assert len(documented) == 81
    assert sorted(routes) == sorted(documented)


def fill(template: Json, ids: dict[str, str]) -> Json:
    """Replace `{names}` in all strings of a path or body."""
    if isinstance(template, dict):
        return {key: fill(value, ids) for key, value in template.items()}
    if isinstance(template, list):
        return [fill(value, ids) for value in template]
    if isinstance(template, str):
        for name, value in ids.items():
            template = template.replace(f"{{{name}}}", value)
    return template


@pytest.fixture
def ids(alice: Any) -> dict[str, str]:
    """Return a threat model with one of everything."""
    model = alice.model(metadata=[ENTRY])
    made = {"threat_model_id": model.rpartition("/")[2], "owner": alice.email, "key": "the-key"}
    for kind, body in {"threat": THREAT, "diagram": DIAGRAM, **REFERENCES}.items():
        made[f"{kind}_id"] = alice.call("POST", f"{model}/{kind}s", body)["id"]
        alice.call("POST", f"{model}/{kind}s/{made[f'{kind}_id']}/metadata", ENTRY)
    return made


@pytest.mark.parametrize(("method", "path", "codes", "body"), OPERATIONS, ids=[f"{o[0]} {o[1]}" for o in OPERATIONS])
def test_documented_codes(
    method: str,
    path: str,
    codes: str,
    body: Json,
    alice: Any,
    user: Callable[..., Any],
    ids: dict[str, str],
    server: Any,
) -> None:
    kind = "application/json-patch+json" if method == "PATCH" else ""
    good = fill(path, ids)

    def status(client: Any, address: str = good, content: Json = body, **more: Any) -> int:
        answer = client.send(method, address, fill(content, ids), kind=kind, **more)
        if answer.status_code >= 400 and answer.status_code != 409 and "results" not in answer.json():
            assert answer.json().keys() == {"error", "error_description", "details"}
        return int(answer.status_code)

    seen = set()
    seen.add(status(server.client()))
    if "403" in codes:
        seen.add(status(user("stranger")))
    if "404" in codes:
        seen.add(status(alice, good.replace(ids["threat_model_id"], NONE)))
        last = ids.get(path.rpartition("/{")[2].rstrip("}"), "")
        if last and last != ids["threat_model_id"]:
            assert status(alice, good.replace(last, NONE)) == 404
            assert status(alice, good.replace(last, "malformed.id")) == 404
    if "400" in codes:
        seen.add(status(alice, content=None, raw=b"{"))
    if "422" in codes:
        seen.add(status(alice, content=[{"op": "test", "path": "/name", "value": "other"}]))
    if method == "PUT" and path.endswith("/collaborate"):
        alice.call("POST", good)
    seen.add(status(alice))
    if "409" in codes:
        seen.add(status(alice))
    assert seen == {int(code) for code in codes.split()}
