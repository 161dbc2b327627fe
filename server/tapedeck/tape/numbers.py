"""Numbers of a tape's values: read whole or by slice, without torch or numpy, special numbers kept for JSON."""

from __future__ import annotations

import math
import struct
from itertools import product
from typing import Any

from tapedeck.tape.rows import Number
from tapedeck.tape.tape import Block, Tape

_FORMAT = {
    "F64": "d",
    "F32": "f",
    "F16": "e",
    "I64": "q",
    "I32": "i",
    "I16": "h",
    "I8": "b",
    "U8": "B",
    "BOOL": "?",
}
SPECIAL = ("NaN", "Infinity", "-Infinity")
"""The numbers that JSON has none for, as `spell` spells them."""
LARGEST = 1 << 64
"""Every integer of a tensor is smaller."""
MAX_SLICE = 1 << 20
"""Numbers that one slice may return."""


def spell(number: float) -> Number:
    """The number, or the string that stands for it where JSON has none."""
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
    return number


def read(number: Number) -> float:
    """The inverse of `spell`."""
    return float(number)


def count(block: Block) -> int | None:
    """How many numbers are in a block, or ``None`` where it is of no type that we know."""
    code = _FORMAT.get(block.dtype)
    size = 2 if block.dtype == "BF16" else struct.calcsize(code) if code else 0
    return len(block.data) // size if size and len(block.data) % size == 0 else None


def unpack(block: Block) -> list[Any]:
    """Every number of a block, flat and row-major."""
    if block.dtype == "BF16":
        shorts = struct.unpack(f"<{len(block.data) // 2}H", block.data)
        return list(struct.unpack(f"<{len(shorts)}f", struct.pack(f"<{len(shorts)}I", *(s << 16 for s in shorts))))
    code = _FORMAT[block.dtype]
    return list(struct.unpack(f"<{len(block.data) // struct.calcsize(code)}{code}", block.data))


def numbers_of(tape: Tape, value: int) -> list[Any] | None:
    """Every number of a captured value, flat and row-major, or ``None`` where the tape does not hold them all."""
    row = tape.values[value]
    if row.data is not None:
        return row.data
    if row.file is None or row.file not in tape.blocks:
        return None
    return [spell(number) for number in unpack(tape.blocks[row.file])]


def slice_numbers(tape: Tape, value: int, text: str = "") -> dict[str, Any]:
    """Numbers of one value: ``{"shape", "dtype", "data"}``, ``data`` flat and row-major.

    ``text`` selects as Python would, one entry a dimension: ``"0,:,2:8"``; empty means everything. Raises
    ``LookupError`` when there is no such value or the tape does not hold its numbers, ``ValueError`` when the text does
    not fit the shape (the message says what to change).
    """
    if not 0 <= value < len(tape.values):
        raise LookupError(f"there is no value {value}; the tape has {len(tape.values)}")
    row = tape.values[value]
    flat = numbers_of(tape, value)
    if flat is None:
        raise LookupError(row.note or "the tape keeps a summary of this value, not every number")
    if row.dtype.startswith("torch.complex"):
        flat = [flat[i : i + 2] for i in range(0, len(flat), 2)]
    ranges, shape = _ranges(text, row.shape)
    wanted = math.prod(len(r) for r in ranges)
    if wanted > MAX_SLICE:
        raise ValueError(f"the slice has more than {MAX_SLICE:,} numbers; ask for a smaller one")
    if not wanted:  # of an empty tensor one dimension may still be too large to go through
        return {"shape": shape, "dtype": row.dtype, "data": []}
    strides = [math.prod(row.shape[d + 1 :]) for d in range(len(row.shape))]
    data = [flat[sum(i * s for i, s in zip(index, strides, strict=True))] for index in product(*ranges)]
    return {"shape": shape, "dtype": row.dtype, "data": data}


def _ranges(text: str, shape: list[int]) -> tuple[list[range], list[int]]:
    entries = [entry.strip() for entry in text.split(",")] if text.strip() else []
    if len(entries) > len(shape):
        raise ValueError(f"the slice names {len(entries)} dimensions; the value has {len(shape)}: {shape}")
    ranges, kept = [], []
    for dimension, size in enumerate(shape):
        entry = entries[dimension] if dimension < len(entries) else ":"
        try:
            parts = [int(part) if part.strip() else None for part in entry.split(":")]
        except ValueError:
            raise ValueError(f"'{entry}' is no index; write a number or start:stop:step") from None
        if len(parts) == 1 and parts[0] is not None:
            if not -size <= parts[0] < size:
                raise ValueError(f"index {parts[0]} is out of range for dimension {dimension} of size {size}")
            ranges.append(range(parts[0] % size, parts[0] % size + 1))
        elif len(parts) in (2, 3) and (len(parts) == 2 or parts[2] != 0):
            ranges.append(range(size)[slice(*parts)])
            kept.append(len(ranges[-1]))
        else:
            raise ValueError(f"'{entry}' is no index; write a number or start:stop:step")
    return ranges, kept
