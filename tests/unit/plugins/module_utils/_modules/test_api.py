# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests of ``tmi_api``: what is sent, what is not, and what is refused before anything is sent."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._modules.api import api_module
from ansible_collections.tmi.tmi.plugins.module_utils._modules.endpoint import checked_path, endpoint_of
from ansible_collections.tmi.tmi.plugins.module_utils._modules.json_patch import patched
from ansible_collections.tmi.tmi.plugins.module_utils._modules.module import shown_params

MODULE = api_module()
GROUPS = "/admin/groups"


@pytest.fixture
def run(server: Any) -> Any:
    def task(check: bool = False, **params: Any) -> dict[str, Any]:
        options = {name: entry.get("default") for name, entry in MODULE.argument_spec.items()}
        return MODULE.run({**options, "url": server.url, "token": "t", "retry_timeout": 0, **params}, check)

    return task


def test_a_read_returns_the_answer_and_changes_nothing(run: Any, server: Any, answer: Any) -> None:
    server.otherwise = answer(data={"name": "x"}, headers={"ETag": '"5"', "Set-Cookie": "session=1"})
    result = run(path="/projects/1", query={"a": True, "b": [1, 2], "c": None}, headers={"If-Match": 5})
    assert (result["changed"], result["status"], result["json"]) == (False, 200, {"name": "x"})
    assert result["headers"] == {"etag": '"5"'}
    assert result["stats"] == {"requests": 1, "retries": 0, "writes": 0}
    seen = server.seen[0]
    assert (seen.method, seen.path, seen.query) == ("GET", "/projects/1", {"a": "true", "b": "2"})
    assert (seen.headers["If-Match"], seen.token) == ("5", "t")


def test_a_write_is_sent_once_and_changes(run: Any, server: Any, answer: Any) -> None:
    server.otherwise = answer(201, {"id": "1"})
    result = run(path=GROUPS, method="POST", body='{"name": "x"}')
    assert (result["changed"], result["status"], result["diff"]) == (True, 201, [])
    assert server.seen[0].json == {"name": "x"}


def test_check_mode_sends_nothing_and_returns_the_request(run: Any, server: Any) -> None:
    result = run(True, path=GROUPS, method="POST", body={"name": "x"})
    assert (result["changed"], server.seen) == (True, [])
    assert result["request"] == {"method": "POST", "path": GROUPS, "query": {}, "body": {"name": "x"}}
    assert not run(True, path="/oauth2/revoke", method="POST", warn=False)["stats"]["requests"]


def test_a_json_patch_and_a_form_have_their_content_types(run: Any, server: Any) -> None:
    run(path="/projects/1", patch=[{"op": "remove", "path": "/note"}])
    run(path="/oauth2/introspect", method="POST", body_format="form", body={"token": "a b"})
    patch, form = server.seen
    assert (patch.method, patch.headers["Content-Type"]) == ("PATCH", "application/json-patch+json")
    assert patch.json == [{"op": "remove", "path": "/note"}]
    assert (form.headers["Content-Type"], form.body) == ("application/x-www-form-urlencoded", b"token=a+b")


def test_all_expected_statuses_are_no_failure(run: Any, server: Any, answer: Any) -> None:
    server.otherwise = answer(404, {"error": "not_found"})
    assert run(path="/surveys/1", expect=[200, 404])["status"] == 404
    result = run(path="/surveys/1", method="DELETE", expect=[204, 404])
    assert (result["changed"], result["status"]) == (False, 404)
    failed = run(path="/surveys/1")
    assert (failed["failed"], failed["error"]["status"]) == (True, 404)


def test_an_answer_may_be_a_text_but_no_page(run: Any, server: Any, answer: Any) -> None:
    server.otherwise = answer(body=b"<graphml/>", headers={"Content-Type": "application/graphml+xml"})
    result = run(path="/threat_models/1/diagrams/1/model")
    assert (result["json"], result["text"]) == (None, "<graphml/>")
    for body, kind in ((b"<html>", "text/plain"), (b"Log in", "text/html"), (b" <!DOCTYPE html>", "")):
        server.otherwise = answer(body=body, headers={"Content-Type": kind})
        assert run(path="/threat_models/1/diagrams/1/model")["error"]["code"] == "wrong_answer"


def test_an_answer_that_is_no_text_is_returned_in_base64(run: Any, server: Any, answer: Any) -> None:
    for body in (b"\x89PNG\r\n\x1a\n\x00\xff", b"a\x00b"):
        server.otherwise = answer(body=body, headers={"Content-Type": "image/png"})
        result = run(path="/x")
        assert (b64decode(result["base64"]), result["json"], "text" in result) == (body, None, False)
    server.otherwise = answer(body="é".encode("latin-1"), headers={"Content-Type": 'text/csv; charset="ISO-8859-1"'})
    assert run(path="/x")["text"] == "é"


