"""The same request sent twice, because an answer was lost, is one recording: ``Idempotency-Key``."""

from __future__ import annotations

import asyncio
import contextvars
import hashlib

import msgspec

from tapedeck.jobs import Job, QueueFull
from tapedeck.store import Entry, KeyTaken
from tapedeck.web.logs import about
from tapedeck.web.makers import KEY_HEADER as MAKER_HEADER
from tapedeck.web.makers import Maker
from tapedeck.web.models import RecordRequest
from tapedeck.web.problems import Refusal
from tapedeck.web.service import Service

KEY_HEADER = "Idempotency-Key"
KEY_SAYS = "A name for this request; sent again with the same body, it answers with the same tape."
KEY = r"^[!-~]{1,200}$"
WHERE = f"header.{KEY_HEADER}"


class Used(msgspec.Struct, frozen=True):
    """The key of a request, as its maker's entry keeps it, and the fingerprint of the body; both empty without one."""

    owner: str
    key: str = ""
    fingerprint: str = ""

    @classmethod
    def of(cls, maker: Maker, key: str | None, body: RecordRequest) -> Used:
        """From the header's value, which fits `KEY`."""
        if key is None:
            return cls(maker.owner)
        if not maker.told:
            detail = f"{KEY_HEADER} is a key of one maker: send {MAKER_HEADER}, or the cookie that you were given."
            raise Refusal(422, detail, where=WHERE)
        return cls(maker.owner, _hashed(key), _hashed(body.model_dump_json()))

    @property
    def fields(self) -> dict[str, str]:
        """What the entry keeps."""
        return {"key": self.key, "fingerprint": self.fingerprint}

    async def begun(self, service: Service, job: Job) -> str:
        """Begin the job, unless this key has begun one before; the id of the one or the other."""
        if (before := await self._before(service)) is not None:
            return self._same(before)
        try:
            # Of its own: what the engine logs later, about this job or the next, is not about this request.
            task = asyncio.create_task(service.engine.submit(job), context=contextvars.Context())
            await task
        except KeyTaken:  # by a twin of this request, a moment ago
            if (before := await self._before(service)) is None:
                raise Refusal(409, f"The tape of this {KEY_HEADER} is being deleted.", where=WHERE) from None
            return self._same(before)
        except QueueFull as full:
            headers = {"Retry-After": str(full.retry_after_s)}
            raise Refusal(429, f"{full}.", type="urn:tapedeck:problem:queue-full", headers=headers) from None
        if (here := about.get()) is not None:
            here.tape = job.entry.id
        return job.entry.id

    async def _before(self, service: Service) -> Entry | None:
        return await asyncio.to_thread(service.store.by_key, self.owner, self.key) if self.key else None

    def _same(self, entry: Entry) -> str:
        if entry.fingerprint != self.fingerprint:
            raise Refusal(422, f"This {KEY_HEADER} was used for another request.", where=WHERE)
        return entry.id


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
