"""Seeing a tensor's numbers without touching it: no history, no version change, no random number, no reference.

What is kept at the moment of seeing is as little as can be (a list of at most 64 numbers, a copy of at most 64 Ki
elements, or finished statistics for what is larger); typed rows are made of it when the recording ends.
"""

from __future__ import annotations

import math
from math import isfinite
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.parameter import Parameter, UninitializedTensorMixin  # type: ignore[attr-defined]
from torch.utils._python_dispatch import _disable_current_modes

from tapedeck.recorder.shapes import shape_or_none, sizes
from tapedeck.recorder.statistics import Statistics, flat_of, histogram, measure, quickly
from tapedeck.tape.numbers import spell
from tapedeck.tape.rows import Picture, Summary, Value
from tapedeck.tape.tape import Block, Level

_NO_DISPATCH = torch._C._disabled_torch_dispatch_impl

INLINE = 64
"""Elements up to which every number stands inline."""

BUDGET = 64 * 1024
"""Elements up to which every number is kept in the tape's tensor file."""

_CODES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.int16: "I16",
    torch.int8: "I8",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}


_words: dict[torch.dtype, str] = {}
"""What torch calls them."""


class Seen:
    """What was seen of one tensor: shape, dtype and one of flat numbers, an array, or statistics with a picture."""

    __slots__ = ("array", "code", "dtype", "flat", "note", "picture", "sample", "shape", "statistics", "stride")

    def __init__(self, tensor: Tensor) -> None:
        self.shape = shape_or_none(tensor) or ()
        self.dtype = tensor.dtype
        self.flat: Any = None
        self.array: NDArray[Any] | None = None
        self.statistics: Statistics | None = None
        self.picture: Picture | None = None
        self.sample: list[Any] | None = None
        self.stride = 1
        self.code = ""
        self.note: str | None = None


