"""What ``torch.einsum`` multiplies: a contraction in Einstein's notation as the matrix products torch makes of it.

torch contracts from left to right, two operands at a time (``aten/src/ATen/native/Linear.cpp``, ``einsum`` and
``sumproduct_pair``): what only one of the two has and nobody needs is summed first, what is left becomes one ``bmm``,
and operands that share nothing to sum are multiplied element by element, for which torch has no formula.
"""

from __future__ import annotations

from collections import Counter

from tapedeck.recorder.formulas import Shape, products

_Sizes = dict[str, int]


def einsum_flops(equation: str, shapes: list[Shape]) -> int | None:
    """The operations of all products; ``None`` where there are none, or more than one order is possible.

    With ``opt_einsum`` installed torch lets it choose the order of three and more operands; that choice is not on
    the tape. Raises ``ValueError`` or ``IndexError`` when the equation does not fit the shapes.
    """
    if len(shapes) > 2 and _reordered():
        return None
    operands, kept = _parse(equation, shapes)
    holders = Counter(label for operand in operands for label, size in operand.items() if size != 1)
    total: int | None = None
    left = operands[0]
    for right in operands[1:]:
        left, made = _pair(left, right, kept, holders)
        if made is not None:
            total = made + (total or 0)
    return total


def _reordered() -> bool:
    from torch.backends import opt_einsum

    return bool(opt_einsum.is_available() and opt_einsum.enabled)


def _parse(equation: str, shapes: list[Shape]) -> tuple[list[_Sizes], set[str]]:
    """Sizes by label for each operand, and the labels of the result; an ellipsis stands for ``.0``, ``.1`` … from the
    right."""
    given, arrow, result = equation.replace(" ", "").partition("->")
    terms = given.split(",")
    if len(terms) != len(shapes):
        raise ValueError(f"{len(terms)} terms for {len(shapes)} operands")
    labelled = [_labels(term, len(shape)) for term, shape in zip(terms, shapes, strict=True)]
    operands = [dict(zip(labels, shape, strict=True)) for labels, shape in zip(labelled, shapes, strict=True)]
    if arrow:
        dots = {label for labels in labelled for label in labels if label[0] == "."} if "..." in result else set()
        return operands, set(result.replace("...", "")) | dots
    counts = Counter(label for labels in labelled for label in labels)
    return operands, {label for label, count in counts.items() if count == 1 or label[0] == "."}


def _labels(term: str, dimensions: int) -> list[str]:
    before, dots, after = term.partition("...")
    hidden = dimensions - len(before) - len(after) if dots else 0
    return [*before, *(f".{index}" for index in reversed(range(hidden))), *after]


def _pair(left: _Sizes, right: _Sizes, kept: set[str], holders: Counter[str]) -> tuple[_Sizes, int | None]:
    """The product of two operands: what it leaves, and what it costs."""
    labels = {**left, **right}
    batch = rows = columns = summed = 1
    contracts = False
    result: _Sizes = {}
    for label in labels:
        size, other = left.get(label, 1), right.get(label, 1)
        if size != 1 and other != 1:
            holders[label] -= 1
            if holders[label] == 1 and label not in kept:
                summed, contracts = summed * size, True
                continue
            batch *= size
        elif (size != 1 or other != 1) and holders[label] == 1 and label not in kept:
            continue
        elif size != 1:
            rows *= size
        else:
            columns *= other
        result[label] = size if size != 1 else other
    return result, products(batch, rows, summed, columns) if contracts else None
