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

from typing import Any

import torch
from torch import Tensor

from tapedeck.recorder.capture import unseeable
from tapedeck.recorder.graph import Graph, grad_fn
from tapedeck.recorder.hooks import HookRecord, Hooks
from tapedeck.recorder.log import Log, tensors_in
from tapedeck.recorder.tensors import Held, Tensors, version_of
from tapedeck.tape import events as e
from tapedeck.tape.rows import Edge

_Signature = tuple[int, int, tuple[int, ...], tuple[int, ...]]


class _Delivery:
    """One contribution that waits in a node's input buffer."""

    __slots__ = ("signature", "value")

    def __init__(self, value: int | None, signature: _Signature | None) -> None:
        self.value = value
        self.signature = signature


class _Running:
    """A node that the engine is calling."""

    __slots__ = ("accumulated", "defined", "node", "values")

    def __init__(self, node: int, values: list[int | None], defined: bool) -> None:
        self.node = node
        self.values = values
        self.defined = defined
        self.accumulated = False


class _Pass:
    """What is under way in one backward pass."""

    __slots__ = ("fed", "inbox", "pending", "running")

    def __init__(self) -> None:
        self.inbox: dict[tuple[int, int], list[_Delivery]] = {}
        self.pending: tuple[int, list[_Delivery | None]] | None = None
        self.running: list[_Running] = []
        self.fed: list[Held] = []


