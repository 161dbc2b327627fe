"""What stands in a hook table of the program's while it is recorded, in the place of the function that is there.

A stand-in calls the function and records what it was given and what it gave back. It is equal to the function, hashes
and prints like it, and is copied and pickled as the function, so that a program that looks into its tables finds what
it put there; only ``is`` tells the two apart. Python adds the stand-in's frame to the traceback of an exception that
the function raises, and nothing else.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tapedeck.recorder.uncompiled import uncompiled

if TYPE_CHECKING:
    from tapedeck.recorder.hook_tables import HookRecord
    from tapedeck.recorder.hooks import Hooks

Function = Callable[..., Any]


class Gate:
    """The way from every stand-in of a recording to its hooks; shut when the recording ends.

    Graphs and closures of the program's may keep a stand-in for long; through the gate it keeps nothing of the tape.
    """

    __slots__ = ("hooks",)

    def __init__(self, hooks: Hooks) -> None:
        self.hooks: Hooks | None = hooks


class StandIn:
    """Base of all stand-ins."""

    __slots__ = ("__weakref__", "function")

    def __init__(self, function: Function) -> None:
        self.function = function

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self.function)

    def __eq__(self, other: object) -> bool:
        return bool(self.function == (other.function if isinstance(other, StandIn) else other))

    def __hash__(self) -> int:
        return hash(self.function)

    def __repr__(self) -> str:
        return repr(self.function)

    def __getattr__(self, name: str) -> Any:
        return getattr(object.__getattribute__(self, "function"), name)

    def __copy__(self) -> Any:
        return copy.copy(self.function)

    def __deepcopy__(self, memo: Any) -> Any:
        return copy.deepcopy(self.function, memo)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return copy.copy, (self.function,)


class Recorded(StandIn):
    """Stands for a hook of the program's and records its firings."""

    __slots__ = ()

    def owner(self) -> tuple[Hooks | None, HookRecord | None]:
        """Who records a firing now, and as which hook."""
        raise NotImplementedError

    @uncompiled
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        hooks, record = self.owner()
        firing = None if hooks is None or record is None else hooks.fire(record, self.function, args)
        if hooks is None or firing is None:
            return self.function(*args, **kwargs)
        try:
            with firing:
                result = self.function(*args, **kwargs)
        except BaseException as error:
            hooks.failed(firing, error)
            raise
        hooks.end(firing, result)
        return result


class Watched(Recorded):
    """Stands for a hook on one thing, for one recording."""

    __slots__ = ("gate", "record")

    def __init__(self, gate: Gate, record: HookRecord, function: Function) -> None:
        super().__init__(function)
        self.gate = gate
        self.record = record

    def owner(self) -> tuple[Hooks | None, HookRecord | None]:
        """The recording that put it there, until it ends."""
        return self.gate.hooks, self.record


class Relay(StandIn):
    """Stands in a node's table for a function of torch's own (module backward hooks are made of them).

    It is no hook of the program's and makes no event, but what it returns is what the node delivers.
    """

    __slots__ = ("gate", "node")

    def __init__(self, gate: Gate, node: int | None, function: Function) -> None:
        super().__init__(function)
        self.gate = gate
        self.node = node

    @uncompiled
    def __call__(self, *args: Any) -> Any:
        result = self.function(*args)
        hooks = self.gate.hooks
        if hooks is not None and hooks.log.open and result is not None and self.node is not None:
            with hooks.log.guard("a module's backward hooks"):
                given = result if isinstance(result, tuple) else (result,)
                hooks.autograd.replaced(self.node, [hooks.log.see(tensor) for tensor in given])
        return result


class Shared(Recorded):
    """Stands in one of torch's tables for all modules (or all optimizers), which every thread uses.

    It records for the recording of the thread that it is called on, if there is one.
    """

    __slots__ = ("current", "handle", "table")

    def __init__(self, current: Callable[[], Hooks | None], table: Any, handle: int, function: Function) -> None:
        super().__init__(function)
        self.current = current
        self.table = table
        self.handle = handle

    def owner(self) -> tuple[Hooks | None, HookRecord | None]:
        """The recording of this thread."""
        hooks = self.current()
        return hooks, None if hooks is None else hooks.record_of(self.table, self.handle)


def plain(function: Any) -> Any:
    """The function that a stand-in stands for; any other as it is."""
    while isinstance(function, StandIn):
        function = function.function
    return function


def unwrap(table: Any) -> None:
    """Put the program's own functions back into one table."""
    for key, function in list(table.items()) if table is not None else ():
        if isinstance(function, StandIn):
            table[key] = function.function


def on_recorded_thread(strands: dict[int, Any]) -> bool:
    """Whether the calling thread is one whose program is recorded."""
    return threading.get_ident() in strands
