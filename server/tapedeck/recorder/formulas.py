"""torch's formulas for floating point operations, called once for the same shapes.

They are those of ``torch/utils/flop_counter.py`` (torch 2.13): a multiplication with its addition counts as two
operations, biases and everything element by element as none. A formula given shapes that do not fit raises one of
`UNFIT`.
"""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import Any

Shape = tuple[int, ...]

UNFIT = (AssertionError, IndexError, KeyError, TypeError, ValueError)
"""What a formula raises when the shapes are not those of a call that can succeed."""


@lru_cache(maxsize=4096)
def products(batch: int, m: int, k: int, n: int) -> int:
    """``batch`` products of an m × k with a k × n matrix."""
    from torch.utils.flop_counter import bmm_flop

    return int(bmm_flop((batch, m, k), (batch, k, n)))


@lru_cache(maxsize=4096)
def convolution(x: Shape, weight: Shape, out: Shape, transposed: bool) -> int:
    """A convolution; shapes are (batch, channels, …), and of the weight (out, in / groups, …) as torch keeps it."""
    from torch.utils.flop_counter import conv_flop_count

    return int(conv_flop_count(list(x), list(weight), list(out), transposed=transposed))


@lru_cache(maxsize=4096)
def convolution_backward(out: Shape, x: Shape, weight: Shape, transposed: bool, to_x: bool, to_weight: bool) -> int:
    """The gradients of a convolution, of those of its input and its weight that are asked for."""
    from torch.utils.flop_counter import conv_backward_flop

    formula: Any = conv_backward_flop
    asked, made = (to_x, to_weight, False), [x, weight, None]
    return int(formula(out, x, weight, None, None, None, None, transposed, None, None, asked, out_val=made))


def attention(query: Shape, key: Shape, value: Shape) -> int:
    """The two products of attention; leading dimensions broadcast, and fewer key heads than query heads repeat."""
    batch = prod(broadcast(query[:-2], key[:-2]))
    return products(batch, query[-2], query[-1], key[-2]) + products(batch, query[-2], key[-2], value[-1])


@lru_cache(maxsize=4096)
def attention_backward(out: Shape, query: Shape, key: Shape, value: Shape) -> int:
    """The five products of a fused attention's backward, which computes its scores anew."""
    from torch.utils.flop_counter import sdpa_backward_flop_count

    formula: Any = sdpa_backward_flop_count
    return int(formula(out, query, key, value))


def broadcast(a: Shape, b: Shape) -> Shape:
    """The larger of each pair of sizes, aligned at the right."""
    length = max(len(a), len(b))
    padded = [(1,) * (length - len(shape)) + shape for shape in (a, b)]
    return tuple(0 if 0 in pair else max(pair) for pair in zip(*padded, strict=True))