class Autograd:
    """The nodes of one recording and its backward passes."""

    def __init__(self, log: Log, tensors: Tensors, hooks: Hooks) -> None:
        self.log = log
        self.tensors = tensors
        self.hooks = hooks
        self.passes = 0
        self.graph = Graph(log, tensors, hooks, self._enter, self._exit)
        self._retained: dict[int, list[Held]] = {}
        self._pass = _Pass()

    def place(self, held: Held, tensor: Tensor) -> None:
        """Note a tensor's ``grad_fn`` and output index, as they are now."""
        node = grad_fn(tensor)
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
            if held.node is None:
                self.graph.discover([grad_fn(tensor)], held.op)
            self.place(held, tensor)

    def _enter(self, number: int, gradients: tuple[Tensor | None, ...]) -> None:
        if not self.log.open:
            return
        with torch._C.DisableTorchFunction(), self.log.guard("a node's call"):
            self.flush()
            values = [self._arrived(number, index, gradient) for index, gradient in enumerate(gradients)]
            for held in self._retained.get(number, ()):
                if held.node_output < len(gradients) and gradients[held.node_output] is not None:
                    self._retain_event(held)
            self.log.emit(e.NodeEnter(node=number, values=values))
            self._pass.running.append(_Running(number, values, any(g is not None for g in gradients)))
        self.log.tick()

    def _exit(self, number: int, outputs: tuple[Tensor | None, ...], _inputs: tuple[Tensor | None, ...]) -> None:
        if not self.log.open:
            return
        with torch._C.DisableTorchFunction(), self.log.guard("a node's return"):
            self.flush()
            if number in self.graph.variables:
                self._accumulated(number)
                self.log.emit(e.NodeExit(node=number))
            else:
                deliveries = [None if t is None else _Delivery(self.log.see(t), _signature(t)) for t in outputs]
                self.log.emit(e.NodeExit(node=number, values=[None if d is None else d.value for d in deliveries]))
                self._pass.pending = (number, deliveries)
            self._leave(number)

    def _leave(self, number: int) -> None:
        while self._pass.running:
            if self._pass.running.pop().node == number:
                return

    def _retain_event(self, held: Held) -> None:
        tensor = held.ref()
        if tensor is not None and tensor.grad is not None:
            gradient, value = self._grad(held, tensor.grad)
            self.log.emit(e.Retain(tensor=held.id, value=value, gradient=gradient))

    def _accumulated(self, number: int) -> None:
        """Emit the ``accumulate`` of the leaf whose node is running, once; an undefined gradient adds nothing."""
        running = self._pass.running[-1] if self._pass.running else None
        if running is None or running.node != number or running.accumulated or not running.defined:
            return
        running.accumulated = True
        held = self.graph.variables[number]
        leaf = held.ref()
        if leaf is None or leaf.grad is None:
            return
        self._pass.fed.append(held)
        gradient, total = self._grad(held, leaf.grad)
        added = running.values[0]
        self.log.emit(e.Accumulate(tensor=held.id, node=number, added=added, total=total, gradient=gradient))

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
        """Emit the contributions of the node that returned last: its post-hooks have run by now."""
        if self._pass.pending is None:
            return
        (number, deliveries), self._pass.pending = self._pass.pending, None
        for output, (edge, delivery) in enumerate(
            zip(self.log.nodes[number].next_functions, deliveries, strict=False),
        ):
            if edge.node is not None and delivery is not None:
                self._deliver(number, output, edge, delivery)

    def _deliver(self, source: int | None, output: int, edge: Edge, delivery: _Delivery) -> None:
        assert edge.node is not None
        self._pass.inbox.setdefault((edge.node, edge.input), []).append(delivery)
        self.log.emit(
            e.Contribution(node=edge.node, input=edge.input, value=delivery.value, source=source, output=output)
        )

    def _arrived(self, number: int, index: int, gradient: Tensor | None) -> int | None:
        """The value of a gradient as a node receives it: the one delivered, if nothing came in between."""
        waiting = self._pass.inbox.pop((number, index), [])
        if gradient is None:
            return None
        if len(waiting) == 1 and waiting[0].signature is not None and waiting[0].signature == _signature(gradient):
            return waiting[0].value
        return self.log.see(gradient)

    def arrive(self, record: HookRecord, subject: list[Tensor | None]) -> int | None:
        """A hook is about to fire: what must stand on the tape before it. The node it fires at, if it has one."""
        match record.kind:
            case "tensor":
                self.flush()
                held = self.tensors.held[record.tensor] if record.tensor is not None else None
                return None if held is None else held.node if held.node is not None else self._accumulator(held)
            case "post_accumulate_grad":
                self.flush()
                node = self._pass.running[-1].node if self._pass.running else None
                if node is not None and node in self.graph.variables:
                    self._accumulated(node)
                return node
            case "node_pre":
                self.flush()
                return record.node
            case _:
                return record.node

    def _accumulator(self, held: Held) -> int | None:
        return next((number for number, leaf in reversed(self.graph.variables.items()) if leaf is held), None)

    def replaced(self, node: int, after: list[int | None]) -> None:
        """A post-hook of a node gave other gradients: they are what the node delivers."""
        pending = self._pass.pending
        if pending is not None and pending[0] == node:
            number, deliveries = pending
            fresh = [
                None if value is None and delivery is None else _Delivery(value, None)
                for value, delivery in zip(after, deliveries, strict=False)
            ]
            self._pass.pending = (number, fresh)

    # ── passes ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def run(self, engine: Any, outputs: Any, args: Any, kwargs: Any) -> Any:
        """A whole backward pass: ``backward_start``, the initial gradients, the engine, ``backward_end``."""
        index, self.passes = self.passes, self.passes + 1
        outer, outer_order = self._pass, self.graph.order
        call = None
        with torch._C.DisableTorchFunction(), self.log.guard("the beginning of a backward pass"):
            call = EngineCall(outputs, args, kwargs)
            self.flush()
            self._begin(index, call)
        try:
            result = engine(outputs, *args, **kwargs)
        except BaseException as error:
            if self._pass.running:
                self.log.blame("node", self._pass.running[-1].node, error)
            if self.log.open:
                self.log.emit(e.BackwardEnd(index=index, failed=True))
            raise
        else:
            with torch._C.DisableTorchFunction(), self.log.guard("the end of a backward pass"):
                if call is not None and self.log.open:
                    self.flush()
                    self.log.emit(e.BackwardEnd(index=index))
                    self._results(call, result)
        finally:
            self._pass, self.graph.order = outer, outer_order
        return result

    def _begin(self, index: int, call: EngineCall) -> None:
        """``backward_start`` and the delivery of the initial gradients to the roots."""
        roots = [self._root(tensor) for tensor in call.roots]
        seeds = [self._seed(gradient) for gradient in call.gradients]
        order = max((self.log.nodes[edge.node].order for edge in roots if edge.node is not None), default=1)
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
                span=self.log.here(3),
            )
        )
        self._pass, self.graph.order = _Pass(), order
        for edge, seed in zip(roots, seeds, strict=True):
            if edge.node is not None:
                self._deliver(None, 0, edge, seed)

    def _results(self, call: EngineCall, result: Any) -> None:
        """What ``autograd.grad`` returned are gradients; with ``create_graph`` they have a graph of their own."""
        for tensor in tensors_in(result):
            held = self.tensors.hold(tensor)
            held.role = held.role or "gradient"
            self.graph.discover([grad_fn(tensor)], None)
            self.place(held, tensor)
        for leaf in (held.ref() for held in self._pass.fed) if call.create_graph else ():
            if leaf is not None and leaf.grad is not None:
                self.graph.discover([grad_fn(leaf.grad)], None)
                self.place(self.tensors.hold(leaf.grad), leaf.grad)

    def _root(self, tensor: Any) -> Edge:
        if not isinstance(tensor, Tensor):
            self.graph.discover([tensor.node], None)
            return Edge(self.graph.number(tensor.node), tensor.output_nr)
        self.tensors.hold(tensor)
        node = grad_fn(tensor)
        if node is None:
            if not tensor.requires_grad:
                return Edge(None, 0)
            node = torch.autograd.graph.get_gradient_edge(tensor).node
        self.graph.discover([node], self.tensors.hold(tensor).op)
        return Edge(self.graph.number(node), tensor.output_nr)

    def _seed(self, gradient: Any) -> _Delivery:
        """An initial gradient; where the program gave none, torch has made ``ones_like`` by now."""
        if isinstance(gradient, Tensor):
            return _Delivery(self.log.see(gradient), _signature(gradient))
        return _Delivery(None, None)


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
    if tensor.layout is not torch.strided or unseeable(tensor):
        return None
    return (tensor.data_ptr(), version_of(tensor), tuple(tensor.shape), tensor.stride())
