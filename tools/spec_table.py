"""Writes ``server/tapedeck/spec/table.json``: the layers, losses and optimizers of torch and their arguments.

They are read from torch's own signatures, so that a spec can be checked where torch is not imported.
"""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import torch
from torch import nn

TARGET = Path(__file__).parents[1] / "server" / "tapedeck" / "spec" / "table.json"
NOT_LAYERS = {
    "Module", "Container", "Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict", "DataParallel",
    "Transformer", "TransformerEncoder", "TransformerDecoder", "TransformerDecoderLayer", "AdaptiveLogSoftmaxWithLoss",
    "RNNBase", "RNNCellBase", "FractionalMaxPool2d", "FractionalMaxPool3d", "MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d",
    "CrossMapLRN2d", "EmbeddingBag", "SyncBatchNorm",
}  # fmt: skip
"""Containers, bases, and what takes more than tensors that a spec can name."""

NOT_LOSSES = {
    "TripletMarginWithDistanceLoss", "CTCLoss", "TripletMarginLoss", "CosineEmbeddingLoss", "MarginRankingLoss",
    "GaussianNLLLoss", "AdaptiveLogSoftmaxWithLoss", "LinearCrossEntropyLoss",
}  # fmt: skip
"""Losses of more than an output and a target."""

NOT_ARGUMENTS = {
    "self", "device", "dtype", "params", "_weight", "_freeze", "foreach", "capturable", "differentiable", "fused",
    "size_average", "reduce", "weight", "pos_weight",
}  # fmt: skip
"""What a spec has no words for: tensors, devices, and arguments that torch has deprecated."""


def table() -> dict[str, Any]:
    """Every class by its name, with its arguments."""
    modules = {name: one for name, one in vars(nn).items() if inspect.isclass(one) and issubclass(one, nn.Module)}
    losses = {name: one for name, one in modules.items() if name.endswith("Loss") and name not in NOT_LOSSES}
    layers = {
        n: one
        for n, one in modules.items()
        if not n.endswith("Loss") and not n.endswith("Loss2d") and n not in NOT_LAYERS
    }
    optimizers = {
        name: one
        for name, one in vars(torch.optim).items()
        if inspect.isclass(one)
        and issubclass(one, torch.optim.Optimizer)
        and name not in ("Optimizer", "LBFGS", "SparseAdam", "Muon")
    }
    groups = {"layers": layers, "losses": losses, "optimizers": optimizers}
    return {group: {name: arguments(one) for name, one in sorted(them.items())} for group, them in groups.items()}


def arguments(of: type) -> list[dict[str, Any]]:
    """The arguments of a class in their order: name, whether required, default, and what it may be."""
    found: dict[str, dict[str, Any]] = {}
    for name, one in _parameters(of).items():
        if name in NOT_ARGUMENTS or one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD):
            continue
        required = one.default is one.empty
        default = None if required else one.default
        if not isinstance(default, (int, float, bool, str, type(None), tuple, list)):
            continue
        found[name] = {
            "name": name,
            "required": required,
            "default": default,
            "type": kind(name, one.annotation, default),
        }
    return list(found.values())


def _parameters(of: type) -> dict[str, inspect.Parameter]:
    """Of a recurrent layer, which takes whatever its base does, those of the base."""
    own = dict(inspect.signature(of.__init__).parameters)
    if of in (nn.RNN, nn.LSTM, nn.GRU):
        base = dict(inspect.signature(nn.RNNBase.__init__).parameters)
        base.pop("mode")
        if of is nn.RNN:
            base["nonlinearity"] = inspect.Parameter(
                "nonlinearity", inspect.Parameter.KEYWORD_ONLY, default="tanh", annotation=str
            )
        if of is not nn.LSTM:
            base.pop("proj_size")
        return base
    return own


def kind(name: str, annotation: Any, default: Any) -> str:
    """``int``, ``float``, ``bool``, ``str``, ``sizes`` (a number or several) or ``any``."""
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    if isinstance(default, bool) or text in ("bool", "Optional[bool]", "bool | None"):
        return "bool"
    if text in ("int", "Optional[int]", "int | None"):
        return "int"
    if text in ("float", "Optional[float]", "float | None") or isinstance(default, float):
        return "float"
    if text == "str" or isinstance(default, str):
        return "str"
    if name in ("embed_dim", "num_heads", "kdim", "vdim"):
        return "int"
    if "size" in text or name == "normalized_shape" or "tuple" in text.lower() or "Union[int" in text:
        return "sizes"
    return "any"


if __name__ == "__main__":
    TARGET.write_text(json.dumps(table(), indent=1) + "\n")
