"""The programs that the benchmarks run, each a `Step`: a small MLP and three large networks in plain ``torch.nn``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from models_bert import Bert
from models_gpt import Gpt
from models_resnet import ResNet
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class Step:
    """One forward and backward pass of ``model`` on ``inputs``; ``loss`` makes the scalar from what the model returns.

    ``clear`` drops the gradients and belongs outside of what is timed: without it every round but the first would
    also add to the gradients of the round before.
    """

    model: nn.Module
    inputs: Tensor
    loss: Callable[[Tensor], Tensor]

    def __call__(self) -> None:
        self.loss(self.model(self.inputs)).backward()

    def forward(self) -> Tensor:
        """The forward pass alone, with its graph."""
        return self.model(self.inputs)  # type: ignore[no-any-return]

    def clear(self) -> None:
        """Drop the gradients."""
        self.model.zero_grad(set_to_none=True)


def mlp() -> Step:
    """Two layers, 64-64-10, batch 32."""
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    return Step(model, torch.randn(32, 64), lambda logits: logits.sum())


def resnet() -> Step:
    """ResNet-50 in training mode at 1×3×224×224 against one class of a thousand."""
    label = torch.tensor([1])
    return Step(ResNet((3, 4, 6, 3)), torch.randn(1, 3, 224, 224), lambda logits: F.cross_entropy(logits, label))


def bert() -> Step:
    """BERT-base in training mode on 64 tokens, classified into two."""
    label = torch.tensor([1])
    model = Bert(vocabulary=30522, width=768, heads=12, layers=12, length=512, classes=2)
    return Step(model, torch.randint(0, 30522, (1, 64)), lambda logits: F.cross_entropy(logits, label))


def gpt() -> Step:
    """GPT-2 small in training mode on 64 tokens, every token against the one that follows it."""
    tokens = torch.randint(0, 50257, (1, 65))
    model = Gpt(vocabulary=50257, width=768, heads=12, layers=12, length=1024)
    return Step(model, tokens[:, :-1], lambda logits: F.cross_entropy(logits.flatten(0, 1), tokens[0, 1:]))


MODELS: dict[str, Callable[[], Step]] = {"MLP": mlp, "ResNet-50": resnet, "BERT-base": bert, "GPT-2 small": gpt}
LARGE = ("ResNet-50", "BERT-base", "GPT-2 small")
