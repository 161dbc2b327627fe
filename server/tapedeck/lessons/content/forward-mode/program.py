import torch
import torch.autograd.forward_ad as fwAD


def f(x1, x2):
    v1 = torch.log(x1)
    v2 = x1 * x2
    v3 = torch.sin(x2)
    v4 = v1 + v2
    v5 = v4 - v3
    return v5


at_x1 = torch.tensor(2.0, dtype=torch.float64)
at_x2 = torch.tensor(5.0, dtype=torch.float64)


def one_pass(d1, d2):
    with fwAD.dual_level():
        x1 = fwAD.make_dual(at_x1, torch.full_like(at_x1, d1))
        x2 = fwAD.make_dual(at_x2, torch.full_like(at_x2, d2))
        return fwAD.unpack_dual(f(x1, x2))


y, dy_dx1 = one_pass(1.0, 0.0)
print("f =", y.item())
print("along (1, 0): df/dx1 =", dy_dx1.item())

y, dy_dx2 = one_pass(0.0, 1.0)
print("along (0, 1): df/dx2 =", dy_dx2.item())

y, slope = one_pass(1.0, 1.0)
print("the third pass:", slope.item())
