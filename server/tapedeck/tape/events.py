"""The events of a tape: everything that happened, in the order in which it happened.

An event's *step* is its index in the list. ``values`` always hold ids of the ``values`` table, ``None`` where there
was nothing to see (an undefined gradient, or the capture level ``structure``). The order of the events around one
autograd node is the engine's own (torch 2.13, ``torch/csrc/autograd/engine.cpp``, ``evaluate_function``):
tensor pre-hooks in registration order, the retained ``.grad``, node pre-hooks, the node, its post-hooks, and only then
the delivery of its gradients.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from tapedeck.tape.rows import Edge


class Event(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True, tag_field="kind"):
    """Base of every event: immutable, tagged by ``kind``; defaults are left out of the file.

    ``thread`` numbers the program's threads in order of appearance; 0 is the one that the recording began on.
    """

    thread: int = 0


class OpEvent(Event, frozen=True, gc=False, omit_defaults=True, tag_field="kind", tag="op"):
    """A forward op ran. ``values`` and ``versions`` are aligned with ``Op.writes``."""

    op: int
    values: list[int | None] = []
    versions: list[int] = []


class CallEnter(Event, frozen=True, gc=False, omit_defaults=True, tag_field="kind", tag="call_enter"):
    """A module was called; ``values`` are aligned with ``Call.inputs``."""

    call: int
    values: list[int | None] = []


class CallExit(Event, frozen=True, gc=False, omit_defaults=True, tag_field="kind", tag="call_exit"):
    """A module call returned (or raised: ``failed``); ``values`` are aligned with ``Call.outputs``."""

    call: int
    values: list[int | None] = []
    failed: bool = False


class HookAdd(Event, frozen=True, gc=False, omit_defaults=True, tag_field="kind", tag="hook_add"):
    """A hook was registered."""

    hook: int
    span: int | None = None


class HookRemove(Event, frozen=True, gc=False, omit_defaults=True, tag_field="kind", tag="hook_remove"):
    """A hook was removed."""

    hook: int
    span: int | None = None


class HookFire(Event, frozen=True, gc=False, omit_defaults=True, tag_field="kind", tag="hook_fire"):
    """A user's hook ran.

    ``before`` is what it was given and ``after`` what it returned; an empty ``after`` means "unchanged". The event
    stands where the hook *began*: what the hook itself did (ops, prints) follows it. ``mutated`` says that it changed
    its argument in place, ``failed`` that it raised. ``tensors`` are the tensors that ``before`` was seen of. ``node``
    is the node it fired at, ``module`` the module that a hook on all modules fired for.
    """

    hook: int
    tensors: list[int | None] = []
    before: list[int | None] = []
    after: list[int | None] = []
    changed: bool = False
    mutated: bool = False
    failed: bool = False
    node: int | None = None
    module: int | None = None


class BackwardStart(Event, frozen=True, gc=False, omit_defaults=True, tag_field="kind", tag="backward_start"):
    """``.backward()`` or ``autograd.grad`` began.

    ``index`` numbers the passes of the tape from 0; ``roots`` are (node, output) of ``tensors``; ``values`` the
    initial gradients; ``order`` is 1 for a first derivative, 2 for a pass through a graph made by a first one, ….
    """

    index: int
    api: Literal["backward", "grad"]
    tensors: list[int]
    roots: list[Edge]
    values: list[int | None] = []
    retain_graph: bool = False
    create_graph: bool = False
    order: int = 1
    span: int | None = None


class BackwardEnd(Event, frozen=True, gc=False, omit_defaults=True, tag_field="kind", tag="backward_end"):
    """The pass returned, or raised (``failed``)."""

    index: int
    failed: bool = False


class Contribution(Event, frozen=True, gc=False, omit_defaults=True, tag_field="kind", tag="contribution"):
    """One consumer delivers its part of a gradient: from (source, output) to (node, input).

    ``source`` is ``None`` for the initial gradient of a root.
    """

    node: int
    input: int
    value: int | None = None
    source: int | None = None
    output: int = 0


class NodeEnter(Event, frozen=True, gc=False, omit_defaults=True, tag_field="kind", tag="node_enter"):
    """The engine calls a node with the summed gradients, *after* tensor pre-hooks, one per input."""

    node: int
    values: list[int | None] = []


class NodeExit(Event, frozen=True, gc=False, omit_defaults=True, tag_field="kind", tag="node_exit"):
    """The node returned one gradient per ``next_functions`` entry (before its post-hooks).

    ``ns`` is the wall time of its call in nanoseconds, which includes the recording of what ran inside it.
    """

    node: int
    values: list[int | None] = []
    ns: int | None = None


class Accumulate(Event, frozen=True, gc=False, omit_defaults=True, tag_field="kind", tag="accumulate"):
    """An ``AccumulateGrad`` wrote ``.grad``: what was added and what ``.grad`` (the tensor ``gradient``) is now."""

    tensor: int
    node: int
    added: int | None = None
    total: int | None = None
    gradient: int | None = None


class Retain(Event, frozen=True, gc=False, omit_defaults=True, tag_field="kind", tag="retain"):
    """``retain_grad`` stored a non-leaf's gradient in its ``.grad`` (the tensor ``gradient``), now ``value``."""

    tensor: int
    value: int | None = None
    gradient: int | None = None


