# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The door from Ansible: validated parameters in, a result or one clear failure out.

Every module is a :class:`Module`. On a local connection the action plugin runs it inside the worker, elsewhere it runs
as a module of its own; both ways go through :meth:`Module.run`, so they give the same result (ENGINE-16).
"""

from __future__ import annotations

import re
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable, Collection, Mapping, NoReturn, Optional, Sequence

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.parameters import remove_values

from .._api.client import open_transport
from .._arguments import checked, option_in
from .._errors import LONGEST, InputError, TmiError, listed, shortened
from .._failures import INVALID_INPUT, UNEXPECTED, error_of
from .._http.request import Stats
from .._http.transport import Transport

if TYPE_CHECKING:
    Result = dict[str, Any]


#: Objects that a message lists; the result has all of them.
MOST_LISTED = 10
#: From this number of ``v`` on, every request is told.
LOG_VERBOSITY = 3


@dataclass(frozen=True)
class Context:
    """What a module needs besides its parameters.

    ``show_line`` shows a line to the person who waits, at once; None where nobody can be told before the end.
    """

    transport: Transport
    check_mode: bool
    diff_mode: bool = True
    show_line: Optional[Callable[[str], None]] = None
    #: Reads a text that is encrypted with Ansible Vault; None where the secrets of the vault are out of reach.
    decrypt: Optional[Callable[[str], str]] = None


@dataclass(frozen=True)
class Module:
    """One module of the collection: its argument spec and what it does.

    ``work`` gets parameters and context and returns the result without ``stats``; it raises TmiError. ``rules`` are
    the keyword arguments of AnsibleModule that tie options together (``required_one_of`` …).
    """

    argument_spec: Mapping[str, Any]
    work: Callable[[Mapping[str, Any], Context], Result]
    rules: Mapping[str, Any] = field(default_factory=dict)
    #: Turns arguments that name files of the controller into what the module can use where it runs.
    localize: Optional[Callable[[Mapping[str, Any], Callable[[str], str], bool], dict[str, Any]]] = None
    #: Members of the result that are tokens: whoever registers the result gets them, and nobody is shown them.
    secret_results: Sequence[str] = ()

    def run(
        self,
        params: Mapping[str, Any],
        check_mode: bool,
        diff_mode: bool = True,
        show_line: Optional[Callable[[str], None]] = None,
        log: Optional[Callable[[str], None]] = None,
        decrypt: Optional[Callable[[str], str]] = None,
    ) -> Result:
        """Return the result of the module; a failure as ``failed``, ``msg`` and ``error``, never as an exception.

        ``log`` gets a line for each request, ``decrypt`` reads what is encrypted with Ansible Vault.
        """
        try:
            transport = open_transport(params, check_mode, log)
        except TmiError as error:
            return failure(error)
        except Exception as error:
            return _defect(error)
        with transport:
            try:
                result = self.work(params, Context(transport, check_mode, diff_mode, show_line, decrypt))
            except TmiError as error:
                result = failure(error)
            except Exception as error:
                result = transport.censor(_defect(error))
            except BaseException:  # a person, or the time-out of the task, ends the worker: nobody reads a result
                if show_line is not None and transport.journal.lines():
                    show_line("Interrupted. %s" % _before(transport.journal.lines()))
                raise
        if result.get("failed"):
            add_done(result, transport.journal.lines())
        if "warnings" in result:
            result["warnings"] = [shortened(warning) for warning in result["warnings"]]
        result["stats"] = transport.stats.as_dict()
        warnings = [*transport.warnings(), *result.get("warnings", ())]
        if warnings:
            result["warnings"] = warnings
        return result

    def main(self) -> NoReturn:
        """Run as a module of its own."""
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
        # Everything else is masked by now, and core would mask a token that was given as an option and comes back.
        module.no_log_values.difference_update(result.get(name) for name in self.secret_results)
        if result.pop("failed", False):
            module.fail_json(**result)
        module.exit_json(**result)


class _AnsibleModule(AnsibleModule):
    """Fails with all that a failure of ours has, also where an option is wrong."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call]

    def _load_params(self) -> None:
        """Take what the action plugin takes, also where something else has sent the module."""
        super()._load_params()  # type: ignore[no-untyped-call]
        try:
            self.params = checked(self.params, self.argument_spec)
        except InputError as error:
            self.fail_json(invocation={}, **failure(error))  # nothing says yet which of them are secrets

    def fail_json(self, msg: str, **result: Any) -> NoReturn:
        invocation = {"invocation": {"module_args": shown_params(getattr(self, "params", None) or {})}}
        super().fail_json(**{**failed(msg, error_of(INVALID_INPUT, where=option_in(msg))), **invocation, **result})


def masked(result: Result, secrets: Collection[str], kept: Collection[str] = ()) -> Result:
    """Return the result without the secrets, but for the members ``kept``."""
    if not secrets:  # a plan of many models is large
        return result
    tokens = {name: result[name] for name in kept if name in result}
    shown: Result = remove_values({name: value for name, value in result.items() if name not in tokens}, secrets)
    return {**shown, **tokens}


def shown_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters without the name and password in ``url``: it is refused, and shown all the same."""
    url = str(params.get("url") or "")
    return {**params, "url": re.sub(r"^(\w+://)?.*@", r"\1********@", url)} if "@" in url else dict(params)


def failure(error: TmiError) -> Result:
    """Return a failed result, of a run that has not written yet: one message, and what programs need to know."""
    return failed(str(error), error.details())


def _defect(error: Exception) -> Result:
    """Return the failed result for a defect of the collection: the user still gets a sentence, -vvv the rest."""
    text = "unexpected %s: %s. This is a defect of the collection; -vvv shows where" % (type(error).__name__, error)
    return {**failed(text, error_of(UNEXPECTED)), "exception": traceback.format_exc()}


def failed(msg: str, error: Mapping[str, Any]) -> Result:
    """Return a failed result of a run that has sent nothing yet; for ``error`` see ``_failures.error_of``."""
    return {"failed": True, "changed": False, "msg": shortened(msg), "error": dict(error), "stats": Stats().as_dict()}


def add_done(result: Result, done: Sequence[str]) -> None:
    """Let a failed result tell what had been written before."""
    result["changed"] = bool(done)
    if done:
        result["done"] = list(done)
        end = ". %s. Once the cause is gone, run it again to complete it" % _before(done)
        result["msg"] = shortened(result["msg"], LONGEST - len(end)) + end


def _before(done: Sequence[str]) -> str:
    return "Before that, this run: %s" % shortened(listed(done, MOST_LISTED), LONGEST // 2)
