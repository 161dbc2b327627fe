import torch
from torch import nn


def block1():
    return nn.Sequential(nn.Linear(4, 2), nn.ReLU(), nn.Linear(2, 4), nn.ReLU())


def block2():
    net = nn.Sequential()
    for i in range(3):
        net.add_module(f"block {i}", block1())
    return net


rgnet = nn.Sequential(block2(), nn.Linear(4, 1))
names = [name for name, parameter in rgnet.named_parameters()]
print(len(names), "names,", sum(parameter.numel() for parameter in rgnet.parameters()), "numbers")

path = "0.block 1.0.bias"
found = rgnet.get_parameter(path)
print(path, list(found.shape), "is rgnet[0][1][0].bias:", found is rgnet[0][1][0].bias)

net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
weight = net[2].weight
print("before backward:", weight.grad)
net(torch.rand(2, 4)).sum().backward()
print("after backward:", list(weight.grad.shape))

try:
    net[3]
except IndexError as error:
    print("IndexError:", error)
try:
    print(weight.grid)
except AttributeError as error:
    print("AttributeError:", error)
try:
    net.add_module("last.one", nn.ReLU())
except KeyError as error:
    print("KeyError:", error)
