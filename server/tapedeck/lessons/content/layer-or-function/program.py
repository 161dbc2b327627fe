import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)

x = torch.randn(2, 3)
layer = nn.Linear(3, 4)

by_layer = layer(x)
by_function = F.linear(x, layer.weight, layer.bias)

same = by_layer == by_function
print("same:", same.tolist())

for thing in (layer, F.linear):
    owned = list(thing.parameters()) if isinstance(thing, nn.Module) else []
    print("parameters listed by", type(thing).__name__, len(owned))

by_layer.sum().backward()
print("bias.grad:", layer.bias.grad.tolist())
print("x.grad:", x.grad)

# Running statistics are memory too: the layer has its own, the function gets them from its caller.
batch = torch.tensor([[0.0, 2.0], [4.0, 6.0]])
norm = nn.BatchNorm1d(2, affine=False)
mean, var = torch.zeros(2), torch.ones(2)
y1 = norm(batch)
y2 = F.batch_norm(batch, mean, var, training=True)
print("same:", torch.equal(y1, y2))
