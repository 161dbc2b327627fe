import torch
import torch.autograd.forward_ad as fwAD


def f(x1, x2):
    v1 = torch.log(x1)
    v2 = x1 * x2
    v3 = torch.sin(x2)
    v4 = v1 + v2
    v5 = v4 - v3
    return v5


def double(number):
    return torch.tensor(number, dtype=torch.float64)


def one_pass(d1, d2):
    with fwAD.dual_level():
        x1 = fwAD.make_dual(double(2.0), double(d1))
        x2 = fwAD.make_dual(double(5.0), double(d2))
        return fwAD.unpack_dual(f(x1, x2))


y, dy_dx1 = one_pass(1.0, 0.0)
print("f =", y.item())
print("tangent of f:", dy_dx1.item())

y, dy_dx2 = one_pass(0.0, 1.0)
print("tangent of f:", dy_dx2.item())

y, slope = one_pass(1.0, 1.0)
print("tangent of f:", slope.item())
