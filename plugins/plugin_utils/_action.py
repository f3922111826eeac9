# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The action plugin of every module of the collection.

On a local connection the module's work is done here, inside the worker: 3 to 18 ms a task instead of a quarter of a
second for shipping it (ENGINE-16). Elsewhere the module is shipped as usual.

``plugins/action/`` has a file for each module, which loads it with all that it needs: once, in the parent, for the
workers to inherit. Ansible compiles a collection's sources anew in every process that loads them. One plugin that
``meta/runtime.yml`` routes all modules to would not do: core looks for an action plugin of the task's own name before
it forks, and resolves routes after that, in the worker.
"""

from __future__ import annotations

import gc
import glob
import importlib
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from ansible.constants import config
from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.tmi.tmi.plugins.module_utils._arguments import checked, option_in
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError, TmiError
from ansible_collections.tmi.tmi.plugins.module_utils._failures import INVALID_INPUT, UNEXPECTED, error_of
from ansible_collections.tmi.tmi.plugins.module_utils._modules.module import (
    LOG_VERBOSITY,
    failed,
    failure,
    masked,
    shown_params,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._connection import request_log, sendable
from ansible_collections.tmi.tmi.plugins.plugin_utils._vault import decrypting

# Every task that asks a server needs it, and elsewhere it is loaded late.
importlib.import_module("ansible_collections.tmi.tmi.plugins.module_utils._http.connection")

# Every worker is a fork of this process. What stands here now lasts as long as the process does; unfrozen, the garbage
# collector of each worker would visit all of it, and by that copy it page by page (documentation of gc.freeze).
gc.freeze()


class Action(ActionBase):
    """Runs ``module``, which is one of those in ``plugins/modules/``."""

    module: ModuleType
    #: What the name of the module begins with.
    collection = "tmi.tmi."

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_diff = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        task = self._task
        fqcn, module = self.collection + self.module.__name__.rpartition(".")[2], self.module.MODULE
        shipped = self._connection.transport != "local" or bool(task.async_val) or bool(self._connection.become)
        try:
            args = prepared(module, task.args, self._found, shipped)
        except TmiError as error:
            result.update(failure(error))
            return result
        # What a task hides is not to be guessed from what it asks for.
        log = None if task.no_log else request_log((task_vars or {}).get("inventory_hostname"))
        if shipped:
            result.update(self._ship(module, fqcn, args, task_vars))
            if module.secret_results:  # the result, in which others have these lines, is not shown
                lines = result.pop("request_log", ())
                if log is not None:
                    for line in lines:
                        log(line)
            return result
        with self._environment():
            wanted = is_invocation_wanted(task_vars)
            result.update(run_here(module, fqcn, args, task, log, decrypting(self._loader), wanted))
        return result

    def _ship(self, module: Any, fqcn: str, args: dict[str, Any], task_vars: dict[str, Any] | None) -> dict[str, Any]:
        """Send the module to where it must run; returns its result, which is not shown where it holds tokens."""
        task, context = self._task, self._connection._play_context
        said = task.environment
        try:
            check_foreground(module, fqcn, task.async_val)
            args, environment = sendable(args, self._templated_environment())
        except InputError as error:
            return failure(error)
        # At -vvv, connections such as ssh show what a module prints unless this is said.
        context.no_log = context.no_log or bool(module.secret_results)
        task.environment = [wrap_var(environment)]  # has been templated, and must not be so again
        try:
            result = self._execute_module(
                module_name=fqcn, module_args=args, task_vars=task_vars, wrap_async=task.async_val
            )
        finally:
            task.environment = said  # another attempt of the task begins anew
        if module.secret_results and "module_stdout" in result:  # no result could be made out
            result["module_stdout"] = "(left out, because it may hold tokens)"
        if result.get("failed") and "error" not in result:  # it did not even begin: no interpreter, no space
            result["error"] = error_of(UNEXPECTED)
        return censored(result, module.secret_results)

    def _found(self, path: str) -> str:
        """Return where a file of the play is, as Ansible looks for it: role, play, then the current folder."""
        for base in self._task.get_search_path():
            for folder in ("files", ""):
                found = os.path.join(base, folder, path)
                if os.path.exists(found) or glob.glob(found):
                    return found
        return str(self._loader.path_dwim(path))

    def _templated_environment(self) -> dict[str, str]:
        """Return the task's ``environment``, in which the later entries win."""
        found: dict[str, str] = {}
        for entry in self._task.environment or []:
            found.update({name: str(value) for name, value in (self._templar.template(entry) or {}).items()})
        return found

    @contextmanager
    def _environment(self) -> Iterator[None]:
        """Apply the task's ``environment``, which core gives to modules only; all items of a loop share a worker."""
        saved = dict(os.environ)
        os.environ.update(self._templated_environment())
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(saved)


