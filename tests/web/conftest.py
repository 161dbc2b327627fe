"""A real server on a real port, shared by the tests of a worker; and smaller ones that a test makes for itself."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
import uvicorn

from tapedeck.settings import Settings
from tapedeck.web.app import create_app
from tapedeck.web.serving import configure

WAIT = {"wait": 30}


class Served(httpx.Client):
    """A client of a server of its own."""

    def record(self, source: str, wait: float = 30, **options):
        return self.post("/api/v1/tapes", params={"wait": wait}, json={"source": source, "options": options})

    def recorded(self, source: str, **options):
        answer = self.record(source, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextlib.contextmanager
def serve(settings: Settings) -> Iterator[Served]:
    app = create_app(settings)
    server = uvicorn.Server(configure(app, settings, port=0))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    with Served(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        client.app = app
        yield client
    server.should_exit = True
    thread.join(20)
    assert not thread.is_alive()


@pytest.fixture(scope="session")
def served(tmp_path_factory) -> Iterator[Served]:
    with serve(Settings(data_dir=tmp_path_factory.mktemp("data"), time_limit_s=2.0)) as client:
        yield client


@pytest.fixture
def start(tmp_path) -> Iterator[Callable[..., Served]]:
    """Starts servers with settings of their own over one data folder."""
    with contextlib.ExitStack() as stack:
        yield lambda **given: stack.enter_context(serve(Settings(**{"data_dir": tmp_path, **given})))
