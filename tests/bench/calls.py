# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One call of a module inside the worker, against the same call shipped as a module."""

from __future__ import annotations

import statistics
import sys

from measure import Bench, show

#: The ratio that must not be exceeded.
AIM = 0.2
#: Calls of a module in one playbook.
CALLS = 10


def call(bench: Bench) -> bool:
    """Compare a call inside the worker with a shipped one."""
    bench.server.empty()
    model = {"name": "Have what the calls are about", "tmi.tmi.tmi_threat_model": {"name": "Shop"}}
    threat = {"tmi.tmi.tmi_threat": {"threat_model": "Shop", "name": "Injection"}}
    tasks = [{"name": f"Call {number}", **threat} for number in range(CALLS)]
    # The implicit localhost has a connection of its own, which the keyword of a play does not replace.
    host = {"ansible_python_interpreter": sys.executable, "ansible_connection": "local"}
    worker = bench.playbook("worker", tasks, vars=host)
    shipped = bench.playbook("shipped", tasks, vars={**host, "ansible_connection": "shipped"})
    nothing = bench.playbook("nothing", [])
    bench.surroundings["TMI_TOKEN_CACHE"] = str(bench.folder / "tokens.json")
    bench.playbook("model", [model], vars=host)()
    worker()
    ours, theirs, bare = [], [], []
    for number in range(bench.rounds):
        bare.append(nothing().seconds)
        for run, times in ((worker, ours), (shipped, theirs))[:: 1 if number % 2 else -1]:
            times.append(run().seconds)
    off = statistics.median(bare)
    print("One call of a module, medians of %d rounds of %d calls:" % (bench.rounds, CALLS))
    for name, times in (("in the worker", ours), ("shipped", theirs)):
        print(f"  {name}: {(statistics.median(times) - off) / CALLS * 1000:.0f} ms")
    pairs = zip(ours, theirs, bare, strict=True)
    return show("time, in the worker / shipped", [(a - c) / (b - c) for a, b, c in pairs], AIM)
