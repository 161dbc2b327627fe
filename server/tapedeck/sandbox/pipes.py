"""The four pipes between the supervisor and one child: job, result, output, trace."""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import IO

CHUNK = 65_536


class Pipes:
    """The four pipes of one run; what has been opened is closed, whatever happens."""

    def __init__(self) -> None:
        self.job_out, self.job_in = os.pipe()
        self.result, self.result_in = os.pipe()
        self.output, self.output_in = os.pipe()
        self.trace, self.trace_in = os.pipe()
        self._open = {
            self.job_out,
            self.job_in,
            self.result,
            self.result_in,
            self.output,
            self.output_in,
            self.trace,
            self.trace_in,
        }
        self._transport: asyncio.BaseTransport | None = None
        for descriptor in (self.output, self.trace, self.trace_in):
            os.set_blocking(descriptor, False)

    def close(self) -> None:
        """Close every end that is still ours."""
        if self._transport is not None:
            self._transport.close()
        for descriptor in list(self._open):
            self._close(descriptor)

    def theirs(self) -> list[int]:
        """The child's ends, in the order in which it expects them."""
        return [self.job_out, self.result_in, self.output_in, self.trace_in]

    def close_theirs(self) -> None:
        """Let go of the child's ends, so that their closing can be seen."""
        for descriptor in self.theirs():
            self._close(descriptor)

    def take_job(self) -> IO[bytes]:
        """Our end of the job pipe, for its new owner to close."""
        self._open.discard(self.job_in)
        return os.fdopen(self.job_in, "wb")

    async def reader(self) -> asyncio.StreamReader:
        """A stream of what comes from the result pipe."""
        self._open.discard(self.result)
        reader = asyncio.StreamReader(limit=256 * 1024)
        file = os.fdopen(self.result, "rb", buffering=0)  # the transport closes it
        self._transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), file
        )
        return reader

    def read_trace(self) -> str:
        """What ``faulthandler`` wrote."""
        with contextlib.suppress(BlockingIOError):
            return os.read(self.trace, CHUNK).decode("utf-8", "replace")
        return ""

    def _close(self, descriptor: int) -> None:
        self._open.discard(descriptor)
        with contextlib.suppress(OSError):
            os.close(descriptor)
