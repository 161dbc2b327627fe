"""The ATen layer: every ATen op that runs below a torch op or an autograd node's call, in forward and in backward.

A ``TorchDispatchMode`` sees each op at the moment torch calls a kernel for it: after autograd has recorded it and after
composite ops have been taken apart, with the shapes that the kernel gets (under ``torch.func.vmap`` the batched ones).
It is on only where it is asked for, because it costs about fifty microseconds an op and is the one tap that is not
wholly invisible. What it cannot see, and what it moves:

- what a kernel does inside (its threads, temporary memory, the calls of a vendor's library): ask a profiler for that;
- the inside of a function that ``torch.compile`` compiled earlier: its kernels are one call of code that torch does
  not dispatch. While the mode is on, Dynamo compiles nothing new and runs the function as it is
  (``torch/_dynamo/convert_frame.py``);
- threads that the program starts: a dispatch mode belongs to a thread. The engine's own threads inherit it;
- what a Python kernel (``torch.library.custom_op``) calls inside: like a C++ kernel, it is one op;
- higher-order operators of Dynamo (``torch.cond``) refuse to run while any mode of Python's is on, this one or the
  recorder's own mode for torch functions;
- some backward formulas ask whether a dispatch mode is on (``isTensorSubclassLike``, in
  ``ATen/TensorSubclassLikeUtils.h``) and then take a way without in-place writes. Of a hundred functions tried, the
  gradient of ``prod``, and with ``create_graph`` those of ``cumprod`` and ``linalg.det``, then round differently in
  their last bits; every forward and all other gradients are equal bit for bit;
- for the same reason the engine adds up contributions into a new tensor instead of in place (``input_buffer.cpp``,
  ``can_accumulate_inplace``): the numbers are the same, but a ``.grad`` that is a sum has a lower version.

With any dispatch mode on, the CPU kernels of ``torch._foreach_*_`` (what optimizers write parameters with) leave
versions as they were, because they rely on in-place ops below them that do not pass autograd a second time; the tap
moves those versions on itself, by one, as torch does without a mode.

The recorder's own looking is not on the tape: it holds the log's lock, which the program's own work never does.
"""

from __future__ import annotations

import threading
from time import perf_counter_ns
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from tapedeck.recorder.autograd import Autograd
from tapedeck.recorder.flops import aten_flops
from tapedeck.recorder.log import Log, tensors_in
from tapedeck.recorder.shapes import shape_of
from tapedeck.recorder.uncompiled import uncompiled
from tapedeck.tape.rows import Aten, InputMetadata

_Look = list[tuple[list[int], torch.dtype]]


class _Ran:
    """One ATen op that ran; ``op`` is known when the torch op above it has returned."""

    __slots__ = ("flops", "inputs", "name", "node", "ns", "op", "outputs", "step", "thread")

    def __init__(self, name: str, node: int | None, step: int, inputs: _Look) -> None:
        self.name = name
        self.op: int | None = None
        self.node = node
        self.step = step
        self.inputs = inputs
        self.outputs: _Look = []
        self.flops: int | None = None
        self.ns: int | None = None
        self.thread = threading.get_ident()

    def row(self, number: int) -> Aten:
        """The typed row."""
        given, made = (
            [InputMetadata(shape, str(dtype)) for shape, dtype in look] for look in (self.inputs, self.outputs)
        )
        return Aten(number, self.name, self.op, self.node, self.step, given, made, self.flops, self.ns)


class AtenTap(TorchDispatchMode):
    """Sees every ATen op on the thread that it is started on.

    An op's row is written when its call has returned, so what ran below it is gathered first and then claimed: by the
    innermost torch op that made a row, else by the node whose call was under way. What ran outside of both (the
    engine's sum of two contributions, a getter) belongs to neither.
    """

    supports_higher_order_operators = True

    def __init__(self, log: Log, autograd: Autograd) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._log = log
        self._autograd = autograd
        self._ran: list[_Ran] = []

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """No wrapper around our handler: torch's would import Dynamo, which costs a second."""
        return False

    def start(self) -> None:
        """Switch on, on this thread."""
        self.__enter__()  # type: ignore[no-untyped-call]

    def stop(self) -> None:
        """Switch off."""
        self.__exit__(None, None, None)  # type: ignore[no-untyped-call]

    @uncompiled
    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if kwargs is None:
            kwargs = {}
        log = self._log
        call = getattr(func, "_op", func)
        with torch._C.DisableTorchFunction():
            unmoved = _written_unmarked(func, args)
            if not log.open or log.lock._is_owned():  # type: ignore[attr-defined]
                result = call(*args, **kwargs)
                _move_on(unmoved)
                return result
            ran = None
            with log.guard(str(func)):
                ran = _Ran(str(func), self._autograd.running(), len(log.events), _look(args, kwargs))
                self._ran.append(ran)
            start = perf_counter_ns()
            result = call(*args, **kwargs)
            _move_on(unmoved)
            if ran is not None:
                ran.ns = perf_counter_ns() - start
                with log.guard(ran.name):
                    ran.outputs = _look(result)
                    ran.flops = aten_flops(func, args, kwargs, result)
            return result

    def mark(self) -> int:
        """Where a torch op begins; give it to `claim` when the op has its row."""
        return len(self._ran)

    def claim(self, mark: int, op: int) -> None:
        """What ran on this thread since ``mark``, in no op or node since, ran below ``op``."""
        thread, node = threading.get_ident(), self._autograd.running()
        for index in range(mark, len(self._ran)):
            ran = self._ran[index]
            if ran.op is None and ran.node == node and ran.thread == thread:
                ran.op, ran.node = op, None

    def rows(self) -> list[Aten]:
        """Typed rows, in the order in which the ops were called."""
        return [ran.row(number) for number, ran in enumerate(self._ran)]


_skip = torch._C._dynamo.eval_frame._FrameAction.SKIP
torch._C._dynamo.eval_frame.set_code_exec_strategy(
    AtenTap.__torch_dispatch__.__code__, torch._C._dynamo.eval_frame._FrameExecStrategy(_skip, _skip)
)
"""While our handler runs, torch has the mode off its stack, and Dynamo would see no reason not to compile it."""


def _written_unmarked(func: Any, args: Any) -> list[tuple[Tensor, int]]:
    """The tensors, with their versions, that an op is about to write without moving their versions on."""
    name: str = getattr(func, "__name__", "")
    if not name.startswith("_foreach_") or not func._schema.is_mutable or not args:
        return []
    return [(tensor, tensor._version) for tensor in args[0] if not tensor.is_inference()]


def _move_on(unmoved: list[tuple[Tensor, int]]) -> None:
    for tensor, version in unmoved:
        if tensor._version == version:
            torch.autograd.graph.increment_version(tensor)


def _look(*things: Any) -> _Look:
    return [(shape_of(tensor), tensor.dtype) for tensor in tensors_in(things)]
