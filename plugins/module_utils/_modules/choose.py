# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The module ``tmi_choose``: a value that is given, or the only one, or chosen by a person at the terminal."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Callable, Iterable, Mapping, Optional

from .._api.client import connect, open_transport
from .._errors import ApiError, InputError, NotFoundError
from .._http.transport import Transport
from .._login.browser import for_people
from .._login.cache import KeptLogin, TokenCache, kept_logins
from .._login.code import providers_of
from .._options import REQUIRED_BY, clean_url, connection_spec, is_blank, value_of
from .choice import TRIES, Ended, Entry, Person, Question
from .module import Context, Module

if TYPE_CHECKING:
    from .module import Result

#: The cache of a person who is asked and has set none.
_DEFAULT_CACHE = "~/.cache/tmi/tokens.json"
SERVER, PROVIDER, MODEL = "server", "provider", "threat_model"
#: The option with the value, and the environment variable for it.
_OPTION = {SERVER: "url", PROVIDER: "login_provider", MODEL: "threat_model"}
_VARIABLE = {
    SERVER: ", or TMI_URL in the environment",
    PROVIDER: ", or TMI_LOGIN_PROVIDER in the environment",
    MODEL: "",
}
_BEFORE = "logged in before"


class Absent:
    """No person: the module runs without its action plugin."""

    def absence(self) -> str:
        """Return the reason why no person can be asked."""
        return "this module can ask only on the controller"

    def answer(self, _question: str) -> str:
        """Raise ``Ended``."""
        raise Ended(self.absence())

    def show(self, _line: str) -> None:
        """Show nothing."""


def choose_module(person: Optional[Person] = None) -> Module:
    """Return the module. ``person`` answers its questions."""
    spec: dict[str, Any] = {
        **connection_spec(),
        "resource": {"type": "str", "choices": [SERVER, PROVIDER, MODEL], "required": True},
        "threat_model": {"type": "list", "elements": "str"},
        "servers": {"type": "list", "elements": "str", "default": []},
        "logged_in": {"type": "bool", "default": False},
        "many": {"type": "bool", "default": False},
        "ask": {"type": "bool", "default": True},
        "variable": {"type": "str"},
    }
    choosing = _Choosing(person or Absent())
    return Module(spec, choosing.choose, {"required_by": REQUIRED_BY}, opened=choosing.open)


