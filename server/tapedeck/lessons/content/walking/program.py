import torch
from torch import nn


class MyNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.convBN = nn.Sequential(nn.Conv2d(10, 10, 3), nn.BatchNorm2d(10))
        self.linear = nn.Linear(10, 2)

    def forward(self, x):
        return self.linear(self.convBN(x).mean((2, 3)))


net = MyNet()
print("children:", [type(module).__name__ for module in net.children()])
print("modules:", [type(module).__name__ for module in net.modules()])

cursor = net.named_modules()
for _ in range(6):
    try:
        name, module = next(cursor)
        print(repr(name), type(module).__name__)
    except StopIteration:
        print("StopIteration")

print(net.convBN[1])

block = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
twice = nn.Sequential(block, block)
print("children of twice:", len(list(twice.children())))
print("names in twice:", [name for name, _ in twice.named_modules()])

out = net(torch.randn(1, 10, 5, 5))
out = twice(out)
