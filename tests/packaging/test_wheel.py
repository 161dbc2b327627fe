"""The wheel, built from the sdist, holds everything: installed elsewhere, it serves its page."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = """
import sys
from pathlib import Path
import tapedeck
assert Path(tapedeck.__file__).is_relative_to(sys.argv[1]), tapedeck.__file__
from starlette.testclient import TestClient
from tapedeck.settings import Settings
from tapedeck.web.app import create_app
client = TestClient(create_app(Settings(data_dir=Path(sys.argv[2]))), base_url="http://127.0.0.1")
page = client.get("/")
assert page.status_code == 200 and "/static/js/main.linked.js" in page.text, page.text
for path in ("/static/js/main.linked.js", "/static/js/main.js", "/static/vendor/d3.js", "/static/css/theme.css"):
    assert client.get(path).status_code == 200, path
from tapedeck.lessons import gallery
assert len(gallery()) == 46
assert "torch" not in sys.modules
print("the page is there")
"""


def run(*command: str, cwd: Path, **environment: str) -> str:
    """The output of a command that must succeed."""
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_wheel_built_from_the_sdist_serves_the_page(tmp_path: Path) -> None:
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path), cwd=ROOT)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as bundle:
        bundle.extractall(tmp_path, filter="data")
    (source,) = (path for path in tmp_path.iterdir() if path.is_dir())
    building = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path))
    run(*building, cwd=source, TAPEDECK_CFLAGS="-O0")
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as bundle:
        compiled = {Path(name).name.split(".")[0] for name in bundle.namelist() if name.endswith(".so")}
    assert compiled >= {"ops", "autograd", "fused"}
    site = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(site)]
    run(*pip, str(wheel), cwd=tmp_path)

    said = run(sys.executable, "-P", "-c", PAGE, str(site), str(tmp_path / "data"), cwd=tmp_path, PYTHONPATH=str(site))

    assert said == "the page is there\n"
