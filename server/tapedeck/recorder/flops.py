"""Floating point operations of ops and of what ran below them, from shapes, by torch's own formulas (`formulas`).

Nothing is counted while the program runs; `count` fills in the rows once, when the tape is built, each by itself.
A row whose op has no formula has ``None``, not 0. Where these counts and ``FlopCounterMode``'s differ, and why:

- fused attention on a CPU: torch registers its formula for other devices' kernels and counts 0 for
  ``_scaled_dot_product_flash_attention_for_cpu``; here the same formula counts it;
- an LSTM that runs as ``mkldnn_rnn_layer`` or in cuDNN: torch counts 0; here the matrix products of its cells count;
- a product with a vector (``mv``, ``dot``): torch has no formula, and so has the tape none. By strides, which the
  tape does not hold, torch decides whether a vector and a batch of matrices become a ``bmm``; without nodes to tell,
  contiguous operands are assumed;
- inside ``torch.func`` transforms the rows show the shapes of one example, so one example is counted;
- a node that was asked for only some of its gradients (``backward(inputs=…)``) counts all that have an edge.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isqrt, prod
from typing import Any

import msgspec

from tapedeck.recorder.einsum import einsum_flops
from tapedeck.recorder.formulas import UNFIT, Shape, attention, broadcast, convolution, products
from tapedeck.recorder.node_flops import node_flops
from tapedeck.tape.rows import Node, Op, Tensor


def count(ops: Sequence[Op], nodes: Sequence[Node], tensors: Sequence[Tensor]) -> None:
    """Fill in ``flops`` of rows that nobody has seen yet, in time linear in their number."""
    for op in ops:
        found = op_flops(op, tensors, nodes)
        if found is not None:
            msgspec.structs.force_setattr(op, "flops", found)
    for node in nodes:
        found = node_flops(node, nodes, ops, tensors)
        if found is not None:
            msgspec.structs.force_setattr(node, "flops", found)


def op_flops(op: Op, tensors: Sequence[Tensor], nodes: Sequence[Node] = ()) -> int | None:
    """The operations of one op; ``None`` where torch has no formula, the op failed, or a size is symbolic."""
    name = op.name.rpartition(".")[2]
    formula = _FORMULAS.get(name)
    if formula is None or op.error is not None or not op.writes or not op.name.startswith("torch."):
        return None
    given = {argument.name: tuple(tensors[argument.tensor].shape) for argument in op.inputs if argument.name != "out"}
    out = tuple(tensors[op.outputs[0]].shape) if op.outputs else ()
    text = {constant.name: constant.text for constant in op.constants}
    return _apply(formula, _Seen(name, given, out, text, {nodes[number].name for number in op.nodes} if nodes else {}))


def aten_flops(func: Any, args: Sequence[Any], kwargs: dict[str, Any], out: Any) -> int | None:
    """The operations of one ATen op that ran; composite ones (seen in inference mode) by the formulas for ops."""
    from torch.utils.flop_counter import flop_registry

    packet = getattr(func, "_overloadpacket", func)
    formula = flop_registry.get(packet)
    if formula is not None:
        try:
            found = formula(*args, **kwargs, out_val=out)
        except (*UNFIT, RuntimeError):
            return None
        return found if type(found) is int else None
    name = getattr(packet, "__name__", "")
    composite = _FORMULAS.get(name)
    if composite is None:
        return None
    if any(getattr(x, "is_nested", False) for x in (*args, out)):
        return None  # a nested tensor has no sizes
    given = {str(index): tuple(x.shape) for index, x in enumerate(args) if hasattr(x, "shape")}
    return _apply(composite, _Seen(name, given, tuple(out.shape) if hasattr(out, "shape") else (), {}, {}))


class _Seen:
    """What is known of one call: its last name, shapes by argument, result, other arguments, names of its nodes."""

    __slots__ = ("given", "name", "nodes", "out", "text")

    def __init__(self, name: str, given: dict[str, Shape], out: Shape, text: dict[str, str], nodes: Any) -> None:
        self.name = name
        self.given = given
        self.out = out
        self.text = text
        self.nodes = nodes

    def shape(self, name: str, position: int) -> Shape:
        """A tensor argument by its name, or by its position where the row has no such name."""
        found = self.given.get(name)
        return found if found is not None else list(self.given.values())[position]


_Formula = Callable[[_Seen], "int | None"]


def _apply(formula: _Formula, seen: _Seen) -> int | None:
    if any(type(size) is not int or size < 0 for shape in (*seen.given.values(), seen.out) for size in shape):
        return None
    try:
        return formula(seen)
    except UNFIT:
        return None


# ── products of matrices ───────────────────────────────────────────────────────────────────────────────────────────


def _matmul(seen: _Seen) -> int | None:
    a, b = seen.shape("input", 0), seen.shape("other", 1)
    if seen.name == "__rmatmul__":
        a, b = b, a
    if not a or not b or len(a) == len(b) == 1:
        return None
    if len(b) == 1 or (len(a) == 1 and len(b) > 2):
        products_were_made = "BmmBackward0" in seen.nodes if seen.nodes else len(a) == 1
        if not products_were_made:
            return None
    batch = prod(broadcast(a[:-2], b[:-2]))
    return products(batch, a[-2] if len(a) > 1 else 1, a[-1], b[-1] if len(b) > 1 else 1)


def _linear(seen: _Seen) -> int | None:
    x, weight = seen.shape("input", 0), seen.shape("weight", 1)
    return products(1, prod(x[:-1]), weight[1], weight[0]) if len(weight) == 2 else None


def _two_matrices(seen: _Seen) -> int | None:
    """``mm``, ``bmm``, and ``addmm``, ``baddbmm``, whose first argument is added."""
    a, b = list(seen.given.values())[-2:]
    return products(prod(a[:-2]), a[-2], a[-1], b[-1])


def _tensordot(seen: _Seen) -> int | None:
    """One product: a has m·k elements, b k·n and the result m·n, so that k² is a·b over the result."""
    a, b = list(seen.given.values())[:2]
    if not seen.out or 0 in (*a, *b):
        return None
    square = prod(a) * prod(b) // prod(seen.out)
    shared = isqrt(square)
    rows = prod(a) // shared
    return products(1, rows, shared, prod(b) // shared) if shared * shared == square else None


def _einsum(seen: _Seen) -> int | None:
    return einsum_flops(seen.text["equation"].strip("'\""), list(seen.given.values()))


# ── layers ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _conv(seen: _Seen) -> int | None:
    x, weight, out = seen.shape("input", 0), seen.shape("weight", 1), seen.out
    if len(x) == len(weight) - 1:
        x, out = (1, *x), (1, *out)
    return convolution(x, weight, out, "transpose" in seen.name)


def _attention(seen: _Seen) -> int | None:
    return attention(seen.shape("query", 0), seen.shape("key", 1), seen.shape("value", 2))


def _multi_head_attention(seen: _Seen) -> int | None:
    """Its projections in, attention over all heads, and its projection out; shapes are (L, N, E) or (L, E)."""
    query, key, value = (seen.given[name] for name in ("query", "key", "value"))
    width, heads = int(seen.text["embed_dim_to_check"]), int(seen.text["num_heads"])
    batch = query[1] if len(query) == 3 else 1
    projections = sum(products(1, prod(x[:-1]), x[-1], width) for x in (query, key, value))
    fixed = seen.given.get("static_k")
    length = fixed[1] if fixed is not None else key[0]
    length += ("bias_k" in seen.given) + (seen.text.get("add_zero_attn") == "True")
    head = width // heads
    scores = attention(
        (batch * heads, query[0], head), (batch * heads, length, head), (batch * heads, length, head)
    )  # fmt: skip
    return projections + scores + products(1, prod(query[:-1]), width, seen.given["out_proj_weight"][0])


def _recurrent(seen: _Seen) -> int | None:
    """A layer of cells: each weight matrix multiplies once for each step of each sequence, packed or padded."""
    x, *others = seen.given.values()
    steps = prod(x[:-1])
    weights = [shape for shape in others if len(shape) == 2]
    return sum(products(1, steps, weight[1], weight[0]) for weight in weights) if weights else None


def _cell(seen: _Seen) -> int | None:
    steps = prod(seen.given["input"][:-1])
    return sum(products(1, steps, w[1], w[0]) for w in (seen.given["w_ih"], seen.given["w_hh"]))


def _nothing(_seen: _Seen) -> int | None:
    """A lookup: it moves numbers and computes none."""
    return 0


_FORMULAS: dict[str, _Formula] = {
    "linear": _linear,
    "matmul": _matmul,
    "__matmul__": _matmul,
    "__rmatmul__": _matmul,
    "mm": _two_matrices,
    "spmm": _two_matrices,
    "bmm": _two_matrices,
    "addmm": _two_matrices,
    "addmm_": _two_matrices,
    "baddbmm": _two_matrices,
    "baddbmm_": _two_matrices,
    "tensordot": _tensordot,
    "inner": _tensordot,
    "einsum": _einsum,
    "conv1d": _conv,
    "conv2d": _conv,
    "conv3d": _conv,
    "conv_transpose1d": _conv,
    "conv_transpose2d": _conv,
    "conv_transpose3d": _conv,
    "scaled_dot_product_attention": _attention,
    "_scaled_dot_product_flash_attention_for_cpu": _attention,
    "multi_head_attention_forward": _multi_head_attention,
    "lstm": _recurrent,
    "gru": _recurrent,
    "rnn_tanh": _recurrent,
    "rnn_relu": _recurrent,
    "lstm_cell": _cell,
    "gru_cell": _cell,
    "rnn_tanh_cell": _cell,
    "rnn_relu_cell": _cell,
    "embedding": _nothing,
}
"""By the last part of an op's name (``torch.spmm`` is ``torch.mm``).

``bilinear``, ``mv``, ``dot``, ``addbmm`` and ``cdist`` have no formula in torch.
"""
