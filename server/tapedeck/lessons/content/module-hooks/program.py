import torch
from torch import nn


def watch_forward(module, inputs, output):
    print("forward ", inputs[0].tolist(), "->", output.tolist())
    return None


def watch_backward(module, grad_input, grad_output):
    print("backward", grad_output[0].tolist(), "->", [grad.tolist() for grad in grad_input])


layer = nn.Linear(2, 1)
with torch.no_grad():
    layer.weight.copy_(torch.tensor([[3.0, 4.0]]))
    layer.bias.zero_()

forward_hook = layer.register_forward_hook(watch_forward)
backward_hook = layer.register_full_backward_hook(watch_backward)

x = torch.tensor([[1.0, 2.0]], requires_grad=True)
y = layer(x)
y.sum().backward()

forward_hook.remove()
backward_hook.remove()
layer(x).sum().backward()


def ten_times(module, inputs, output):
    return output * 10


replace = layer.register_forward_hook(ten_times)
z = layer(x)
print("replaced:", z.item())
replace.remove()
