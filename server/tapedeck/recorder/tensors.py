"""Which tensor is which: one row for each tensor object, found again by identity and never kept alive.

A tensor's Python object lives as long as the tensor itself (torch preserves it while C++ holds the tensor), so a weak
reference tells exactly when its ``id`` may be used again.
"""

from __future__ import annotations

from types import FrameType
from typing import Any
from weakref import ref

import torch
from torch import Tensor

from tapedeck.recorder.frames import look_up
from tapedeck.recorder.log import EMPTY, Log
from tapedeck.recorder.shapes import shape_or_none, sizes
from tapedeck.recorder.statistics import dense
from tapedeck.recorder.text import named
from tapedeck.tape.rows import Role
from tapedeck.tape.rows import Storage as StorageRow
from tapedeck.tape.rows import Tensor as TensorRow

try:
    import cython
except ImportError:
    from tapedeck.recorder import plain as cython


_CPU = torch.device("cpu")


@cython.final
@cython.no_gc
@cython.freelist(256)
@cython.cclass
class Held:
    """What is known of one tensor; becomes a row when the recording ends.

    Compiled, it is not tracked by Python's garbage collector: `Tensors.rows` takes its cycles apart.
    """

    __slots__ = (
        "base",
        "device",
        "dtype",
        "fed",
        "grad_of",
        "id",
        "is_leaf",
        "key",
        "name",
        "node",
        "node_output",
        "op",
        "output",
        "owner",
        "ref",
        "requires_grad",
        "retains",
        "role",
        "searched",
        "shape",
        "span",
        "storage",
        "value",
        "version",
    )

    def __init__(self, number: int, owner: Tensors, key: int, shape: Any, dtype: Any, device: Any) -> None:
        self.id = number
        self.owner = owner
        self.key = key
        self.shape = shape
        self.dtype = dtype
        self.device = device
        self.requires_grad = False
        self.is_leaf = True
        self.ref: Any = None
        self.role: Role | None = None
        self.name: str | None = None
        self.op: int | None = None
        self.output = 0
        self.node: int | None = None
        self.node_output = 0
        self.base: int | None = None
        self.storage = -1
        self.grad_of: int | None = None
        self.span: int | None = None
        self.value: int | None = None
        self.version = -1
        self.searched = False
        self.fed = False
        self.retains = False

    def __call__(self, reference: Any) -> None:
        """The tensor is gone: what calls is the weak reference to it."""
        self.owner.forget(self)

    def row(self) -> TensorRow:
        """The typed row."""
        return TensorRow(
            self.id,
            self._role(),
            None if self.name is None else named(self.name),
            [] if self.shape is None else sizes(self.shape),
            str(self.dtype),
            str(self.device),
            self.requires_grad,
            self.is_leaf,
            self.op,
            self.output,
            self.node,
            self.node_output,
            self.base,
            self.storage,
            self.grad_of,
            self.span,
        )

    def _role(self) -> Role:
        if self.role is not None:
            return self.role
        if self.node is not None or not self.is_leaf:
            return "activation"
        if self.requires_grad:
            return "parameter"
        return "input" if self.fed or self.name else "constant"


