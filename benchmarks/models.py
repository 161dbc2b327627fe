"""Three models in plain ``torch.nn`` that the benchmarks run: an MLP, a residual network, a GPT-style decoder."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Step = Callable[[], None]
"""One forward and backward pass."""


class Residual(nn.Module):
    """Two convolutions with batch norm and a way around them."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        """Same shape as ``x``: (N, C, H, W)."""
        return F.relu(x + self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))


class Block(nn.Module):
    """Pre-norm decoder block: attention and MLP, each with a way around it."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x: Tensor) -> Tensor:
        """Same shape as ``x``: (N, T, C)."""
        n, t, c = x.shape
        q, k, v = (part.view(n, t, self.heads, -1).transpose(1, 2) for part in self.qkv(self.ln_1(x)).split(c, dim=2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.proj(y.transpose(1, 2).reshape(n, t, c))
        return x + self.mlp(self.ln_2(x))  # type: ignore[no-any-return]


class Decoder(nn.Module):
    """Token and position embeddings, blocks, a head; (N, T) token ids in, (N, T, vocabulary) logits out."""

    def __init__(self, vocabulary: int, width: int, heads: int, layers: int, length: int) -> None:
        super().__init__()
        self.wte, self.wpe = nn.Embedding(vocabulary, width), nn.Embedding(length, width)
        self.h = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.ln_f = nn.LayerNorm(width)
        self.lm_head = nn.Linear(width, vocabulary, bias=False)

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits of the next token at every position."""
        x = self.wte(tokens) + self.wpe(torch.arange(tokens.shape[1]))
        for block in self.h:
            x = block(x)
        return self.lm_head(self.ln_f(x))  # type: ignore[no-any-return]


def mlp() -> Step:
    """Two layers, 64 wide, batch 32."""
    net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    x = torch.randn(32, 64)
    return lambda: net(x).sum().backward()


def resnet() -> Step:
    """Eight residual blocks of 64 channels at 2×3×56×56."""
    net = nn.Sequential(
        nn.Conv2d(3, 64, 7, 2, 3),
        *(Residual(64) for _ in range(8)),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(64, 10),
    )
    x = torch.randn(2, 3, 112, 112)
    return lambda: net(x).sum().backward()


def gpt() -> Step:
    """Twelve layers, 384 wide, 64 tokens."""
    net = Decoder(1000, 384, 6, 12, 64)
    tokens = torch.randint(0, 1000, (1, 64))
    return lambda: F.cross_entropy(net(tokens).view(-1, 1000), tokens.view(-1)).backward()


MODELS: dict[str, Callable[[], Step]] = {"MLP 2×64": mlp, "ResNet 8 blocks": resnet, "GPT 12×384": gpt}
