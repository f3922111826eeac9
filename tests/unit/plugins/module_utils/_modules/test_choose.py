# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Questions to a person: what an answer means, when none is asked, and what a run without an answer says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._login.auth import Auth
from ansible_collections.tmi.tmi.plugins.module_utils._login.cache import kept_logins
from ansible_collections.tmi.tmi.plugins.module_utils._login.tokens import Tokens
from ansible_collections.tmi.tmi.plugins.module_utils._modules.choice import MOST_SHOWN, TRIES, Ended, Entry, Question
from ansible_collections.tmi.tmi.plugins.module_utils._modules.choose import choose_module
from ansible_collections.tmi.tmi.plugins.module_utils._options import Settings, clean_url

NAMES = ("Café", "Checkout", "checkout", "2", "Payments, old", "Payments")


class Answers:
    """A person with prepared answers."""

    def __init__(self, *answers: str, absence: str = "") -> None:
        self.answers, self.reason = list(answers), absence
        self.seen: list[str] = []

    def absence(self) -> str:
        return self.reason

    def answer(self, question: str) -> str:
        self.seen.append(question)
        if not self.answers:
            raise Ended
        return self.answers.pop(0)

    def show(self, line: str) -> None:
        self.seen.append(line)


def asked(*answers: str, names: tuple[str, ...] = NAMES, **options: Any) -> tuple[list[str], Answers]:
    """Return the chosen names, and the person with what it was shown."""
    person = Answers(*answers)
    entries = [Entry("id-%d" % number, name) for number, name in enumerate(names, 1)]
    return [entry.name for entry in Question("Which?", entries, **options).ask(person)], person


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("1", "Café"),
        (" 3 ", "checkout"),
        ("\uff13", "checkout"),
        ("Cafe\u0301", "Café"),
        ("CAFÉ", "Café"),
        ("Checkout", "Checkout"),
        ("2", "Checkout"),
        ("id-4", "2"),
        ("payments", "Payments"),
        ("Payments, old", "Payments, old"),
    ],
)
def test_an_entry_is_chosen_by_number_name_or_id(answer: str, name: str) -> None:
    assert asked(answer)[0] == [name]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("", "An answer is needed"),
        ("7", "No entry fits"),
        ("0", "No entry fits"),
        ("-1", "No entry fits"),
        ("9" * 5000, "No entry fits"),
        ("\x1b[A", "The answer contains keys that are no characters"),
        ("x\udcff", "The answer contains keys that are no characters"),
        ("CHECKOUT", "Several entries fit"),
        ("pay", "Several entries fit"),
    ],
)
def test_a_useless_answer_is_explained_and_asked_again(answer: str, said: str) -> None:
    chosen, person = asked(answer, "1")
    assert (chosen, person.seen[1]) == (["Café"], said)


def test_a_part_of_a_name_lists_the_entries_with_it_under_their_numbers() -> None:
    _chosen, person = asked("pay", "5")
    assert [line for line in person.seen[2].splitlines() if ")" in line] == ["   5) Payments, old", "   6) Payments"]


def test_a_long_list_is_shown_in_part() -> None:
    names = tuple("model %d" % number for number in range(1000))
    chosen, person = asked("model 77", "model 999", names=names)
    assert chosen == ["model 77"]
    assert len(person.seen[0].splitlines()) == MOST_SHOWN + 3
    assert "and %d more" % (1000 - MOST_SHOWN) in person.seen[0]


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        ("1,3", ["Café", "checkout"]),
        ("1, 1, café", ["Café"]),
        ("all", list(NAMES)),
        ("Payments, old", ["Payments, old"]),
        (",2,", ["Checkout"]),
    ],
)
def test_several_are_chosen_if_allowed(answer: str, names: list[str]) -> None:
    assert asked(answer, many=True)[0] == names


@pytest.mark.parametrize("answer", [",", "1,9", "1,pay"])
def test_a_list_with_a_useless_part_chooses_nothing(answer: str) -> None:
    with pytest.raises(Ended):
        asked(answer, many=True)


def test_enter_chooses_the_usual_entry_only_if_there_is_one() -> None:
    assert asked("", usual=True)[0] == ["Café"]
    assert "Enter for 1" not in asked("", "1")[1].seen[0]


