"""From a checked model to the PyTorch source that somebody would have written."""

from __future__ import annotations

from collections.abc import Iterator

from tapedeck.spec.model import Filled, Model, Part, Step
from tapedeck.spec.table import FUNCTIONS, PAIRS

BARE = 2
FIRST = {
    "in_features", "out_features", "in_channels", "out_channels", "num_features", "num_embeddings", "embedding_dim",
    "input_size", "hidden_size", "embed_dim", "num_heads",
}  # fmt: skip
"""Arguments that come first wherever they exist."""


def source(model: Model) -> str:
    """The program: the model, its inputs, its loss and its optimizer, and the steps that it is trained for."""
    parts = [["import torch", "from torch import nn"], list(_model(model)), list(_data(model)), list(_loop(model))]
    blank = "\n\n\n" if not _flat(model) else "\n\n"
    head, body, data, loop = ("\n".join(part) for part in parts)
    return f"{head}{blank}{body}{blank}{data}\n\n{loop}\n"


def _flat(model: Model) -> bool:
    """Whether it is a chain of layers that an `nn.Sequential` holds."""
    return model.chain and not any(step.kind in PAIRS for step in model.layers)


def _model(model: Model) -> Iterator[str]:
    if _flat(model):
        yield "model = nn.Sequential("
        yield from (f"    {_made('nn', step.kind, step.args)}," for step in model.layers)
        yield ")"
        return
    yield "class Model(nn.Module):"
    yield "    def __init__(self):"
    yield "        super().__init__()"
    layers = [step for step in model.layers if not step.is_function]
    yield from (f"        self.{step.name} = {_made('nn', step.kind, step.args)}" for step in layers)
    yield ""
    yield f"    def forward(self, {', '.join(model.inputs)}):"
    yield from (f"        {_assigned(step)}" for step in model.layers)
    yield f"        return {model.output}"


def _assigned(step: Step) -> str:
    if step.is_function:
        _, written, defaults = FUNCTIONS[step.kind]
        args = {name: _literal(value) for name, value in {**defaults, **step.args}.items()}
        return f"{step.name} = {written.format(*step.inputs, all=', '.join(step.inputs), **args)}"
    result = PAIRS.get(step.kind, "{}").format(step.name)
    return f"{result} = self.{step.name}({', '.join(step.inputs)})"


def _data(model: Model) -> Iterator[str]:
    if not _flat(model):
        yield "model = Model()"
    if model.mode == "eval":
        yield "model.eval()"
    for name, one in model.inputs.items():
        yield f"{name} = {_tensor(one)}"
    if model.target is not None:
        yield f"target = {_tensor(model.target)}"
    if model.loss is not None:
        yield f"loss_function = {_made('nn', model.loss.kind, model.loss.args)}"
    if model.optimizer is not None:
        yield f"optimizer = {_optimizer(model.optimizer)}"


def _loop(model: Model) -> Iterator[str]:
    called = f"model({', '.join(model.inputs)})"
    lines = [f"output = {called}"]
    if model.loss is not None:
        lines.append("loss = loss_function(output, target)")
        lines += ["optimizer.zero_grad()"] if model.optimizer is not None else []
        lines.append("loss.backward()")
        lines += ["optimizer.step()"] if model.optimizer is not None else []
    else:
        lines.append("output.sum().backward()")
    if model.steps == 1:
        yield from lines
        return
    yield f"for step in range({model.steps}):"
    yield from (f"    {line}" for line in lines)


def _optimizer(part: Part) -> str:
    args = "".join(f", {name}={_literal(value)}" for name, value in part.args.items())
    return f"torch.optim.{part.kind}(model.parameters(){args})"


def _made(module: str, kind: str, args: dict[str, object]) -> str:
    """The first two sizes stand without their names, as everybody writes them."""
    bare = [number < BARE and name in FIRST for number, name in enumerate(args)]
    written = [
        _literal(value) if without else f"{name}={_literal(value)}"
        for (name, value), without in zip(args.items(), bare, strict=True)
    ]
    return f"{module}.{kind}({', '.join(written)})"


def _tensor(one: Filled) -> str:
    grad = ", requires_grad=True" if one.requires_grad else ""
    if one.values is not None:
        whole = one.classes is not None
        return f"torch.tensor({one.values!r}{'' if whole else ', dtype=torch.float32'}{grad})"
    shape = ", ".join(str(size) for size in one.shape or [])
    sizes = shape or "()"
    if one.classes is not None:
        return f"torch.randint({one.classes}, ({shape}{',' if len(one.shape or []) == 1 else ''}){grad})"
    if one.fill == "arange":
        count = 1
        for size in one.shape or []:
            count *= size
        made = f"torch.arange({count}.0).reshape({sizes})"
        return f"{made}.requires_grad_()" if one.requires_grad else made
    return f"torch.{one.fill}({sizes}{grad})"


def _literal(value: object) -> str:
    """A value as Python writes it; lists become tuples."""
    return repr(tuple(value)) if isinstance(value, list) else repr(value)
