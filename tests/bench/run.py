# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ratios of speed, measured side by side against the embedded server.

    run.py                      all; the estate on every generation of the API
    run.py seed --rounds 9
    run.py call
    run.py estate --models 10 --api v1

seed:   the eight standard models by the role tmi.tmi.seed, their cells through collaboration sessions, against plain.py
        beside this file, which does the least that creates the same content. A run of ansible-playbook without tasks is
        taken off the one, the start of Python off the other. That both leave the same content is checked.
call:   one call of a module inside the worker, against the same call shipped as a module.
estate: many models as code from YAML and from JSON: creating, running again, changing one threat. Against floor.py,
        which does the same with the fewest requests, and against a task for each object, reckoned from one model.

growth: such models in estates of 50, 200 and 1,000: time, CPU of the client alone and memory, a model.

Seconds depend on the machine and are shown for orientation. Ratios and counts are compared with the aims, by their
medians: the exit code is 1 where one is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from calls import call
from estate import estate
from growth import growth
from measure import Bench, serving
from plain import PROVIDERS
from seeding import seed

SMALL = {"seed": seed, "call": call}
LARGE = {"estate": estate, "growth": growth}
MEASUREMENTS = (*SMALL, *LARGE)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("what", nargs="*", help="measurements: seed, call, estate, growth (all)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each measurement (%(default)s; estate: 3)")
    parser.add_argument(
        "--models", type=int, default=50, help="models of the estate, and of the smallest of growth (%(default)s)"
    )
    parser.add_argument("--api", choices=sorted(PROVIDERS), help="generation for estates (every one)")
    options = parser.parse_args()
    for name in set(options.what) - set(MEASUREMENTS):
        parser.error(f"there is no measurement {name}")
    met = []
    for name in options.what or MEASUREMENTS:
        # plain.py, which the role is measured against, speaks one generation.
        generations = ["v0"] if name in SMALL else [options.api] if options.api else sorted(PROVIDERS)
        for api in generations:
            with tempfile.TemporaryDirectory(prefix="tmi-bench-") as place, serving(Path(place), api) as server:
                bench = Bench(Path(place), server, options.rounds)
                met.append(SMALL[name](bench) if name in SMALL else LARGE[name](bench, options.models))
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
