"""The tape itself: header, tables, events, and the tensor file that holds the numbers too many to stand inline."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import msgspec

from tapedeck.tape.events import AnyEvent
from tapedeck.tape.rows import (
    Aten,
    Call,
    Hook,
    Module,
    Node,
    Op,
    Optimizer,
    Source,
    Span,
    Storage,
    Tensor,
    Value,
)

FORMAT_VERSION = (1, 1)
"""(major, minor) of the format: a reader refuses a newer major and ignores fields a newer minor adds."""

Level = Literal["structure", "summary", "full"]


class Header(msgspec.Struct, frozen=True):
    """What was recorded, how, and with what.

    ``ended`` is how the program ended: by itself, with an exception, or cut off by a limit or by a fault of the
    recorder's own, which a warning then names (the tape is complete up to there). ``events`` is the number of events.
    ``wrt`` are the inputs whose tangents were followed (forward mode), ``aten`` says that the ATen layer was recorded,
    ``fake`` that the program ran on fake tensors, which have shapes and no numbers.
    """

    format: Literal["tapedeck"] = "tapedeck"
    version: tuple[int, int] = FORMAT_VERSION
    title: str = "program"
    created: str = ""
    torch: str = ""
    python: str = ""
    values: Level = "full"
    seed: int | None = None
    ended: Literal["finished", "raised", "cut"] = "finished"
    events: int = 0
    wrt: list[str] = []
    aten: bool = False
    fake: bool = False


class Tables(msgspec.Struct, frozen=True):
    """Everything but the events: what ``tape.json`` and ``GET …/tape`` hold."""

    header: Header
    sources: list[Source] = []
    spans: list[Span] = []
    modules: list[Module] = []
    tensors: list[Tensor] = []
    ops: list[Op] = []
    nodes: list[Node] = []
    calls: list[Call] = []
    hooks: list[Hook] = []
    optimizers: list[Optimizer] = []
    storages: list[Storage] = []
    aten: list[Aten] = []
    values: list[Value] = []


class Block(msgspec.Struct, frozen=True):
    """Numbers of one value in the tensor file: a safetensors dtype (``F32``), a shape, little-endian bytes."""

    dtype: str
    shape: list[int]
    data: bytes


class Tape:
    """A recorded program: immutable tables and events, with its numbers.

    Everything anyone sees is a function of a tape; nothing here needs torch.
    """

    def __init__(self, tables: Tables, events: list[AnyEvent], blocks: dict[str, Block] | None = None) -> None:
        self.tables = tables
        self.events = events
        self.blocks = blocks or {}
        self._state: Any = None

    @property
    def header(self) -> Header:
        """What was recorded, how, and with what."""
        return self.tables.header

    @property
    def sources(self) -> list[Source]:
        """The program's texts."""
        return self.tables.sources

    @property
    def spans(self) -> list[Span]:
        """Places in them."""
        return self.tables.spans

    @property
    def modules(self) -> list[Module]:
        """Every ``nn.Module`` that was called or held by one that was."""
        return self.tables.modules

    @property
    def tensors(self) -> list[Tensor]:
        """Every tensor seen."""
        return self.tables.tensors

    @property
    def ops(self) -> list[Op]:
        """Every call of the torch API that produced or changed tensors."""
        return self.tables.ops

    @property
    def nodes(self) -> list[Node]:
        """Every autograd node."""
        return self.tables.nodes

    @property
    def calls(self) -> list[Call]:
        """Every call of a module."""
        return self.tables.calls

    @property
    def hooks(self) -> list[Hook]:
        """Every hook."""
        return self.tables.hooks

    @property
    def optimizers(self) -> list[Optimizer]:
        """Every optimizer that stepped."""
        return self.tables.optimizers

    @property
    def storages(self) -> list[Storage]:
        """Every piece of memory seen."""
        return self.tables.storages

    @property
    def aten(self) -> list[Aten]:
        """What ran below ops and nodes, where it was asked for."""
        return self.tables.aten

    @property
    def values(self) -> list[Value]:
        """What was seen of tensors."""
        return self.tables.values

    def at(self, step: int) -> Any:
        """The state of everything after event ``step`` (-1: before the first), a `tapedeck.tape.state.State`.

        Raises ``IndexError`` when there is no such step.
        """
        from tapedeck.tape.state import History

        if self._state is None:
            self._state = History(self)
        return self._state.at(step)

    def check(self) -> list[str]:
        """The broken invariants, one sentence each; empty when the tape is sound."""
        from tapedeck.tape.check import check

        return check(self)

    def numbers(self, value: int) -> list[Any] | None:
        """Every number of a captured value, flat and row-major, or ``None`` where the tape does not hold them all."""
        from tapedeck.tape.numbers import numbers_of

        return numbers_of(self, value)

    def to_bytes(self) -> bytes:
        """The whole ``.tape`` file."""
        from tapedeck.tape.file import to_bytes

        return to_bytes(self)

    def save(self, path: str | Path) -> None:
        """Write the ``.tape`` file atomically: it is there whole, or not at all."""
        from tapedeck.tape.file import save

        save(self, path)
