import torch

x = torch.tensor([[0.0, 1, 2], [3, 4, 5]])

equation = "ba"
y = torch.einsum(equation, x)
print(equation, "gives", y.tolist())

same = torch.einsum("ab", x)
capitals = torch.einsum("aB", x)
print("ab gives", same.tolist())
print("aB gives", capitals.tolist())

square = torch.tensor([[0.0, 1, 2], [3, 4, 5], [6, 7, 8]])
trace = torch.einsum("ii", square)
print("ii gives", trace.item())

a = torch.tensor([[6, 0, 5], [6, 4, 8]])
b = torch.tensor([[6, 5, 2, 3, 1], [4, 8, 1, 8, 5], [0, 6, 7, 6, 7]])
product = torch.einsum("ik,kj", a, b)
renamed = torch.einsum("kj,ji", a, b)
print("product is a @ b:", torch.equal(product, a @ b))
print("renamed is (a @ b).T:", torch.equal(renamed, (a @ b).T), list(renamed.shape))

dots = torch.einsum("b...a", torch.ones(2, 3, 4))
batch = torch.einsum("...ij,...jk", torch.ones(5, 2, 3), torch.ones(5, 3, 4))
print("b...a gives", list(dots.shape))
print("...ij,...jk gives", list(batch.shape))