@pytest.mark.parametrize("answer", ["q", "Q", "quit"])
def test_q_ends_unless_it_is_an_entry(answer: str) -> None:
    with pytest.raises(Ended):
        asked(answer)
    assert asked("q", names=("q", "r"))[0] == ["q"]


def test_there_is_an_end_to_useless_answers() -> None:
    with pytest.raises(Ended, match="no usable answer in %d attempts" % TRIES):
        asked(*["nonsense"] * (TRIES + 1))


def test_another_answer_is_taken_where_it_may_be() -> None:
    def typed(answer: str) -> Entry:
        return Entry(clean_url(answer), "")

    person = Answers("tmi.example.com", "https://u:p@tmi.example.com", "https://TMI.example.com/")
    [chosen] = Question("Which?", [], other=typed).ask(person)
    assert chosen.value == "https://tmi.example.com"
    assert not any("u:p" in line for line in person.seen)


# --- the module ---------------------------------------------------------------------------------------


def choose(person: Answers, check: bool = False, **params: Any) -> Mapping[str, Any]:
    module = choose_module(person)
    options = {name: entry.get("default") for name, entry in module.argument_spec.items()}
    return module.run({**options, "retry_timeout": 0, **params}, check)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No task of a test sees the logins of who runs it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("TMI_URL", "TMI_TOKEN_CACHE", "TMI_LOGIN_PROVIDER", "TMI_ENV_FILE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def log_in(home: Path, url: str, provider: str = "", **more: str) -> str:
    """Keep a login in the default cache, and return its path."""
    cache = str(home / ".cache" / "tmi" / "tokens.json")
    Auth(Settings(url=url, login_provider=provider, token_cache=cache, **more)).adopt(Tokens("t", "r"))
    return cache


def providers(*names: str) -> dict[str, Any]:
    return {"providers": [{"id": name, "name": name.title() + " Inc."} for name in names]}


def test_servers_of_earlier_logins_are_offered_the_latest_first(home: Path, server: Any, answer: Any) -> None:
    server.routes["GET /oauth2/providers"] = answer(data=providers("google"))
    log_in(home, "https://old.example.com", login_hint="alice")
    cache = log_in(home, server.url, "google")
    person = Answers("")
    found = choose(person, resource="server", servers=["https://new.example.com/", " "])
    assert (found["value"], found["asked"], found["token_cache"]) == (server.url, True, cache)
    assert person.seen[0].splitlines()[1:4] == [
        "   1) %s (logged in before)" % server.url,
        "   2) https://old.example.com (logged in before)",
        "   3) https://new.example.com",
    ]
    assert [login.provider for login in kept_logins(cache)] == ["google", ""]


def test_a_server_that_is_down_is_reported_and_another_one_asked(server: Any, answer: Any) -> None:
    server.routes["GET /oauth2/providers"] = answer(data=providers())
    person = Answers("http://127.0.0.1:9", server.url + "/wrong", server.url)
    server.routes["GET /wrong/oauth2/providers"] = answer(status=404, body=b"<html>")
    assert choose(person, resource="server")["value"] == server.url
    assert person.seen[1].startswith("http://127.0.0.1:9 cannot be used: ")
    assert person.seen[3].startswith(server.url + "/wrong cannot be used: ")


@pytest.mark.parametrize("offered", [("google",), (), ("google", "test"), ("tmi",)])
def test_a_single_provider_needs_no_choice(server: Any, answer: Any, offered: tuple[str, ...]) -> None:
    server.routes["GET /oauth2/providers"] = answer(data=providers(*offered))
    found = choose(Answers(), resource="provider", url=server.url)
    assert (found["value"], found["chosen"], found["asked"]) == ("", [], False)


def test_the_provider_of_the_last_login_is_the_usual_one(home: Path, server: Any, answer: Any) -> None:
    server.routes["GET /oauth2/providers"] = answer(data=providers("a", "google", "z", "test"))
    log_in(home, server.url, "z")
    person = Answers("")
    assert choose(person, resource="provider", url=server.url)["value"] == "z"
    assert person.seen[0].splitlines()[1:-1] == [
        "   1) z (Z Inc., logged in before)",
        "   2) a (A Inc.)",
        "   3) google (Google Inc.)",
    ]


def test_given_values_are_returned_without_a_request(server: Any) -> None:
    person = Answers()
    assert choose(person, resource="server", url=server.url + "/")["value"] == server.url
    assert choose(person, resource="provider", url=server.url, login_provider="x")["value"] == "x"
    found = choose(person, resource="threat_model", url=server.url, threat_model=["Shop"])
    assert (found["value"], found["asked"]) == ("Shop", False)
    assert (person.seen, server.seen) == ([], [])


def test_a_login_without_a_provider_needs_none(home: Path, server: Any) -> None:
    cache = log_in(home, server.url)
    found = choose(Answers(absence="x"), resource="provider", url=server.url, token_cache=cache, login_hint="bob")
    assert (found["value"], server.seen) == ("", [])


def test_a_logout_offers_only_logins(home: Path, server: Any) -> None:
    log_in(home, server.url, "google")
    options = {"resource": "provider", "url": server.url, "logged_in": True}
    assert choose(Answers(), **options)["value"] == "google"
    log_in(home, server.url, "github")
    assert choose(Answers("github"), **options)["value"] == "github"
    assert server.seen == []


@pytest.mark.parametrize(
    ("params", "words"),
    [
        (
            {"resource": "server"},
            "url: is not set, and no person can be asked: X. Set it, or TMI_URL in the environment",
        ),
        ({"resource": "server", "variable": "tmi_url"}, "tmi_url: is not set, and no person can be asked: X. "),
        (
            {"resource": "provider", "variable": "tmi_login_provider"},
            "tmi_login_provider: is not set, the server offers several (a, b), and no person can be asked: X. "
            "Set it, or TMI_LOGIN_PROVIDER in the environment",
        ),
        ({"resource": "threat_model"}, "threat_model: is not set, and no person can be asked: X. Set it"),
    ],
)
def test_without_a_person_the_message_names_the_variable(
    server: Any, answer: Any, params: dict[str, Any], words: str
) -> None:
    server.routes["GET /oauth2/providers"] = answer(data=providers("a", "b"))
    models = [{"id": "7e57ab1e-0000-4000-8000-00000000000%d" % at, "name": "m"} for at in (1, 2)]
    server.routes["GET /threat_models"] = answer(data=models)
    url = {} if params["resource"] == "server" else {"url": server.url, "token": "t", "api": "v0"}
    found = choose(Answers("1", absence="X"), **params, **url)
    assert found["msg"].startswith(words)
    assert found["error"]["code"] == "invalid_input"
    turned_off = choose(Answers("1"), **params, **url, ask=False)
    assert turned_off["msg"].startswith(words.replace("X", "asking is turned off"))


def test_models_of_the_same_name_are_distinguished(server: Any, answer: Any) -> None:
    ids = ["7e57ab1e-0000-4000-8000-00000000000%d" % at for at in (1, 2)]
    server.routes["GET /threat_models"] = answer(data=[{"id": one, "name": "m"} for one in ids])
    person = Answers("m", ids[1])
    found = choose(person, resource="threat_model", url=server.url, token="t", api="v0")
    assert (found["value"], found["names"]) == (ids[1], ["m"])
    assert "   1) m (%s)" % ids[0] in person.seen[0]
    assert (
        choose(Answers("all"), resource="threat_model", url=server.url, token="t", api="v0", many=True)["chosen"] == ids
    )


def test_no_model_and_wrong_combinations_are_failures(server: Any, answer: Any) -> None:
    server.routes["GET /threat_models"] = answer(data=[])
    options = {"url": server.url, "token": "t", "api": "v0"}
    assert "can see no threat model" in choose(Answers(), resource="threat_model", **options)["msg"]
    assert choose(Answers(), resource="server", many=True, **options)["error"]["where"] == "many"
    assert choose(Answers(), resource="threat_model", threat_model=["a", "b"], **options)["failed"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"entries": {"x": {"saved_at": 1}, "y": 3}}'])
def test_a_damaged_or_old_cache_has_no_logins(tmp_path: Path, content: str) -> None:
    cache = tmp_path / "tokens.json"
    assert kept_logins(str(cache)) == []
    cache.write_text(content)
    cache.chmod(0o600)
    assert kept_logins(str(cache)) == []
    cache.chmod(0o644)
    with pytest.raises(InputError, match="open to other users"):
        kept_logins(str(cache))
