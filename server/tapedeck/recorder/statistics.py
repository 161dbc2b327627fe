"""Statistics of a tensor in few passes over its memory, and typed summaries made of them.

Floats on the CPU are gone over once, in C (`fused`), which gives smallest and largest element, sum, sum of squares and
number of zeros. Everything else, and everything where nothing is compiled, takes three passes, each a single vectorised
kernel; zeros are then counted among at most `COUNTED` elements. Mean, deviation and norm follow; where they would lose
digits (a mean much larger than the deviation, squares that overflow or vanish, elements that are not finite) the slower
exact way is taken. Medians of 2.4 million float32 that were just written, on two cores: one pass 0.24 ms on both and
0.42 ms on one, the three passes 0.85 ms on both, ``torch.count_nonzero`` 1.9 ms.
"""

from __future__ import annotations

import math
import os
from typing import Any

import numpy as np
import torch
from torch import Tensor

from tapedeck.tape.rows import Histogram, Summary

try:
    from tapedeck.recorder import fused
except ImportError:
    fused = None  # type: ignore[assignment]

_fused: Any = fused
"""The compiled pass, if there is one."""

BINS = 32

COUNTED = 16 * 1024
"""Elements among which zeros are counted: numpy's comparison is slower than the three passes together."""

SMALL = 4096
"""Elements up to which numpy, which is called in half the time, is as fast as torch's kernels on two threads."""


_forked = False
"""Whether this process was forked from one that had this module: it has none of that one's threads."""


def _after_fork() -> None:
    global _forked
    _forked = True


os.register_at_fork(after_in_child=_after_fork)


class Statistics:
    """What was measured of one tensor: enough for every field of a `Summary` but the histogram."""

    __slots__ = ("count", "every", "finite", "high", "histogram", "low", "mean", "nan", "norm", "std", "zeros")

    def __init__(self, count: int) -> None:
        self.count = count
        self.finite = count
        self.nan = 0
        self.low: float | None = None
        self.high: float | None = None
        self.mean: float | None = None
        self.std: float | None = None
        self.norm: float | None = None
        self.zeros = 0.0
        self.every = 1
        self.histogram: Histogram | None = None

    def summary(self) -> Summary:
        """The typed row."""
        return Summary(
            count=self.count,
            finite=self.finite,
            nan=self.nan,
            inf=self.count - self.finite - self.nan,
            min=self.low,
            max=self.high,
            mean=self.mean,
            std=self.std,
            norm=self.norm,
            zeros=self.zeros,
            histogram=self.histogram,
            zeros_every=self.every,
        )


def measure(tensor: Tensor, threads: int = 1) -> Statistics:
    """Statistics over all elements of a strided tensor; a complex one counts by absolute values.

    The caller runs below autograd (``torch._C._AutoDispatchBelowAutograd``). An expanded tensor is measured over the
    elements that it really has, and counted in full.
    """
    quick = quickly(tensor, threads)
    if quick is not None:
        return quick
    tensor = tensor.detach()
    if tensor.dtype.is_complex:
        tensor = tensor.abs()
    times = 1
    if not tensor.is_contiguous():
        tensor, times = _without_repeats(tensor)
    flat = flat_of(tensor)
    found = _measure(flat)
    if times > 1:
        found.count, found.finite, found.nan = found.count * times, found.finite * times, found.nan * times
        found.norm = None if found.norm is None else _finite(found.norm * math.sqrt(times))
    return found


def quickly(tensor: Tensor, threads: int) -> Statistics | None:
    """Statistics in one pass, on so many threads; ``None`` of what `measure` must look at.

    No torch kernel runs, so that no mode, profiler or subclass sees anything of it.
    """
    dtype = tensor.dtype
    twice = dtype is torch.float64
    if _fused is None or not (twice or dtype is torch.float32) or not tensor.is_cpu:
        return None
    try:
        if tensor.is_neg() or not (tensor.is_contiguous() or dense(tensor)):
            return None
        pointer, count = tensor.data_ptr(), tensor.numel()
    except RuntimeError:  # sparse tensors, functorch's wrappers, zero tensors
        return None
    if not pointer or not count:
        return None
    low, high, total, squares, zeros = _fused.over(pointer, count, twice, 1 if _forked else threads)
    if squares != squares or not (math.isfinite(low) and math.isfinite(high)):
        return None
    found = Statistics(count)
    found.low, found.high, found.zeros = low, high, zeros / count
    if not _conclude(found, total / count, squares / count, twice):
        scale = max(abs(low), abs(high)) or 1.0
        mean, std, norm = _fused.exactly(pointer, count, twice, scale)
        found.mean, found.std, found.norm = _finite(mean * scale), _finite(std * scale), _finite(norm * scale)
    return found


