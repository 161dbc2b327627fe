"""Floating point operations of one call of an autograd node, from the rows of the nodes around it.

A gradient's shape is the one that the node it goes to expects; the other shapes are those of the saved tensors or,
where the program's pack hook hides them, of the inputs of the op that made the node.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

from tapedeck.recorder.formulas import UNFIT, Shape, attention_backward, convolution_backward, products
from tapedeck.tape.rows import Node, Op, Tensor


def node_flops(
    node: Node, nodes: Sequence[Node], ops: Sequence[Op] = (), tensors: Sequence[Tensor] = ()
) -> int | None:  # fmt: skip
    """The operations of one call of a node; only gradients that have an edge are computed, and counted.

    ``None`` where torch has no formula, the tape does not tell a shape, or a size is symbolic.
    """
    formula = _FORMULAS.get(node.name)
    if formula is None:
        return None
    try:
        return formula(_Around(node, nodes, ops, tensors))
    except UNFIT:
        return None


class _Around:
    """A node with the shapes around it. What the tape does not tell raises ``KeyError``."""

    __slots__ = ("_tensors", "node", "nodes", "op")

    def __init__(self, node: Node, nodes: Sequence[Node], ops: Sequence[Op], tensors: Sequence[Tensor]) -> None:
        self.node = node
        self.nodes = nodes
        self.op = ops[node.op] if node.op is not None and ops else None
        self._tensors = tensors

    @property
    def received(self) -> Shape:
        """The shape of the gradient that it receives."""
        return _known(self.node.inputs[0].shape)

    def sends(self, index: int) -> bool:
        """Whether the gradient of its ``index``-th input goes anywhere."""
        edges = self.node.next_functions
        return index < len(edges) and edges[index].node is not None

    def sent(self, index: int) -> Shape:
        """The shape of that gradient."""
        edge = self.node.next_functions[index]
        if edge.node is None:
            raise KeyError(index)
        return _known(self.nodes[edge.node].inputs[edge.input].shape)

    def input(self, index: int, *slots: str) -> Shape:
        """The shape of its ``index``-th input: of its gradient, of what was saved of it, or of the op's argument."""
        if self.sends(index):
            return self.sent(index)
        for saved in self.node.saved:
            if saved.slot in slots and saved.tensor is not None:
                return _known(self._tensors[saved.tensor].shape)
        for argument in self.op.inputs if self.op is not None else ():
            if argument.name in slots:
                return _known(self._tensors[argument.tensor].shape)
        raise KeyError(slots)


def _known(shape: list[int]) -> Shape:
    if any(size < 0 for size in shape):
        raise ValueError("a symbolic size")
    return tuple(shape)


def _matrices(first: int) -> Callable[[_Around], int | None]:
    """The gradients of the product of inputs ``first`` and ``first + 1``, which may lead with a batch."""

    def formula(around: _Around) -> int | None:
        *batch, m, n = around.received
        left = around.sends(first) and products(prod(batch), m, n, around.sent(first)[-1])
        right = around.sends(first + 1) and products(prod(batch), around.sent(first + 1)[-2], m, n)
        return left + right

    return formula


def _summed_batch(around: _Around) -> int | None:
    """``addbmm``: a batch of products, of which the sum's gradient goes to each."""
    m, n = around.received
    total = 0
    for index in (1, 2):
        if around.sends(index):
            batch, rows, columns = around.sent(index)
            total += products(batch, m, n, columns) if index == 1 else products(batch, rows, m, n)
    return total


def _linear(around: _Around) -> int | None:
    *_, out = around.received
    rows = prod(around.received[:-1])
    width = around.input(1, "weight")[1]
    return (around.sends(0) + around.sends(1)) * products(1, rows, out, width)


def _convolution(around: _Around) -> int | None:
    out = around.received
    x = around.input(0, "input", "self")
    weight = around.input(1, "weight")
    if len(x) == len(weight) - 1:
        x = (1, *x)
    return convolution_backward(
        out, x, weight, _transposed(around, out, x, weight), around.sends(0), around.sends(1)
    )  # fmt: skip


def _transposed(around: _Around, out: Shape, x: Shape, weight: Shape) -> bool:
    """By the op's name, or of a node that no op made by what its channels can mean."""
    if around.op is not None and "conv" in around.op.label:
        return "transpose" in around.op.label
    forward, backward = weight[0] == out[1], weight[0] == x[1]
    if forward == backward and out[2:] != x[2:]:
        raise KeyError("transposed")
    return not forward


def _attention(around: _Around) -> int | None:
    slots = ("query", "key", "value")
    query, key, value = (around.input(index, slot) for index, slot in enumerate(slots))
    return attention_backward(around.received, query, key, value)


def _recurrent(around: _Around) -> int | None:
    """One mkldnn layer: inputs are (x, w_ih, w_hh, …); the hidden gradients always pass through w_hh."""
    steps = prod(around.received[:-1])
    outer, inner = (around.input(1, "weight0"), around.input(2, "weight1"))
    passed = products(1, steps, *inner) * (1 + around.sends(2))
    return passed + products(1, steps, *outer) * (around.sends(0) + around.sends(1))


_FORMULAS: dict[str, Callable[[_Around], int | None]] = {
    "MmBackward0": _matrices(0),
    "BmmBackward0": _matrices(0),
    "AddmmBackward0": _matrices(1),
    "BaddbmmBackward0": _matrices(1),
    "AddbmmBackward0": _summed_batch,
    "LinearBackward0": _linear,
    "MkldnnLinearBackward0": _linear,
    "ConvolutionBackward0": _convolution,
    "ConvolutionOverrideableBackward0": _convolution,
    "CudnnConvolutionBackward0": _convolution,
    "SlowConv2DBackward0": _convolution,
    "ConvDepthwise2DBackward0": _convolution,
    "ScaledDotProductFlashAttentionForCpuBackward0": _attention,
    "ScaledDotProductFlashAttentionBackward0": _attention,
    "ScaledDotProductEfficientAttentionBackward0": _attention,
    "ScaledDotProductCudnnAttentionBackward0": _attention,
    "ScaledDotProductFusedAttentionOverrideableBackward0": _attention,
    "MkldnnRnnLayerBackward0": _recurrent,
}
