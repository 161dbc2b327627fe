"""Multi-grad hooks: ``torch.autograd.graph.register_multi_grad_hook``, one hook over several tensors.

torch makes it of one tensor hook for each tensor, which share the program's function in a closure
(``torch/autograd/graph.py``, torch 2.13). Those are no hooks of the program's: they stay in their tables as they are,
and the stand-in goes into the closure. With ``mode="all"`` the function is called from the tensor hook that runs last
of those whose tensors take part in the pass, with a list that has ``None`` for the others; with ``mode="any"`` from
the first, with its gradient.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Iterator
from types import CodeType
from typing import TYPE_CHECKING, Any

from torch.autograd.graph import _MultiHandle, register_multi_grad_hook

from tapedeck.recorder.hook_tables import HookRecord
from tapedeck.recorder.standins import StandIn, Watched, plain
from tapedeck.recorder.tensors import Held
from tapedeck.recorder.uncompiled import uncompiled

if TYPE_CHECKING:
    from tapedeck.recorder.hooks import Hooks
    from tapedeck.recorder.recording import Recording


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


_INNER = {code: "fn" for code in _codes(register_multi_grad_hook.__code__) if "fn" in code.co_freevars}


def internal(function: Any) -> bool:
    """Whether a tensor hook is one that torch makes for a multi-grad hook."""
    return getattr(function, "__code__", None) in _INNER


def _cell(function: Any) -> Any:
    """The place in the closure where the program's function is."""
    return function.__closure__[function.__code__.co_freevars.index("fn")]


class MultiHooks:
    """The multi-grad hooks of one recording."""

    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks
        self._parts: dict[int, Held] = {}
        self._by_handle: dict[int, HookRecord] = {}
        self._inner: list[weakref.ref[Any]] = []
        self._met: set[int] = set()

    def part(self, handle: int, held: Held) -> None:
        """torch put one of its tensor hooks on a tensor."""
        self._parts[handle] = held
        self._met.add(handle)

    def registered(self, handles: Any) -> None:
        """``register_multi_grad_hook`` returns a handle over these."""
        inner = self._function(handles)
        if inner is None:
            return
        tensors = [self._parts.pop(handle.id).id for handle in handles if handle.id in self._parts]
        record = self._watch(inner, tensors)
        self._by_handle[handles[0].id] = record
        self._hooks.added(record)

    def meet(self, table: Any, held: Held) -> None:
        """A tensor from before the recording: multi-grad hooks that it takes part in."""
        for handle, function in table.items():
            if internal(function) and handle not in self._met:
                self._met.add(handle)
                standing = _cell(function).cell_contents
                if isinstance(standing, Watched):
                    standing.record.tensors.append(held.id)
                else:
                    self._by_handle[handle] = self._watch(function, [held.id])

    def removed(self, handles: Any) -> None:
        """The handle over these was removed."""
        for handle in handles:
            record = self._by_handle.pop(handle.id, None)
            if record is not None:
                self._hooks.gone(record, self._hooks.log.here())

    def restore(self) -> None:
        """Put the program's functions back into the closures that are still alive."""
        for reference in self._inner:
            inner = reference()
            if inner is not None:
                cell = _cell(inner)
                cell.cell_contents = plain(cell.cell_contents)

    def _function(self, handles: Any) -> Any:
        for handle in handles:
            function = (handle.hooks_dict_ref() or {}).get(handle.id)
            if internal(function):
                return function
        return None

    def _watch(self, inner: Any, tensors: list[int]) -> HookRecord:
        cell = _cell(inner)
        function = cell.cell_contents
        flags = ["mode=any"] if hasattr(inner, "__wrapped__") else []
        record = self._hooks.new("multi_grad", function, flags, tensors=tensors)
        if not isinstance(function, StandIn):
            cell.cell_contents = Watched(self._hooks.gate, record, function)
            self._inner.append(weakref.ref(inner))
        return record


def patches(current: Callable[[], Recording | None]) -> Iterator[tuple[Any, str, Callable[[Any], Any]]]:
    """What is replaced while anything is recorded: owner, attribute, and what makes the replacement of the original."""
    yield _MultiHandle, "__init__", functools.partial(_init, current)
    yield _MultiHandle, "remove", functools.partial(_remove, current)


def _init(current: Callable[[], Recording | None], original: Any) -> Any:
    @uncompiled
    @functools.wraps(original)
    def __init__(self: Any, handles: Any) -> None:
        original(self, handles)
        recording = current()
        if recording is not None:
            with recording.log.guard("a multi-grad hook"):
                recording.hooks.multi.registered(handles)

    return __init__


def _remove(current: Callable[[], Recording | None], original: Any) -> Any:
    @uncompiled
    @functools.wraps(original)
    def remove(self: Any) -> None:
        original(self)
        recording = current()
        if recording is not None:
            with recording.log.guard("a multi-grad hook"):
                recording.hooks.multi.removed(self.handles)

    return remove
