import torch
from torch import nn
from torch.nn import functional as F


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(20, 256)
        self.out = nn.Linear(256, 10)

    def forward(self, x):
        return self.out(F.relu(self.hidden(x)))


net = MLP()
x = torch.rand(2, 20)
y = net(x)
y.sum().backward()
print("parameters:", sum(parameter.numel() for parameter in net.parameters()))
print("defines backward:", hasattr(net, "backward"))


class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        for index, block in enumerate(blocks):
            self._modules[str(index)] = block

    def forward(self, x):
        for block in self._modules.values():
            x = block(x)
        return x


parts = [nn.Linear(20, 256), nn.ReLU(), nn.Linear(256, 10)]
mine = MySequential(*parts)
mine_y = mine(x)
print("numbers in mine:", sum(parameter.numel() for parameter in mine.parameters()))
theirs = nn.Sequential(*parts)
print("bit-equal:", torch.equal(mine_y, theirs(x)))


class Headless(nn.Module):
    pass


try:
    Headless()(x)
except NotImplementedError as error:
    print("NotImplementedError:", error)

small = nn.Linear(16, 4)
print("largest weight:", small.weight.detach().abs().max().item(), "bound:", 1 / 16**0.5)
