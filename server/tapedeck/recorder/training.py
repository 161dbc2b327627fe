"""The optimizer's step: when it began, and what it made of each parameter and of its own state.

torch wraps the ``step`` of every optimizer class in one function (``torch/optim/optimizer.py``,
``Optimizer.profile_hook_step``), which opens a ``record_function`` named after the optimizer, runs the pre-hooks, the
step, ``_optimizer_step_code`` and the post-hooks. A recording listens to ``record_function`` and to
``_optimizer_step_code`` instead of registering step hooks: it takes no handle id, stands in no hook table, sees
optimizers that were made before it began, also through a scheduler that holds the old ``step``, and sees a step that
raises. An optimizer that torch itself does not wrap (its class never ran ``Optimizer.__init__``) is not seen.
"""

from __future__ import annotations

import functools
import sys
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.autograd.profiler import record_function

from tapedeck.recorder import global_hooks, optimizer_hooks
from tapedeck.recorder.capture import unseeable
from tapedeck.recorder.frames import OPTIMIZER, look_up
from tapedeck.recorder.log import Log
from tapedeck.recorder.modes import below
from tapedeck.recorder.tensors import Held, Tensors, memory_of, variable, version_of
from tapedeck.recorder.text import named, shortened
from tapedeck.recorder.uncompiled import uncompiled
from tapedeck.tape import events as e
from tapedeck.tape.rows import Group, Optimizer

if TYPE_CHECKING:
    from tapedeck.recorder.ops import OpTap
    from tapedeck.recorder.recording import Recording

Current = Callable[[], "Recording | None"]
"""The recording of this thread that is running."""

_State = dict[str, tuple[int | None, str | None]]
"""An optimizer's state for one parameter: a value, or a text for what is no tensor."""


class _Known:
    """What is known of one optimizer; becomes a row when the recording ends."""

    __slots__ = ("groups", "id", "name", "ref", "steps", "type")

    def __init__(self, number: int, optimizer: torch.optim.Optimizer, groups: list[Group]) -> None:
        self.id = number
        self.ref = weakref.ref(optimizer)
        self.type = type(optimizer).__qualname__.replace("<locals>.", "")
        self.name: str | None = None
        self.groups = groups
        self.steps = 0


class _Before:
    """One parameter as a step found it."""

    __slots__ = ("held", "memory", "parameter", "state", "value", "version")

    def __init__(self, parameter: Tensor, held: Held, value: int | None, state: _State) -> None:
        self.parameter = parameter
        self.held = held
        self.version = version_of(parameter)
        self.memory = id(memory_of(parameter))
        self.value = value
        self.state = state


class _Step:
    """A step that is running. ``ops`` is how many ops there were when it began."""

    __slots__ = ("before", "ended", "label", "ops", "optimizer")

    def __init__(
        self, label: record_function, optimizer: torch.optim.Optimizer, before: list[_Before], ops: int
    ) -> None:
        self.label = label
        self.optimizer = optimizer
        self.before = before
        self.ops = ops
        self.ended = False