@pytest.mark.parametrize("body", [b'{"a":', b'{"a": NaN}', b'{"a": "\\ud800"}', b"[" * 100 + b"]" * 100])
@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/problem+json"])
def test_broken_json_is_no_text(run: Any, server: Any, answer: Any, body: bytes, kind: str) -> None:
    server.otherwise = answer(body=body, headers={"Content-Type": kind})
    assert run(path="/x")["error"]["code"] == "wrong_answer"


def test_headers_that_are_null_are_left_out(run: Any, server: Any) -> None:
    run(path="/x", headers={"If-Match": None, "X-A": 0})
    assert ("If-Match" in server.seen[0].headers, server.seen[0].headers["X-A"]) == (False, "0")


# --- all pages --------------------------------------------------------------------------------------


def by_offset(rows: list[Any], total: bool = True) -> Any:
    def react(seen: Any) -> Any:
        from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils.conftest import Answer

        at, size = int(seen.query.get("offset", 0)), int(seen.query["limit"])
        page: dict[str, Any] = {"groups": rows[at : at + size], "limit": size, "offset": at}
        return Answer(data={**page, "total": len(rows)} if total else page)

    return react


@pytest.mark.parametrize(("count", "size"), [(0, 100), (1, 100), (100, 100), (250, 100), (5, 2), (4, 2)])
@pytest.mark.parametrize("total", [True, False])
def test_all_pages_by_offset(run: Any, server: Any, count: int, size: int, total: bool) -> None:
    rows = [{"internal_uuid": str(number)} for number in range(count)]
    server.otherwise = by_offset(rows, total)
    result = run(path=GROUPS, all_pages=True, query={"limit": size, "name": "x"})
    assert (result["resources"], result["count"], result["changed"]) == (rows, count, False)
    assert {seen.query["name"] for seen in server.seen} == {"x"}


def test_all_pages_by_cursor(run: Any, server: Any, answer: Any) -> None:
    pages = {"": (["a", "b"], "2"), "2": (["c"], "")}

    def react(seen: Any) -> Any:
        rows, cursor = pages[seen.query.get("cursor", "")]
        return answer(data={"audit_entries": [{"id": row} for row in rows], "next_cursor": cursor, "total": 3})

    server.otherwise = react
    result = run(path="/threat_models/1/audit_trail", all_pages=True)
    assert [row["id"] for row in result["resources"]] == ["a", "b", "c"]


def test_a_list_without_pages_is_read_too(run: Any, server: Any, answer: Any) -> None:
    server.otherwise = answer(data=[{"key": str(number)} for number in range(300)])
    assert run(path="/x", all_pages=True)["count"] == 300


def test_a_list_that_cannot_be_read_to_its_end_is_an_error(run: Any, server: Any, answer: Any) -> None:
    server.otherwise = answer(data={"rows": [{"id": "1"}, {"id": "2"}], "total": 5})
    assert "same page twice: 2 rows of 5" in run(path="/x", all_pages=True, query={"limit": 2})["msg"]
    server.otherwise = answer(data={"name": "x"})
    assert run(path="/x", all_pages=True)["msg"] == "all_pages: the answer is no list"


def test_rows_removed_during_a_read_hide_no_other_rows(run: Any, server: Any, answer: Any) -> None:
    left = list(range(7))

    def react(most: int) -> Any:
        def page(seen: Any) -> Any:
            at, size = int(seen.query.get("offset", 0)), int(seen.query["limit"])
            found = answer(data={"rows": [{"id": str(row)} for row in left[at : at + size]], "total": len(left)})
            if len(left) > most:
                del left[0]
            return found

        return page

    server.otherwise = react(6)
    result = run(path="/x", all_pages=True, query={"limit": 2})
    assert [row["id"] for row in result["resources"]] == ["1", "2", "3", "4", "5", "6"]
    left[:] = range(100)
    server.otherwise = react(0)
    result = run(path="/x", all_pages=True, query={"limit": 2})
    assert (result["error"]["code"], "entries were removed" in result["msg"]) == ("conflict", True)


