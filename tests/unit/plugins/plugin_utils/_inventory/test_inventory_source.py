# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Models, or the files that define them, as an inventory: variables, requests, and what is refused."""

from __future__ import annotations

import base64
import json
import re
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api.v0.rules import V0Rules
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Entity
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._login.auth import Auth
from ansible_collections.tmi.tmi.plugins.module_utils._login.tokens import Tokens
from ansible_collections.tmi.tmi.plugins.module_utils._options import Settings
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat import THREAT
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat_model import THREAT_MODEL
from ansible_collections.tmi.tmi.plugins.plugin_utils._inventory import source as _inventory_source
from ansible_collections.tmi.tmi.plugins.plugin_utils._inventory.source import (
    account,
    fingerprint,
    from_files,
    from_server,
)


class Server:
    """Two models; ``asked`` holds the calls that cost requests."""

    listed_fields = frozenset(("id", "name", "framework"))
    rules = V0Rules()

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def models_where(self, wanted: Any) -> Any:
        self.asked.append(dict(wanted))
        return [Entity(THREAT_MODEL, i, {"name": n, "framework": "STRIDE"}) for i, n in (("1", "Web shop"), ("2", "B"))]

    def counts(self, listed: Any) -> Any:
        return {"threat_count": 3}

    def model(self, model_id: str, sections: Any) -> Any:
        self.asked.append((model_id, sorted(sections)))
        graded = [{"name": "T", "severity": s} for s in ("high", "high", None, "catastrophic")]
        children = {"threats": [Entity(THREAT, "t", values, parent_id=model_id) for values in graded]}
        values = {"name": {"1": "Web shop", "2": "B"}[model_id], "framework": "STRIDE", "status": "open"}
        return Entity(THREAT_MODEL, model_id, values, {"team": "x"}, children=children)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    found = Server()
    monkeypatch.setattr(_inventory_source, "open_transport", lambda options, read_only, log: nullcontext(read_only))
    monkeypatch.setattr(_inventory_source, "show_warnings", lambda transport: None)
    monkeypatch.setattr(_inventory_source, "connect", lambda transport: found if transport is True else None)
    return found


def test_each_model_is_read_and_has_all_fields(server: Server) -> None:
    made = from_server({})
    assert server.asked[0] == {}
    assert sorted(server.asked[1:]) == [("1", []), ("2", [])]
    shop = made["_meta"]["hostvars"]["Web-shop"]
    assert (shop["tmi_name"], shop["tmi_metadata"], shop["tmi_status"]) == ("Web shop", {"team": "x"}, "open")
    # What is not set is there all the same, for expressions.
    assert shop["tmi_reviewer"] is None
    assert shop["tmi_authorization"] == []
    assert "tmi_threats" not in shop
    assert made["threat_models"] == {"hosts": ["B", "Web-shop"]}


def test_fields_that_the_list_reports_cost_one_request(server: Server) -> None:
    made = from_server({"fields": ["name", "threat_count"], "regex": "B"})
    assert server.asked == [{}]
    assert made["_meta"]["hostvars"] == {
        "B": {"tmi_name": "B", "tmi_threat_count": 3, "tmi_resource": "threat_model", "ansible_connection": "local"}
    }


def test_the_summary_counts_each_threat_once(server: Server) -> None:
    shop = from_server({"fields": ["name"], "threat_summary": True})["_meta"]["hostvars"]["Web-shop"]
    summary = shop["tmi_threat_summary"]
    assert {name: count for name, count in summary.items() if count} == {"high": 2, "unknown": 2}
    assert list(summary)[-1] == "critical"
    assert "tmi_threats" not in shop


def test_conditions_go_to_the_server(server: Server) -> None:
    assert from_server({"filters": {"name": "B", "metadata.team": "x"}})["threat_models"] == {"hosts": ["B"]}
    assert server.asked == [{"name": "B"}, ("2", [])]


def test_no_models_are_an_inventory_too(server: Server) -> None:
    assert from_server({"regex": "nothing"}) == {
        "_meta": {"hostvars": {}},
        "all": {"children": ["ungrouped"]},
        "threat_models": {"hosts": []},
    }


# ------------------------------------------------------------------------------------------------------- files
SHOP = {
    "tmi_definition": 1,
    "key": "shop",
    "name": "Web shop",
    "owner": "ana@example.com",
    "metadata": {"team": "x"},
    "defaults": {"threat": {"severity": "low"}},
    "threats": {"a": {"name": "A"}, "b": {"name": "B", "severity": "critical"}},
}


def write(folder: Path, file: str, /, **members: Any) -> Path:
    """Write the definition with other members and return its path."""
    path = folder / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({**SHOP, **members}), "utf-8")
    return path


def hosts_of(folder: Path, **options: Any) -> Any:
    return from_files({"definitions": ["models"], **options}, str(folder / "x.tmi.yml"))["_meta"]["hostvars"]


def test_a_file_is_a_host_before_its_model_exists(tmp_path: Path) -> None:
    path = write(tmp_path, "models/shop.json")
    made = from_files({"definitions": ["models"], "threat_summary": True}, str(tmp_path / "x.tmi.yml"))
    assert made["tmi_definitions"] == made["threat_models"] == {"hosts": ["Web-shop"]}
    shop = made["_meta"]["hostvars"]["Web-shop"]
    assert shop["tmi_definition_file"] == str(path)
    assert (shop["tmi_key"], shop["tmi_id"], shop["tmi_owner"]) == ("shop", None, "ana@example.com")
    assert (shop["tmi_threat_count"], shop["tmi_diagram_count"]) == (2, 0)
    assert {name: n for name, n in shop["tmi_threat_summary"].items() if n} == {"low": 1, "critical": 1}