class Training:
    """The optimizers of one recording, and the gradients that they clear."""

    def __init__(self, log: Log, tensors: Tensors, ops: OpTap) -> None:
        self._log = log
        self._tensors = tensors
        self._ops = ops
        self._optimizers: list[_Known] = []
        self._by_id: dict[int, _Known] = {}
        self._running: dict[int, list[_Step]] = {}
        self._entries: dict[int, tuple[Held, str]] = {}
        self._searched = 0

    def stop(self) -> None:
        """Let go of what a step that was cut off had in hand."""
        self._running.clear()

    # ── the step ───────────────────────────────────────────────────────────────────────────────────────────────────

    def begin(self, label: record_function, optimizer: torch.optim.Optimizer, frame: FrameType) -> None:
        """A step begins: the event, and every parameter as it stands.

        A ``step`` that calls the one of its base class is one step.
        """
        running = self._running.setdefault(threading.get_ident(), [])
        if any(step.optimizer is optimizer for step in running):
            return
        known = self._know(optimizer, frame)
        before = [self._before(optimizer, p) for group in optimizer.param_groups for p in group["params"]]
        span = self._log.frames.here(frame)
        self._log.emit(
            e.OptimizerStep(
                optimizer=known.type,
                tensors=[one.held.id for one in before],
                span=span,
                row=known.id,
                index=known.steps,
            )
        )
        self._log.reached(span)
        known.steps += 1
        running.append(_Step(label, optimizer, before, len(self._ops.records)))

    def stepped(self, optimizer: torch.optim.Optimizer) -> None:
        """The step's own code returned; its post-hooks follow."""
        running = self._running.get(threading.get_ident())
        if running and running[-1].optimizer is optimizer and not running[-1].ended:
            self._end(running[-1])

    def left(self, label: record_function) -> None:
        """The step is over, also when it raised: what it had changed by then stands on the tape."""
        running = self._running.get(threading.get_ident())
        if running and running[-1].label is label:
            step = running.pop()
            if not step.ended:
                self._end(step)

    def _before(self, optimizer: torch.optim.Optimizer, parameter: Tensor) -> _Before:
        held = self._tensors.hold(parameter)
        if not self._log.values:
            return _Before(parameter, held, None, {})
        return _Before(parameter, held, self._tensors.see(parameter), self._state(optimizer, parameter, held))

    def _end(self, step: _Step) -> None:
        """One ``param_update`` for every parameter that changed."""
        step.ended = True
        written: set[int] | None = None
        for before in step.before:
            parameter, held = before.parameter, before.held
            version = version_of(parameter)
            if version == before.version:
                written = self._written(step) if written is None else written
                if held.storage not in written and id(memory_of(parameter)) == before.memory:
                    continue
                if self._log.values and held.value == before.value:
                    self._tensors.written(held, self._log.see(parameter), version)
            state = self._changes(step.optimizer, before) if self._log.values else []
            value = self._tensors.see(parameter)
            self._log.emit(
                e.ParamUpdate(tensor=held.id, before=before.value, value=value, version=max(version, 0), state=state)
            )

    def _written(self, step: _Step) -> set[int]:
        """The memory that the step's ops wrote; writing ``parameter.data`` moves no version of the parameter."""
        held = self._tensors.held
        return {held[tensor].storage for record in self._ops.records[step.ops :] for tensor in record.mutates}

    # ── state ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _state(self, optimizer: torch.optim.Optimizer, parameter: Tensor, owner: Held) -> _State:
        """The optimizer's state for one parameter; a parameter without any gets none by being asked for it."""
        entries = optimizer.state.get(parameter)
        if not isinstance(entries, dict):
            return {}
        return {str(name): self._entry(str(name), entry, owner) for name, entry in entries.items()}

    def _entry(self, name: str, entry: Any, owner: Held) -> tuple[int | None, str | None]:
        if not isinstance(entry, Tensor):
            return (None, spelled(entry))
        held = self._tensors.hold(entry)
        if held.id not in self._entries:
            self._entries[held.id] = (owner, name)
            held.role = held.role or "buffer"
        return (self._tensors.see(entry), None)

    def _changes(self, optimizer: torch.optim.Optimizer, before: _Before) -> list[e.StateChange]:
        """Every entry of a parameter's state, before and after."""
        after = self._state(optimizer, before.parameter, before.held)
        changes = []
        for name in {**before.state, **after}:
            old, old_text = before.state.get(name, (None, None))
            new, new_text = after.get(name, (None, None))
            texts = [text for text in (old_text, new_text) if text is not None]
            changes.append(e.StateChange(name, old, new, " → ".join(dict.fromkeys(texts)) or None))
        return changes

    # ── rows ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _know(self, optimizer: torch.optim.Optimizer, frame: FrameType) -> _Known:
        known = self._by_id.get(id(optimizer))
        if known is None or known.ref() is not optimizer:
            groups = [
                Group(
                    [self._tensors.hold(parameter).id for parameter in group["params"]],
                    {str(k): spelled(v) for k, v in group.items() if k not in ("params", "param_names")},
                )
                for group in optimizer.param_groups
            ]
            known = self._by_id[id(optimizer)] = _Known(len(self._optimizers), optimizer, groups)
            self._optimizers.append(known)
            user = self._log.frames.user_frame(frame)
            if user is not None:
                known.name = variable(user, optimizer)
        return known

    def number(self, optimizer: torch.optim.Optimizer, frame: FrameType) -> int:
        """The row of an optimizer, which gets one if it has none."""
        return self._know(optimizer, frame).id

    def name(self, optimizer: torch.optim.Optimizer, name: str, again: bool) -> None:
        """Name an optimizer after a variable; ``again`` wins over the name it has."""
        known = self._by_id.get(id(optimizer))
        if known is not None and known.ref() is optimizer and (again or known.name is None):
            known.name = name

    def rows(self) -> list[Optimizer]:
        """Typed rows; state tensors are named after their parameters, which have their names by now."""
        for number, (owner, entry) in self._entries.items():
            held = self._tensors.held[number]
            if held.name is None and owner.name is not None:
                held.name = f"{owner.name}.{entry}"
        return [
            Optimizer(known.id, named(known.type), None if known.name is None else named(known.name), known.groups)
            for known in self._optimizers
        ]

    # ── gradients that are cleared ─────────────────────────────────────────────────────────────────────────────────

    def zeroed(self, tensors: Iterable[Tensor], frame: FrameType) -> None:
        """An op wrote zeros over tensors: those that are the ``.grad`` of something were cleared by it."""
        known = [(tensor, held) for tensor in tensors if (held := self._tensors.known(tensor)) is not None]
        if any(held.grad_of is None for _, held in known):
            self._owners()
        cleared = [(tensor, held.grad_of) for tensor, held in known if held.grad_of is not None]
        span = self._log.frames.here(frame) if cleared else None
        for tensor, owner in cleared:
            value = self._tensors.see(tensor)
            self._log.emit(e.GradZero(tensor=owner, to_none=False, value=value, span=span))

    def clearing(self, parameters: Iterable[Tensor]) -> None:
        """``zero_grad`` was called: which gradient is whose, for gradients from before the recording."""
        for parameter in parameters:
            self._owned(self._tensors.hold(parameter), parameter)

    def _owners(self) -> None:
        """Look at the leaves that appeared since the last look: whose ``.grad`` was there already."""
        for held in self._tensors.held[self._searched :]:
            leaf = held.ref() if held.requires_grad and held.is_leaf else None
            if leaf is not None and leaf.is_leaf:
                self._owned(held, leaf)
        self._searched = len(self._tensors.held)

    def _owned(self, owner: Held, leaf: Tensor) -> None:
        if leaf.grad is not None:
            gradient = self._tensors.hold(leaf.grad)
            if gradient.grad_of is None:
                gradient.role, gradient.grad_of = "gradient", owner.id


