"""What is known of the program's hooks and of the tables they stand in.

torch keeps hooks in dicts from a handle's number to a function, one for each target and kind. A `HookTable` remembers
which entries of such a dict are known, so that an entry that nobody registered through torch's functions since the
recording began is found to have been there before, and one that vanished without its handle to have been removed.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Iterator
from typing import Any

from torch.nn.modules.module import _WrappedHook

from tapedeck.recorder.frames import Frames
from tapedeck.recorder.standins import plain
from tapedeck.recorder.text import named
from tapedeck.tape.rows import Hook, HookKind


class HookRecord:
    """What is known of one hook; becomes a row when the recording ends."""

    __slots__ = (
        "added",
        "flags",
        "id",
        "kind",
        "module",
        "name",
        "node",
        "optimizer",
        "removed",
        "span",
        "tensor",
        "tensors",
    )

    def __init__(self, number: int, kind: HookKind) -> None:
        self.id = number
        self.kind: HookKind = kind
        self.name = ""
        self.span: int | None = None
        self.tensor: int | None = None
        self.node: int | None = None
        self.module: int | None = None
        self.optimizer: int | None = None
        self.tensors: list[int] = []
        self.flags: list[str] = []
        self.added: int | None = None
        self.removed: int | None = None

    def describe(self, function: Any, frames: Frames) -> None:
        """Take the name and the place of the hook's function."""
        written = _written(function)
        name = getattr(written, "__qualname__", None) or type(written).__qualname__
        self.name = name.replace("<locals>.", "")
        self.span = frames.definition(written if hasattr(written, "__code__") else type(written).__call__)

    def row(self, order: int) -> Hook:
        """The typed row."""
        return Hook(
            id=self.id,
            kind=self.kind,
            tensor=self.tensor,
            node=self.node,
            module=self.module,
            order=order,
            name=named(self.name),
            span=self.span,
            added=self.added,
            removed=self.removed,
            flags=self.flags,
            tensors=self.tensors,
            optimizer=self.optimizer,
        )


class HookTable:
    """One of the program's hook tables; ``flags`` are torch's tables of how entries of it were registered."""

    __slots__ = ("flags", "kind", "records", "ref", "target")

    def __init__(self, table: Any, kind: HookKind, target: dict[str, int | None], flags: dict[str, Any]) -> None:
        self.ref = _reference(table)
        self.kind: HookKind = kind
        self.target = target
        self.flags = flags
        self.records: dict[Any, HookRecord] = {}

    def flags_of(self, handle: Any) -> list[str]:
        """The options that torch keeps of one entry."""
        return [name for name, table in self.flags.items() if table.get(handle)]


def rows(records: list[HookRecord]) -> Iterator[Hook]:
    """Typed rows; hooks of one kind on one target are numbered as they were registered."""
    orders: dict[Any, int] = {}
    for record in records:
        key = (record.kind, record.tensor, record.node, record.module, record.optimizer, tuple(record.tensors))
        orders[key] = order = orders.get(key, -1) + 1
        yield record.row(order)


def _reference(table: Any) -> Callable[[], Any]:
    """A weak reference; a plain dict that the program put in the place of torch's table allows none."""
    try:
        return weakref.ref(table)
    except TypeError:
        return lambda: table


def _written(function: Any) -> Any:
    """The function as the program wrote it: out of stand-ins, torch's wrappers and ``functools.partial``."""
    while True:
        function = plain(function)
        if isinstance(function, _WrappedHook):
            function = function.hook
        elif isinstance(function, functools.partial):
            function = function.func
        else:
            return function
