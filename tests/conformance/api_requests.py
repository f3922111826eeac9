# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests out of an OpenAPI description: a threat model with something of every kind in it, then whatever comes."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from schema_values import JUNK, KEYS, TEXTS, Draw, Json, Ref, Values, chance, pick
from sides import Request

METHODS = ("get", "post", "put", "patch", "delete")
BODIES = ("application/json", "application/json-patch+json", "application/x-www-form-urlencoded")
PATCH = BODIES[1]
MODEL = "threat_models"
#: What a sandbox is there for; the rest of a server is not compared.
OFFERED = re.compile(
    r"/|/config|/\.well-known/.*|/oauth2/(providers|userinfo|introspect|refresh|revoke).*|/me|/me/(sessions|preferences)"
    r"|/me/client_credentials.*|/ws/ticket|/collaboration/sessions"
    r"|/threat_models(?!.*/(chat|feedback|audit_trail|request_access|rollback)\b).*"
)
#: Of a hundred requests, how many go to what a threat model has in it, and how many are sent by somebody else.
BELOW = 92
STRANGER = 12
IF_MATCH = ("*", '"1"', "1", 'W/"2"', "2", '"x"', "")
CELLS = tuple(str(uuid.UUID(int=0xA0 + number, version=4)) for number in range(6))
PATHS = (
    *("/name", "/description", "/severity", "/status", "/priority", "/score", "/mitigated", "/mitigation", "/uri"),
    *("/type", "/content", "/cells", "/cells/0", "/cells/-", "/metadata", "/metadata/0", "/metadata/-", "/issue_uri"),
    *("/threat_model_framework", "/authorization", "/authorization/-", "/owner", "/security_reviewer", "/project_id"),
    *("/id", "/created_at", "/nonsense", "", "/", "/a~1b", "/threat_type", "/threat_type/-", "/classification"),
    *("/sensitivity", "/criticality", "/image", "/color_palette", "/include_in_report", "/timmy_enabled", "/cwe_id"),
)
#: What the threat model of a conversation has in it from the beginning, by generation.
BELOW_A_MODEL: dict[str, dict[str, Json]] = {
    "v0": {
        "threats": {
            "name": "T",
            "severity": "Low",
            "priority": "P1",
            "mitigated": False,
            "status": "Open",
            "threat_type": "Spoofing",
        },
        "diagrams": {"name": "D", "type": "DFD-1.0.0"},
        "documents": {"name": "W", "url": "https://docs.example.com/w"},
        "sources": {"name": "R", "url": "https://github.com/x/y"},
    },
    "v1": {
        "threats": {"name": "T"},
        "diagrams": {"name": "D", "type": "DFD-1.0.0"},
        "documents": {"name": "W", "uri": "https://docs.example.com/w"},
        "repositories": {"name": "R", "uri": "https://github.com/x/y"},
        "assets": {"name": "A", "type": "data"},
        "notes": {"name": "N", "content": "text"},
    },
}


