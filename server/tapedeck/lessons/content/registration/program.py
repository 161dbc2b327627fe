import torch
from torch import nn


class Toy:
    def __init__(self):
        self._parts = {}
        self.first = nn.Linear(4, 5)
        self.second = nn.Linear(5, 2)

    def __setattr__(self, key, value):
        if not key.startswith("_"):
            self._parts[key] = value
        object.__setattr__(self, key, value)

    def parameters(self):
        for part in self._parts.values():
            yield from part.parameters()


class Model(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = layers
        for i, layer in enumerate(layers):
            self.add_module(f"layer_{i}", layer)

    def forward(self, x):
        return reduce(lambda value, layer: layer(value), self.layers, x)


class Listed(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = nn.ModuleList(layers)


toy = Toy()
print([list(p.shape) for p in toy.parameters()])
try:
    toy.size = 3
    list(toy.parameters())
except AttributeError as error:
    print("AttributeError:", error)

layers = [nn.Linear(6, 4), nn.ReLU(), nn.Linear(4, 3)]
model = Model(layers)
print([name for name, _ in model.named_parameters()])
listed = Listed(layers)
print([name for name, _ in listed.named_parameters()])

x = torch.randn(2, 6)
try:
    model(x)
except NameError as error:
    print("NameError:", error)

from functools import reduce

out = model(x)
out.sum().backward()
