import torch
from torch import nn
from torch.nn import functional as F

P = 0.5
torch.manual_seed(0)

x = torch.arange(12.0).view(1, 3, 2, 2).requires_grad_()
drop = nn.Dropout(P)

y = drop(x)
y.sum().backward()
print("x.grad:", x.grad.flatten().tolist())

z = drop.eval()(x)
print("the same object:", z is x)

net = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Sequential(nn.Dropout(), nn.Linear(4, 2)))
net.training = False
print("flags after net.training = False:", [module.training for module in net.modules()])
net.eval()
print("flags after net.eval():", [module.training for module in net.modules()])

ones = torch.ones(1000)
untold = F.dropout(ones)
told = F.dropout(ones, training=net.training)
print("zeroed:", (untold == 0).sum().item(), "and", (told == 0).sum().item(), "of 1000")

try:
    nn.Dropout()(torch.arange(12))
except RuntimeError as error:
    print("RuntimeError:", error)
