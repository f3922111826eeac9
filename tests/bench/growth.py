# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a model costs in a small estate and in a large one: time, CPU of the client alone, and memory.

Time is shown and has no aim: most of it is the server's, whose lists grow with the estate.
"""

from __future__ import annotations

from typing import NamedTuple

import estate_content as content
from measure import Bench, Spent, show

#: Models of the estates, as times the smallest, and threats of a model that make it one of sixty objects.
TIMES, THREATS = (1, 4, 20), 48
#: How much more a model may cost in the largest estate than in the smallest, and MiB of its largest process.
LINEAR, MEMORY = 1.25, 200
#: Runs of which the cheapest counts: a busy machine only adds to what a run takes.
TURNS = 2


class Cost(NamedTuple):
    """What a model costs: milliseconds, and those of the CPU, when it is created and in a run that finds it there."""

    creating: float
    creating_cpu: float
    again: float
    again_cpu: float
    memory: float


def growth(bench: Bench, models: int) -> bool:
    """Compare estates of several sizes, print, and return whether all aims are met."""
    nothing = cheapest([bench.playbook("nothing", [])() for _turn in range(TURNS)])
    objects = content.OBJECTS - content.THREATS + THREATS
    print(f"Estates of models with {objects} objects on API {bench.server.api}, JSON; starting is taken off:")
    costs = {}
    for size in (models * times for times in TIMES):
        found = costs[size] = cost(bench, size, nothing)
        print(
            f"  {size:5} models: creating {found.creating:.0f} ms each ({found.creating_cpu:.1f} ms of CPU), again "
            f"{found.again:.0f} ms each ({found.again_cpu:.1f} ms of CPU), {found.memory:.0f} MiB",
            flush=True,
        )
    smallest, *_between, largest = costs.values()
    return all(
        [
            show("CPU of creating, largest / smallest", [largest.creating_cpu / smallest.creating_cpu], LINEAR),
            show("CPU of a second run, largest / smallest", [largest.again_cpu / smallest.again_cpu], LINEAR),
            show("MiB of memory of the largest process, largest estate", [largest.memory], MEMORY),
        ]
    )


def cost(bench: Bench, models: int, nothing: Spent) -> Cost:
    """Create an estate and run again."""
    folder = bench.folder / f"growth-{models}"
    content.write(folder, models, ".json", THREATS)
    bench.server.empty()
    run = bench.playbook("growth", [{"name": "Have the estate", "tmi.tmi.tmi_definition": {"src": str(folder)}}])
    created = run()
    again = cheapest([run() for _turn in range(TURNS)])
    of_each = 1000 / models
    return Cost(
        (created.seconds - nothing.seconds) * of_each,
        (created.cpu - nothing.cpu) * of_each,
        (again.seconds - nothing.seconds) * of_each,
        (again.cpu - nothing.cpu) * of_each,
        max(created.memory, again.memory),
    )


def cheapest(spent: list[Spent]) -> Spent:
    """Return the run that took least of the CPU."""
    return min(spent, key=lambda one: one.cpu)
