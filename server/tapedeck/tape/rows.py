"""The rows of a tape's tables: facts about things, which do not change while the program runs.

Ids are small integers: row ``n`` of a table has ``id == n``. A field that names a row of another table holds that
row's id. Rows are immutable; the recorder builds them once, when the recording ends.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Number = float | int | bool | str
"""A number that survives JSON: the strings ``"NaN"``, ``"Infinity"`` and ``"-Infinity"`` stand for themselves."""

Role = Literal["input", "parameter", "buffer", "constant", "activation", "gradient", "tangent"]
Phase = Literal["build", "forward", "backward", "update"]
HookKind = Literal[
    "tensor",
    "post_accumulate_grad",
    "node_pre",
    "node_post",
    "forward_pre",
    "forward",
    "full_backward_pre",
    "full_backward",
    "backward",
]


class Row(msgspec.Struct, frozen=True, gc=False):
    """Base of every row: immutable, compared by value."""


class Source(Row, frozen=True, gc=False):
    """One text of the program. ``text`` is empty when it could not be read."""

    id: int
    name: str
    text: str


class Span(Row, frozen=True, gc=False):
    """A place in a source: ``line`` and ``end_line`` count from 1, the columns count characters from 0.

    ``function`` is the qualified name of the function that the place is in (``"<module>"`` at top level).
    """

    id: int
    source: int
    line: int
    column: int
    end_line: int
    end_column: int
    function: str = "<module>"


class Module(Row, frozen=True, gc=False):
    """One ``nn.Module``. ``path`` starts with the variable it hangs from (``net.features.0``)."""

    id: int
    path: str
    name: str
    type: str
    extra_repr: str
    parent: int | None
    children: list[int]
    parameters: dict[str, int]
    buffers: dict[str, int]
    tied_with: list[int]
    training: bool
    constructed: int | None


class Tensor(Row, frozen=True, gc=False):
    """One tensor that the program held.

    ``name`` is the name the program gave it (``c``, ``net.fc1.weight``), or ``None``. ``op``/``output`` say which
    output of which op it was first; ``node``/``node_output`` are its ``grad_fn`` and ``output_nr`` at that moment.
    ``storage`` is equal for tensors that share memory; ``base`` is the tensor it is a view of. A gradient names the
    tensor it is the ``.grad`` of in ``grad_of``.
    """

    id: int
    role: Role
    name: str | None
    shape: list[int]
    dtype: str
    device: str
    requires_grad: bool
    is_leaf: bool
    op: int | None
    output: int
    node: int | None
    node_output: int
    base: int | None
    storage: int
    grad_of: int | None = None
    span: int | None = None


class Argument(Row, frozen=True, gc=False):
    """A tensor argument of an op, by the name torch gives the parameter (``input``, ``weight``, ``tensors[1]``)."""

    name: str
    tensor: int


class Constant(Row, frozen=True, gc=False):
    """Another argument of an op, as text."""

    name: str
    text: str


class Op(Row, frozen=True, gc=False):
    """One call of the torch API that produced or changed tensors.

    ``outputs`` are the tensors it returned, ``mutates`` those whose version it moved on; ``span`` is the innermost
    expression of the user's own source that led to the call and ``stack`` all user frames, outermost first.
    ``phase`` says where it ran: while a module was built, in the program's forward code, inside a backward pass (a
    hook, a recomputation), or in an optimizer's step. ``hook`` is the hook it ran in. ``error`` is the exception it
    raised, if it did; such an op has no outputs.
    """

    id: int
    name: str
    label: str
    inputs: list[Argument]
    constants: list[Constant]
    outputs: list[int]
    mutates: list[int]
    span: int | None
    stack: list[int]
    call: int | None
    nodes: list[int]
    in_place: bool
    phase: Phase = "forward"
    hook: int | None = None
    error: str | None = None

    @property
    def writes(self) -> list[int]:
        """Every tensor the op wrote: its outputs, then what it changed without returning it."""
        return self.outputs + [t for t in self.mutates if t not in self.outputs]


class Edge(Row, frozen=True, gc=False):
    """One entry of ``next_functions``: the node that gets this gradient and the index of its input, or ``None``."""

    node: int | None
    input: int


class Saved(Row, frozen=True, gc=False):
    """A saved tensor of a node: its slot (``self`` for ``_saved_self``) and the version it was saved at.

    ``tensor`` is ``None`` where torch does not let it be seen without running the program's unpack hook. ``value`` is
    what was seen of it when it was saved.
    """

    slot: str
    tensor: int | None
    version: int
    value: int | None = None


class InputMetadata(Row, frozen=True, gc=False):
    """Shape and dtype of the gradient that a node expects at one of its inputs."""

    shape: list[int]
    dtype: str


class Node(Row, frozen=True, gc=False):
    """One autograd node. ``variable`` is the leaf that an ``AccumulateGrad`` feeds.

    ``sequence`` is torch's ``_sequence_nr`` (``None`` for ``AccumulateGrad``, which has none); ``order`` is 1 for a
    node of a first derivative, and k + 1 for one that was made in a backward pass of order k or leads to such a node.
    """

    id: int
    name: str
    op: int | None
    sequence: int | None
    next_functions: list[Edge]
    saved: list[Saved]
    inputs: list[InputMetadata]
    variable: int | None
    order: int = 1


class Call(Row, frozen=True, gc=False):
    """One call of one module."""

    id: int
    module: int
    parent: int | None
    inputs: list[int]
    outputs: list[int]
    span: int | None


class Hook(Row, frozen=True, gc=False):
    """One registered hook, its target (one of ``tensor``, ``node``, ``module``) and when it was added and removed.

    ``order`` counts registrations on the same target and kind from 0. ``added`` is ``None`` for a hook that was
    there before the recording began, ``removed`` for one that was never removed. ``span`` is its function's definition.
    """

    id: int
    kind: HookKind
    tensor: int | None
    node: int | None
    module: int | None
    order: int
    name: str
    span: int | None
    added: int | None = None
    removed: int | None = None


class Histogram(Row, frozen=True, gc=False):
    """Counts of the finite elements in equal bins from ``low`` to ``high``.

    Of a tensor that is too large to keep, only every ``every``-th element is counted.
    """

    low: float
    high: float
    counts: list[int]
    every: int = 1


class Summary(Row, frozen=True, gc=False):
    """Statistics over all elements; ``min`` … ``norm`` are over the finite ones and ``None`` where there are none.

    ``std`` is the population standard deviation, ``norm`` the L2 norm, ``zeros`` the share of exact zeros. A complex
    tensor is summarised by the absolute values of its elements.
    """

    count: int
    finite: int
    nan: int
    inf: int
    min: float | None
    max: float | None
    mean: float | None
    std: float | None
    norm: float | None
    zeros: float
    histogram: Histogram | None = None


class Picture(Row, frozen=True, gc=False):
    """A downsampled picture (block means of the last two dimensions), row-major, at most 64 × 64."""

    rows: int
    columns: int
    data: list[Number]


class Value(Row, frozen=True, gc=False):
    """What was seen of a tensor at one moment.

    ``data`` holds every number (row-major; complex as re, im pairs) of a tensor of at most 64 elements; ``file`` is
    the key of every number in the tape's tensor file; ``picture`` and ``sample`` (every ``stride``-th element)
    stand for larger ones. ``note`` says why there are no numbers, where there are none.
    """

    id: int
    shape: list[int]
    dtype: str
    data: list[Number] | None = None
    file: str | None = None
    summary: Summary | None = None
    picture: Picture | None = None
    sample: list[Number] | None = None
    stride: int = 1
    note: str | None = None
