# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One table of connection options: the argument spec, the documentation and the settings follow it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.tmi.tmi.plugins.doc_fragments._connection import ModuleDocFragment
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._options import (
    OPTIONS,
    REQUIRED_BY,
    VARIABLES,
    Option,
    Settings,
    connection_spec,
)

URL = "https://tmi.example.com"
NAMES = [option.name for option in OPTIONS]
MODULES = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
PLUGINS = yaml.safe_load(ModuleDocFragment.PLUGIN)["options"]


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for option in OPTIONS:
        monkeypatch.delenv(option.env, raising=False)


def validated(params: dict[str, Any]) -> dict[str, Any]:
    result = ArgumentSpecValidator(connection_spec(), required_by=REQUIRED_BY).validate(params)
    assert result.error_messages == []
    return result.validated_parameters


# --- the table against the documentation ------------------------------------------------------------


def test_same_options_everywhere() -> None:
    assert list(MODULES) == list(PLUGINS) == NAMES
    assert [field.name for field in dataclasses.fields(Settings)] == NAMES


@pytest.mark.parametrize("option", OPTIONS, ids=NAMES)
@pytest.mark.parametrize("documented", [MODULES, PLUGINS], ids=["modules", "plugins"])
def test_documentation(option: Option, documented: dict[str, Any]) -> None:
    entry = documented[option.name]
    assert entry["type"] == option.type
    assert entry.get("default") == option.default
    assert "required" not in entry
    assert tuple(entry.get("choices", ())) == option.choices
    if documented is MODULES:
        assert any("E(%s)" % option.env in line for line in entry["description"])
    else:
        assert entry["env"] == [{"name": option.env}]
        assert entry["vars"] == [{"name": option.var}]


@pytest.mark.parametrize("option", OPTIONS, ids=NAMES)
def test_settings_have_the_same_defaults(option: Option) -> None:
    fields = {field.name: field for field in dataclasses.fields(Settings)}
    if option.name != "url":
        assert (fields[option.name].default or None) == option.default
    assert not (option.secret and fields[option.name].repr)


# --- the environment --------------------------------------------------------------------------------


def test_environment_fills_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMI_URL", URL)
    monkeypatch.setenv("TMI_TIMEOUT", "7")
    monkeypatch.setenv("TMI_VALIDATE_CERTS", "False")
    monkeypatch.setenv("TMI_TOKEN", "abc")
    settings = Settings.from_params(validated({}))
    assert (settings.url, settings.timeout, settings.validate_certs, settings.token) == (URL, 7.0, False, "abc")
    assert Settings.from_params(validated({"timeout": 9})).timeout == 9.0


def test_blank_variables_are_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for option in OPTIONS:
        monkeypatch.setenv(option.env, "  ")
    assert Settings.from_params(validated({"url": URL})) == Settings(URL)


def test_blank_options_are_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMI_TOKEN", "from-environment")
    blank = dict.fromkeys(NAMES, "")
    assert Settings.from_params({**blank, "url": URL}).token == "from-environment"


def test_empty_ca_file_is_not_set(tmp_path: Path) -> None:
    empty = tmp_path / "ca"
    empty.touch()
    assert Settings.from_params({"url": URL, "ca_path": str(empty)}).ca_path == ""
    assert Settings.from_params({"url": URL, "ca_path": str(tmp_path)}).ca_path == str(tmp_path)
    with pytest.raises(InputError, match=r"ca_path: cannot read .*No such file"):
        Settings.from_params({"url": URL, "ca_path": str(tmp_path / "none")})