class Tensors:
    """Every tensor of one recording."""

    def __init__(self, log: Log) -> None:
        self.held: list[Held] = []
        self._log = log
        self.by_id: dict[int, Held] = {}
        self.storages: list[Storage] = []
        self._living: dict[int, Storage] = {}
        self._flights: dict[int, Storage] = {}
        self._flying: dict[int, Flying] = {}

    def known(self, tensor: Tensor) -> Held | None:
        """What is known of a tensor, if it was seen before."""
        return self.by_id.get(id(tensor))

    def hold(self, tensor: Tensor, made: bool = False) -> Held:
        """What is known of a tensor, which gets a row if it has none; ``made`` says that it has a ``grad_fn``."""
        held = self.by_id.get(id(tensor))
        if held is None:
            return self._new(tensor, made)
        if held.node is None and held.requires_grad != tensor.requires_grad:
            held.requires_grad = tensor.requires_grad
        return held

    def _new(self, tensor: Tensor, made: bool) -> Held:
        key, device = id(tensor), _CPU if tensor.is_cpu else tensor.device
        held = Held(len(self.held), self, key, shape_or_none(tensor), tensor.dtype, device)
        held.requires_grad = made or tensor.requires_grad
        held.is_leaf = not made and (not held.requires_grad or tensor.is_leaf)
        self.by_id[key] = held
        self.held.append(held)
        held.ref = ref(tensor, held)
        entry = self.touch(tensor)
        if entry.first is None:
            entry.first = held
        elif entry.others is EMPTY:
            entry.others = [held]
        else:
            entry.others.append(held)
        held.storage = entry.id
        if type(tensor) is not Tensor and isinstance(tensor, torch.nn.Parameter):
            held.role = "parameter"
        else:
            base = _base_of(tensor)
            if base is not None and base is not tensor:
                held.base = self.hold(base).id
        return held

    def see(self, tensor: Tensor, note: str | None = None, anew: bool = False) -> int | None:
        """The tensor's value now; captured only if its version moved on since it was last seen, or says nothing.

        ``anew`` says that it was written and its version does not tell.
        """
        held = self.hold(tensor)
        if not self._log.values:
            return None
        version = version_of(tensor)
        if held.version != version or held.value is None or version < 0 or anew:
            shared = None if note or anew else self._shared(held, tensor, version)
            held.value = self._log.see(tensor, note) if shared is None else self._log.capture.again(tensor, shared)
            held.version = version
        return held.value

    def _shared(self, held: Held, tensor: Tensor, version: int) -> int | None:
        """The value of the tensor that this one is a view of, if both have the same elements."""
        if held.base is None:
            return None
        base = self.held[held.base]
        whole = base.ref()
        if base.value is None or base.version != version or whole is None or address_of(tensor) is None:
            return None
        if whole.numel() != tensor.numel() or whole.dtype is not tensor.dtype or not whole.is_contiguous():
            return None
        return base.value if dense(tensor) and not (tensor.is_neg() or tensor.is_conj()) else None

    def written(self, held: Held, value: int | None, version: int) -> None:
        """An op wrote the tensor: this is what it is now."""
        held.value = value
        held.version = version

    def name(self, tensor: Tensor, frame: FrameType | None) -> None:
        """Name a tensor after the user's variable that holds it, looked up once."""
        held = self.hold(tensor)
        if held.name is None and not held.searched and frame is not None:
            held.searched = True
            held.name = variable(frame, tensor)

    def forget(self, held: Held) -> None:
        """The tensor of this row is gone."""
        if self.by_id.get(held.key) is held:
            del self.by_id[held.key]

    def alias(self, tensor: Tensor) -> Held | None:
        """The tensor seen before that this new object is another handle of: same memory, shape and dtype."""
        storage = memory_of(tensor)
        entry = None if storage is None else self._living.get(id(storage))
        shape, dtype = shape_or_none(tensor), tensor.dtype
        for held in reversed(entry.others if entry is not None else ()):
            if held.shape == shape and held.dtype is dtype:
                return held
        first = None if entry is None else entry.first
        return first if first is not None and first.shape == shape and first.dtype is dtype else None

    def touch(self, tensor: Tensor) -> Storage:
        """The memory that a tensor lies in; a freed storage's address is not mistaken for a new one."""
        storage = memory_of(tensor)
        if storage is None:
            return self._new_storage(0, tensor.device)
        key = id(storage)
        entry = self._living.get(key)
        if entry is None:
            entry = self._kept(tensor) or self._new_storage(storage.nbytes(), tensor.device)
            self._living[key] = entry
            entry.key = key
            entry.ref = ref(storage, entry)
        return entry

    def _kept(self, tensor: Tensor) -> Storage | None:
        """The memory of a gradient that was on its way, now held as a tensor (a leaf's ``.grad``, stolen)."""
        address = address_of(tensor) if self._flights else None
        flight = None if address is None else self._flights.get(address)
        if flight is None or flight.kept:
            return None
        flight.kept = True
        return flight

    def fly(self, tensor: Tensor) -> None:
        """A gradient is on its way: count its memory while it is, without making a Python object of its storage.

        Such an object adds to the storage's use count, and the engine adds gradients in place only where that is 1
        (``torch/csrc/autograd/input_buffer.cpp``, ``can_accumulate_inplace``).
        """
        key = id(tensor)
        if key in self._flying or key in self.by_id:
            return
        address = address_of(tensor)
        if address is None:
            self.touch(tensor)
            return
        flight = self._flights.get(address)
        if flight is None:
            flight = self._flights[address] = self._new_storage(tensor.nbytes, tensor.device)
            flight.address = address
        flight.flying += 1
        flying = self._flying[key] = Flying(self, key, flight)
        flying.ref = ref(tensor, flying)

    def landed(self, flying: Flying) -> None:
        """A gradient that was on its way is gone, or its memory has become a tensor's that the program holds."""
        if self._flying.get(flying.key) is not flying:
            return
        del self._flying[flying.key]
        flight = flying.flight
        flight.flying -= 1
        if not flight.flying:
            self._flights.pop(flight.address, None)
            if self._log.open and not flight.kept:
                flight.freed = len(self._log.events)

    def rows(self) -> list[TensorRow]:
        """Typed rows; what was known of the tensors is let go."""
        held, self.held = self.held, []
        self.by_id.clear()
        self._living.clear()
        self._flying.clear()
        self._flights.clear()
        storages, self.storages = self.storages, []
        rows = [one.row() for one in held]
        for one in held:
            one.ref = None
        for storage in storages:
            storage.ref = None
        return rows

    def storage_rows(self) -> list[StorageRow]:
        """Typed rows; memory whose first tensor no recorded op made was there before, as far as torch shows."""
        for held in reversed(self.held):
            if held.op is None and held.role in (None, "parameter", "buffer") and held.is_leaf:
                self.storages[held.storage].born = None
            elif held.op is not None:
                self.storages[held.storage].born = self.storages[held.storage].seen
        return [storage.row() for storage in self.storages]

    def _new_storage(self, size: int, device: torch.device) -> Storage:
        entry = Storage(len(self.storages), self, size, device, len(self._log.events))
        self.storages.append(entry)
        return entry

    def freed(self, entry: Storage) -> None:
        """This memory is freed."""
        if self._living.get(entry.key) is entry:
            del self._living[entry.key]
            entry.first, entry.others = None, EMPTY
            if self._log.open:
                entry.freed = len(self._log.events)