def test_rows_added_in_front_during_a_read_are_no_repetition(run: Any, server: Any, answer: Any) -> None:
    rows = list(range(7))

    def page(seen: Any) -> Any:
        at, size = int(seen.query.get("offset", 0)), int(seen.query["limit"])
        rows.insert(0, rows[0] - 1)
        return answer(data={"rows": [{"id": str(row)} for row in rows[at : at + size]], "total": len(rows)})

    server.otherwise = page
    found = {row["id"] for row in run(path="/x", all_pages=True, query={"limit": 2})["resources"]}
    assert found >= {str(number) for number in range(7)}


def test_equal_rows_without_an_id_are_kept(run: Any, server: Any, answer: Any) -> None:
    server.otherwise = answer(data={"rows": ["a", "a", {"n": 1}, {"n": 1}], "total": 4})
    assert run(path="/x", all_pages=True)["count"] == 4


# --- comparing --------------------------------------------------------------------------------------


def test_a_put_is_sent_only_if_a_member_differs(run: Any, server: Any, answer: Any) -> None:
    state = {"name": "x", "size": 1, "tags": ["a"], "inner": {"a": 1, "b": 2}}
    server.routes["GET /projects/1"] = answer(data=state)
    same = {"size": 1.0, "tags": ["a"], "inner": {"a": 1}, "name": "x"}
    result = run(path="/projects/1", method="PUT", body=same, compare={})
    assert (result["changed"], result["json"], result["stats"]["writes"], result["diff"]) == (False, state, 0, [])
    for check in (True, False):
        result = run(check, path="/projects/1", method="PUT", body={**same, "size": True}, compare={})
        assert (result["changed"], result["stats"]["writes"]) == (True, not check)
        assert (result["diff"][0]["before"], result["diff"][0]["after"]) == (
            '{\n  "size": 1\n}\n',
            '{\n  "size": true\n}\n',
        )
    ignored = {"ignore": ["size"]}
    assert not run(path="/projects/1", method="PUT", body={**same, "size": True}, compare=ignored)["changed"]


def test_a_post_is_sent_only_if_no_row_is_the_object(run: Any, server: Any, answer: Any) -> None:
    rows = [{"id": str(number), "name": "g%d" % number, "text": "x"} for number in range(3)]
    server.routes["GET " + GROUPS] = by_offset(rows)
    server.routes["POST " + GROUPS] = answer(201, {"id": "9"})
    compare = {"path": GROUPS, "key": ["name"]}
    there = run(path=GROUPS, method="POST", body={"name": "g1", "text": "x"}, compare=compare)
    assert (there["changed"], there["json"]) == (False, rows[1])
    assert run(path=GROUPS, method="POST", body={"name": "g7"}, compare=compare)["json"] == {"id": "9"}
    other = run(path=GROUPS, method="POST", body={"name": "g1", "text": "y"}, compare=compare)
    assert "has another text" in other["msg"]
    assert other["error"]["where"] == "compare.key"


def test_a_post_compared_with_a_list_needs_a_key(run: Any, server: Any, answer: Any) -> None:
    for data in ([], [{"name": "x"}], {"groups": [], "total": 0}, {"total": 0}, {"rows": ["a"], "next_cursor": ""}):
        server.otherwise = answer(data=data)
        result = run(path=GROUPS, method="POST", body={"name": "x"}, compare={"path": GROUPS})
        assert (result["error"]["where"], server.seen[-1].method) == ("compare.key", "GET")
    for data in ({"name": "y", "tags": []}, {"tags": []}, {}, None):
        server.otherwise = answer(data=data)
        assert run(path=GROUPS, method="POST", body={"name": "x"}, compare={"path": "/x"})["changed"]


def test_a_delete_is_sent_only_if_the_object_is_there(run: Any, server: Any, answer: Any) -> None:
    server.routes["GET /addons/1"] = answer(404, {"error": "not_found"})
    assert not run(path="/addons/1", method="DELETE", compare={})["changed"]
    server.routes["GET /addons/1"] = answer(data={"name": "x", "secret": "s3cret"})
    server.routes["DELETE /addons/1"] = answer(204)
    result = run(path="/addons/1", method="DELETE", compare={})
    assert (result["changed"], result["status"]) == (True, 204)
    assert "s3cret" not in str(result)


def test_a_patch_is_sent_only_if_it_changes_the_answer(run: Any, server: Any, answer: Any) -> None:
    server.routes["GET /projects/1"] = answer(data={"name": "x", "tags": ["a"]})
    idle = [{"op": "replace", "path": "/name", "value": "x"}, {"op": "test", "path": "/tags/0", "value": "a"}]
    assert not run(path="/projects/1", patch=idle, compare={})["changed"]
    result = run(True, path="/projects/1", patch=[{"op": "add", "path": "/tags/-", "value": "b"}], compare={})
    assert (result["changed"], '"b"' in result["diff"][0]["after"]) == (True, True)
    failed = run(path="/projects/1", patch=[*idle, {"op": "remove", "path": "/tags/1"}], compare={})
    assert failed["msg"] == "patch[2]: cannot be applied to the present state: remove /tags/1"


