import torch
from torch import nn


class Product(nn.Module):
    def forward(self, a, b, c):
        return (a * b) * c


def report(module, grad_input, grad_output):
    print("grad_input:", [grad.item() for grad in grad_input])


a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
c = torch.tensor(4.0, requires_grad=True)

legacy = Product()
legacy.register_backward_hook(report)
y = legacy(a, b, c)
y.backward()

full = Product()
full.register_full_backward_hook(report)
z = full(a, b, c)
z.backward()


# What a full hook returns takes the place of grad_input.
class Pair(nn.Module):
    def forward(self, a, b):
        return a * b


def ten_times(module, grad_input, grad_output):
    return tuple(10 * grad for grad in grad_input)


def five_times(module, grad_output):
    return (5 * grad_output[0],)


a.grad = b.grad = None
pair = Pair()
pair.register_full_backward_hook(ten_times)
pair(a, b).backward()
print("a.grad, b.grad:", a.grad.item(), b.grad.item())

# Two limits of full hooks: an in-place layer behind one, and an output that is a dict.
net = nn.Sequential(nn.Linear(2, 2), nn.ReLU(inplace=True))
net[0].register_full_backward_hook(report)
try:
    net(torch.ones(1, 2))
except RuntimeError as error:
    print("RuntimeError:", error)


class Named(nn.Module):
    def forward(self, a):
        return {"doubled": 2 * a}


named = Named()
named.register_full_backward_hook(report)
named(a)["doubled"].backward()
