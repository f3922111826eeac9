# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The interface to Ansible: it gets validated parameters and returns a result or one clear failure.

Every module is a :class:`Module`. On a local connection the action plugin runs it inside the worker, elsewhere it runs
as an ordinary module. Both use :meth:`Module.run`, so they give the same result (ENGINE-16).
"""

from __future__ import annotations

import json
import re
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable, Collection, Mapping, NoReturn, Optional, Sequence

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.parameters import remove_values

from .._api.client import open_transport
from .._arguments import checked, option_in
from .._engine.display.signs import shown
from .._errors import LONGEST, InputError, TmiError, listed, shortened
from .._failures import INVALID_INPUT, UNEXPECTED, error_of
from .._http.request import Stats
from .._http.transport import Transport
from .comparison import hidden_text

if TYPE_CHECKING:
    Result = dict[str, Any]


#: Most objects in a message; the result has all of them.
MOST_LISTED = 10
#: The number of ``v`` from which every request is logged.
LOG_VERBOSITY = 3
#: Options with parts of a request, in which members may be secrets.
_REQUEST = ("body", "patch", "query")


@dataclass(frozen=True)
class Context:
    """The surroundings of a module, besides its parameters.

    ``connection`` is None for a module that has no server. ``show_line`` shows a line to the user immediately; None if
    nothing can be shown before the end.
    """

    connection: Optional[Transport]
    check_mode: bool
    diff_mode: bool = True
    show_line: Optional[Callable[[str], None]] = None
    #: Values of options that are never shown.
    secrets: Sequence[str] = ()
    #: Decrypts a text of Ansible Vault; None if the secrets of the vault are not available.
    decrypt: Optional[Callable[[str], str]] = None
    #: Evaluates the condition of the task for data; None if it cannot be evaluated here, or there is none.
    holds: Optional[Callable[[Mapping[str, Any]], bool]] = None

    @property
    def transport(self) -> Transport:
        """The connection to the server. Raises ValueError for a module that has none."""
        if self.connection is None:
            raise ValueError("this module has no server")
        return self.connection


@dataclass(frozen=True)
class Module:
    """One module of the collection: its argument spec and its work.

    ``work`` gets parameters and context and returns the result without ``stats``; it raises TmiError. ``rules`` are
    the keyword arguments of AnsibleModule for relations of options (``required_one_of`` …).
    """

    argument_spec: Mapping[str, Any]
    work: Callable[[Mapping[str, Any], Context], Result]
    rules: Mapping[str, Any] = field(default_factory=dict)
    #: Replaces arguments that name files of the controller by values that the module can use where it runs.
    localize: Optional[Callable[[Mapping[str, Any], Callable[[str], str], bool], dict[str, Any]]] = None
    #: Members of the result that are tokens: a task can register them, but they are never shown.
    secret_results: Sequence[str] = ()
    #: Whether the module has a server; else its spec has no connection options and its result no ``stats``.
    connects: bool = True
    #: Replaces ``open_transport`` for a module whose server may have to be chosen.
    opened: Optional[Callable[[Mapping[str, Any], bool, Optional[Callable[[str], None]]], Transport]] = None

    def run(
        self,
        params: Mapping[str, Any],
        check_mode: bool,
        diff_mode: bool = True,
        show_line: Optional[Callable[[str], None]] = None,
        log: Optional[Callable[[str], None]] = None,
        decrypt: Optional[Callable[[str], str]] = None,
        holds: Optional[Callable[[Mapping[str, Any]], bool]] = None,
    ) -> Result:
        """Return the result of the module; a failure has ``failed``, ``msg`` and ``error`` and is never an exception.

        ``log`` gets a line for each request, ``decrypt`` decrypts a text of Ansible Vault, ``holds`` evaluates the
        condition of the task.
        """
        if not self.connects:
            return self._run_alone(params, Context(None, check_mode, diff_mode, show_line, decrypt=decrypt))
        secrets = [
            str(params[name]) for name, spec in self.argument_spec.items() if spec.get("no_log") and params.get(name)
        ]
        try:
            transport = (self.opened or open_transport)(params, check_mode, log)
        except TmiError as error:
            return failure(error)
        except Exception as error:
            return _defect(error)
        with transport:
            try:
                surroundings = Context(transport, check_mode, diff_mode, show_line, secrets, decrypt, holds)
                result = _without_secrets(self.work(params, surroundings), secrets)
            except TmiError as error:
                result = failure(error)
            except Exception as error:
                result = transport.censor(_defect(error))
            except BaseException:  # the user, or the time-out of the task, ends the worker: no result is read
                if show_line is not None and transport.journal.lines():
                    show_line("Interrupted. %s" % _before(transport.journal.lines()))
                raise
        if result.get("failed"):
            add_done(result, transport.journal.lines())
            result["msg"] = shown(result["msg"])
        result["stats"] = transport.stats.as_dict()
        warnings = [*transport.warnings(), *(shown(shortened(warning)) for warning in result.get("warnings", ()))]
        if warnings:
            result["warnings"] = warnings
        return result

    def _run_alone(self, params: Mapping[str, Any], context: Context) -> Result:
        try:
            result = self.work(params, context)
        except TmiError as error:
            result = failure(error)
        except Exception as error:
            result = _defect(error)
        result.pop("stats", None)
        return result

    def main(self) -> NoReturn:
        """Run as an ordinary module."""
        module = _AnsibleModule(argument_spec=dict(self.argument_spec), supports_check_mode=True, **self.rules)
        requests: list[str] = []
        log = requests.append if module._verbosity >= LOG_VERBOSITY else None
        result = self.run(module.params, module.check_mode, module._diff, log=log)
        if requests:
            result["request_log"] = requests
        for warning in result.pop("warnings", []):
            module.warn(warning)
        result["invocation"] = {"module_args": shown_params(module.params)}
        result = masked(result, module.no_log_values, self.secret_results)
        # Everything else is masked now. Core would also mask a token of the result that was given as an option.
        module.no_log_values.difference_update(result.get(name) for name in self.secret_results)
        if result.pop("failed", False):
            module.fail_json(**result)
        module.exit_json(**result)


class _AnsibleModule(AnsibleModule):
    """Fails with all members of a failed result of this collection, also for a wrong option."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]

    def _load_params(self) -> None:
        """Check the arguments as the action plugin does, because the module may be sent without it."""
        super()._load_params()  # type: ignore[no-untyped-call]
        try:
            self.params = checked(self.params, self.argument_spec)
        except InputError as error:
            self.fail_json(invocation={}, **failure(error))  # it is not known yet which of them are secrets

    def fail_json(self, msg: str, **result: Any) -> NoReturn:
        invocation = {"invocation": {"module_args": shown_params(getattr(self, "params", None) or {})}}
        super().fail_json(**{**failed(msg, error_of(INVALID_INPUT, where=option_in(msg))), **invocation, **result})


