import torch

a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
d = torch.tensor(4.0, requires_grad=True)


def hundred(gradient):
    gradient *= 100


c = a * b
c.retain_grad()
e = c + d
d.register_hook(hundred)

start = torch.tensor(1.0)
e.backward(start)

for name, tensor in (("a", a), ("b", b), ("c", c), ("d", d)):
    print(f"{name}.grad = {tensor.grad.item():g}")
print("start =", start.item())
