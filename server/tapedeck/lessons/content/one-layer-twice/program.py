import torch
from torch import nn

third = nn.Linear(8, 8)
fifth = third
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), third, nn.ReLU(), fifth, nn.ReLU(), nn.Linear(8, 1))

names = [name for name, parameter in net.named_parameters()]
all_names = [name for name, parameter in net.named_parameters(remove_duplicate=False)]
print("numbers:", sum(parameter.numel() for parameter in net.parameters()))
print(len(names), "names,", len(all_names), "with duplicates,", len(net.state_dict()), "in state_dict")


def count_call(module, inputs, output):
    print("forward of the layer at index 2")


def count_gradient(gradient):
    print("gradient of its weight")


third.register_forward_hook(count_call)
third.weight.register_hook(count_gradient)
x = torch.rand(3, 4)
y = net(x).sum()
y.backward()

# The same numbers in a net whose layers are all its own.
sizes = [(4, 8), (8, 8), (8, 8), (8, 1)]
layers = [layer for size in sizes for layer in (nn.Linear(*size), nn.ReLU())]
twin = nn.Sequential(*layers[:-1])
twin.load_state_dict(net.state_dict())
twin(x).sum().backward()
print("numbers of the twin:", sum(parameter.numel() for parameter in twin.parameters()))
both_uses = twin[2].weight.grad + twin[4].weight.grad
print("gradient is the sum of both uses:", torch.allclose(third.weight.grad, both_uses, atol=1e-6))

with torch.no_grad():
    net[2].weight[0, 0] = 100
    print("net[4].weight[0, 0] is", net[4].weight[0, 0].item())