class Api:
    """What a description offers to clients.

    :param generation: of the API
    :param users: names of the owner, writer, reader and stranger of the models, and of the administrator
    """

    def __init__(self, path: Path, generation: str, users: tuple[str, ...]) -> None:
        description = json.loads(path.read_text("utf-8"))
        self.users, self._generation = users, generation
        self.values = Values(description, self._own_values())
        self._operations = list(self._found(description))
        self._plural = {
            name: parts[-2]
            for parts in (path.split("/") for path in description["paths"])
            if len(parts) > 2 and (name := parts[-1].strip("{}")) != parts[-1]
        }
        self._members = self._members_by_path()

    def _found(self, description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for path, methods in description["paths"].items():
            if not OFFERED.fullmatch(path):
                continue
            for method in METHODS:
                if method in methods and (method, path) != ("delete", "/me"):
                    own = methods[method]
                    yield (
                        method.upper(),
                        path,
                        {**own, "parameters": [*methods.get("parameters", []), *own.get("parameters", [])]},
                    )

    def _own_values(self) -> dict[str, Callable[[Draw], Json]]:
        def person(draw: Draw) -> Json:
            return pick(
                draw, (*self.users, "nobody-knows", "everyone", "security-reviewers", f"{self.users[1]}@tmi.local")
            )

        def identifier(kind: str) -> Callable[[Draw], Json]:
            return lambda draw: self._identifier(draw, kind)

        def cell(draw: Draw) -> Json:
            return pick(draw, CELLS) if chance(draw, 96) else pick(draw, ("c1", "", CELLS[0].upper()))

        return {
            "subject": lambda draw: f"{person(draw)}@test.tmi",
            "uuid": cell,
            "id": identifier("fresh"),
            "cell": cell,
            "parent": cell,
            "diagram_id": identifier("diagrams"),
            "asset_id": identifier("assets"),
            "data_assets[]": identifier("assets"),
            "provider_id": person,
            "provider": lambda draw: "tmi" if chance(draw, 90) else pick(draw, ("*", "github", "")),
        }

    def _identifier(self, draw: Draw, kind: str) -> Json:
        if chance(draw, 4):
            return pick(draw, ("x", "", "0", "6f0f8e60-2b1e-4a8e-9a43", *JUNK[:4]))
        return Ref(kind, draw(st.integers(0, 3)))

    def _members_by_path(self) -> dict[str, tuple[str, ...]]:
        """Return, for each path with a body, what a JSON Patch there may name."""
        found: dict[str, tuple[str, ...]] = {}
        for method, path, own in self._operations:
            if method == "PUT" and "requestBody" in own:
                schema = self.values.resolved(next(iter(own["requestBody"]["content"].values()))["schema"])
                found[path] = tuple(schema.get("properties", ()))
        return found

    # ------------------------------------------------------------------------------------------ requests
    def estate(self, number: int) -> list[Request]:
        """Return the requests that make one threat model with something of every kind in it."""
        owner, writer, reader = self.users[:3]
        people = [(writer, "writer"), (reader, "reader")]
        rows = [{**self._person(name), "role": role} for name, role in people]
        made = [self._post("/threat_models", owner, {"name": f"Compared {number}", "authorization": rows})]
        where = "/threat_models/{threat_model_id}"
        for kind, body in BELOW_A_MODEL[self._generation].items():
            made.append(self._post(f"{where}/{kind}", owner, body))
        made.append(self._post(f"{where}/metadata", owner, {"key": "k", "value": "v"}))
        return made

    def _person(self, name: str) -> dict[str, str]:
        if self._generation == "v0":
            return {"subject": f"{name}@test.tmi"}
        return {"principal_type": "user", "provider": "tmi", "provider_id": name}

    def _post(self, path: str, user: str, body: Json) -> Request:
        model = {"threat_model_id": Ref(MODEL, 0)} if "{" in path else {}
        return Request("POST", path, user, model, headers={"Content-Type": BODIES[0]}, body=body, has_body=True)

    def request(self, draw: Draw) -> Request:
        """Return any request."""
        below = chance(draw, BELOW)
        method, path, own = pick(draw, [one for one in self._operations if ("{threat_model_id}" in one[1]) == below])
        if method == "DELETE" and not chance(draw, 40):
            method, path, own = pick(draw, [one for one in self._operations if one[0] in ("PUT", "PATCH")])
        owner, writer, *others = self.users
        user = pick(draw, (*others, "")) if chance(draw, STRANGER) else pick(draw, (owner, owner, writer))
        headers: dict[str, str] = {}
        if method in ("PUT", "PATCH") and chance(draw, 20):
            headers["If-Match"] = pick(draw, IF_MATCH)
        body, has_body = None, False
        if "requestBody" in own and chance(draw, 98):
            kinds = own["requestBody"]["content"]
            kind = pick(draw, list(kinds)) if chance(draw, 97) else pick(draw, (*BODIES, "text/plain"))
            schema = kinds.get(kind, next(iter(kinds.values())))["schema"]
            headers["Content-Type"], has_body = kind, True
            body = self._body(draw, method, path, schema)
        elif method not in ("GET", "DELETE") and chance(draw, 3):
            headers["Content-Type"], has_body, body = BODIES[0], True, pick(draw, JUNK)
        params = {name: self._parameter(draw, name) for name in re.findall(r"{(\w+)}", path)}
        query = tuple(self._query(draw, own))
        return Request(method, path, user, params, query, headers, body, has_body)

    def _body(self, draw: Draw, method: str, path: str, schema: dict[str, Any]) -> Json:
        if method == "PATCH" and "metadata" not in path and not path.endswith("/bulk"):
            return self._patch(draw, path)
        if method == "PATCH" and path.endswith("/threats/bulk") and chance(draw, 90):
            one = self.values.resolved(schema)["properties"]["patches"]
            count = draw(st.integers(1, 2))
            where = path.replace("bulk", "{threat_id}")
            patches = [
                {"id": Ref("threats", draw(st.integers(0, 2))), "operations": self._patch(draw, where)}
                for _n in range(count)
            ]
            return {"patches": patches} if chance(draw, 95) else self.values.draw(draw, one)
        return self.values.draw(draw, schema)

    def _patch(self, draw: Draw, path: str) -> Json:
        if chance(draw, 3):
            return pick(draw, (*JUNK, [None], [{"op": "replace"}], [{"path": "/name", "value": "x"}]))
        known = [f"/{name}" for name in self._members.get(path, ())]
        operations: list[Json] = []
        for _number in range(draw(st.integers(1, 3)) if chance(draw, 97) else 0):
            where = pick(draw, known) if known and chance(draw, 75) else pick(draw, PATHS)
            verb = pick(
                draw, ("replace", "replace", "replace", "add", "remove", "test", "move", "copy", "Replace", "x")
            )
            one: dict[str, Json] = {"op": verb, "path": where}
            if chance(draw, 90 if verb != "remove" else 20):
                one["value"] = self._value_for(draw, path, where)
            if verb in ("move", "copy") and chance(draw, 50):
                one["from"] = pick(draw, PATHS)
            operations.append(one)
        return operations

    def _value_for(self, draw: Draw, path: str, where: str) -> Json:
        name = where.split("/")[1] if "/" in where else ""
        for method, one, own in self._operations:
            if method == "PUT" and one == path and chance(draw, 80):
                schema = self.values.resolved(next(iter(own["requestBody"]["content"].values()))["schema"])
                member = schema.get("properties", {}).get(name)
                if member is not None:
                    member = self.values.resolved(member)
                    return self.values.draw(draw, member.get("items", member) if where.count("/") > 1 else member, name)
        if name in ("owner", "security_reviewer", "authorization"):
            person = {**self._person(pick(draw, self.users)), "role": "owner"}
            return person if name != "authorization" or where.count("/") > 1 else [person]
        return pick(draw, (*TEXTS, *JUNK))

    def _parameter(self, draw: Draw, name: str) -> Json:
        if name == "key":
            return pick(draw, [key for key in KEYS if key])
        if not name.endswith("_id"):
            return pick(draw, ("tmi", "test", "x"))
        kind = self._plural.get(name, name)
        if chance(draw, 3):
            return pick(draw, ("x", "0", "6f0f8e60-2b1e-4a8e-9a43-9c8f0f2a4bcd", Ref("unknown", 0)))
        return Ref(kind, 0 if kind == MODEL else min(draw(st.integers(0, 4)), 2 if chance(draw, 90) else 4))

    def _query(self, draw: Draw, own: dict[str, Any]) -> Iterator[tuple[str, Json]]:
        for given in own["parameters"]:
            parameter = self.values.resolved(given)
            if parameter["in"] != "query" or not (parameter.get("required") or chance(draw, 20)):
                continue
            name, schema = parameter["name"], self.values.resolved(parameter["schema"])
            if name == "threat_ids":
                yield name, pick(draw, (Ref("threats", 0), Ref("threats", 1), Ref("threats", 3), "x", ""))
                continue
            many = schema.get("type") == "array"
            for _number in range(1 if chance(draw, 92) else 2):
                value = self.values.draw(draw, schema["items"] if many else schema, name)
                yield name, self._as_text(draw, name, value)

    def _as_text(self, draw: Draw, name: str, value: Json) -> Json:
        if isinstance(value, Ref):
            return value
        if "after" in name or "before" in name:
            return pick(
                draw, ("2020-01-01T00:00:00Z", "2099-01-01T00:00:00.5+02:00", "2024-02-30T00:00:00Z", "yesterday")
            )
        if name == "sort":
            column = pick(draw, ("name", "created_at", "severity", "score", "x"))
            return f"{column}:{pick(draw, ('asc', 'desc', 'x'))}"
        return value if isinstance(value, str) else json.dumps(value)


def kind_made(request: Request) -> str:
    """Return the kind of what a request makes, "" when it makes nothing with an identifier."""
    last = request.path.rsplit("/", 1)[-1]
    return last if request.method == "POST" and last.endswith("s") else ""
