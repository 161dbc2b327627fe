import torch
from torch import nn

kernel = torch.full((3, 3), -1 / 9)
kernel[1, 1] = 1.0
print("sum of the kernel:", kernel.sum().item())

conv = nn.Conv2d(1, 1, 3, bias=False)
with torch.no_grad():
    conv.weight.copy_(kernel.view(1, 1, 3, 3))

# A picture: the left half dark, the right half bright.
picture = torch.zeros(1, 1, 6, 6)
picture[..., 3:] = 0.9
out = conv(picture)
print("across the edge:", out.detach()[0, 0, 0])

flat = conv(torch.full((1, 1, 5, 5), 0.9))
print("flat area:", flat.detach()[0, 0, 0])

out.sum().backward()

# A colour picture has three channels.
rgb = torch.rand(1, 3, 8, 8)
colour = nn.Conv2d(1, 1, 3, bias=False)
try:
    print("colour:", list(colour(rgb).shape))
except RuntimeError as error:
    print("RuntimeError:", error)
