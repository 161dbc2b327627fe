"""Forward mode: what each op makes of the tangents of the inputs that were seeded, op by op as the program runs.

The program is not changed and not run again: each op that a seed reaches is evaluated once more on the side
(`tapedeck.recorder.jvp`), and its outputs' tangents are kept beside the program's memory
(`tapedeck.recorder.shadows`). A seed of n elements has n columns, each with the tangent of one element set to one (of
a complex element, along the real axis), so that the tangents of an output are the columns of its Jacobian.

As in torch's forward mode (PyTorch docs, *Forward-mode Automatic Differentiation*), ``no_grad`` does not stop a
tangent, ``detach()`` and ``.data`` do. What follows from an op that torch has no formula for, and what comes out of a
backward pass, is *unknown*, which the tape says; an output without a ``tangent`` event has the tangent zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import FrameType
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch._C._dynamo.eval_frame import set_eval_frame
from torch.autograd import forward_ad

from tapedeck.recorder.capture import Unprofiled, unseeable
from tapedeck.recorder.customjvp import CustomJvp
from tapedeck.recorder.jvp import TRANSFORM, Jvp
from tapedeck.recorder.log import Log
from tapedeck.recorder.modules import ModuleTap
from tapedeck.recorder.shadows import Shadow, Shadows, aside, once
from tapedeck.recorder.tensors import Tensors
from tapedeck.recorder.text import clean, message_of
from tapedeck.recorder.uncompiled import uncompiled
from tapedeck.recorder.wanted import Wanted
from tapedeck.tape import events as e

COLUMNS = 16
"""Columns that are followed at most, over all seeds."""

CATEGORY = "TapedeckForwardMode"
"""Category of the warnings about what was not seeded."""

_DETACH = (Tensor.detach_, torch.detach_)
"""``detach_`` moves no version and makes no tensor, so that no event follows it; torch refuses it for views."""

_BACKWARD = "it comes out of a backward pass, through which tangents are not followed"
_AFTER_TRANSFORM = "it may come out of a torch.func transform, through which tangents are not followed"


class Seed:
    """One seeded tensor: its row, its name and its columns. ``used`` says that an op has made something else of it."""

    __slots__ = ("columns", "index", "name", "tensor", "used")

    def __init__(self, index: int, tensor: int, name: str, columns: range) -> None:
        self.index = index
        self.tensor = tensor
        self.name = name
        self.columns = columns
        self.used = False


class _Written:
    """What an op wrote, with the tangents of it: by column and tensor, and the seeds for which they are unknown."""

    __slots__ = ("given", "mutated", "op", "tangents", "tensors", "unknown")

    def __init__(self, given: list[Tensor], returned: list[Tensor], mutated: list[Tensor], op: int) -> None:
        self.given = given
        self.mutated = mutated
        self.tensors = [*returned, *(tensor for tensor in mutated if not _among(tensor, returned))]
        self.op = op
        self.tangents: dict[int, dict[int, Tensor | None]] = {}
        self.unknown: dict[int, str] = {}


class Forward:
    """The tangents of one recording.

    ``wrt`` names what is seeded: a variable (``x1``), a function's argument, a parameter by its module's path
    (``net.fc.weight``), each when a tensor is first met by that name; ``None`` means every floating-point leaf with a
    name, when it is first used. A seed that is written in place before anything is made of it is seeded again. At most
    ``columns`` columns are followed; a warning at the end says which were left out.
    """

    def __init__(
        self, log: Log, tensors: Tensors, modules: ModuleTap, wrt: Sequence[str] | None, columns: int = COLUMNS
    ) -> None:
        with aside():  # torch warns of its own use of torch.jit
            forward_ad._maybe_load_decompositions()  # type: ignore[no-untyped-call]
        self._log = log
        self._tensors = tensors
        self._wanted = Wanted(tensors, modules, wrt)
        self._limit = columns
        self._shadows = Shadows(tensors)
        self._seeds: list[Seed] = []
        self._by_tensor: dict[int, Seed] = {}
        self._columns: list[Seed] = []
        self._left: list[str] = []
        self._refused: list[str] = []
        self._transformed = False

    @property
    def names(self) -> list[str]:
        """The names of the seeds, in the order of their columns."""
        return [seed.name for seed in self._seeds]

    # ── around an op ───────────────────────────────────────────────────────────────────────────────────────────────

    @uncompiled
    def before(self, func: Any, args: Any, kwargs: Any, given: list[Tensor], frame: FrameType) -> Jvp | None:
        """An op is about to be called: seed what is met here; ``None`` if no tangent reaches the op.

        The interior of a custom ``autograd.Function`` is not followed; torch does not follow it either.
        """
        if any(tensor.is_nested for tensor in given):  # torch shows neither sizes nor strides of one
            return None
        with _Untraced():
            reached = self._arriving(given, frame)
            if reached and func in _DETACH and not given[0]._is_view():
                reached[0][1].clear()
                return None
            return Jvp(func, args, kwargs, given, reached) if reached else None

    def custom(self, kind: Any, args: Any, kwargs: Any, given: list[Tensor], frame: FrameType) -> Jvp | None:
        """The same for the ``apply`` of a custom ``autograd.Function``, whose ``forward`` is not run a second time."""
        reached = self._arriving(given, frame)
        return CustomJvp(kind, args, kwargs, given, reached) if reached else None

    def _arriving(self, given: list[Tensor], frame: FrameType) -> list[tuple[Tensor, Shadow]]:
        """The inputs that have tangents, after seeding those that are wanted."""
        strand = self._log.strand()
        if strand.parents:
            return []
        if not strand.order and self._wanted:
            with torch._C.DisableTorchFunction(), self._log.lock:
                for name, tensor in self._wanted.met(given, self._log.frames.user_frame(frame)):
                    self._plant(name, tensor)
        return self._reached(given)

    @uncompiled
    def after(
        self, side: Jvp | None, given: list[Tensor], returned: list[Tensor], mutated: list[Tensor], op: int
    ) -> None:
        """The op was called and its event stands on the tape: the tangents of what it wrote follow."""
        strand = self._log.strand()
        if strand.parents:
            return
        with _Untraced():
            written = _Written(given, returned, mutated, op)
            if side is not None:
                self._follow(side, written, returned)
                with aside():
                    for tensor in written.tensors:
                        if (tensor.is_floating_point() or tensor.is_complex()) and not tensor.is_nested:
                            self._keep(tensor, written)
            if not strand.order and self._wanted:
                for name, tensor in self._wanted.made(given, written.tensors):
                    self._plant(name, tensor)

    def differentiated(self, gradients: list[Tensor]) -> None:
        """``torch.autograd.grad`` returned these."""
        for tensor in gradients if self._seeds else ():
            self._tensors.hold(tensor)
            self._shadows.make(tensor).unknown = self._all(_BACKWARD)

    def finish(self) -> None:
        """Say in warnings what was not seeded."""
        unmet = self._wanted.unmet()
        for things, text in (
            (unmet, "forward mode met no tensor of the name {}; " + f"names on this tape: {self._wanted.known()}"),
            (self._left, f"forward mode follows at most {self._limit} columns; left out: {{}}"),
            (self._refused, "forward mode cannot seed {}"),
        ):
            if things:
                things = list(dict.fromkeys(things))
                shown = ", ".join(things[:30]) + (f" and {len(things) - 30} more" if len(things) > 30 else "")
                self._log.emit(e.Warn(text=clean(text.replace("{}", shown)), category=CATEGORY))

    def close(self) -> None:
        """Let go of every tangent."""
        self._shadows.clear()

    # ── seeds ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _plant(self, name: str, tensor: Tensor) -> None:
        """Seed a tensor: one column for each of its elements, as far as the limit allows."""
        held = self._tensors.hold(tensor)
        if held.id in self._by_tensor:
            return
        why = _unseedable(tensor)
        if why is not None:
            self._refused.append(f"{name} ({why})")
            return
        count = tensor.numel()
        taken = min(count, self._limit - len(self._columns))
        if taken < count:
            self._left.append(name if not taken else f"{name}, elements {taken} to {count - 1}")
        if taken:
            first = len(self._columns)
            seed = Seed(len(self._seeds), held.id, name, range(first, first + taken))
            self._seeds.append(seed)
            self._by_tensor[held.id] = seed
            self._columns += [seed] * taken
            with aside():
                self._unit(seed, tensor, None)

    def _unit(self, seed: Seed, tensor: Tensor, op: int | None) -> None:
        """The seed's tangents are the unit vectors."""
        shadow = self._shadows.make(tensor)
        for element, column in enumerate(seed.columns):
            tangent = shadow.view(column, tensor).zero_()
            tangent[np.unravel_index(element, tuple(tensor.shape))] = 1
            value = self._log.see(tangent)
            self._log.emit(e.Tangent(tensor=seed.tensor, value=value, seed=seed.tensor, element=element, op=op))

    def _all(self, why: str) -> dict[int, str]:
        return {seed.index: why for seed in self._seeds}

    # ── one op ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _reached(self, given: list[Tensor]) -> list[tuple[Tensor, Shadow]]:
        """The inputs of an op that have a tangent, or whose tangent is unknown."""
        if not self._seeds:
            return []
        found = []
        for tensor in given:
            shadow = self._shadows.of(tensor) or self._unfollowed(tensor)
            if shadow is not None and (shadow.columns or shadow.unknown):
                found.append((tensor, shadow))
        return found

    def _unfollowed(self, tensor: Tensor) -> Shadow | None:
        """The shadow of a tensor that came about where tangents are not followed."""
        if not (tensor.is_floating_point() or tensor.is_complex()):
            return None
        held, why = self._tensors.known(tensor), None
        if torch._C._functorch.is_functorch_wrapped_tensor(tensor):
            inner = self._shadows.of(_innermost(tensor))
            if held is None and inner is not None and (inner.columns or inner.unknown):
                why = TRANSFORM
        elif held is None:
            inside = self._log.strand().order
            late = self._transformed and not isinstance(tensor, torch.nn.Parameter)
            why = _BACKWARD if inside else _AFTER_TRANSFORM if late else None
        elif held.role == "gradient" or held.grad_of is not None:
            why = _BACKWARD
        if why is None:
            return None
        shadow = Shadow(0)
        shadow.unknown = self._all(why)
        return shadow

    def _follow(self, side: Jvp, written: _Written, returned: list[Tensor]) -> None:
        """The tangents of what an op wrote, column by column."""
        unknown, columns = side.unknown(), side.columns()
        for tensor, shadow in side.reached:
            if self._shadows.of(tensor) is None:
                self._shadows.make(tensor).unknown.update(shadow.unknown)
        for tensor in written.tensors:
            for seed in {self._columns[column].index: self._columns[column] for column in columns}.values():
                seed.used = seed.used or self._tensors.hold(tensor).id != seed.tensor
        refusal = side.refusal
        self._transformed = self._transformed or refusal == TRANSFORM
        if refusal is None and columns and not side.protects(written.mutated):
            refusal = "the op wrote to its input in place, which torch's name for it does not say"
        if all(self._is_view(tensor, written) for tensor in written.tensors):
            columns = []
        for column in columns:
            seed = self._columns[column]
            if refusal is not None:
                unknown.setdefault(seed.index, refusal)
            if seed.index in unknown:
                continue
            try:
                found, changed = side.evaluate(column, returned, written.given)
            except Exception as error:  # noqa: BLE001 - the program's own call went well; only its tangent is unknown
                unknown[seed.index] = f"{type(error).__name__}: {message_of(error)}".split("\n")[0]
                continue
            written.tangents[column] = changed | dict(zip(map(id, written.tensors), found, strict=False))
        written.unknown = unknown

    def _is_view(self, tensor: Tensor, written: _Written) -> bool:
        """Whether an op's output is a new view of memory that has a shadow, and so has its tangents already."""
        return not _among(tensor, written.given) and self._shadows.of(tensor) is not None

    def _keep(self, tensor: Tensor, written: _Written) -> None:
        """Put the tangents of one tensor that an op wrote into its shadow and on the tape."""
        row, shadow = self._tensors.hold(tensor).id, self._shadows.of(tensor)
        if shadow is not None and not _among(tensor, written.given):
            self._unknown(row, shadow.unknown, written.op)
            for column in sorted(shadow.columns):
                if self._columns[column].index not in shadow.unknown:
                    self._tangent(row, column, shadow.view(column, tensor), written.op)
            return
        if written.unknown:
            self._shadows.make(tensor).unknown.update(written.unknown)
            self._unknown(row, written.unknown, written.op)
        again = self._by_tensor.get(row)
        if again is not None and (again.used or not _among(tensor, written.mutated)):
            again = None
        for column, tangents in written.tangents.items():
            seed, tangent = self._columns[column], tangents.get(id(tensor))
            if seed is again or seed.index in written.unknown:
                continue
            if tangent is not None:
                self._shadows.make(tensor).write(column, tensor, tangent)
                self._tangent(row, column, tangent, written.op)
            elif shadow is not None and column in shadow.columns:
                once(shadow.view(column, tensor)).zero_()
        if again is not None:
            self._unit(again, tensor, written.op)

    def _tangent(self, row: int, column: int, tangent: Tensor, op: int) -> None:
        seed = self._columns[column]
        element, value = column - seed.columns.start, self._log.see(tangent)
        self._log.emit(e.Tangent(tensor=row, value=value, seed=seed.tensor, element=element, op=op))

    def _unknown(self, row: int, unknown: dict[int, str], op: int) -> None:
        for index, why in sorted(unknown.items()):
            self._log.emit(e.Tangent(tensor=row, seed=self._seeds[index].tensor, op=op, note=clean(why)))


class _Untraced:
    """Keeps Dynamo out of the functions called in a block (`uncompiled` keeps it out of one function only), and the
    program's profiler."""

    @uncompiled
    def __enter__(self) -> None:
        self._callback = set_eval_frame(None)
        self._unprofiled = Unprofiled()
        self._unprofiled.__enter__()

    @uncompiled
    def __exit__(self, *_: object) -> None:
        self._unprofiled.__exit__()
        set_eval_frame(self._callback)


def _innermost(tensor: Tensor) -> Tensor:
    """The program's own tensor inside a transform's wrappers."""
    while torch._C._functorch.is_functorch_wrapped_tensor(tensor):
        tensor = torch._C._functorch.get_unwrapped(tensor)
    return tensor


def _unseedable(tensor: Tensor) -> str | None:
    """Why a tensor cannot be seeded, or ``None``."""
    if not (tensor.is_floating_point() or tensor.is_complex()):
        return f"{tensor.dtype} has no tangents"
    if tensor.numel() != once(tensor).numel():
        return "its elements share memory"
    return unseeable(tensor)


def _among(tensor: Tensor, tensors: list[Tensor]) -> bool:
    return any(tensor is other for other in tensors)