@cython.final
@cython.no_gc
@cython.freelist(256)
@cython.cclass
class Storage:
    """One piece of memory: when it lived, and the tensors in it while it does.

    torch keeps a storage's Python object as long as the storage itself, so the weak reference's call tells when the
    memory is freed, also when only a node's saved tensor held it. Of gradients on their way it is known where they lie
    (``address``) and how many they are (``flying``), until one is ``kept`` as a tensor that the program holds.
    """

    __slots__ = (
        "address",
        "born",
        "device",
        "first",
        "flying",
        "freed",
        "id",
        "kept",
        "key",
        "others",
        "owner",
        "ref",
        "seen",
        "size",
    )

    def __init__(self, number: int, owner: Tensors, size: int, device: torch.device, seen: int) -> None:
        self.id = number
        self.owner = owner
        self.key = 0
        self.size = size
        self.device = device
        self.seen = seen
        self.born: int | None = seen
        self.freed: int | None = None
        self.first: Held | None = None
        self.others: list[Held] = EMPTY
        self.ref: Any = None
        self.address = 0
        self.flying = 0
        self.kept = False

    def __call__(self, reference: Any) -> None:
        """The memory is freed: what calls is the weak reference to torch's object of it."""
        self.owner.freed(self)

    def row(self) -> StorageRow:
        """The typed row."""
        return StorageRow(self.id, self.size, str(self.device), self.born, self.freed)


@cython.final
@cython.no_gc
@cython.freelist(64)
@cython.cclass
class Flying:
    """One gradient that is on its way."""

    __slots__ = ("flight", "key", "owner", "ref")

    def __init__(self, owner: Tensors, key: int, flight: Storage) -> None:
        self.owner = owner
        self.key = key
        self.flight = flight
        self.ref: Any = None

    def __call__(self, reference: Any) -> None:
        """The gradient is gone: what calls is the weak reference to it."""
        self.owner.landed(self)


def memory_of(tensor: Tensor) -> torch.UntypedStorage | None:
    """The memory that a tensor lies in; ``None`` for sparse tensors and functorch's wrappers, which have none."""
    try:
        return tensor.untyped_storage()
    except (NotImplementedError, RuntimeError):
        return None


def address_of(tensor: Tensor) -> int | None:
    """Where the memory of a plain tensor begins; ``None`` for one that has no memory that torch would show."""
    if type(tensor) is not Tensor:
        return None
    try:
        pointer = tensor.data_ptr()
        offset = tensor.storage_offset() if pointer else 0
    except RuntimeError:  # sparse tensors, functorch's wrappers, zero tensors
        return None
    return pointer - int(offset) * tensor.itemsize if offset else pointer or None


def _base_of(tensor: Tensor) -> Tensor | None:
    try:
        return tensor._base if tensor._is_view() and not tensor.is_inference() else None
    except (RuntimeError, ValueError):  # an uninitialised parameter of a lazy module
        return None


def version_of(tensor: Tensor) -> int:
    """The version counter; -1 where asking for it raises (an inference tensor, an uninitialised parameter)."""
    try:
        return tensor._version
    except (RuntimeError, ValueError):
        return -1


def variable(frame: FrameType, thing: Any) -> str | None:
    """The name under which a frame's variables (or the attributes of its ``self``) hold an object."""

    found: str | None = look_up(frame, lambda variables: _name_in(dict(variables), thing))
    return found


def _name_in(variables: dict[str, Any], thing: Any) -> str | None:
    for name, value in variables.items():
        if value is thing and not name.startswith("_"):
            return name
    owner = variables.get("self")
    attributes = dict(getattr(owner, "__dict__", EMPTY)) if owner is not None else {}
    for name, value in attributes.items():
        if value is thing:
            return f"self.{name}"
    for name, value in variables.items():
        if type(value) in (list, tuple) and len(value) <= 64 and not name.startswith("_"):
            for index, item in enumerate(value):
                if item is thing:
                    return f"{name}[{index}]"
    return None
