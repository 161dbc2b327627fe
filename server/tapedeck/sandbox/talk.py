"""What a web process and a runner say to each other over a unix socket: one length, one message, again and again.

A connection is for one thing. `Watch` is answered by a `Standing` at once and whenever it changes; `Do` by `Progressed`
as often as there is progress, and by one `Ended`, whose tape follows as bare bytes. Whoever asked takes a run back by
closing the connection.
"""

from __future__ import annotations

import asyncio
import struct
from typing import TypeVar

import msgspec

from tapedeck.sandbox.limits import Job
from tapedeck.sandbox.outcomes import Outcome
from tapedeck.tape.known import known

HEADER = struct.Struct("!I")
LARGEST = 16 * 1024 * 1024
"""Bytes of a message; a tape may be as large as its job's limits say."""


class Watch(msgspec.Struct, frozen=True, tag="watch"):
    """Say how you are, and go on saying it."""


class Do(msgspec.Struct, frozen=True, tag="do"):
    """Run this program."""

    job: Job


class Standing(msgspec.Struct, frozen=True, tag="standing"):
    """How a runner is: what confines programs there, whether it is ready, and if not, what the trouble is."""

    layers: list[str]
    standing: str
    ready: bool
    restarts: int = 0
    trouble: str | None = None


class Progressed(msgspec.Struct, frozen=True, tag="progressed"):
    """How many events there are, and the line of the last one."""

    events: int
    line: int | None


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """How the run ended; ``tape`` bytes of a tape follow."""

    outcome: Outcome
    tape: int = 0


Asked = Watch | Do
Told = Standing | Progressed | Ended
known(Asked, Told)


class Garbled(Exception):
    """What came is not in the protocol."""


def say(writer: asyncio.StreamWriter, message: Asked | Told) -> None:
    """Send one message."""
    data = msgspec.msgpack.encode(message)
    writer.write(HEADER.pack(len(data)) + data)


async def hear_asked(reader: asyncio.StreamReader) -> Asked:
    """The next message of a web process; raises `Garbled`, and ``IncompleteReadError`` at the end."""
    return _decoded(await _body(reader), Asked)  # type: ignore[arg-type]


async def hear_told(reader: asyncio.StreamReader) -> Told:
    """The next message of a runner; raises `Garbled`, and ``IncompleteReadError`` at the end."""
    return _decoded(await _body(reader), Told)  # type: ignore[arg-type]


async def _body(reader: asyncio.StreamReader) -> bytes:
    (length,) = HEADER.unpack(await reader.readexactly(HEADER.size))
    if length > LARGEST:
        raise Garbled(f"a message of {length:,} bytes")
    return await reader.readexactly(length)


_T = TypeVar("_T")


def _decoded(data: bytes, kind: type[_T]) -> _T:
    try:
        return msgspec.msgpack.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise Garbled(str(error)) from None