def test_task_wins_over_environment_between_logins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMI_TOKEN", "abc")
    settings = Settings.from_params(validated({"url": URL, "login_hint": "alice"}))
    assert (settings.token, settings.login_hint) == ("", "alice")
    monkeypatch.delenv("TMI_TOKEN")
    monkeypatch.setenv("TMI_LOGIN_HINT", "alice")
    settings = Settings.from_params(validated({"url": URL, "refresh_token": "abc"}))
    assert (settings.refresh_token, settings.login_hint) == ("abc", "")
    monkeypatch.delenv("TMI_LOGIN_HINT")
    with pytest.raises(InputError, match="login_hint cannot be combined with token"):
        Settings.from_params({"url": URL, "login_hint": "alice", "token": "abc"})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"login_hint": "alice", "client_id": "a"}, "login_hint cannot be combined with client_id or client_secret"),
        ({"refresh_token": "abc", "client_id": "a"}, "token or refresh_token cannot be combined with client_id"),
        ({"browser": "auto", "token": "abc"}, "browser or callback_url cannot be combined with token"),
        ({"client_id": "a"}, "^client_id: needs client_secret as well"),
        ({"client_secret": "marker-41"}, "^client_secret: needs client_id as well"),
    ],
)
def test_one_way_to_log_in(given: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words) as raised:
        Settings.from_params({"url": URL, **given})
    assert "marker-41" not in str(raised.value)


def test_a_browser_in_the_task_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMI_CLIENT_ID", "a")
    monkeypatch.setenv("TMI_CLIENT_SECRET", "b")
    settings = Settings.from_params({**validated({"url": URL}), "browser": "auto"})
    assert (settings.client_id, settings.client_secret) == ("", "")


def test_secret_of_the_environment_for_the_id_of_the_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMI_CLIENT_SECRET", "b")
    monkeypatch.setenv("TMI_TOKEN", "abc")
    settings = Settings.from_params(validated({"url": URL, "client_id": "a"}))
    assert (settings.client_id, settings.client_secret, settings.token) == ("a", "b", "")


# --- env_file ---------------------------------------------------------------------------------------


def written(folder: Path, text: str) -> str:
    path = folder / "tmi.env"
    path.write_bytes(text.encode())
    return str(path)


def test_env_file(tmp_path: Path) -> None:
    text = """\ufeff# Connection
TMI_URL=https://tmi.example.com/#no-comment   # a comment

export TMI_CLIENT_ID=tmi_cc_1\r
TMI_CLIENT_SECRET='a"b$c#d' # quoted
TMI_CA_PATH=""
TMI_LOGIN_PROVIDER="with \\"quotes\\", \\$ and \\\\"
TMI_TIMEOUT=
  TMI_VALIDATE_CERTS=no
PATH=$HOME/bin:x
TMI_SOURCE_URL=https://other.example.com
"""
    text = text.replace("/#no-comment", "/a")
    settings = Settings.from_params(validated({"env_file": written(tmp_path, text)}))
    assert (settings.url, settings.client_id, settings.client_secret) == (URL + "/a", "tmi_cc_1", 'a"b$c#d')
    assert settings.login_provider == 'with "quotes", $ and \\'
    assert (settings.timeout, settings.validate_certs, settings.ca_path) == (30.0, False, "")


def test_task_then_env_file_then_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "TMI_URL=%s\nTMI_TIMEOUT=7\nTMI_TOKEN=from-file\nTMI_RETRY_TIMEOUT=3" % URL)
    monkeypatch.setenv("TMI_ENV_FILE", path)
    monkeypatch.setenv("TMI_TIMEOUT", "8")
    monkeypatch.setenv("TMI_CONNECT_TIMEOUT", "5")
    monkeypatch.setenv("TMI_LOGIN_HINT", "alice")
    for params in (validated({"retry_timeout": 2}), {"retry_timeout": 2}):
        settings = Settings.from_params(params)
        assert (settings.url, settings.timeout, settings.connect_timeout) == (URL, 7.0, 5.0)
        assert (settings.token, settings.login_hint, settings.retry_timeout) == ("from-file", "", 2.0)
        assert settings.env_file == path
    # Written out in the task the default still counts, where the environment says otherwise.
    assert Settings.from_params(validated({"connect_timeout": 10})).connect_timeout == 10.0
    settings = Settings.from_params(validated({"login_hint": "bobby"}))
    assert (settings.token, settings.login_hint) == ("", "bobby")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("marker-77", "is not KEY=VALUE"),
        ("TMI_TOKEN = marker-77", "is not KEY=VALUE"),
        ("export marker-77", "is not KEY=VALUE"),
        ("TMI_TOKEN='marker-77", "the value of TMI_TOKEN has no closing quote"),
        ('TMI_TOKEN="marker-77', "the value of TMI_TOKEN has no closing quote"),
        ('TMI_TOKEN="marker-77\\"', "the value of TMI_TOKEN has no closing quote"),
        ("TMI_TOKEN='marker-77'x", "the value of TMI_TOKEN has more text after its closing quote"),
        ("TMI_TOKEN='marker-77'#x", "the value of TMI_TOKEN has more text after its closing quote"),
        ('TMI_TOKEN="marker-77$x"', "the value of TMI_TOKEN holds \\$ or ` in double quotes"),
        ('TMI_TOKEN="marker-77\\n"', "the value of TMI_TOKEN holds an escape"),
        ("TMI_TOKEN=marker-77 b", "the value of TMI_TOKEN holds a blank"),
        ("TMI_TOKEN= marker-77", "the value of TMI_TOKEN holds a blank"),
        ("TMI_TOKEN=marker-77$x", "the value of TMI_TOKEN holds a blank, a quote or one of"),
        ("TMI_TOKEN=#marker-77", "the value of TMI_TOKEN holds a blank, a quote or one of"),
        ("TMI_URL=marker-77", "TMI_URL is set in line 1 already"),
    ],
)
def test_env_file_that_makes_no_sense(line: str, words: str, tmp_path: Path) -> None:
    path = written(tmp_path, "TMI_URL=%s\n\n%s\n" % (URL, line))
    with pytest.raises(InputError, match="^env_file: .*tmi.env, line 3: %s" % words) as raised:
        Settings.from_params({"env_file": path})
    assert "marker-77" not in str(raised.value)


