"""The attacks do no more harm to a server that runs as an ordinary user than to one that runs as root."""

import os
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
# Where it makes a difference who one is; `make hostile` runs them all.
FAMILIES = "processes: or signals: or disk: or reading:"
CANNOT = 77


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.skipif(os.getuid() != 0, reason="the suite is running as an ordinary user already")
def test_the_attacks_fail_as_an_ordinary_user_too():
    command = [HERE / "as_nobody.sh", HERE / "test_hostile.py", "-q", "-k", FAMILIES]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == CANNOT:
        pytest.skip(done.stderr)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
