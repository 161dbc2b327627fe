"""The state of everything at a step, from per-thing change lists by binary search.

One pass over the events builds, for every tensor, edge, node, hook and call, the list of its changes; a state then
costs a binary search for each thing that is looked at, however long the tape is. ``static/js/tape/state.js`` is the
same in JavaScript, and both pass ``tests/data/at_cases.json``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from tapedeck.tape import events as e

if TYPE_CHECKING:
    from tapedeck.tape.tape import Tape

T = TypeVar("T")


class TensorState(msgspec.Struct, frozen=True):
    """A tensor's latest value and version, and the latest value of its ``.grad`` (``None``: it has none)."""

    value: int | None = None
    version: int = 0
    grad: int | None = None
    seen: bool = False


class NodeState(msgspec.Struct, frozen=True):
    """A node in the latest backward pass: ``idle``, ``waiting`` for more gradients, ``running`` or ``done``."""

    status: str = "idle"
    received: list[int | None] = []
    sent: list[int | None] = []


class HookState(msgspec.Struct, frozen=True):
    """Whether a hook is registered, how often it has fired, and what it last got and gave."""

    registered: bool = False
    fired: int = 0
    before: list[int | None] = []
    after: list[int | None] = []


class Changes(Generic[T]):
    """The changes of one thing: the steps at which it changed, and what it was from then on."""

    __slots__ = ("states", "steps")

    def __init__(self) -> None:
        self.steps: list[int] = []
        self.states: list[T] = []

    def add(self, step: int, state: T) -> None:
        """From ``step`` on, the thing is ``state``."""
        if self.steps and self.steps[-1] == step:
            self.states[-1] = state
            return
        self.steps.append(step)
        self.states.append(state)

    def last(self, default: T) -> T:
        """What it is after all changes so far."""
        return self.states[-1] if self.states else default

    def at(self, step: int, since: int = -1) -> T | None:
        """What it was after ``step``; ``None`` when it had not changed by then, or not since ``since``."""
        index = bisect_right(self.steps, step) - 1
        return self.states[index] if index >= 0 and self.steps[index] >= since else None


