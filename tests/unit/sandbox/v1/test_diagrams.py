# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Diagrams of API generation v1 over REST, as far as the recordings do not show it."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

Json = Any
A, B, E, D = (f"0b8e0000-0000-4000-8000-00000000000{letter}" for letter in "abed")
PUT = {"name": "D", "type": "DFD-1.0.0", "cells": []}


def node(name: str, **more: Json) -> Json:
    """Return a node."""
    return {"id": name, "shape": "process", "x": 1, "y": 1, "width": 80, "height": 40, **more}


@pytest.fixture
def diagram(bob: Any) -> str:
    """Return the path of a diagram of bob's."""
    return str(bob.diagram(bob.model()))


def test_what_a_put_sends_back_can_be_sent_again(bob: Any, diagram: str) -> None:
    body = {**PUT, "description": "text", "image": {"svg": "PHN2Zy8+"}, "metadata": [{"key": "k", "value": "v"}]}
    bob.call("PUT", diagram, {**body, "cells": [node(A), node(B, position={"x": 1, "y": 2})]})
    before = bob.call("GET", diagram)
    again = bob.call("PUT", diagram, before)
    assert again.keys() >= {"alias", "auto_generated", "image", "metadata", "description"}
    after = bob.call("GET", diagram)
    assert (before["update_vector"], after["update_vector"]) == (1, 2)
    assert before["image"] == after["image"] == {"svg": "PHN2Zy8+", "update_vector": 1}
    changing = dict.fromkeys(("update_vector", "modified_at"))
    assert {**before, **changing} == {**after, **changing}


def test_null_stands_for_defaults(bob: Any, diagram: str) -> None:
    nothing = dict.fromkeys(("description", "image", "metadata", "color_palette", "include_in_report", "timmy_enabled"))
    answer = bob.call("PUT", diagram, {**PUT, **nothing})
    assert answer["include_in_report"] is answer["timmy_enabled"] is True
    assert not answer.keys() & {"description", "image", "metadata", "color_palette"}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"image": {"svg": "no base64!"}}, "invalid_id"),
        ({"image": {"png": ""}}, "invalid_id"),
        ({"color_palette": [{"position": 1, "color": "red"}]}, "invalid_id"),
        ({"color_palette": [{"position": 1, "color": "#fff"}] * 2}, "invalid_input"),
        ({"color_palette": [{"position": n % 8 + 1, "color": "#fff"} for n in range(9)]}, "invalid_input"),
        ({"metadata": [{"key": "k", "value": "javascript:"}]}, "invalid_input"),
        ({"cells": [node(A, data={"_metadata": [{"key": "k", "value": "{{x}}"}]})]}, "invalid_input"),
        ({"type": "DFD-2"}, "invalid_input"),
        ({"description": 1}, "invalid_id"),
    ],
)
def test_bodies_that_are_refused(bob: Any, diagram: str, more: Json, code: str) -> None:
    assert bob.call("PUT", diagram, {**PUT, **more}, expect=400)["error"] == code
    assert bob.call("GET", diagram)["update_vector"] == 0


def test_data_without_metadata_leave_a_node_alone(bob: Any, diagram: str) -> None:
    nested = {"id": A, "shape": "actor", "position": {"x": 1, "y": 2}, "size": {"width": 80, "height": 40}, "zIndex": 7}
    stored = bob.call("PUT", diagram, {**PUT, "cells": [{**nested, "data": {"free": 1}}]})["cells"]
    assert stored == [{**nested, "angle": 0, "data": {"free": 1, "security_boundary": False}}]


def test_enumerations_in_cells(bob: Any, diagram: str) -> None:
    sent = node(A, shape="Security Boundary")
    bob.call("PUT", diagram, {**PUT, "cells": [sent]}, expect=400)  # in snake case it is no shape
    assert bob.call("PUT", diagram, {**PUT, "cells": [node(A, shape="Process")]})["cells"][0]["shape"] == "process"


