"""Runs one of the labs' own modules under Node, so that what the page would do can be compared with torch."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

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
