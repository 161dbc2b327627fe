"""The layers, losses and optimizers that a spec can name, as ``tools/spec_table.py`` read them from torch."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

INPUTS = {"Bilinear": 2, "CosineSimilarity": 2, "PairwiseDistance": 2, "MultiheadAttention": 3}
"""How many tensors a layer takes, where it is not one."""

PAIRS = {"LSTM": "{}, _", "GRU": "{}, _", "RNN": "{}, _", "LSTMCell": "{}, _", "MultiheadAttention": "{}, _"}
"""Layers that return more than a tensor: the first is what goes on."""

FUNCTIONS: dict[str, tuple[tuple[int, int], str, dict[str, int]]] = {
    "add": ((2, 2), "{0} + {1}", {}),
    "sub": ((2, 2), "{0} - {1}", {}),
    "mul": ((2, 2), "{0} * {1}", {}),
    "matmul": ((2, 2), "{0} @ {1}", {}),
    "cat": ((2, 16), "torch.cat([{all}], dim={dim})", {"dim": 1}),
    "stack": ((2, 16), "torch.stack([{all}], dim={dim})", {"dim": 0}),
    "flatten": ((1, 1), "{0}.flatten({start_dim})", {"start_dim": 1}),
    "transpose": ((1, 1), "{0}.transpose({dim0}, {dim1})", {"dim0": -2, "dim1": -1}),
    "relu": ((1, 1), "torch.relu({0})", {}),
    "sigmoid": ((1, 1), "torch.sigmoid({0})", {}),
    "tanh": ((1, 1), "torch.tanh({0})", {}),
    "softmax": ((1, 1), "{0}.softmax({dim})", {"dim": -1}),
    "mean": ((1, 1), "{0}.mean({dim})", {"dim": -1}),
    "sum": ((1, 1), "{0}.sum({dim})", {"dim": -1}),
}
"""A function of tensors: how many it takes (from, to), how it is written, its whole-number arguments."""


@cache
def table() -> dict[str, dict[str, list[dict[str, Any]]]]:
    """``layers``, ``losses``, ``optimizers``: by name, arguments (``name``, ``type``, ``required``, ``default``)."""
    return dict(json.loads((files("tapedeck.spec") / "table.json").read_text("utf-8")))
