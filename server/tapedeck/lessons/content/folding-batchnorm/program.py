import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

torch.set_grad_enabled(False)

conv, bn = nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4)
bn.weight.uniform_(0.5, 1.5)
bn.bias.uniform_(-0.5, 0.5)
bn.running_mean.uniform_(-0.5, 0.5)
bn.running_var.uniform_(0.5, 1.5)
x = torch.randn(2, 3, 8, 8)

fused = nn.Conv2d(3, 4, 3, padding=1)
scale = bn.weight / torch.sqrt(bn.running_var + bn.eps)
fused.weight.copy_(conv.weight * scale.view(-1, 1, 1, 1))
fused.bias.copy_((conv.bias - bn.running_mean) * scale + bn.bias)

pair = nn.Sequential(conv, bn).eval()
y = pair(x)
z = fused(x)
print("error:", (y - z).abs().max().item())

pair.train()
t = pair(x)
print("error in training mode:", (t - z).abs().max().item())

try:
    fuse_conv_bn_eval(conv, bn)
except AssertionError as error:
    print("AssertionError:", error)
