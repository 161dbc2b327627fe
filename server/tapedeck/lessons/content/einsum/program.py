import torch

a = torch.tensor([[6.0, 0, 5], [6, 4, 8]], requires_grad=True)
b = torch.tensor([[6.0, 5, 2, 3, 1], [4, 8, 1, 8, 5], [0, 6, 7, 6, 7]], requires_grad=True)

with torch.no_grad():  # only to look at: without a graph
    cube = torch.einsum("ik,kj->ikj", a, b)
print("k is kept:", list(cube.shape))

equation = "ik,kj->ij"
d = torch.einsum(equation, a, b)
print("k is summed:", d.tolist())
print("the cube summed over k is the same:", torch.equal(d, cube.sum(1)))

with torch.no_grad():
    t = torch.einsum("ik,kj->ji", a, b)
print("turned:", t.tolist())

m = a @ b
print("a @ b is the same:", torch.equal(d, m))

total = d.sum()
total.backward()
print("sum:", total.item())
print("a.grad =", a.grad.tolist())
print("b.grad =", b.grad.tolist())
