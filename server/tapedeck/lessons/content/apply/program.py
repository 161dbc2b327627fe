import torch
from torch import nn
from torch.nn import functional as F

STD = 0.01


def init_normal(module):
    print("visits", type(module).__name__)
    if isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, mean=0, std=STD)
        nn.init.zeros_(module.bias)


def init_constant(module):
    if isinstance(module, nn.Linear):
        nn.init.constant_(module.weight, 1)
        nn.init.zeros_(module.bias)


net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
net.apply(init_normal)
big = nn.Linear(100, 100).apply(init_normal)
print("std of 10,000 weights:", round(big.weight.detach().std().item(), 4))

# Constants: every hidden unit begins as a copy of the others.
net.apply(init_constant)
with torch.no_grad():
    y = net(torch.tensor([[1.0, 2.0, 3.0, 4.0]]))
print("y:", y.item())

optimizer = torch.optim.SGD(net.parameters(), lr=0.001)
x, target = torch.randn(64, 4), torch.randn(64, 1)
for _ in range(50):
    optimizer.zero_grad()
    F.mse_loss(net(x), target).backward()
    optimizer.step()
rows = net[0].weight.detach()
print("moved:", not torch.equal(rows[0], torch.ones(4)), "all rows equal:", bool((rows == rows[0]).all()))

# A sub-block has an apply of its own.
net[0].apply(init_normal)
net[2].apply(init_constant)
print("first layer at most", round(net[0].weight.detach().abs().max().item(), 4), "last", net[2].weight.tolist())
