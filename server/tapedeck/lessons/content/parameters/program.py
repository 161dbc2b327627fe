import torch
from torch import nn

pair = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
print("_parameters:", len(pair._parameters))
print("parameters():", len(list(pair.parameters())))

cursor = nn.Linear(2, 3).named_parameters()
for _ in range(3):
    try:
        name, parameter = next(cursor)
        print(name, list(parameter.shape))
    except StopIteration:
        print("StopIteration")

net = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Linear(2, 1))
net[0].requires_grad_(False)
net[2].scratch = torch.ones(3, requires_grad=True)
names = [name for name, _ in net.named_parameters()]
trainable = [name for name, p in net.named_parameters() if p.requires_grad]
print(len(names), "listed:", names)
print(len(trainable), "trainable:", trainable)

out = net(torch.tensor([[1.0, 2.0], [3.0, 5.0]]))
out.square().sum().backward()
print("without a gradient:", [name for name, p in net.named_parameters() if p.grad is None])
