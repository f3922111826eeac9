# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Diagrams over REST (V1-DIAGRAMS)."""

from __future__ import annotations

import re
from typing import Any

from .... import validation as v
from ....store import Item
from ....web.rest import Answer, Call, Route
from .. import bodies, errors, schemas, versions
from ..items import items
from ..texts import text
from . import cell_schema, cells, images
from . import model as diagram_model
from . import patch as diagram_patch
from .formats import FORMATS

Json = Any
Member = v.Member
MANY = "/threat_models/{threat_model_id}/diagrams"
ONE = MANY + "/{diagram_id}"
TYPE = "DFD-1.0.0"
ECHOED = ("alias", "auto_generated")  # for members that the server sets, a PUT returns the sent values
CLEARED = {"description": None, "image": None, "color_palette": None}
FLAGS = {"include_in_report": True, "timmy_enabled": True}
QUALITY = re.compile(r"[0-9]+(\.[0-9]*)?|\.[0-9]+")
OPEN_SESSION = "while collaboration session is active. Please end the collaboration session first."


# ---------------------------------------------------------------------------------------------- bodies
def _cells(value: Json) -> Json:
    cell_schema.CELLS(value)
    return value


_IMAGE = v.Schema(
    {
        "svg": Member(schemas.quoted(v.text(102_400, 0, "[A-Za-z0-9+/]*=*"))),
        "update_vector": Member(schemas.quoted(v.integer(0, 2**63 - 1))),
    },
    refuse_unknown=True,
)
_COLOUR = v.Schema(
    {
        "position": Member(v.integer(1, 8), required=True),
        "color": Member(schemas.quoted(v.text(7, 4, "#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?")), required=True),
    }
)
POST = v.Schema(
    {
        "name": Member(schemas.quoted(v.text(256, 1, schemas.NO_CONTROLS)), required=True),
        "type": Member(v.choice(TYPE), required=True),
    },
    refuse_unknown=True,
)
PUT = v.Schema(
    {
        "name": Member(schemas.quoted(v.text(256, 1, schemas.NAME)), required=True),
        "type": Member(v.choice(TYPE), required=True),
        "cells": Member(_cells, required=True),
        "description": Member(schemas.quoted(v.text(2048, 0, schemas.MULTILINE)), nullable=True),
        "metadata": Member(v.list_of(schemas.ENTRY, 0, 10_000), nullable=True),
        "image": Member(schemas.quoted(_IMAGE), nullable=True),
        "color_palette": Member(v.list_of(_COLOUR, 0, 8), nullable=True),
        **dict.fromkeys(FLAGS, Member(v.boolean, nullable=True)),
        **dict.fromkeys(ECHOED, Member(v.anything, nullable=True)),
    }
)


def palette(entries: list[dict[str, Json]] | None) -> list[dict[str, Json]] | None:
    """Return colours in the order of their positions, in lower case with six digits, or None for an empty list."""
    positions = [entry["position"] for entry in entries or []]
    if len(set(positions)) < len(positions):
        raise errors.invalid("duplicate color_palette position")
    known = {
        entry["position"]: {"position": entry["position"], "color": _long(entry["color"].lower())}
        for entry in entries or []
    }
    return [known[position] for position in sorted(known)] or None


