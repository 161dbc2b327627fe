"""Forward ops: one row for every call of the torch API that produced or changed tensors.

A ``TorchFunctionMode`` sees the outermost call (``F.relu``, not the ``torch.relu`` below it), in-place methods, hook
registration and ``backward``; while our handler runs, torch has the mode switched off, so what an op does inside is
not seen twice. What an op changed is told by version counters, not by its name. While ``torch.jit.trace`` runs
nothing is recorded: looking at a tensor would become a part of the trace.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from functools import lru_cache
from types import FrameType
from typing import Any

import msgspec
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode, get_testing_overrides, resolve_name

from tapedeck.recorder.autograd import Autograd
from tapedeck.recorder.frames import Place
from tapedeck.recorder.graph import grad_fn
from tapedeck.recorder.hooks import Hooks
from tapedeck.recorder.log import Log, tensors_in
from tapedeck.recorder.tensors import Held, Tensors, version_of
from tapedeck.recorder.text import clean, message_of
from tapedeck.recorder.uncompiled import uncompiled
from tapedeck.tape import events as e
from tapedeck.tape.rows import Argument, Constant, Op, Phase

Handler = Callable[[Any, Any, Any, FrameType], Any]

_QUIET = frozenset(
    """
    shape dtype device layout requires_grad is_leaf grad_fn _version names ndim is_cuda is_cpu is_sparse is_meta
    is_mps is_quantized is_nested is_xla is_vulkan output_nr _backward_hooks retains_grad grad _base name nbytes
    itemsize _post_accumulate_grad_hooks _cdata is_inference
    """.split()  # noqa: SIM905 - sixty names read better as a text
)
"""Attributes whose getters make no tensor."""


class _Call:
    """One call of a torch function: what it was given, and what it will change without a sign."""

    __slots__ = ("args", "frame", "func", "given", "kwargs", "unmarked", "versions")

    def __init__(self, func: Any, args: Any, kwargs: Any, frame: FrameType) -> None:
        self.func = func
        self.args = args
        self.kwargs = kwargs
        self.frame = frame
        self.given = tensors_in(args, kwargs)
        self.versions = [version_of(tensor) for tensor in self.given]
        self.unmarked = _unmarked_writes(func, args, kwargs)


class OpTap(TorchFunctionMode):
    """Sees every call of the torch API on the thread that it is switched on in."""

    def __init__(self, log: Log, tensors: Tensors, hooks: Hooks, autograd: Autograd, calls: list[int]) -> None:
        super().__init__()
        self.log = log
        self.tensors = tensors
        self.hooks = hooks
        self.autograd = autograd
        self._calls = calls
        self._plain: dict[Any, bool] = {}
        self._special: dict[Any, Handler] = {
            Tensor.register_hook: self._register("tensor"),
            Tensor.register_post_accumulate_grad_hook: self._register("post_accumulate_grad"),
            Tensor.retain_grad: self._retain_grad,
            Tensor.backward: self._backward,
            torch.autograd.backward: self._backward,
            torch.autograd.grad: self._backward,
            Tensor.grad.__set__: self._set_grad,  # type: ignore[union-attr]
            torch._C._set_grad_enabled: self._set_grad_enabled,
        }

    @uncompiled
    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        plain = self._plain.get(func)
        if plain is None:
            plain = self._plain[func] = _is_plain(func)
        if plain or not self.log.open or torch._C._get_tracing_state() is not None:
            return func(*args, **kwargs)
        special = self._special.get(func)
        if special is not None:
            return special(func, args, kwargs, sys._getframe(1))
        return self._op(func, args, kwargs, sys._getframe(1))

    def _op(self, func: Any, args: Any, kwargs: Any, frame: FrameType) -> Any:
        guard = self.log.guard(_name(func))
        call = None
        with guard:
            call = _Call(func, args, kwargs, frame)
        try:
            result = func(*args, **kwargs)
        except BaseException as error:
            if call is not None:
                with guard:
                    self._failed(call, error)
            raise
        if call is not None:
            with guard:
                self._returned(call, result)
            self.log.tick()
        return result

    def _returned(self, call: _Call, result: Any) -> None:
        """What an op changed and made; nothing is written where it did neither."""
        mutated = [t for t, version in zip(call.given, call.versions, strict=True) if version_of(t) != version]
        mutated += [tensor for tensor in call.unmarked if not _among(tensor, mutated)]
        returned = tensors_in(result)
        if mutated or any(not _among(tensor, call.given) for tensor in returned):
            self._write(call, returned, mutated)

    def _write(self, call: _Call, returned: list[Tensor], mutated: list[Tensor]) -> None:
        """Rows and the event of an op that made or changed tensors."""
        place = self.log.frames.place(call.frame)
        for tensor in call.given:
            self._input(tensor, call.frame)
        number = len(self.log.ops)
        also = [tensor for tensor in mutated if not _among(tensor, returned)]
        outputs = [self._output(tensor, number, index, place) for index, tensor in enumerate(returned)]
        held = [*outputs, *(self.tensors.hold(tensor) for tensor in also)]
        nodes = self.autograd.graph.discover([grad_fn(t) for t in (*returned, *also)], number)
        for tensor, one in zip((*returned, *also), held, strict=True):
            self.autograd.place(one, tensor)
        in_place = any(_among(tensor, call.given) for tensor in returned) or not returned
        changed = [self.tensors.hold(tensor).id for tensor in mutated]
        self._add(call, place, [one.id for one in outputs], changed, nodes, in_place)
        note = "uninitialised memory" if _name(call.func).startswith("torch.empty") else None
        values = [
            self._written(one, tensor, note, _among(tensor, call.unmarked))
            for tensor, one in zip((*returned, *also), held, strict=True)
        ]
        self.log.emit(e.OpEvent(op=number, values=values, versions=[max(one.version, 0) for one in held]))
        self.log.reached(place.span)

    def _written(self, held: Held, tensor: Tensor, note: str | None, unmarked: bool) -> int | None:
        """The value of a tensor that an op wrote, seen anew if its version moved (or says nothing)."""
        version = version_of(tensor)
        if held.value is None or held.version != version or version < 0 or unmarked:
            held.value = self.log.see(tensor, note)
            held.version = version
        return held.value

    def _add(
        self, call: _Call, place: Place, outputs: list[int], mutates: list[int], nodes: list[int], in_place: bool
    ) -> None:
        """The row of an op."""
        inputs, constants = _arguments(call, self.tensors)
        name = _name(call.func)
        self.log.ops.append(
            Op(
                id=len(self.log.ops),
                name=name,
                label=_label(name),
                inputs=inputs,
                constants=constants,
                outputs=outputs,
                mutates=mutates,
                span=place.span,
                stack=place.stack,
                call=self._calls[-1] if self._calls else None,
                nodes=nodes,
                in_place=in_place,
                phase=self._phase(place),
                hook=self.log.hook,
            )
        )

    def _phase(self, place: Place) -> Phase:
        if place.building:
            return "build"
        if place.updating:
            return "update"
        return "backward" if self.autograd.graph.order else "forward"

    def _failed(self, call: _Call, error: BaseException) -> None:
        """An op raised: it stands on the tape with its inputs and the error, and with no outputs."""
        place = self.log.frames.place(call.frame)
        for tensor in call.given:
            self._input(tensor, call.frame)
        self._add(call, place, [], [], [], in_place=False)
        number = len(self.log.ops) - 1
        text = f"{type(error).__name__}: {message_of(error)}"
        self.log.ops[number] = msgspec.structs.replace(self.log.ops[number], error=text)
        self.log.emit(e.OpEvent(op=number))
        self.log.blame("op", number, error)

    def _input(self, tensor: Tensor, frame: FrameType) -> Held:
        new = self.tensors.known(tensor) is None
        held = self.tensors.hold(tensor)
        if new and self.autograd.graph.order and held.is_leaf and not held.requires_grad and held.role is None:
            held.role = "gradient"
        if held.name is None and not held.searched:
            self.tensors.name(tensor, self.log.frames.user_frame(frame))
        if held.node is None and tensor.requires_grad and not tensor.is_leaf:
            self.autograd.graph.discover([grad_fn(tensor)], held.op)
            self.autograd.place(held, tensor)
        return held

    def _output(self, tensor: Tensor, op: int, index: int, place: Place) -> Held:
        new = self.tensors.known(tensor) is None
        held = self.tensors.hold(tensor)
        if new:
            held.op, held.output, held.span = op, index, place.span
            if place.direct and place.names and index < len(place.names):
                held.name = place.names[index]
        return held

    # ── calls with a meaning of their own ──────────────────────────────────────────────────────────────────────────

    def _register(self, kind: Any) -> Handler:
        def register(func: Any, args: Any, kwargs: Any, frame: FrameType) -> Any:
            with self.log.guard("the registration of a hook"):
                self._input(args[0] if args else kwargs["self"], frame)
            return self.hooks.register_on_tensor(kind, func, args, kwargs)

        return register

    def _retain_grad(self, func: Any, args: Any, kwargs: Any, frame: FrameType) -> Any:
        result = func(*args, **kwargs)
        with self.log.guard("retain_grad"):
            self._input(args[0], frame)
            self.autograd.retain(args[0])
        return result

    def _set_grad(self, func: Any, args: Any, kwargs: Any, frame: FrameType) -> Any:
        tensor, gradient = args[0], args[1]
        had = tensor.grad
        result = func(*args, **kwargs)
        if gradient is not had:
            with self.log.guard("a change of .grad"):
                held = self._input(tensor, frame)
                if gradient is not None:
                    self.tensors.hold(gradient).grad_of = held.id
                value = None if gradient is None else self.tensors.see(gradient)
                span = self.log.frames.here(frame)
                self.log.emit(e.GradZero(tensor=held.id, to_none=gradient is None, value=value, span=span))
        return result

    def _set_grad_enabled(self, func: Any, args: Any, kwargs: Any, frame: FrameType) -> Any:
        before = torch.is_grad_enabled()
        result = func(*args, **kwargs)
        now = torch.is_grad_enabled()
        outside: FrameType | None = frame
        while outside is not None and outside.f_code.co_filename.endswith(("grad_mode.py", "_contextlib.py")):
            outside = outside.f_back
        if now != before and outside is not None and outside is self.log.frames.user_frame(frame):
            self.log.emit(e.Mode(name="grad", enabled=now, span=self.log.frames.here(frame)))
        return result

    def _backward(self, func: Any, args: Any, kwargs: Any, frame: FrameType) -> Any:
        """``backward`` or ``autograd.grad``: no op; the pass itself is seen where it enters the engine."""
        place = self.log.frames.place(frame)
        result = func(*args, **kwargs)
        for tensor, name in zip(tensors_in(result), place.names, strict=False):
            held = self.tensors.hold(tensor)
            held.name = held.name or name
        self.log.tick(place.span)
        return result


_RUNNING_STATISTICS = {
    torch.nn.functional.batch_norm: "training",
    torch.nn.functional.instance_norm: "use_input_stats",
}
"""Ops that write running statistics without moving their versions (torch 2.13's kernels write the memory directly)."""


def _unmarked_writes(func: Any, args: Any, kwargs: Any) -> list[Tensor]:
    """Tensors that an op changed although their versions say nothing."""
    switch = _RUNNING_STATISTICS.get(func)
    if switch is None:
        return []
    given = _bound(func, args, kwargs)
    if given is None:
        return []
    statistics = [given["running_mean"], given["running_var"]] if given[switch] else []
    return [tensor for tensor in statistics if tensor is not None]


@lru_cache(maxsize=8)
def _signature_of(func: Any) -> inspect.Signature:
    return inspect.signature(func)


def _bound(func: Any, args: Any, kwargs: Any) -> dict[str, Any] | None:
    """Arguments by name, with defaults; ``None`` when they do not fit, which torch itself will say best."""
    try:
        bound = _signature_of(func).bind(*args, **kwargs)
    except TypeError:
        return None
    bound.apply_defaults()
    return bound.arguments


_names: dict[Any, str] = {}


def _name(func: Any) -> str:
    """The qualified public name of a torch function (``torch.Tensor.mul``)."""
    name = _names.get(func)
    if name is None:
        found = resolve_name(func)
        if found is None:
            module = getattr(func, "__module__", None) or "torch"
            found = f"{module}.{getattr(func, '__name__', type(func).__name__)}"
        name = _names[func] = found.replace("torch._C._nn.", "torch.nn.functional.")
    return name


def _label(name: str) -> str:
    """The short name that stands in a box: ``mul`` for ``torch.Tensor.__mul__``, ``data`` for a getter."""
    parts = name.split(".")
    label = parts[-2] if parts[-1] in ("__get__", "__set__") else parts[-1]
    return label.removeprefix("__").removesuffix("__") if label.startswith("__") else label


def _is_plain(func: Any) -> bool:
    """Whether a call can neither make nor change a tensor, so that it is passed through at once."""
    name = _name(func)
    if name.endswith(".__get__"):
        return name.split(".")[-2] in _QUIET
    if func in (torch._C._set_grad_enabled,):
        return False
    return name.split(".")[-1] in _PLAIN or ".profiler." in name or name.startswith("profiler.")


_PLAIN = frozenset(
    """
    size dim stride storage_offset numel nelement element_size is_contiguous is_floating_point is_complex item
    tolist data_ptr __len__ __bool__ __float__ __int__ __index__ __repr__ __str__ __format__ __hash__ __reduce_ex__
    is_inference untyped_storage storage get_device type_as_ _is_view is_same_size is_tensor is_set_to equal
    allclose ndimension __contains__ has_names is_shared _is_zerotensor is_conj is_neg is_signed is_nonzero
    is_storage result_type can_cast promote_types _has_compatible_shallow_copy_type numpy __array__ requires_grad_
    """.split()  # noqa: SIM905 - sixty names read better as a text
)
"""Methods that make and change no tensor (``requires_grad_`` moves a flag, read when the tensor is used)."""


@lru_cache(maxsize=1)
def _overrides() -> dict[Any, Any]:
    """torch's own table of signatures: one lambda with the same parameters for each overridable function."""
    table: dict[Any, Any] = get_testing_overrides()
    return table


_parameters: dict[Any, list[str]] = {}


def _parameter_names(func: Any) -> list[str]:
    names = _parameters.get(func)
    if names is None:
        stand_in = _overrides().get(func, func)
        try:
            rows = inspect.signature(stand_in).parameters.values()
            names = [row.name for row in rows if row.kind in (row.POSITIONAL_ONLY, row.POSITIONAL_OR_KEYWORD)]
        except (TypeError, ValueError):
            names = []
        _parameters[func] = names
    return names


def _among(tensor: Tensor, tensors: list[Tensor]) -> bool:
    return any(tensor is other for other in tensors)


def _arguments(call: _Call, tensors: Tensors) -> tuple[list[Argument], list[Constant]]:
    names = _parameter_names(call.func)
    inputs: list[Argument] = []
    constants: list[Constant] = []
    named = [(names[i] if i < len(names) else f"arg{i}", value) for i, value in enumerate(call.args)]
    for name, value in [*named, *call.kwargs.items()]:
        if isinstance(value, Tensor):
            inputs.append(Argument(name, tensors.hold(value).id))
        elif type(value) not in _SIMPLE and (found := tensors_in(value)):
            inputs.extend(Argument(f"{name}[{i}]", tensors.hold(t).id) for i, t in enumerate(found))
        elif value is not None and not name.startswith("_"):
            constants.append(Constant(name, _text(value)))
    return inputs, constants


_SIMPLE = (
    int,
    float,
    bool,
    str,
    complex,
    torch.dtype,
    torch.device,
    torch.memory_format,
    torch.layout,
    torch.Size,
    slice,
)


def _text(value: Any) -> str:
    """An argument as text; only values whose ``repr`` runs no code of the program are spelled out."""
    items = value if isinstance(value, (list, tuple)) else [value]
    spelled = all(type(item) in _SIMPLE or item is None or item is Ellipsis for item in items)
    text = repr(value) if spelled else f"<{type(value).__qualname__}>"
    return clean(text if len(text) <= 120 else text[:117] + "…")