def _conclude(found: Statistics, mean: float, squares: float, twice: bool) -> bool:
    """Mean, deviation and norm from the means of elements and squares; whether they have enough digits left."""
    if found.low is not None and found.low == found.high:
        found.mean, found.std, found.norm = found.low, 0.0, _finite(abs(found.low) * math.sqrt(found.count))
        return True
    tiny, huge = (1e-280, 1e280) if twice else (1e-30, 1e30)
    if not (tiny < squares < huge and squares - mean * mean > 0.1 * squares):
        return False
    found.mean, found.std, found.norm = mean, math.sqrt(squares - mean * mean), math.sqrt(squares * found.count)
    return True


def flat_of(tensor: Tensor) -> Tensor:
    """All elements in a row, in some order, as floats; without a copy where the memory has no gaps."""
    if tensor.is_contiguous():
        flat = tensor.view(-1)
    elif dense(tensor):
        flat = tensor.as_strided((tensor.numel(),), (1,), tensor.storage_offset())
    else:
        flat = tensor.reshape(-1)
    if flat.dtype in (torch.float32, torch.float64):
        return flat.resolve_neg()
    return flat.float() if flat.dtype in (torch.float16, torch.bfloat16) else flat.double()


def histogram(tensor: Tensor, found: Statistics, budget: int) -> Histogram | None:
    """Counts of the finite elements; of a tensor of more than ``budget`` elements, of every n-th."""
    if found.low is None or found.high is None or not math.isfinite(found.high - found.low):
        return None
    flat = flat_of(tensor.abs() if tensor.dtype.is_complex else tensor)
    every = -(-flat.numel() // budget)
    flat = flat[::every]
    if found.finite < found.count:
        flat = flat[torch.isfinite(flat)]
    top = found.high if found.high > found.low else found.low + 1.0
    counts = torch.histc(flat.cpu(), BINS, found.low, top)
    return Histogram(found.low, found.high, [int(c) for c in counts.tolist()], every)


def _measure(flat: Tensor) -> Statistics:
    found = Statistics(flat.numel())
    if not found.count:
        return found
    small = found.count <= SMALL and flat.device.type == "cpu"
    numbers: Any = flat.numpy() if small else flat
    if small:
        low, high = float(numbers.min()), float(numbers.max())
    else:
        low, high = (float(x) for x in torch.aminmax(flat))
    if not (math.isfinite(low) and math.isfinite(high)):
        return _of_finite(flat)
    found.low, found.high = low, high
    if low <= 0.0 <= high:
        found.every = -(-found.count // COUNTED)
        found.zeros = _zeros(flat[:: found.every])
    mean, squares = 0.0, 0.0
    if low != high:
        with np.errstate(over="ignore"):
            mean, squares = float(numbers.sum()) / found.count, float(numbers.dot(numbers)) / found.count
    return found if _conclude(found, mean, squares, flat.dtype is torch.float64) else _exactly(flat, found)


def _exactly(flat: Tensor, found: Statistics) -> Statistics:
    """Mean, deviation and norm in double precision, scaled so that no square overflows or vanishes."""
    assert found.low is not None
    assert found.high is not None
    scale = max(abs(found.low), abs(found.high)) or 1.0
    scaled = flat.double() / scale
    mean = float(scaled.mean())
    root = math.sqrt(found.count)
    found.mean = _finite(mean * scale)
    found.std = _finite(float(torch.linalg.vector_norm(scaled - mean)) / root * scale)
    found.norm = _finite(float(torch.linalg.vector_norm(scaled)) * scale)
    return found


def _of_finite(flat: Tensor) -> Statistics:
    """Statistics of numbers of which some are not finite."""
    good = flat[torch.isfinite(flat)]
    found = _measure(good)
    found.count, found.finite = flat.numel(), good.numel()
    found.nan = int(torch.isnan(flat).sum())
    found.zeros *= good.numel() / flat.numel()
    return found


def _zeros(flat: Tensor) -> float:
    """The share of exact zeros."""
    if flat.device.type != "cpu":
        return 1.0 - int(torch.count_nonzero(flat)) / flat.numel()
    return int(np.count_nonzero(flat.numpy() == 0)) / flat.numel()


def _without_repeats(tensor: Tensor) -> tuple[Tensor, int]:
    """The tensor without the repeats of expanded dimensions (stride 0), and how often it is repeated."""
    times = 1
    for dimension, (size, stride) in enumerate(zip(tensor.shape, tensor.stride(), strict=True)):
        if stride == 0 and size > 1:
            times *= size
            tensor = tensor.narrow(dimension, 0, 1)
    return tensor, times


def dense(tensor: Tensor) -> bool:
    """Whether the elements fill a piece of memory without gaps and overlaps, in any order of the dimensions."""
    expected = 1
    for stride, size in sorted(zip(tensor.stride(), tensor.shape, strict=True)):
        if size != 1:
            if stride != expected:
                return False
            expected *= size
    return True


def _finite(x: float) -> float | None:
    return x if math.isfinite(x) else None
