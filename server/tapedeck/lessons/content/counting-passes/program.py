import torch
import torch.autograd.forward_ad as fwAD


def squares(x):  # 5 inputs, 1 output
    return (x * x).sum()


def powers(t):  # 1 input, 3 outputs
    return torch.stack([t, t**2, t**3])


def forward(f, x, tangent):
    with fwAD.dual_level():
        y = f(fwAD.make_dual(x, tangent))
        return fwAD.unpack_dual(y).tangent


x = torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0])
print("5 forward passes:", [forward(squares, x, row).item() for row in torch.eye(5)])
x.requires_grad_()
squares(x).backward()
print("1 reverse pass:", x.grad.tolist())

t = torch.tensor(2.0)
print("1 forward pass:", forward(powers, t, torch.ones(())).tolist())
t.requires_grad_()
y = powers(t)
rows = [torch.autograd.grad(y, t, row, retain_graph=True) for row in torch.eye(3)]
print("3 reverse passes:", [gradient.item() for (gradient,) in rows])


def twice(result):
    try:
        for time in ("first", "second"):
            result.backward()
            print(time, "backward is fine")
    except RuntimeError as error:
        print("RuntimeError:", error)


a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
total = a + b
twice(total)
product = a * b
twice(product)