def _long(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(digit * 2 for digit in colour[1:])


# ---------------------------------------------------------------------------------------------- forms
def view(item: Item, metadata: list[dict[str, str]]) -> dict[str, Json]:
    """Return a diagram in the form of GET of the diagram and of its threat model."""
    body = item.body
    return {
        "id": item.id,
        "name": body["name"],
        "type": body["type"],
        **{name: body[name] for name in ("description", "color_palette") if body.get(name)},
        "alias": body["alias"],
        "auto_generated": body["auto_generated"],
        "cells": item.content or [],
        "image": body["image"] if (body["image"] or {}).get("svg") else {},
        **{name: body[name] for name in FLAGS},
        "metadata": metadata,
        "update_vector": body["update_vector"],
        "created_at": item.created_at,
        "modified_at": body["modified_at"],
    }


def views(call: Call, model_id: str) -> list[dict[str, Json]]:
    """Return all diagrams of a threat model, the oldest first."""
    found = call.sandbox.store.items("diagram", model_id, newest_first=False, content=True)
    metadata = call.sandbox.store.metadata_of([item.id for item in found])
    return [view(item, metadata.get(item.id, [])) for item in found]


def _stored_view(call: Call, item: Item) -> dict[str, Json]:
    return view(item, call.sandbox.store.metadata(item.id))


def _without(shown: dict[str, Json], *names: str) -> dict[str, Json]:
    return {name: value for name, value in shown.items() if name not in names}


# ---------------------------------------------------------------------------------------------- operations
def listed(call: Call) -> Answer:
    """List diagrams, the oldest first, without their cells and without deleted ones."""
    items.with_deleted(call)  # which is accepted, but shows no deleted ones
    (limit, offset), model_id, store = items.page(call), call.params["threat_model_id"], call.sandbox.store
    found = store.items("diagram", model_id, newest_first=False, limit=limit, offset=offset)
    hidden = ("auto_generated", "cells", "metadata", "update_vector", "color_palette")
    shown = [_without(view(item, []), *hidden) for item in found]
    return items.wrapped(call, "diagrams", shown, store.count_items("diagram", model_id))


def create(call: Call) -> Answer:
    """Create an empty diagram."""
    body = {**CLEARED, **FLAGS, "name": text.plain(call.input["name"]), "type": TYPE, "update_vector": 0}
    item = items.new(call, "diagram", body, content=[])
    shown = _without(view(item, []), "auto_generated", *FLAGS)
    return Answer(201, shown, {"Location": f"/threat_models/{item.model_id}/diagrams/{item.id}"})


def get(call: Call) -> Answer:
    """Return one diagram."""
    return Answer(200, _stored_view(call, items.of(call, "diagram")))


def _writable(call: Call, verb: str = "modify") -> Item:
    """Return the diagram of the path. A diagram with an open session cannot be written (409, V1-LOCKED)."""
    item = items.of(call, "diagram")
    if call.sandbox.hub.session(item.id) is not None:
        raise errors.conflict(f"Cannot {verb} diagram {OPEN_SESSION}")
    return item


def _store(call: Call, item: Item, body: dict[str, Json]) -> dict[str, str]:
    """Store a full new state and return the headers of the answer.

    The update vector grows whenever there are cells, even if they are the same, because the real server compares their
    written form, and its database writes them in another form (V1-CELLS).
    """
    colours, metadata = palette(body.get("color_palette")), body.get("metadata")
    headers = versions.bump(call, item.body)
    vector = item.body["update_vector"] + bool(item.content or body["cells"])
    image = _kept_image(call, body.get("image"))
    if image and image.get("svg") is not None and image.get("update_vector") is None:
        image = {**image, "update_vector": vector}
    if metadata is not None and not schemas.storable(metadata):
        raise errors.error(500, "server_error", "Failed to update diagram", versions.pending(call))
    item.content = body["cells"]
    item.body |= {
        "name": text.plain(body["name"]),
        "type": body["type"],
        "description": text.plain(body["description"]) if body.get("description") else body.get("description"),
        "image": image,
        "color_palette": colours,
        **{name: default if body.get(name) is None else body[name] for name, default in FLAGS.items()},
        "update_vector": vector,
        "modified_at": call.sandbox.clock.stamp(),
    }
    call.sandbox.store.update_item(item, content=item.content)
    if metadata is not None:
        call.sandbox.store.replace_metadata(item.id, metadata)
    return headers


def _kept_image(call: Call, image: dict[str, Json] | None) -> dict[str, Json] | None:
    """Return the stored form of a picture, or fail as the database does."""
    if not image or not image.get("svg"):
        return image
    if not images.is_storable(image["svg"]):
        raise errors.error(500, "server_error", "Failed to update diagram", versions.pending(call))
    return {**image, "svg": images.canonical(image["svg"])}


def _clean(value: str) -> str:
    return text.plain(text.refuse_dangerous_value(value))


def replace(call: Call) -> Answer:
    """Replace a diagram. The answer has optional members only if they were sent."""
    item, body = _writable(call), dict(call.input)
    if not images.is_base64((body.get("image") or {}).get("svg") or ""):
        raise errors.invalid("Invalid diagram format: illegal base64 data")
    body["cells"] = [cells.rewritten(cells.with_defaults(one), _clean) for one in body["cells"]]
    body["metadata"] = schemas.clean_metadata(body.get("metadata"))
    headers = _store(call, item, body)
    given = {name for name in (*CLEARED, "metadata", *ECHOED) if body.get(name) is not None}
    shown = _without(view(item, body["metadata"] or []), *({*CLEARED, "metadata", *ECHOED} - given))
    echoed = {name: body[name] for name in ECHOED if name in given}
    if "image" in given and not body["image"].get("svg"):
        echoed["image"] = body["image"]
    return Answer(200, {**shown, **echoed}, headers)


def patch(call: Call) -> Answer:
    """Change parts of a diagram. The result is hardly checked (V1-DIAGRAM-PATCH)."""
    item = _writable(call)
    body = diagram_patch.patched(_stored_view(call, item), call.input)
    body["cells"] = [cells.rewritten(one, _clean) for one in body["cells"]]
    body["metadata"] = schemas.clean_metadata(body["metadata"])
    headers = _store(call, item, body)
    return Answer(200, _stored_view(call, item), headers)


def delete(call: Call) -> Answer:
    """Delete a diagram and clear its id in threats."""
    item, store = _writable(call, "delete"), call.sandbox.store
    for threat in store.items("threat", item.model_id):
        if threat.body.get("diagram_id") == item.id:
            threat.body |= {"diagram_id": None, "cell_id": None}
            store.update_item(threat)
    return items.delete(call, "diagram", item)


def restore(call: Call) -> Answer:
    """Restore a deleted diagram."""
    return Answer(200, _without(_stored_view(call, items.restore(call, "diagram")), "image"))


def model(call: Call) -> Answer:
    """Return the diagram for tools that look for threats, in their preferred format."""
    kind = _accepted(call.headers.get("Accept", ""))
    return Answer(200, FORMATS[kind](diagram_model.export(call, items.of(call, "diagram"))), content_type=kind)


def _accepted(accept: str) -> str:
    """Return the preferred format of an `Accept` header, or raise 406."""
    liked: list[tuple[float, str]] = []
    for entry in accept.lower().split(","):
        kind, *parameters = (part.strip() for part in entry.split(";"))
        quality = next((one[2:] for one in parameters if one.startswith("q=")), "1")
        liked.append((float(quality) if QUALITY.fullmatch(quality) else 1.0, kind))
    for weight, kind in sorted(liked, key=lambda one: -one[0]):
        for offered in FORMATS if weight > 0 else ():
            if kind in ("", "*/*", "application/*", offered):
                return offered
    raise errors.error(406, "not_acceptable", f"no acceptable response media type; offered: {', '.join(FORMATS)}")


def _check_post(call: Call) -> Json:
    return POST(bodies.required(call))


def _check_put(call: Call) -> Json:
    versions.check(call)
    return PUT(bodies.required(call))


def _check_patch(call: Call) -> Json:
    versions.check(call)
    return schemas.OPERATIONS(bodies.required(call, bodies.PATCH))


ROUTES = [
    Route("GET", MANY, listed, items.check_list, role="reader", then=items.once()),
    Route("POST", MANY, create, _check_post, role="writer", then=schemas.refusing((), dangerous=True)),
    Route("GET", ONE, get, role="reader"),
    Route("PUT", ONE, replace, _check_put, role="writer"),
    Route("PATCH", ONE, patch, _check_patch, role="writer"),
    Route("DELETE", ONE, delete, role="owner"),
    Route("POST", ONE + "/restore", restore, role="owner"),
    Route("GET", ONE + "/model", model, role="reader", also=tuple(FORMATS)),
]
