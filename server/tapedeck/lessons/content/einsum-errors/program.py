import torch

x = torch.arange(6.0).view(2, 3)
square = torch.arange(9.0).view(3, 3)
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


attempt("ij->ii", x)
attempt("ij->k", x)
attempt("ijk->k", x)
attempt("ij,jk->ik", x, x)
attempt("ii->i", x)
attempt("ij,jk->ik", x)
attempt("ij->ij", x, x)
attempt("i1->i", x)
attempt("..ij->ij", x)
attempt("...i...->i", x)

equation = "ij,kj->ik"
attempt(equation, x, square)

try:
    z = torch.einsum("ij->ji", x)
    print(z1)
except NameError as error:
    print("NameError:", error)