@pytest.mark.parametrize(
    ("operations", "after"),
    [
        ([{"op": "add", "path": "", "value": 1}], 1),
        ([{"op": "add", "path": "/b/1", "value": 9}], {"a": 1, "b": [1, 9, 2], "c/d": 3}),
        ([{"op": "move", "from": "/b/0", "path": "/b/1"}], {"a": 1, "b": [2, 1], "c/d": 3}),
        ([{"op": "copy", "from": "/c~1d", "path": "/e~0"}], {"a": 1, "b": [1, 2], "c/d": 3, "e~": 3}),
        ([{"op": "replace", "path": "/b/1", "value": 7}], {"a": 1, "b": [1, 7], "c/d": 3}),
        ([{"op": "replace", "path": "/d", "value": 7}], {"a": 1, "b": [1, 2], "c/d": 3, "d": 7}),
        ([{"op": "remove", "path": "/d"}], {"a": 1, "b": [1, 2], "c/d": 3}),
        ([{"op": "test", "path": "/a", "value": True}], None),
        ([{"op": "replace", "path": "/b/2", "value": 7}], None),
        ([{"op": "add", "path": "/b/x", "value": 7}], None),
        ([{"op": "add", "path": "/a/x", "value": 7}], None),
    ],
)
def test_json_patch(operations: Any, after: Any) -> None:
    state = {"a": 1, "b": [1, 2], "c/d": 3}
    if after is None:
        with pytest.raises(InputError):
            patched(state, operations, "patch")
    else:
        assert patched(state, operations, "patch") == after
    assert state == {"a": 1, "b": [1, 2], "c/d": 3}


# --- secrets ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [{"client_secret": "x"}, {"rows": [{"ticket": "t"}]}, [{"a": {"Token": "x"}}]])
def test_an_answer_with_a_secret_is_marked(run: Any, server: Any, answer: Any, data: Any) -> None:
    server.otherwise = answer(data=data)
    assert run(path="/me/client_credentials", method="POST", body={"name": "x"})["has_secrets"] is True
    server.otherwise = answer(data={"client_secret": "", "token_type": "x", "secret": None})
    assert "has_secrets" not in run(path="/me/client_credentials")


def test_secrets_of_a_body_are_sent_and_hidden(run: Any, server: Any) -> None:
    run(path="/x", method="POST", body={"a": 1}, secret_body={"secret": "s"})
    assert server.seen[0].json == {"a": 1, "secret": "s"}
    assert MODULE.argument_spec["secret_body"]["no_log"]
    assert run(True, path="/x", method="POST", body={"secret": "s"})["has_secrets"]
    assert run(True, path="/x", method="POST", query={"token": "s"})["has_secrets"]


def test_a_code_is_a_secret_in_a_login_only(run: Any, server: Any, answer: Any) -> None:
    server.otherwise = answer(data={"status": {"code": "ok"}, "error": {"code": "x"}})
    assert "has_secrets" not in run(path="/")
    login = {"grant_type": "authorization_code", "code": "c0de"}
    assert run(True, path="/oauth2/token", method="POST", body=login)["has_secrets"]


@pytest.mark.parametrize("path", ["/secret", "/a/0/client_secret", "/Password"])
def test_a_json_patch_of_a_secret_is_marked_and_hidden(run: Any, server: Any, path: str) -> None:
    patch = [{"op": "replace", "path": path, "value": "s3cret"}, {"op": "add", "path": "/name", "value": "open"}]
    assert run(True, path="/x", patch=patch)["has_secrets"]
    assert "has_secrets" not in run(True, path="/x", patch=patch[1:])
    assert "s3cret" not in str(shown_params({"patch": patch}))


def test_options_are_shown_without_secrets_of_the_request() -> None:
    for body in ({"a": [{"secret": "s3cret"}], "b": "open"}, '{"password": "s3cret", "b": "open"}', ["open"], "open"):
        shown = str(shown_params({"body": body, "query": {"token": "s3cret"}, "path": "/x"}))
        assert ("s3cret" in shown, "open" in shown) == (False, True)


