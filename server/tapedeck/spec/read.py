"""From JSON to a checked model: every name, argument and shape that can be wrong without torch is looked at here."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from math import prod
from typing import Any

from tapedeck.spec.model import Filled, Model, Part, Step
from tapedeck.spec.sentences import SpecError
from tapedeck.spec.table import FUNCTIONS, INPUTS, table

MOST_LAYERS = 200
MOST_INPUTS = 16
MOST_NUMBERS = 4_000_000
MOST_VALUES = 4_096
MOST_STEPS = 100
FILLS = ("randn", "rand", "zeros", "ones", "arange")
KEYS = ("inputs", "layers", "output", "target", "loss", "optimizer", "steps", "mode")
OURS = {"torch", "nn", "model", "Model", "loss", "loss_function", "optimizer", "target", "output", "step", "self", "_"}
"""Names that the program uses itself."""


def read(spec: object) -> Model:
    """A model from its spec; raises `SpecError` for the first thing that is wrong with it."""
    if not isinstance(spec, Mapping):
        raise SpecError("not-an-object", "")
    _only(spec, KEYS, "")
    inputs = _inputs(spec.get("inputs"))
    layers, chain = _layers(spec.get("layers"), list(inputs))
    target = None if spec.get("target") is None else _filled(spec["target"], "target")
    loss = _part(spec.get("loss"), "loss", "losses", "unknown-loss")
    optimizer = _part(spec.get("optimizer"), "optimizer", "optimizers", "unknown-optimizer")
    if loss is not None and target is None:
        raise SpecError("loss-without-target", "target")
    if optimizer is not None and loss is None:
        raise SpecError("optimizer-without-loss", "loss")
    steps, mode = spec.get("steps", 1), spec.get("mode", "train")
    if not _whole(steps) or not 1 <= steps <= MOST_STEPS:
        raise SpecError("wrong-kind", "steps", wanted="steps", given=repr(steps))
    if mode not in ("train", "eval"):
        raise SpecError("wrong-kind", "mode", wanted="mode", given=repr(mode))
    output = spec.get("output", layers[-1].name)
    _known(output, [*inputs, *(one.name for one in layers)], "output")
    return Model(inputs, layers, chain and output == layers[-1].name, output, target, loss, optimizer, steps, mode)


def _inputs(given: object) -> dict[str, Filled]:
    if not isinstance(given, Mapping) or not given:
        raise SpecError("no-inputs", "inputs")
    if len(given) > MOST_INPUTS:
        raise SpecError("too-many", "inputs", n=len(given), most=MOST_INPUTS)
    for name in given:
        _name(name, f"inputs.{name}")
    return {name: _filled(one, f"inputs.{name}") for name, one in given.items()}


def _filled(given: object, where: str) -> Filled:
    if not isinstance(given, Mapping):
        raise SpecError("wrong-kind", where, wanted="object", given=_shown(given))
    _only(given, ("shape", "fill", "values", "classes", "requires_grad"), where)
    shape, values, classes = given.get("shape"), given.get("values"), given.get("classes")
    if (shape is None) == (values is None):
        raise SpecError("shape-or-values", where)
    if values is not None:
        _values(values, f"{where}.values")
    elif not isinstance(shape, list) or not all(_whole(size) and size >= 1 for size in shape):
        raise SpecError("wrong-kind", f"{where}.shape", wanted="shape", given=_shown(shape))
    elif prod(shape) > MOST_NUMBERS:
        raise SpecError("too-large", f"{where}.shape", n=prod(shape), most=MOST_NUMBERS)
    fill, grad = given.get("fill", "randn"), given.get("requires_grad", False)
    if fill not in FILLS:
        raise SpecError("wrong-kind", f"{where}.fill", wanted="fill", given=_shown(fill))
    if not isinstance(grad, bool):
        raise SpecError("wrong-kind", f"{where}.requires_grad", wanted="bool", given=_shown(grad))
    if classes is not None and (not _whole(classes) or classes < 1):
        raise SpecError("wrong-kind", f"{where}.classes", wanted="classes", given=_shown(classes))
    return Filled(shape, fill, values, classes, grad)


def _values(values: object, where: str) -> None:
    """Numbers, or lists of equal length of them."""
    level: list[Any] = [values]
    while level and isinstance(level[0], list):
        if any(not isinstance(row, list) or len(row) != len(level[0]) for row in level):
            raise SpecError("ragged", where)
        level = [one for row in level for one in row]
        if len(level) > MOST_VALUES:
            raise SpecError("too-large", where, n=len(level), most=MOST_VALUES)
    for one in level:
        if isinstance(one, list):
            raise SpecError("ragged", where)
        if isinstance(one, bool) or not isinstance(one, (int, float)):
            raise SpecError("wrong-kind", where, wanted="numbers", given=_shown(one))


def _layers(given: object, inputs: list[str]) -> tuple[list[Step], bool]:
    if not isinstance(given, list):
        raise SpecError("wrong-kind", "layers", wanted="list", given=_shown(given))
    if not given:
        raise SpecError("no-layers", "layers")
    if len(given) > MOST_LAYERS:
        raise SpecError("too-many", "layers", n=len(given), most=MOST_LAYERS)
    taken = list(inputs)
    # Names that somebody gave are not to be met by one of ours.
    given_names = [one["name"] for one in given if isinstance(one, Mapping) and isinstance(one.get("name"), str)]
    steps: list[Step] = []
    chain = len(inputs) == 1
    for number, one in enumerate(given):
        step = _step(one, f"layers[{number}]", taken, given_names)
        chain = chain and not step.is_function and "name" not in one and step.inputs == [taken[-1]]
        taken.append(step.name)
        steps.append(step)
    return steps, chain


def _step(given: object, where: str, taken: list[str], given_names: list[str]) -> Step:
    if not isinstance(given, Mapping):
        raise SpecError("wrong-kind", where, wanted="object", given=_shown(given))
    _only(given, ("layer", "function", "args", "name", "inputs"), where)
    if ("layer" in given) == ("function" in given):
        raise SpecError("layer-or-function", where)
    is_function = "function" in given
    kind = given["function" if is_function else "layer"]
    if is_function and kind not in FUNCTIONS:
        raise SpecError("unknown-function", f"{where}.function", name=kind, known=", ".join(FUNCTIONS))
    if not is_function and kind not in table()["layers"]:
        raise SpecError("unknown-layer", f"{where}.layer", name=kind, hint=_near(kind, table()["layers"]))
    least, most = FUNCTIONS[kind][0] if is_function else (INPUTS.get(kind, 1),) * 2
    inputs = given.get("inputs", [taken[-1]] * least)
    if not isinstance(inputs, list):
        raise SpecError("wrong-kind", f"{where}.inputs", wanted="list", given=_shown(inputs))
    for number, name in enumerate(inputs):
        _known(name, taken, f"{where}.inputs[{number}]")
    if not least <= len(inputs) <= most:
        raise SpecError("wrong-count", f"{where}.inputs", of=kind, wanted=str(least), n=len(inputs))
    arguments = (
        [
            {"name": name, "type": "int", "required": False, "default": value}
            for name, value in FUNCTIONS[kind][2].items()
        ]
        if is_function
        else table()["layers"][kind]
    )
    args = _arguments(given.get("args", {}), kind, arguments, f"{where}.args")
    name = given.get("name")
    if name is None:
        name = _free(kind.lower(), [*taken, *given_names])
    else:
        _name(name, f"{where}.name")
    if name in taken:
        raise SpecError("taken-name", f"{where}.name", name=name)
    return Step(kind, name, inputs, args, is_function)


def _part(given: object, where: str, group: str, unknown: str) -> Part | None:
    if given is None:
        return None
    if isinstance(given, str):
        given = {"type": given}
    if not isinstance(given, Mapping):
        raise SpecError("wrong-kind", where, wanted="object", given=_shown(given))
    _only(given, ("type", "args"), where)
    kind = given.get("type")
    if kind not in table()[group]:
        raise SpecError(unknown, f"{where}.type", name=kind, hint=_near(kind, table()[group]))
    return Part(kind, _arguments(given.get("args", {}), kind, table()[group][kind], f"{where}.args"))


def _arguments(given: object, of: str, known: list[dict[str, Any]], where: str) -> dict[str, object]:
    names = [one["name"] for one in known]
    if isinstance(given, list):
        if len(given) > len(names):
            raise SpecError("too-many-arguments", where, of=of, most=len(names), n=len(given))
        given = dict(zip(names, given, strict=False))
    if not isinstance(given, Mapping):
        raise SpecError("wrong-kind", where, wanted="object", given=_shown(given))
    for name in given:
        if name not in names:
            said = ", ".join(names) or "—"
            raise SpecError(
                "unknown-argument", f"{where}.{name}", of=of, name=name, hint=_near(name, names), known=said
            )
    for one in known:
        name = one["name"]
        if name not in given:
            if one["required"]:
                raise SpecError("missing-argument", f"{where}.{name}", of=of, name=name, wanted=one["type"])
        elif not _fits(given[name], one):
            given_as = _shown(given[name])
            raise SpecError("wrong-argument", f"{where}.{name}", of=of, name=name, wanted=one["type"], given=given_as)
    return {name: given[name] for name in names if name in given}


def _fits(value: object, argument: Mapping[str, Any]) -> bool:
    if value is None:
        return not argument["required"]
    kind = argument["type"]
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "int":
        return _whole(value)
    if kind == "float":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind == "str":
        return isinstance(value, str) and len(value) <= 100
    if kind == "sizes":
        numbers = isinstance(value, list) and len(value) <= 16 and all(_number(one) for one in value)
        # `padding="same"`; a list of numbers may hold fractions (the betas of Adam).
        return numbers or _whole(value) or (isinstance(value, str) and value in ("same", "valid"))
    return _number(value) or (isinstance(value, str) and len(value) <= 100)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _known(name: object, names: list[str], where: str) -> None:
    if not isinstance(name, str):
        raise SpecError("wrong-kind", where, wanted="name", given=_shown(name))
    if name not in names:
        raise SpecError("unknown-input", where, name=name, known=", ".join(names))


def _name(name: object, where: str) -> None:
    good = isinstance(name, str) and name.isascii() and name.isidentifier() and len(name) <= 40
    if not isinstance(name, str) or not good or keyword.iskeyword(name) or name in OURS:
        raise SpecError("bad-name", where, name=name)


def _free(kind: str, taken: list[str]) -> str:
    return next(name for number in range(1, MOST_LAYERS + MOST_INPUTS + 2) if (name := f"{kind}{number}") not in taken)


def _only(given: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    known = tuple(known)
    for key in given:
        if key not in known:
            raise SpecError("unknown-key", f"{where}.{key}".lstrip("."), key=key, known=", ".join(known))


def _near(name: object, names: Iterable[str]) -> str:
    by_lower = {one.lower(): one for one in names}
    found = get_close_matches(str(name).lower(), by_lower, 1, 0.6)
    return by_lower[found[0]] if found else ""


def _shown(value: object) -> str:
    """A value of the spec, short enough for a sentence."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
