"""The engine's walk through the autograd graph, in the engine's own order.

A pre-hook and a post-hook on every node tell when the engine calls it and with what. The order around one node (torch
2.13, ``engine.cpp``, ``evaluate_function`` → ``call_tensor_pre_hooks``, ``call_pre_hooks``, the function,
``validate_outputs``, ``call_post_hooks``, delivery into the input buffers of ``next_functions``): tensor pre-hooks,
then the retained ``.grad`` — written *before* node pre-hooks, although PyTorch's notes on hooks do not say so —, node
pre-hooks, the node, node post-hooks, and only then its contributions. Ours are the first in each table, so
``node_enter`` shows what tensor hooks left and node pre-hooks have yet to see, ``node_exit`` what the node itself
returned.
"""

from __future__ import annotations

import functools
from time import perf_counter_ns
from typing import Any

import torch
from torch import Tensor

from tapedeck.recorder.capture import unseeable
from tapedeck.recorder.firing import Listening
from tapedeck.recorder.graph import Engine, Graph, NodeRecord, grad_fn
from tapedeck.recorder.hook_tables import HookRecord
from tapedeck.recorder.hooks import Hooks
from tapedeck.recorder.log import EMPTY, Log, tensors_in
from tapedeck.recorder.statistics import dense
from tapedeck.recorder.strand import Strand
from tapedeck.recorder.tensors import Held, Tensors, version_of
from tapedeck.recorder.threads import Current
from tapedeck.recorder.uncompiled import uncompiled
from tapedeck.tape import events as e
from tapedeck.tape.events import Accumulate, Contribution, NodeEnter, NodeExit
from tapedeck.tape.rows import Edge

try:
    import cython
except ImportError:
    from tapedeck.recorder import plain as cython

_Signature = tuple[int, int, tuple[int, ...], tuple[int, ...], torch.dtype, bool]
"""Memory, version, sizes, strides, dtype, and whether it is read conjugated or negated."""


@cython.final
@cython.no_gc
@cython.freelist(16)
@cython.cclass
class Delivery:
    """One contribution that waits in a node's input buffer."""

    __slots__ = ("signature", "value")

    def __init__(self, value: int | None, signature: _Signature | None) -> None:
        self.value = value
        self.signature = signature


_UNSEEN = Delivery(None, None)
"""A contribution at level ``structure``, where nothing is known but that it came."""


@cython.final
@cython.no_gc
@cython.freelist(16)
@cython.cclass
class Running:
    """A node that the engine is calling."""

    __slots__ = ("accumulated", "defined", "marks", "node", "since", "values")

    def __init__(self, record: NodeRecord, gradients: tuple[Tensor | None, ...]) -> None:
        self.node = record.id
        self.values: list[int | None] = EMPTY
        self.marks: list[_Signature | None] = EMPTY
        self.defined = False
        for gradient in gradients:
            if gradient is not None:
                self.defined = True
        self.accumulated = False
        self.since = perf_counter_ns()


class Pass:
    """What is under way in one backward pass; ``deliveries`` are those of ``source``, the node that returned last."""

    __slots__ = ("deliveries", "fed", "inbox", "running", "source")

    def __init__(self) -> None:
        self.inbox: dict[tuple[int, int], list[Delivery]] = {}
        self.source: NodeRecord | None = None
        self.deliveries: list[Delivery | None] = EMPTY
        self.running: list[Running] = []
        self.fed: list[Held] = []

    def inside(self) -> int | None:
        """The node whose call is under way."""
        if not self.running:
            return None
        last = self.running[-1]
        return last.node


