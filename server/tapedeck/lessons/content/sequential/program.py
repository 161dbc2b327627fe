from collections import OrderedDict

import torch
from torch import nn

torch.manual_seed(1)
by_add_module = nn.Sequential()
by_add_module.add_module("conv", nn.Conv2d(1, 2, 3))
by_add_module.add_module("batchnorm", nn.BatchNorm2d(2))
by_add_module.add_module("activation_layer", nn.ReLU())

torch.manual_seed(1)
by_position = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU())

torch.manual_seed(1)
by_ordered_dict = nn.Sequential(
    OrderedDict([("conv1", nn.Conv2d(1, 2, 3)), ("bn1", nn.BatchNorm2d(2)), ("relu1", nn.ReLU())])
)

x = torch.randn(1, 1, 5, 5)
first, second, third = by_add_module(x), by_position(x), by_ordered_dict(x)
for net in (by_add_module, by_position, by_ordered_dict):
    print([name for name, child in net.named_children()])
print("bit-equal:", torch.equal(first, second), torch.equal(second, third))
first.sum().backward()

# Square brackets instead of a call: OrderedDict[...] is a type, not a dictionary.
try:
    nn.Sequential(OrderedDict[("conv1", nn.Conv2d(1, 2, 3))])
except TypeError as error:
    print("TypeError:", error)

# The first layer works in place: the caller's own tensor changes.
mine = torch.tensor([-1.0, 2.0, -3.0])
net = nn.Sequential(nn.ReLU(inplace=True), nn.Linear(3, 2))
net(mine)
print("mine is now", mine.tolist())