class History:
    """The change lists of one tape."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.tensors: defaultdict[int, Changes[TensorState]] = defaultdict(Changes)
        self.nodes: defaultdict[int, Changes[NodeState]] = defaultdict(Changes)
        self.edges: defaultdict[tuple[int | None, int, int, int], Changes[int | None]] = defaultdict(Changes)
        self.hooks: defaultdict[int, Changes[HookState]] = defaultdict(Changes)
        self.calls: defaultdict[int, Changes[str]] = defaultdict(Changes)
        self.stack: Changes[tuple[int, ...]] = Changes()
        self.passes: Changes[int | None] = Changes()
        self.starts: list[int] = []
        self._running: list[int] = []
        for step, event in enumerate(tape.events):
            self._change(step, event)

    def at(self, step: int) -> State:
        """The state after event ``step``; -1 is the state before the first."""
        if not -1 <= step < len(self.tape.events):
            raise IndexError(f"there is no step {step}; the tape has steps 0 to {len(self.tape.events) - 1}")
        return State(self, step)

    def _change(self, step: int, event: e.AnyEvent) -> None:
        match event:
            case e.OpEvent():
                writes = self.tape.ops[event.op].writes
                values = event.values or [None] * len(event.versions)
                for tensor, value, version in zip(writes, values, event.versions, strict=False):
                    self._tensor(step, tensor, value=value, version=version, seen=True)
                    self._grad_of(step, tensor, value)
            case e.Accumulate():
                self._tensor(step, event.tensor, grad=event.total)
                self._gradient(step, event.gradient, event.total)
            case e.Retain():
                self._tensor(step, event.tensor, grad=event.value)
                self._gradient(step, event.gradient, event.value)
            case e.GradZero():
                self._tensor(step, event.tensor, grad=event.value)
            case e.ParamUpdate():
                self._tensor(step, event.tensor, value=event.value, version=event.version, seen=True)
            case e.CallEnter() | e.CallExit():
                self._call(step, event)
            case e.HookAdd() | e.HookRemove() | e.HookFire():
                self._hook(step, event)
            case e.BackwardStart() | e.BackwardEnd():
                self._pass(step, event)
            case e.Contribution():
                self.edges[event.source, event.output, event.node, event.input].add(step, event.value)
                self.nodes[event.node].add(step, NodeState(status="waiting"))
            case e.NodeEnter():
                self.nodes[event.node].add(step, NodeState(status="running", received=event.values))
            case e.NodeExit():
                received = self.nodes[event.node].last(NodeState()).received
                self.nodes[event.node].add(step, NodeState(status="done", received=received, sent=event.values))
            case _:
                pass

    def _pass(self, step: int, event: e.BackwardStart | e.BackwardEnd) -> None:
        """A pass inside another one (a reentrant checkpoint runs one) leaves the nodes of the outer one as they are."""
        if isinstance(event, e.BackwardEnd):
            self._running = [index for index in self._running if index != event.index]
        else:
            if not self._running:
                self.starts.append(step)
            self._running.append(event.index)
        self.passes.add(step, self._running[-1] if self._running else None)

    def _hook(self, step: int, event: e.HookAdd | e.HookRemove | e.HookFire) -> None:
        changes = self.hooks[event.hook]
        if not isinstance(event, e.HookFire):
            registered = isinstance(event, e.HookAdd)
            changes.add(step, msgspec.structs.replace(changes.last(HookState()), registered=registered))
            return
        last = changes.last(HookState(registered=True))
        after = event.after or event.before
        changes.add(step, HookState(last.registered, last.fired + 1, event.before, after))
        self._met(step, event.tensors, event.before)

    def _tensor(self, step: int, tensor: int, **change: Any) -> None:
        changes = self.tensors[tensor]
        changes.add(step, msgspec.structs.replace(changes.last(TensorState()), **change))

    def _gradient(self, step: int, gradient: int | None, value: int | None) -> None:
        """A ``.grad`` is a tensor of its own, and has this value from here on."""
        if gradient is not None:
            self._tensor(step, gradient, value=value, seen=True)

    def _grad_of(self, step: int, tensor: int, value: int | None) -> None:
        """An op that writes a ``.grad`` in place changes the gradient of the tensor it belongs to."""
        owner = self.tape.tensors[tensor].grad_of
        if owner is not None:
            self._tensor(step, owner, grad=value)

    def _call(self, step: int, event: e.CallEnter | e.CallExit) -> None:
        stack = self.stack.last(())
        if isinstance(event, e.CallEnter):
            self.calls[event.call].add(step, "open")
            self.stack.add(step, (*stack, event.call))
            tensors = self.tape.calls[event.call].inputs
        else:
            self.calls[event.call].add(step, "failed" if event.failed else "done")
            self.stack.add(step, tuple(call for call in stack if call != event.call))
            tensors = self.tape.calls[event.call].outputs
        self._met(step, tensors, event.values)

    def _met(self, step: int, tensors: Sequence[int | None], values: list[int | None]) -> None:
        """Tensors that no op on the tape made are known from where they are first met, be their values seen or not."""
        for tensor, value in zip(tensors, values or [None] * len(tensors), strict=False):
            if tensor is not None and not self.tensors[tensor].last(TensorState()).seen:
                self._tensor(step, tensor, value=value, seen=True)


class State:
    """Everything after one step; each look costs one binary search."""

    def __init__(self, history: History, step: int) -> None:
        self._history = history
        self.step = step
        index = bisect_right(history.starts, step) - 1
        self._since = history.starts[index] if index >= 0 else len(history.tape.events)

    @property
    def backward(self) -> int | None:
        """The index of the backward pass that is running, if one is."""
        return self._history.passes.at(self.step)

    @property
    def stack(self) -> tuple[int, ...]:
        """The module calls that are open, outermost first."""
        return self._history.stack.at(self.step) or ()

    def tensor(self, tensor: int) -> TensorState:
        """The tensor's value, version and ``.grad``."""
        return self._history.tensors[tensor].at(self.step) or TensorState()

    def node(self, node: int) -> NodeState:
        """The node's part in the latest backward pass."""
        return self._history.nodes[node].at(self.step, self._since) or NodeState()

    def edge(self, source: int | None, output: int, node: int, input: int) -> int | None:
        """The gradient on an edge in the latest backward pass."""
        return self._history.edges[source, output, node, input].at(self.step, self._since)

    def hook(self, hook: int) -> HookState:
        """Whether the hook is registered, and its latest firing."""
        initial = HookState(registered=self._history.tape.hooks[hook].added is None)
        return self._history.hooks[hook].at(self.step) or initial

    def call(self, call: int) -> str:
        """``none``, ``open``, ``done`` or ``failed``."""
        return self._history.calls[call].at(self.step) or "none"

    def to_dict(self) -> dict[str, Any]:
        """Everything that is not as it was before the first event, as plain JSON data."""
        tape = self._history.tape
        tensors = {t.id: self.tensor(t.id) for t in tape.tensors}
        nodes = {n.id: self.node(n.id) for n in tape.nodes}
        hooks = {h.id: self.hook(h.id) for h in tape.hooks}
        calls = {c.id: self.call(c.id) for c in tape.calls}
        edges = {
            f"{'' if source is None else source}.{output}>{node}.{input}": self.edge(source, output, node, input)
            for source, output, node, input in list(self._history.edges)
            if self._history.edges[source, output, node, input].at(self.step, self._since) is not None
        }
        return {
            "step": self.step,
            "backward": self.backward,
            "stack": list(self.stack),
            "tensors": {str(k): msgspec.to_builtins(v) for k, v in tensors.items() if v != TensorState()},
            "nodes": {str(k): msgspec.to_builtins(v) for k, v in nodes.items() if v.status != "idle"},
            "edges": edges,
            "hooks": {str(k): msgspec.to_builtins(v) for k, v in hooks.items() if v != HookState()},
            "calls": {str(k): v for k, v in calls.items() if v != "none"},
        }