def test_conditions_and_fields_hold_for_files_too(tmp_path: Path) -> None:
    write(tmp_path, "models/shop.json")
    write(tmp_path, "models/bank.json", key="bank", name="Bank", metadata={"team": "y"}, threats={})
    assert list(hosts_of(tmp_path, filters={"metadata.team": "y"})) == ["Bank"]
    assert list(hosts_of(tmp_path, filters={"threats.severity": "critical"})) == ["Web-shop"]
    assert list(hosts_of(tmp_path, regex="nothing")) == []
    shop = hosts_of(tmp_path, fields=["metadata.team"], include=["threats"])["Web-shop"]
    assert shop["tmi_metadata"] == {"team": "x"}
    assert [threat["name"] for threat in shop["tmi_threats"]] == ["A", "B"]
    assert "tmi_owner" not in shop


def test_names_that_are_alike_are_distinguished_and_stay_when_files_come(tmp_path: Path) -> None:
    write(tmp_path, "models/a.json", name="A/B")
    write(tmp_path, "models/b.json", name="A:B")
    before = hosts_of(tmp_path)
    write(tmp_path, "models/0.json", name="A B")
    assert len(before) == 2
    assert set(before) < set(hosts_of(tmp_path))


def test_an_inventory_may_lie_among_its_models(tmp_path: Path) -> None:
    path = write(tmp_path, "models/shop.json")
    (tmp_path / "models/x.tmi.yml").write_text("plugin: tmi.tmi.tmi_inventory", "utf-8")
    made = from_files({"definitions": ["."]}, str(tmp_path / "models/x.tmi.yml"))
    assert made["_meta"]["hostvars"]["Web-shop"]["tmi_definition_file"] == str(path)


def test_two_files_of_one_model_are_refused_for_two_jobs_would_write_it(tmp_path: Path) -> None:
    write(tmp_path, "models/a.json")
    write(tmp_path, "models/b.json", key="other")
    with pytest.raises(InputError, match=r'b\.json.*the model "Web shop" is also defined in .*a\.json'):
        hosts_of(tmp_path)


def test_a_mistake_in_any_file_is_reported(tmp_path: Path) -> None:
    write(tmp_path, "models/a.json")
    write(tmp_path, "models/b.json", name="B", threats={"t": {"severity": "huge"}})
    with pytest.raises(InputError, match=r"b\.json:1 threats\.t\.severity"):
        hosts_of(tmp_path, regex="shop")


def test_a_folder_that_is_not_there_is_reported(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"definitions: .*models: no such file"):
        hosts_of(tmp_path)


def test_the_question_is_known_again_and_holds_no_secret() -> None:
    asked = {"url": "https://tmi.example.com", "token": "t", "regex": "A"}
    for other in ({"url": "https://x"}, {"regex": "B"}, {"fields": ["id"]}, {"threat_summary": True}, {"token": "u"}):
        assert fingerprint(asked) != fingerprint({**asked, **other})
    with pytest.raises(InputError, match="url"):
        fingerprint({})


def token(**claims: Any) -> str:
    """Return a token that looks real."""
    head, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in ({"alg": "none"}, claims)
    )
    return ".".join((head, body, "c2ln"))


#: Logins that are all of different accounts, each with options that change nothing about that.
ACCOUNTS: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({"token": token(sub="1", idp="a", exp=1)}, {"token": token(sub="1", idp="a", exp=2)}),
    ({"token": token(sub="1", idp="b")}, {}),
    ({"token": token(sub="2", idp="a")}, {"refresh_token": "r", "token_cache": "/nowhere/tokens.json"}),
    ({"token": token(email="ana@example.com")}, {"timeout": 7}),
    ({"token": token(exp=5)}, {}),
    ({"token": token(exp=6)}, {}),
    ({"token": "opaque-1"}, {}),
    ({"token": "opaque-2"}, {}),
    ({"refresh_token": "r1", "token_cache": "/nowhere/a"}, {"token_cache": "/nowhere/b"}),
    ({"refresh_token": "r2", "token_cache": "/nowhere/a"}, {}),
    ({"login_hint": "alice"}, {"login_hint": "Alice"}),
    ({"login_hint": "alice", "login_provider": "test"}, {}),
    ({"login_hint": "bob"}, {}),
    ({"client_id": "a", "client_secret": "s1"}, {"client_secret": "s2"}),
    ({"client_id": "b", "client_secret": "s1"}, {}),
    ({"url": "https://other.example.com", "login_hint": "alice"}, {}),
)


def test_accounts_are_distinguished_without_a_request() -> None:
    server = {"url": "https://tmi.example.com"}
    found = [account({**server, **login}) for login, _same in ACCOUNTS]
    assert len(set(found)) == len(ACCOUNTS)
    assert found == [account({**server, **login, **same}) for login, same in ACCOUNTS]
    assert all(re.fullmatch("[0-9a-f]{64}", name) for name in found)


def test_who_logged_in_with_a_browser_is_an_account(tmp_path: Path) -> None:
    options = {"url": "https://tmi.example.com", "token_cache": str(tmp_path / "private" / "tokens.json")}
    (tmp_path / "private").mkdir(mode=0o700)
    nobody = account(options)

    def log_in(person: str, number: int) -> str:
        settings = Settings.from_params(options)
        Auth(settings).adopt(Tokens(token(sub=person, jti=number), "refresh-%d" % number, None, None))
        return account(options)

    found = [log_in("ana", 1), log_in("bob", 2), log_in("ana", 3)]
    assert found[0] == found[2]
    assert len({nobody, *found}) == 3
