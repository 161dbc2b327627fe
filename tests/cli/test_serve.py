"""How the service starts: what it says, what it refuses to do without a word, and what it lets go."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tapedeck.tape import load
from tapedeck.tape.events import Print
from tests.cli.test_cli import tapedeck

TOKEN = "the-token-of-the-tests"


class Server:
    """A server's process, its address, and what it said when it had ended."""

    def __init__(self, cwd, *args, module="tapedeck.cli", **environment):
        environment = {**os.environ, "TAPEDECK_DATA_DIR": str(cwd / "data"), **environment}
        command = [sys.executable, "-m", module, "serve", "--port", "0", *args]
        self.process = subprocess.Popen(
            command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.first = self.process.stdout.readline()
        self.url = re.search(r"http://\S+?(?=/ )", self.first)[0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.end()

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.said, self.logged = self.process.communicate(timeout=30)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--host", "0.0.0.0"), "--token SECRET"),
        (("--host", "::"), "--public"),
        (("--host", "0.0.0.0", "--token", "short"), "token"),
        (("--host", "0.0.0.0", "--token", TOKEN, "--trust"), "loopback only"),
        (("--public", "--trust"), "loopback only"),
    ],
)
def test_it_refuses_to_open_to_others_without_a_word_about_them(tmp_path, args, says):
    done = tapedeck("serve", "--port", "0", *args, cwd=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert TOKEN not in done.stderr + done.stdout
    assert not done.stdout


def test_with_a_token_it_listens_to_all_and_asks_for_it(tmp_path):
    with Server(tmp_path, "--host", "0.0.0.0", TAPEDECK_TOKEN=TOKEN) as server:
        assert httpx.get(f"{server.url}/api/v1/tapes").status_code == 401
        told = httpx.get(f"{server.url}/api/v1/tapes", headers={"Authorization": f"Bearer {TOKEN}"})
        assert told.status_code == 200
        server.end()
    assert TOKEN not in server.first + server.said + server.logged


def test_it_says_what_confines_programs_once_it_is_warm(tmp_path):
    with Server(tmp_path) as server:
        assert server.process.stdout.readline().startswith("sandbox: ")


def test_in_trusted_mode_it_says_so(tmp_path):
    with Server(tmp_path, "--trust") as server:
        assert "trust" in server.process.stdout.readline()
        assert httpx.get(f"{server.url}/readyz").json()["trust"] is True


def test_log_lines_are_json_where_that_is_wanted(tmp_path):
    with Server(tmp_path, TAPEDECK_LOG_FORMAT="json") as server:
        httpx.get(f"{server.url}/api/v1/tapes", headers={"X-Request-Id": "the-first-request"})
        server.end()
    (told,) = [one for one in map(json.loads, server.logged.splitlines()) if one["logger"] == "tapedeck.requests"]
    assert [told[name] for name in ("level", "request", "method", "route", "status")] == [
        "info",
        "the-first-request",
        "GET",
        "/api/v1/tapes",
        200,
    ]


def managed(pid):
    """How a process was told, when it began, to manage its memory."""
    began_with = Path(f"/proc/{pid}/environ").read_text().split("\0")
    return sorted(one for one in began_with if one.startswith(("PYTHONMALLOC=", "MALLOC_ARENA_MAX=")))


def test_the_command_serves_with_memory_that_stays_flat(tmp_path):
    with Server(tmp_path, module="tapedeck") as server:
        assert managed(server.process.pid) == ["MALLOC_ARENA_MAX=1", "PYTHONMALLOC=malloc"]
        server.end()
    assert server.process.returncode in (0, -signal.SIGTERM)


def test_a_user_who_says_how_memory_is_managed_is_left_alone(tmp_path):
    with Server(tmp_path, module="tapedeck", PYTHONMALLOC="pymalloc") as server:
        assert managed(server.process.pid) == ["PYTHONMALLOC=pymalloc"]


def test_a_trusted_program_does_not_see_how_the_server_manages_its_memory(tmp_path):
    program = "import os\nprint(os.environ.get('PYTHONMALLOC'))\n"
    with Server(tmp_path, "--trust", module="tapedeck") as server:
        server.process.stdout.readline()
        told = httpx.post(f"{server.url}/api/v1/tapes", json={"source": program}).json()
        httpx.get(f"{server.url}{told['links']['stream']}", timeout=30)  # ends when the run does
        tape = load(httpx.get(f"{server.url}{told['links']['file']}").content)
    assert [event.text for event in tape.events if isinstance(event, Print)] == ["None\n"]


def test_a_run_that_is_under_way_ends_before_the_service_does(tmp_path):
    program = "import time\ntime.sleep(0.5)\nprint('done')\n"
    with Server(tmp_path) as server:
        server.process.stdout.readline()
        told = httpx.post(f"{server.url}/api/v1/tapes", json={"source": program}).json()
        server.end()
    assert server.process.returncode in (0, -signal.SIGTERM)
    with Server(tmp_path) as again:
        kept = httpx.get(f"{again.url}{told['links']['self']}").json()
    assert kept["status"] == "finished"


def test_what_the_settings_no_longer_keep_is_let_go_and_a_dry_run_lets_nothing_go(tmp_path, monkeypatch):
    (tmp_path / "p.py").write_text("import torch\n")
    tapedeck("record", "p.py", cwd=tmp_path)
    with Server(tmp_path) as server:
        tape = (tmp_path / "p.tape").read_bytes()
        for _ in range(3):
            sent = httpx.put(f"{server.url}/api/v1/tapes", content=tape, headers={"Content-Type": "application/zip"})
            assert sent.status_code == 201
    monkeypatch.setenv("TAPEDECK_KEEP_TAPES", "1")
    dry = tapedeck("gc", "--dry-run", cwd=tmp_path)
    assert "2 tapes and 0 leftovers of a crash would be removed" in dry.stdout
    assert "3 tapes kept" in dry.stdout
    assert "1 tape kept" in tapedeck("gc", cwd=tmp_path).stdout
    assert "0 tapes and 0 leftovers of a crash removed" in tapedeck("gc", cwd=tmp_path).stdout
