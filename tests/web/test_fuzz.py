"""Whatever is asked, the answer is one that the OpenAPI document knows: never a failure, never nonsense accepted.

By hand with thousands of requests: ``make fuzz``.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tapedeck.settings import Settings
from tests.web.conftest import serve

EXAMPLES = os.environ.get("TAPEDECK_FUZZ_EXAMPLES", "3")
COMMAND = str(Path(sys.executable).parent / "schemathesis")


@pytest.mark.slow
def test_schemathesis_finds_nothing(tmp_path):
    settings = Settings(data_dir=tmp_path / "data", time_limit_s=0.5, queue=1000, concurrency=4, log_level="error")
    with serve(settings) as client:
        client.recorded("import torch\n")
        done = subprocess.run(
            [
                COMMAND,
                "run",
                f"{client.base_url.join('/api/openapi.json')}",
                f"--max-examples={EXAMPLES}",
                "--phases=coverage,fuzzing,stateful",
                # DELETE cancels what is still under way, and a cancelled recording is still there.
                "--exclude-checks=use_after_free",
                "--seed=1",
                "--request-timeout=40",
                "--continue-on-failure",
                "--no-color",
            ],
            env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.web.fuzz_hooks"},
            capture_output=True,
            text=True,
            check=False,
        )
    print(done.stdout)
    assert done.returncode == 0, done.stdout[-8000:]
    requests = re.search(r"Test cases:\n\s+([\d,]+) generated", done.stdout)
    assert int(requests[1].replace(",", "")) > 400
