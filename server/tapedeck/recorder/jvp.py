"""The Jacobian-vector product of one op, computed beside the program.

Forward mode carries a pair (primal, tangent) through every op: of ``y = f(x)`` with tangent ``ẋ`` the tangent is
``ẏ = J_f(x) · ẋ`` (Baydin, Pearlmutter, Radul, Siskind, *Automatic Differentiation in Machine Learning: a Survey*, JMLR
2018, section 3.1). torch computes it by dual tensors (``torch.autograd.forward_ad``). The program's own call is left
as it is; the op is called again, on detached copies, with the random numbers that the program's call drew.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.autograd import forward_ad
from torch.nn.attention import SDPBackend, sdpa_kernel

from tapedeck.recorder.capture import unseeable
from tapedeck.recorder.functions import bound, name_of, parameter_names
from tapedeck.recorder.log import tensors_in
from tapedeck.recorder.shadows import Shadow, aside

TRANSFORM = "inside a torch.func transform"
"""Why nothing is known of a tangent there: torch does not show a transform's inner tensors."""

Tangents = tuple[list[Tensor | None], dict[int, Tensor | None]]
"""Of the tensors that an op returned, and of those it was given, by identity."""

MAKE, UNPACK = torch._VF._make_dual, torch._VF._unpack_dual
"""What ``make_dual`` and ``unpack_dual`` come down to, and what the op tap sees of them."""


class Jvp:
    """One op whose inputs have tangents: made before the program calls it, evaluated after.

    What the op may write to is copied now. ``refusal`` says why torch cannot be asked for the tangents.
    """

    __slots__ = ("_args", "_copies", "_func", "_kwargs", "_rng", "reached", "refusal")

    def __init__(
        self,
        func: Any,
        args: Any,
        kwargs: Any,
        given: list[Tensor],
        reached: list[tuple[Tensor, Shadow]],
        refusal: str | None = None,
    ) -> None:
        self._func = func
        self._args = args
        self._kwargs = kwargs
        self.reached = reached
        self.refusal = refusal or _refusal(func, args, kwargs, given)
        self._copies: dict[int, Tensor] = {}
        self._rng: list[tuple[torch.Generator, Tensor]] = []
        if self.refusal is None and self.columns():
            if _may_write(func, args, kwargs):
                with aside():
                    self._copies = {id(tensor): _copy(tensor) for tensor in given}
            self._rng = [(generator, generator.get_state()) for generator in _generators(args, kwargs, given)]

    def columns(self) -> list[int]:
        """The columns that have a tangent among the inputs."""
        return sorted({column for _, shadow in self.reached for column in shadow.columns})

    def unknown(self) -> dict[int, str]:
        """The seeds for which the tangent of an input is unknown, and why."""
        return {seed: why for _, shadow in reversed(self.reached) for seed, why in shadow.unknown.items()}

    def protects(self, mutated: list[Tensor]) -> bool:
        """Whether all that the op wrote to was copied before."""
        return all(id(tensor) in self._copies for tensor in mutated)

    def close(self) -> None:
        """The op has been called."""

    def evaluate(self, column: int, returned: list[Tensor], given: list[Tensor]) -> Tangents:
        """The tangents in one column: of each tensor the op returned, and of each it was given as it is afterwards.

        ``None`` for a tensor that has none. Raises what torch raises when it has no formula.
        """
        after = [(generator, generator.get_state()) for generator, _ in self._rng]
        try:
            found = self._attempt(column, returned, given, contextlib.nullcontext())
        except NotImplementedError as error:
            try:
                found = self._attempt(column, returned, given, _plain_kernels())
            except Exception:  # noqa: BLE001 - what torch said of the op as the program called it is what counts
                raise error from None
        finally:
            for generator, state in after:
                generator.set_state(state)
        if any(t is not None and t.shape != real.shape for t, real in zip(found[0], returned, strict=True)):
            raise RuntimeError("the tangents have not the shapes of the op's outputs")
        return found

    def draw_again(self) -> None:
        """Set the generators back to where they stood before the program's call."""
        for generator, state in self._rng:
            generator.set_state(state)

    def _attempt(
        self,
        column: int,
        returned: list[Tensor],
        given: list[Tensor],
        kernels: contextlib.AbstractContextManager[None],
    ) -> Tangents:
        self.draw_again()
        with aside(), kernels, _level() as level:
            duals = {id(tensor): self._dual(tensor, column, level) for tensor in given}
            args = [_exchanged(value, duals) for value in self._args]
            result = self._func(*args, **{name: _exchanged(value, duals) for name, value in self._kwargs.items()})
            found = [tangent_of(tensor, level) for tensor in tensors_in(result)]
            if len(found) != len(returned):
                raise RuntimeError("the op returned another number of tensors when it was called again")
            return found, {key: tangent_of(duals[key], level) for key in self._copies}

    def _dual(self, tensor: Tensor, column: int, level: int) -> Tensor:
        """The tensor as the op's second call gets it; what the op writes to is its own."""
        saved = self._copies.get(id(tensor))
        source = tensor if saved is None else saved
        plain = _copy(source) if saved is not None or tensor.is_inference() else tensor.detach()
        for one, shadow in self.reached:
            if one is tensor and column in shadow.columns:
                tangent = shadow.view(column, source)
                tangent = tangent if saved is None else tangent.clone()
                plain = MAKE(plain, tangent, level=level)
        return plain


