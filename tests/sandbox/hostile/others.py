"""A sandbox that is made otherwise than the one all tests share."""

import asyncio
import threading
from typing import Any

from tapedeck.sandbox import Sandbox
from tests.sandbox.conftest import Sandboxed


class Otherwise(Sandboxed):
    """A sandbox with arguments of its own: one that trusts its programs, or one without a layer."""

    def __init__(self, **arguments: Any) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self.sandbox = Sandbox(**arguments)
        self.do(self.sandbox.start())
