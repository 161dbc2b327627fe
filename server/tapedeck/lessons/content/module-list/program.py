import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.steps = nn.ModuleList([nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)])

    def forward(self, x):
        for step in self.steps:
            x = step(x)
        return x


net = Net()
x = torch.randn(2, 3)
y = net(x)
y.sum().backward()

# The same three layers in a Sequential, which has a forward of its own.
chain = nn.Sequential(*net.steps)
z = chain(x)
print("same result:", torch.equal(y, z))
z.sum().backward()

print(isinstance(net.steps, list), isinstance(net.steps, nn.Module), len(net.steps), net.steps[-1])
try:
    net.steps(x)
except NotImplementedError as error:
    print("NotImplementedError:", error)
