import math

import torch
from torch import nn
from torch.nn import init

FAN_IN, FAN_OUT = 3, 4
GAIN = 1.0

layer = nn.Linear(FAN_IN, FAN_OUT)

torch.manual_seed(1)
init.xavier_normal_(layer.weight, GAIN)
by_init = layer.weight.detach().clone()

std = GAIN * math.sqrt(2 / (FAN_IN + FAN_OUT))
print("std:", round(std, 6))
torch.manual_seed(1)
with torch.no_grad():
    layer.weight.normal_(0, std)
print("identical:", torch.equal(by_init, layer.weight))

before = layer.weight._version
layer.weight.data.zero_()
print("versions added through .data:", layer.weight._version - before)
before = layer.weight._version
with torch.no_grad():
    layer.weight.zero_()
print("versions added under no_grad:", layer.weight._version - before)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 2, 3)
        self.norm1 = nn.BatchNorm2d(2)
        self.fc1 = nn.Linear(24, 10)


def fill(module):
    print("visits", type(module).__name__)
    if isinstance(module, nn.Linear):
        init.xavier_normal_(module.weight)


net = Net().apply(fill)
print("names with 'linear':", [name for name, _ in net.named_parameters() if "linear" in name])
params = net.fc1.weight.detach()
print("shapes of params and params[0]:", list(params.shape), list(params[0].shape))
