"""A spec that was read: plain values, all of them checked."""

from __future__ import annotations

import msgspec


class Filled(msgspec.Struct, frozen=True):
    """A tensor to make: of a shape and filled by a function, or of values; ``classes`` are whole numbers below it."""

    shape: list[int] | None = None
    fill: str = "randn"
    values: object = None
    classes: int | None = None
    requires_grad: bool = False


class Step(msgspec.Struct, frozen=True):
    """A layer or a function, what goes in by name, and the name of what comes out."""

    kind: str
    name: str
    inputs: list[str]
    args: dict[str, object]
    is_function: bool = False


class Part(msgspec.Struct, frozen=True):
    """A loss or an optimizer."""

    kind: str
    args: dict[str, object]


class Model(msgspec.Struct, frozen=True):
    """Everything that a spec says. ``chain``: every step takes what the one before gave, and nobody gave it a name."""

    inputs: dict[str, Filled]
    layers: list[Step]
    chain: bool
    output: str
    target: Filled | None
    loss: Part | None
    optimizer: Part | None
    steps: int
    mode: str
