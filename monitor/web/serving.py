"""The web server beside the service, in a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from monitor.errors import MonitorError

START_WITHIN = 10.0


@contextmanager
def serving(app: ASGIApp, host: str, port: int) -> Iterator[int]:
    """Serves while the block runs; gives the port (port 0: a free one). Raises MonitorError when it cannot listen."""
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=2
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=_run, args=(server,), name="web", daemon=True)
    thread.start()
    deadline = time.monotonic() + START_WITHIN
    while not server.started and thread.is_alive() and time.monotonic() < deadline:
        thread.join(0.01)
    if not server.started:
        raise MonitorError(
            "Opening the pages",
            subject=f"{host}:{port}",
            cause="cannot listen there",
            hint="Is the port taken? Set web: port.",
        )
    try:
        yield int(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(5)


def _run(server: uvicorn.Server) -> None:
    try:
        server.run()
    except SystemExit:  # how uvicorn says that it could not listen
        server.should_exit = True