class Capture:
    """The values of one recording.

    ``histograms`` says whether larger tensors get one; ``budget`` is how many bytes of numbers are kept in all, after
    which only statistics are (`full`).
    """

    def __init__(self, level: Level, histograms: bool | None = None, budget: int = 1 << 30) -> None:
        self.level = level
        self.seen: list[Seen] = []
        self._histograms = level == "full" if histograms is None else histograms
        self._quick = level == "summary" and not self._histograms
        self._threads = torch.get_num_threads()
        self._left = budget

    def see(self, tensor: Tensor | None, note: str | None = None) -> int | None:
        """The id of a new value; ``None`` for ``None`` and at level ``structure``.

        The caller has torch functions switched off. ``note`` says why the numbers mean nothing, where they do.
        """
        if tensor is None or self.level == "structure":
            return None
        seen = Seen(tensor)
        plain = type(tensor) is Tensor or type(tensor) is Parameter
        if self._quick and note is None and plain and seen.shape and tensor.numel() > INLINE:
            seen.statistics = quickly(tensor, self._threads)
            if seen.statistics is not None:
                self.seen.append(seen)
                return len(self.seen) - 1
        seen.note = note or unseeable(tensor)
        if seen.note is None:
            if torch._C._len_torch_dispatch_stack():
                with _disable_current_modes():
                    self._look(tensor, seen)
            else:
                with Unprofiled():
                    self._look(tensor, seen)
        self.seen.append(seen)
        return len(self.seen) - 1

    def again(self, tensor: Tensor, value: int) -> int:
        """A new value of a tensor that has the same elements as one seen before, in another order or shape.

        Only statistics can be shared; where numbers were kept, the tensor is looked at.
        """
        old = self.seen[value]
        if old.statistics is None or old.picture is not None:
            return cast(int, self.see(tensor))
        seen = Seen(tensor)
        seen.statistics, seen.note = old.statistics, old.note
        self.seen.append(seen)
        return len(self.seen) - 1

    def _look(self, tensor: Tensor, seen: Seen) -> None:
        count = tensor.numel()
        with torch._C._AutoDispatchBelowAutograd():
            if count <= INLINE:
                seen.flat = tensor.tolist()
                return
            if self.level == "full" and count <= BUDGET and self._left > 0:
                self._keep(tensor, seen)
                return
            seen.statistics = measure(tensor, self._threads)
            if self._histograms:
                seen.statistics.histogram = histogram(tensor, seen.statistics, BUDGET)
            if self.level == "full":
                self._sketch(tensor, seen)

    def _keep(self, tensor: Tensor, seen: Seen) -> None:
        """Every number."""
        plain = tensor.detach().resolve_conj().resolve_neg()
        plain = torch.view_as_real(plain) if plain.dtype.is_complex else plain
        seen.code = _CODES.get(plain.dtype, "")
        seen.array = _array(plain)
        self._left -= seen.array.nbytes

    def _sketch(self, tensor: Tensor, seen: Seen) -> None:
        """A picture and a sample of a tensor that is too large to keep."""
        assert seen.statistics is not None
        plain = tensor.detach().resolve_conj().resolve_neg()
        real = flat_of(plain.abs() if plain.dtype.is_complex else plain.contiguous())
        whole = seen.statistics.finite == seen.statistics.count
        seen.stride = -(-real.numel() // 1024)
        seen.sample = _spelled(real[:: seen.stride], whole)
        seen.picture = _picture(plain, real, whole)

    def rows(self) -> tuple[list[Value], dict[str, Block]]:
        """Typed rows, and the blocks of the tensor file."""
        blocks: dict[str, Block] = {}
        rows = [self._row(number, seen, blocks) for number, seen in enumerate(self.seen)]
        return rows, blocks

    def _row(self, number: int, seen: Seen, blocks: dict[str, Block]) -> Value:
        dtype = seen.dtype
        word = _words.get(dtype)
        if word is None:
            word = _words[dtype] = str(dtype)
        shape, pairs = sizes(seen.shape), dtype.is_complex
        if seen.flat is not None:
            flat, data = _flat(seen.flat, len(seen.shape)), None
            if self.level == "full":
                parts = [part for z in flat for part in (z.real, z.imag)] if pairs else flat
                data = [x if type(x) is float and isfinite(x) else spell(x) for x in parts]
            return Value(number, shape, word, data, None, _of_few(flat), note=seen.note)
        if seen.array is not None:
            summary, key = self._summary_of(seen.array, pairs), None
            if seen.code:
                key = str(number)
                code = "F32" if seen.code == "BF16" else seen.code
                blocks[key] = Block(code, list(seen.array.shape), seen.array.tobytes())
            return Value(number, shape, word, None, key, summary, note=seen.note)
        if seen.statistics is None:
            return Value(number, shape, word, note=seen.note)
        summary = seen.statistics.summary()
        return Value(number, shape, word, None, None, summary, seen.picture, seen.sample, seen.stride, seen.note)

    def _summary_of(self, array: NDArray[Any], pairs: bool) -> Summary:
        numbers = torch.from_numpy(array)
        numbers = torch.view_as_complex(numbers) if pairs else numbers
        found = measure(numbers)
        if self._histograms:
            found.histogram = histogram(numbers, found, BUDGET)
        return found.summary()


class Unprofiled:
    """The program's own profiler, if it has one on, does not see what we do in this block."""

    __slots__ = ("_profiled",)

    def __enter__(self) -> None:
        self._profiled = torch._C._autograd._profiler_enabled()
        if self._profiled:
            torch._C._autograd._enable_record_function(False)

    def __exit__(self, *_: object) -> None:
        if self._profiled:
            torch._C._autograd._enable_record_function(True)


def unseeable(tensor: Tensor) -> str | None:
    """Why a tensor has no numbers to see, or ``None``."""
    if type(tensor) is not Tensor and isinstance(tensor, UninitializedTensorMixin):
        return "not initialised yet"
    if tensor.is_meta or type(tensor).__name__ == "FakeTensor":
        return "fake tensor: shape and dtype only"
    if torch._C._functorch.is_functorch_wrapped_tensor(tensor):
        return "inside a torch.func transform: torch does not show the numbers"
    if type(tensor) is not Tensor and type(tensor).__torch_dispatch__ is not _NO_DISPATCH:
        return f"{type(tensor).__name__}: reading its numbers would run its own __torch_dispatch__"
    if tensor.is_nested:
        return "nested tensor: numbers are not kept"
    if not torch._C._has_storage(tensor) or tensor._is_zerotensor():
        return "torch shows no memory of it"
    if tensor.layout is not torch.strided:
        return f"{tensor.layout}: numbers are not kept"
    if tensor.dtype not in _CODES and (tensor.is_quantized or not tensor.dtype.is_complex):
        return f"{tensor.dtype}: numbers are not kept"
    return None


def _flat(nested: Any, depth: int) -> list[Any]:
    if depth == 0:
        return [nested]
    for _ in range(depth - 1):
        nested = [x for row in nested for x in row]
    return cast(list[Any], nested)


def _array(plain: Tensor) -> NDArray[Any]:
    if plain.dtype is torch.bfloat16:
        plain = plain.float()
    return np.array(plain.cpu().numpy(), copy=True, order="C")


def _of_few(numbers: list[Any]) -> Summary:
    """The summary of at most 64 numbers; of complex ones, by absolute value."""
    sizes_ = [abs(x) if isinstance(x, complex) else float(x) for x in numbers]
    good = [x for x in sizes_ if isfinite(x)]
    count, nan = len(sizes_), sum(1 for x in sizes_ if x != x)
    zeros = sum(1 for x in sizes_ if x == 0.0) / count if count else 0.0
    if not good:
        return Summary(count, 0, nan, count - nan, None, None, None, None, None, zeros)
    low, high = min(good), max(good)
    scale = max(abs(low), abs(high)) or 1.0
    scaled = [x / scale for x in good]
    mean = math.fsum(scaled) / len(good)
    std = math.sqrt(math.fsum((x - mean) ** 2 for x in scaled) / len(good))
    norm = math.sqrt(math.fsum(x * x for x in scaled))
    stats = [_finite(x * scale) for x in (mean, std, norm)]
    return Summary(count, len(good), nan, count - len(good) - nan, low, high, stats[0], stats[1], stats[2], zeros)


def _finite(x: float) -> float | None:
    return x if isfinite(x) else None


def _spelled(numbers: Tensor, whole: bool) -> list[Any]:
    return numbers.tolist() if whole else [spell(x) for x in numbers.tolist()]


def _picture(plain: Tensor, real: Tensor, whole: bool) -> Picture:
    """Block means of the tensor seen as a matrix (its last dimension across, all others down)."""
    width = plain.shape[-1] if plain.dim() else 1
    matrix = real.reshape(1, 1, -1, width)
    rows, columns = min(64, matrix.shape[2]), min(64, matrix.shape[3])
    means = torch.nn.functional.adaptive_avg_pool2d(matrix, (rows, columns))
    return Picture(rows, columns, _spelled(means.reshape(-1), whole))