def test_env_file_that_cannot_be_read(tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff")
    for path, words in (
        (tmp_path / "none", "cannot read .*none: No such file"),
        (tmp_path, "cannot read"),
        ("/dev/zero", "is longer than 65536 bytes"),
        (binary, "is not UTF-8"),
    ):
        with pytest.raises(InputError, match="^env_file: .*%s" % words):
            Settings.from_params({"url": URL, "env_file": str(path)})


def test_key_needs_certificate(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("x")
    with pytest.raises(InputError, match="client_key: needs client_cert"):
        Settings.from_params({"url": URL, "client_key": str(key)})
    checked = ArgumentSpecValidator(connection_spec(), required_by=REQUIRED_BY).validate(
        {"url": URL, "client_key": str(key)}
    )
    assert "client_cert" in checked.error_messages[0]


# --- values -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://tmi.example.com/", URL),
        (" https://TMI.example.com ", URL),
        ("http://localhost:8080//", "http://localhost:8080"),
        ("https://example.com/tmi/api/", "https://example.com/tmi/api"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("HTTPS://tmi.example.com", URL),
    ],
)
def test_good_urls(given: str, url: str) -> None:
    assert Settings.from_params({"url": given}).url == url


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("", "is not set"),
        (None, "is not set"),
        ("tmi.example.com", "must begin with http"),
        ("localhost:8080", "must begin with http"),
        ("ftp://tmi.example.com", "must begin with http"),
        ("https://", "no valid host"),
        ("https://:8080", "no valid host"),
        ("https://tmi example.com", "no valid host"),
        ("https://tmi.example.com:0", "no valid host"),
        ("https://tmi.example.com:99999", "not a valid address"),
        ("https://tmi.example.com:http", "not a valid address"),
        ("https://[::1", "not a valid address"),
        ("https://tmi.example.com?x=1", "query or fragment"),
        ("https://tmi.example.com/#top", "query or fragment"),
        ("https://tmi.example.com/a b", "no valid path"),
        ("https://tmi.example.com/a/../b", "no valid path"),
        ("https://alice:hidden-word@tmi.example.com", "user name or password"),
        ("alice:hidden-word@tmi.example.com", "must begin|user name|no valid"),
    ],
)
def test_bad_urls(given: Any, words: str) -> None:
    with pytest.raises(InputError, match="^url: .*(%s)" % words) as raised:
        Settings.from_params({"url": given})
    assert "hidden-word" not in str(raised.value)


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("timeout", 0, "above 0"),
        ("timeout", -1, "above 0"),
        ("timeout", float("nan"), "above 0"),
        ("timeout", "soon", "must be a number"),
        ("retry_timeout", -1, "from 0"),
        ("retry_timeout", 100_000, "86400"),
        ("api", "v7", "must be one of auto, v0"),
        ("validate_certs", "perhaps", "neither true nor false"),
        ("token", "line\nbreak", "line break"),
        ("token", "späß", "ASCII"),
        ("proxy", "ftp://proxy", "must look like"),
        ("proxy", "http://", "must look like"),
        ("proxy", "http://proxy:x", "must look like"),
    ],
)
def test_bad_values(option: str, value: Any, words: str) -> None:
    with pytest.raises(InputError, match="^%s: .*%s" % (option, words)) as raised:
        Settings.from_params({"url": URL, option: value})
    if option == "token":
        assert value not in str(raised.value)


