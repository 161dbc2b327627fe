import torch
from torch import nn
from torch.nn import functional as F

SIZE = 2
x = torch.arange(16.0).view(1, 1, 4, 4).requires_grad_()

average = nn.AvgPool2d(SIZE)
mean = average(x)
print("parameters:", list(average.parameters()))

# The same numbers from a convolution with a fixed kernel.
kernel = torch.full((1, 1, SIZE, SIZE), 1 / SIZE**2)
as_conv = F.conv2d(x, kernel, stride=SIZE)
print("equal:", torch.allclose(mean, as_conv))

mean.sum().backward()
print("average sends back", x.grad[0, 0].tolist())

x.grad = None
maximum = nn.MaxPool2d(SIZE)
most = maximum(x)
most.sum().backward()
print("max sends back", x.grad[0, 0].tolist())

# Linear means f(u) + f(v) = f(u + v).
with torch.no_grad():
    u, v = x - 5, -x
    print("average is linear:", torch.allclose(average(u) + average(v), average(u + v), atol=1e-5))
    print("max is linear:", torch.allclose(maximum(u) + maximum(v), maximum(u + v)))
