# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every failure has a code of the closed list, on every way out, and the documentation has the same list."""

from __future__ import annotations

import ast
import re
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from ansible_collections.tmi.tmi.plugins.module_utils import _errors, _failures
from ansible_collections.tmi.tmi.plugins.module_utils._failures import CODES
from ansible_collections.tmi.tmi.plugins.module_utils._modules import module as _run
from ansible_collections.tmi.tmi.plugins.module_utils._options import connection_spec

ROOT = Path(__file__).resolve().parents[4]
MODULES = sorted((ROOT / "plugins/modules").glob("tmi_*.py"))
NOTHING = _failures.error_of("")
#: Exceptions whose class does not say the code: who raises one has to.
UNSAID = {"TmiError", "ApiError", "Failure"}


def kinds() -> list[type[_errors.TmiError]]:
    found = [kind for kind in vars(_errors).values() if isinstance(kind, type)]
    return [kind for kind in found if issubclass(kind, _errors.TmiError)]


@pytest.mark.parametrize("kind", kinds())
def test_every_exception_carries_a_code(kind: type[_errors.TmiError]) -> None:
    error = kind("words")
    assert error.code in CODES
    assert set(error.details()) == set(NOTHING)
    assert error.details()["code"] == error.code


def test_whoever_raises_what_says_nothing_says_the_code() -> None:
    silent = []
    for path in sorted((ROOT / "plugins").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in UNSAID:
                said = len(node.args) >= (3 if node.func.id == "Failure" else 2) and node.func.id != "ApiError"
                named = {keyword.arg for keyword in node.keywords}
                if not said and not named & {"code", "status", None}:
                    silent.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    # A list of failed models takes the code of the first of them.
    assert [place for place in silent if "_modules/definition.py" not in place] == []


@pytest.mark.parametrize("status", [0, 200, 302, 400, 401, 403, 404, 407, 409, 413, 422, 428, 429, 500, 502, 503, 599])
def test_every_status_has_a_code(status: int) -> None:
    assert _errors.ApiError("words", status=status).code in CODES


def test_a_class_of_its_own_wins_over_the_status() -> None:
    assert _errors.AuthenticationError("words", status=400).code == "authentication_failed"
    assert _errors.ApiError("words", status=404).code == "not_found"
    assert _errors.AmbiguousWriteError("words", status=503).code == "server_error"


def test_a_mistake_at_another_place_stays_of_its_kind() -> None:
    error = _errors.AmbiguousNameError("which?", "threats.a", candidates=[1]).at("shop.yml:3 threats.a")
    assert (str(error), error.path, error.code) == ("shop.yml:3 threats.a: which?", "shop.yml:3 threats.a", "ambiguous")
    assert isinstance(error, _errors.AmbiguousNameError)
    assert error.candidates == [1]
    assert _errors.InputError("words", "a", code="missing_library").at("b").code == "missing_library"


class TestResults:
    """What a module returns, whatever fails."""

    def result(self, work: Any = None, **params: Any) -> dict[str, Any]:
        module = _run.Module(connection_spec(), work or (lambda _params, _context: {}))
        defaults = {name: option.get("default") for name, option in connection_spec().items()}
        return module.run({**defaults, "url": "http://127.0.0.1:9", "token": "t", **params}, False)

    @pytest.mark.parametrize(
        ("params", "code", "where"),
        [
            ({"url": "nowhere"}, "invalid_input", "url"),
            ({"ca_path": "/no/such/file"}, "invalid_input", "ca_path"),
            ({"timeout": -1}, "invalid_input", "timeout"),
        ],
    )
    def test_options_of_the_connection(self, params: Any, code: str, where: str) -> None:
        assert self.result(**params)["error"] == {**NOTHING, "code": code, "where": where}

    @pytest.mark.parametrize("error", [KeyError("id"), ValueError("x"), RecursionError(), OSError("disk")])
    def test_defects(self, error: Exception) -> None:
        def work(_params: Any, _context: Any) -> Any:
            raise error

        result = self.result(work)
        assert result["error"]["code"] == "unexpected"
        assert result["exception"]

    def test_no_server_listens(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]

            def work(_params: Any, context: Any) -> Any:
                context.transport.request("GET", "/threat_models", params={"limit": 1})

            result = self.result(work, url=f"http://127.0.0.1:{port}/prefix", retry_timeout=0)
        assert result["error"] == {
            **NOTHING,
            "code": "connection_refused",
            "method": "GET",
            "path": "/threat_models",
            "url": f"http://127.0.0.1:{port}/prefix/threat_models",
        }

    def test_a_name_that_is_unknown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def unknown(*_args: Any, **_options: Any) -> Any:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)

        def work(_params: Any, context: Any) -> Any:
            context.transport.request("GET", "/")

        result = self.result(work, url="http://tmi.invalid", retry_timeout=0)
        assert result["error"]["code"] == "name_unknown"


class TestInTheWorker:
    """What the action plugin finds wrong before the module."""

    @pytest.mark.parametrize(
        ("args", "words", "where"),
        [
            ({}, "missing required arguments: threat_model", "threat_model"),
            ({"threat_model": "M", "name": "D", "urii": "x"}, "Unsupported parameters", "urii"),
            ({"threat_model": "M", "name": "D", "include_in_report": "perhaps"}, "bool", "include_in_report"),
            ({"threat_model": "M"}, "one of the following is required", "id"),
            ({"threat_model": "M", "name": "D", "state": "gone"}, "value of state must be one of", "state"),
            ({"threat_model": "M", "name": "D", "client_key": "/k"}, "client_cert", "client_key"),
        ],
    )
    def test_wrong_arguments(self, args: dict[str, Any], words: str, where: str) -> None:
        pytest.importorskip("ansible.constants", reason="ansible-test runs this where there is no controller")
        from ansible_collections.tmi.tmi.plugins.modules import tmi_document
        from ansible_collections.tmi.tmi.plugins.plugin_utils import _action

        task = SimpleNamespace(check_mode=False, diff=False)
        result = _action.run_here(
            tmi_document.MODULE, "tmi.tmi.tmi_document", {"url": "http://127.0.0.1:9", **args}, task
        )
        assert result["failed"]
        assert words in result["msg"]
        assert result["error"] == {**NOTHING, "code": "invalid_input", "where": where}


class TestDocumentation:
    @pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
    def test_modules_have_the_list(self, path: Path) -> None:
        text = re.search(r'^RETURN = r"""(.*?)"""', path.read_text("utf-8"), re.DOTALL | re.MULTILINE)
        assert text is not None
        error = yaml.safe_load(text[1])["error"]
        assert error["contains"]["code"]["choices"] == list(CODES)
        assert list(error["contains"]) == list(NOTHING)
        others = re.search(r'^RETURN = r"""(.*?)"""', MODULES[0].read_text("utf-8"), re.DOTALL | re.MULTILINE)
        assert others is not None
        assert error == yaml.safe_load(others[1])["error"]

    def test_the_page_has_the_list_and_its_meaning(self) -> None:
        page = (ROOT / "docs/docsite/rst/guide_failures.rst").read_text("utf-8")
        assert dict(re.findall(r"^    \* - ``(\w+)``\n      - (.+)$", page, re.MULTILINE)) == dict(CODES)
