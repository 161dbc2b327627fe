"""One warm sandbox for all tests here, driven from ordinary functions."""

import asyncio
import threading
import time
from collections.abc import Coroutine, Iterator
from typing import Any

import pytest

from tapedeck.sandbox import Limits, Run, RunOptions, Sandbox

ORDINARY = "import torch\nx = torch.tensor(2.0, requires_grad=True)\n(x * x).backward()\nprint(x.grad.item())\n"


class Sandboxed:
    """A sandbox, with these arguments, and an event loop in a thread of its own."""

    def __init__(self, **arguments: Any) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self.sandbox = Sandbox(**arguments)
        self.do(self.sandbox.start())

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def run(self, source: str, time_s: float = 5.0, options: RunOptions | None = None, **limits: Any) -> Run:
        began = time.perf_counter()
        result: Run = self.do(self.sandbox.run(source, options, Limits(time_s=time_s, **limits)))
        self.took = time.perf_counter() - began
        return result

    def said(self, source: str, **given: Any) -> str:
        """What a program that must finish printed."""
        run = self.run(source, **given)
        assert run.outcome.status == "finished", run.outcome
        assert run.tape is not None
        return "".join(event.text for event in run.tape.events if event.__struct_config__.tag == "print")

    def still_works(self) -> bool:
        return self.said(ORDINARY) == "4.0\n"

    def close(self) -> None:
        self.do(self.sandbox.close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


@pytest.fixture(scope="session")
def sandboxed() -> Iterator[Sandboxed]:
    it = Sandboxed()
    yield it
    it.close()