def hidden(value: Any, secrets: Collection[str]) -> Any:
    """Return a value of JSON without the secrets, before it becomes text: of one that is cut, no part is recognized."""
    text = json.dumps(value, ensure_ascii=False, default=str) if secrets else ""
    is_there = any(json.dumps(secret, ensure_ascii=False)[1:-1] in text for secret in secrets)
    return remove_values(value, secrets) if is_there else value


def _without_secrets(result: Result, secrets: Collection[str]) -> Result:
    """Return a result without the secrets in the texts of its diff."""
    diff = result.get("diff")
    for pair in diff if isinstance(diff, list) else ():
        sides = [pair.get(name) for name in ("before_object", "after_object")]
        safe = hidden(sides, secrets)
        if safe != sides:
            from .._engine.display.view import texts_of  # few runs need it, and some modules have no objects

            pair["before"], pair["after"] = texts_of(*safe)
    return result


def masked(result: Result, secrets: Collection[str], kept: Collection[str] = ()) -> Result:
    """Return the result without the secrets, except in the members ``kept``."""
    if not secrets:  # a plan of many models is large
        return result
    tokens = {name: result[name] for name in kept if name in result}
    shown: Result = remove_values({name: value for name, value in result.items() if name not in tokens}, secrets)
    return {**shown, **tokens}


def shown_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters as results show them.

    They lack a name and password in ``url``, which is refused but would still be shown, and secrets in a request.
    """
    shown = {**params, **{name: hidden_text(params[name]) for name in _REQUEST if params.get(name)}}
    url = str(params.get("url") or "")
    if "@" in url:
        shown["url"] = re.sub(r"^(\w+://)?.*@", r"\1********@", url)
    return shown


def failure(error: TmiError) -> Result:
    """Return a failed result of a run that has not written yet: one message, and ``error`` for programs."""
    return failed(str(error), error.details())


def _defect(error: Exception) -> Result:
    """Return the failed result for a defect of the collection: one sentence for the user, the rest with -vvv."""
    text = "unexpected %s: %s. This is a defect of the collection; -vvv shows where" % (type(error).__name__, error)
    return {**failed(text, error_of(UNEXPECTED)), "exception": traceback.format_exc()}


def failed(msg: str, error: Mapping[str, Any]) -> Result:
    """Return a failed result of a run that has sent nothing yet; for ``error`` see ``_failures.error_of``."""
    return {"failed": True, "changed": False, "msg": shortened(msg), "error": dict(error), "stats": Stats().as_dict()}


def add_done(result: Result, done: Sequence[str]) -> None:
    """Add the writes before the failure to a failed result."""
    result["changed"] = bool(done)
    if done:
        result["done"] = list(done)
        end = ". %s. Once the cause is gone, run it again to complete it" % _before(done)
        result["msg"] = shortened(result["msg"], LONGEST - len(end)) + end


def _before(done: Sequence[str]) -> str:
    return "Before that, this run: %s" % shortened(listed(done, MOST_LISTED), LONGEST // 2)
