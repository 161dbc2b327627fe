import torch
from torch import nn


class SumNet(nn.Module):
    @staticmethod
    def forward(a, b, c):
        return a + b + c


def add_ten(module, inputs):
    a, b = inputs
    return a + 10, b


def add_hundred(module, inputs, output):
    return output + 100


a = torch.tensor(1.0, requires_grad=True)
b = torch.tensor(2.0, requires_grad=True)
c = torch.tensor(3.0, requires_grad=True)

sum_net = SumNet()
pre_hook = sum_net.register_forward_pre_hook(add_ten)
forward_hook = sum_net.register_forward_hook(add_hundred)

d = sum_net(a, b, c=c)
print("with hooks:", d.item())
d.backward()

pre_hook.remove()
forward_hook.remove()

plain = sum_net(a, b, c=c)
print("without hooks:", plain.item())
