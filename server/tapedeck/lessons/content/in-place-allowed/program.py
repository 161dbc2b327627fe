import torch
from torch import nn

relu = nn.ReLU(inplace=True)


def overwrite(z):
    try:
        r = relu(z)
        print("output is input:", r is z, "version:", z._version)
        r.sum().backward()
        print("allowed")
    except RuntimeError as error:
        print(f"RuntimeError: {error}")


w = torch.tensor([[-1.0, 2.0], [3.0, -4.0]], requires_grad=True)

z = w * 1
overwrite(z)
print("w.grad =", w.grad)

u = w.exp()
overwrite(u)

overwrite(w)
