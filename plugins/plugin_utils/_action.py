# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The action plugin of every module of the collection.

On a local connection the module's work is done here, inside the worker: 3 to 18 ms for a task instead of a quarter of a
second for shipping it (ENGINE-16). Elsewhere the module is shipped as usual.

``plugins/action/`` has a file for each module, which loads the module and everything it needs once, in the parent;
workers inherit it. Ansible compiles the sources of a collection again in every process that loads them. One plugin for
all modules by a route of ``meta/runtime.yml`` would be too late: before it forks, core only loads an action plugin with
the name of the task; it resolves routes in the worker.
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

# Every task with a request needs it; other code loads it late.
importlib.import_module("ansible_collections.tmi.tmi.plugins.module_utils._http.connection")

# Every worker is a fork of this process. The objects that exist now are kept as long as the process. Without freezing,
# the garbage collector of each worker would visit them and so copy all their pages (documentation of gc.freeze).
gc.freeze()


class Action(ActionBase):
    """Runs ``module``, which is one of those in ``plugins/modules/``."""

    module: ModuleType
    #: Prefix of the module's name.
    collection = "tmi.tmi."
    #: Whether the work is always done on the controller, and not as a background job.
    on_controller = False

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_diff = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        task = self._task
        fqcn, module = self.collection + self.module.__name__.rpartition(".")[2], self.definition()
        shipped = self._connection.transport != "local" or bool(task.async_val) or bool(self._connection.become)
        shipped = shipped and not self.on_controller
        try:
            if self.on_controller and task.async_val:
                raise InputError("%s needs the terminal of this run. Leave async and poll out" % fqcn, "async")
            args = prepared(module, task.args, self._found, shipped)
        except TmiError as error:
            result.update(failure(error))
            return result
        # The requests of a task could show what its no_log hides.
        log = None if task.no_log else request_log((task_vars or {}).get("inventory_hostname"))
        if shipped:
            result.update(self._ship(module, fqcn, args, task_vars))
            if module.secret_results:  # this result is not shown, so the lines are shown here
                lines = result.pop("request_log", ())
                if log is not None:
                    for line in lines:
                        log(line)
            return result
        with self._environment():
            wanted = is_invocation_wanted(task_vars)
            try:
                holds = self.holds(task_vars)
            except TmiError as error:
                result.update(failure(error))
                return result
            result.update(run_here(module, fqcn, args, task, log, decrypting(self._loader), wanted, holds))
        return result

    def definition(self) -> Any:
        """Return the module as it runs here."""
        return self.module.MODULE

    def holds(self, task_vars: dict[str, Any] | None) -> Callable[[Mapping[str, Any]], bool] | None:
        """Return the evaluation of the task's condition, None if its module has none."""
        return None

    def _ship(self, module: Any, fqcn: str, args: dict[str, Any], task_vars: dict[str, Any] | None) -> dict[str, Any]:
        """Send the module to the target of the connection; return its result, which is not shown if it has tokens."""
        task, context = self._task, self._connection._play_context
        said = task.environment
        try:
            check_foreground(module, fqcn, task.async_val)
            args, environment = sendable(args, self._templated_environment())
        except InputError as error:
            return failure(error)
        # At -vvv, connections such as ssh show the output of a module unless this is set.
        context.no_log = context.no_log or bool(module.secret_results)
        task.environment = [wrap_var(environment)]  # already templated, and must not be templated again
        try:
            result = self._execute_module(
                module_name=fqcn, module_args=args, task_vars=task_vars, wrap_async=task.async_val
            )
        finally:
            task.environment = said  # for another attempt of the task
        if module.secret_results and "module_stdout" in result:  # the output is no result
            result["module_stdout"] = "(left out, because it may hold tokens)"
        if result.get("failed") and "error" not in result:  # it did not start: no interpreter, no space
            result["error"] = error_of(UNEXPECTED)
        return censored(result, module.secret_results)

    def _found(self, path: str) -> str:
        """Return the path of a file of the play in Ansible's order: role, play, then the current folder."""
        for base in self._task.get_search_path():
            for folder in ("files", ""):
                found = os.path.join(base, folder, path)
                if os.path.exists(found) or glob.glob(found):
                    return found
        return str(self._loader.path_dwim(path))

    def _templated_environment(self) -> dict[str, str]:
        """Return the task's ``environment``, in which later entries have precedence."""
        found: dict[str, str] = {}
        for entry in self._task.environment or []:
            found.update({name: str(value) for name, value in (self._templar.template(entry) or {}).items()})
        return found

    @contextmanager
    def _environment(self) -> Iterator[None]:
        """Apply the task's ``environment``, which core only gives to modules, and undo it: a loop shares one worker."""
        saved = dict(os.environ)
        os.environ.update(self._templated_environment())
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(saved)


