"""The einsum lab: how it reads equations, its programs, and the adjoints that it derives, against torch."""
# ruff: noqa: E501 - what torch says is long

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from tests.labs.node import node

Shapes = list[list[int]]

GOOD: list[tuple[str, Shapes]] = [
    ("ik,kj->ij", [[2, 3], [3, 5]]),
    ("ik,kj->ji", [[2, 3], [3, 5]]),
    ("ik,kj->ikj", [[2, 3], [3, 5]]),
    ("ik,kj", [[2, 3], [3, 5]]),
    ("kj,ji", [[2, 3], [3, 5]]),
    ("ij,kj->ik", [[2, 3], [2, 3]]),
    ("i k , k j -> i j", [[2, 3], [3, 5]]),
    ("i,j->ij", [[2], [3]]),
    ("i,i->", [[4], [4]]),
    ("i,i->i", [[4], [4]]),
    ("ij->", [[2, 3]]),
    ("ij->i", [[2, 3]]),
    ("ij->j", [[2, 3]]),
    ("ij->ji", [[2, 3]]),
    ("ba", [[2, 3]]),
    ("Ba", [[2, 3]]),
    ("aB", [[2, 3]]),
    ("ii", [[3, 3]]),
    ("ii->i", [[3, 3]]),
    ("iii->i", [[2, 2, 2]]),
    ("iii->", [[2, 2, 2]]),
    ("iij,ij->j", [[2, 2, 3], [2, 3]]),
    ("ii,jj->", [[3, 3], [2, 2]]),
    ("ii,jj->ij", [[3, 3], [2, 2]]),
    ("bij,bjk->bik", [[2, 2, 3], [2, 3, 4]]),
    ("...ij,...jk->...ik", [[2, 2, 3], [2, 3, 4]]),
    ("...ij,jk->...ik", [[2, 2, 3], [3, 4]]),
    ("...ij,...jk", [[2, 2, 3], [2, 3, 4]]),
    ("...ij,...jk->ik", [[2, 2, 3], [1, 3, 4]]),
    ("b...a", [[2, 3, 4]]),
    ("i...->...", [[2, 3, 4]]),
    ("i...j->ij", [[2, 3, 4]]),
    ("...->", [[2, 3]]),
    ("i...i->...", [[2, 3, 2]]),
    ("...a,...a->...", [[4, 1, 3], [2, 3]]),
    ("ij,j->i", [[2, 3], [1]]),
    ("ij,ij->", [[2, 3], [2, 1]]),
    ("ij,ij->ij", [[2, 1], [2, 3]]),
    ("ii,i->i", [[1, 1], [3]]),
    ("ij,k->ik", [[2, 3], [4]]),
    ("ijm,k->k", [[2, 3, 2], [4]]),
    ("ij,jk,kl->il", [[2, 3], [3, 2], [2, 4]]),
    ("i,i,i,i->", [[3], [3], [3], [3]]),
    (",ij->ij", [[], [2, 3]]),
    (",->", [[], []]),
    ("bhqd,bhkd->bhqk", [[1, 2, 3, 4], [1, 2, 3, 4]]),
]
BAD: list[tuple[str, Shapes, str]] = [
    ("ik,kj->ii", [[2, 3], [3, 5]], "einsum(): output subscript i appears more than once in the output"),
    ("ik,kj->iz", [[2, 3], [3, 5]], "einsum(): output subscript z does not appear in the equation for any input operand"),
    ("ik,jk->ij", [[2, 3], [3, 5]], "einsum(): subscript k has size 5 for operand 1 which does not broadcast with previously seen size 3"),
    ("ik,kj,jl", [[2, 3], [3, 5]], "einsum(): fewer operands were provided than specified in the equation"),
    ("ik", [[2, 3], [3, 5]], "einsum(): more operands were provided than specified in the equation"),
    ("ikk,kj->ij", [[2, 3], [3, 5]], "einsum(): the number of subscripts in the equation (3) does not match the number of dimensions (2) for operand 0 and no ellipsis was given"),
    ("i,kj->ij", [[2, 3], [3, 5]], "einsum(): the number of subscripts in the equation (1) does not match the number of dimensions (2) for operand 0 and no ellipsis was given"),
    ("i1,kj->ij", [[2, 3], [3, 5]], "einsum(): invalid subscript given at index 1 in the equation string, subscripts must be in [a-zA-Z]"),
    ("ik,kj-ij", [[2, 3], [3, 5]], "einsum(): invalid subscript given at index 5 in the equation string, subscripts must be in [a-zA-Z]"),
    ("ik,kj->i,j", [[2, 3], [3, 5]], "einsum(): invalid subscript given at index 8 in the equation string, subscripts must be in [a-zA-Z]"),
    ("ik,kj->ij->j", [[2, 3], [3, 5]], "einsum(): invalid subscript given at index 9 in the equation string, subscripts must be in [a-zA-Z]"),
    ("ik,kj- >ij", [[2, 3], [3, 5]], "einsum(): invalid subscript given at index 5 in the equation string, subscripts must be in [a-zA-Z]"),
    ("..k,kj->j", [[2, 3], [3, 5]], "einsum(): found '.' for operand 0 that is not part of any ellipsis"),
    ("i....k,kj->ij", [[2, 3], [3, 5]], "einsum(): found '.' for operand 0 for which an ellipsis was already found"),
    ("ik,kj->ij.", [[2, 3], [3, 5]], "einsum(): found '.' for output that is not part of any ellipsis (...)"),
    ("ik,kj->......", [[2, 3], [3, 5]], "einsum(): found '.' for output but an ellipsis (...) was already found"),
    ("ii", [[3, 2]], "einsum(): subscript i is repeated for operand 0 but the sizes don't match, 2 != 3"),
    ("ii", [[3, 1]], "einsum(): subscript i is repeated for operand 0 but the sizes don't match, 1 != 3"),
    ("...ij,...jk", [[5, 2, 3], [4, 3, 5]], "einsum(): dimension 0 covered by ellipsis in operand 1has size 4 which does not broadcast with previously seen ellipsis with size 5 for the respective dimension"),
    ("...ijk,kj->j", [[2, 3], [3, 5]], ""),
    ("", [[2, 3]], ""),
    ("iк,kj->ij", [[2, 3], [3, 5]], "einsum(): invalid subscript given at index 1 in the equation string, subscripts must be in [a-zA-Z]"),
]  # fmt: skip


