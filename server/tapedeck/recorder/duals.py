"""The dual tensors of a program that uses forward-mode AD itself: the tangents as its own level has them.

``torch.autograd.forward_ad`` keeps the tangent in the tensor; reading it makes no node (grad mode is off) and moves no
version. Nothing is done while the program has no dual level open.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import forward_ad

from tapedeck.recorder.jvp import MAKE, TRANSFORM, UNPACK, tangent_of
from tapedeck.recorder.log import Log
from tapedeck.recorder.shadows import aside
from tapedeck.recorder.tensors import Tensors
from tapedeck.tape import events as e


class Duals:
    """The program's own tangents in one recording.

    The seed of a tangent is the tensor that ``make_dual`` was called on, where only one leads to it.
    """

    def __init__(self, log: Log, tensors: Tensors) -> None:
        self._log = log
        self._tensors = tensors
        self._seeds: dict[int, frozenset[int]] = {}

    def made(self, func: Any, given: list[Tensor], written: list[Tensor], op: int) -> None:
        """An op wrote these while a dual level of the program's is open."""
        if func == UNPACK:
            self._unpacked(written, op)
            return
        rows = [self._tensors.hold(tensor).id for tensor in given]
        seeds = frozenset(rows[:1]) if func == MAKE else frozenset[int]().union(*map(self._seeds_of, rows))
        for tensor in written:
            self._one(tensor, seeds, op)

    def _one(self, tensor: Tensor, seeds: frozenset[int], op: int) -> None:
        row = self._tensors.hold(tensor).id
        seed = next(iter(seeds)) if len(seeds) == 1 else None
        if torch._C._functorch.is_functorch_wrapped_tensor(tensor):
            if _in_jvp():
                self._log.emit(e.Tangent(tensor=row, seed=seed, op=op, note=TRANSFORM))
            return
        with aside():
            try:
                tangent = tangent_of(tensor, forward_ad._current_level)
            except RuntimeError:  # below autograd, where a transform is at work, torch does not show it
                self._log.emit(e.Tangent(tensor=row, seed=seed, op=op, note=TRANSFORM))
                return
            if tangent is not None:
                self._seeds[row] = seeds
                self._log.emit(e.Tangent(tensor=row, value=self._log.see(tangent), seed=seed, op=op))

    def _unpacked(self, written: list[Tensor], op: int) -> None:
        """``unpack_dual`` gave the program a tangent, which is a tensor from then on."""
        for tensor in written[1:2]:
            held = self._tensors.hold(tensor)
            if held.op == op:
                held.role = "tangent"

    def _seeds_of(self, row: int) -> frozenset[int]:
        return self._seeds.get(row, frozenset())


def _in_jvp() -> bool:
    """Whether ``torch.func.jvp`` is the innermost transform that is running."""
    if torch._C._functorch.maybe_current_level() is None:
        return False
    return torch._C._functorch.peek_interpreter_stack().key() == torch._C._functorch.TransformType.Jvp
