"""The AD lab: the programs that it writes, recorded; the numbers that it reads off their tapes, against torch.func."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch
from torch import Tensor

from tapedeck.tape import encode_events, encode_tables
from tests.labs.node import node
from tests.recorder.programs import tape_of

pytestmark = pytest.mark.timeout(240)

SURVEY = "ln(x1) + x1*x2 - sin(x2)"
CASES: list[tuple[str, list[float], list[float]]] = [
    (SURVEY, [2.0, 5.0], [1.0]),
    (SURVEY, [0.3, -1.25], [-2.5]),
    ("x^2", [3.0], [1.0]),
    ("-x^2", [3.0], [1.0]),
    ("2^x - x^3 + x^-2", [1.5], [1.0]),
    ("(-x)^3", [1.5], [1.0]),
    ("a^b", [1.7, 2.3], [0.5]),
    ("1/x + 2/(1+x)", [0.7], [1.0]),
    ("exp(-x^2/2)", [0.4], [1.0]),
    ("sigmoid(w*x + b)", [0.1, -0.7, 2.0], [1.0]),
    ("relu(w*x + b)", [0.1, -0.7, 2.0], [1.0]),
    ("relu(x) + relu(-x)", [-0.9], [1.0]),
    ("abs(x - 3) * y", [1.0, 2.0], [3.0]),
    ("max(x, y) - min(x, 2*y)", [1.0, 0.75], [1.0]),
    ("max(x, 2) + max(2, x)", [3.0], [1.0]),
    ("tanh(x) + tan(x) + cos(x)", [0.3], [1.0]),
    ("sqrt(x^2 + y^2)", [3.0, 4.0], [1.0]),
    ("ln(exp(x) + exp(y))", [1.0, 2.0], [1.0]),
    ("x - x", [2.0], [1.0]),
    ("x * x * x * x", [1.1], [1.0]),
    ("x", [1.5], [4.0]),
    ("a + b + c + d + e + f", [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [1.0]),
    ("x1 * x2\nx1 / x2", [2.0, 5.0], [1.0, 3.0]),
    ("r = sqrt(x^2 + y^2)\ny1 = x / r\ny2 = y / r\ny3 = r^2", [3.0, 4.0], [1.0, 2.0]),
    ("r * cos(t)\nr * sin(t)", [2.0, 0.5], [0.25, -1.0]),
    ("y1 = x\ny2 = x^2\ny3 = x^3\ny4 = 4*x", [3.0], [1.0, 0.5, -2.0, 3.0]),
    ("y1 = x*z\ny2 = 3\ny3 = 2^3 + x", [2.0, -1.0], [1.0, 1.0, 2.0]),
    ("exp(x1 * x2) * sin(x3) / (1 + x4^2)", [0.5, 0.25, 1.0, 2.0], [1.0]),
]

ONE = ("exp", "sin", "cos", "tan", "tanh", "sqrt", "sigmoid", "relu", "abs")


def function(text: str) -> tuple[Any, list[str]]:
    """The same mathematics without the lab: Python evaluates the lines."""
    known = {name: getattr(torch, name) for name in ONE}
    known |= {"ln": torch.log, "max": _tensors(torch.maximum), "min": _tensors(torch.minimum)}
    lines = [line if "=" in line else f"out{i} = {line}" for i, line in enumerate(text.replace("^", "**").split("\n"))]
    codes = [compile(line.partition("=")[2].strip(), "line", "eval") for line in lines]
    own = [line.partition("=")[0].strip() for line in lines]
    used = {name for code in codes for name in code.co_names} - set(known)

    def run(*point: Tensor) -> tuple[Tensor, ...]:
        scope = dict(zip(sorted(used - set(own)), point, strict=True))
        for name, code in zip(own, codes, strict=True):
            scope[name] = torch.as_tensor(eval(code, {**known, **scope}), dtype=torch.float64)
        return tuple(scope[name] for name in own if name not in used)

    return run, sorted(used - set(own))


def _tensors(of: Any) -> Any:
    return lambda *args: of(*(torch.as_tensor(arg, dtype=torch.float64) for arg in args))


@pytest.fixture(scope="module")
def told() -> list[dict[str, Any]]:
    """What the lab reads off the tapes of its own programs: for each case, by kind of program."""
    asked = []
    for text, point, seeds in CASES:
        outputs = len(function(text)[0](*map(torch.tensor, point)))
        seeds = [*seeds, *[1.0] * outputs][:outputs]
        direction = [0.5 - i for i in range(len(point))]
        asked.append({"text": text, "point": point, "direction": direction, "seeds": seeds})
    programs = node("ad/programs.js", asked)
    cases = []
    for case, program in zip(asked, programs, strict=True):
        names = [program["trace"]["rows"][row]["name"] for row in program["trace"]["inputs"]]
        for kind, given in (("forward", []), ("direction", ["direction"]), ("reverse", []), ("weighted", ["seeds"])):
            options: dict[str, Any] = {"mode": "forward", "wrt": names} if kind == "forward" else {}
            tape = tape_of(program[kind]["source"], **options)
            cases.append(
                {
                    "text": case["text"],
                    "kind": kind,
                    "given": [case["point"], *(case[name] for name in given)],
                    "tables": json.loads(encode_tables(tape)),
                    "events": encode_events(tape).decode(),
                }
            )
    read = node("ad/numbers.js", cases)
    return [
        {**case, "trace": program["trace"], **dict(zip(("forward", "along", "reverse", "weighted"), part, strict=True))}
        for case, program, part in zip(asked, programs, [read[i : i + 4] for i in range(0, len(read), 4)], strict=True)
    ]


def doubles(numbers: list[float]) -> tuple[Tensor, ...]:
    return tuple(torch.tensor(number, dtype=torch.float64) for number in numbers)


def close(one: Any, other: Any) -> bool:
    return torch.allclose(
        torch.as_tensor(one, dtype=torch.float64), torch.as_tensor(other, dtype=torch.float64), rtol=1e-10, atol=1e-10
    )


@pytest.mark.parametrize("at", range(len(CASES)), ids=[text.replace("\n", "; ") for text, _, _ in CASES])
def test_both_modes_are_torchs(told: list[dict[str, Any]], at: int) -> None:
    case = told[at]
    run, names = function(case["text"])
    point = doubles(case["point"])
    rows = [output["row"] for output in case["trace"]["outputs"]]
    inputs = case["trace"]["inputs"]
    assert [case["trace"]["rows"][row]["name"] for row in inputs] == names
    values, along = torch.func.jvp(run, point, doubles(case["direction"]))
    for read in ("forward", "along", "reverse", "weighted"):
        assert close([case[read]["rows"][row]["value"] for row in rows], values)
    assert close([case["along"]["tangents"][0][row] for row in rows], along)

    for i in range(len(point)):
        unit = doubles([float(i == j) for j in range(len(point))])
        _, column = torch.func.jvp(run, point, unit)
        assert close([case["forward"]["tangents"][i][row] for row in rows], column)

    _, pull = torch.func.vjp(run, *point)
    depending = [
        i for i in range(len(rows)) if any(float(g) for g in pull(doubles([float(i == j) for j in range(len(rows))])))
    ]
    for adjoints, seeds in [
        *(
            (one["adjoints"], [float(i == j) for j in range(len(rows))])
            for i, one in zip(starts(case), case["reverse"]["passes"], strict=True)
        ),
        *((one["adjoints"], case["seeds"]) for one in case["weighted"]["passes"]),
    ]:
        assert close([adjoints[row] or 0.0 for row in inputs], pull(doubles(seeds)))
    assert set(depending) <= set(starts(case))


def starts(case: dict[str, Any]) -> list[int]:
    """The outputs that a backward pass can start from: those that depend on an input."""
    rows = case["trace"]["rows"]
    reach: set[int] = set()
    for i, row in enumerate(rows):
        if row["kind"] == "input" or any(arg.get("row") in reach for arg in row["args"]):
            reach.add(i)
    return [i for i, output in enumerate(case["trace"]["outputs"]) if output["row"] in reach]


def test_the_survey_has_its_table(told: list[dict[str, Any]]) -> None:
    case = told[0]
    primal = [2, 5, 0.6931471805599453, 10, -0.9589242746631385, 10.693147180559945, 11.652071455223084]
    assert [(row["kind"], row["index"]) for row in case["trace"]["rows"]] == [
        ("input", -1),
        ("input", 0),
        *(("op", i) for i in range(1, 6)),
    ]
    assert close([seen["value"] for seen in case["forward"]["rows"]], primal)
    assert close(case["forward"]["tangents"][0], [1, 0, 0.5, 5, 0, 5.5, 5.5])
    assert close(case["forward"]["tangents"][1], [0, 1, 0, 2, 0.28366218546322625, 2, 1.7163378145367738])
    (one,) = case["reverse"]["passes"]
    assert close(one["adjoints"], [5.5, 1.7163378145367738, 1, 1, -1, 1, 1])


def test_the_engines_order_is_kept_and_every_part_arrives(told: list[dict[str, Any]]) -> None:
    (one,) = told[0]["reverse"]["passes"]
    frames = [(frame["kind"], frame["row"]) for frame in one["frames"]]
    assert frames == [
        ("seed", None),
        ("node", 6),
        ("node", 5),
        ("node", 4),
        ("node", 3),
        ("leaf", 1),
        ("node", 2),
        ("leaf", 0),
    ]
    parts: dict[int, list[float]] = {}
    for frame in one["frames"]:
        for part in frame["sends"]:
            parts.setdefault(part["row"], []).append(part["value"])
    assert close(parts[1], [-0.28366218546322625, 2.0])
    assert close(parts[0], [5.0, 0.5])


def test_as_many_passes_as_inputs_or_outputs(told: list[dict[str, Any]]) -> None:
    for case in told:
        assert len(case["forward"]["tangents"]) == len(case["point"])
        assert len(case["reverse"]["passes"]) == len(starts(case))
