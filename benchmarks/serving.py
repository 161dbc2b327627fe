"""A server for the benchmarks: one of their own on a free port."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

import httpx


@contextlib.contextmanager
def server() -> Iterator[str]:
    """A server of our own on a free port, with a folder of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "tapedeck", "serve", "--port", str(port)],
            env={**os.environ, "TAPEDECK_DATA_DIR": folder},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            base = f"http://127.0.0.1:{port}"
            wait_until_ready(base)
            yield base
        finally:
            process.terminate()
            process.wait(timeout=20)


def wait_until_ready(base: str) -> None:
    """Return when ``/readyz`` answers 200; raise ``TimeoutError`` after a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{base}/readyz").status_code == 200:
                return
        time.sleep(0.1)
    raise TimeoutError("the server did not become ready within a minute")