class Tangent(Event, frozen=True, gc=False, omit_defaults=True, tag_field="kind", tag="tangent"):
    """Forward mode: a tensor's tangent is known.

    ``seed`` is the tensor that was seeded and ``element`` its flat element whose tangent was one (``None``: the tangent
    was the program's own, or spans more than one element); ``op`` is the op it comes out of, ``None`` for the seed
    itself. ``note`` says why there is no tangent, where there is none.
    """

    tensor: int
    value: int | None = None
    seed: int | None = None
    element: int | None = None
    op: int | None = None
    note: str | None = None


class GradZero(Event, frozen=True, gc=False, omit_defaults=True, tag_field="kind", tag="grad_zero"):
    """A ``.grad`` was cleared: set to ``None``, or to zeros (``value``)."""

    tensor: int
    to_none: bool = True
    value: int | None = None
    span: int | None = None


class OptimizerStep(Event, frozen=True, gc=False, omit_defaults=True, tag_field="kind", tag="optimizer_step"):
    """An optimizer's ``step()`` began; its ops and ``param_update`` events follow.

    ``optimizer`` is its type; ``row`` its row in the table of optimizers; ``index`` counts its steps from 0.
    """

    optimizer: str
    tensors: list[int]
    span: int | None = None
    row: int | None = None
    index: int = 0


class StateChange(msgspec.Struct, frozen=True, gc=False):
    """One entry of an optimizer's state for one parameter (``exp_avg``), before and after a step.

    ``before`` is ``None`` where the step made it. ``text`` stands for what is no tensor.
    """

    name: str
    before: int | None = None
    after: int | None = None
    text: str | None = None


class ParamUpdate(Event, frozen=True, gc=False, omit_defaults=True, tag_field="kind", tag="param_update"):
    """The step changed a parameter from ``before`` to ``value``, and the optimizer's ``state`` for it."""

    tensor: int
    before: int | None = None
    value: int | None = None
    version: int = 0
    state: list[StateChange] = []


class Mode(Event, frozen=True, gc=False, omit_defaults=True, tag_field="kind", tag="mode"):
    """The program changed a mode: ``grad``, ``inference``, ``autocast``, ``anomaly`` or a module's ``training``.

    ``train()`` or ``eval()`` of a module sets the flag of everything below it too; later events of the same call say
    where one of those stayed behind. Without a ``span`` the module's own flag was set directly, and is seen at its next
    call.
    """

    name: Literal["grad", "inference", "training", "autocast", "anomaly"]
    enabled: bool
    module: int | None = None
    span: int | None = None


class Print(Event, frozen=True, gc=False, omit_defaults=True, tag_field="kind", tag="print"):
    """The program wrote to standard output or standard error."""

    text: str
    stream: Literal["stdout", "stderr"] = "stdout"
    span: int | None = None


class Warn(Event, frozen=True, gc=False, omit_defaults=True, tag_field="kind", tag="warning"):
    """The program (or torch) warned."""

    text: str
    category: str
    span: int | None = None


class Raise(Event, frozen=True, gc=False, omit_defaults=True, tag_field="kind", tag="raise"):
    """How the program ended: an exception nobody caught.

    ``frames`` are the user's own frames, outermost first, and ``span`` the innermost. ``op``, ``node`` and ``hook``
    name the thing that raised, where it is on the tape.
    """

    type: str
    message: str
    span: int | None = None
    frames: list[int] = []
    op: int | None = None
    node: int | None = None
    hook: int | None = None


AnyEvent = (
    OpEvent
    | CallEnter
    | CallExit
    | HookAdd
    | HookRemove
    | HookFire
    | BackwardStart
    | BackwardEnd
    | Contribution
    | NodeEnter
    | NodeExit
    | Accumulate
    | Retain
    | Tangent
    | GradZero
    | OptimizerStep
    | ParamUpdate
    | Mode
    | Print
    | Warn
    | Raise
)
"""The closed union of all events; the tag in the file is ``kind``."""
