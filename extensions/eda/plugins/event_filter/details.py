# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Event filter: adds the object of an event and its model, and a severity in the words of the modules."""

from __future__ import annotations

import functools
import importlib
import json
import logging
import os
import sys
from collections.abc import Mapping
from typing import Any

DOCUMENTATION = r"""
short_description: Add the object of an event and its threat model
description:
  - Adds C(details) to an event of the sources of this collection. C(details.object) and C(details.threat_model) are
    the object and its model as M(tmi.tmi.tmi_info) shows them. A member is empty if the server does not have it, for
    example after a deletion. For a node, boundary or flow the object is its entry in the diagram.
  - Adds C(severity) to an event of a threat, always one of C(unknown), C(none), C(informational), C(low), C(medium),
    C(high) and C(critical).
  - ansible-rulebook waits for a filter before it handles anything else. So an event waits for at most C(wait) seconds.
    After a failure no event waits for 30 seconds.
  - An event is never lost. If the server cannot be read, C(details) has no values and C(details_error) has the reason,
    which is also logged once.
  - The filter needs Python 3.11 or later, ansible-core, requests, and this collection in the collection path.
options:
  url:
    description:
      - Address of the server. All other connection options of the modules can be given too.
      - Options that are not given are taken from the environment variables of the modules, such as E(TMI_URL) and
        E(TMI_TOKEN). ansible-rulebook 1.3 does not replace variables in arguments of filters, so secrets should come
        from the environment.
    type: str
  wait:
    description: Most seconds that an event waits for the server.
    type: float
    default: 2
  max_age:
    description:
      - Most seconds that an object is kept and used for other events. An object that differs from the event is read
        again.
    type: float
    default: 30
  max_entries:
    description: Most objects that are kept.
    type: int
    default: 500
"""

EXAMPLES = r"""
- tmi.tmi.changes:
    state: /var/lib/eda/tmi
  filters:
    - tmi.tmi.details:
        max_age: 10
"""

logger = logging.getLogger("tmi.tmi.details")


def _make_collection_importable() -> None:
    """Let Python find this collection. ansible-rulebook loads a filter by its path, without Ansible's own loader."""
    folder = os.path.abspath(__file__)
    for _part in ("details.py", "event_filter", "plugins", "eda", "extensions", "tmi", "tmi"):
        folder = os.path.dirname(folder)
    if os.path.basename(folder) != "ansible_collections":
        return  # a checkout that is not in a collection path
    try:
        package = importlib.import_module("ansible_collections")
    except ImportError:
        sys.path.append(os.path.dirname(folder))
        package = importlib.import_module("ansible_collections")
    if folder not in package.__path__:
        package.__path__.append(folder)


_make_collection_importable()

from ansible_collections.tmi.tmi.plugins.module_utils._errors import TmiError  # noqa: E402
from ansible_collections.tmi.tmi.plugins.plugin_utils._events.arguments import Arguments  # noqa: E402
from ansible_collections.tmi.tmi.plugins.plugin_utils._events.details import (  # noqa: E402
    NOTHING,
    Details,
    severity_of,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._events.running import ProblemLog, defect  # noqa: E402

_SPEC: Mapping[str, Mapping[str, Any]] = {
    "wait": {"type": "float", "default": 2, "above": 0},
    "max_age": {"type": "float", "default": 30, "above": 0},
    "max_entries": {"type": "int", "default": 500, "least": 1},
}
_problems = ProblemLog(logger)


@functools.lru_cache(maxsize=8)
def _details(args: str) -> Details | str:
    """Return the reader for arguments as JSON, or the reason why there is none: it is found and logged once."""
    try:
        arguments = Arguments("tmi.tmi.details", json.loads(args), _SPEC)
        return Details(arguments.connection, arguments["wait"], arguments["max_age"], arguments["max_entries"])
    except ValueError as error:
        return str(error)
    except TmiError as error:
        return "tmi.tmi.details: %s" % error


def main(event: dict[str, Any], **args: Any) -> dict[str, Any]:
    """Return the event with details; never raises an error."""
    given = {name: value for name, value in args.items() if value is not None}
    details = _details(json.dumps(given, sort_keys=True, default=str))
    found, problem = NOTHING, ""
    if isinstance(details, str):
        problem = details
    else:
        try:
            found = details.of(event)
        except TmiError as error:
            problem = str(error)
        except Exception as error:
            problem = defect(error)
    if problem:
        _problems.failed(problem.partition(". The server is asked again")[0], "Events have no details")
    else:
        _problems.works()
    added: dict[str, Any] = {"details": dict(found)}
    severity = severity_of(event, found)
    if severity is not None:
        added["severity"] = severity
    if problem:
        added["details_error"] = problem
    return {**event, **added}
