"""How uvicorn serves the application: what a connection may cost, and how long anybody's patience lasts."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from tapedeck.settings import Settings
from tapedeck.web.service import Service

HEAD_BYTES = 32 * 1024
"""All the header lines of a request; longer ones are answered with 400."""
STALLED_S = 60.0
"""A client that takes nothing of its answer for so long is let go."""
BACKLOG = 128


def configure(application: FastAPI, settings: Settings, **given: Any) -> uvicorn.Config:
    """Uvicorn's configuration: the application does its own logging, and decides itself which proxy is believed."""
    patience = {"head_s": settings.request_s}
    return uvicorn.Config(
        application,
        http=type("Connection", (PatientConnection,), patience),
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=settings.connections,
        h11_max_incomplete_event_size=HEAD_BYTES,
        timeout_graceful_shutdown=max(1, round(settings.shutdown_s / 2)),
        **given,
    )


def serve(application: FastAPI, settings: Settings, listening: socket.socket, tell: Callable[[str], None]) -> None:
    """Serve until interrupted; tells what confines programs as soon as the fork server is warm."""

    async def until_interrupted() -> None:
        service: Service = application.state.service

        async def say() -> None:
            await service.warmed.wait()
            tell(service.sandbox.standing if service.trouble is None else f"no programs: {service.trouble}")

        saying = asyncio.create_task(say(), name="say what confines programs")
        await uvicorn.Server(configure(application, settings)).serve(sockets=[listening])
        saying.cancel()

    asyncio.run(until_interrupted())


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; raises ``OSError``."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Said to be TCP, or asyncio leaves Nagle's algorithm on, and answers wait 40 ms for an acknowledgement.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


class PatientConnection(H11Protocol):
    """A connection that is closed when the head of a request does not come, or its answer is not taken, in time."""

    head_s = 20.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Wait for the first request."""
        super().connection_made(transport)
        self._head = _Patience(transport)
        self._stall = _Patience(transport)
        self._head.begin(self.head_s)

    def data_received(self, data: bytes) -> None:
        """The time runs from the first byte of a head to its last."""
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._head.end()
        elif getattr(self.cycle, "response_complete", True):  # there is none before the first request
            self._head.begin(self.head_s)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._head.end()
        self._stall.end()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The client is slower than we are."""
        super().pause_writing()
        self._stall.begin(STALLED_S)

    def resume_writing(self) -> None:
        """It has caught up."""
        self._stall.end()
        super().resume_writing()


class _Patience:
    """Ends a connection when its time is up."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, seconds: float) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._transport.abort)

    def end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
