"""What a child says on its result pipe: frames of one kind byte, a length, and a body.

The child may lie, because the program it ran owned the whole process. So every length is checked against a cap before
anything is read, every body is decoded strictly, and a stream that breaks a rule is a `BrokenStream`.
"""

from __future__ import annotations

import asyncio
import os
import struct
from collections import Counter
from typing import Literal

import msgspec

from tapedeck.tape.known import known

HEADER = struct.Struct("!cI")
BEGUN, PROGRESS, ENDING, TAPE, DONE = b"b", b"p", b"e", b"t", b"d"
SMALL = 4096
"""A write of at most this many bytes to a pipe is whole or not at all, also when a signal interrupts it."""
MOST_FRAMES = 10_000
MOST = {BEGUN: 1, ENDING: 2, TAPE: 1, DONE: 1}
"""Frames of a kind; a second ending says that the tape of a program that ended could not be made."""


class BrokenStream(Exception):
    """The child sent something that is not in the protocol."""


class Progress(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many events there are by now and the place (file, line, column, end line, end column) of the last one."""

    events: int
    span: tuple[str, int, int, int, int] | None = None


class Ending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the program ended, in the child's own words.

    ``reason`` is what it was stopped for, ``code`` what it called ``os._exit`` with, ``type`` and ``message`` are
    the exception's, and ``span`` is the place where no event of the tape has it (a syntax error).
    """

    kind: Literal["finished", "raised", "memory", "stopped", "exited", "broken"]
    type: str = ""
    message: str = ""
    reason: str = ""
    code: int | None = None
    span: tuple[int, int, int, int] | None = None


def frame(kind: bytes, body: bytes) -> bytes:
    """One frame, as bytes."""
    return HEADER.pack(kind, len(body)) + body


def write_all(descriptor: int, data: bytes) -> None:
    """Write everything to a blocking descriptor."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


class Frames:
    """Reads frames from a child; never holds more than the caps allow."""

    def __init__(self, reader: asyncio.StreamReader, tape_bytes: int) -> None:
        self._reader = reader
        self._caps = {BEGUN: 0, PROGRESS: SMALL, ENDING: SMALL * 4, TAPE: tape_bytes, DONE: 0}
        self._seen: Counter[bytes] = Counter()

    async def next(self) -> tuple[bytes, bytes] | None:
        """The next frame as (kind, body), or ``None`` when the child closed its end between two frames."""
        try:
            kind, length = HEADER.unpack(await self._reader.readexactly(HEADER.size))
        except asyncio.IncompleteReadError as error:
            if error.partial:
                raise BrokenStream("its result stopped in the middle") from None
            return None
        self._seen[kind] += 1
        if kind not in self._caps or self._seen[kind] > MOST.get(kind, MOST_FRAMES):
            raise BrokenStream("its result is not in the protocol")
        if length > self._caps[kind]:
            raise BrokenStream(f"its result is larger than the {self._caps[kind]:,} bytes allowed")
        try:
            return kind, await self._reader.readexactly(length)
        except asyncio.IncompleteReadError:
            raise BrokenStream("its result stopped in the middle") from None


known(Progress, Ending)


def decode_progress(body: bytes) -> Progress:
    """A progress frame's body, or `BrokenStream`."""
    try:
        return msgspec.json.decode(body, type=Progress)
    except (msgspec.MsgspecError, UnicodeError):
        raise BrokenStream("its progress is not in the protocol") from None


def decode_ending(body: bytes) -> Ending:
    """An ending frame's body, or `BrokenStream`."""
    try:
        return msgspec.json.decode(body, type=Ending)
    except (msgspec.MsgspecError, UnicodeError):
        raise BrokenStream("its ending is not in the protocol") from None