def test_the_update_vector_counts_writes_with_cells(bob: Any, diagram: str) -> None:
    vectors = [bob.call("PUT", diagram, {**PUT, "cells": cells})["update_vector"] for cells in ([], [node(A)], [], [])]
    assert vectors == [0, 1, 2, 2]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/name", True),
        ("/cells", "x"),
        ("/metadata", ["x"]),
        ("/metadata/-", {"key": False}),
        ("/image", {"svg": 1}),
        ("/color_palette", [{"position": "1"}]),
    ],
)
def test_patches_that_no_diagram_can_hold(bob: Any, diagram: str, path: str, value: Json) -> None:
    assert bob.patch(diagram, {"op": "add", "path": path, "value": value}, expect=500)["error"] == "server_error"
    bob.call("GET", diagram)


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ({"op": "move", "path": "/name"}, "patch_failed"),
        ({"op": "replace", "path": "/nothing/here", "value": "x"}, "patch_failed"),
        ({"op": "add", "path": "/alias/x", "value": "x"}, "invalid_input"),
        ({"op": "replace", "path": "/update_vector", "value": 7}, "invalid_input"),
        ({"op": "add", "path": "/color_palette", "value": [{"position": 1, "color": "red"}]}, "invalid_input"),
    ],
)
def test_patches_that_are_refused(bob: Any, diagram: str, operation: Json, code: str) -> None:
    assert bob.patch(diagram, operation, expect=400)["error"] == code


def test_what_a_patch_removes(bob: Any, diagram: str) -> None:
    bob.call("PUT", diagram, {**PUT, "image": {"svg": "PHN2Zy8+"}, "metadata": [{"key": "k", "value": "v"}]})
    paths = ("/image", "/metadata", "/cells", "/include_in_report", "/description")
    answer = bob.patch(
        diagram,
        {"op": "add", "path": "/description", "value": "x<y>"},
        *[{"op": "remove", "path": p} for p in paths[:-1]],
    )
    assert answer["description"] == "x"
    assert (answer["cells"], answer["metadata"], answer["include_in_report"]) == ([], [], True)
    assert answer["image"]["svg"] == "PHN2Zy8+"  # only another one takes its place


def test_patched_cells_are_rewritten_with_metadata_only(bob: Any, diagram: str) -> None:
    sent = [node(A, zIndex=1), node(B, zIndex=1, data={"_metadata": [{"key": "k", "value": "<i>v</i>"}]})]
    answer = bob.patch(diagram, {"op": "replace", "path": "/cells", "value": sent})
    data = {"_metadata": [{"key": "k", "value": "v"}]}
    assert answer["cells"] == [node(A, zIndex=1), node(B, parent=None, data=data)]


def test_deleting_and_restoring(bob: Any, diagram: str) -> None:
    bob.call("PUT", diagram, {**PUT, "cells": [node(A)], "metadata": [{"key": "k", "value": "v"}]})
    bob.call("POST", diagram + "/restore", expect=409)
    bob.call("DELETE", diagram)
    bob.call("PUT", diagram, PUT, expect=404)
    restored = bob.call("POST", diagram + "/restore")
    assert (len(restored["cells"]), restored["metadata"]) == (1, [{"key": "k", "value": "v"}])
    bob.call("GET", diagram)


def test_the_model_of_a_diagram(bob: Any, diagram: str) -> None:
    model = diagram.partition("/diagrams")[0]
    asset = bob.call("POST", model + "/assets", {"name": "Orders", "type": "data"})["id"]
    label = {"text": {"text": "Shop"}}
    cells = [
        node(A, shape="security-boundary", attrs=label),
        node(B, shape="text-box", parent=A, attrs={"text": {"text": "Zone"}}),
        node(D, parent=A, data={"_metadata": [{"key": "pii", "value": "yes"}], "data_assets": [asset, E]}),
        {"id": E, "shape": "flow", "source": {"cell": A}, "target": {"cell": D}, "labels": [{"attrs": label}, {}]},
    ]
    bob.call("PUT", diagram, {**PUT, "cells": cells})
    shown = bob.call("GET", diagram + "/model")
    assert shown["assets"] == [bob.call("GET", f"{model}/assets/{asset}")]
    zone, _legend, inner, flow = shown["cells"]
    assert (zone["labels"], zone["children"], zone["security_boundary"]) == (["Shop", "Zone"], [B, D], True)
    assert (inner["parent"], inner["metadata"], inner["data_asset_ids"]) == (A, {"pii": "yes"}, [asset, E])
    assert (flow["source"], flow["labels"], flow["metadata"]) == ({"cell": A}, ["Shop"], {})


