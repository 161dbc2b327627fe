import torch

x = torch.tensor([[0.0, 1, 2], [3, 4, 5]])
square = torch.tensor([[0.0, 1, 2], [3, 4, 5], [6, 7, 8]])
v = torch.tensor([[1.0, 0.0, 2.0]])
p, q = torch.ones(2, 5, 3), torch.ones(2, 3, 4)

outer = torch.einsum("i,j->ij", torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0, 5.0]))
total = torch.einsum("ij->", x)
matvec = torch.einsum("ij,kj->ik", x, v)
gram = torch.einsum("ij,kj->ik", x, x)
batch = torch.einsum("ijk,ikl->ijl", p, q)
diagonal = torch.einsum("ii->i", square)
transpose = torch.einsum("ij->ji", x)


def attempt(equation, *operands):
    try:
        print(equation, "gives", torch.einsum(equation, *operands).tolist())
    except RuntimeError as error:
        print(equation, "raises", error)


attempt("ij->ii", torch.ones(2, 3))
attempt("ij->k", torch.ones(2, 3))
attempt("ijk->k", torch.ones(2, 3))
attempt("ij,jk->ik", torch.ones(2, 3), torch.ones(2, 3))
attempt("ii->i", torch.ones(2, 3))
attempt("ij,jk->ik", torch.ones(2, 3))
attempt("ij->ij", torch.ones(2, 3), torch.ones(2, 3))
attempt("i1->i", torch.ones(2, 3))
attempt("..ij->ij", torch.ones(2, 3))
attempt("...i...->i", torch.ones(2, 3))

equation = "ij,kj->ik"
attempt(equation, x, square)

try:
    z = torch.einsum("ij->ji", x)
    print(z1)
except NameError as error:
    print("NameError:", error)