def prepared(module: Any, args: Mapping[str, Any], find: Callable[[str], str], shipped: bool) -> dict[str, Any]:
    """Return the arguments of a task, ready for validation here or on another machine.

    ``find`` returns the path of a file of the play. Raises TmiError for values that would lose their meaning.
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
    holds: Callable[[Mapping[str, Any]], bool] | None = None,
) -> dict[str, Any]:
    """Validate ``args`` as AnsibleModule does, run the module, and mask the values of ``no_log`` options.

    ``log`` gets a line for each request, ``decrypt`` decrypts a text of Ansible Vault, ``holds`` evaluates the
    condition of the task. ``invocation``: add the options to the result.
    """
    validator = ArgumentSpecValidator(dict(module.argument_spec), **module.rules)
    validated = validator.validate(args)
    if validated.error_messages:  # validated.errors is an object and always true
        msg = validated.errors.msg
        if isinstance(validated.errors[0], UnsupportedError):
            msg = "Unsupported parameters for (%s) module: %s" % (fqcn, msg)
        found: dict[str, Any] = failed(msg, error_of(INVALID_INPUT, where=option_in(msg)))
    else:
        params = validated.validated_parameters
        found = module.run(params, task.check_mode, task.diff, Display().display, log, decrypt, holds)
    add_warnings(found, validated)
    if invocation:
        found["invocation"] = {"module_args": shown_params(validated.validated_parameters)}
    # A token that was given as an option may be in the result, where the task needs it.
    return censored(masked(found, validated._no_log_values, module.secret_results), module.secret_results)


def is_invocation_wanted(task_vars: Mapping[str, Any] | None) -> bool:
    """Whether core lets a module return its options; before ansible-core 2.21, whether it shows them."""
    try:
        return bool(config.get_config_value("INJECT_INVOCATION", variables=task_vars))
    except AnsibleError:
        return Display().verbosity >= LOG_VERBOSITY


def add_warnings(result: dict[str, Any], checked: Any) -> None:
    """Add AnsibleModule's warnings about options: an option given twice by an alias, and deprecated options.

    ``checked`` is the result of ArgumentSpecValidator, which has both in private attributes.
    """
    both = ["Both option %s and its alias %s are set." % (w["option"], w["alias"]) for w in checked._warnings]
    warnings = list(dict.fromkeys([*both, *result.get("warnings", ())]))
    deprecations = [_deprecation(found) for found in checked._deprecations]
    result.update({n: v for n, v in (("warnings", warnings), ("deprecations", deprecations)) if v})


def _deprecation(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return a deprecation in the form of results, with either a date or a version."""
    when = "date" if found.get("date") else "version"
    return {"msg": found["msg"], "collection_name": found.get("collection_name"), when: found.get(when)}


def check_foreground(module: Any, fqcn: str, seconds: int) -> None:
    """Raise InputError if the task would run a module with tokens in its result as a background job."""
    if module.secret_results and seconds:
        raise InputError(
            "%s cannot run as a background job, because others could read its tokens in the file of the job, and "
            "async_status would show them. Leave async and poll out" % fqcn,
            "async",
        )


def censored(result: dict[str, Any], secret_results: Collection[str]) -> dict[str, Any]:
    """Return the result; with a token in it, it is marked so that it can be registered but is never shown."""
    if any(result.get(name) for name in secret_results):
        result["_ansible_no_log"] = True
    return result
