"""What the lessons on einsum must show, asserted on their tapes."""

import pytest

from tests.lessons.seen import grads, label, made, printed, reach, value
from tests.recorder.programs import kinds

CUBE = [
    [[36, 30, 12, 18, 6], [0, 0, 0, 0, 0], [0, 30, 35, 30, 35]],
    [[36, 30, 12, 18, 6], [16, 32, 4, 32, 20], [0, 48, 56, 48, 56]],
]
PRODUCT = [[36, 60, 47, 48, 41], [52, 110, 72, 98, 82]]
TURNED = [[36, 52], [60, 110], [47, 72], [48, 98], [41, 82]]
REFUSED = [
    "ij->ii raises einsum(): output subscript i appears more than once in the output",
    "ij->k raises einsum(): output subscript k does not appear in the equation for any input operand",
    "ijk->k raises einsum(): the number of subscripts in the equation (3) does not match the number of dimensions (2) "
    "for operand 0 and no ellipsis was given",
    "ij,jk->ik raises einsum(): subscript j has size 2 for operand 1 which does not broadcast with previously seen "
    "size 3",
    "ii->i raises einsum(): subscript i is repeated for operand 0 but the sizes don't match, 3 != 2",
    "ij,jk->ik raises einsum(): fewer operands were provided than specified in the equation",
    "ij->ij raises einsum(): more operands were provided than specified in the equation",
    "i1->i raises einsum(): invalid subscript given at index 1 in the equation string, subscripts must be in [a-zA-Z]",
    "..ij->ij raises einsum(): found '.' for operand 0 that is not part of any ellipsis",
    "...i...->i raises einsum(): found '.' for operand 0 for which an ellipsis was already found",
]


def flat(rows):
    return [number for row in rows for number in (flat(row) if isinstance(row, list) else [row])]


def shape(tape, name):
    return [row.shape for row in tape.tensors if row.name == name][-1]


# ── einsum ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_kept_the_index_gives_a_cube_and_summed_a_matrix(told) -> None:
    tape = told("einsum")

    assert (shape(tape, "cube"), value(tape, "cube")) == ([2, 3, 5], flat(CUBE))
    assert (shape(tape, "d"), value(tape, "d"), value(tape, "total")) == ([2, 5], flat(PRODUCT), 646.0)
    assert (shape(tape, "t"), value(tape, "t")) == ([5, 2], flat(TURNED))
    assert (shape(tape, "m"), value(tape, "m")) == ([2, 5], flat(PRODUCT))
    assert [line for line in printed(tape) if "is the same" in line or "over k" in line] == [
        "the cube summed over k is the same: True",
        "a @ b is the same: True",
    ]


def test_einsum_builds_14_nodes_where_matmul_builds_3(told) -> None:
    tape = told("einsum")

    assert len(reach(tape, made(tape, "d"))) == 14
    assert sorted(label(tape, node) for node in reach(tape, made(tape, "m"))) == [
        "AccumulateGrad(a)",
        "AccumulateGrad(b)",
        "MmBackward0",
    ]


def test_backward_the_sum_fans_out_to_rows(told) -> None:
    assert grads(told("einsum")) == {
        "a": [17.0, 26.0, 26.0] * 2,
        "b": [12.0] * 5 + [4.0] * 5 + [13.0] * 5,
    }


@pytest.mark.parametrize("equation", ["ik,kj->ikj", "ik,kj->k", "ik,kj->"])
def test_the_gradients_do_not_depend_on_what_is_summed_first(told, equation) -> None:
    edited, plain = told("einsum", {"equation": equation}), told("einsum")

    assert grads(edited) == grads(plain)


def test_an_equation_that_is_refused_ends_the_program_with_its_reason(told) -> None:
    tape = told("einsum", {"equation": "ik,kj->ii"}, outcome="raised")

    (ended,) = kinds(tape, "raise")
    assert ended.message == "einsum(): output subscript i appears more than once in the output"


# ── einsum-implicit ────────────────────────────────────────────────────────────────────────────────────────────────


def test_without_an_arrow_the_output_is_what_occurs_once_sorted(told) -> None:
    tape = told("einsum-implicit")

    x = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    transposed = [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]
    assert (shape(tape, "y"), value(tape, "y")) == ([3, 2], transposed)
    assert (shape(tape, "same"), value(tape, "same")) == ([2, 3], x)
    assert (shape(tape, "capitals"), value(tape, "capitals")) == ([3, 2], transposed)
    assert value(tape, "trace") == 12.0


def test_the_names_of_the_indices_decide_between_a_product_and_its_transpose(told) -> None:
    tape, kept = told("einsum-implicit"), told("einsum-implicit", {"names": 1})

    assert (shape(tape, "product"), value(tape, "product")) == ([2, 5], flat(PRODUCT))
    assert (shape(tape, "renamed"), value(tape, "renamed")) == ([5, 2], flat(TURNED))
    assert (shape(kept, "renamed"), value(kept, "renamed")) == ([2, 5], flat(PRODUCT))
    assert "product is a @ b: True" in printed(tape)
    assert "renamed is (a @ b).T: True [5, 2]" in printed(tape)


@pytest.mark.parametrize("names", [2, 3])
def test_other_names_that_sort_the_other_way_transpose_too(told, names) -> None:
    assert value(told("einsum-implicit", {"names": names}), "renamed") == flat(TURNED)


def test_the_dots_come_first(told) -> None:
    tape = told("einsum-implicit")

    assert (shape(tape, "dots"), shape(tape, "batch")) == ([3, 4, 2], [5, 2, 4])


# ── einsum-errors ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "sizes", "expected"),
    [
        ("outer", [2, 3], [3, 4, 5, 6, 8, 10]),
        ("total", [], 15),
        ("matvec", [2, 1], [4, 13]),
        ("gram", [2, 2], [5, 14, 14, 50]),
        ("batch", [2, 5, 4], [3] * 40),
        ("diagonal", [3], [0, 4, 8]),
        ("transpose", [3, 2], [0, 3, 1, 4, 2, 5]),
    ],
)
def test_each_classic_operation_is_an_equation(told, name, sizes, expected) -> None:
    tape = told("einsum-errors")

    assert (shape(tape, name), value(tape, name)) == (sizes, expected)


def test_ten_equations_are_refused_each_with_its_reason(told) -> None:
    tape = told("einsum-errors")

    assert printed(tape)[:10] == REFUSED
    errors = [row.error for row in tape.ops if row.error]
    assert errors == [f"RuntimeError: {line.split(' raises ')[1]}" for line in REFUSED]


def test_the_last_error_is_pythons(told) -> None:
    assert printed(told("einsum-errors"))[-1] == "NameError: name 'z1' is not defined"
