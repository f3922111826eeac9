# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one server on a listening socket until it is stopped."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from typing import Any

from aiohttp import web

from ..app import Sandbox, Settings

#: Seconds for a client to receive an answer that was sent before its body was read. The rest of the body is not read.
LINGER_SECONDS = 1.0
SWEEP_SECONDS = 1.0
WORK_SECONDS = 0.25
LOG = logging.getLogger("tmi_sandbox")


def run(listener: socket.socket, settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. The data file is complete at any end of the process."""
    asyncio.run(_run_until_signal(listener, Sandbox(settings)))


async def _run_until_signal(listener: socket.socket, sandbox: Sandbox) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(listener, sandbox, stop)


async def serve(listener: socket.socket, sandbox: Sandbox, stop: asyncio.Event) -> None:
    """Serve until `stop` is set, then close every connection and the data file."""
    loop = asyncio.get_running_loop()

    def make_request(message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
        return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=0)

    runner = web.ServerRunner(
        web.Server(sandbox.handle, request_factory=make_request, access_log=None, lingering_time=LINGER_SECONDS),
        shutdown_timeout=1.0,
    )
    await runner.setup()
    await web.SockSite(runner, listener).start()
    LOG.info("serving API generation %s on port %s", sandbox.settings.api, listener.getsockname()[1])
    tasks = [asyncio.create_task(_sweep(sandbox)), asyncio.create_task(_work(sandbox))]
    await stop.wait()
    for task in tasks:
        task.cancel()
    await sandbox.hub.shut_down()
    await runner.cleanup()
    sandbox.close()
    LOG.info("stopped")


async def _sweep(sandbox: Sandbox) -> None:
    """End forgotten sessions and silent connections, once a second."""
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        try:
            sandbox.hub.sweep()
        except Exception:
            LOG.exception("sweep failed")


async def _work(sandbox: Sandbox) -> None:
    """Do what the API generation does without requests."""
    while sandbox.worker is not None:
        await asyncio.sleep(WORK_SECONDS)
        try:
            await sandbox.worker.round()
        except Exception:
            LOG.exception("a round of the worker failed")
