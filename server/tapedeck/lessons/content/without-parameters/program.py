import torch
from torch import nn


class Centered(nn.Module):
    def forward(self, x):
        return x - x.mean()


layer = Centered()
x = torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0], requires_grad=True)
y = layer(x)
print("y:", y.tolist(), "parameters:", list(layer.parameters()))

# The gradient of one output, y[picked].
picked = 0
one_hot = torch.zeros(5)
one_hot[picked] = 1.0
y.backward(one_hot, retain_graph=True)
print("of one output:", x.grad)

# The gradient of the sum of all outputs.
x.grad = None
y.sum().backward()
print("of the sum:", x.grad)