def tangent_of(tensor: Tensor, level: int) -> Tensor | None:
    """A dual tensor's tangent; the caller has switched grad mode off, so that unpacking makes no node."""
    if not (tensor.is_floating_point() or tensor.is_complex()):
        return None
    tangent: Tensor | None = torch._VF._unpack_dual(tensor, level=level).tangent
    return tangent


@contextlib.contextmanager
def _level() -> Iterator[int]:
    """A level for dual tensors: the program's own if one is open (torch allows only one), else one for this op.

    ``torch.autograd.forward_ad._current_level`` is left alone, so that the program never sees a level of ours.
    """
    open_level = forward_ad._current_level
    if open_level >= 0:
        yield open_level
        return
    level = torch._C._enter_dual_level()
    try:
        yield level
    finally:
        torch._C._exit_dual_level(level=level)


@contextlib.contextmanager
def _plain_kernels() -> Iterator[None]:
    """Attention and recurrent layers by formulas that have a forward mode, in place of fused kernels that have none."""
    enabled = torch._C._get_mkldnn_enabled()
    try:
        torch._C._set_mkldnn_enabled(False)
        with sdpa_kernel([SDPBackend.MATH]):
            yield
    finally:
        torch._C._set_mkldnn_enabled(enabled)


def _exchanged(value: Any, duals: dict[int, Tensor]) -> Any:
    """An argument with its tensors exchanged."""
    if isinstance(value, Tensor):
        return duals.get(id(value), value)
    if isinstance(value, (tuple, list)):
        items = [_exchanged(item, duals) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    if isinstance(value, dict):
        return {key: _exchanged(item, duals) for key, item in value.items()}
    return value


def _copy(tensor: Tensor) -> Tensor:
    """A copy in memory of its own, laid out alike unless the tensor is a small part of its memory."""
    storage = tensor.untyped_storage()
    if storage.nbytes() > 4 * tensor.numel() * tensor.itemsize + 1024:
        return tensor.detach().clone()
    place = (tensor.storage_offset(), tensor.size(), tensor.stride())
    copy = torch.empty(0, dtype=tensor.dtype, device=tensor.device).set_(storage.clone(), *place)  # type: ignore[no-untyped-call]
    copy = copy.conj() if tensor.is_conj() else copy
    return torch._neg_view(copy) if tensor.is_neg() else copy


_WRITERS = frozenset(("inplace", "max_norm", "training", "use_input_stats"))
"""Arguments with which a function that returns its result also writes to what it was given."""


def _may_write(func: Any, args: Any, kwargs: Any) -> bool:
    """Whether an op may write to its inputs: by torch's names, and by the arguments that say so."""
    name = name_of(func).rsplit(".", 1)[-1]
    if name.endswith("_") and not name.endswith("__"):
        return True
    if name in ("__set__", "__setitem__") or (name.startswith("__i") and hasattr(Tensor, f"__{name[3:]}")):
        return True
    names = parameter_names(func)
    if "out" in kwargs or any(word.startswith("running_") for word in names):
        return True
    if _WRITERS.isdisjoint(names):
        return False
    try:
        given = bound(func, args, kwargs)
    except ValueError:
        return True
    return given is None or bool(given.get("inplace")) or given.get("max_norm") is not None


def _generators(args: Any, kwargs: Any, given: list[Tensor]) -> list[torch.Generator]:
    """Every generator that the op may draw from."""
    found = [value for value in (*args, *kwargs.values()) if isinstance(value, torch.Generator)]
    devices = {tensor.device for tensor in given if tensor.is_cuda}
    found.extend(torch.cuda.default_generators[device.index] for device in devices)
    return [torch.default_generator, *found]


def _refusal(func: Any, args: Any, kwargs: Any, given: list[Tensor]) -> str | None:
    """Why an op cannot be called again, or ``None``."""
    if torch._C._functorch.peek_interpreter_stack() is not None:
        return TRANSFORM
    if func in (MAKE, UNPACK):
        return "the program's own dual tensors: the tangent of a tangent is not followed"
    for tensor in given:
        why = unseeable(tensor) if tensor.is_floating_point() or tensor.is_complex() else None
        if why is not None:
            return why
        if any("__torch_dispatch__" in vars(kind) or "__torch_function__" in vars(kind) for kind in _own(type(tensor))):
            return f"{type(tensor).__qualname__} has code of its own in every op, which is not run a second time"
    if any(callable(value) and not isinstance(value, type) for value in (*args, *kwargs.values())):
        return "a function of the program's is among the arguments and is not run a second time"
    return None


def _own(kind: type) -> list[type]:
    """The program's classes between a tensor's type and torch's."""
    return [one for one in kind.__mro__ if issubclass(one, Tensor) and one not in (Tensor, torch.nn.Parameter)]
