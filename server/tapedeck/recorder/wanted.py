"""What forward mode is to seed, and finding it: by variables, by arguments, by the path of a module's parameter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import FrameType
from typing import Any

import torch
from torch import Tensor

from tapedeck.recorder.frames import look_up
from tapedeck.recorder.modules import ModuleTap
from tapedeck.recorder.tensors import Held, Tensors


class Wanted:
    """The names to seed (``None``: every floating-point leaf with a name); false when all of them were met."""

    def __init__(self, tensors: Tensors, modules: ModuleTap, names: Sequence[str] | None) -> None:
        self._tensors = tensors
        self._modules = modules
        self._names = None if names is None else dict.fromkeys(names)
        self._done: set[int] = set()
        self._made: set[int] = set()
        self._searched: set[int] = set()
        self._roots: list[str | None] = []
        self._paths: dict[int, str] = {}

    def __bool__(self) -> bool:
        return self._names is None or bool(self._names)

    def met(self, given: list[Tensor], frame: FrameType | None) -> list[tuple[str, Tensor]]:
        """The inputs of an op that are to be seeded, by name; ``frame`` is the user's that calls the op."""
        if self._names is None:
            return list(self._leaves(given, frame))
        here = {} if frame is None else self._resolve(frame.f_globals) | look_up(frame, self._resolve)
        found = []
        for tensor in given:
            held = self._tensors.known(tensor)
            names = [name for name, thing in here.items() if thing is tensor]
            if held is not None:
                names += [name for name in (held.name, self._path(held)) if name in self._names]
            for name in dict.fromkeys(names):
                del self._names[name]
                here.pop(name, None)
                found.append((name, tensor))
        return found

    def made(self, given: list[Tensor], written: list[Tensor]) -> list[tuple[str, Tensor]]:
        """What an op wrote that is to be seeded at once, by name."""
        found = []
        for tensor in written:
            held = self._tensors.hold(tensor)
            if self._names is None:
                if not given:
                    self._made.add(held.id)
            elif held.name is not None and held.name in self._names:
                del self._names[held.name]
                found.append((held.name, tensor))
        return found

    def unmet(self) -> list[str]:
        """The names that nothing was met by."""
        return [] if self._names is None else list(self._names)

    def known(self) -> str:
        """The names that there are, in words."""
        self._learn()
        names = dict.fromkeys(
            name
            for held in self._tensors.held
            if (name := self._paths.get(held.id) or held.name) is not None and held.role != "gradient"
        )
        shown = list(names)[:30]
        return ", ".join(shown) + (f" and {len(names) - 30} more" if len(names) > 30 else "") if names else "none"

    def _leaves(self, given: list[Tensor], frame: FrameType | None) -> Iterator[tuple[str, Tensor]]:
        """The inputs that are leaves: no op made them out of other tensors; torch's name for a buffer is no leaf's."""
        for tensor in given:
            held = self._tensors.known(tensor)
            if held is not None and (held.id in self._done or held.role in ("buffer", "gradient")):
                continue
            made = held is not None and held.op is not None and held.id not in self._made
            if not tensor.is_leaf or (made and not tensor.requires_grad):
                continue
            if not (tensor.is_floating_point() or tensor.is_complex()):
                continue
            if torch._C._functorch.is_functorch_wrapped_tensor(tensor):
                continue
            held = self._tensors.hold(tensor)
            self._tensors.name(tensor, frame)
            name = self._path(held) or held.name or self._global(held, tensor, frame)
            if name is not None:
                self._done.add(held.id)
                yield name, tensor

    def _global(self, held: Held, tensor: Tensor, frame: FrameType | None) -> str | None:
        """The global variable that holds a tensor, looked for once."""
        if frame is None or held.id in self._searched:
            return None
        self._searched.add(held.id)
        return next((name for name, thing in frame.f_globals.items() if thing is tensor), None)

    def _resolve(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The wanted names that stand for something among a frame's variables."""
        found = {name: _walk(variables, name.split(".")) for name in self._names or ()}
        return {name: thing for name, thing in found.items() if thing is not None}

    def _path(self, held: Held) -> str | None:
        """The path of a module's parameter or buffer."""
        if held.role in ("parameter", "buffer"):
            self._learn()
            return self._paths.get(held.id)
        return None

    def _learn(self) -> None:
        """Paths are found again when a module came or a root got its name."""
        roots = [known.name if known.parent is None else None for known in self._modules.known]
        if roots != self._roots:
            self._roots, self._paths = roots, {}
            for known in self._modules.known:
                for name, tensor in [*known.parameters.items(), *known.buffers.items()]:
                    self._paths.setdefault(tensor, f"{known.path}.{name}")


def _walk(variables: Mapping[str, Any], parts: list[str]) -> Any:
    """What ``net.fc.weight`` is, without running code of the program (a property, a ``__getattr__``)."""
    thing = variables.get(parts[0])
    for part in parts[1:]:
        attributes = getattr(thing, "__dict__", {})
        tables = [attributes.get(table) or {} for table in ("_parameters", "_modules", "_buffers")]
        thing = next((table[part] for table in (*tables, attributes) if part in table), None)
    return thing
