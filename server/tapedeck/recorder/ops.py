"""Forward ops: one row for every call of the torch API that produced or changed tensors.

A ``TorchFunctionMode`` (`OpMode`) sees the outermost call (``F.relu``, not the ``torch.relu`` below it), in-place
methods, hook registration and ``backward``; while our handler runs, torch has the mode switched off, so what an op does
inside is not seen twice. A custom ``autograd.Function`` is one op, and what its ``forward`` does is its interior. What
an op changed is told by version counters, not by its name. While ``torch.jit.trace`` runs nothing is recorded: looking
at a tensor would become a part of the trace.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter_ns
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.autograd import forward_ad

from tapedeck.recorder.aten import AtenTap
from tapedeck.recorder.autograd import Autograd
from tapedeck.recorder.duals import Duals
from tapedeck.recorder.forward import Forward
from tapedeck.recorder.frames import KERNEL, Place
from tapedeck.recorder.functions import SILENT, name_of, plainness
from tapedeck.recorder.graph import grad_fn
from tapedeck.recorder.hooks import Hooks
from tapedeck.recorder.jvp import Jvp
from tapedeck.recorder.log import EMPTY, Log, among, tensors_given, tensors_in
from tapedeck.recorder.oprecord import OpRecord
from tapedeck.recorder.tensors import Held, Tensors, version_of
from tapedeck.recorder.text import ends_recomputation, message_of
from tapedeck.recorder.training import ZEROING
from tapedeck.recorder.trampoline import Call as Trampoline
from tapedeck.recorder.uncompiled import tracing
from tapedeck.recorder.unmarked import UNMARKED, unmarked_writes
from tapedeck.tape.events import GradZero, OpEvent
from tapedeck.tape.rows import GradMode, Op, Phase

try:
    import cython
except ImportError:
    from tapedeck.recorder import plain as cython

if TYPE_CHECKING:
    from tapedeck.recorder.modes import Modes
    from tapedeck.recorder.training import Training

_is_grad, _is_inference = torch.is_grad_enabled, torch.is_inference_mode_enabled

_plainness: dict[Any, int] = {}

_FRESH = [0]
"""The versions of one new tensor, which most events share; nobody writes it."""

Handler = Callable[[Any, Any, Any, FrameType], Any]


@cython.final
@cython.no_gc
@cython.freelist(16)
@cython.cclass
class OpCall:
    """One call of a torch function that is under way: what it was given, and what it will change without a sign."""

    __slots__ = (
        "args",
        "below",
        "frame",
        "func",
        "given",
        "kwargs",
        "label",
        "mode",
        "ns",
        "number",
        "side",
        "unmarked",
        "versions",
    )

    def __init__(self, func: Any, args: Any, kwargs: Any, frame: FrameType) -> None:
        self.func = func
        self.args = args
        self.kwargs = kwargs
        self.frame = frame
        self.given = tensors_given(args, kwargs)
        self.versions = [version_of(tensor) for tensor in self.given]
        self.unmarked: list[Tensor] = unmarked_writes(func, args, kwargs) if func in UNMARKED else EMPTY
        self.mode: GradMode = "inference" if _is_inference() else "grad" if _is_grad() else "no_grad"
        self.number: Any = None
        self.label: str | None = None
        self.ns = 0
        self.below = 0
        self.side: Jvp | None = None

    @property
    def name(self) -> str:
        """What is called; a custom function is not put into the table of torch's names, which keeps what it holds."""
        return self.label or name_of(self.func)


