"""Sizes of tensors, as they are held while a program runs and as they stand on the tape."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def shape_or_none(tensor: Any) -> tuple[int, ...] | None:
    """The sizes; ``None`` where there are none (a nested tensor, an uninitialised parameter)."""
    try:
        return tensor.shape  # type: ignore[no-any-return]
    except RuntimeError:
        return None


def shape_of(thing: Any) -> list[int]:
    """The sizes of a tensor, or of what a node expects, as they stand on the tape; none where there are none."""
    return sizes(shape_or_none(thing) or ())


def sizes(shape: Iterable[Any]) -> list[int]:
    """Sizes as numbers; -1 for a symbolic one, which asking for its number would pin down."""
    return [size if type(size) is int else -1 for size in shape]