def numbers(shapes: Shapes) -> list[list[float]]:
    """Numbers of no pattern, the same each time."""
    return [[math.sin(7.0 * n + 3.0 * k * k) * 4.0 for k in range(math.prod(shape))] for n, shape in enumerate(shapes)]


@pytest.fixture(scope="module")
def told() -> dict[str, dict[str, Any]]:
    """How the lab reads every equation above, by equation and shapes."""
    cases = [(equation, shapes) for equation, shapes in GOOD] + [(equation, shapes) for equation, shapes, _ in BAD]
    asked = [{"equation": e, "shapes": shapes, "numbers": numbers(shapes)} for e, shapes in cases]
    return {str(case): answer for case, answer in zip(cases, node("einsum/programs.js", asked), strict=True)}


def run(program: dict[str, Any]) -> dict[str, Any]:
    scope: dict[str, Any] = {}
    exec(program["source"], scope)
    return scope


@pytest.mark.parametrize(("equation", "shapes"), GOOD, ids=[f"{e} {s}" for e, s in GOOD])
def test_forward_and_every_adjoint_are_torchs(told: Any, equation: str, shapes: Shapes) -> None:
    answer = told[str((equation, shapes))]
    assert answer["fault"] is None
    scope = run(answer["program"])
    y = scope["y"]
    assert list(y.shape) == answer["shape"]
    assert torch.allclose(
        y.detach().flatten(), torch.tensor(answer["cells"], dtype=torch.float64), rtol=1e-12, atol=1e-12
    )
    for name in "abcd"[: len(shapes)]:
        derived, grad = scope[f"{name}_bar"], scope[name].grad
        assert derived.shape == grad.shape
        assert torch.allclose(derived, grad, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("equation", "shapes", "says"), BAD, ids=[f"{e} {s}" for e, s, _ in BAD])
def test_what_torch_refuses_is_explained_and_what_torch_says_is_known(
    told: Any, equation: str, shapes: Shapes, says: str
) -> None:
    answer = told[str((equation, shapes))]
    with pytest.raises(RuntimeError) as refused:
        run(answer["program"])
    assert says in str(refused.value)
    fault = answer["fault"]
    assert fault is not None
    assert 0 <= fault["at"] < fault["end"] <= max(1, len(equation))
    assert len(fault["message"]) > 20


def test_the_index_that_torch_names_is_the_one_that_is_marked(told: Any) -> None:
    for equation, shapes, says in BAD:
        fault = told[str((equation, shapes))]["fault"]
        if "given at index" in says:
            assert fault["at"] == int(says.split("index ")[1].split()[0])
        if "output subscript" in says:
            assert equation[fault["at"]] == says.split("subscript ")[1][0]
            assert fault["at"] > equation.index("->")


def test_the_notes_have_their_numbers() -> None:
    a, b = [6.0, 0, 5, 6, 4, 8], [6.0, 5, 2, 3, 1, 4, 8, 1, 8, 5, 0, 6, 7, 6, 7]
    asked = [
        {"equation": e, "shapes": [[2, 3], [3, 5]], "numbers": [a, b]} for e in ("ik,kj->ij", "ik,kj->ji", "ik,kj")
    ]
    product, turned, implicit = node("einsum/programs.js", asked)
    assert product["cells"] == implicit["cells"] == [36, 60, 47, 48, 41, 52, 110, 72, 98, 82]
    assert (product["free"], product["summed"]) == (["i", "j"], ["k"])
    assert turned["cells"] == [36, 52, 60, 110, 47, 72, 48, 98, 41, 82]