# --- what is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        *("https://evil.example.com/x", "//evil.example.com", "x", "", "/a/../b", "/..", "/a/./b", "/a/%2e%2e/b"),
        *("/a/%252e%252E/b", "/a/..%2fb", "/a/..%5cb", "/a\\b", "/a b", "/a?b=1", "/a#b", "/a/{id}", "/a//b"),
        *("/a%", "/a%zz", "/a\n", "/a\x7f"),
    ],
)
def test_paths_that_lead_elsewhere_are_refused(run: Any, server: Any, path: str) -> None:
    result = run(path=path)
    assert (result["failed"], result["error"]["where"], server.seen) == (True, "path", [])
    compared = run(path="/x", method="PUT", body={}, compare={"path": path})
    assert (compared["error"]["where"], server.seen) == ("compare.path", [])


@pytest.mark.parametrize(
    ("path", "sent"), [("/a/ü", "/a/%C3%BC"), ("/a/%2F", "/a/%2F"), ("/a/b..c", "/a/b..c"), ("/", "/")]
)
def test_other_paths_are_quoted(path: str, sent: str) -> None:
    assert checked_path(path, "path") == sent


@pytest.mark.parametrize(
    ("params", "where"),
    [
        ({"body": {}}, "body"),
        ({"body": "x", "method": "POST"}, "body"),
        ({"secret_body": {"a": "b"}, "body": [1], "method": "POST"}, "secret_body"),
        ({"body": [1], "method": "POST", "body_format": "form"}, "body"),
        ({"query": {"a": {"b": 1}}}, "query.a"),
        ({"headers": {"Authorization": "x"}}, "headers.Authorization"),
        ({"headers": {"X-A": "a\nb"}}, "headers.X-A"),
        ({"headers": {"a b": "x"}}, "headers.a b"),
        ({"patch": [{"op": "add", "path": "/a"}]}, "patch[0].value"),
        ({"patch": [{"op": "test", "path": "a", "value": 1}]}, "patch[0].path"),
        ({"patch": [{"op": "remove", "path": "/a~2"}]}, "patch[0].path"),
        ({"patch": [{"op": "copy", "path": "/a", "from": "/b~"}]}, "patch[0].from"),
        ({"patch": [{"op": "move", "path": "/a"}]}, "patch[0].from"),
        ({"patch": [{"op": "set", "path": "/a"}]}, "patch[0].op"),
        ({"patch": []}, "patch"),
        ({"patch": [{"op": "remove", "path": "/a"}], "method": "PUT"}, "patch"),
        ({"all_pages": True, "method": "POST"}, "all_pages"),
        ({"all_pages": True, "query": {"offset": 1}}, "query.offset"),
        ({"all_pages": True, "query": {"limit": "x"}}, "query.limit"),
        ({"all_pages": True, "expect": [404]}, "expect"),
        ({"expect": [100]}, "expect[0]"),
        ({"compare": {}}, "compare"),
        ({"compare": {}, "method": "POST"}, "compare.path"),
        ({"compare": {"key": ["a"]}, "method": "PUT"}, "compare.key"),
    ],
)
def test_mistakes_are_found_before_anything_is_sent(run: Any, server: Any, params: Any, where: str) -> None:
    result = run(path="/x", **params)
    assert (result.get("failed"), result["error"]["where"], server.seen) == (True, where, [])


@pytest.mark.parametrize(
    ("method", "path", "named"),
    [
        ("GET", "/threat_models", "tmi_info"),
        ("GET", "/threat_models/1/threats/2", "tmi_info"),
        ("POST", "/threat_models", "tmi_threat_model"),
        ("PUT", "/threat_models/1/repositories/2", "tmi_source"),
        ("POST", "/threat_models/1/threats/bulk", "tmi_threat"),
        ("PUT", "/threat_models/1/threats/2/metadata/x", "tmi_metadata"),
        ("POST", "/oauth2/revoke", "tmi_token"),
        ("POST", "/oauth2/introspect", "tmi_info"),
        ("GET", "/admin/groups", ""),
        ("GET", "/threat_models/1/diagrams/2/model", ""),
        ("POST", "/threat_models/1/threats/2/restore", ""),
        ("POST", "/threat_models/1/diagrams/2/collaborate", ""),
    ],
)
def test_a_warning_names_the_module_that_does_the_same(run: Any, method: str, path: str, named: str) -> None:
    warnings = run(True, path=path, method=method)["warnings"] if named else run(True, path=path, method=method)
    assert ("tmi.tmi.%s does this too" % named in str(warnings)) if named else "warnings" not in warnings
    assert "warnings" not in run(True, path=path, method=method, warn=False)


def test_a_patch_needs_no_method() -> None:
    assert endpoint_of({"path": "/x", "patch": [{"op": "remove", "path": "/a"}]}).method == "PATCH"
