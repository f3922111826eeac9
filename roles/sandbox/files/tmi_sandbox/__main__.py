# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command line: `python -m tmi_sandbox start|stop|status|spare|serve`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from . import environment
from .daemon import DEFAULT_PORT, Options, serve, start, status, stop
from .generations import GENERATIONS
from .pid_file import SandboxError
from .web.hosts import known


def state_home() -> Path:
    """Return the folder for state files of this user's sandboxes."""
    base = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return Path(base) / "tmi-sandbox"


def _hosts(value: str) -> list[str]:
    """Return the hosts of an option, which are separated by commas."""
    try:
        return [known(entry) for entry in value.split(",")]
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="tmi_sandbox", description="An embedded TMI-compatible server.")
    commands = top.add_subparsers(dest="command", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--port",
        type=int,
        default=DEFAULT_PORT,
        help="port to listen on, 0 for a free one; it also identifies the server for stop and status (%(default)s)",
    )
    common.add_argument(
        "--state-dir",
        type=Path,
        default=None,
        help="folder of the pid file, the log and the data (user's state folder)",
    )
    serving = argparse.ArgumentParser(add_help=False)
    serving.add_argument("--api", choices=GENERATIONS, default=GENERATIONS[-1], help="API generation (%(default)s)")
    serving.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    serving.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="host name that clients may use, in addition to loopback names and --host; repeatable",
    )
    serving.add_argument(
        "--allow-hosts",
        action="extend",
        type=_hosts,
        default=[],
        metavar="NAME,...",
        help="v1: allowed hosts of documents and repositories, any host if none is given; a name includes one level "
        "below it, *.name includes all levels; repeatable",
    )
    serving.add_argument(
        "--webhook-hosts",
        action="extend",
        type=_hosts,
        default=[],
        metavar="NAME,...",
        help="v1: hosts that webhooks are sent to, also by http; no webhook is sent to other hosts; repeatable",
    )
    serving.add_argument(
        "--data", default=None, metavar="FILE", help="data file, or :memory: (a file in the state folder)"
    )
    serving.add_argument("--test-controls", action="store_true", help="offer counters and faults under /_test/")
    serving.add_argument(
        "--quirk", action="append", default=[], metavar="B4", help="emulate a bug of real servers; repeatable"
    )
    serving.add_argument(
        "--log", type=Path, default=None, help="log file (one in the state folder; serve: standard error)"
    )
    starting = commands.add_parser("start", parents=[common, serving], help="start in the background, unless it runs")
    starting.add_argument("--replace", action="store_true", help="restart a server that runs with other settings")
    starting.add_argument(
        "--next-port", action="store_true", help="take the next free port where another program uses the wanted one"
    )
    foreground = commands.add_parser("serve", parents=[common, serving], help="serve in the foreground")
    foreground.add_argument(
        "--until-input-ends",
        action="store_true",
        help="stop when standard input ends, and so whenever the process that holds the other end ends",
    )
    commands.add_parser("stop", parents=[common], help="stop the server that start started")
    commands.add_parser("status", parents=[common], help="show whether it runs")
    sparing = commands.add_parser(
        "spare", parents=[common], help="show the reason to keep a virtual environment without it"
    )
    sparing.add_argument("--venv", type=Path, required=True, help="virtual environment that servers run in")
    return top


def options(arguments: argparse.Namespace) -> Options:
    """Return the options of a command with all defaults filled in and all paths absolute."""
    folder = (arguments.state_dir or state_home()).absolute()
    if "data" not in arguments:
        return Options(port=arguments.port, state_dir=folder)
    data = arguments.data or str(folder / f"{arguments.api}-{arguments.port}.sqlite")
    if data != ":memory:":
        data = os.path.abspath(os.path.expanduser(data))
    return Options(
        port=arguments.port,
        state_dir=folder,
        next_port="next_port" in arguments and arguments.next_port,
        api=arguments.api,
        host=arguments.host,
        data=data,
        test_controls=arguments.test_controls,
        quirks=tuple(sorted(set(arguments.quirk))),
        allowed_hosts=tuple(sorted({name.lower() for name in arguments.allow_host})),
        document_hosts=tuple(sorted(set(arguments.allow_hosts))),
        webhook_hosts=tuple(sorted(set(arguments.webhook_hosts))),
        log=str(arguments.log.absolute()) if arguments.log else "",
    )


def main() -> int:
    """Run one command. Print one line of JSON, or one line with the error."""
    arguments = parser().parse_args()
    os.umask(0o077)  # the data hold keys, the log hints
    wanted = options(arguments)
    try:
        if arguments.command == "serve":
            serve(wanted, until_input_ends=arguments.until_input_ends)
            return 0
        if arguments.command == "start":
            result = start(wanted, replace=arguments.replace)
        elif arguments.command == "spare":
            venv, runs = arguments.venv.absolute(), status(wanted)["running"]
            result = {"reason": environment.reason_to_spare(venv, wanted.state_dir, wanted.port, runs=runs)}
        else:
            result = stop(wanted) if arguments.command == "stop" else status(wanted)
    except (SandboxError, OSError) as problem:
        print(f"tmi_sandbox: {problem}", file=sys.stderr)
        return 1
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
