"""How much one run may use, and how it is to be recorded."""

from __future__ import annotations

from typing import Literal

import msgspec


class Limits(msgspec.Struct, frozen=True):
    """What one run may use; immutable, so that a run's limits are known from its start.

    After ``time_s`` the program is stopped at its own line and its tape so far is kept; a program that does not let
    itself be stopped (it is stuck in C, or swallows everything) is killed ``grace_s`` later. ``closing_s`` is for
    building and sending the tape once the program has ended. ``memory_mb`` 0 is no limit, for trusted programs only.
    """

    time_s: float = 5.0
    grace_s: float = 0.6
    closing_s: float = 10.0
    memory_mb: int = 512
    output_bytes: int = 4 * 1024 * 1024
    print_bytes: int = 64 * 1024
    max_events: int = 30_000
    tape_bytes: int = 64 * 1024 * 1024

    @property
    def hard_time_s(self) -> float:
        """When a program that could not be stopped is killed."""
        return self.time_s + self.grace_s


TRUSTED = Limits(
    time_s=86_400.0,
    grace_s=60.0,
    closing_s=600.0,
    memory_mb=0,
    output_bytes=1 << 30,
    print_bytes=1 << 20,
    max_events=1_000_000,
    tape_bytes=1 << 30,
)
"""What one's own program may use: enough that nothing but a mistake comes near it."""


class RunOptions(msgspec.Struct, frozen=True):
    """How a program is recorded: the capture level, the seed (``None``: a fresh one), the tape's title, and what else.

    ``mode`` is ``"forward"`` where the tangents of the tensors named in ``wrt`` are followed too (``None``: of every
    named leaf); ``aten`` asks for the ATen ops below each op and node, ``fake`` for tensors without numbers.
    """

    values: Literal["structure", "summary", "full"] = "full"
    seed: int | None = 0
    title: str = "program"
    mode: Literal["reverse", "forward"] = "reverse"
    wrt: tuple[str, ...] | None = None
    aten: bool = False
    fake: bool = False


class Job(msgspec.Struct, frozen=True):
    """What the supervisor hands to one child, through a pipe that only the two of them hold."""

    source: str
    options: RunOptions
    limits: Limits


PROGRAM = "program.py"
"""The file name that a pasted program runs under, on its tape and in its tracebacks."""
