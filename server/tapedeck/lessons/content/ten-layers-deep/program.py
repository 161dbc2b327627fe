import torch
from torch import nn
from torch.nn import init

STD = 0.01


def spread(module, inputs, output):
    print("spread:", output.std().item())


class Tower(nn.Sequential):
    def __init__(self, fill):
        torch.manual_seed(0)
        layers = [nn.Linear(64, 64, bias=False) for _ in range(10)]
        super().__init__(*[part for layer in layers for part in (layer, nn.Tanh())])
        for layer in layers:
            fill(layer.weight)


small = Tower(lambda weight: init.normal_(weight, 0, STD))
large = Tower(lambda weight: init.normal_(weight, 0, 1.0))
xavier = Tower(init.xavier_normal_)
x = torch.randn(256, 64)

for net in (small, large, xavier):
    for activation in list(net)[1::2]:
        activation.register_forward_hook(spread)
    h = net(x)
    h.sum().backward()
    print("beyond 0.99:", (h.abs() > 0.99).float().mean().item())
