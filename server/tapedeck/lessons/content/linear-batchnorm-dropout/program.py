import torch
from torch import nn

x = torch.randn(2, 3)
linear = nn.Linear(3, 4)
norm = nn.BatchNorm1d(4, eps=1e-5)
with torch.no_grad():
    norm.weight.fill_(4.0)
    norm.bias.zero_()
drop = nn.Dropout(0.5)

h = linear(x)
y = norm(h)
o = drop(y)

with torch.no_grad():
    v = h.var(0, unbiased=False)
    mean, var = y.mean(0), y.var(0, unbiased=False)
    formula = 16 * v / (v + norm.eps)
print("mean:", mean)
print("variance:", var)
print("16 v / (v + eps):", formula)

o.sum().backward()

try:
    norm(torch.ones(1, 4))
except ValueError as error:
    print("ValueError:", error)
