import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, wrap):
        super().__init__()
        self.layers = wrap([nn.Conv2d(5, 5, 3), nn.BatchNorm2d(5), nn.Linear(5, 2)])

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


plain = Net(list)
plain(torch.randn(1, 5, 7, 7)).sum().backward()  # forward and backward work
print("parameters:", [name for name, parameter in plain.named_parameters()])
print("state:", list(plain.state_dict()), plain)

plain.eval()
plain.double()
print("in training:", [layer.training for layer in plain.layers], plain.layers[0].weight.dtype)
try:
    torch.optim.SGD(plain.parameters(), lr=0.1)
except ValueError as error:
    print("ValueError:", error)

listed = Net(nn.ModuleList)
print("numbers:", sum(parameter.numel() for parameter in listed.parameters()))


# The two side by side, in one module.
class Both(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = [nn.Linear(3, 4)]
        self.module_list = nn.ModuleList([nn.Linear(3, 4)])


both = Both()
print([name for name, parameter in both.named_parameters()])

weights = nn.ParameterList([torch.ones(2), torch.ones(2)])
try:
    weights(1)
except RuntimeError as error:
    print("RuntimeError:", error)