def test_good_values() -> None:
    settings = Settings.from_params(
        {"url": URL, "retry_timeout": 0, "token": " abc\n", "proxy": "proxy:3128", "other": 1}
    )
    assert (settings.retry_timeout, settings.token, settings.proxy) == (0.0, "abc", "http://proxy:3128")


def test_printing_settings_shows_no_secret() -> None:
    secret = "marker-8f14e45f"
    proxy = "http://u:%s@proxy:1" % secret
    for login in ({"token": secret, "refresh_token": secret}, {"client_id": "a", "client_secret": secret}):
        settings = Settings.from_params({"url": URL, "proxy": proxy, **login})
        assert secret not in "%s %r" % (settings, settings)


class TestUnread:
    """Variables of `env_file` without an option are reported, never with their values."""

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("TMI_TOKN=geheim", "TMI_TOKN (did you mean TMI_TOKEN?)"),
            ("TMI_TOKENCACHE=geheim", "TMI_TOKENCACHE (did you mean TMI_TOKEN_CACHE?)"),
            ("TMI_VALIDATE_CERT=no", "TMI_VALIDATE_CERT (did you mean TMI_VALIDATE_CERTS?)"),
            ("TMI_DATABASE_URL=geheim", "TMI_DATABASE_URL"),
            ("TMI_SOURCE_TOKN=geheim", "TMI_SOURCE_TOKN (did you mean TMI_SOURCE_TOKEN?)"),
        ],
    )
    def test_in_one_sentence(self, line: str, words: str, tmp_path: Path) -> None:
        file = tmp_path / "env"
        file.write_text(f"TMI_URL=https://tmi.example.com\nOTHER=x\n{line}\n")
        file.chmod(0o600)
        settings = Settings.from_params({"env_file": str(file)})
        assert settings.warnings() == [f"env_file: {file} has variables that no option reads: {words}"]
        assert "geheim" not in str(settings)

    def test_all_at_once(self, tmp_path: Path) -> None:
        file = tmp_path / "env"
        file.write_text("TMI_URL=https://tmi.example.com\n" + "".join(f"TMI_X{n}=\n" for n in range(9)))
        file.chmod(0o600)
        assert Settings.from_params({"env_file": str(file)}).warnings()[0].endswith("TMI_X4 and 4 more")

    def test_what_options_read_is_known(self, tmp_path: Path) -> None:
        file = tmp_path / "env"
        file.write_text(
            "TMI_URL=https://tmi.example.com\n" + "".join(f"{name}=\n" for name in VARIABLES if name != "TMI_URL")
        )
        file.chmod(0o600)
        assert Settings.from_params({"env_file": str(file)}).warnings() == []


@pytest.mark.parametrize(
    ("url", "exposed"),
    [
        ("http://tmi.example.com", True),
        ("http://10.0.0.1:8080/tmi", True),
        ("http://[fd00::1]", True),
        ("http://localhost.example.com", True),
        ("http://127.0.0.1.example.com", True),
        ("https://tmi.example.com", False),
        ("http://localhost:8080", False),
        ("http://LOCALHOST", False),
        ("http://tmi.localhost", False),
        ("http://localhost.", False),
        ("http://127.0.0.1", False),
        ("http://127.8.8.8:1", False),
        ("http://[::1]:80/x", False),
        ("http://[::ffff:127.0.0.1]", False),
    ],
)
def test_who_can_read_what_is_sent(url: str, exposed: bool) -> None:
    assert Settings.from_params({"url": url}).is_exposed is exposed
