from collections import OrderedDict

import torch
from torch import nn

empty = vars(nn.Module())
print(len(empty), "attributes")
for kind in (bool, dict, set, OrderedDict, type(None)):
    print(kind.__name__, [name for name, value in empty.items() if type(value) is kind])


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.param1 = nn.Parameter(torch.rand(3, 3))
        self.submodel1 = nn.Linear(3, 4)
        self.extra = torch.zeros(2)

    def forward(self, x):
        return self.submodel1(self.param1.mm(x))


net = M()
for name in ("param1", "submodel1", "extra"):
    drawers = ("_parameters", "_buffers", "_modules")
    print(name, "is in", [drawer for drawer in drawers if name in vars(net)[drawer]] or "vars(net)")
print([(name, list(p.shape)) for name, p in net.named_parameters()])
print(net)

try:
    net.nothing
except AttributeError as error:
    print("AttributeError:", error)

out = net(torch.eye(3))
out.sum().backward()
