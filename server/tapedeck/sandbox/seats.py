"""Children with their pipes, and those that are parked: started ahead, confined, and waiting for one job."""

from __future__ import annotations

import asyncio

from tapedeck.sandbox.forkserver import Child, ForkServer, SandboxError
from tapedeck.sandbox.limits import Limits
from tapedeck.sandbox.pipes import Pipes


class Seat:
    """A child, the pipes to it, and the limits that were closed around it."""

    def __init__(self, child: Child, pipes: Pipes, limits: Limits) -> None:
        self.child = child
        self.pipes = pipes
        self.limits = limits

    @classmethod
    async def take(cls, server: ForkServer, limits: Limits) -> Seat:
        """Start a child; raises `SandboxError`, and `Lost` where another fork server may be asked."""
        pipes = Pipes()
        try:
            child = await server.spawn(limits, pipes.theirs())
        except BaseException:
            pipes.close()
            raise
        pipes.close_theirs()
        return cls(child, pipes, limits)

    def fits(self, limits: Limits) -> bool:
        """Whether a job with these limits may have it: the kernel's are those that it was started with."""
        same = (self.limits.memory_mb, self.limits.closing_s) == (limits.memory_mb, limits.closing_s)
        return same and limits.hard_time_s <= self.limits.hard_time_s and not self.child.exited.done()

    def close(self) -> None:
        """Kill the child and let go of the pipes."""
        self.child.kill()
        self.pipes.close()


class Parking:
    """``most`` seats of one fork server with the limits that most jobs have."""

    def __init__(self, server: ForkServer, limits: Limits, most: int) -> None:
        self._server = server
        self._limits = limits
        self._most = most
        self._seats: list[Seat] = []
        self._filling: asyncio.Task[None] | None = None

    async def take(self, limits: Limits) -> Seat:
        """A parked child that fits, or a new one."""
        for seat in [one for one in self._seats if one.child.exited.done()]:
            self._seats.remove(seat)
            seat.close()
        for seat in self._seats:
            if seat.fits(limits):
                self._seats.remove(seat)
                return seat
        return await Seat.take(self._server, limits)

    def fill(self) -> None:
        """Start as many as there is room for, in the background."""
        if self._most and (self._filling is None or self._filling.done()):
            self._filling = asyncio.create_task(self._fill(), name="parking")

    def close(self) -> None:
        """Let all of them go."""
        self._most = 0
        if self._filling is not None:
            self._filling.cancel()
        while self._seats:
            self._seats.pop().close()

    async def _fill(self) -> None:
        try:
            while len(self._seats) < self._most:
                self._seats.append(await Seat.take(self._server, self._limits))
        except (SandboxError, OSError):
            return  # whoever runs a program next is told what is wrong
