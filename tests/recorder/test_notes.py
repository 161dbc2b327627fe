"""Every case measured on torch 2.13 gives exactly its expected results, events and nodes while it is being recorded."""

from __future__ import annotations

import json
import math
import sys
import types
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch

from tapedeck.recorder import record
from tapedeck.recorder.log import FAILURE
from tapedeck.tape import Tape, load

NOTES = json.loads((Path(__file__).parents[1] / "data" / "notes.json").read_text())
CASES = [(case["id"], case) for case in NOTES["cases"]] + [
    (f"{case['id']}/{variant['id']}", {"seed": case["seed"], **variant})
    for case in NOTES["cases"]
    for variant in case["variants"]
]
GLOBAL_HOOKS = [
    table
    for name, table in vars(torch.nn.modules.module).items()
    if name.startswith("_global_") and isinstance(table, dict)
]
"""One case leaves a global hook behind; the next must not meet it."""


def run(case: dict[str, Any], recorded: bool) -> tuple[dict[str, Any], BaseException | None, Tape | None]:
    """The namespace the case leaves, the exception it ends in, and its tape."""
    module = types.ModuleType("seedcase")
    sys.modules["seedcase"] = module
    torch.set_num_threads(1)
    torch.manual_seed(case["seed"])
    sources = {"prelude.py": NOTES["meta"]["prelude"], "seedcase.py": case["code"]}
    recording = record(sources=sources, namespace=module.__dict__) if recorded else None
    error: BaseException | None = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            if recording is None:
                execute(sources, module.__dict__)
            else:
                with recording:
                    execute(sources, module.__dict__)
    except Exception as raised:  # noqa: BLE001 - what the case expects
        error = raised
    finally:
        del sys.modules["seedcase"]
        for table in GLOBAL_HOOKS:
            table.clear()
    return module.__dict__, error, recording.tape if recording is not None else None


def execute(sources: dict[str, str], namespace: dict[str, Any]) -> None:
    """Run the texts one after the other in one namespace."""
    for name, text in sources.items():
        exec(compile(text, name, "exec"), namespace)


def plain(value: Any) -> Any:
    """A result as JSON would hold it."""
    if isinstance(value, torch.Tensor):
        return plain(value.tolist())
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, torch.Size)):
        return [plain(v) for v in value]
    return value


def differences(got: Any, want: Any, atol: float, rtol: float, path: str = "") -> list[str]:
    """Where two nested results differ."""
    if isinstance(want, dict) and isinstance(got, dict):
        if want.keys() != got.keys():
            return [f"{path}: keys {list(got)} != {list(want)}"]
        return [d for k in want for d in differences(got[k], want[k], atol, rtol, f"{path}.{k}")]
    if isinstance(want, list) and isinstance(got, list):
        if len(want) != len(got):
            return [f"{path}: {got} != {want}"]
        return [
            d
            for i, (g, w) in enumerate(zip(got, want, strict=True))
            for d in differences(g, w, atol, rtol, f"{path}[{i}]")
        ]
    if isinstance(want, (int, float)) and isinstance(got, (int, float)) and not isinstance(want, bool):
        return (
            [] if got == want or math.isclose(got, want, abs_tol=atol, rel_tol=rtol) else [f"{path}: {got} != {want}"]
        )
    return [] if got == want else [f"{path}: {got!r} != {want!r}"]


def disagreements(case: dict[str, Any], namespace: dict[str, Any], error: BaseException | None) -> list[str]:
    """Where a run differs from what was measured."""
    expected = case["expected"]
    if "error" in expected:
        want = expected["error"]
        if error is None:
            return ["no error"]
        text = namespace["clean"](error)
        same = want["message"] in text if want["match"] == "contains" else want["message"] == text
        return [] if same and type(error).__name__ == want["type"] else [f"{type(error).__name__}: {text}"]
    if error is not None:
        return [f"{type(error).__name__}: {error}"]
    found: list[str] = []
    for name, want in expected.get("values", {}).items():
        got = plain(namespace["result"][name])
        if "value" in want:
            found += differences(got, want["value"], want.get("atol", 0.0), want.get("rtol", 0.0), name)
        elif not want.get("min", -math.inf) <= got <= want.get("max", math.inf):
            found.append(f"{name}: {got} is out of bounds")
    for name in ("events", "nodes"):
        key = "backward_nodes" if name == "nodes" else name
        if key in expected:
            found += differences(plain(namespace[name]), expected[key], 1e-5, 1e-5, name)
    return found


@pytest.mark.parametrize(("case_id", "case"), CASES, ids=[name for name, _ in CASES])
def test_a_recorded_case_gives_what_was_measured_and_a_sound_tape(case_id: str, case: dict[str, Any]) -> None:
    namespace, error, tape = run(case, recorded=True)

    assert disagreements(case, namespace, error) == []
    assert tape is not None
    assert not any(getattr(event, "category", "") == FAILURE for event in tape.events)
    assert tape.check() == []
    assert load(tape.to_bytes()).tables == tape.tables


@pytest.mark.parametrize(
    ("case_id", "case"),
    [(name, case) for name, case in CASES if "backward_nodes" in case["expected"]],
    ids=[name for name, case in CASES if "backward_nodes" in case["expected"]],
)
def test_the_nodes_that_ran_stand_on_the_tape_in_the_engines_order(case_id: str, case: dict[str, Any]) -> None:
    namespace, _, tape = run(case, recorded=True)

    assert tape is not None
    want = [label.split("#")[0].split("(")[0] for label in namespace["nodes"]]
    ran = [tape.nodes[event.node].name for event in tape.events if type(event).__name__ == "NodeEnter"]
    joined = ",".join(ran) + ","
    assert ",".join(want) + "," in joined


def test_the_cases_hold_without_us_too() -> None:
    broken = {}
    for name, case in CASES:
        namespace, error, _ = run(case, recorded=False)
        if found := disagreements(case, namespace, error):
            broken[name] = found
    assert broken == {}
