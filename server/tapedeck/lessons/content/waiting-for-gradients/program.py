import torch

a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)


def c_hook(gradient):
    print("c:", gradient.item())


def left_hook(gradient):
    print("left:", gradient.item())


def right_hook(gradient):
    print("right:", gradient.item())


c = a * b
c.register_hook(c_hook)
c.retain_grad()

left = c * 10
right = c**2
left.register_hook(left_hook)
right.register_hook(right_hook)

out = left + right
out.backward()
print("c.grad =", c.grad.item(), "a.grad =", a.grad.item(), "b.grad =", b.grad.item())