class _Choosing:
    """One task. ``open`` is called first, because the server may have to be chosen."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._asked = False

    def open(
        self, params: Mapping[str, Any], read_only: bool, log: Optional[Callable[[str], None]] = None
    ) -> Transport:
        """Return a transport to the given server, or to one that the person chooses and that answers."""
        if params["many"] and params["resource"] != MODEL:
            raise InputError("can only be used with the resource %s" % MODEL, "many")
        if params["resource"] != SERVER or value_of("url", params):
            return open_transport(params, read_only, log)
        question = _servers(params, self._kept(params))
        for _attempt in range(TRIES):
            [chosen] = self._ask(params, "", question)
            # A person who waits sees a failure at once, and may choose again.
            transport = open_transport({**params, "url": chosen.value, "retry_timeout": 0}, read_only, log)
            try:
                providers_of(transport)
                return transport
            except ApiError as error:
                transport.close()
                self._person.show("%s cannot be used: %s" % (chosen.value, error))
        raise _mistake(params, "", "no chosen server answered")

    def choose(self, params: Mapping[str, Any], context: Context) -> Result:
        """Return what is chosen, and whether a person was asked."""
        transport = context.transport
        if params["resource"] == SERVER:
            chosen = [Entry(transport.settings.url, transport.settings.url)]
        elif params["resource"] == PROVIDER:
            chosen = self._provider(params, transport)
        else:
            chosen = self._models(params, transport)
        can_ask = not self._absence(params)
        return {
            "changed": False,
            "value": chosen[0].value if chosen else "",
            "chosen": [entry.value for entry in chosen],
            "names": [entry.name for entry in chosen],
            "asked": self._asked,
            "can_ask": can_ask,
            "token_cache": transport.settings.token_cache or (_default_cache() if can_ask else ""),
        }

    def _provider(self, params: Mapping[str, Any], transport: Transport) -> list[Entry]:
        """Return the provider of a login; none if the login needs no name of one."""
        settings = transport.settings
        if settings.login_provider:
            return [Entry(settings.login_provider, settings.login_provider)]
        kept = [login.provider for login in self._kept(params) if login.url == settings.url and login.provider]
        if params["logged_in"]:
            entries = [Entry(name, name) for name in kept]
            return entries if len(entries) < 2 else self._ask(params, "", Question("Which login?", entries))
        if _has_login(transport):
            return []
        known = providers_of(transport)
        names = for_people(known)
        if len(names) < 2:
            return []
        names.sort(key=lambda name: kept.index(name) if name in kept else len(kept))
        entries = [Entry(name, name, _note(known[name].get("name"), name, name in kept)) for name in names]
        question = Question("Which identity provider of %s?" % settings.url, entries, usual=names[0] in kept)
        return self._ask(params, "the server offers several (%s), " % ", ".join(names), question)

    def _models(self, params: Mapping[str, Any], transport: Transport) -> list[Entry]:
        given = [name.strip() for name in params["threat_model"] or () if not is_blank(name)]
        if len(given) > 1 and not params["many"]:
            raise InputError("must be one model, unless many is true", _name(params))
        if given:
            return [Entry(name, name) for name in given]
        entries = [Entry(str(model.id), str(model.values.get("name") or "")) for model in connect(transport).models()]
        if not entries:
            raise NotFoundError("the account can see no threat model on %s" % transport.settings.url)
        entries.sort(key=lambda entry: (entry.name.casefold(), entry.value))
        names = [entry.name for entry in entries]
        entries = [entry._replace(note=entry.value) if names.count(entry.name) > 1 else entry for entry in entries]
        title = "Which threat models?" if params["many"] else "Which threat model?"
        return self._ask(params, "", Question(title, entries, params["many"])) if len(entries) > 1 else entries

    # --- the person -------------------------------------------------------------------------------

    def _absence(self, params: Mapping[str, Any]) -> str:
        return self._person.absence() or ("" if params["ask"] else "asking is turned off")

    def _kept(self, params: Mapping[str, Any]) -> list[KeptLogin]:
        """Return the logins in the cache; without the option, those in the default one if there is a person."""
        path = value_of("token_cache", params) or ("" if self._absence(params) else _default_cache())
        return kept_logins(path) if path else []

    def _ask(self, params: Mapping[str, Any], situation: str, question: Question) -> list[Entry]:
        absence = self._absence(params)
        if absence:
            raise _mistake(params, situation, "no person can be asked: %s" % absence)
        self._asked = True
        try:
            return question.ask(self._person)
        except Ended as error:
            raise _mistake(params, "", str(error) or "the question was ended without an answer") from None


def _default_cache() -> str:
    return os.path.expanduser(_DEFAULT_CACHE)


def _mistake(params: Mapping[str, Any], situation: str, problem: str) -> InputError:
    """Return the one message for a value that is missing."""
    words = "is not set, %sand %s. Set it%s" % (situation, problem, _VARIABLE[params["resource"]])
    return InputError(words, _name(params))


def _name(params: Mapping[str, Any]) -> str:
    return str(params["variable"] or _OPTION[params["resource"]])


def _servers(params: Mapping[str, Any], logins: Iterable[KeptLogin]) -> Question:
    """Return the question for a server: those of earlier logins, those in ``servers``, or another one."""
    kept = list(dict.fromkeys(login.url for login in logins))
    more = [] if params["logged_in"] else [clean_url(url.strip()) for url in params["servers"] if not is_blank(url)]
    entries = [Entry(url, url, _BEFORE if url in kept else "") for url in dict.fromkeys([*kept, *more])]
    return Question("Which TMI server?", entries, other=_typed, usual=bool(entries))


def _typed(answer: str) -> Entry:
    url = clean_url(answer)
    return Entry(url, url)


def _note(title: Optional[str], name: str, before: bool) -> str:
    """Return the provider's own title, if it says more than its id, and whether the person has used it."""
    titles = [title] if title and title.casefold() != name.casefold() else []
    return ", ".join([*titles, *([_BEFORE] if before else [])])


def _has_login(transport: Transport) -> bool:
    """Whether the cache has a login of a person that needs no name of a provider."""
    bare = replace(transport.settings, token="", refresh_token="", login_hint="", client_id="", client_secret="")
    with TokenCache.of(bare).locked() as entry:
        return entry.tokens is not None