class OpTap:
    """Sees every call of the torch API that `OpMode` is told of."""

    def __init__(
        self, log: Log, tensors: Tensors, hooks: Hooks, autograd: Autograd, detours: tuple[CodeType, ...]
    ) -> None:
        self.log = log
        self._detours = list(detours)
        self.frames = log.frames
        self.tensors = tensors
        self.hooks = hooks
        self.autograd = autograd
        self.records: list[OpRecord] = []
        self.training: Training
        self.modes: Modes
        self.aten: AtenTap | None = None
        self.forward: Forward | None = None
        self.duals = Duals(log, tensors)
        self._special: dict[Any, Handler] = {
            Tensor.register_hook: self._register("tensor"),
            Tensor.register_post_accumulate_grad_hook: self._register("post_accumulate_grad"),
            Tensor.retain_grad: self._retain_grad,
            Tensor.backward: self._backward,
            torch.autograd.backward: self._backward,
            torch.autograd.grad: self._backward,
            Tensor.grad.__set__: self._set_grad,  # type: ignore[union-attr]
            Tensor.grad.__delete__: self._set_grad,  # type: ignore[union-attr]
            torch._C._set_grad_enabled: lambda *call: self.modes.grad(*call),
        }

    def called(self, func: Any, args: Any, kwargs: Any, frame: FrameType) -> Any:
        """A torch function was called in ``frame``: the call itself, and what it did."""
        plain = _plainness.get(func)
        if plain is None:
            plain = _plainness[func] = plainness(func)
        if plain == SILENT:
            return func(*args, **kwargs)
        outer: Any = frame
        if among(self._detours, frame.f_code) and frame.f_back is not None:
            outer = frame.f_back.f_back  # the line that called the torch function which took torch's detour
        call = self.frames.trampolines.of(outer or frame)
        if plain or not self.log.open or tracing() or _below(func):
            return call(func, args, kwargs)
        special = self._special.get(func)
        if special is not None:
            return special(func, args, kwargs, frame)
        if self.frames.kind(frame.f_code) == KERNEL:
            return call(func, args, kwargs)
        return self._op(func, args, kwargs, frame, call)

    def _op(self, func: Any, args: Any, kwargs: Any, frame: FrameType, trampoline: Trampoline) -> Any:
        log, call = self.log, None
        try:
            log.step_in()
            try:
                call = OpCall(func, args, kwargs, frame)
                if self.forward is not None:
                    call.side = self.forward.before(func, args, kwargs, call.given, frame)
            finally:
                log.step_out()
        except Exception as error:  # noqa: BLE001 - our fault must not become the program's
            log.fail(name_of(func), error)
            return trampoline(func, args, kwargs)
        return self._run(call, trampoline)

    def _run(self, call: OpCall, trampoline: Trampoline) -> Any:
        """The call itself, timed, and what it made or how it failed; nothing once the recording has been left."""
        log = self.log
        if self.aten is not None:
            call.below = self.aten.mark()
        start = perf_counter_ns()
        try:
            result = trampoline(call.func, call.args, call.kwargs)
        except BaseException as error:
            call.ns = perf_counter_ns() - start
            if log.open:
                with log.guard(call.name):
                    self._failed(call, error)
            _forget_trampoline(error)
            raise
        call.ns = perf_counter_ns() - start
        if log.open:
            try:
                log.step_in()
                try:
                    self._returned(call, result)
                finally:
                    log.step_out()
            except Exception as error:  # noqa: BLE001 - our fault must not become the program's
                log.fail(call.name, error)
            log.tick()
        return result

    def _returned(self, call: OpCall, result: Any) -> None:
        """What an op changed and made; nothing is written where it did neither."""
        mutated = EMPTY
        for index, tensor in enumerate(call.given):
            if version_of(tensor) != call.versions[index]:
                mutated = [*mutated, tensor]
        for tensor in call.unmarked:
            if not among(mutated, tensor):
                mutated = [*mutated, tensor]
        returned = tensors_in(result)
        if mutated or call.number is not None or not _all_among(returned, call.given):
            self._write(call, returned, mutated)

    def _write(self, call: OpCall, returned: list[Tensor], mutated: list[Tensor]) -> None:
        """The record and the event of an op that made or changed tensors."""
        log = self.log
        record = self._record(call)
        number, place = call.number, record.place
        held, functions = [], []
        for index, tensor in enumerate(returned):
            node = grad_fn(tensor)
            held.append(self._output(tensor, number, index, place, node is not None))
            functions.append(node)
        record.outputs = tuple([one.id for one in held])
        written = returned
        if mutated:
            record.mutates = tuple([self.tensors.hold(tensor).id for tensor in mutated])
            also = [tensor for tensor in mutated if not among(returned, tensor)]
            written = returned + also
            held += [self.tensors.hold(tensor) for tensor in also]
            functions += [grad_fn(tensor) for tensor in also]
        made = held[0] if len(held) == 1 and not mutated and held[0].op == number else None
        record.nodes = self.autograd.graph.discover(functions, number, made)
        for index, node in enumerate(functions):
            if node is not None:
                self.autograd.place(held[index], written[index], node)
        record.in_place = not returned or not _none_among(returned, call.given)
        versions = [version_of(tensor) for tensor in written]
        values = EMPTY
        if log.values:
            note = "uninitialised memory" if call.name.startswith("torch.empty") else None
            values = [self.tensors.see(tensor, note, among(call.unmarked, tensor)) for tensor in written]
        fresh = len(versions) == 1 and versions[0] <= 0
        versions = _FRESH if fresh else [max(version, 0) for version in versions]
        log.emit(OpEvent(op=number, values=values, versions=versions))
        if call.func in ZEROING:
            self.training.zeroed(mutated, call.frame)
        log.reached(place.span)
        if self.forward is not None:
            self.forward.after(call.side, call.given, returned, mutated, number)
        if forward_ad._current_level >= 0:
            self.duals.made(call.func, call.given, written, number)

    def _record(self, call: OpCall) -> OpRecord:
        """The record of an op, new or begun when its call began; its number is the call's from here on."""
        strand = self.log.strand()
        place = self.frames.place(call.frame, strand.places[-1] if strand.places else None)
        rows = [self._input(tensor, call.frame) for tensor in call.given]
        if call.number is not None:
            record: OpRecord = self.records[call.number]
        else:
            record = OpRecord(call.func, strand, self.autograd.running())
            record.take(call.args, call.kwargs, call.given, rows)
            call.number = len(self.records)
            self.records.append(record)
        record.place, record.mode, record.ns = place, call.mode, call.ns
        record.phase = _phase(place, strand.order)
        if self.aten is not None:
            self.aten.claim(call.below, call.number)
        return record

    def _failed(self, call: OpCall, error: BaseException) -> None:
        """An op raised: it stands on the tape with its inputs and the error, and with no outputs."""
        record = self._record(call)
        self.log.emit(OpEvent(op=call.number))
        if not ends_recomputation(error):
            record.error = f"{type(error).__name__}: {message_of(error)}"
            self.log.blame("op", call.number, error)

    def _input(self, tensor: Tensor, frame: FrameType) -> int:
        """The row of a tensor that an op was given."""
        held = self.tensors.known(tensor)
        if held is None:
            held = self.tensors.hold(tensor)
            if held.is_leaf and not held.requires_grad and held.role is None and self.log.strand().order:
                held.role = "gradient"
            self.hooks.meet(tensor, held)
        elif held.node is None and held.requires_grad != tensor.requires_grad:
            held.requires_grad = tensor.requires_grad
        if held.op is None and held.role == "activation":  # a pack hook sees what an op is still making
            return held.id
        if held.name is None and not held.searched and not self.log.strand().parents:
            self.tensors.name(tensor, self.frames.user_frame(frame))
        if held.node is None and held.requires_grad and not tensor.is_leaf:
            node = grad_fn(tensor)
            self.autograd.graph.discover([node], held.op)
            self.autograd.place(held, tensor, node)
        return held.id

    def _output(self, tensor: Tensor, op: int, index: int, place: Place, made: bool) -> Held:
        held = self.tensors.known(tensor)
        if held is None or (held.op is None and held.role == "activation"):
            held = self.tensors.hold(tensor, made)
            held.op, held.output, held.span = op, index, place.span
            if place.direct and index < len(place.names):
                held.name = place.names[index]
        elif held.requires_grad != tensor.requires_grad:
            held.requires_grad = tensor.requires_grad
        return held

    def rows(self) -> list[Op]:
        """Typed rows; the records are let go."""
        records, self.records = self.records, []
        return [record.row(number) for number, record in enumerate(records)]

    # ── custom functions ───────────────────────────────────────────────────────────────────────────────────────────

    def custom(self, apply: Any, kind: Any, args: Any, kwargs: Any, frame: FrameType) -> Any:
        """``apply`` of an ``autograd.Function``: one op, whose interior is what its ``forward`` does."""
        log, strand = self.log, self.log.strand()
        call = None
        with log.guard(kind.__name__):
            begun = OpCall(kind.apply, args, kwargs, frame)
            begun.label = kind.__name__
            begun.number = len(self.records)
            record = OpRecord(begun.func, strand, self.autograd.running())
            record.name = f"{kind.__module__}.{kind.__qualname__}.apply".replace("<locals>.", "")
            record.take(args, kwargs, begun.given, [self.tensors.hold(tensor).id for tensor in begun.given])
            if self.forward is not None:
                begun.side = self.forward.custom(kind, args, kwargs, begun.given, frame)
            self.records.append(record)
            strand.parents.append(begun.number)
            call = begun
        if call is None:
            return apply(kind, *args, **kwargs)
        side = call.side

        def interior(_: Any, args: Any, kwargs: Any) -> Any:
            try:
                return apply(kind, *args, **kwargs)
            finally:
                strand.parents.pop()
                if side is not None:
                    side.close()

        return self._run(call, interior)

    # ── calls with a meaning of their own ──────────────────────────────────────────────────────────────────────────

    def _register(self, kind: Any) -> Handler:
        def register(func: Any, args: Any, kwargs: Any, frame: FrameType) -> Any:
            with self.log.guard("the registration of a hook"):
                self._input(args[0] if args else kwargs["self"], frame)
            return self.hooks.register_on_tensor(kind, func, args, kwargs)

        return register

    def _retain_grad(self, func: Any, args: Any, kwargs: Any, frame: FrameType) -> Any:
        result = self.frames.trampolines.of(frame)(func, args, kwargs)
        with self.log.guard("retain_grad"):
            self._input(args[0], frame)
            self.autograd.retain(args[0])
        return result

    def _set_grad(self, func: Any, args: Any, kwargs: Any, frame: FrameType) -> Any:
        tensor, gradient = args[0], args[1] if len(args) > 1 else None
        had = tensor.grad
        result = func(*args, **kwargs)
        if gradient is not had:
            with self.log.guard("a change of .grad"):
                row = self._input(tensor, frame)
                if gradient is not None:
                    self.tensors.hold(gradient).grad_of = row
                value = None if gradient is None else self.tensors.see(gradient)
                span = self.frames.here(frame)
                self.log.emit(GradZero(tensor=row, to_none=gradient is None, value=value, span=span))
        return result

    def _backward(self, func: Any, args: Any, kwargs: Any, frame: FrameType) -> Any:
        """``backward`` or ``autograd.grad``: no op; the pass itself is seen where it enters the engine."""
        strand = self.log.strand()
        place = self.frames.place(frame, strand.place)
        result = func(*args, **kwargs)
        if self.forward is not None:
            self.forward.differentiated(tensors_in(result))
        for tensor, name in zip(tensors_in(result), place.names, strict=False):
            held = self.tensors.hold(tensor)
            held.name = held.name or name
        self.log.tick(place.span)
        return result


def _all_among(things: list[Any], others: list[Any]) -> bool:
    """Whether every one of a few objects is one of the others."""
    for thing in things:  # noqa: SIM110 - a generator would be an object of its own
        if not among(others, thing):
            return False
    return True


def _none_among(things: list[Any], others: list[Any]) -> bool:
    """Whether none of a few objects is one of the others."""
    for thing in things:  # noqa: SIM110 - a generator would be an object of its own
        if among(others, thing):
            return False
    return True


def _forget_trampoline(error: BaseException) -> None:
    """Take the trampoline's frame, which looks like the program's own, out of the traceback that it has entered."""
    here = error.__traceback__
    if here is not None and here.tb_next is not None:
        here.tb_next = here.tb_next.tb_next


def _below(func: Any) -> bool:
    """Whether this is an ATen op that a kernel below autograd calls: no call of the program's."""
    if type(func) is not torch._ops.OpOverload:
        return False
    return torch._C._dispatch_tls_is_dispatch_key_excluded(torch._C.DispatchKey.AutogradFunctionality)


def _phase(place: Place, order: int) -> Phase:
    if place.building:
        return "build"
    if place.updating:
        return "update"
    if order:
        return "recompute" if place.recomputing else "backward"
    return "forward"
