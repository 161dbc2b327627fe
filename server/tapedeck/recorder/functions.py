"""What a torch function is called and takes: its qualified public name, its label, its parameters' names."""

from __future__ import annotations

import inspect
from functools import lru_cache
from typing import Any

import torch
from torch.overrides import get_testing_overrides, resolve_name

_resolve = getattr(resolve_name, "__wrapped__", resolve_name)
"""torch wraps it in ``warnings.catch_warnings``, which makes Python forget which warnings it has shown."""

_MISNAMED = {"torch.spmm": "torch.mm", "torch.dsmm": "torch.mm"}
"""torch keeps several names for one function; these are not the one that people know."""

_names: dict[Any, str] = {}
_parameters: dict[Any, list[str]] = {}

_QUIET = frozenset(
    """
    shape dtype device layout requires_grad is_leaf grad_fn _version names ndim is_cuda is_cpu is_sparse is_meta
    is_mps is_quantized is_nested is_xla is_vulkan output_nr _backward_hooks retains_grad grad _base name nbytes
    itemsize _post_accumulate_grad_hooks _cdata is_inference
    """.split()  # noqa: SIM905 - sixty names read better as a text
)
"""Attributes whose getters make no tensor."""

_MUTE = frozenset(
    ("size", "dim", "stride", "storage_offset", "numel", "nelement", "element_size", "is_contiguous", "ndimension")
)
"""Methods of which torch says nothing but their result: they never warn."""

_PLAIN = frozenset(
    """
    is_floating_point is_complex item tolist data_ptr __len__ __bool__ __float__ __int__ __index__ __repr__ __str__
    __format__ __hash__ __reduce_ex__ is_inference untyped_storage storage get_device type_as_ _is_view is_same_size
    is_tensor is_set_to equal allclose __contains__ has_names is_shared _is_zerotensor is_conj is_neg is_signed
    is_nonzero is_storage result_type can_cast promote_types _has_compatible_shallow_copy_type numpy __array__
    requires_grad_
    """.split()  # noqa: SIM905 - sixty names read better as a text
)
"""Methods that make and change no tensor (``requires_grad_`` moves a flag, read when the tensor is used)."""


@lru_cache(maxsize=1)
def prime() -> None:
    """Fill torch's own tables, which enters ``warnings.catch_warnings``, before the program begins."""
    resolve_name(torch.add)
    _overrides()


def name_of(func: Any) -> str:
    """The qualified public name of a torch function (``torch.Tensor.mul``)."""
    name = _names.get(func)
    if name is None:
        found = _resolve(func)
        if found is None:
            module = getattr(func, "__module__", None) or "torch"
            found = f"{module}.{getattr(func, '__name__', type(func).__name__)}"
        found = found.replace("torch._C._nn.", "torch.nn.functional.")
        name = _names[func] = _MISNAMED.get(found, found)
    return name


def label_of(name: str) -> str:
    """The short name that stands in a box: ``mul`` for ``torch.Tensor.__mul__``, ``data`` for a getter."""
    parts = name.split(".")
    label = parts[-2] if parts[-1] in ("__get__", "__set__", "apply") and len(parts) > 1 else parts[-1]
    return label.removeprefix("__").removesuffix("__") if label.startswith("__") else label


SEEN, PLAIN, SILENT = range(3)


def plainness(func: Any) -> int:
    """`PLAIN` for a call that can neither make nor change a tensor, `SILENT` if it cannot warn, either."""
    name = name_of(func)
    if name.endswith(".__get__"):
        attribute = name.split(".")[-2]
        return SEEN if attribute not in _QUIET else PLAIN if attribute == "grad" else SILENT
    if func in (torch._C._set_grad_enabled,):
        return SEEN
    if name.split(".")[-1] in _MUTE:
        return SILENT
    return PLAIN if name.split(".")[-1] in _PLAIN or ".profiler." in name or name.startswith("profiler.") else SEEN


@lru_cache(maxsize=1)
def _overrides() -> dict[Any, Any]:
    """torch's own table of signatures: one lambda with the same parameters for each overridable function."""
    table: dict[Any, Any] = get_testing_overrides()
    return table


def parameter_names(func: Any) -> list[str]:
    """The names of a function's positional parameters, as far as torch states them."""
    names = _parameters.get(func)
    if names is None:
        stand_in = _overrides().get(func, func)
        try:
            rows = inspect.signature(stand_in).parameters.values()
            names = [row.name for row in rows if row.kind in (row.POSITIONAL_ONLY, row.POSITIONAL_OR_KEYWORD)]
        except (TypeError, ValueError):
            names = []
        _parameters[func] = names
    return names


@lru_cache(maxsize=8)
def _signature_of(func: Any) -> inspect.Signature:
    return inspect.signature(func)


def bound(func: Any, args: Any, kwargs: Any) -> dict[str, Any] | None:
    """Arguments by name, with defaults; ``None`` when they do not fit, which torch itself will say best."""
    try:
        given = _signature_of(func).bind(*args, **kwargs)
    except TypeError:
        return None
    given.apply_defaults()
    return given.arguments
