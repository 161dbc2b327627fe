"""Runs one of the labs' own modules under Node, so that what the page would do can be compared with torch."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import torch

ROOT = Path(__file__).parents[2]


def node(script: str, cases: list[Any]) -> list[Any]:
    """What a script below ``tests/js/labs`` answers to each case."""
    done = subprocess.run(
        ["node", str(ROOT / "tests" / "js" / "labs" / script)],
        cwd=ROOT,
        input="\n".join(json.dumps(case) for case in cases),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(cases)
    return answers


def shown(lab: str, base: str, requests: list[Any]) -> list[dict[str, Any]]:
    """What a lab shows of each request, recorded by the service at ``base``."""
    done = subprocess.run(
        ["node", str(ROOT / "tests" / "js" / "labs" / lab / "ask.js"), base],
        input=json.dumps(requests),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def numbers(value: dict[str, Any]) -> torch.Tensor:
    """What a lab shows of a tensor, as one."""
    return torch.tensor([float(n) for n in value["data"]]).view(value["shape"])
