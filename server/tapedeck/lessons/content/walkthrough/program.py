import torch

a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
d = torch.tensor(4.0, requires_grad=True)


def c_hook(gradient):
    return gradient + 2


def c_print(gradient):
    print("the gradient of c is", gradient.item())


def d_hook(gradient):
    return gradient + 100


def e_hook(gradient):
    return gradient * 2


c = a * b
c.register_hook(c_hook)
c.register_hook(c_print)
c.retain_grad()
d.register_hook(d_hook)

e = c * d
e.retain_grad()
e.register_hook(e_hook)
e.retain_grad()

e.backward()

for name, tensor in (("a", a), ("b", b), ("c", c), ("d", d), ("e", e)):
    print(f"{name}.grad = {tensor.grad.item():g}")