ZEROING = frozenset((Tensor.zero_, torch.zero_, torch._foreach_zero_))
"""The functions that write zeros over the tensors of their first argument."""


FUSED = frozenset(
    function
    for function in (
        getattr(torch, name, None) for name in ("_fused_adam_", "_fused_adamw_", "_fused_sgd_", "_fused_adagrad_")
    )
    if function is not None
)
"""The kernels of fused optimizers, which write parameters and state and move no version (torch 2.13)."""


def fused_writes(args: Any, kwargs: Any) -> list[Tensor]:
    """What a fused kernel writes, by its schema: parameters and state, and the gradients where it unscales them.

    The lists are parameters, gradients, up to three of state and, for Adam, counts of steps, which it only reads.
    """
    lists = [args[0], *args[2:5], args[1] if kwargs.get("grad_scale") is not None else ()]
    return [tensor for tensors in lists for tensor in tensors]


_SIMPLE = (int, float, bool, str, complex, type(None))


def spelled(value: Any) -> str:
    """An option or an entry of the state as text; only what runs no code of the program is spelled out."""
    if type(value) in _SIMPLE:
        text = repr(value)
    elif isinstance(value, Tensor):
        seen = value.numel() == 1 and unseeable(value) is None
        text = f"tensor({value.tolist()})" if seen else f"<tensor {tuple(value.shape)}>"
    elif type(value) in (tuple, list):
        items = [spelled(item) for item in value[:8]] + (["…"] if len(value) > 8 else [])
        text = f"({', '.join(items)})" if type(value) is tuple else f"[{', '.join(items)}]"
    else:
        text = f"<{type(value).__qualname__}>"
    return shortened(text)


