import torch


def watch(name, tensor):
    def adjoint(gradient):
        print(f"adjoint of {name}: {gradient.item()}")

    tensor.register_hook(adjoint)


x1 = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
x2 = torch.tensor(5.0, dtype=torch.float64, requires_grad=True)

v1 = torch.log(x1)
v2 = x1 * x2
v3 = torch.sin(x2)
v4 = v1 + v2
v5 = v4 - v3

named = {"x1": x1, "x2": x2, "v1": v1, "v2": v2, "v3": v3, "v4": v4, "v5": v5}
for name, tensor in named.items():
    watch(name, tensor)

v5.backward()
print("x1.grad =", x1.grad.item(), "x2.grad =", x2.grad.item())
