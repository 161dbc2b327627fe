"""Tapes of lessons, recorded through the real service on a real port, each one once."""

import json
from collections.abc import Callable, Iterator

import pytest

from tapedeck.settings import Settings
from tapedeck.tape import Tape, load
from tests.web.conftest import Served, serve


@pytest.fixture(scope="session")
def service(tmp_path_factory) -> Iterator[Served]:
    with serve(Settings(data_dir=tmp_path_factory.mktemp("lessons"))) as client:
        yield client


@pytest.fixture(scope="session")
def told(service, tmp_path_factory) -> Callable[..., Tape]:
    """``told(slug)`` or ``told(slug, {experiment: value})``: the tape of a lesson, as the service records it."""
    folder = tmp_path_factory.mktemp("told")
    known: dict[str, Tape] = {}

    def tape_of(slug: str, edits: dict | None = None, *, outcome: str = "finished") -> Tape:
        key = json.dumps([slug, edits])
        if key not in known:
            body = {"lesson": slug, **({"edits": edits} if edits else {})}
            answer = service.post("/api/v1/tapes", params={"wait": 30}, json=body)
            assert answer.status_code == 200, answer.text
            entry = answer.json()
            assert entry["status"] == outcome, entry["outcome"]
            path = folder / f"{entry['id']}.tape"
            path.write_bytes(service.get(f"/api/v1/tapes/{entry['id']}/file").content)
            known[key] = load(path)
        return known[key]

    return tape_of
