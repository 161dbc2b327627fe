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
Phase = Literal["build", "forward", "backward", "recompute", "update"]
GradMode = Literal["grad", "no_grad", "inference"]
HookKind = Literal[
    "tensor",
    "post_accumulate_grad",
    "multi_grad",
    "node_pre",
    "node_post",
    "saved_pack",
    "saved_unpack",
    "forward_pre",
    "forward",
    "full_backward_pre",
    "full_backward",
    "backward",
    "global_forward_pre",
    "global_forward",
    "global_full_backward_pre",
    "global_full_backward",
    "global_backward",
    "state_dict_pre",
    "state_dict",
    "load_state_dict_pre",
    "load_state_dict_post",
    "optimizer_step_pre",
    "optimizer_step_post",
    "global_optimizer_step_pre",
    "global_optimizer_step_post",
    "optimizer_state_dict_pre",
    "optimizer_state_dict_post",
    "optimizer_load_state_dict_pre",
    "optimizer_load_state_dict_post",
]


class Row(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Base of every row of a table: immutable, compared by value; defaults are left out of the file."""


class Part(msgspec.Struct, frozen=True, gc=False):
    """Base of what stands inside a row: immutable, compared by value, written whole."""


class Source(Row, frozen=True, gc=False, omit_defaults=True):
    """One text of the program. ``text`` is empty when it could not be read."""

    id: int
    name: str
    text: str


class Span(Row, frozen=True, gc=False, omit_defaults=True):
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


class Unregistered(Part, frozen=True, gc=False):
    """Something that a module holds outside its tables: a plain tensor attribute, a layer or tensor in a plain container.

    ``path`` is how to reach it from the module (``layers[0]``, ``heads['a']``); ``type`` is its class. ``module`` or
    ``tensor`` is its row, ``None`` where it never got one: nothing recorded ever used it. It may well be registered
    somewhere else (in a parent, under another name).
    """

    path: str
    kind: Literal["module", "parameter", "tensor"]
    type: str
    module: int | None = None
    tensor: int | None = None


class Entry(Part, frozen=True, gc=False):
    """One entry of a module's table: its name and the row of the tensor or module, ``None`` where it is ``None``.

    ``value`` is what had last been seen of the tensor.
    """

    name: str
    row: int | None
    value: int | None


class Contents(Part, frozen=True, gc=False):
    """The tables of a module at one moment: ``_parameters``, ``_buffers`` and ``_modules`` in their own order.

    ``step`` is the number of events that stood on the tape then. ``non_persistent`` are the buffers that
    ``state_dict()`` leaves out; ``unregistered`` is what hangs in the module's ``__dict__`` outside the tables.
    """

    step: int
    parameters: list[Entry]
    buffers: list[Entry]
    modules: list[Entry]
    non_persistent: list[str]
    unregistered: list[Unregistered]


class Module(Row, frozen=True, gc=False, omit_defaults=True):
    """One ``nn.Module``. ``path`` starts with the variable it hangs from (``net.features.0``).

    ``parent`` and ``children`` are the tree in which it is drawn, where every module stands once; its own tables, as
    they were when it was first seen and whenever they were looked at again and differed, are ``contents``.
    """

    id: int
    path: str
    name: str
    type: str
    extra_repr: str = ""
    parent: int | None = None
    children: list[int] = []
    parameters: dict[str, int] = {}
    buffers: dict[str, int] = {}
    tied_with: list[int] = []
    training: bool = True
    constructed: int | None = None
    contents: list[Contents] = []


class Tensor(Row, frozen=True, gc=False, omit_defaults=True):
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
    op: int | None = None
    output: int = 0
    node: int | None = None
    node_output: int = 0
    base: int | None = None
    storage: int = 0
    grad_of: int | None = None
    span: int | None = None


class Storage(Row, frozen=True, gc=False, omit_defaults=True):
    """One piece of memory: its size in bytes and the steps between which it lived.

    ``born`` is the number of events that stood on the tape when the recording first saw it (``None``: it was there
    before the recording began, as far as torch shows); ``freed`` likewise, ``None`` while it lives. Live memory along
    the tape is the sum of ``bytes`` of the storages that are born and not freed; what a kernel allocates and frees
    within one op or node is not seen by Python and not counted.
    """

    id: int
    bytes: int
    device: str = "cpu"
    born: int | None = None
    freed: int | None = None


class Argument(Part, frozen=True, gc=False):
    """A tensor argument of an op, by the name torch gives the parameter (``input``, ``weight``, ``tensors[1]``)."""

    name: str
    tensor: int


class Constant(Part, frozen=True, gc=False):
    """Another argument of an op, as text."""

    name: str
    text: str


class Op(Row, frozen=True, gc=False, omit_defaults=True):
    """One call of the torch API that produced or changed tensors.

    ``outputs`` are the tensors it returned, ``mutates`` those whose version it moved on; ``span`` is the innermost
    expression of the user's own source that led to the call and ``stack`` all user frames, outermost first.
    ``phase`` says where it ran: while a module was built, in the program's forward code, inside a backward pass (a
    hook, a custom backward), in the recomputation of a checkpointed segment inside a backward pass, or in an
    optimizer's step. ``hook`` is the hook it ran in, ``node`` the autograd node whose call it ran in, ``parent`` the op
    it ran in (the ``apply`` of a custom ``autograd.Function``, whose interior it is). ``mode`` is the grad mode it
    ran under. ``error`` is the exception it raised, if it did; such an op has no outputs. ``flops`` counts floating
    point operations by torch's formulas (``torch.utils.flop_counter``), ``None`` where torch has none; ``ns`` is its
    wall time in nanoseconds, which includes the recording of what ran inside it.
    """

    id: int
    name: str
    label: str
    inputs: list[Argument] = []
    constants: list[Constant] = []
    outputs: list[int] = []
    mutates: list[int] = []
    span: int | None = None
    stack: list[int] = []
    call: int | None = None
    nodes: list[int] = []
    in_place: bool = False
    phase: Phase = "forward"
    hook: int | None = None
    error: str | None = None
    parent: int | None = None
    node: int | None = None
    mode: GradMode = "grad"
    flops: int | None = None
    ns: int | None = None
    thread: int = 0

    @property
    def writes(self) -> list[int]:
        """Every tensor the op wrote: its outputs, then what it changed without returning it."""
        return self.outputs + [t for t in self.mutates if t not in self.outputs]


class Edge(Part, frozen=True, gc=False):
    """One entry of ``next_functions``: the node that gets this gradient and the index of its input, or ``None``."""

    node: int | None
    input: int


class Saved(Part, frozen=True, gc=False):
    """A saved tensor of a node: its slot (``self`` for ``_saved_self``) and the version it was saved at.

    ``tensor`` is ``None`` where torch does not let it be seen without running the program's unpack hook. ``value`` is
    what was seen of it when it was saved.
    """

    slot: str
    tensor: int | None
    version: int
    value: int | None = None


class InputMetadata(Part, frozen=True, gc=False):
    """Shape and dtype of the gradient that a node expects at one of its inputs."""

    shape: list[int]
    dtype: str


class Node(Row, frozen=True, gc=False, omit_defaults=True):
    """One autograd node. ``variable`` is the leaf that an ``AccumulateGrad`` feeds.

    ``sequence`` is torch's ``_sequence_nr`` (``None`` for ``AccumulateGrad``, which has none); ``order`` is 1 for a
    node of a first derivative, and k + 1 for one that was made in a backward pass of order k or leads to such a node.
    ``hooks_visible`` is false for a node (other than a leaf's) that was there before the recording began: the hooks on
    a tensor it made that the program no longer holds stand in no list that torch shows. ``flops`` counts the floating
    point operations of its call by torch's formulas, ``None`` where torch has none.
    """

    id: int
    name: str
    op: int | None = None
    sequence: int | None = None
    next_functions: list[Edge] = []
    saved: list[Saved] = []
    inputs: list[InputMetadata] = []
    variable: int | None = None
    order: int = 1
    hooks_visible: bool = True
    flops: int | None = None


class Aten(Row, frozen=True, gc=False, omit_defaults=True):
    """One ATen op that ran below a torch op (``op``) or an autograd node's call (``node``), recorded on request.

    ``step`` is the number of events that stood on the tape when it ran, which orders it among them; ``inputs`` and
    ``outputs`` are shapes and dtypes of its tensors. ``flops`` is by torch's formula, ``None`` where it has none.
    """

    id: int
    name: str
    op: int | None = None
    node: int | None = None
    step: int = 0
    inputs: list[InputMetadata] = []
    outputs: list[InputMetadata] = []
    flops: int | None = None
    ns: int | None = None


class Call(Row, frozen=True, gc=False, omit_defaults=True):
    """One call of one module; ``ns`` is its wall time in nanoseconds, which includes the recording of it."""

    id: int
    module: int
    parent: int | None = None
    inputs: list[int] = []
    outputs: list[int] = []
    span: int | None = None
    ns: int | None = None
    thread: int = 0


class Group(Part, frozen=True, gc=False):
    """One parameter group of an optimizer: its parameters (tensors) and its options as text (``lr``: ``0.1``)."""

    parameters: list[int]
    options: dict[str, str]


class Optimizer(Row, frozen=True, gc=False, omit_defaults=True):
    """One optimizer whose ``step()`` was recorded: its type and its groups as they stood at the first step."""

    id: int
    type: str
    name: str | None = None
    groups: list[Group] = []


class Hook(Row, frozen=True, gc=False, omit_defaults=True):
    """One registered hook, its target and when it was added and removed.

    The target is one of ``tensor``, ``node``, ``module``, ``optimizer`` (a row of ``optimizers``); a multi-grad hook
    has ``tensors``; a global hook and a pair of ``saved_tensors_hooks`` have none. ``order`` counts registrations on
    the same target and kind from 0. ``flags`` are the options it was registered with (``prepend``, ``with_kwargs``,
    ``always_call``, ``mode=any``). ``added`` is ``None`` for a hook that was there before the recording began,
    ``removed`` for one that was never removed. ``span`` is its function's definition.
    """

    id: int
    kind: HookKind
    tensor: int | None = None
    node: int | None = None
    module: int | None = None
    order: int = 0
    name: str = ""
    span: int | None = None
    added: int | None = None
    removed: int | None = None
    flags: list[str] = []
    tensors: list[int] = []
    optimizer: int | None = None


class Histogram(Part, frozen=True, gc=False):
    """Counts of the finite elements in equal bins from ``low`` to ``high``.

    Of a tensor that is too large to keep, only every ``every``-th element is counted.
    """

    low: float
    high: float
    counts: list[int]
    every: int = 1


class Summary(Part, frozen=True, gc=False, omit_defaults=True):
    """Statistics over all elements; ``min`` … ``norm`` are over the finite ones and ``None`` where there are none.

    ``std`` is the population standard deviation, ``norm`` the L2 norm, ``zeros`` the share of exact zeros (of a large
    tensor, among every ``zeros_every``-th element). A complex tensor is summarised by the absolute values of its
    elements.
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
    zeros_every: int = 1


class Picture(Part, frozen=True, gc=False):
    """A downsampled picture (block means of the last two dimensions), row-major, at most 64 × 64."""

    rows: int
    columns: int
    data: list[Number]


class Value(Row, frozen=True, gc=False, omit_defaults=True):
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