class Autograd(Engine):
    """The nodes of one recording and its backward passes."""

    def __init__(self, log: Log, tensors: Tensors, hooks: Hooks) -> None:
        self.log = log
        self.tensors = tensors
        self.hooks = hooks
        self.passes = 0
        self.graph = Graph(log, tensors, hooks, self)
        self._retained: dict[int, list[Held]] = {}

    def place(self, held: Held, tensor: Tensor, node: Any) -> None:
        """Note a tensor's ``grad_fn`` (``node``) and output index, as they are now."""
        if node is None:
            return
        number = self.graph.number(node)
        if held.retains and number is not None:
            retained = self._retained.get(held.node, []) if held.node is not None else []
            if held in retained:
                retained.remove(held)
            self._retained.setdefault(number, []).append(held)
        held.node, held.node_output, held.is_leaf = number, tensor.output_nr, False

    def retain(self, tensor: Tensor) -> None:
        """``retain_grad()`` was called on a non-leaf."""
        held = self.tensors.hold(tensor)
        if not held.retains and tensor.retains_grad:
            held.retains = True
            node = grad_fn(tensor)
            if held.node is None:
                self.graph.discover([node], held.op)
            self.place(held, tensor, node)

    def running(self) -> int | None:
        """The node whose call is under way on this thread."""
        at = self.log.strand().running
        return None if at is None else at.inside()

    def entered(self, record: NodeRecord, gradients: tuple[Tensor | None, ...]) -> None:
        """The engine calls a node."""
        log = self.log
        if not log.open:
            return
        try:
            log.step_in()
            try:
                self._entered(record, gradients)
            finally:
                log.step_out()
        except Exception as error:  # noqa: BLE001 - our fault must not become the program's
            log.fail("a node's call", error)
        log.tick()

    def _entered(self, record: NodeRecord, gradients: tuple[Tensor | None, ...]) -> None:
        log, at = self.log, self._pass()
        if at.source is not None:
            self._flush(at)
        running = Running(record, gradients)
        if log.values:
            running.marks = [None if gradient is None else _signature(gradient) for gradient in gradients]
            running.values = [
                self._arrived(at, record.id, index, gradient, running.marks[index])
                for index, gradient in enumerate(gradients)
            ]
        if record.id in self._retained:
            self._retain_events(record.id, gradients)
        log.emit(NodeEnter(node=record.id, values=running.values))
        at.running.append(running)

    def left(self, record: NodeRecord, outputs: tuple[Tensor | None, ...]) -> None:
        """A node has returned."""
        log = self.log
        if not log.open:
            return
        try:
            log.step_in()
            try:
                self._left(record, outputs)
            finally:
                log.step_out()
        except Exception as error:  # noqa: BLE001 - our fault must not become the program's
            log.fail("a node's return", error)

    def _left(self, record: NodeRecord, outputs: tuple[Tensor | None, ...]) -> None:
        log, at, number = self.log, self._pass(), record.id
        if at.source is not None:
            self._flush(at)
        if record.variable is not None:
            self._accumulated(at, record)
            log.emit(NodeExit(node=number, values=EMPTY, ns=self._leave(at, number)))
            return
        values = EMPTY
        if log.values:
            running = at.running[-1] if at.running else None
            deliveries = [None if tensor is None else self._gone(tensor, running) for tensor in outputs]
            values = [None if delivery is None else delivery.value for delivery in deliveries]
        else:
            deliveries = []
            for tensor in outputs:
                if tensor is not None:
                    self.tensors.fly(tensor)
                deliveries.append(None if tensor is None else _UNSEEN)
        log.emit(NodeExit(node=number, values=values, ns=self._leave(at, number)))
        at.source, at.deliveries = record, deliveries

    def put(self, table: Any, record: NodeRecord) -> tuple[Any, Any]:
        """Our entry goes into one of the node's hook tables."""
        return self.graph.put(table, record)

    def _gone(self, tensor: Tensor, running: Running | None) -> Delivery:
        """A gradient that a node returned; one that it passed on, perhaps in another shape, is not measured again."""
        self.tensors.fly(tensor)
        mark = _signature(tensor)
        if mark is not None and running is not None:
            for given, value in zip(running.marks, running.values, strict=True):
                if given is not None and value is not None and given[:2] == mark[:2]:
                    if given == mark:
                        return Delivery(value, mark)
                    if given[4:] == mark[4:] and _filled(given) == _filled(mark) and dense(tensor):
                        return Delivery(self.log.capture.again(tensor, value), mark)
        return Delivery(self.log.see(tensor), mark)

    def _pass(self) -> Pass:
        """The backward pass that runs on this thread; a node called outside of one we saw begin makes its own."""
        strand = self.log.strand()
        at = strand.running
        if at is None:
            at = strand.running = Pass()
        return at

    def _leave(self, at: Pass, number: int) -> int | None:
        while at.running:
            last = at.running.pop()
            if last.node == number:
                return perf_counter_ns() - last.since
        return None

    def _retain_events(self, number: int, gradients: tuple[Tensor | None, ...]) -> None:
        for held in self._retained[number]:
            if held.node_output < len(gradients) and gradients[held.node_output] is not None:
                tensor = held.ref()
                if tensor is not None and tensor.grad is not None:
                    gradient, value = self._grad(held, tensor.grad)
                    self.log.emit(e.Retain(tensor=held.id, value=value, gradient=gradient))

    def _accumulated(self, at: Pass, record: NodeRecord) -> None:
        """Emit the ``accumulate`` of the leaf whose node is running, once; an undefined gradient adds nothing."""
        running, held = at.running[-1] if at.running else None, record.variable
        if running is None or running.node != record.id or running.accumulated or not running.defined or held is None:
            return
        running.accumulated = True
        leaf = held.ref()
        gradient = None if leaf is None else leaf.grad
        if gradient is None:
            return
        at.fed.append(held)
        added = running.values[0] if running.values else None
        if added is not None and running.marks[0] is not None and running.marks[0] == _signature(gradient):
            self.tensors.written(self.tensors.hold(gradient), added, version_of(gradient))  # stolen, not copied
        row, total = self._grad(held, gradient)
        self.log.emit(Accumulate(tensor=held.id, node=record.id, added=added, total=total, gradient=row))

    def _grad(self, owner: Held, gradient: Tensor) -> tuple[int, int | None]:
        """The row of a ``.grad``, and what it is now."""
        held = self.tensors.hold(gradient)
        if held.grad_of is None:
            held.role, held.grad_of = "gradient", owner.id
            if owner.name is not None:
                held.name = f"{owner.name}.grad"
        return held.id, self.tensors.see(gradient)

    # ── deliveries ─────────────────────────────────────────────────────────────────────────────────────────────────

    def flush(self) -> None:
        """Emit the contributions of the node that returned last on this thread: its post-hooks have run by now."""
        at = self.log.strand().running
        if at is not None:
            self._flush(at)

    def _flush(self, at: Pass) -> None:
        source, deliveries = at.source, at.deliveries
        if source is None:
            return
        at.source, at.deliveries = None, EMPTY
        edges, log, number = source.edges, self.log, source.id
        for output in range(min(len(edges) // 2, len(deliveries))):
            node, index = edges[2 * output], edges[2 * output + 1]
            delivery = deliveries[output]
            if node is not None and delivery is not None:
                if log.values:
                    at.inbox.setdefault((node, index), []).append(delivery)
                log.emit(Contribution(node=node, input=index, value=delivery.value, source=number, output=output))

    def _arrived(
        self, at: Pass, number: int, index: int, gradient: Tensor | None, mark: _Signature | None
    ) -> int | None:
        """The value of a gradient as a node receives it: the one delivered, if nothing came in between."""
        waiting = at.inbox.pop((number, index), None)
        if gradient is None:
            return None
        if waiting is not None and len(waiting) == 1:
            first = waiting[0]
            if first.signature is not None and first.signature == mark:
                return first.value
        return self.log.see(gradient)

    def arrive(self, record: HookRecord, subject: list[Tensor | None]) -> int | None:
        """A hook is about to fire: what must stand on the tape before it. The node it fires at, if it has one."""
        match record.kind:
            case "tensor":
                self.flush()
                held = self.tensors.held[record.tensor] if record.tensor is not None else None
                return None if held is None else held.node if held.node is not None else self.graph.leaves.get(held.id)
            case "post_accumulate_grad":
                self.flush()
                node = self.running()
                if node is not None:
                    self._accumulated(self._pass(), self.graph.records[node])
                return node
            case "node_pre" | "multi_grad":
                self.flush()
                return record.node
            case _:
                return record.node

    def replaced(self, node: int, after: list[int | None]) -> None:
        """A post-hook of a node gave other gradients: they are what the node delivers."""
        at = self.log.strand().running
        if at is not None and at.source is not None and at.source.id == node:
            at.deliveries = [
                None if value is None and delivery is None else Delivery(value, None)
                for value, delivery in zip(after, at.deliveries, strict=False)
            ]

    # ── passes ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def run(self, engine: Any, outputs: Any, args: Any, kwargs: Any) -> Any:
        """A whole backward pass: ``backward_start``, the initial gradients, the engine, ``backward_end``."""
        log, strand = self.log, self.log.strand()
        outer, outer_order, outer_engine = strand.running, strand.order, log.engine
        index, call = self.passes, None
        self.passes += 1
        with log.guard("the beginning of a backward pass"):
            call = EngineCall(outputs, args, kwargs)
            self.flush()
            self._begin(index, call, strand)
            log.engine = strand
        at = strand.running
        try:
            with Listening(self.hooks.mode):
                result = engine(outputs, *args, **kwargs)
        except BaseException as error:
            if at is not None and at.running:
                log.blame("node", at.running[-1].node, error)
            if log.open:
                log.emit(e.BackwardEnd(index=index, failed=True))
            raise
        else:
            with log.guard("the end of a backward pass"):
                if call is not None and log.open:
                    self.flush()
                    log.emit(e.BackwardEnd(index=index))
                    self._results(call, result, at)
        finally:
            strand.running, strand.order, log.engine = outer, outer_order, outer_engine
        return result

    def _begin(self, index: int, call: EngineCall, strand: Strand) -> None:
        """``backward_start`` and the delivery of the initial gradients to the roots."""
        roots = [self._root(tensor) for tensor in call.roots]
        seeds = [self._seed(gradient) for gradient in call.gradients]
        records = self.graph.records
        order = max((records[edge.node].order for edge in roots if edge.node is not None), default=1)
        self.log.emit(
            e.BackwardStart(
                index=index,
                api="backward" if call.accumulates else "grad",
                tensors=[self.tensors.hold(tensor).id for tensor in call.roots if isinstance(tensor, Tensor)],
                roots=roots,
                values=[seed.value for seed in seeds],
                retain_graph=call.retain_graph,
                create_graph=call.create_graph,
                order=order,
                span=self.log.here(),
            )
        )
        at = strand.running = Pass()
        strand.order = order
        for edge, seed in zip(roots, seeds, strict=True):
            if edge.node is not None:
                at.inbox.setdefault((edge.node, edge.input), []).append(seed)
                self.log.emit(Contribution(node=edge.node, input=edge.input, value=seed.value))

    def _results(self, call: EngineCall, result: Any, at: Pass | None) -> None:
        """What ``autograd.grad`` returned are gradients; with ``create_graph`` they have a graph of their own."""
        for tensor in tensors_in(result):
            held = self.tensors.hold(tensor)
            held.role = held.role or "gradient"
            self._place_gradient(held, tensor)
        for leaf in (held.ref() for held in at.fed) if call.create_graph and at is not None else ():
            if leaf is not None and leaf.grad is not None:
                self._place_gradient(self.tensors.hold(leaf.grad), leaf.grad)

    def _place_gradient(self, held: Held, tensor: Tensor) -> None:
        node = grad_fn(tensor)
        self.graph.discover([node], None)
        self.place(held, tensor, node)

    def _root(self, tensor: Any) -> Edge:
        if not isinstance(tensor, Tensor):
            self.graph.discover([tensor.node], None)
            return Edge(self.graph.number(tensor.node), tensor.output_nr)
        held = self.tensors.hold(tensor)
        self.hooks.meet(tensor, held)
        node = grad_fn(tensor)
        if node is None:
            if not tensor.requires_grad:
                return Edge(None, 0)
            node = torch.autograd.graph.get_gradient_edge(tensor).node
        self.graph.discover([node], held.op)
        return Edge(self.graph.number(node), tensor.output_nr)

    def _seed(self, gradient: Any) -> Delivery:
        """An initial gradient; where the program gave none, torch has made ``ones_like`` by now."""
        if isinstance(gradient, Tensor):
            return Delivery(self.log.see(gradient), _signature(gradient))
        return Delivery(None, None)


def watched_engine(current: Current, original: Any) -> Any:
    """What replaces ``_engine_run_backward``, which every backward pass that Python begins goes through."""

    @uncompiled
    @functools.wraps(original)
    def _engine_run_backward(outputs: Any, *args: Any, **kwargs: Any) -> Any:
        recording = current()
        if recording is None:
            return original(outputs, *args, **kwargs)
        return recording.autograd.run(original, outputs, args, kwargs)

    return _engine_run_backward


class EngineCall:
    """One call of torch's ``_engine_run_backward``: what ``backward`` and ``autograd.grad`` both come down to."""

    __slots__ = ("accumulates", "create_graph", "gradients", "retain_graph", "roots")

    def __init__(self, roots: Any, args: Any, kwargs: Any) -> None:
        gradients, retain_graph, create_graph, *_ = args
        self.roots = list(roots)
        self.gradients = list(gradients) if isinstance(gradients, (tuple, list)) else [None] * len(self.roots)
        self.retain_graph = bool(retain_graph)
        self.create_graph = bool(create_graph)
        self.accumulates = bool(kwargs.get("accumulate_grad"))


def _signature(tensor: Tensor) -> _Signature | None:
    """Equal for the same unchanged tensor as long as somebody holds it; ``None`` where memory cannot be told."""
    if type(tensor) is not Tensor and (tensor.layout is not torch.strided or unseeable(tensor)):
        return None
    try:
        pointer, dtype = tensor.data_ptr(), tensor.dtype
        turned = tensor.is_neg() or (dtype.is_complex and tensor.is_conj())
        return (pointer, version_of(tensor), tensor.shape, tensor.stride(), dtype, turned) if pointer else None
    except RuntimeError:  # sparse tensors, functorch's wrappers, zero tensors
        return None


def _filled(mark: _Signature) -> list[tuple[int, int]]:
    """The strides and sizes of a piece of memory, whatever the order of its dimensions."""
    return sorted((stride, size) for size, stride in zip(mark[2], mark[3], strict=True) if size != 1)
