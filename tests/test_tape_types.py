"""The browser's types and defaults of the tape are what the schema says."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_the_browsers_types_follow_the_schema() -> None:
    """A change of the format that does not reach the browser fails here."""
    script = [sys.executable, ROOT / "tools" / "tape_types.py", "--check"]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
