"""BERT-base in plain ``torch.nn`` (Devlin et al. 2018): post-norm encoder layers, attention written out."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class SelfAttention(nn.Module):
    """Multi-head self-attention as matmul, softmax, dropout and matmul."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value = nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, width)
        self.dropout = nn.Dropout(0.1)

    def split(self, x: Tensor) -> Tensor:
        """(N, T, C) to (N, heads, T, C / heads)."""
        return x.view(*x.shape[:2], self.heads, -1).transpose(1, 2)

    def forward(self, x: Tensor) -> Tensor:
        """Same shape as ``x``: (N, T, C)."""
        query, key, value = self.split(self.query(x)), self.split(self.key(x)), self.split(self.value(x))
        scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])
        weights = self.dropout(F.softmax(scores, dim=-1))
        return (weights @ value).transpose(1, 2).flatten(2)  # type: ignore[no-any-return]


class Layer(nn.Module):
    """Attention and MLP, each followed by dropout, the way around and layer norm."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.attention = SelfAttention(width, heads)
        self.attention_output = nn.Linear(width, width)
        self.attention_norm = nn.LayerNorm(width, eps=1e-12)
        self.intermediate = nn.Linear(width, 4 * width)
        self.gelu = nn.GELU()
        self.output = nn.Linear(4 * width, width)
        self.output_norm = nn.LayerNorm(width, eps=1e-12)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x: Tensor) -> Tensor:
        """Same shape as ``x``: (N, T, C)."""
        x = self.attention_norm(x + self.dropout(self.attention_output(self.attention(x))))
        hidden = self.gelu(self.intermediate(x))
        return self.output_norm(x + self.dropout(self.output(hidden)))  # type: ignore[no-any-return]


class Bert(nn.Module):
    """(N, T) token ids in, (N, classes) logits out, from the pooled first token."""

    def __init__(self, vocabulary: int, width: int, heads: int, layers: int, length: int, classes: int) -> None:
        super().__init__()
        self.word = nn.Embedding(vocabulary, width)
        self.position = nn.Embedding(length, width)
        self.segment = nn.Embedding(2, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.dropout = nn.Dropout(0.1)
        self.layers = nn.ModuleList(Layer(width, heads) for _ in range(layers))
        self.pooler = nn.Linear(width, width)
        self.classifier = nn.Linear(width, classes)

    def forward(self, tokens: Tensor) -> Tensor:
        """The logits."""
        positions = torch.arange(tokens.shape[1])
        x = self.word(tokens) + self.position(positions) + self.segment(torch.zeros_like(tokens))
        x = self.dropout(self.norm(x))
        for layer in self.layers:
            x = layer(x)
        return self.classifier(self.dropout(torch.tanh(self.pooler(x[:, 0]))))  # type: ignore[no-any-return]
