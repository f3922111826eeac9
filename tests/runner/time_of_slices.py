# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time of forty models over 1, 2 and 4 slices, all slices at the same time: `make bench-slices`.

The server answers each request after a fixed time, so neither it nor the processor of this machine is the limit, as in
a controller whose slices run on machines of their own. Without that wait the figures show the cores of this machine.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from ansible_collections.tmi.tmi.tests.runner.controller import writes
from ansible_collections.tmi.tmi.tests.runner.test_slices import MODELS, in_slices, make_models

SLICES = (1, 2, 4)
#: Seconds that the server waits before each answer, on average of a server that is far away.
WAIT = 0.25
#: The least speed-up of n slices, as a part of n. The rest is the start of Ansible, which each slice has.
LEAST = 0.6


def test_time_is_nearly_linear_in_slices(controller: Any, server: Any, capsys: Any) -> None:
    make_models(controller)
    listed = controller.update_inventory("TMI definitions")
    seconds: dict[int, float] = {}
    for slices in SLICES:
        server.clear()
        server.arm({"kind": "delay", "times": None, "seconds": WAIT})
        begun = time.monotonic()
        jobs = in_slices(controller, listed, slices=slices, together=slices)
        seconds[slices] = time.monotonic() - begun
        server.disarm()
        assert [job.status for job in jobs] == ["successful"] * slices
        assert len(server.items("/threat_models")) == MODELS
        writes(server)
    with capsys.disabled():
        sys.stdout.write("\nslices | seconds | speed-up\n")
        for slices, spent in seconds.items():
            sys.stdout.write(f"{slices:6} | {spent:7.1f} | {seconds[1] / spent:8.2f}\n")
    for slices, spent in seconds.items():
        assert seconds[1] / spent >= LEAST * slices