# ── where torch is asked ───────────────────────────────────────────────────────────────────────────────────────────


def patches(current: Current) -> Iterator[tuple[Any, str, Callable[[Any], Any]]]:
    """What is replaced while anything is recorded: owner, attribute, and what makes the replacement of the original."""
    yield record_function, "__enter__", functools.partial(_enter, current)
    yield record_function, "__exit__", functools.partial(_exit, current)
    yield torch.optim.Optimizer, "_optimizer_step_code", functools.partial(_stepped, current)
    yield torch.nn.Module, "zero_grad", functools.partial(_zero_grad, current)


def _enter(current: Current, original: Any) -> Any:
    @uncompiled
    @functools.wraps(original)
    def __enter__(self: record_function) -> Any:
        result = original(self)
        name = getattr(self, "name", None)
        if isinstance(name, str) and name.startswith("Optimizer."):
            recording = current()
            if recording is not None:
                with recording.log.guard(name):
                    _entered(current, recording, self, name, sys._getframe(1))
        return result

    return __enter__


def _entered(current: Current, recording: Recording, label: record_function, name: str, frame: FrameType) -> None:
    """A ``record_function`` of ``torch/optim/optimizer.py`` was entered: its frame's ``self`` is the optimizer."""
    if recording.log.frames.kind(frame.f_code) != OPTIMIZER:
        return
    optimizer = look_up(frame, lambda variables: variables.get("self"))
    if not isinstance(optimizer, torch.optim.Optimizer):
        return
    if name.startswith("Optimizer.step#"):
        optimizer_hooks.meet(recording, optimizer, frame)
        if global_hooks.Cover.stale:
            global_hooks.cover(current)
        recording.training.begin(label, optimizer, frame)
    elif name.startswith("Optimizer.zero_grad#"):
        recording.training.clearing(p for group in optimizer.param_groups for p in group["params"])


def _exit(current: Current, original: Any) -> Any:
    @uncompiled
    @functools.wraps(original)
    def __exit__(self: record_function, kind: Any, error: Any, traceback: Any) -> Any:
        recording = current()
        if recording is not None:
            with recording.log.guard("an optimizer's step"):
                recording.training.left(self)
        return original(self, kind, error, traceback)

    return __exit__


def _stepped(current: Current, original: Any) -> Any:
    @functools.wraps(original)
    def _optimizer_step_code(self: torch.optim.Optimizer) -> None:
        original(self)
        if torch.compiler.is_compiling():
            return
        recording = current()
        if recording is not None:
            with recording.log.guard("an optimizer's step"):
                recording.training.stepped(self)

    return _optimizer_step_code


def _parameters(module: torch.nn.Module) -> Iterator[Tensor]:
    for one in below(module):
        yield from (p for p in one.__dict__.get("_parameters", {}).values() if isinstance(p, Tensor))


def _zero_grad(current: Current, original: Any) -> Any:
    @functools.wraps(original)
    def zero_grad(self: torch.nn.Module, *args: Any, **kwargs: Any) -> None:
        recording = None if torch.compiler.is_compiling() else current()
        if recording is not None:
            with recording.log.guard("zero_grad"):
                recording.training.clearing(_parameters(self))
        original(self, *args, **kwargs)

    return zero_grad
