"""Hooks on saved tensors: ``saved_tensors_hooks`` and what is made of it (``save_on_cpu``, ``allow_mutation_…``).

Entering the context pushes a pair of functions onto a stack that torch keeps for each thread, leaving it pops the pair
(``torch/autograd/graph.py``, ``csrc/autograd/saved_variable_hooks.h``, torch 2.13); only the topmost pair is used.
``pack`` is called inside the op that saves a tensor, before the op returns; ``unpack`` whenever the slot is read:
inside the node's call, or by ``grad_fn._saved_…``. An unpack hook stays with what was packed after the context has been
left, so it may fire after its ``hook_remove``. The pairs of ``torch.utils.checkpoint`` are torch's own and no hooks of
the program's.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

import torch
from torch.autograd import graph

from tapedeck.recorder.hook_tables import HookRecord
from tapedeck.recorder.standins import StandIn, Watched, plain
from tapedeck.recorder.uncompiled import uncompiled

if TYPE_CHECKING:
    from tapedeck.recorder.hooks import Hooks
    from tapedeck.recorder.recording import Recording

_C = torch._C._autograd
_push_pair, _pop_pair = _C._push_saved_tensors_default_hooks, _C._pop_saved_tensors_default_hooks
_Pair = tuple[HookRecord, HookRecord]


class SavedHooks:
    """The pairs of hooks on saved tensors of one recording."""

    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks
        self._stacks: dict[int, list[_Pair | None]] = {}

    def begin(self) -> None:
        """Pairs that are pushed already: their contexts were entered before the recording began."""
        below = _stack()
        if below:
            pairs = [self._pair(pack, unpack) for pack, unpack in below]
            self._stacks[threading.get_ident()] = pairs
            _replace([self._watched(pair, pack, unpack) for pair, (pack, unpack) in zip(pairs, below, strict=True)])

    def push(self, original: Any, pack: Any, unpack: Any) -> None:
        """A context is entered. Raises what torch raises where such hooks are disabled."""
        hooks, pair = self._hooks, None
        with hooks.log.guard("saved-tensor hooks"):
            pair = self._pair(pack, unpack)
        try:
            original(*self._watched(pair, pack, unpack))
        except BaseException:
            if pair is not None:
                del hooks.records[pair[0].id :]
            raise
        self._stacks.setdefault(threading.get_ident(), []).append(pair)
        if pair is not None:
            with hooks.log.guard("saved-tensor hooks"):
                for record in pair:
                    hooks.added(record)

    def pop(self) -> None:
        """A context was left."""
        stack = self._stacks.get(threading.get_ident())
        for record in (stack.pop() or ()) if stack else ():
            self._hooks.gone(record, self._hooks.log.here())

    def restore(self) -> None:
        """Put the program's own functions back into pairs whose context is left after the recording."""
        if any(pair is not None for pair in self._stacks.get(threading.get_ident(), ())):
            _replace([(plain(pack), plain(unpack)) for pack, unpack in _stack()])
        self._stacks.clear()

    def _pair(self, pack: Any, unpack: Any) -> _Pair | None:
        """Records of a pair; ``None`` for torch's own, and for what is no pair of functions."""
        frames, written = self._hooks.log.frames, plain(pack)
        if not (callable(pack) and callable(unpack)):  # torch will refuse them
            return None
        if frames.is_torch(written) and written.__code__.co_filename != graph.__file__:
            return None
        return self._hooks.new("saved_pack", pack), self._hooks.new("saved_unpack", unpack)

    def _watched(self, pair: _Pair | None, pack: Any, unpack: Any) -> tuple[Any, Any]:
        if pair is None or isinstance(pack, StandIn):
            return pack, unpack
        gate = self._hooks.gate
        return Watched(gate, pair[0], pack), Watched(gate, pair[1], unpack)


def _stack() -> list[tuple[Any, Any]]:
    """This thread's pairs, the bottom one first; torch shows only the topmost, so they are popped and pushed again."""
    pairs: list[tuple[Any, Any]] = []
    if _C._saved_tensors_hooks_get_disabled_error_message() is not None:
        return pairs
    while (pair := cast(Any, _C._top_saved_tensors_default_hooks(True))) is not None:
        pairs.insert(0, pair)
        _pop_pair()
    for pack, unpack in pairs:
        _push_pair(pack, unpack)
    return pairs


def _replace(pairs: list[tuple[Any, Any]]) -> None:
    for _ in pairs:
        _pop_pair()
    for pack, unpack in pairs:
        _push_pair(pack, unpack)


def patches(current: Callable[[], Recording | None]) -> Iterator[tuple[Any, str, Callable[[Any], Any]]]:
    """What is replaced while anything is recorded: owner, attribute, and what makes the replacement of the original."""
    yield _C, "_push_saved_tensors_default_hooks", functools.partial(_push, current)
    yield _C, "_pop_saved_tensors_default_hooks", functools.partial(_pop, current)


def _push(current: Callable[[], Recording | None], original: Any) -> Any:
    @uncompiled
    @functools.wraps(original)
    def _push_saved_tensors_default_hooks(pack: Any, unpack: Any) -> None:
        recording = current()
        if recording is None:
            original(pack, unpack)
        else:
            recording.hooks.saved.push(original, pack, unpack)

    return _push_saved_tensors_default_hooks


def _pop(current: Callable[[], Recording | None], original: Any) -> Any:
    @uncompiled
    @functools.wraps(original)
    def _pop_saved_tensors_default_hooks() -> None:
        original()
        recording = current()
        if recording is not None:
            with recording.log.guard("saved-tensor hooks"):
                recording.hooks.saved.pop()

    return _pop_saved_tensors_default_hooks