def prepared(module: Any, args: Mapping[str, Any], find: Callable[[str], str], shipped: bool) -> dict[str, Any]:
    """Return the arguments of a task as they may be validated, here or on another machine.

    ``find`` tells where a file of the play is. Raises TmiError for what must not be converted.
    """
    given = checked(args, module.argument_spec)
    return given if module.localize is None else module.localize(given, find, shipped)


def run_here(
    module: Any,
    fqcn: str,
    args: dict[str, Any],
    task: Any,
    log: Callable[[str], None] | None = None,
    decrypt: Callable[[str], str] | None = None,
    invocation: bool = False,
) -> dict[str, Any]:
    """Validate ``args`` as AnsibleModule would, run the module, and mask what ``no_log`` says must not be seen.

    ``log`` gets a line for each request, ``decrypt`` reads what is encrypted with Ansible Vault. ``invocation``: let
    the result have the options.
    """
    validator = ArgumentSpecValidator(dict(module.argument_spec), **module.rules)
    validated = validator.validate(args)
    if validated.error_messages:  # validated.errors is an object and always true
        msg = validated.errors.msg
        if isinstance(validated.errors[0], UnsupportedError):
            msg = "Unsupported parameters for (%s) module: %s" % (fqcn, msg)
        found: dict[str, Any] = failed(msg, error_of(INVALID_INPUT, where=option_in(msg)))
    else:
        found = module.run(validated.validated_parameters, task.check_mode, task.diff, Display().display, log, decrypt)
    add_warnings(found, validated)
    if invocation:
        found["invocation"] = {"module_args": shown_params(validated.validated_parameters)}
    # A token that was given as an option may come back as a result, and who registers it wants it.
    return censored(masked(found, validated._no_log_values, module.secret_results), module.secret_results)


def is_invocation_wanted(task_vars: Mapping[str, Any] | None) -> bool:
    """Whether core would let a module return its options; before ansible-core 2.21, whether it would show them."""
    try:
        return bool(config.get_config_value("INJECT_INVOCATION", variables=task_vars))
    except AnsibleError:
        return Display().verbosity >= LOG_VERBOSITY


def add_warnings(result: dict[str, Any], checked: Any) -> None:
    """Add what AnsibleModule says of the options: both spellings of one, and those that will go.

    ``checked`` is what ArgumentSpecValidator returns, which keeps both to itself.
    """
    both = ["Both option %s and its alias %s are set." % (w["option"], w["alias"]) for w in checked._warnings]
    warnings = list(dict.fromkeys([*both, *result.get("warnings", ())]))
    deprecations = [_deprecation(found) for found in checked._deprecations]
    result.update({n: v for n, v in (("warnings", warnings), ("deprecations", deprecations)) if v})


def _deprecation(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return one as results have it, with either a date or a version."""
    when = "date" if found.get("date") else "version"
    return {"msg": found["msg"], "collection_name": found.get("collection_name"), when: found.get(when)}


def check_foreground(module: Any, fqcn: str, seconds: int) -> None:
    """Raise InputError for a module with tokens in its result that the task would run as a background job."""
    if module.secret_results and seconds:
        raise InputError(
            "%s cannot run as a background job, because others could read its tokens in the file of the job, and "
            "async_status would show them. Leave async and poll out" % fqcn,
            "async",
        )


def censored(result: dict[str, Any], secret_results: Collection[str]) -> dict[str, Any]:
    """Return the result, marked as one that is registered but never shown if it holds a token."""
    if any(result.get(name) for name in secret_results):
        result["_ansible_no_log"] = True
    return result