class TestFormatsOfTheModel:
    """What tools get that look for threats."""

    @pytest.fixture
    def path(self, bob: Any, diagram: str) -> str:
        """Return where the model of a diagram with two nodes and a flow is."""
        flow = {"id": E, "shape": "flow", "source": {"cell": A}, "target": {"cell": B}}
        cells = [node(A, attrs={"text": {"text": "yes: <a> & b"}}), node(B, parent=A), flow]
        bob.call("PUT", diagram, {**PUT, "cells": cells})
        return f"{diagram}/model"

    @staticmethod
    def read(client: Any, path: str, accept: str) -> Any:
        """Return the answer for an `Accept` header."""
        client.http.headers["Accept"] = accept
        return client.send("GET", path)

    def test_yaml_says_the_same_as_json(self, bob: Any, path: str) -> None:
        yaml = pytest.importorskip("yaml")
        wanted = bob.call("GET", path)
        answer = self.read(bob, path, "application/yaml")
        assert answer.headers["Content-Type"].startswith("application/yaml")
        assert yaml.safe_load(answer.text) == wanted

    def test_graphml_has_a_node_for_each_cell(self, bob: Any, path: str) -> None:
        answer = self.read(bob, path, "application/graphml+xml, application/json;q=0.5")
        assert answer.headers["Content-Type"].startswith("application/graphml+xml")
        space = "{http://graphml.graphdrawing.org/xmlns}"
        nodes = ElementTree.fromstring(answer.text).findall(f"{space}graph/{space}node")
        assert [one.get("id") for one in nodes] == [A, B, E]
        texts = {one.get("key"): one.text for one in nodes[0]}
        assert texts["labels"] == '["yes: \\u003ca\\u003e \\u0026 b"]'
        assert texts["children"] == f'["{B}"]'

    @pytest.mark.parametrize(
        ("accept", "status", "kind"),
        [
            ("", 200, "application/json"),
            ("*/*", 200, "application/json"),
            ("application/json;q=0, application/yaml;q=0.1", 200, "application/yaml"),
            ("text/html", 406, "application/json"),
            ("application/problem+json", 406, "application/json"),
        ],
    )
    def test_the_best_format_is_sent(self, bob: Any, path: str, accept: str, status: int, kind: str) -> None:
        answer = self.read(bob, path, accept)
        assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (status, kind)

    def test_other_operations_have_json_alone(self, bob: Any, diagram: str) -> None:
        assert self.read(bob, diagram, "application/yaml").status_code == 406


@pytest.mark.parametrize(
    ("svg", "put", "whole", "part"),
    [
        ("PHN2Zy8+", 200, 200, 200),
        ("QUJ", 400, 500, 400),
        ("QUJD=", 400, 500, 400),
        ("====", 400, 500, 400),
        ("AAAA", 500, 500, 500),
        ("ZZZZ", 500, 500, 400),
    ],
)
def test_pictures_are_texts_in_base64(bob: Any, diagram: str, svg: str, put: int, whole: int, part: int) -> None:
    """What is no base64, no text or has NULs is refused by a PUT and by both kinds of PATCH, each in its own way."""
    bob.call("PUT", diagram, {**PUT, "image": {"svg": svg}}, expect=put)
    bob.patch(diagram, {"op": "replace", "path": "/image", "value": {"svg": svg}}, expect=whole)
    bob.patch(diagram, {"op": "replace", "path": "/image/svg", "value": svg}, expect=part)


def test_a_picture_without_an_svg_is_none(bob: Any, diagram: str) -> None:
    """The answer to the PUT repeats it all the same."""
    assert bob.call("PUT", diagram, {**PUT, "image": {"update_vector": 6}})["image"] == {"update_vector": 6}
    assert bob.call("GET", diagram)["image"] == {}


def test_a_picture_is_kept_in_its_usual_form(bob: Any, diagram: str) -> None:
    """Bits that stand for nothing are cleared."""
    assert bob.call("PUT", diagram, {**PUT, "image": {"svg": "QR=="}})["image"]["svg"] == "QQ=="


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        ({"op": "add", "path": "", "value": {}}, 400),
        ({"op": "add", "path": "/cells/-"}, 200),
        ({"op": "replace", "path": "/name"}, 200),
        ({"op": "test", "path": "/nothing"}, 200),
        ({"op": "copy", "path": "/description", "value": "x"}, 400),
    ],
)
def test_patches_without_a_value(bob: Any, diagram: str, operation: Json, status: int) -> None:
    """A value that is not there is null; the whole cannot be replaced."""
    bob.patch(diagram, operation, expect=status)
