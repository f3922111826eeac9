# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The connection options of plugins, which may come from variables, and of modules that run on another machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from ansible.utils.display import Display

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._http.transport import Transport
from ansible_collections.tmi.tmi.plugins.module_utils._modules.module import LOG_VERBOSITY
from ansible_collections.tmi.tmi.plugins.module_utils._options import OPTIONS, WAYS, Option, is_blank


def direct_options(
    given: Mapping[str, Any], variables: Mapping[str, Any] | None, template: Callable[[Any], Any]
) -> dict[str, Any]:
    """Return the options for ``set_options(direct=...)``: the given ones, and those of ``tmi_*`` variables.

    Core passes values of variables without templating and converts them: a boolean from a template would silently be
    false. So they are templated here and then count as given. Core would also use an empty environment variable as a
    value, and so check no certificate.
    """
    options = dict(given)
    for option in OPTIONS:
        if option.name not in options and (variables or {}).get(option.var) is not None:
            value = template((variables or {})[option.var])
            if is_blank(value):
                # Counts as not set. If it were left out, core would use the text of the template as its value.
                value = _unset(option)
            options[option.name] = value
        elif option.name not in options and os.environ.get(option.env, "set").strip() == "":
            options[option.name] = _unset(option)
    return options


def request_log(host: str | None = None) -> Callable[[str], None] | None:
    """Return the function that shows a line about each request, with ``-vvv``; else None. ``host``: the task's host."""
    display = Display()
    # A log file may have more than the terminal.
    if max(display.verbosity, getattr(display, "log_verbosity", 0)) < LOG_VERBOSITY:
        return None
    return lambda line: display.vvv(line, host=host)


def show_warnings(transport: Transport) -> None:
    """Show the warnings of the connection; core shows each sentence once in a run."""
    for warning in transport.warnings():
        Display().warning(warning)


def _unset(option: Option) -> Any:
    return "" if option.default is None else option.default


def sendable(args: Mapping[str, Any], environment: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the options and the environment of a module for another machine, with all secrets in the options.

    Core writes the environment into a command line, which -vvv and the other machine's list of processes show. The
    precedence of options and variables is kept: a login is moved completely, and a login that another one overrides is
    left out. Raises InputError with ``env_file``, which is between the two and can only be read there.
    """
    login = {name for way in WAYS for name in way}
    mentioned = [option for option in OPTIONS if option.name in login or option.secret]
    mentioned = [option for option in mentioned if not is_blank(environment.get(option.env))]
    secrets = [option for option in mentioned if option.secret]
    if not secrets:
        return dict(args), dict(environment)
    if not is_blank(args.get("env_file")) or not is_blank(environment.get("TMI_ENV_FILE")):
        raise InputError(
            "cannot go to another machine together with env_file, because the command line there would show it: give "
            "the option %s" % secrets[0].name,
            "environment: %s" % secrets[0].env,
        )
    chosen = [way for way in WAYS if any(not is_blank(args.get(name)) for name in way)] or WAYS
    wanted = {name for way in chosen for name in way} | {
        option.name for option in mentioned if option.name not in login
    }
    moved = {o.name: environment[o.env] for o in mentioned if o.name in wanted and is_blank(args.get(o.name))}
    left = {option.env for option in mentioned}
    return {**args, **moved}, {name: value for name, value in environment.items() if name not in left}
